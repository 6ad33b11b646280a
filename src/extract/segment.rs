//! Texts into lines of the speaker's own words, and lines into sentences.

use crate::shared::language::is_han;

/// Sentences looked at per message; what a person writes stays far below, a pasted book does not count.
const MOST_SENTENCES: usize = 1500;
/// Longest sentence taken for prose, in bytes; longer ones are data.
const LONGEST: usize = 1200;
/// Abbreviations whose full stop ends no sentence.
const ABBREVIATIONS: &[&str] =
    &["e.g", "i.e", "etc", "vs", "cf", "approx", "no", "dr", "mr", "ms", "mrs", "st", "fig", "inc"];

/// How a line is marked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Plain,
    Heading,
    Item,
    /// `- [ ]` or `- [x]`.
    Box {
        checked: bool,
    },
}

/// One sentence, without its markup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sentence<'a> {
    pub text: &'a str,
    pub mark: Mark,
    /// Ends in a question mark.
    pub asked: bool,
    /// Ends in a colon: it introduces what follows.
    pub opens: bool,
    /// First of its line.
    pub first: bool,
}

/// The sentences of `text` that are prose of the speaker: no code, quotations, tables, diffs, logs.
pub(super) fn sentences(text: &str) -> Vec<Sentence<'_>> {
    let mut out = Vec::new();
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        let trimmed = line.trim();
        let mark = ["```", "~~~"].into_iter().find(|f| trimmed.starts_with(f));
        match (fence, mark) {
            (Some(open), Some(close)) if open == close => fence = None,
            (Some(_), _) => {}
            (None, Some(_)) if trimmed.len() > 6 && trimmed.ends_with("```") => {}
            (None, Some(open)) => fence = Some(open),
            (None, None) if !trimmed.is_empty() && !pasted(line, trimmed) => split(trimmed, &mut out),
            (None, None) => {}
        }
        if out.len() >= MOST_SENTENCES {
            out.truncate(MOST_SENTENCES);
            break;
        }
    }
    out
}

/// Whether lines of `text` came from elsewhere, so that its other bare lines may have come with them.
pub(super) fn has_paste(text: &str) -> bool {
    text.lines().any(|line| !line.trim().is_empty() && pasted(line, line.trim()))
}

/// Whether the line came from elsewhere: quoted, or put out by a machine.
fn pasted(line: &str, trimmed: &str) -> bool {
    let starts = |marks: &[&str]| marks.iter().any(|m| trimmed.starts_with(m));
    let indented = (line.starts_with('\t') || line.starts_with("    "))
        && !starts(&["-", "*", "•"])
        && !numbered(trimmed);
    let quoted = match trimmed.as_bytes().first() {
        Some(b'>' | b'|' | b'<') => true,
        Some(b'$') => starts(&["$ "]),
        Some(b'%') => starts(&["% "]),
        Some(b'#') => starts(&["# !"]),
        Some(b'@') => starts(&["@@"]),
        Some(b'-') => starts(&["---"]),
        Some(b'd') => starts(&["diff --"]),
        Some(b'a') => starts(&["at "]),
        Some(b'n') => starts(&["npm "]),
        Some(b'+') => starts(&["+++"]) || after_signs(trimmed).starts_with(|c: char| c.is_ascii_digit()),
        Some(0xe2) => starts(&["➜", "│", "┃", "⏺", "⎿"]),
        _ => false,
    };
    let logged = match trimmed.as_bytes().first() {
        Some(b'E') => starts(&["ERROR", "Error:"]),
        Some(b'W') => starts(&["WARN"]),
        Some(b'I') => starts(&["INFO"]),
        Some(b'D') => starts(&["DEBUG"]),
        Some(b'T') => starts(&["TRACE", "Traceback"]),
        Some(b'F') => starts(&["FATAL"]),
        Some(b'e') => starts(&["error:", "error["]),
        Some(b'w') => starts(&["warning:"]),
        Some(b'[') => !starts(&["[ ]", "[x]", "[redacted"]),
        _ => false,
    };
    let dated = trimmed.len() > 19
        && trimmed.bytes().take(4).all(|b| b.is_ascii_digit())
        && trimmed.as_bytes().get(4).copied() == Some(b'-')
        && matches!(trimmed.as_bytes().get(10).copied(), Some(b'T' | b' '))
        && trimmed.as_bytes().get(13).copied() == Some(b':');
    indented || quoted || logged || dated || symbols(trimmed)
}

