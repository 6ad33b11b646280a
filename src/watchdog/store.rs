//! `state.json`: what survives the watchdog.

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
pub enum Loaded {
    /// Nothing.
    Fresh,
    Kept(Box<Stored>),
    /// It could not be understood and was renamed to this.
    SetAside(PathBuf),
    /// Written by a newer version: left alone, and nothing is written.
    Newer(u64),
}

/// Reads the state, renaming aside what cannot be understood.
///
/// # Errors
/// As the file system gives them.
pub fn load(place: &Place) -> io::Result<Loaded> {
    let loaded = load_file(place)?;
    let saved_ms = match &loaded {
        Loaded::Kept(stored) if process::boot_id() == Some(stored.machine_boot.clone()) => stored.saved_ms,
        Loaded::Newer(_) => return Ok(loaded),
        Loaded::Kept(_) | Loaded::Fresh | Loaded::SetAside(_) => 0,
    };
    // A copy that was made since the disk was full.
    let spare = spare::read(place, &process::boot_id().unwrap_or_default());
    Ok(spare.filter(|s| s.saved_ms > saved_ms).map_or(loaded, |s| Loaded::Kept(Box::new(s))))
}

fn load_file(place: &Place) -> io::Result<Loaded> {
    let path = place.state_file();
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Loaded::Fresh),
        Err(e) => return Err(e),
    };
    match parse(&bytes) {
        Ok(stored) => Ok(Loaded::Kept(Box::new(stored))),
        Err(Some(version)) => Ok(Loaded::Newer(version)),
        Err(None) => {
            let aside = place.own_dir().join(format!("state.json.corrupt-{}", clock::utc_name()));
            fs::rename(&path, &aside)?;
            Ok(Loaded::SetAside(aside))
        }
    }
}

/// Reads the state without touching anything.
#[must_use]
pub fn peek(place: &Place) -> Option<Stored> {
    let main = fs::read(place.state_file()).ok().and_then(|bytes| parse(&bytes).ok());
    let boot = process::boot_id().unwrap_or_default();
    let saved_ms = main.as_ref().filter(|m| m.machine_boot == boot).map_or(0, |m| m.saved_ms);
    spare::read(place, &boot).filter(|s| s.saved_ms > saved_ms).or(main)
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

    /// Drops what no longer applies: another boot of the machine makes its times void, another target its history.
    #[must_use]
    pub fn still_valid(self, target: &str) -> Self {
        let fresh = Self::fresh(target);
        if self.machine_boot == fresh.machine_boot && self.target == target {
            return self;
        }
        let history = History { incidents: self.history.incidents, ..History::default() };
        Self { history, totals: self.totals, outbox: self.outbox, ..fresh }
    }

    /// Writes it whole.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn save(&mut self, place: &Place) -> io::Result<()> {
        self.save_to(&place.state_file())
    }

    /// The same to another file.
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
