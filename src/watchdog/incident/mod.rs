//! The discipline of acting: one act at a time, verified by what is seen, with a growing delay between them, within a
//! budget, a channel before the process, and one escalation when restarting does not help.

mod force;
mod verify;

use super::alert::Code;
use super::judge::{Call, Finding, forget_short, moving, remember};
use super::observation::Observation;
use super::policy::Policy;
use super::state::{Attempt, Cure, Ended, History, Incident, Outcome, Phase, Trouble};
use super::verdict::{Action, Judgement, Verdict};

pub(super) use verify::died_after_restarts;

/// Bad boots within the host's own window that may already have happened when we restart: the third one trips its
/// breaker, and that must never be ours.
const MOST_UNCLEAN: usize = 2;
/// Cures remembered for one account: more than its budget of a day.
const MOST_CURES: usize = 12;

/// Advances the open incident, if any, and decides whether to act now.
pub(super) fn discipline(
    h: &mut History,
    finding: &Finding,
    flapping: bool,
    seen: &Observation,
    policy: &Policy,
    now: u64,
) -> Option<Action> {
    verify::advance(h, finding, seen, policy, now);
    if guardian(seen, policy).is_some() || seen.held_ms.is_some() || seen.port_guessed.is_some() {
        return None;
    }
    if let Some(kill) = force::due(h, seen, policy, now) {
        return Some(kill);
    }
    match &finding.call {
        Call::Cure(key) if !flapping => cure(h, key, finding, policy, now),
        Call::Nothing | Call::Cure(_) if !flapping => None,
        _ => act(h, finding, flapping, policy, now),
    }
}

/// Another one that certainly restarts it, beside which nothing is done.
pub(super) fn guardian<'a>(seen: &'a Observation, policy: &Policy) -> Option<&'a str> {
    let certain = seen.guardians.iter().find(|g| !g.may_be && !policy.beside_others);
    certain.map(|g| g.name.as_str())
}

fn act(h: &mut History, finding: &Finding, flapping: bool, policy: &Policy, now: u64) -> Option<Action> {
    if h.command_running {
        return None;
    }
    let over = flapping || over_budget(h, policy, now);
    open(h, finding, now);
    let (before, must_move) = (h.boot.clone(), must_move(h, finding));
    let near_breaker = near_breaker(h, policy, now);
    let cause = cause(h, finding, now);
    let open = h.incident.as_mut()?;
    if open.escalated || open.phase != Phase::Watching || (now < open.not_before_ms && !flapping) {
        return None;
    }
    let attempt = u32::try_from(open.attempts.len()).unwrap_or(u32::MAX).saturating_add(1);
    let incident = open.number;
    open.cause = cause;
    if over || attempt > policy.max_restarts {
        open.escalated = true;
        open.phase = Phase::Escalating { began_ms: now };
        h.command_running = true;
        return Some(Action::Escalate { incident });
    }
    if near_breaker {
        return None;
    }
    open.attempts.push(Attempt { began_ms: now, outcome: Outcome::Running, killed: false, stood: false });
    open.answering_since_ms = None;
    open.asked_ms = None;
    open.must_move = must_move;
    open.phase = Phase::Commanding { began_ms: now, before };
    h.command_running = true;
    remember(&mut h.restarts_ms, now);
    if let Call::RestartFor(key) = &finding.call
        && let Some(c) = h.channels.get_mut(key)
    {
        c.restarted_ms = Some(now);
    }
    Some(Action::Restart { incident, attempt })
}

/// Stops and starts a channel. It is awaited like a restart, but nothing waits for it.
fn cure(h: &mut History, key: &str, finding: &Finding, policy: &Policy, now: u64) -> Option<Action> {
    if h.command_running || restarting(h) || h.incident.as_ref().is_some_and(|i| i.escalated) {
        return None;
    }
    open(h, finding, now);
    let incident = h.incident.as_ref()?.number;
    let c = h.channels.get_mut(key)?;
    let limit = policy.verify_ms.max(policy.interval_ms.saturating_mul(2));
    c.cure = Some(Cure { until_ms: now.saturating_add(limit), transport_at_ms: c.transport_at_ms });
    c.stopped_by_us = true;
    c.hung |= c.trouble == Trouble::Stale;
    c.cures_ms.push(now);
    let over = c.cures_ms.len().saturating_sub(MOST_CURES);
    c.cures_ms.drain(..over);
    Some(Action::Channel {
        incident,
        attempt: c.failed_cures.saturating_add(1),
        channel: c.channel.clone(),
        account: c.account.clone(),
    })
}

