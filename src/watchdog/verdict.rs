//! What the judge concludes, why, and what it wants done.

use serde::{Deserialize, Serialize};

/// The state of the gateway. Only some of `Hung`, `Dead`, `Flapping` and `Degraded` lead to an act.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It answers and is ready.
    Healthy,
    /// It boots.
    Starting,
    /// It finishes its work before stopping.
    Draining,
    /// No answer, but its process makes progress.
    Busy,
    /// It answers, but says that a part of it fails.
    Degraded,
    /// No answer and no progress, or a boot or drain without end.
    Hung,
    /// Nobody listens.
    Dead,
    /// It dies again soon after each start.
    Flapping,
    /// The gateway's own crash-loop breaker has tripped: it runs with its channels held down.
    Breaker,
    /// Neither the network nor a proxy is reachable: no restart of anything would help.
    NetworkDown,
    /// The proxy is not reachable, the network is.
    ProxyDown,
    /// The watchdog itself was stopped for a while (suspend): what it knew is void.
    Suspended,
    /// Nothing can be concluded.
    #[default]
    Unknown,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Healthy,
        Self::Starting,
        Self::Draining,
        Self::Busy,
        Self::Degraded,
        Self::Hung,
        Self::Dead,
        Self::Flapping,
        Self::Breaker,
        Self::NetworkDown,
        Self::ProxyDown,
        Self::Suspended,
        Self::Unknown,
    ];

    /// Its name in files and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Starting => "starting",
            Self::Draining => "draining",
            Self::Busy => "busy",
            Self::Degraded => "degraded",
            Self::Hung => "hung",
            Self::Dead => "dead",
            Self::Flapping => "flapping",
            Self::Breaker => "breaker",
            Self::NetworkDown => "network-down",
            Self::ProxyDown => "proxy-down",
            Self::Suspended => "suspended",
            Self::Unknown => "unknown",
        }
    }
}

/// What a verdict rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    Answers,
    PartFails,
    Starts,
    StartsTooLong,
    Drains,
    DrainsTooLong,
    /// No answer, but too few times or for too short to conclude anything.
    InDoubt,
    ProgressWithoutAnswer,
    ProcessStopped,
    NoAnswer,
    Refused,
    NeverSeenHealthy,
    /// Never healthy on this port, yet the plugin's heartbeat goes on: the wrong port is watched.
    HeartbeatElsewhere,
    /// Something answers, but not as a gateway does.
    Stranger,
    /// A gateway answers, and it is another one than ours.
    OtherGateway,
    DiesAgain,
    WatchdogWasStopped,
    /// Another program holds the port, so no start can succeed.
    PortTaken,
    /// It ended with a configuration error, or its configuration cannot be read: a restart would end the same way.
    ConfigRefused,
    /// It was killed for want of memory.
    OutOfMemory,
    /// The owner says that it ended well and nobody asked for it again.
    StoppedOnPurpose,
    /// No answer, but the machine is so busy that this says little.
    Pressed,
    /// Nothing has moved on a channel's transport for too long.
    ChannelStale,
    /// A channel does not come up.
    ChannelFails,
    /// A channel's provider refuses it.
    ChannelRefused,
    /// The gateway holds its channels down after too many bad boots.
    Suppressed,
    NoNetwork,
    NoProxy,
    DiskFull,
    /// Nothing says which port is the gateway's.
    PortGuessed,
    #[default]
    NotYetSeen,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 31] = [
        Self::Answers,
        Self::PartFails,
        Self::Starts,
        Self::StartsTooLong,
        Self::Drains,
        Self::DrainsTooLong,
        Self::InDoubt,
        Self::ProgressWithoutAnswer,
        Self::ProcessStopped,
        Self::NoAnswer,
        Self::Refused,
        Self::NeverSeenHealthy,
        Self::HeartbeatElsewhere,
        Self::Stranger,
        Self::OtherGateway,
        Self::DiesAgain,
        Self::WatchdogWasStopped,
        Self::PortTaken,
        Self::ConfigRefused,
        Self::OutOfMemory,
        Self::StoppedOnPurpose,
        Self::Pressed,
        Self::ChannelStale,
        Self::ChannelFails,
        Self::ChannelRefused,
        Self::Suppressed,
        Self::NoNetwork,
        Self::NoProxy,
        Self::DiskFull,
        Self::PortGuessed,
        Self::NotYetSeen,
    ];
}

/// A verdict with what it rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    pub verdict: Verdict,
    pub reason: Reason,
    /// How long there has been no answer, milliseconds; 0 while it answers.
    pub silent_ms: u64,
    /// Failed liveness probes in a row.
    pub failed_probes: u32,
    /// When to look again, milliseconds from now.
    pub next_ms: u64,
}

/// What is to be done now. Numbers name the incident and the attempt within it, both from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Action {
    /// Ask the owner to restart the gateway.
    Restart { incident: u64, attempt: u32 },
    /// Restarting does not help: run the escalation command, once per incident.
    Escalate { incident: u64 },
    /// The owner's stop does not end a process whose event loop stands still: end this one, if it is still that one.
    Kill { incident: u64, pid: u32, start_ticks: u64 },
    /// Stop and start one account of a channel through the gateway. What came of it is seen, not told.
    Channel { incident: u64, attempt: u32, channel: String, account: String },
}
