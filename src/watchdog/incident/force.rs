//! When an owner's stop cannot succeed.
//!
//! Asked to stop, a gateway drains, for minutes if it must, and answers meanwhile. One whose event loop stands still
//! never hears that it is asked: its owner waits out its limit (330 s in the host's unit) for nothing. So where the owner
//! says that it stops it, has done so for a moment, and the heartbeat still stands or the process is stopped by a signal,
//! the process is ended for it; the owner then starts the next one. Where neither is seen nobody can tell it from one that
//! drains, and where no owner says so nobody knows that it was asked: then the owner's limit holds.

use crate::watchdog::judge::{at_ease, still, stopped};
use crate::watchdog::observation::{Active, Answer, Observation};
use crate::watchdog::policy::Policy;
use crate::watchdog::state::{History, Incident, Phase};
use crate::watchdog::verdict::Action;

/// On a full machine, or where nothing tells whether it is one, a stop has as much more time to be heard as an answer has.
const PRESSED_TIMES: u64 = 4;

/// Longer than evidence may take before the command begins.
const EVIDENCE_MS: u64 = 60_000;

/// The process to be ended, once for each restart: there before it, not heard of since, and its owner is at it.
pub(super) fn due(h: &mut History, seen: &Observation, policy: &Policy, now: u64) -> Option<Action> {
    let stands = still(h, seen, policy, now) || stopped(seen);
    let full = !at_ease(seen) || h.silence.as_ref().is_some_and(|s| s.pressed_ms.is_some());
    let wait_ms = policy.force_ms.saturating_mul(if full { PRESSED_TIMES } else { 1 });
    let open = h.incident.as_mut()?;
    let began = match &open.phase {
        Phase::Commanding { began_ms, .. } | Phase::Verifying { began_ms, .. } => *began_ms,
        Phase::Watching | Phase::Escalating { .. } => return None,
    };
    // Evidence is gathered between the decision and the command: nobody hears a stop before that.
    let asked = open.asked_ms?;
    if seen.owner.active != Active::Stopping {
        return None;
    }
    let process = seen.process.as_ref()?;
    let known = h.newest.as_ref().filter(|n| n.process == (process.pid, process.start_ticks))?;
    // Nothing at all: what drips, refuses or closes has heard something.
    let silent = seen.healthz == Answer::TimedOut { received_bytes: 0 };
    let before = known.since_ms <= began;
    // A probe that began amid this time and ends behind it has listened for whatever the stop may have woken.
    let early = seen.began_ms < asked.saturating_add(wait_ms / 2);
    if !(stands && silent && before) || early || now < asked.saturating_add(wait_ms) {
        return None;
    }
    let attempt = open.attempts.last_mut().filter(|attempt| !attempt.killed)?;
    attempt.killed = true;
    Some(Action::Kill { incident: open.number, pid: process.pid, start_ticks: process.start_ticks })
}

/// How long until the look that may show that a stop is not heard; none where no stop is new.
pub(super) fn look_in_ms(open: &Incident, policy: &Policy, now: u64) -> Option<u64> {
    // It ends when it may be concluded, not before.
    let after = policy.force_ms.saturating_sub(policy.probe_ms).max(policy.force_ms / 2);
    let asked_ms = match (&open.phase, open.asked_ms) {
        (Phase::Commanding { .. } | Phase::Verifying { .. }, Some(at)) => at,
        // Its evidence is being gathered: the command may begin at any moment.
        (Phase::Commanding { began_ms, .. }, None) if now.saturating_sub(*began_ms) < EVIDENCE_MS => {
            return Some(after);
        }
        _ => return None,
    };
    let left = asked_ms.saturating_add(after).saturating_sub(now);
    (left > 0).then_some(left)
}
