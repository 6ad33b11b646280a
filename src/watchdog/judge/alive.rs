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
/// Two clocks that are read one after the other.
const ROUNDED_MS: u64 = 1_000;
/// Looks in a row before a network or a proxy counts as down.
const FEWEST_DOWN: u32 = 2;

/// A look that a gateway answered.
pub(super) fn alive(h: &mut History, seen: &Observation, policy: &Policy, now: u64) -> Finding {
    // What has died since it answered, within this look, has left its port to whoever took it.
    let died = signals::gone(h, seen);
    if let Port::HeldBy { pid, start_ticks, .. } = &seen.port
        && !died
    {
        h.holder = Some((*pid, *start_ticks));
    }
    if seen.draining() {
        h.starting_since_ms = None;
        // One that came after a drain, or at the very look that heard it, and drains itself has a time of its own.
        let came = h.newest.as_ref().map_or(0, |n| n.since_ms);
        h.draining_since_ms = h.draining_since_ms.filter(|at| came < *at || came == now);
        return drains(h, seen, policy, now);
    }
    h.draining_since_ms = None;
    if seen.starting() {
        return starts(h, seen, policy, now);
    }
    if boot_ends(h, seen, policy, now) {
        return Finding::wait(Verdict::Starting, Reason::Starts);
    }
    settle(h, seen, policy, now);
    serving(h, seen, policy, now)
}

/// Whether its boot ended between two probes of this look: one still names a part of it, another says that it is over. What
/// goes on naming it fails.
fn boot_ends(h: &History, seen: &Observation, policy: &Policy, now: u64) -> bool {
    let parts = seen.failing();
    let of_boot = !parts.is_empty() && parts.iter().all(|part| part.starts_with("startup"));
    let grace = policy.grace_ms(&h.boots_ms);
    let begun = h.starting_since_ms.is_some_and(|at| now.saturating_sub(at) <= grace);
    of_boot && (begun || seen.uptime_ms().is_some_and(|up| up <= grace))
}

/// It has started: what was learned on the way is kept.
fn settle(h: &mut History, seen: &Observation, policy: &Policy, now: u64) {
    // How long a boot took whose end was not heard is not known.
    if let Some(since) = h.starting_since_ms.take().filter(|_| h.judgement.verdict == Verdict::Starting) {
        // It began up to an interval before it was seen, and tells how long ago. The clock that it tells by may have been set.
        let seen_ms = now.saturating_sub(since);
        let most = seen_ms.saturating_add(policy.interval_ms);
        let took = seen.uptime_ms().map_or(most, |up| up.clamp(seen_ms, most));
        h.boots_ms.push(took);
        let over = h.boots_ms.len().saturating_sub(MOST_BOOTS);
        h.boots_ms.drain(..over);
    }
    h.armed = true;
    h.ever_healthy = true;
    if !came_after(h, seen, now) {
        h.settled = seen.process.as_ref().map(|p| (p.pid, p.start_ticks)).or(h.settled);
    }
    h.settled_owner = seen.owner.pid.or(h.settled_owner);
    if let Config::Sound { digest } = &seen.config {
        h.settled_config = Some(digest.clone());
    }
    if !signals::gone(h, seen) {
        h.oom_kills = seen.machine.oom_kills.or(h.oom_kills);
    }
    h.stop_ms = seen.owner.stop_ms.or(h.stop_ms);
}

/// Whether its process came within this look, after the one that had answered: it has been there for longer than since the
/// look before.
fn came_after(h: &History, seen: &Observation, now: u64) -> bool {
    let came = h.newest.as_ref().is_some_and(|n| n.since_ms == now) && h.settled.is_some();
    let since = h.last_look_ms.map(|last| now.saturating_sub(last).saturating_add(ROUNDED_MS));
    came && seen.uptime_ms().zip(since).is_some_and(|(up, since)| up > since)
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
    if seen.unsaid() && (!signals::at_ease(seen) || !goes_unsaid(h, policy, now)) {
        // What it had no time to say is no failure of a part; where the machine may be full, for however long.
        let reason = if signals::pressed(seen) { Reason::Pressed } else { Reason::InDoubt };
        return Finding::wait(Verdict::Busy, reason);
    }
    if !ready(h, seen) {
        return Finding::wait(Verdict::Degraded, Reason::PartFails);
    }
    if seen.machine.disk_full {
        return Finding::wait(Verdict::Degraded, Reason::DiskFull);
    }
    Finding::wait(Verdict::Healthy, Reason::Answers)
}

/// Whether it has had no word for its readiness for so long that a part of it hangs.
fn goes_unsaid(h: &History, policy: &Policy, now: u64) -> bool {
    match (h.judgement.verdict, h.judgement.reason) {
        (Verdict::Busy, _) => now.saturating_sub(h.verdict_since_ms) >= policy.timeout_ms / 2,
        (Verdict::Degraded, Reason::PartFails) => true,
        _ => false,
    }
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
    // No boot is older than it tells: what was starting before it was another one.
    let born = seen.uptime_ms().filter(|_| seen.live()).map(|up| now.saturating_sub(up));
    let since = (*h.starting_since_ms.get_or_insert(now)).max(born.unwrap_or(0));
    h.starting_since_ms = Some(since);
    // It may wait for the network, though not for ever.
    let offline = h.network.told_ms.is_some() && !h.network.up && h.network.ever_up;
    let grace = if offline { policy.grace_most_ms } else { policy.grace_ms(&h.boots_ms) };
    if now.saturating_sub(since) <= grace {
        return Finding::wait(Verdict::Starting, Reason::Starts);
    }
    let second = match seen.live() {
        true => Some(Sign::SaysStarting),
        false => signals::second_silent(h, seen, policy, now)
            .or_else(|| signals::second_refused(h, seen, policy, now)),
    };
    Finding::restart(Verdict::Hung, Reason::StartsTooLong, true, second)
}

#[cfg(test)]
mod tests {
    use crate::shared::config::Config;
    use crate::shared::language::Language;
    use crate::watchdog::judge::judge;
    use crate::watchdog::observation::{Answer, Fields, Observation};
    use crate::watchdog::policy::Policy;
    use crate::watchdog::state::History;
    use crate::watchdog::verdict::{Reason, Verdict};

    /// It verifies no restart, and nothing is done to it.
    #[test]
    fn what_another_gateway_answers_is_no_answer_of_ours() {
        let policy = Policy::of(&Config::default().watchdog, 1.0, 1);
        let fields = Some(Fields { ok: Some(true), ..Fields::default() });
        let healthz = Answer::Http { status: 200, fields };
        let mut h = History { armed: true, ever_healthy: true, ..History::default() };
        for n in 0..20u64 {
            let now = 1_000_000 + n * 45_000;
            let seen = Observation {
                began_ms: now,
                healthz: healthz.clone(),
                foreign_holder: true,
                ..Observation::default()
            };
            let judged = judge(h, &seen, &policy, now);
            let told = (judged.judgement.verdict, judged.judgement.reason, judged.action);
            assert_eq!(told, (Verdict::Unknown, Reason::OtherGateway, None));
            assert!(!seen.live());
            if let Some(alert) = judged.alerts.first() {
                assert!(alert.say(Language::En).starts_with("Another gateway"), "{alert:?}");
                return;
            }
            h = judged.history;
        }
        panic!("nobody was told");
    }
}
