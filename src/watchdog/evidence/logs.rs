//! What the owner and the dying gateway wrote down: journal, stability bundles.

use super::shelf::Item;
use crate::watchdog::os;
use crate::watchdog::place::read_bounded;
use serde_json::{Map, Value};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Bundles kept, and how old they may be.
const BUNDLES: usize = 2;
const BUNDLE_AGE: Duration = Duration::from_secs(3_600);
const MOST_BUNDLE: u64 = 1_000_000;

/// Whether an owner, as an observation names it, keeps a journal.
#[must_use]
pub fn has_journal(owner: &str) -> bool {
    unit_of(owner).is_some()
}

/// Whether it is the user's own, and its name.
fn unit_of(owner: &str) -> Option<(bool, &str)> {
    match owner.split_once(' ')? {
        ("systemd-user", unit) => Some((true, unit)),
        ("systemd", unit) => Some((false, unit)),
        _ => None,
    }
}

/// The owner's journal of the unit, where systemd is the owner.
#[must_use]
pub fn journal(owner: &str, deadline: Duration) -> Option<Item> {
    let (user, unit) = unit_of(owner)?;
    let mut words = vec!["journalctl"];
    words.extend(user.then_some("--user"));
    words.extend(["-u", unit, "-o", "json", "-n", "200", "--no-pager", "-q"]);
    Some(match os::output(&words, deadline) {
        Some(text) => Item::text("journal.jsonl", slim(&text), false),
        None => Item::missing("journal.jsonl", "journalctl gave nothing"),
    })
}

/// Of each entry the few fields that say something.
fn slim(text: &str) -> String {
    let kept =
        ["__REALTIME_TIMESTAMP", "PRIORITY", "_PID", "UNIT_RESULT", "EXIT_CODE", "EXIT_STATUS", "MESSAGE"];
    let entry = |line: &str| {
        let fields: Map<String, Value> = serde_json::from_str(line).ok()?;
        let slim: Map<String, Value> =
            fields.into_iter().filter(|(k, _)| kept.contains(&k.as_str())).collect();
        Some(Value::Object(slim).to_string() + "\n")
    };
    text.lines().filter_map(entry).collect()
}

/// The newest bundles that the host itself wrote when it died or could not shut down.
#[must_use]
pub fn stability(state_dir: &Path) -> Vec<Item> {
    let files = fs::read_dir(state_dir.join("logs/stability")).into_iter().flatten().flatten();
    let fresh = |at: &SystemTime| SystemTime::now().duration_since(*at).is_ok_and(|age| age <= BUNDLE_AGE);
    let mut found: Vec<(SystemTime, PathBuf)> = files
        .filter(|e| e.path().extension().is_some_and(|x| x == "json"))
        .filter_map(|e| Some((e.metadata().ok()?.modified().ok()?, e.path())))
        .filter(|(at, _)| fresh(at))
        .collect();
    found.sort();
    let bundle = |(n, (_, path)): (usize, (SystemTime, PathBuf))| {
        let name = format!("stability-{}.json", n + 1);
        let bytes = read_bounded(&path, MOST_BUNDLE).unwrap_or_default();
        match serde_json::from_slice(&bytes) {
            Ok(value) => Item::json(&name, value),
            Err(e) => Item::missing(&name, &e.to_string()),
        }
    };
    found.into_iter().rev().take(BUNDLES).enumerate().map(bundle).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watchdog::evidence::shelf::Shelf;

    #[test]
    fn a_journal_keeps_what_says_something() {
        let text =
            "{\"MESSAGE\":\"Main process exited\",\"_PID\":\"1\",\"_CMDLINE\":\"x --token y\"}\nnot json\n";
        assert_eq!(slim(text), "{\"MESSAGE\":\"Main process exited\",\"_PID\":\"1\"}\n");
    }

    #[test]
    fn fresh_bundles_are_copied_redacted() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("logs/stability");
        fs::create_dir_all(&folder).unwrap();
        for n in 0..3 {
            fs::write(folder.join(format!("{n}.json")), format!("{{\"n\":{n},\"password\":\"hunter2x\"}}"))
                .unwrap();
        }
        let mut shelf = Shelf::new(&dir.path().join("incident"), "a");
        stability(dir.path()).into_iter().for_each(|item| shelf.keep(item));
        assert_eq!(shelf.kept.len(), BUNDLES);
        let kept = fs::read_to_string(dir.path().join("incident/a.stability-1.json")).unwrap();
        assert!(!kept.contains("hunter2x"), "{kept}");
    }
}
