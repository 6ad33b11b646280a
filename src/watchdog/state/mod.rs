//! What the judge remembers from look to look. Bounded, and kept over restarts of the watchdog.

mod channel;
mod incident;

pub use channel::{ChannelSeen, Cure, Trouble};
pub use incident::{Attempt, Ended, Incident, Outcome, Phase};

use super::alert::Raised;
use super::ground::Grounds;
use super::verdict::Judgement;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most restarts and deaths remembered: more than any budget counts.
pub const MOST_REMEMBERED: usize = 256;

/// All times are the machine's monotonic clock in milliseconds, valid within one boot of the machine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct History {
    /// When watching began.
    pub watching_since_ms: u64,
    pub last_look_ms: Option<u64>,
    /// Time the machine had slept by then.
    pub slept_ms: u64,
    /// Whether silence means anything yet: after the first healthy look, or when the boot grace is over.
    pub armed: bool,
    pub ever_healthy: bool,
    pub silence: Option<Silence>,
    pub starting_since_ms: Option<u64>,
    pub draining_since_ms: Option<u64>,
    pub boot: Option<Boot>,
    pub process: Option<ProcessAt>,
    pub heartbeat_ms: Option<u64>,
    /// When boots were seen that followed their predecessor too soon.
    pub short_lives_ms: Vec<u64>,
    /// When restarts were asked for.
    pub restarts_ms: Vec<u64>,
    /// A command of ours is on its way, even if what it was for is already decided: no second one beside it.
    pub command_running: bool,
    pub incident: Option<Incident>,
    /// How many incidents there have been; the number of the last one.
    pub incidents: u64,
    pub judgement: Judgement,
    /// Since when the verdict is what it is.
    pub verdict_since_ms: u64,
    /// What the last judgement rests on and what would change it.
    pub grounds: Grounds,
    /// The process that was seen started and answering: pid and start ticks.
    pub settled: Option<(u32, u64)>,
    /// The main process of its owner then, where that was told: a wrapper's may be another than the gateway's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_owner: Option<u32>,
    /// The configuration file as it was then, by its digest: what it listens on may be another port since it changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_config: Option<String>,
    /// Who held its port while it answered, pid and start ticks: a proxy before it, a child of it, itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<(u32, u64)>,
    /// The newest process seen, and since when.
    pub newest: Option<Newest>,
    /// When the heartbeat last changed.
    pub beat_ms: Option<u64>,
    /// When the process last made progress without answering.
    pub progress: Option<Progress>,
    /// How long boots took, newest last.
    pub boots_ms: Vec<u64>,
    /// When a boot ended that had not drained: the host counts those, too.
    pub unclean_ms: Vec<u64>,
    /// New boots whose predecessor nobody has seen end: a crash, or a restart that somebody wanted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub untold_ends: Vec<UntoldEnd>,
    /// A look has met that the boot which answered last ended badly.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ended_badly: bool,
    /// What its owner told last of how often it has started it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_starts: Option<OwnerStarts>,
    /// When it was found killed for want of memory.
    pub memory_deaths_ms: Vec<u64>,
    /// Kills for want of memory while it last answered.
    pub oom_kills: Option<u64>,
    /// How long the owner lets it stop, as last told.
    pub stop_ms: Option<u64>,
    pub network: NetworkSeen,
    /// By `channel/account`.
    pub channels: BTreeMap<String, ChannelSeen>,
    /// Conditions a person is told of, and those told not long ago.
    pub raised: Vec<Raised>,
}

/// Starts by the owner, as it last told them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OwnerStarts {
    pub count: u64,
    /// New boots met since then, which may be among those that it tells next.
    pub met: u64,
    /// Of those, the ones whose predecessor was met to end badly.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub bad: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// The end of a boot of which nobody has told, by when the next one was met.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UntoldEnd {
    pub at_ms: u64,
    /// It came soon after its beginning.
    pub short: bool,
}

/// A process and when it was first seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Newest {
    pub process: (u32, u64),
    pub since_ms: u64,
}

/// Progress of a silent process.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    pub at_ms: u64,
    /// Its event loop turns, which is more than that it uses the processor.
    pub beats: bool,
}

/// What the last looks at the network came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NetworkSeen {
    /// When it was last told.
    pub told_ms: Option<u64>,
    pub up: bool,
    /// Whether anything was ever reached: else that nothing is says nothing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ever_up: bool,
    /// Looks in a row that found neither way open.
    pub down_looks: u32,
    /// Looks in a row that found the proxy closed and the network open.
    pub proxy_down_looks: u32,
}

/// A run of failed liveness probes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Silence {
    /// When the first failed probe began.
    pub since_ms: u64,
    pub failed: u32,
    /// When it began in truth, where acting was held off since: what is counted towards an act begins anew with that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_ms: Option<u64>,
    /// Whether nobody listened at the last look.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refused: bool,
    /// Whether the configuration was broken at the last look.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub broken: bool,
    /// When the machine was last seen so busy that its silence said little.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pressed_ms: Option<u64>,
    /// Since when nothing listens or the process is gone: whatever kept it from answering before, its owner has its time
    /// from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dead_ms: Option<u64>,
    /// Since when it has been at work without its loop turning, and since when bytes have come that no work explains: what
    /// a full machine kept from answering before has its own time from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub busy_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drip_ms: Option<u64>,
    /// Since when its port accepts and says nothing at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deaf_ms: Option<u64>,
    /// Since when it is stopped by a signal: the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_ms: Option<u64>,
}

/// One boot of the gateway, known by its uptime and when that was told; by its process where the host tells no uptime.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Boot {
    pub uptime_ms: Option<u64>,
    pub seen_ms: u64,
    /// The same by the wall clock, which the host counts its uptime by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wall_ms: Option<i64>,
    /// pid and start ticks.
    pub process: Option<(u32, u64)>,
}

/// A process' CPU time as read at some moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProcessAt {
    pub pid: u32,
    pub start_ticks: u64,
    pub cpu_ms: u64,
    pub at_ms: u64,
}
