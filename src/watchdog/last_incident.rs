//! `.asm_watchdog/last_incident.json`: what the plugin may tell a conversation that a restart has interrupted.
//!
//! Written before the first act of an incident and again whenever something is decided; never removed, so its reader
//! judges by `opened_at_ms` whether it is still news. Only its shape is promised: `version` 1, unknown fields and words to
//! be ignored.

use super::evidence::Target;
use super::place::{Place, read_bounded, write_whole};
use super::state::{Incident, Outcome};
use super::verdict::{Reason, Verdict};
use super::{clock, process};
use crate::shared::heartbeat::Heartbeat;
pub use crate::shared::restart::Restart;
use serde::{Deserialize, Serialize};
use std::io;

pub const VERSION: u32 = 1;
const MOST_BYTES: u64 = 1_048_576;
const MOST_SESSIONS: usize = 200;
const MOST_RESTARTS: usize = 16;

/// The file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LastIncident {
    pub version: u32,
    /// Number of the incident.
    pub incident: u64,
    /// Epoch milliseconds of the first act.
    pub opened_at_ms: i64,
    /// What was concluded, and from what.
    pub verdict: Verdict,
    pub reason: Reason,
    /// How long there had been no answer.
    pub silent_ms: u64,
    /// The process before the act; 0 where it was not known.
    pub pid: u32,
    pub start_ticks: u64,
    /// Session keys with a model call under way by the last heartbeat before: what was interrupted.
    pub in_flight: Vec<String>,
    /// When that heartbeat was written, epoch milliseconds; 0 where there was none.
    pub heartbeat_at_ms: i64,
    pub restarts: u32,
    pub state: Phase,
    /// When `state` became what it is, epoch milliseconds.
    pub state_at_ms: i64,
    /// Name of the folder with the evidence, below `.asm_watchdog/incidents/`.
    pub folder: String,
    /// Every restart of the incident, oldest first, at most [`MOST_RESTARTS`] of the newest.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Restart>,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// A restart was asked for.
    #[default]
    Restarting,
    /// A new boot answers.
    Verified,
    /// The last restart did not help, so far.
    Failed,
    /// Restarting does not help; a person or the escalation command is needed.
    Escalated,
    /// Stable again.
    Closed,
}

/// The file before an act; the facts of an incident's first act are kept.
#[must_use]
pub fn before_act(
    place: &Place,
    incident: &Incident,
    gateway: &Target,
    folder: &str,
    phase: Phase,
) -> LastIncident {
    let now = clock::epoch_ms();
    let restarts = u32::try_from(incident.attempts.len()).unwrap_or(u32::MAX);
    let same = |l: &LastIncident| l.incident == incident.number && l.folder == folder;
    let mut last = read(place).filter(same).unwrap_or_else(|| first(place, incident, gateway, folder, now));
    last.restarts = restarts;
    (last.state, last.state_at_ms) = (phase, now);
    if phase == Phase::Restarting && last.attempts.iter().all(|a| a.number != restarts) {
        let (pid, start_ticks, in_flight) =
            under_way(&process::heartbeat(place).unwrap_or_default(), gateway);
        let restart =
            Restart { number: restarts, at_ms: now, pid, start_ticks, in_flight, ..Restart::default() };
        last.attempts.push(restart);
        let over = last.attempts.len().saturating_sub(MOST_RESTARTS);
        last.attempts.drain(..over);
    }
    settle(&mut last, incident);
    last
}

/// Notes how each restart has ended so far.
fn settle(last: &mut LastIncident, incident: &Incident) {
    for restart in &mut last.attempts {
        let at = usize::try_from(restart.number).ok().and_then(|n| n.checked_sub(1));
        let Some(attempt) = at.and_then(|at| incident.attempts.get(at)) else { continue };
        word(attempt.outcome).clone_into(&mut restart.ended);
        restart.killed = attempt.killed;
    }
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Running => "running",
        Outcome::Verified => "verified",
        Outcome::NoNewBoot => "no-new-boot",
        Outcome::CommandFailed { .. } => "command-failed",
        Outcome::CommandTimedOut => "command-timed-out",
        Outcome::CommandNotFound => "command-not-found",
        Outcome::ChannelsStill => "channels-still",
        Outcome::DryRun => "not-run",
    }
}

/// The process as it was before an act, and the conversations it was at work on.
fn under_way(beat: &Heartbeat, gateway: &Target) -> (u32, u64, Vec<String>) {
    let known = if beat.pid == 0 { (gateway.pid, gateway.start_ticks) } else { (beat.pid, beat.start_ticks) };
    (known.0, known.1, beat.in_flight.iter().take(MOST_SESSIONS).cloned().collect())
}

fn first(place: &Place, incident: &Incident, gateway: &Target, folder: &str, now: i64) -> LastIncident {
    let beat = process::heartbeat(place).unwrap_or_default();
    let (pid, start_ticks, in_flight) = under_way(&beat, gateway);
    LastIncident {
        version: VERSION,
        incident: incident.number,
        opened_at_ms: now,
        verdict: incident.cause.verdict,
        reason: incident.cause.reason,
        silent_ms: incident.cause.silent_ms,
        pid,
        start_ticks,
        in_flight,
        heartbeat_at_ms: beat.at_ms,
        folder: folder.to_owned(),
        ..LastIncident::default()
    }
}

/// The phase that the outcome of a restart leads to.
#[must_use]
pub fn stage_of(outcome: Outcome) -> Phase {
    match outcome {
        Outcome::Running => Phase::Restarting,
        Outcome::Verified => Phase::Verified,
        _ => Phase::Failed,
    }
}

/// Notes how far an incident has come and how its restarts ended, if the file is about it.
///
/// # Errors
/// As the file system gives them.
pub fn note(place: &Place, incident: &Incident, phase: Phase) -> io::Result<()> {
    let Some(mut last) = read(place).filter(|l| l.incident == incident.number) else {
        return Ok(());
    };
    let before = last.clone();
    settle(&mut last, incident);
    // An escalated incident stays one until it is over.
    if last.state != phase && !(last.state == Phase::Escalated && phase == Phase::Failed) {
        (last.state, last.state_at_ms) = (phase, clock::epoch_ms());
    }
    if last == before { Ok(()) } else { write(place, &last) }
}

/// Writes it whole.
///
/// # Errors
/// As the file system gives them.
pub fn write(place: &Place, last: &LastIncident) -> io::Result<()> {
    let mut bytes = serde_json::to_vec_pretty(last)?;
    bytes.push(b'\n');
    write_whole(&place.last_incident_file(), &bytes)
}

/// What the file says; none where it cannot be read or is of a newer version.
#[must_use]
pub fn read(place: &Place) -> Option<LastIncident> {
    let bytes = read_bounded(&place.last_incident_file(), MOST_BYTES).ok()?;
    serde_json::from_slice::<LastIncident>(&bytes).ok().filter(|l| l.version == VERSION)
}
