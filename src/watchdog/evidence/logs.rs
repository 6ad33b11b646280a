//! What the gateway itself and its owner wrote down: log, journal, stability bundles.

use super::shelf::Shelf;
use crate::watchdog::os;
use crate::watchdog::place::read_bounded;
use serde_json::{Map, Value};
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Read from the end of a log, and lines kept of it.
const TAIL_BYTES: u64 = 200_000;
const TAIL_LINES: usize = 200;
/// Bundles kept, and how old they may be.
const BUNDLES: usize = 2;
const BUNDLE_AGE: Duration = Duration::from_secs(3_600);
const MOST_BUNDLE: u64 = 1_000_000;

/// The end of the gateway's log: the file that is configured, else the newest of the host's rolling files.
pub fn gateway_log(shelf: &mut Shelf, configured: Option<&str>, profile: &str, uid: u32) {
    let found = configured.map(PathBuf::from).filter(|p| p.is_file()).or_else(|| rolling(profile, uid));
    let Some(path) = found else {
        return shelf.missing("gateway.log", "no log file found");
    };
    match tail(&path) {
        Ok((text, cut)) => shelf.text("gateway.log", &text, cut),
        Err(e) => shelf.missing("gateway.log", &e.to_string()),
    }
}

/// `/tmp/openclaw/openclaw[-<profile>]-YYYY-MM-DD[.n].log`, or `/tmp/openclaw-<uid>/…` where the host did not trust the
/// former. Only a file of the gateway's own user, so that nobody else's text is taken for it.
fn rolling(profile: &str, uid: u32) -> Option<PathBuf> {
    let temp = std::env::temp_dir();
    let folders = [PathBuf::from("/tmp/openclaw"), temp.join(format!("openclaw-{uid}"))];
    let start = if profile.is_empty() { "openclaw-".to_owned() } else { format!("openclaw-{profile}-") };
    let files = folders.iter().flat_map(|dir| fs::read_dir(dir).into_iter().flatten().flatten());
    let ours = files.filter(|e| is_rolling(&e.file_name().to_string_lossy(), &start));
    let dated = ours.filter_map(|e| {
        let meta = fs::symlink_metadata(e.path()).ok()?;
        (meta.is_file() && meta.uid() == uid).then_some((meta.modified().ok()?, e.path()))
    });
    dated.max().map(|(_, path)| path)
}

/// The start, a date and the ending: `openclaw-work-2026-11-20.log` is not of the default profile.
fn is_rolling(name: &str, start: &str) -> bool {
    let Some(rest) = name.strip_prefix(start).and_then(|r| r.strip_suffix(".log")) else { return false };
    let date = rest.get(..10).unwrap_or_default();
    let digits =
        date.bytes().enumerate().all(|(n, b)| if n == 4 || n == 7 { b == b'-' } else { b.is_ascii_digit() });
    let more = rest.get(10..).unwrap_or_default();
    date.len() == 10 && digits && (more.is_empty() || more.starts_with('.'))
}

/// The last lines, and whether there were more.
fn tail(path: &Path) -> std::io::Result<(String, bool)> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let from = length.saturating_sub(TAIL_BYTES);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(TAIL_BYTES).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let whole = if from == 0 { &*text } else { text.split_once('\n').map_or("", |(_, rest)| rest) };
    let lines: Vec<&str> = whole.lines().collect();
    let skip = lines.len().saturating_sub(TAIL_LINES);
    let last: Vec<&str> = lines.into_iter().skip(skip).collect();
    Ok((last.join("\n"), from > 0 || skip > 0))
}

/// The owner's journal of the unit, where systemd is the owner. `owner` as an observation names it.
pub fn journal(shelf: &mut Shelf, owner: &str, deadline: Duration) {
    let (user, unit) = match owner.split_once(' ') {
        Some(("systemd-user", unit)) => (true, unit),
        Some(("systemd", unit)) => (false, unit),
        _ => return,
    };
    let mut words = vec!["journalctl"];
    words.extend(user.then_some("--user"));
    words.extend(["-u", unit, "-o", "json", "-n", "200", "--no-pager", "-q"]);
    match os::output(&words, deadline) {
        Some(text) => shelf.text("journal.jsonl", &slim(&text), false),
        None => shelf.missing("journal.jsonl", "journalctl gave nothing"),
    }
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
pub fn stability(shelf: &mut Shelf, state_dir: &Path) {
    let files = fs::read_dir(state_dir.join("logs/stability")).into_iter().flatten().flatten();
    let fresh = |at: &SystemTime| SystemTime::now().duration_since(*at).is_ok_and(|age| age <= BUNDLE_AGE);
    let mut found: Vec<(SystemTime, PathBuf)> = files
        .filter(|e| e.path().extension().is_some_and(|x| x == "json"))
        .filter_map(|e| Some((e.metadata().ok()?.modified().ok()?, e.path())))
        .filter(|(at, _)| fresh(at))
        .collect();
    found.sort();
    for (n, (_, path)) in found.into_iter().rev().take(BUNDLES).enumerate() {
        let name = format!("stability-{}.json", n + 1);
        let bytes = read_bounded(&path, MOST_BUNDLE).unwrap_or_default();
        match serde_json::from_slice(&bytes) {
            Ok(value) => shelf.json(&name, value),
            Err(e) => shelf.missing(&name, &e.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_kept_and_secrets_are_not() {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("gateway.log");
        let line = |n: u32| format!("{{\"n\":{n},\"msg\":\"token: sk-ant-api03-{}\"}}\n", "a1B2".repeat(12));
        fs::write(&log, (0..3_000).map(line).collect::<String>()).unwrap();
        let mut shelf = Shelf::new(&dir.path().join("incident"), "restart-1");
        gateway_log(&mut shelf, log.to_str(), "", 0);
        let kept = fs::read_to_string(dir.path().join("incident/restart-1.gateway.log")).unwrap();
        assert_eq!(kept.lines().count(), TAIL_LINES);
        assert!(kept.contains("\"n\":2999") && !kept.contains("a1B2") && shelf.kept[0].cut, "{kept}");
        gateway_log(&mut shelf, None, "no-such-profile", u32::MAX);
        assert!(!shelf.kept[1].why_not.is_empty());
    }

    #[test]
    fn rolling_files_are_told_from_those_of_other_profiles() {
        assert!(is_rolling("openclaw-2026-11-20.log", "openclaw-"));
        assert!(is_rolling("openclaw-2026-11-20.1.log", "openclaw-"));
        assert!(is_rolling("openclaw-work-2026-11-20.log", "openclaw-work-"));
        for name in ["openclaw-work-2026-11-20.log", "openclaw-2026-11-20.log.gz", "openclaw-2026.log"] {
            assert!(!is_rolling(name, "openclaw-"), "{name}");
        }
    }

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
        stability(&mut shelf, dir.path());
        assert_eq!(shelf.kept.len(), BUNDLES);
        let kept = fs::read_to_string(dir.path().join("incident/a.stability-1.json")).unwrap();
        assert!(!kept.contains("hunter2x"), "{kept}");
    }
}
