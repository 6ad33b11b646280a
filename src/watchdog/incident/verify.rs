//! Whether a restart helped: a new boot that has started, and channels that move again.

use super::calm;
use crate::watchdog::judge::{Call, Finding, boot_of, is_new, speaks};
use crate::watchdog::observation::{Active, Observation};
use crate::watchdog::policy::Policy;
use crate::watchdog::state::{Boot, History, Incident, Outcome, Phase, Silence, Trouble};
use crate::watchdog::verdict::Verdict;

/// Advances the open incident: decides on the restart under way, closes what has been calm for long.
pub(super) fn advance(h: &mut History, finding: &Finding, seen: &Observation, policy: &Policy, now: u64) {
    let last = h.last_look_ms.unwrap_or(now);
    let Some(mut open) = h.incident.take() else { return };
    note_stood(h, &mut open, seen);
    let outcome = verify(h, &mut open, finding, seen, policy, last, now);
    if let Some(outcome) = outcome {
        finish(&mut open, outcome, policy, now);
        forgive(h, seen, open.attempts.last().map_or(now, |a| a.began_ms), now);
    }
    let pressed = h.silence.as_ref().is_some_and(|s| s.pressed_ms.is_some());
    let full = finding.verdict == Verdict::Busy && (pressed || seen.live() || speaks(seen));
    if !settled(&mut open, finding, full, policy, now) {
        h.incident = Some(open);
    }
}

/// Notes that the command has ended and left the process that it was to end.
fn note_stood(h: &History, open: &mut Incident, seen: &Observation) {
    if h.command_running
        || matches!(open.phase, Phase::Commanding { .. })
        || seen.owner.active != Active::Running
    {
        return;
    }
    let process = seen.process.as_ref().map(|p| (p.pid, p.start_ticks));
    let (Some(last), Some(newest)) = (open.attempts.last_mut(), &h.newest) else { return };
    last.stood |= Some(newest.process) == process && newest.since_ms <= last.began_ms;
}

/// What was silent before the restart says nothing about what comes after it: only the silence of a process that came
/// with it goes on.
fn forgive(h: &mut History, seen: &Observation, began: u64, now: u64) {
    let Some(silence) = h.silence.take() else { return };
    let process = seen.process.as_ref().map(|p| (p.pid, p.start_ticks));
    let came = h.newest.as_ref().filter(|n| n.since_ms > began && Some(n.process) == process);
    // Where no process is seen, the boot that answered last, if it is younger than the restart.
    let born = |b: &Boot| b.uptime_ms.is_some_and(|up| b.seen_ms.saturating_sub(up) > began);
    let answered = h.boot.as_ref().filter(|b| process.is_none() && b.process.is_none() && born(b));
    let Some(since_ms) = came.map(|n| n.since_ms).or(answered.map(|b| b.seen_ms)) else {
        h.silence = Some(Silence { since_ms: now, ..Silence::default() });
        return;
    };
    let own = |at: Option<u64>| at.filter(|at| *at >= since_ms);
    h.silence = Some(Silence {
        since_ms: silence.since_ms.max(since_ms),
        failed: silence.failed,
        first_ms: None,
        refused: silence.refused,
        broken: silence.broken,
        pressed_ms: own(silence.pressed_ms),
        dead_ms: own(silence.dead_ms),
        busy_ms: own(silence.busy_ms),
        drip_ms: own(silence.drip_ms),
        deaf_ms: own(silence.deaf_ms),
        stopped_ms: own(silence.stopped_ms),
    });
}

/// What came of the restart under way, once that can be told.
fn verify(
    h: &History,
    open: &mut Incident,
    finding: &Finding,
    seen: &Observation,
    policy: &Policy,
    last: u64,
    now: u64,
) -> Option<Outcome> {
    let (began, before) = match &open.phase {
        Phase::Commanding { began_ms, before } | Phase::Verifying { began_ms, before, .. } => {
            (*began_ms, before.as_ref())
        }
        Phase::Watching | Phase::Escalating { .. } => return None,
    };
    let up = calm(finding.verdict) && came_up(seen, before, began, policy, now);
    if up && open.must_move.iter().all(|key| moves(h, key)) {
        return Some(Outcome::Verified);
    }
    let Phase::Verifying { until_ms, .. } = &mut open.phase else {
        return None;
    };
    // Under a hold a drain has no end of its own.
    if matches!(finding.verdict, Verdict::Starting | Verdict::Draining) && seen.held_ms.is_none() {
        *until_ms = until_ms.saturating_add(now.saturating_sub(last));
    }
    // A channel needs its own time to come back after the boot.
    let limit = if up { until_ms.saturating_add(policy.stale_ms) } else { *until_ms };
    let outcome = if up { Outcome::ChannelsStill } else { Outcome::NoNewBoot };
    (now >= limit).then_some(outcome)
}

/// Whether a channel moved in this boot, or has a reason not to that no restart changes.
fn moves(h: &History, key: &str) -> bool {
    h.channels.get(key).is_none_or(|c| {
        c.moves > 0 || c.stopped || matches!(c.trouble, Trouble::Refused { .. } | Trouble::Limited)
    })
}

/// Whether a boot answers that is younger than the restart, or another one than before it. The uptime is the wall clock's,
/// which may have been set meanwhile: another process, or an uptime that goes backwards, says it, too.
fn came_up(seen: &Observation, before: Option<&Boot>, began: u64, policy: &Policy, now: u64) -> bool {
    let Some(boot) = boot_of(seen, now) else {
        return false;
    };
    let younger = boot.uptime_ms.is_some_and(|up| up <= now.saturating_sub(began));
    let other = |b: &Boot| boot.process.is_some() && b.process.is_some() && boot.process != b.process;
    younger || before.is_some_and(|b| is_new(&boot, b, policy) || other(b))
}

pub(super) fn finish(open: &mut Incident, outcome: Outcome, policy: &Policy, now: u64) {
    let attempt = u32::try_from(open.attempts.len()).unwrap_or(u32::MAX);
    if let Some(last) = open.attempts.last_mut() {
        last.outcome = outcome;
    }
    open.must_move = Vec::new();
    open.phase = Phase::Watching;
    open.not_before_ms = now.saturating_add(policy.backoff_ms(open.number, attempt));
}

/// A stable time without trouble closes the incident. `full`: it is busy because the machine is.
fn settled(open: &mut Incident, finding: &Finding, full: bool, policy: &Policy, now: u64) -> bool {
    if !calm(finding.verdict) {
        // A full machine answers late, which is no trouble of the gateway's: the time goes on, and ends with an answer.
        if !full {
            open.answering_since_ms = None;
        }
        return false;
    }
    let since = *open.answering_since_ms.get_or_insert(now);
    open.served |= open.escalated && now.saturating_sub(since) >= policy.short_life_ms;
    open.phase == Phase::Watching && now.saturating_sub(since) >= policy.stable_ms
}

/// Whether the gateway is gone again although every allowed restart brought it back.
pub(in crate::watchdog) fn died_after_restarts(h: &History, finding: &Finding, policy: &Policy) -> bool {
    let most = usize::try_from(policy.max_restarts).unwrap_or(usize::MAX);
    let back = |outcome| matches!(outcome, Outcome::Verified | Outcome::ChannelsStill);
    finding.call == Call::Restart
        && h.incident
            .as_ref()
            .is_some_and(|open| open.attempts.len() >= most && open.attempts.iter().all(|a| back(a.outcome)))
}
