//! `state.json`: what survives the watchdog.

use super::alert::{Code, Raised};
use super::clock;
use super::deliver::Outbox;
use super::evidence::Target;
use super::place::{Place, write_whole};
use super::process;
use super::spare;
use super::state::History;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The shape this version writes.
pub const VERSION: u32 = 2;

/// Everything in the file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stored {
    pub version: u32,
    /// RFC 3339 UTC, for people.
    pub saved_at: String,
    /// Boot of the machine in which the history's monotonic times are valid.
    pub machine_boot: String,
    /// `address:port` of the gateway that is watched.
    pub target: String,
    #[serde(default)]
    pub history: History,
    /// The command that runs, if one does.
    #[serde(default)]
    pub command: Option<Launched>,
    /// Folder of the open incident, below `incidents/`.
    #[serde(default)]
    pub folder: Option<String>,
    #[serde(default)]
    pub totals: Totals,
    /// The gateway's process and version while it was well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<Target>,
    /// When it was written, monotonic milliseconds of that boot of the machine: which of two copies is the newer.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub saved_ms: u64,
    /// An act is on its way whose evidence is being gathered: its command has not begun.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gathering: bool,
    /// Alerts that wait to be delivered.
    #[serde(default, skip_serializing_if = "Outbox::is_unused")]
    pub outbox: Outbox,
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// A command on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Launched {
    pub pid: u32,
    pub start_ticks: u64,
    pub deadline_ms: u64,
}

/// Counts over the life of the file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Totals {
    pub restarts: u64,
    pub escalations: u64,
    pub incidents: u64,
}

/// What was found where the state should be.
#[derive(Debug)]
pub struct Loaded {
    pub what: What,
    /// The state file is of this newer version: it is left alone, and ours lies beside it ([`Place::state_file_beside`]).
    pub newer: Option<u64>,
}

/// A state, or why there is none.
#[derive(Debug)]
pub enum What {
    /// Nothing.
    Fresh,
    Kept(Box<Stored>),
    /// It could not be understood and was renamed to this.
    SetAside(PathBuf),
}

/// What a file holds.
enum Held {
    Nothing,
    Ours(Box<Stored>),
    Newer(u64),
    Garbage,
}

/// Reads the state, renaming aside what cannot be understood. Of our own file, the one beside a newer version's and the
/// copy of a full disk, the one saved last in this boot of the machine counts: so whichever could be written when it
/// mattered is found, and what was done is neither repeated nor forgotten.
///
/// # Errors
/// As the file system gives them.
pub fn load(place: &Place) -> io::Result<Loaded> {
    let beside = place.state_file_beside(VERSION);
    let (newer, own) = match hold(&place.state_file())? {
        Held::Newer(version) => (Some(version), What::Fresh),
        held => (None, of_file(place.state_file(), held)?),
    };
    let other = match hold(&beside)? {
        // Nobody writes a newer shape under that name.
        Held::Newer(_) => of_file(beside, Held::Garbage)?,
        held => of_file(beside, held)?,
    };
    // A copy that was made since the disk was full.
    let spare = spare::read(place, &process::boot_id().unwrap_or_default());
    let what = latest(latest(own, other), spare.map_or(What::Fresh, |s| What::Kept(Box::new(s))));
    Ok(Loaded { what, newer })
}

/// The one saved last; what was set aside counts only where there is none.
fn latest(one: What, other: What) -> What {
    match (one, other) {
        (What::Kept(one), What::Kept(other)) if saved_ms(&other) > saved_ms(&one) => What::Kept(other),
        (What::Kept(one), _) => What::Kept(one),
        (one, What::Fresh) => one,
        (_, other) => other,
    }
}

/// When it was saved, where that is a moment of this boot of the machine.
fn saved_ms(stored: &Stored) -> u64 {
    if process::boot_id().as_ref() == Some(&stored.machine_boot) { stored.saved_ms } else { 0 }
}

fn hold(path: &Path) -> io::Result<Held> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Held::Nothing),
        Err(e) => return Err(e),
    };
    Ok(match parse(&bytes) {
        Ok(stored) => Held::Ours(Box::new(stored)),
        Err(Some(version)) => Held::Newer(version),
        Err(None) => Held::Garbage,
    })
}

fn of_file(path: PathBuf, held: Held) -> io::Result<What> {
    Ok(match held {
        Held::Nothing | Held::Newer(_) => What::Fresh,
        Held::Ours(stored) => What::Kept(stored),
        Held::Garbage => {
            let aside = PathBuf::from(format!("{}.corrupt-{}", path.display(), clock::utc_name()));
            fs::rename(&path, &aside)?;
            What::SetAside(aside)
        }
    })
}

/// Reads the state without touching anything.
#[must_use]
pub fn peek(place: &Place) -> Option<Stored> {
    let of = |path: PathBuf| match hold(&path) {
        Ok(Held::Ours(stored)) => What::Kept(stored),
        _ => What::Fresh,
    };
    let files = latest(of(place.state_file()), of(place.state_file_beside(VERSION)));
    let spare = spare::read(place, &process::boot_id().unwrap_or_default());
    match latest(files, spare.map_or(What::Fresh, |s| What::Kept(Box::new(s)))) {
        What::Kept(stored) => Some(*stored),
        What::Fresh | What::SetAside(_) => None,
    }
}

