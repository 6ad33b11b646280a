//! When the next look is due.

use super::silence;
use crate::watchdog::incident;
use crate::watchdog::policy::Policy;
use crate::watchdog::state::History;

/// In doubt, while a restart is awaited, and when a grace ends, the next look comes sooner.
pub(super) fn next_ms(h: &History, policy: &Policy, silent_ms: u64, now: u64) -> u64 {
    let over =
        |since: Option<u64>, grace: u64| Some((since? + grace + 1).saturating_sub(now)).filter(|ms| *ms > 0);
    let starts = over(h.starting_since_ms, policy.grace_ms(&h.boots_ms)).unwrap_or(u64::MAX);
    let drains = over(h.draining_since_ms, h.stop_ms.unwrap_or(policy.drain_ms)).unwrap_or(u64::MAX);
    // Who sees neither process nor owner waits as long for a port that is closed.
    let silent =
        over(h.silence.as_ref().map(|s| s.since_ms), policy.grace_ms(&h.boots_ms)).unwrap_or(u64::MAX);
    // What began amid a silence is waited for from its own beginning: a look comes when that is over, too.
    let since = h.silence.as_ref().filter(|_| !incident::restarting(h)).and_then(silence::own_beginning);
    let by_itself = over(since, policy.timeout_ms).unwrap_or(u64::MAX);
    let work = h.silence.as_ref().and_then(|s| s.busy_ms.or(s.drip_ms));
    let by_work = over(work, policy.timeout_ms.saturating_mul(2)).unwrap_or(u64::MAX);
    // While a restart is awaited, its stop has a pace of its own.
    let deaf = h.silence.as_ref().filter(|_| !incident::restarting(h)).and_then(|s| s.deaf_ms);
    let by_itself = by_itself.min(by_work).min(over(deaf, policy.timeout_ms).unwrap_or(u64::MAX));
    usual_ms(h, policy, silent_ms, now).min(starts).min(drains).min(silent).min(by_itself).max(1)
}

fn usual_ms(h: &History, policy: &Policy, silent_ms: u64, now: u64) -> u64 {
    if incident::restarting(h) {
        incident::pace_ms(h, policy, now)
    } else if h.silence.is_some() {
        policy.doubt_ms(silent_ms)
    } else if h.starting_since_ms.is_some() || h.network.down_looks == 1 || h.network.proxy_down_looks == 1 {
        policy.interval_ms.min(policy.timeout_ms / 6).max(1)
    } else {
        policy.interval_ms
    }
}