fn after_signs(text: &str) -> &str {
    text.trim_start_matches(['+', '-', ' '])
}

/// Mostly signs: rules, boxes, code.
fn symbols(text: &str) -> bool {
    let (mut letters, mut signs) = (0usize, 0usize);
    for c in text.chars().take(400) {
        if c.is_alphanumeric() {
            letters += 1;
        } else if machine(c) {
            signs += 1;
        }
    }
    letters == 0
        || signs > 3 && signs * 3 > letters
        || matches!(text.chars().last(), Some('{' | '}' | ';')) && text.contains(['(', '=', '{'])
}

/// Signs that prose has few of. Chinese punctuation is prose.
fn machine(c: char) -> bool {
    let common =
        matches!(c, '.' | ',' | '\'' | '"' | '`' | '*' | '-' | '/' | '_' | ':' | '[' | ']' | '!' | '?');
    c.is_ascii_punctuation() && !common || matches!(c, '\u{2190}'..='\u{2bff}')
}

fn numbered(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < text.len() && rest.starts_with(['.', ')', '、'])
}

/// The line's markup and what is left of the line.
fn unmarked(line: &str) -> (Mark, &str) {
    if line.starts_with('#') {
        let rest = line.trim_start_matches('#');
        if rest.starts_with(' ') {
            return (Mark::Heading, rest.trim());
        }
    }
    let item = ["- ", "* ", "+ ", "• ", "· "].iter().find_map(|m| line.strip_prefix(m));
    let rest = item.or_else(|| {
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let open =
            rest.strip_prefix('、').or_else(|| rest.strip_prefix(". ")).or_else(|| rest.strip_prefix(") "));
        open.filter(|_| rest.len() < line.len() && line.len() - rest.len() <= 3)
    });
    let body = rest.unwrap_or(line).trim_start();
    for (tick, checked) in
        [("[ ]", false), ("[x]", true), ("[X]", true), ("☐", false), ("☑", true), ("✅", true)]
    {
        if let Some(body) = body.strip_prefix(tick) {
            return (Mark::Box { checked }, body.trim());
        }
    }
    let bold = body.strip_prefix("**").and_then(|b| b.strip_suffix("**")).filter(|b| !b.contains("**"));
    match (rest, bold) {
        (None, Some(heading)) => (Mark::Heading, heading.trim_end_matches(':')),
        (None, None) => (Mark::Plain, body),
        (Some(_), _) => (Mark::Item, body),
    }
}

fn split<'a>(line: &'a str, out: &mut Vec<Sentence<'a>>) {
    let (mark, body) = unmarked(line);
    let (mut from, mut first) = (0, true);
    for (at, byte) in body.bytes().enumerate() {
        // The first bytes of what ends sentences; nearly all others end here.
        if !matches!(byte, b'!' | b'?' | b';' | b'.' | 0xe3 | 0xef) {
            continue;
        }
        let mut rest = body.get(at..).unwrap_or_default().chars();
        let Some(c) = rest.next() else { continue };
        let (end, next) = (at + c.len_utf8(), rest.next());
        let closes = match c {
            '。' | '！' | '？' | '；' => true,
            '!' | '?' | ';' => {
                next.is_none_or(|n| n.is_whitespace() || is_han(n) || matches!(n, '"' | ')' | '*'))
            }
            '.' => {
                next.is_none_or(char::is_whitespace) && !abbreviated(body.get(from..at).unwrap_or_default())
            }
            _ => false,
        };
        if closes && !next.is_some_and(|n| matches!(n, '!' | '?' | '！' | '？' | '.')) {
            push(body.get(from..end).unwrap_or_default(), mark, first, out);
            (from, first) = (end, false);
        }
    }
    push(body.get(from..).unwrap_or_default(), mark, first, out);
}

fn abbreviated(before: &str) -> bool {
    let word = before.rsplit([' ', '(']).next().unwrap_or_default();
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    initial || ABBREVIATIONS.iter().any(|a| word.eq_ignore_ascii_case(a))
}

fn push<'a>(text: &'a str, mark: Mark, first: bool, out: &mut Vec<Sentence<'a>>) {
    let text = text.trim();
    let bare = text.trim_end_matches(['.', '!', ';', '。', '！', '；', '*', '"', ')', '”', ' ']);
    if text.len() > LONGEST || !text.chars().any(char::is_alphanumeric) {
        return;
    }
    let asked = bare.ends_with(['?', '？']);
    out.push(Sentence { text, mark, asked, opens: text.ends_with([':', '：']), first });
}
