//! `<state>/.asm_heartbeat.json`: the plugin's sign of life, read by the watchdog.

use serde::{Deserialize, Serialize};

/// Newest version of the heartbeat.
pub const VERSION: u64 = 1;

/// One beat. Written every 5 s from the gateway's own event loop: its age is the loop's silence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    pub version: u64,
    pub pid: u32,
    /// Start time of the process in clock ticks since boot (field 22 of `/proc/<pid>/stat`); 0 where unknown.
    pub start_ticks: u64,
    /// The machine's boot id; empty where unknown.
    pub boot_id: String,
    /// Epoch milliseconds.
    pub at_ms: i64,
    /// Longest delay of the event loop since the beat before, milliseconds.
    pub loop_lag_ms_max: u64,
    /// Session keys with a model call under way.
    pub in_flight: Vec<String>,
}
