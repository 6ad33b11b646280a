//! An incident: restarts and what came of them.

use crate::watchdog::state::Boot;
use crate::watchdog::verdict::Judgement;
use serde::{Deserialize, Serialize};

/// From the first act to a stable time without trouble.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// From 1.
    pub number: u64,
    pub opened_ms: u64,
    /// What was concluded when it was opened, or at its last act.
    pub cause: Judgement,
    pub attempts: Vec<Attempt>,
    /// No restart before this.
    pub not_before_ms: u64,
    pub phase: Phase,
    /// Set together with the escalation, never unset: it happens once.
    pub escalated: bool,
    /// Whether it has served since then for longer than what dies again soon: what comes next is another fault.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub served: bool,
    /// Since when the gateway has answered without a break.
    pub answering_since_ms: Option<u64>,
    /// When the command of the restart under way began: its owner was asked then, not when that was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_ms: Option<u64>,
    /// Channels that moved before the last restart and have to move after it, by `channel/account`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub must_move: Vec<String>,
}

/// One restart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    pub began_ms: u64,
    pub outcome: Outcome,
    /// The process was ended because the owner's stop did not end it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub killed: bool,
    /// The process that it was to end was there when the command had ended, and its owner was not at it: whatever ends it
    /// later is something else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stood: bool,
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
    /// A new boot answers, but no channel that moved before moves again.
    ChannelsStill,
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
