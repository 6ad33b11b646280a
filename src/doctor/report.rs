//! The finished report.

use super::finding::{Finding, Findings, Fix, Level};
use crate::shared::language::Language;
use crate::shared::notice::Notice;
use serde_json::{Value, json};

/// The answer: findings by weight, and the text a person reads.
pub fn report(mut findings: Findings) -> Value {
    findings.list.sort_by_key(|f| f.level);
    let problems = findings.problems();
    let language = findings.language;
    let head = match problems {
        0 => Notice::DoctorReady.say(language, &[]),
        n => Notice::DoctorProblems.say(language, &[&n.to_string()]),
    };
    let mut lines = vec![head];
    for finding in &findings.list {
        describe(finding, language, &mut lines);
    }
    json!({
        "ok": problems == 0,
        "language": language,
        "findings": findings.list,
        "text": lines.join("\n"),
    })
}

fn describe(finding: &Finding, language: Language, lines: &mut Vec<String>) {
    let level = match finding.level {
        Level::Problem => Notice::LevelProblem,
        Level::Warning => Notice::LevelWarning,
        Level::Info => Notice::LevelInfo,
        Level::Ok => Notice::LevelOk,
    };
    lines.push(format!("[{}] {}", level.say(language, &[]), finding.text));
    for line in finding.diff.iter().flat_map(|d| d.lines()) {
        lines.push(format!("    {line}"));
    }
    if let Some(Fix { commands, note }) = &finding.fix {
        lines.extend(commands.iter().map(|words| format!("    $ {}", shell_line(words))));
        lines.extend(note.iter().map(|note| format!("    {note}")));
    }
}

/// A command as a person would type it.
fn shell_line(words: &[String]) -> String {
    let plain =
        |w: &str| !w.is_empty() && w.chars().all(|c| c.is_ascii_alphanumeric() || "/._-:=@~+".contains(c));
    let quoted = |w: &String| if plain(w) { w.clone() } else { format!("'{}'", w.replace('\'', r"'\''")) };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::shell_line;

    #[test]
    fn words_with_blanks_and_quotes_stay_one_word() {
        let words = ["mv", "--", "/a b/it's", "~/x"].map(str::to_owned);
        assert_eq!(shell_line(&words), r"mv -- '/a b/it'\''s' ~/x");
    }
}