fn open(h: &mut History, finding: &Finding, now: u64) {
    if h.incident.is_some() {
        return;
    }
    h.incidents = h.incidents.saturating_add(1);
    let cause = cause(h, finding, now);
    h.incident = Some(Incident { number: h.incidents, opened_ms: now, cause, ..Incident::default() });
}

fn cause(h: &History, finding: &Finding, now: u64) -> Judgement {
    let silent_ms = h.silence.as_ref().map_or(0, |s| now.saturating_sub(s.first_ms.unwrap_or(s.since_ms)));
    Judgement { verdict: finding.verdict, reason: finding.reason, silent_ms, ..h.judgement }
}

/// The channels that have to move after the restart: those that moved before, and the one it is for.
fn must_move(h: &History, finding: &Finding) -> Vec<String> {
    let mut keys = moving(h);
    if let Call::RestartFor(key) = &finding.call {
        keys.push(key.clone());
    }
    keys
}

/// Whether the sliding windows are used up.
fn over_budget(h: &mut History, policy: &Policy, now: u64) -> bool {
    let most = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    h.restarts_ms.retain(|at| now.saturating_sub(*at) < policy.day_ms);
    within(&h.restarts_ms, policy.window_ms, now) >= most(policy.max_restarts)
        || h.restarts_ms.len() >= most(policy.max_per_day)
}

fn near_breaker(h: &mut History, policy: &Policy, now: u64) -> bool {
    h.unclean_ms.retain(|at| now.saturating_sub(*at) < policy.day_ms);
    // Of what nobody has seen end it may have been each.
    let untold = h.untold_ends.iter().map(|end| end.at_ms);
    let met: Vec<u64> = h.unclean_ms.iter().copied().chain(untold).collect();
    bad_boots(&met, &h.restarts_ms, policy.breaker_ms, now) >= MOST_UNCLEAN
}

/// Bad boots within the host's window: those that were met, and the restarts of ours whose boot nobody has met, which the
/// host has counted as well. The first boot after a restart, and before the next one, is that restart's.
fn bad_boots(met: &[u64], restarts: &[u64], window_ms: u64, now: u64) -> usize {
    let next = |at: u64| restarts.iter().copied().filter(|r| *r > at).min().unwrap_or(u64::MAX);
    let unmet = |at: &&u64| !met.iter().any(|boot| *boot >= **at && *boot < next(**at));
    let lately = |at: &&u64| now.saturating_sub(**at) < window_ms;
    within(met, window_ms, now).saturating_add(restarts.iter().filter(lately).filter(unmet).count())
}

fn within(times: &[u64], window_ms: u64, now: u64) -> usize {
    times.iter().filter(|at| now.saturating_sub(**at) < window_ms).count()
}

/// Tells the judge that the command of a restart has begun: evidence may have taken a while since it was decided.
#[must_use]
pub fn asked(mut history: History, now_ms: u64) -> History {
    let open = history.incident.as_mut().filter(|i| matches!(i.phase, Phase::Commanding { .. }));
    open.into_iter().for_each(|i| i.asked_ms = Some(now_ms));
    history
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
            verify::finish(open, outcome, policy, now_ms);
        }
        // Verified before the command ended: nothing is left to learn from it.
        Phase::Watching | Phase::Verifying { .. } => {}
    }
    history
}

/// Takes back an act whose command was never run: it is counted nowhere and delays nothing.
#[must_use]
pub fn dropped(mut h: History, action: &Action) -> History {
    h.command_running = false;
    let Some(open) = h.incident.as_mut() else { return h };
    open.phase = Phase::Watching;
    if let Action::Escalate { .. } = action {
        (open.escalated, open.served) = (false, false);
    }
    let Action::Restart { attempt, .. } = action else { return h };
    if usize::try_from(*attempt) != Ok(open.attempts.len()) {
        return h;
    }
    let Some(attempt) = open.attempts.pop() else { return h };
    open.must_move = Vec::new();
    h.restarts_ms.retain(|at| *at != attempt.began_ms);
    for c in h.channels.values_mut().filter(|c| c.restarted_ms == Some(attempt.began_ms)) {
        c.restarted_ms = None;
    }
    h
}

