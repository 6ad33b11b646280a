//! What is there and does not answer: hung, or at work.

use super::finding::Finding;
use super::signals;
use super::silence::{beats_lately, extent, lasts, lasts_by_itself, own_beginning, unheard, worked};
use crate::watchdog::ground::Sign;
use crate::watchdog::observation::{Answer, Config, Observation};
use crate::watchdog::policy::{FEWEST_FAILED, Policy};
use crate::watchdog::state::History;
use crate::watchdog::verdict::{Reason, Verdict};

/// For how long its port has accepted and said nothing, on a machine that is not full, while its loop turns: no work of
/// that loop explains it. None where it does not.
fn deaf_ms(h: &History, seen: &Observation, policy: &Policy, now: u64) -> Option<u64> {
    let silence = h.silence.as_ref()?;
    let since = silence.deaf_ms?.max(own_beginning(silence).unwrap_or(0));
    let other = unheard(&seen.readyz) || seen.readyz == Answer::NotAsked;
    let deaf = other && signals::at_ease(seen) && beats_lately(h, policy, now);
    deaf.then(|| now.saturating_sub(since))
}

/// What says nothing at all while its loop turns: a second connection has to hear nothing either.
fn deaf(h: &History, seen: &Observation, policy: &Policy, ms: u64, now: u64) -> Finding {
    if extent(h, now).0 < FEWEST_FAILED {
        return Finding::wait(h.judgement.verdict, Reason::InDoubt);
    }
    let second = unheard(&seen.readyz).then_some(Sign::OtherProbeSilent);
    Finding::restart(Verdict::Hung, Reason::NoAnswer, ms >= policy.timeout_ms, second)
}

pub(super) fn hung(h: &mut History, seen: &Observation, policy: &Policy, now: u64) -> Finding {
    let second = signals::second_silent(h, seen, policy, now);
    if signals::eyeless(seen) && matches!(seen.config, Config::Broken { .. }) {
        // Nothing tells whether it still runs; whether it would start again the file does tell.
        return Finding::wait(Verdict::Hung, Reason::ConfigRefused);
    }
    if signals::stopped(seen) {
        let long = lasts_by_itself(h, now, policy.timeout_ms);
        return Finding::restart(Verdict::Hung, Reason::ProcessStopped, long, second);
    }
    if let Some(ms) = deaf_ms(h, seen, policy, now) {
        return deaf(h, seen, policy, ms, now);
    }
    works(h, seen, policy, now, second).unwrap_or_else(|| mute(h, seen, policy, now, second))
}

/// What makes progress. A loop that turns is alive, whatever keeps its answers (what says nothing at all is `deaf`); one
/// that only computes may never come back.
fn works(
    h: &History,
    seen: &Observation,
    policy: &Policy,
    now: u64,
    second: Option<Sign>,
) -> Option<Finding> {
    let lately = |at: u64| now.saturating_sub(at) < policy.timeout_ms / 2;
    let progress = h.progress.as_ref().filter(|p| lately(p.at_ms))?;
    let patience = policy.timeout_ms.saturating_mul(2);
    let slow = pressed(h) || !signals::at_ease(seen);
    let long = !progress.beats && lasts(h, now, patience) && (!slow || worked(h, now, patience));
    let verdict = if long { Verdict::Hung } else { Verdict::Busy };
    Some(Finding::restart(verdict, Reason::ProgressWithoutAnswer, long, second))
}

/// What says nothing and is not seen to do anything.
fn mute(h: &History, seen: &Observation, policy: &Policy, now: u64, second: Option<Sign>) -> Finding {
    // Once the machine is at ease again, silence is silence.
    let at_ease = lasts_by_itself(h, now, policy.timeout_ms);
    let drips = worked(h, now, policy.timeout_ms.saturating_mul(2));
    if pressed(h) && !at_ease && !drips && !lasts(h, now, policy.timeout_ms.saturating_mul(4)) {
        return Finding::wait(Verdict::Busy, Reason::Pressed);
    }
    // Who sees nothing but probes cannot tell a hung gateway from a busy one, nor whether the machine is.
    let patience = policy.timeout_ms.saturating_mul(if signals::eyeless(seen) { 4 } else { 1 });
    if extent(h, now).0 < FEWEST_FAILED {
        // One or two missed answers change no verdict.
        return Finding::wait(h.judgement.verdict, Reason::InDoubt);
    }
    // Nor is it silent for longer than since its event loop was last seen to turn.
    let turned = h.progress.as_ref().filter(|p| p.beats).map(|p| p.at_ms);
    let still = turned.is_none_or(|at| now.saturating_sub(at) >= policy.timeout_ms);
    Finding::restart(Verdict::Hung, Reason::NoAnswer, still && lasts(h, now, patience), second)
}

fn pressed(h: &History) -> bool {
    h.silence.as_ref().is_some_and(|s| s.pressed_ms.is_some())
}
