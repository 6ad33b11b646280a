//! The gateway's process, and who listens on its port.

use serde::{Deserialize, Serialize};

/// The gateway's process, known by pid, start time and its own heartbeat.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    pub pid: u32,
    pub start_ticks: u64,
    /// One letter as `/proc/<pid>/stat` gives it: `T` is stopped, `R` running.
    pub state: char,
    /// CPU time used since its start, milliseconds.
    pub cpu_ms: u64,
    pub threads: u64,
    /// Where in the kernel it waits; empty where that is not told.
    pub wchan: String,
}

/// Who listens on the gateway's port, as far as our permissions show it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "port", rename_all = "kebab-case")]
pub enum Port {
    /// Not looked at, or nothing of it can be seen here.
    #[default]
    Unseen,
    /// Nobody listens.
    Free,
    /// Somebody listens; who is not told (another user's process).
    Held,
    /// This process listens.
    HeldBy {
        pid: u32,
        start_ticks: u64,
        name: String,
        /// The gateway's owner runs it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        owned: bool,
    },
}
