//! What was true before an act: one folder per incident with an index, and the files that it names. Everything is
//! redacted and bounded.

mod clean;
mod collect;
mod gateway_log;
mod logs;
mod process;
mod shelf;
mod stack;

pub use collect::{Case, Known};
pub use shelf::Kept;
use shelf::Shelf;
pub use stack::{Target, capture};

use super::clock;
use super::observation::Observation;
use super::os;
use super::place::{Place, make_dir, read_bounded, write_whole};
use super::process::{Listener, heartbeat, listener};
use super::verdict::{Action, Judgement};
use crate::shared::heartbeat::Heartbeat;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Older folders are removed beyond this many.
const MOST_INCIDENTS: usize = 50;
const MOST_INDEX: u64 = 4_000_000;

/// `index.json` of an incident.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Index {
    pub version: u32,
    pub incident: u64,
    pub opened_at: String,
    pub acts: Vec<Act>,
}

/// One act and what was seen right before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Act {
    pub at: String,
    pub action: Action,
    pub dry_run: bool,
    /// The program only: its arguments may hold secrets.
    pub program: String,
    /// File in this folder with what the command printed; empty where there is none.
    pub output: String,
    pub judgement: Judgement,
    pub observation: Observation,
    pub heartbeat: Option<Heartbeat>,
    pub disk_free_bytes: Option<u64>,
    pub port_owner: Option<Listener>,
    /// What was kept beside it, and what could not be had.
    #[serde(default)]
    pub files: Vec<Kept>,
}

/// The file with what an act's command printed.
#[must_use]
pub fn output_name(action: &Action) -> String {
    match action {
        Action::Restart { attempt, .. } => format!("restart-{attempt}.out"),
        Action::Escalate { .. } => "escalate.out".to_owned(),
        Action::Channel { channel, attempt, .. } => {
            let plain: String = channel.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
            format!("channel-{plain}-{attempt}.out")
        }
        Action::Kill { .. } => "kill.out".to_owned(),
    }
}

/// Keeps what a command printed, redacted and bounded like all the rest. `dir` is the incident's folder.
///
/// # Errors
/// As the file system gives them, or that there is no room left for this incident.
pub fn keep_output(dir: &std::path::Path, name: &str, text: &str, cut: bool) -> io::Result<()> {
    let (prefix, ending) = name.rsplit_once('.').unwrap_or((name, "out"));
    let mut shelf = Shelf::new(dir, prefix);
    shelf.text(ending, text, cut);
    match shelf.kept.pop() {
        Some(kept) if !kept.why_not.is_empty() => return Err(io::Error::other(kept.why_not)),
        _ => {}
    }
    let path = dir.join("index.json");
    let index = read_bounded(&path, MOST_INDEX).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    // Evidence that could not be kept has no index, which has been said.
    let Some::<Index>(mut index) = index else { return Ok(()) };
    let act = index.acts.iter_mut().rev().find(|act| output_name(&act.action) == name);
    act.into_iter().for_each(|act| name.clone_into(&mut act.output));
    write_whole(&path, &serde_json::to_vec_pretty(&index)?)
}

/// Gathers the facts for an act. Reads only; never waits for the gateway.
#[must_use]
pub fn gather(
    place: &Place,
    addr: SocketAddr,
    action: &Action,
    judgement: Judgement,
    seen: &Observation,
) -> Act {
    let disk = rustix::fs::statvfs(&place.state_dir).ok();
    Act {
        at: clock::utc(),
        action: action.clone(),
        dry_run: false,
        program: String::new(),
        output: String::new(),
        judgement,
        observation: seen.clone(),
        heartbeat: heartbeat(place),
        disk_free_bytes: disk.map(|d| d.f_bavail.saturating_mul(d.f_frsize)),
        port_owner: listener(addr),
        files: Vec::new(),
    }
}

