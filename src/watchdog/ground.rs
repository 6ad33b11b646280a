//! What a judgement rests on, and what would change it: for machines, and for a person who doubts it.

use super::verdict::Verdict;
use serde::{Deserialize, Serialize};

/// A fact that was weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// `/healthz` answers as a gateway does.
    HealthzAnswers,
    /// No answer from `/healthz`; value: for how long, milliseconds.
    HealthzSilent,
    /// The connection is refused; value: for how long, milliseconds.
    HealthzRefused,
    /// Something else answers.
    HealthzForeign,
    /// Failed probes in a row; value: how many.
    FailedProbes,
    /// Another endpoint, on a connection of its own, has no answer either.
    OtherProbeSilent,
    SaysStarting,
    SaysDraining,
    SaysNotReady,
    SaysSuppressed,
    ProcessStopped,
    /// Its process uses no processor.
    ProcessIdle,
    /// Its process uses the processor.
    ProcessComputes,
    ProcessGone,
    /// Its process is another one than the one that last answered.
    ProcessNew,
    /// The event loop turns: the plugin's heartbeat moves.
    HeartbeatMoves,
    /// It does not; value: for how long, milliseconds.
    HeartbeatStill,
    PortFree,
    /// About: who holds it.
    PortTaken,
    OwnerFailed,
    OwnerStopped,
    OwnerStarting,
    OwnerStopping,
    /// Value: its exit code.
    ExitCode,
    KilledForMemory,
    CpuPressure,
    MemoryPressure,
    DiskFull,
    NetworkUp,
    NetworkDown,
    ProxyDown,
    ConfigBroken,
    /// About: the channel; value: since when, milliseconds ago.
    ChannelStale,
    ChannelFailing,
    ChannelRefused,
    ChannelLimited,
    /// About: who.
    Guardian,
    /// Acting is held off on purpose; value: milliseconds left.
    Held,
    /// It ended again soon after its start; value: how often.
    ShortLives,
    /// The watchdog itself was stopped.
    Gap,
    /// The boot grace as learned; value: milliseconds.
    Grace,
    /// The drain limit; value: milliseconds.
    DrainLimit,
}

/// A fact with what it is about and how much of it there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ground {
    pub sign: Sign,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<u64>,
}

/// What would have to happen for another verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// A complete answer of `/healthz`.
    Answers,
    /// An answer that says it is ready.
    Ready,
    /// The silence goes on.
    SilenceLasts,
    /// The same without any progress of the process.
    NoProgress,
    /// A second, independent signal agrees.
    SecondSignal,
    StartingLasts,
    DrainingLasts,
    ProcessEnds,
    ChannelMoves,
    ChannelLasts,
    NetworkReturns,
    HoldEnds,
}

/// Another verdict, and what would lead to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    pub to: Verdict,
    pub when: When,
    /// Milliseconds from now, where time alone does it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_ms: Option<u64>,
}

/// Both lists of a judgement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Grounds {
    pub rests_on: Vec<Ground>,
    pub would_change: Vec<Turn>,
    /// The second signal without which nothing is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second: Option<Sign>,
}

impl Sign {
    /// The fact alone.
    #[must_use]
    pub fn alone(self) -> Ground {
        Ground { sign: self, about: String::new(), value: None }
    }

    /// The fact and how much of it.
    #[must_use]
    pub fn of(self, value: u64) -> Ground {
        Ground { sign: self, about: String::new(), value: Some(value) }
    }

    /// The fact and what it is about.
    #[must_use]
    pub fn about(self, about: &str) -> Ground {
        Ground { sign: self, about: about.to_owned(), value: None }
    }
}
