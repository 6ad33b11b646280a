//! What a judgement rests on, listed for whoever doubts it, and what would change it.

use super::alive::drain_limit_ms;
use super::finding::{Call, Finding};
use super::signals;
use crate::watchdog::ground::{Ground, Grounds, Sign, Turn, When};
use crate::watchdog::observation::{Active, Answer, Config, Observation, Port};
use crate::watchdog::policy::{PRESSED_PERCENT, Policy};
use crate::watchdog::state::{History, Trouble};
use crate::watchdog::verdict::{Reason, Verdict};

/// Both lists of a finding.
pub(super) fn of(h: &History, seen: &Observation, finding: &Finding, policy: &Policy, now: u64) -> Grounds {
    let mut on = Vec::with_capacity(6);
    answers(h, seen, now, &mut on);
    if !seen.live() {
        process(h, seen, now, &mut on);
    }
    owner(seen, &mut on);
    surroundings(h, seen, now, &mut on);
    match finding.reason {
        Reason::Starts | Reason::StartsTooLong => on.push(Sign::Grace.of(policy.grace_ms(&h.boots_ms))),
        Reason::Drains | Reason::DrainsTooLong => {
            on.push(Sign::DrainLimit.of(drain_limit_ms(h, seen, policy)));
        }
        Reason::DiesAgain => on.push(Sign::ShortLives.of(h.short_lives_ms.len() as u64)),
        Reason::WatchdogWasStopped => on.push(Sign::Gap.alone()),
        _ => {}
    }
    Grounds { rests_on: on, would_change: turns(h, seen, finding, policy, now), second: finding.second }
}

fn answers(h: &History, seen: &Observation, now: u64, on: &mut Vec<Ground>) {
    let silent_ms = h.silence.as_ref().map_or(0, |s| now.saturating_sub(s.first_ms.unwrap_or(s.since_ms)));
    if seen.live() {
        on.push(Sign::HealthzAnswers.alone());
        let suppressed = seen.readyz.fields().is_some_and(|f| !f.suppressed.is_empty());
        let says = [
            (seen.starting(), Sign::SaysStarting),
            (seen.draining(), Sign::SaysDraining),
            (suppressed, Sign::SaysSuppressed),
        ];
        on.extend(says.into_iter().filter(|(yes, _)| *yes).map(|(_, sign)| sign.alone()));
        on.extend(seen.failing().iter().map(|part| Sign::SaysNotReady.about(part)));
        on.extend(seen.unsaid().then(|| Sign::OtherProbeSilent.alone()));
        return;
    }
    on.push(match &seen.healthz {
        Answer::Refused => Sign::HealthzRefused.of(silent_ms),
        Answer::Garbage { .. } | Answer::Http { .. } => Sign::HealthzForeign.alone(),
        _ => Sign::HealthzSilent.of(silent_ms),
    });
    on.push(Sign::FailedProbes.of(h.silence.as_ref().map_or(0, |s| u64::from(s.failed))));
    if !matches!(seen.readyz, Answer::NotAsked | Answer::Http { .. }) {
        on.push(Sign::OtherProbeSilent.alone());
    }
}

fn process(h: &History, seen: &Observation, now: u64, on: &mut Vec<Ground>) {
    match signals::progress(h, seen, now) {
        Some(p) if p.beats => on.push(Sign::HeartbeatMoves.alone()),
        Some(_) => on.push(Sign::ProcessComputes.alone()),
        None if signals::stopped(seen) => on.push(Sign::ProcessStopped.alone()),
        None if signals::lives(seen) && h.process.is_some() => on.push(Sign::ProcessIdle.alone()),
        None => {}
    }
    if h.settled.is_some() && !signals::lives(seen) {
        on.push(Sign::ProcessGone.alone());
    } else if signals::lives(seen) && signals::is_new(h, seen) {
        on.push(Sign::ProcessNew.alone());
    }
    if let Some(at) = h.beat_ms.filter(|_| !signals::beats(h, seen)) {
        on.push(Sign::HeartbeatStill.of(now.saturating_sub(at)));
    }
    match signals::stranger(h, seen) {
        Some(name) => on.push(Sign::PortTaken.about(name)),
        None if seen.port == Port::Free => on.push(Sign::PortFree.alone()),
        None => {}
    }
}

fn owner(seen: &Observation, on: &mut Vec<Ground>) {
    let sign = match seen.owner.active {
        Active::Failed => Some(Sign::OwnerFailed),
        Active::Stopped => Some(Sign::OwnerStopped),
        Active::Starting => Some(Sign::OwnerStarting),
        Active::Stopping => Some(Sign::OwnerStopping),
        Active::Untold | Active::Running => None,
    };
    on.extend(sign.map(|s| s.about(&seen.owner.name)));
    if seen.live() {
        return;
    }
    if let Some(exit) = &seen.owner.last_exit {
        on.extend(exit.code.and_then(|c| u64::try_from(c).ok()).map(|c| Sign::ExitCode.of(c)));
        on.extend(exit.out_of_memory.then(|| Sign::KilledForMemory.alone()));
    }
}