/// Name of a new incident's folder.
#[must_use]
pub fn folder_name(incident: u64) -> String {
    format!("{}-{incident}", clock::utc_name())
}

/// Adds an act to the index of `folder`, making both where needed. Gives the folder's path.
///
/// # Errors
/// As the file system gives them.
pub fn record(place: &Place, folder: &str, incident: u64, act: Act) -> io::Result<PathBuf> {
    let dir = place.incidents_dir().join(folder);
    make_dir(&dir)?;
    let path = dir.join("index.json");
    let mut index: Index = read_bounded(&path, MOST_INDEX)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_else(|| Index { version: 1, incident, opened_at: act.at.clone(), acts: Vec::new() });
    index.acts.push(act);
    write_whole(&path, &serde_json::to_vec_pretty(&clean::value(serde_json::to_value(&index)?))?)?;
    prune(place);
    Ok(dir)
}

/// Names the files of the last act in the index.
///
/// # Errors
/// As the file system gives them.
pub fn add_files(place: &Place, folder: &str, files: Vec<Kept>) -> io::Result<()> {
    let path = place.incidents_dir().join(folder).join("index.json");
    let mut index: Index = serde_json::from_slice(&read_bounded(&path, MOST_INDEX)?)?;
    if let Some(act) = index.acts.last_mut() {
        act.files = files;
    }
    write_whole(&path, &serde_json::to_vec_pretty(&index)?)
}

/// Names of the incidents' folders, oldest first.
#[must_use]
pub fn folders(place: &Place) -> Vec<String> {
    let mut all = names(&place.incidents_dir());
    all.retain(|name| place.incidents_dir().join(name).join("index.json").is_file());
    all.sort();
    all
}

/// Keeps the newest, whatever is in them, and takes away what a watchdog that was killed left half written. What cannot
/// be removed is there again at the next act.
fn prune(place: &Place) {
    let mut all = names(&place.incidents_dir());
    all.retain(|name| name.starts_with(|c: char| c.is_ascii_digit()) && name.contains("Z-"));
    all.sort();
    for name in all.iter().take(all.len().saturating_sub(MOST_INCIDENTS)) {
        let _ = fs::remove_dir_all(place.incidents_dir().join(name));
    }
    for name in names(&place.own_dir()) {
        let pid = name.strip_suffix(".tmp").filter(|n| n.starts_with('.')).and_then(|n| n.rsplit('.').next());
        if pid.and_then(|pid| pid.parse().ok()).is_some_and(|pid| os::process(pid).is_none()) {
            let _ = fs::remove_file(place.own_dir().join(name));
        }
    }
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.filter_map(|e| e.file_name().into_string().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_folders_are_kept_and_what_a_killed_watchdog_left_half_written_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place { state_dir: dir.path().to_owned() };
        for n in 0..MOST_INCIDENTS + 3 {
            let folder = place.incidents_dir().join(format!("2026112{}T09{:02}00Z-{n}", n / 50, n % 50));
            make_dir(&folder).unwrap();
            // Of every other one the index was never written.
            if n % 2 == 0 {
                fs::write(folder.join("index.json"), "{}").unwrap();
            }
        }
        make_dir(&place.incidents_dir().join("kept by a person")).unwrap();
        let (gone, ours) = (".state.json.4000000000.tmp", format!(".state.json.{}.tmp", std::process::id()));
        for name in [gone, &ours, "state.json"] {
            fs::write(place.own_dir().join(name), "").unwrap();
        }
        prune(&place);
        let left = names(&place.incidents_dir());
        assert_eq!(left.len(), MOST_INCIDENTS + 1, "{left:?}");
        assert!(
            !left.contains(&"20261120T090000Z-0".to_owned())
                && !left.contains(&"20261120T090100Z-1".to_owned())
        );
        let mut files = names(&place.own_dir());
        files.sort();
        assert_eq!(files, [&ours, "incidents", "state.json"]);
    }
}
