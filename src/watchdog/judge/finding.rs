//! What one look leads to, before the discipline of acting is applied.

use crate::watchdog::ground::Sign;
use crate::watchdog::verdict::{Reason, Verdict};

/// What a look calls for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Call {
    #[default]
    Nothing,
    Restart,
    /// The gateway is to be restarted for the sake of this channel, which two cures did not help.
    RestartFor(String),
    /// Stop and start this channel, by `channel/account`.
    Cure(String),
}

/// A verdict, its reason, and what it calls for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub verdict: Verdict,
    pub reason: Reason,
    pub call: Call,
    /// The signal besides the liveness probe that agrees.
    pub second: Option<Sign>,
}

impl Finding {
    pub(in crate::watchdog) const fn wait(verdict: Verdict, reason: Reason) -> Self {
        Self { verdict, reason, call: Call::Nothing, second: None }
    }

    /// A restart, if a second signal agrees.
    pub(super) fn restart(verdict: Verdict, reason: Reason, long: bool, second: Option<Sign>) -> Self {
        let call = if long && second.is_some() { Call::Restart } else { Call::Nothing };
        Self { verdict, reason, call, second }
    }
}
