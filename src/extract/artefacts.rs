//! What tool calls and their results give away: paths written, commits made, addresses opened. Never their prose.

use super::identifiers::identifiers;
use serde_json::Value;

/// Longest arguments that are parsed, and longest result that is read, in bytes.
const LONGEST_ARGUMENTS: usize = 4 << 20;
const LONGEST_RESULT: usize = 64 << 10;
/// Identifiers taken from one result.
const MOST_PER_RESULT: usize = 3;
/// Longest path or address kept.
const LONGEST: usize = 300;

/// Verbs in names of tools that write files, and names of tools that run commands.
const WRITERS: &[&str] = &[
    "write",
    "edit",
    "create_file",
    "createfile",
    "apply_patch",
    "applypatch",
    "str_replace",
    "patch",
    "save_file",
    "insert",
];
const RUNNERS: &[&str] = &["bash", "exec", "shell", "run", "process", "terminal", "git", "command"];
const PATH_FIELDS: &[&str] =
    &["path", "file_path", "filePath", "filepath", "filename", "file", "target_file", "notebook_path"];
const PATCH_FIELDS: &[&str] = &["input", "patch", "diff"];
const PATCH_MARKS: &[&str] = &["*** Add File: ", "*** Update File: ", "*** Move to: ", "+++ b/"];

/// The files a tool call writes.
pub(super) fn written(tool: &str, arguments: &str) -> Vec<String> {
    let name = tool.to_ascii_lowercase();
    if arguments.len() > LONGEST_ARGUMENTS || !WRITERS.iter().any(|w| name.contains(w)) {
        return Vec::new();
    }
    let Ok(Value::Object(fields)) = serde_json::from_str::<Value>(arguments) else { return Vec::new() };
    let mut out: Vec<String> = Vec::new();
    let direct = PATH_FIELDS.iter().find_map(|f| fields.get(*f)).and_then(Value::as_str);
    out.extend(direct.and_then(path));
    for patch in PATCH_FIELDS.iter().filter_map(|f| fields.get(*f)).filter_map(Value::as_str) {
        for line in patch.lines() {
            out.extend(PATCH_MARKS.iter().find_map(|m| line.strip_prefix(m)).and_then(path));
        }
    }
    out.dedup();
    out
}

/// `text` as a path worth keeping: one line, of a length a path has.
fn path(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty() && text.len() <= LONGEST && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

/// Commits and addresses that the result of a command reports: `[main 9f3c2ab] …` gives `[main 9f3c2ab]`, a line that
/// is one address gives the address.
pub(super) fn reported(tool: &str, result: &str) -> Vec<String> {
    let name = tool.to_ascii_lowercase();
    if result.len() > LONGEST_RESULT || !RUNNERS.iter().any(|r| name.contains(r)) {
        return Vec::new();
    }
    result
        .lines()
        .filter_map(|line| commit(line.trim()).or_else(|| address(line.trim())))
        .take(MOST_PER_RESULT)
        .collect()
}

fn commit(line: &str) -> Option<String> {
    let (inside, _) = line.strip_prefix('[')?.split_once(']')?;
    let (branch, hash) = inside.rsplit_once(' ')?;
    let hex = (7..=40).contains(&hash.len()) && hash.bytes().all(|b| b.is_ascii_hexdigit());
    let branch = branch.strip_suffix(" (root-commit)").unwrap_or(branch);
    let plain = branch.len() <= 100
        && branch.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.'));
    (hex && plain).then(|| format!("[{branch} {hash}]"))
}

fn address(line: &str) -> Option<String> {
    let only = line.starts_with("https://") && line.len() <= LONGEST && !line.contains(char::is_whitespace);
    (only && identifiers(line) == [line]).then(|| line.to_owned())
}
