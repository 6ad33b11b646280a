//! What the next look should see besides the usual: a sick server and a tired network are not asked without need.

use crate::watchdog::alert;
use crate::watchdog::policy::Policy;
use crate::watchdog::state::{History, Trouble};

/// What is in doubt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wants {
    /// Another endpoint on a fresh connection although the liveness probe had no answer, and who holds the port.
    pub second_signal: bool,
    /// The network, directly and by the proxy.
    pub network: bool,
    /// The providers of these channels, by `channel/account`.
    pub providers: Vec<String>,
}

/// What the next look should see, by what is remembered.
#[must_use]
pub fn wants(h: &History, policy: &Policy, now_ms: u64) -> Wants {
    let slow = policy.stale_ms / 3;
    let doubtful = |still: u64, trouble: Trouble| trouble != Trouble::None || still >= slow;
    let providers: Vec<String> = h
        .channels
        .iter()
        .filter(|(_, c)| !c.stopped && doubtful(now_ms.saturating_sub(c.changed_ms), c.trouble))
        .map(|(key, _)| key.clone())
        .collect();
    let down = h.network.down_looks > 0 || h.network.proxy_down_looks > 0;
    Wants {
        second_signal: h.silence.is_some(),
        network: down
            || h.network.told_ms.is_none()
            || alert::awaits_network(h)
            || !providers.is_empty()
            || h.starting_since_ms.is_some(),
        providers,
    }
}
