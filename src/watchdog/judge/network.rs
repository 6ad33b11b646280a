//! What the looks at the network come to.

use crate::watchdog::observation::{Observation, Provider};
use crate::watchdog::policy::Policy;
use crate::watchdog::state::History;

/// Takes in a look at the network, where one was taken. What is old says nothing about now.
pub(super) fn note(h: &mut History, seen: &Observation, policy: &Policy, now: u64) {
    let answered = seen.providers.values().any(|p| matches!(p, Provider::Answers { .. }));
    let n = &mut h.network;
    if let Some(told) = &seen.network {
        let open = told.direct.reached() || told.proxy.reached();
        let closed = told.direct.failed() && !told.proxy.reached() && !answered;
        // Who has never reached a target may not be meant to reach any.
        n.ever_up |= open || answered;
        n.down_looks = if closed && n.ever_up { n.down_looks.saturating_add(1) } else { 0 };
        let proxy_down = told.proxy.failed() && told.direct.reached();
        n.proxy_down_looks = if proxy_down { n.proxy_down_looks.saturating_add(1) } else { 0 };
        if open || closed {
            n.up = open;
            n.told_ms = Some(now);
        }
    } else if n.told_ms.is_none_or(|at| now.saturating_sub(at) > policy.window_ms) {
        (n.down_looks, n.proxy_down_looks) = (0, 0);
    }
    if answered {
        (n.up, n.ever_up) = (true, true);
        n.told_ms = Some(now);
    }
}
