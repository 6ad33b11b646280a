//! The discipline of acting: one restart at a time, verified by a new boot, with a growing delay between them, within a
//! budget, and one escalation when restarting does not help.

use super::judge::{Finding, boot_of, is_new, remember};
use super::observation::Observation;
use super::policy::Policy;
use super::state::{Attempt, Boot, Ended, History, Incident, Outcome, Phase};
use super::verdict::{Action, Verdict};

/// Advances the open incident, if any, and decides whether to act now.
pub(super) fn discipline(
    h: &mut History,
    finding: &Finding,
    flapping: bool,
    seen: &Observation,
    policy: &Policy,
    now: u64,
) -> Option<Action> {
    let last = h.last_look_ms.unwrap_or(now);
    if let Some(open) = h.incident.as_mut() {
        verify(open, finding, seen, policy, last, now);
        if settled(open, finding, policy, now) {
            h.incident = None;
        }
    }
    if !finding.act && !flapping {
        return None;
    }
    act(h, finding, flapping, policy, now)
}

fn act(h: &mut History, finding: &Finding, flapping: bool, policy: &Policy, now: u64) -> Option<Action> {
    if h.command_running {
        return None;
    }
    let over = flapping || over_budget(h, policy, now);
    if h.incident.is_none() {
        h.incidents = h.incidents.saturating_add(1);
        let mut cause = h.judgement;
        (cause.verdict, cause.reason) = (finding.verdict, finding.reason);
        h.incident = Some(Incident { number: h.incidents, opened_ms: now, cause, ..Incident::default() });
    }
    let before = h.boot.clone();
    let open = h.incident.as_mut()?;
    if open.escalated || open.phase != Phase::Watching || (now < open.not_before_ms && !flapping) {
        return None;
    }
    let attempt = u32::try_from(open.attempts.len()).unwrap_or(u32::MAX).saturating_add(1);
    let incident = open.number;
    if over || attempt > policy.max_restarts {
        open.escalated = true;
        open.phase = Phase::Escalating { began_ms: now };
        h.command_running = true;
        return Some(Action::Escalate { incident });
    }
    open.attempts.push(Attempt { began_ms: now, outcome: Outcome::Running });
    open.answering_since_ms = None;
    open.phase = Phase::Commanding { began_ms: now, before };
    h.command_running = true;
    remember(&mut h.restarts_ms, now);
    Some(Action::Restart { incident, attempt })
}

/// Whether the sliding windows are used up: `max_restarts` in the short one, twice as many in a day.
fn over_budget(h: &mut History, policy: &Policy, now: u64) -> bool {
    let age = |at: &u64| now.saturating_sub(*at);
    h.restarts_ms.retain(|at| age(at) < policy.day_ms);
    let recent = h.restarts_ms.iter().filter(|at| age(at) < policy.window_ms).count();
    let most = usize::try_from(policy.max_restarts).unwrap_or(usize::MAX);
    recent >= most || h.restarts_ms.len() >= most.saturating_mul(2)
}

fn verify(open: &mut Incident, finding: &Finding, seen: &Observation, policy: &Policy, last: u64, now: u64) {
    let (began, before) = match &open.phase {
        Phase::Commanding { began_ms, before } | Phase::Verifying { began_ms, before, .. } => {
            (*began_ms, before)
        }
        Phase::Watching | Phase::Escalating { .. } => return,
    };
    let serves = matches!(finding.verdict, Verdict::Healthy | Verdict::Degraded);
    if serves && came_up(seen, before.as_ref(), began, now) {
        finish(open, Outcome::Verified, policy, now);
        return;
    }
    let Phase::Verifying { until_ms, .. } = &mut open.phase else {
        return;
    };
    if matches!(finding.verdict, Verdict::Starting | Verdict::Draining) {
        *until_ms = until_ms.saturating_add(now.saturating_sub(last));
    }
    if now >= *until_ms {
        finish(open, Outcome::NoNewBoot, policy, now);
    }
}

/// Whether a boot answers that is younger than the restart, or another one than before it.
fn came_up(seen: &Observation, before: Option<&Boot>, began: u64, now: u64) -> bool {
    let Some(boot) = boot_of(seen, now) else {
        return false;
    };
    let younger = boot.uptime_ms.is_some_and(|up| up <= now.saturating_sub(began));
    younger || before.is_some_and(|b| is_new(&boot, b))
}

fn finish(open: &mut Incident, outcome: Outcome, policy: &Policy, now: u64) {
    let attempt = u32::try_from(open.attempts.len()).unwrap_or(u32::MAX);
    if let Some(last) = open.attempts.last_mut() {
        last.outcome = outcome;
    }
    open.phase = Phase::Watching;
    open.not_before_ms = now.saturating_add(policy.backoff_ms(open.number, attempt));
}

/// A stable time without trouble closes the incident.
fn settled(open: &mut Incident, finding: &Finding, policy: &Policy, now: u64) -> bool {
    if !matches!(finding.verdict, Verdict::Healthy | Verdict::Degraded) {
        open.answering_since_ms = None;
        return false;
    }
    let since = *open.answering_since_ms.get_or_insert(now);
    open.phase == Phase::Watching && now.saturating_sub(since) >= policy.stable_ms
}

/// Tells the judge how a command ended.
#[must_use]
pub fn ended(mut history: History, how: Ended, policy: &Policy, now_ms: u64) -> History {
    history.command_running = false;
    let Some(open) = history.incident.as_mut() else {
        return history;
    };
    match &open.phase {
        Phase::Escalating { .. } => open.phase = Phase::Watching,
        Phase::Commanding { began_ms, before } => {
            let outcome = match how {
                Ended::Done => {
                    open.phase = Phase::Verifying {
                        began_ms: *began_ms,
                        until_ms: now_ms.saturating_add(policy.verify_ms),
                        before: before.clone(),
                    };
                    return history;
                }
                Ended::Failed { code } => Outcome::CommandFailed { code },
                Ended::TimedOut => Outcome::CommandTimedOut,
                Ended::NotFound => Outcome::CommandNotFound,
                Ended::DryRun => Outcome::DryRun,
            };
            finish(open, outcome, policy, now_ms);
        }
        // Verified before the command ended: nothing is left to learn from it.
        Phase::Watching | Phase::Verifying { .. } => {}
    }
    history
}

/// Whether a restart was asked for and is not yet decided.
#[must_use]
pub fn restarting(h: &History) -> bool {
    let phase = h.incident.as_ref().map(|i| &i.phase);
    matches!(phase, Some(Phase::Commanding { .. } | Phase::Verifying { .. }))
}

/// Whether the gateway is gone again although every allowed restart brought it back.
pub(super) fn died_after_restarts(h: &History, finding: &Finding, policy: &Policy) -> bool {
    let most = usize::try_from(policy.max_restarts).unwrap_or(usize::MAX);
    finding.act
        && h.incident.as_ref().is_some_and(|open| {
            open.attempts.len() >= most && open.attempts.iter().all(|a| a.outcome == Outcome::Verified)
        })
}

/// Gives what is awaited the time that passed unseen.
pub(super) fn postpone(h: &mut History, gap: u64) {
    let Some(open) = h.incident.as_mut() else { return };
    open.answering_since_ms = None;
    if let Phase::Verifying { until_ms, .. } = &mut open.phase {
        *until_ms = until_ms.saturating_add(gap);
    }
}
