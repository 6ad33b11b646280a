//! How a look is meant.

use crate::watchdog::incident;
use crate::watchdog::judge::{self, Wants};
use crate::watchdog::policy::Policy;
use crate::watchdog::state::History;
use crate::watchdog::verdict::Verdict;

/// What is known before a look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// Something was wrong at the look before.
    pub doubt: bool,
    /// How long there has been no answer, and how many probes have failed in a row.
    pub silent_ms: u64,
    pub failed_probes: u32,
    /// What the judge would like to see besides the usual.
    pub wants: Wants,
}

impl Ask {
    /// After the last judgement of a history.
    #[must_use]
    pub fn after(history: &History, policy: &Policy, now_ms: u64) -> Self {
        let last = history.judgement;
        // How the boot before a new one ended its owner tells, if it is asked.
        let untold = history.untold_ends.last().is_some_and(|end| history.last_look_ms == Some(end.at_ms));
        let doubt = history.last_look_ms.is_some() && (last.verdict != Verdict::Healthy || untold);
        let wants = judge::wants(history, policy, now_ms);
        // By now: the wait between two looks is silence, too.
        let silent_ms = history.silence.as_ref().map_or(0, |s| now_ms.saturating_sub(s.since_ms));
        // While a restart is awaited it is decided already; patience would only delay what is seen of it.
        let failed_probes = if incident::restarting(history) { 0 } else { last.failed_probes };
        Self { doubt, silent_ms, failed_probes, wants }
    }

    /// How long a probe may take. It grows with every failed one, so that a gateway that is only slow is heard in the
    /// end: up to six times the usual (5 s: 30 s) and a quarter of the timeout, but never so that the look on which the
    /// timeout ends would end later than it.
    #[must_use]
    pub fn probe_ms(&self, policy: &Policy) -> u64 {
        let most = policy.probe_ms.saturating_mul(6).min(policy.timeout_ms / 4);
        let grown = policy.probe_ms.saturating_mul(1 << self.failed_probes.min(3));
        let left = policy.timeout_ms - self.silent_ms % policy.timeout_ms.max(1);
        grown.min(most).min(left).max(policy.probe_ms)
    }
}