/// What a dry run shows of itself, without touching anything.
#[must_use]
pub fn peek_dry_run(place: &Place) -> Option<Stored> {
    parse(&fs::read(place.dry_run_file()).ok()?).ok()
}

/// `Err(Some(v))`: a newer version; `Err(None)`: not understood.
pub(super) fn parse(bytes: &[u8]) -> Result<Stored, Option<u64>> {
    let value: serde_json::Value = serde_json::from_slice(bytes).map_err(|_| None)?;
    let version = value.get("version").and_then(serde_json::Value::as_u64).ok_or(None)?;
    if version > u64::from(VERSION) {
        return Err(Some(version));
    }
    serde_json::from_value(value).map_err(|_| None)
}

impl Stored {
    /// A clean sheet for a target.
    #[must_use]
    pub fn fresh(target: &str) -> Self {
        Self {
            version: VERSION,
            machine_boot: process::boot_id().unwrap_or_default(),
            target: target.to_owned(),
            ..Self::default()
        }
    }

    /// Drops what no longer applies: another boot of the machine makes its times void, another target what was seen.
    #[must_use]
    pub fn still_valid(self, target: &str) -> Self {
        let fresh = Self::fresh(target);
        if self.machine_boot == fresh.machine_boot {
            return if self.target == target { self } else { self.moved_to(target) };
        }
        let history = History { incidents: self.history.incidents, ..History::default() };
        Self { history, totals: self.totals, outbox: self.outbox, ..fresh }
    }

    /// The same gateway at another port: what was seen at the old one says nothing about it, and what was done counts,
    /// as does a command that is still on its way.
    #[must_use]
    pub fn moved_to(self, target: &str) -> Self {
        let old = self.history;
        let of_incident = |r: &Raised| matches!(r.code, Code::Restarted | Code::RestartUseless);
        let history = History {
            incidents: old.incidents,
            restarts_ms: old.restarts_ms,
            unclean_ms: old.unclean_ms,
            command_running: old.command_running,
            raised: old.raised.into_iter().filter(|r| !of_incident(r)).collect(),
            ..History::default()
        };
        let fresh = Self::fresh(target);
        Self { history, totals: self.totals, outbox: self.outbox, command: self.command, ..fresh }
    }

    /// Writes it whole.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn save_to(&mut self, file: &Path) -> io::Result<()> {
        self.saved_at = clock::utc();
        self.saved_ms = clock::monotonic_ms();
        self.version = VERSION;
        write_whole(file, &self.bytes()?)
    }

    /// What stands in the file.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub fn bytes(&self) -> io::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_all_that_is_there_the_one_saved_last_counts_and_a_newer_version_keeps_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place { state_dir: dir.path().to_owned() };
        let (main, beside) = (place.state_file(), place.state_file_beside(VERSION));
        let save = |file: &Path, restarts: u64| {
            let mut stored = Stored::fresh("a:1");
            stored.totals.restarts = restarts;
            stored.save_to(file).unwrap();
            // The clock counts in milliseconds.
            let then = clock::monotonic_ms();
            while clock::monotonic_ms() == then {
                std::thread::yield_now();
            }
        };
        let found = || match load(&place).unwrap() {
            Loaded { what: What::Kept(stored), newer } => (stored.totals.restarts, newer),
            other => panic!("{other:?}"),
        };
        save(&main, 1);
        save(&beside, 2);
        assert_eq!(found(), (2, None), "saved beside, and then the newer version's was taken away");
        save(&main, 3);
        assert_eq!(found(), (3, None), "ended before the other one was taken away");
        let newer = format!("{{\"version\": {}}}", VERSION + 1);
        fs::write(&main, &newer).unwrap();
        assert_eq!(found(), (2, Some(u64::from(VERSION) + 1)));
        assert_eq!(peek(&place).unwrap().totals.restarts, 2);
        fs::write(&beside, "{ half").unwrap();
        assert!(matches!(load(&place).unwrap(), Loaded { what: What::SetAside(_), newer: Some(_) }));
        assert!(matches!(load(&place).unwrap(), Loaded { what: What::Fresh, newer: Some(_) }));
        assert_eq!(fs::read_to_string(&main).unwrap(), newer, "unharmed");
    }

    #[test]
    fn at_another_port_what_was_done_counts() {
        let mut stored = Stored::fresh("a:1");
        stored.history.restarts_ms = vec![7];
        stored.history.unclean_ms = vec![8];
        stored.history.command_running = true;
        stored.history.ever_healthy = true;
        stored.command = Some(Launched { pid: 1, start_ticks: 2, deadline_ms: 3 });
        let moved = stored.clone().still_valid("a:2");
        assert_eq!((moved.history.restarts_ms, moved.history.unclean_ms), (vec![7], vec![8]));
        assert!(
            moved.history.command_running && !moved.history.ever_healthy && moved.command == stored.command
        );
        stored.machine_boot = "another".to_owned();
        let other = stored.still_valid("a:2");
        assert!(other.history.restarts_ms.is_empty() && other.command.is_none(), "its times are void");
    }
}