/// A person has it act again at once after an escalation: the incident is over. What was used up counts no more, but
/// towards the host's own breaker.
#[must_use]
pub fn resumed(mut h: History) -> History {
    let Some(open) = h.incident.take_if(|i| i.escalated) else { return h };
    let met = |at: &u64| h.unclean_ms.iter().any(|boot| boot >= at);
    let unmet: Vec<u64> = h.restarts_ms.iter().copied().filter(|at| !met(at)).collect();
    h.unclean_ms.extend(unmet);
    h.restarts_ms.clear();
    forget_short(&mut h);
    let about = open.number.to_string();
    h.raised.retain(|r| r.about != about || !matches!(r.code, Code::Restarted | Code::RestartUseless));
    h
}

/// Whether a restart was asked for and is not yet decided.
#[must_use]
pub fn restarting(h: &History) -> bool {
    let phase = h.incident.as_ref().map(|i| &i.phase);
    matches!(phase, Some(Phase::Commanding { .. } | Phase::Verifying { .. }))
}

/// Whether a command was run whose end matters.
pub(super) fn awaits_command(h: &History) -> bool {
    let phase = h.incident.as_ref().map(|i| &i.phase);
    matches!(phase, Some(Phase::Commanding { .. } | Phase::Escalating { .. }))
}

/// How long until the next look at a restart, milliseconds: soon, and sooner while its stop is new.
pub(super) fn pace_ms(h: &History, policy: &Policy, now: u64) -> u64 {
    let usual = policy.interval_ms.min(policy.verify_ms / 20).max(1);
    h.incident
        .as_ref()
        .and_then(|open| force::look_in_ms(open, policy, now))
        .map_or(usual, |ms| ms.min(usual))
}

/// Whether a restart of ours is the likely cause of what the owner tells: it has been asked for, and nothing that was born
/// since has answered.
pub(super) fn attempted(h: &History) -> bool {
    let Some(last) = h.incident.as_ref().and_then(|i| i.attempts.last()) else { return false };
    let born = h.boot.as_ref().and_then(|b| Some(b.seen_ms.saturating_sub(b.uptime_ms?)));
    let reborn = born.is_some_and(|at| at >= last.began_ms);
    !reborn
        && !last.stood
        && !matches!(last.outcome, Outcome::Verified | Outcome::ChannelsStill | Outcome::DryRun)
}

/// Gives what is awaited the time that passed unseen.
pub(super) fn postpone(h: &mut History, gap: u64) {
    let Some(open) = h.incident.as_mut() else { return };
    open.answering_since_ms = None;
    if let Phase::Verifying { until_ms, .. } = &mut open.phase {
        *until_ms = until_ms.saturating_add(gap);
    }
}

/// Whether the gateway serves, whatever else is the matter.
fn calm(verdict: Verdict) -> bool {
    use Verdict::{Breaker, Degraded, Healthy, NetworkDown, ProxyDown};
    matches!(verdict, Healthy | Degraded | Breaker | NetworkDown | ProxyDown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_who_has_it_act_again_gives_a_new_budget_but_none_against_the_hosts_breaker() {
        let attempt = Attempt { began_ms: 900, outcome: Outcome::NoNewBoot, killed: false, stood: false };
        let mut h = History { restarts_ms: vec![100, 900], unclean_ms: vec![110], ..History::default() };
        h.incident = Some(Incident { number: 1, attempts: vec![attempt], ..Incident::default() });
        h.short_lives_ms = vec![110];
        assert_eq!(resumed(h.clone()), h, "nothing to take up");
        h.incident.iter_mut().for_each(|i| i.escalated = true);
        let before = bad_boots(&h.unclean_ms, &h.restarts_ms, 2_000, 1_000);
        let after = resumed(h);
        assert!(after.incident.is_none() && after.restarts_ms.is_empty() && after.short_lives_ms.is_empty());
        assert_eq!(bad_boots(&after.unclean_ms, &after.restarts_ms, 2_000, 1_000), before);
    }

    #[test]
    fn crashes_and_restarts_count_together_and_each_once() {
        let count = |met: &[u64], restarts: &[u64]| bad_boots(met, restarts, 300, 1_000);
        assert_eq!(count(&[800], &[900]), 2, "a crash, and a restart whose boot nobody met");
        assert_eq!(count(&[910], &[900]), 1, "the boot of the restart");
        assert_eq!(count(&[800, 910], &[900]), 2);
        assert_eq!(count(&[800, 960], &[900, 950]), 3, "of two restarts one was met");
        assert_eq!(count(&[600], &[650, 900]), 1, "the rest is over");
        assert_eq!(count(&[710], &[690]), 1, "a boot of a restart that is over");
    }
}