fn surroundings(h: &History, seen: &Observation, now: u64, on: &mut Vec<Ground>) {
    let pressure = [
        (seen.machine.cpu_pressure_percent, Sign::CpuPressure),
        (seen.machine.memory_pressure_percent, Sign::MemoryPressure),
    ];
    let high =
        pressure.into_iter().filter_map(|(p, sign)| p.filter(|p| *p >= PRESSED_PERCENT).zip(Some(sign)));
    on.extend(high.map(|(p, sign)| sign.of(u64::from(p))));
    on.extend(seen.machine.disk_full.then(|| Sign::DiskFull.alone()));
    on.extend(matches!(seen.config, Config::Broken { .. }).then(|| Sign::ConfigBroken.alone()));
    on.extend(seen.held_ms.map(|ms| Sign::Held.of(ms)));
    on.extend(seen.guardians.iter().map(|g| Sign::Guardian.about(&g.name)));
    let network = match (h.network.down_looks, h.network.proxy_down_looks) {
        (1.., _) => Some(Sign::NetworkDown),
        (_, 1..) => Some(Sign::ProxyDown),
        _ => None,
    };
    on.extend(network.map(Sign::alone));
    for (key, c) in &h.channels {
        let sign = match c.trouble {
            Trouble::None => continue,
            Trouble::Stale => Sign::ChannelStale,
            Trouble::Failing => Sign::ChannelFailing,
            Trouble::Refused { .. } => Sign::ChannelRefused,
            Trouble::Limited => Sign::ChannelLimited,
        };
        let since = if c.trouble == Trouble::Stale { c.changed_ms } else { c.trouble_since_ms };
        on.push(Ground { value: Some(now.saturating_sub(since)), ..sign.about(key) });
    }
    if !h.channels.is_empty() && h.network.up && h.channels.values().any(|c| c.trouble != Trouble::None) {
        on.push(Sign::NetworkUp.alone());
    }
}

const fn turn(to: Verdict, when: When, in_ms: Option<u64>) -> Turn {
    Turn { to, when, in_ms }
}

const fn well(when: When) -> Turn {
    turn(Verdict::Healthy, when, None)
}

fn turns(h: &History, seen: &Observation, finding: &Finding, policy: &Policy, now: u64) -> Vec<Turn> {
    let since = |at: Option<u64>| at.map_or(0, |at| now.saturating_sub(at));
    let mut all = match finding.verdict {
        Verdict::Healthy => return Vec::new(),
        Verdict::Degraded if finding.call == Call::Nothing => {
            vec![well(When::Ready), well(When::ChannelMoves)]
        }
        Verdict::Degraded => vec![well(When::ChannelMoves)],
        Verdict::Breaker => vec![well(When::Ready)],
        Verdict::NetworkDown | Verdict::ProxyDown => vec![well(When::NetworkReturns)],
        Verdict::Starting => {
            let left = policy.grace_ms(&h.boots_ms).saturating_sub(since(h.starting_since_ms));
            vec![well(When::Ready), turn(Verdict::Hung, When::StartingLasts, Some(left))]
        }
        Verdict::Draining => {
            let left = drain_limit_ms(h, seen, policy).saturating_sub(since(h.draining_since_ms));
            vec![turn(Verdict::Hung, When::DrainingLasts, Some(left))]
        }
        // It is heard, and has no word for its readiness.
        Verdict::Busy if seen.live() => vec![well(When::Ready)],
        Verdict::Busy | Verdict::Hung | Verdict::Dead => silent_turns(h, finding, policy, now),
        Verdict::Flapping | Verdict::Suspended | Verdict::Unknown => silent_turns(h, finding, policy, now),
    };
    all.extend(seen.held_ms.map(|ms| turn(finding.verdict, When::HoldEnds, Some(ms))));
    all
}

/// Of one that does not answer.
fn silent_turns(h: &History, finding: &Finding, policy: &Policy, now: u64) -> Vec<Turn> {
    let silent_ms = h.silence.as_ref().map_or(0, |s| now.saturating_sub(s.since_ms));
    let left = |limit: u64| Some(limit.saturating_sub(silent_ms)).filter(|ms| *ms > 0);
    let mut all = vec![well(When::Answers)];
    if finding.verdict == Verdict::Busy {
        all.push(turn(Verdict::Hung, When::NoProgress, left(policy.timeout_ms)));
        all.push(turn(Verdict::Hung, When::SilenceLasts, left(policy.timeout_ms.saturating_mul(2))));
    } else if silent_ms > 0 && finding.second.is_none() {
        all.push(turn(finding.verdict, When::SecondSignal, None));
    }
    all
}
