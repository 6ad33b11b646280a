//! What one look at the gateway saw: facts only, no conclusion.

mod answer;
mod channel;
mod machine;
mod network;
mod owner;
mod process;

pub use answer::{Answer, Fields};
pub use channel::{Account, Channels, Provider};
pub use machine::Machine;
pub use network::{Network, Reach};
pub use owner::{Active, Config, Exit, Guardian, Owner};
pub use process::{Port, Process};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Observation {
    /// Monotonic time at which the look began; the judge is called when it ended.
    pub began_ms: u64,
    /// Time the machine has slept since its boot, milliseconds.
    pub slept_ms: u64,
    /// How long the liveness probe took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probe_ms: Option<u64>,
    /// The wall clock as the gateway answered, epoch milliseconds: the host counts its uptime by it. Nothing is timed by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wall_ms: Option<i64>,
    pub healthz: Answer,
    pub startupz: Answer,
    pub readyz: Answer,
    /// The gateway's process, verified by its heartbeat, its owner or its port; none where it is gone or not known.
    pub process: Option<Process>,
    /// Looking for it did not end in time: that none is told says nothing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub process_untold: bool,
    /// `at_ms` of the heartbeat file. Only ever compared with an earlier one: the clock it came from may jump.
    pub heartbeat_ms: Option<u64>,
    /// Longest delay of the event loop that the heartbeat tells, milliseconds.
    pub loop_lag_ms: Option<u64>,
    /// Model calls under way by the heartbeat: what a restart would interrupt.
    pub in_flight: u32,
    pub port: Port,
    /// The port that was looked at though nothing says that it is the gateway's: the file that would cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port_guessed: Option<u16>,
    /// Another gateway than ours holds the port: whatever answers there speaks of that one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub foreign_holder: bool,
    pub owner: Owner,
    pub channels: Channels,
    /// The provider of a channel that is in doubt, by `channel/account`.
    pub providers: BTreeMap<String, Provider>,
    /// Asked only in doubt, or none.
    pub network: Option<Network>,
    pub machine: Machine,
    pub config: Config,
    /// Others that restart the gateway.
    pub guardians: Vec<Guardian>,
    /// Acting is held off on purpose for so long (maintenance), milliseconds from now.
    pub held_ms: Option<u64>,
}

impl Observation {
    /// Whether the liveness probe was answered as a gateway answers it, by ours.
    #[must_use]
    pub fn live(&self) -> bool {
        !self.foreign_holder
            && matches!(&self.healthz, Answer::Http { status: 200, fields: Some(f) } if f.ok == Some(true))
    }

    /// Whether the gateway says that it is draining: in the startup probe, or (older hosts) in the readiness probe.
    #[must_use]
    pub fn draining(&self) -> bool {
        self.startupz.says("draining") || self.failing().iter().any(|f| f == "gateway-draining")
    }

    /// Whether the gateway says that it is still starting.
    #[must_use]
    pub fn starting(&self) -> bool {
        self.startupz.says("starting")
    }

    /// Whether it answers and has no word for its readiness.
    #[must_use]
    pub fn unsaid(&self) -> bool {
        self.live() && !matches!(self.readyz, Answer::Http { .. })
    }

    /// What the readiness probe names as failing.
    #[must_use]
    pub fn failing(&self) -> &[String] {
        self.readyz.fields().map(|f| f.failing.as_slice()).unwrap_or_default()
    }

    /// Age of this boot, from the startup probe, else from the readiness probe.
    #[must_use]
    pub fn uptime_ms(&self) -> Option<u64> {
        let of = |a: &Answer| a.fields().and_then(|f| f.uptime_ms);
        of(&self.startupz).or_else(|| of(&self.readyz))
    }
}
