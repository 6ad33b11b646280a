//! The plugin's sign of life, written every 5 s by the gateway's own event loop and read by the watchdog.

use serde::{Deserialize, Serialize};

/// Newest shape of `<state>/.asm_heartbeat.json`.
pub const VERSION: u64 = 1;

/// What `<state>/.asm_heartbeat.json` holds. Missing fields read as zero or empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Heartbeat {
    pub version: u64,
    /// The gateway's process id.
    pub pid: u32,
    /// Field 22 of `/proc/<pid>/stat`: the process' start in clock ticks after the machine's boot. With `boot_id` it
    /// tells this process from a later one under the same pid.
    pub start_ticks: u64,
    /// The machine's `/proc/sys/kernel/random/boot_id`.
    pub boot_id: String,
    /// When it was written, epoch milliseconds.
    pub at_ms: i64,
    /// Longest delay of the event loop since the heartbeat before, milliseconds.
    pub loop_lag_ms_max: u64,
    /// Session keys with a model call under way: what a restart would interrupt.
    pub in_flight: Vec<String>,
}
