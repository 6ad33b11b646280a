//! launchd, by `launchctl list LABEL`, which prints a property list (`launchctl print` is for people and says so).

use super::{Ours, runs};
use crate::watchdog::observation::{Active, Exit, Owner};
use crate::watchdog::os::output;
use std::time::Duration;

/// How long launchd waits before it kills, unless the agent says otherwise.
const STOP_MS: u64 = 20_000;

/// The label under which the host installs itself, if there is such an agent and it is this gateway's.
pub(super) fn find(ours: &Ours, deadline: Duration) -> Option<String> {
    let name = if ours.profile.is_empty() { "gateway" } else { &ours.profile };
    let label = format!("ai.openclaw.{name}");
    let told = ask(&label, deadline)?;
    let ours = match ours.pid {
        Some(pid) => told.pid.is_some_and(|main| runs(main, pid)),
        None => ours.state_dir.trim_end_matches('/') == ours.usual_state_dir.trim_end_matches('/'),
    };
    ours.then_some(label)
}

pub(super) fn ask(label: &str, deadline: Duration) -> Option<Owner> {
    output(&["launchctl", "list", label], deadline).map(|text| read(&text))
}

/// The owner's view in `text`, without a name.
pub(super) fn read(text: &str) -> Owner {
    let number = |name: &str| -> Option<i32> {
        let line = text.lines().find_map(|l| l.trim().strip_prefix(name)?.trim_start().strip_prefix('='))?;
        line.trim().trim_end_matches(';').parse().ok()
    };
    let pid = number("\"PID\"").and_then(|p| u32::try_from(p).ok());
    let status = number("\"LastExitStatus\"");
    // A wait status: the signal in the low bits, else the exit code above them.
    let last_exit = status.map(|s| match s & 0x7f {
        0 => Exit { code: Some(s >> 8 & 0xff), ..Exit::default() },
        signal => Exit { signal: Some(signal), ..Exit::default() },
    });
    let active = match (pid, status) {
        (Some(_), _) => Active::Running,
        (None, Some(0)) => Active::Stopped,
        (None, Some(_)) => Active::Failed,
        (None, None) => Active::Untold,
    };
    let last_exit = last_exit.filter(|_| pid.is_none());
    Owner { active, pid, last_exit, stop_ms: Some(STOP_MS), ..Owner::default() }
}
