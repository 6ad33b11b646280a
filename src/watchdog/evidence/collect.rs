//! All that is gathered into files before an act, within one deadline.

use super::shelf::{Kept, Shelf};
use super::stack::{self, INSPECTOR_PORT, Target};
use super::{logs, process};
use crate::watchdog::observation::Observation;
use crate::watchdog::settings::Settings;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// For the journal; and for the inspector, which parses thousands of scripts of a large program first.
const JOURNAL: Duration = Duration::from_secs(3);
const STACK: Duration = Duration::from_secs(20);

/// What is known beside the look.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The gateway's process and version while it was well.
    pub gateway: Target,
    /// Restarts, deaths and the like, from the history.
    pub past: Value,
}

/// Gathers and keeps. What cannot be had is named with its reason; nothing here fails.
#[must_use]
pub fn collect(
    settings: &Settings,
    dir: &Path,
    prefix: &str,
    seen: &Observation,
    known: &Known,
) -> Vec<Kept> {
    let mut shelf = Shelf::new(dir, prefix);
    let pid = seen.process.as_ref().map(|p| p.pid).or(seen.owner.pid).unwrap_or(known.gateway.pid);
    match process::facts(pid) {
        Value::Null => shelf.missing("process.json", "the process is gone or not known"),
        facts => shelf.json("process.json", facts),
    }
    shelf.json("machine.json", process::machine());
    shelf.json("past.json", json!({"history": known.past, "owner": seen.owner, "guardians": seen.guardians}));
    let uid = rustix::process::getuid().as_raw();
    logs::gateway_log(&mut shelf, settings.gateway_log.as_deref(), &settings.profile, uid);
    logs::journal(&mut shelf, &seen.owner.name, JOURNAL);
    logs::stability(&mut shelf, &settings.place.state_dir);
    if settings.watchdog.capture_stack && !seen.live() && !settings.dry_run {
        match stack::capture(&known.gateway, INSPECTOR_PORT, STACK) {
            Ok(stack) => shelf.json("stack.json", stack),
            Err(why) => shelf.missing("stack.json", &why),
        }
    }
    shelf.kept
}
