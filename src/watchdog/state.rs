//! What the judge remembers from look to look. Bounded, and kept over restarts of the watchdog.

use super::verdict::Judgement;
use serde::{Deserialize, Serialize};

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
}

/// A run of failed liveness probes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Silence {
    /// When the first failed probe began.
    pub since_ms: u64,
    pub failed: u32,
}

/// One boot of the gateway, known by its uptime; by its process where the host tells no uptime.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Boot {
    pub uptime_ms: Option<u64>,
    pub seen_ms: u64,
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

/// From the first act to a stable time without trouble.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// From 1.
    pub number: u64,
    pub opened_ms: u64,
    /// What was concluded when it was opened.
    pub cause: Judgement,
    pub attempts: Vec<Attempt>,
    /// No restart before this.
    pub not_before_ms: u64,
    pub phase: Phase,
    /// Set together with the escalation, never unset: it happens once.
    pub escalated: bool,
    /// Since when the gateway has answered without a break.
    pub answering_since_ms: Option<u64>,
}

/// One restart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    pub began_ms: u64,
    pub outcome: Outcome,
}

/// How a restart ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub enum Outcome {
    Running,
    /// A new boot answers.
    Verified,
    /// The command ended well, but no new boot came in time.
    NoNewBoot,
    /// The command said that it failed. No code: ended by a signal.
    CommandFailed {
        code: Option<i32>,
    },
    /// The command took too long and was ended.
    CommandTimedOut,
    /// The command could not be started.
    CommandNotFound,
    /// Nothing was run.
    DryRun,
}

/// What is going on within an incident.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    #[default]
    Watching,
    /// The restart command runs.
    Commanding { began_ms: u64, before: Option<Boot> },
    /// It ended; a new boot is awaited.
    Verifying { began_ms: u64, until_ms: u64, before: Option<Boot> },
    /// The escalation command runs.
    Escalating { began_ms: u64 },
}

/// How a command ended, as the shell tells the judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub enum Ended {
    /// Exit 0, or unknown because the watchdog was restarted meanwhile: the new boot decides.
    Done,
    Failed {
        code: Option<i32>,
    },
    TimedOut,
    NotFound,
    DryRun,
}
