//! One restart in `<state>/.asm_watchdog/last_incident.json`: the watchdog writes it, the plugin reads it.

use serde::{Deserialize, Serialize};

/// One restart of an incident.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Restart {
    /// From 1.
    pub number: u32,
    /// Epoch milliseconds of its beginning.
    pub at_ms: i64,
    /// The process before it; 0 where it was not known.
    pub pid: u32,
    pub start_ticks: u64,
    /// Session keys with a model call under way before it: what it interrupted.
    pub in_flight: Vec<String>,
    /// How it ended: `running`, `verified`, `no-new-boot`, `command-failed`, `command-timed-out`, `command-not-found`,
    /// `channels-still`, `not-run`; empty where that is not told.
    pub ended: String,
    /// The process was ended because its owner's stop could not end it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub killed: bool,
}
