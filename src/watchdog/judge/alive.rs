//! Looks with an answer: what the gateway says of itself, and what its surroundings add.

use super::channels::{self, Word};
use super::finding::{Call, Finding};
use super::{signals, silence};
use crate::watchdog::ground::Sign;
use crate::watchdog::observation::{Active, Answer, Config, Observation, Port};
use crate::watchdog::policy::Policy;
use crate::watchdog::state::{History, Trouble};
use crate::watchdog::verdict::{Reason, Verdict};

/// Boots whose length is remembered.
const MOST_BOOTS: usize = 20;
/// Looks in a row before a network or a proxy counts as down.
const FEWEST_DOWN: u32 = 2;

/// A look that a gateway answered.
pub(super) fn alive(h: &mut History, seen: &Observation, policy: &Policy, now: u64) -> Finding {
    if let Port::HeldBy { pid, start_ticks, .. } = &seen.port {
        h.holder = Some((*pid, *start_ticks));
    }
    if seen.draining() {
        h.starting_since_ms = None;
        return drains(h, seen, policy, now);
    }
    h.draining_since_ms = None;
    if seen.starting() {
        return starts(h, seen, policy, now);
    }
    settle(h, seen, policy, now);
    serving(h, seen, policy, now)
}

/// It has started: what was learned on the way is kept.
fn settle(h: &mut History, seen: &Observation, policy: &Policy, now: u64) {
    // How long a boot took whose end was not heard is not known.
    if let Some(since) = h.starting_since_ms.take().filter(|_| h.judgement.verdict == Verdict::Starting) {
        // It began up to an interval before it was seen.
        let took = now.saturating_sub(since).saturating_add(policy.interval_ms);
        h.boots_ms.push(took);
        let over = h.boots_ms.len().saturating_sub(MOST_BOOTS);
        h.boots_ms.drain(..over);
    }
    h.armed = true;
    h.ever_healthy = true;
    h.settled = seen.process.as_ref().map(|p| (p.pid, p.start_ticks)).or(h.settled);
    if let Config::Sound { digest } = &seen.config {
        h.settled_config = Some(digest.clone());
    }
    h.oom_kills = seen.machine.oom_kills.or(h.oom_kills);
    h.stop_ms = seen.owner.stop_ms.or(h.stop_ms);
}

fn serving(h: &History, seen: &Observation, policy: &Policy, now: u64) -> Finding {
    let suppressed = seen.readyz.fields().is_some_and(|f| !f.suppressed.is_empty());
    if suppressed {
        return Finding::wait(Verdict::Breaker, Reason::Suppressed);
    }
    if h.network.down_looks >= FEWEST_DOWN {
        return Finding::wait(Verdict::NetworkDown, Reason::NoNetwork);
    }
    if h.network.proxy_down_looks >= FEWEST_DOWN {
        return Finding::wait(Verdict::ProxyDown, Reason::NoProxy);
    }
    if let Some(Word { trouble, call }) = channels::worst(h, policy, now) {
        let reason = match trouble {
            Trouble::Stale => Reason::ChannelStale,
            Trouble::Refused { .. } | Trouble::Limited => Reason::ChannelRefused,
            Trouble::None | Trouble::Failing => Reason::ChannelFails,
        };
        let second = (call != Call::Nothing).then_some(Sign::NetworkUp);
        return Finding { verdict: Verdict::Degraded, reason, call, second };
    }
    let unsaid = !matches!(seen.readyz, Answer::Http { .. });
    if unsaid && signals::pressed(seen) {
        // What it had no time to say on a full machine is no failure of a part.
        return Finding::wait(Verdict::Busy, Reason::Pressed);
    }
    if !ready(h, seen) {
        return Finding::wait(Verdict::Degraded, Reason::PartFails);
    }
    if seen.machine.disk_full {
        return Finding::wait(Verdict::Degraded, Reason::DiskFull);
    }
    Finding::wait(Verdict::Healthy, Reason::Answers)
}

/// Whether it says it is ready, or only misses channels that are stopped on purpose.
fn ready(h: &History, seen: &Observation) -> bool {
    match &seen.readyz {
        Answer::Http { status: 200 | 404, .. } => true,
        Answer::Http { .. } => {
            let failing = seen.failing();
            !failing.is_empty() && failing.iter().all(|part| channels::meant_to_be_down(h, part))
        }
        _ => false,
    }
}

/// A stop under way. The owner's limit counts where the owner does the stopping, else the gateway's own.
pub(super) fn drains(h: &mut History, seen: &Observation, policy: &Policy, now: u64) -> Finding {
    // Who sees nothing but probes does not see whether the next boot is under way behind a closed port.
    let unseen = !seen.live() && signals::eyeless(seen);
    let boot = if unseen { policy.grace_ms(&h.boots_ms) } else { 0 };
    let limit = drain_limit_ms(h, seen, policy).saturating_add(boot);
    let since = *h.draining_since_ms.get_or_insert(now);
    if now.saturating_sub(since) <= limit || silence::of_full_machine(h, seen, policy, now) {
        return Finding::wait(Verdict::Draining, Reason::Drains);
    }
    let second = match seen.live() {
        true => Some(Sign::SaysDraining),
        false => signals::second_silent(h, seen, policy, now),
    };
    Finding::restart(Verdict::Hung, Reason::DrainsTooLong, true, second)
}

/// How long a drain may last, milliseconds.
pub(super) fn drain_limit_ms(h: &History, seen: &Observation, policy: &Policy) -> u64 {
    let told = seen.owner.stop_ms.or(h.stop_ms);
    match (told, seen.owner.active) {
        (Some(ms), Active::Stopping) => ms,
        (Some(ms), _) => ms.max(policy.drain_ms),
        (None, _) => policy.drain_ms,
    }
}

/// A boot under way.
pub(super) fn starts(h: &mut History, seen: &Observation, policy: &Policy, now: u64) -> Finding {
    let since = *h.starting_since_ms.get_or_insert(now);
    let offline = h.network.told_ms.is_some() && !h.network.up;
    if now.saturating_sub(since) <= policy.grace_ms(&h.boots_ms) || offline {
        return Finding::wait(Verdict::Starting, Reason::Starts);
    }
    let second = match seen.live() {
        true => Some(Sign::SaysStarting),
        false => signals::second_silent(h, seen, policy, now)
            .or_else(|| signals::second_refused(h, seen, policy, now)),
    };
    Finding::restart(Verdict::Hung, Reason::StartsTooLong, true, second)
}
