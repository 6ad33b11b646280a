//! The machine the gateway runs on: pressure, memory, disk.

use serde::{Deserialize, Serialize};

/// What presses on the machine. None where it is not told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Machine {
    /// Share of the last 10 s in which some task waited for a processor, percent (`/proc/pressure/cpu`, `some avg10`);
    /// where that is not told, derived from the load.
    pub cpu_pressure_percent: Option<u8>,
    /// The same for memory.
    pub memory_pressure_percent: Option<u8>,
    /// Memory that programs can still have, percent.
    pub memory_available_percent: Option<u8>,
    /// Kills for want of memory so far: of the gateway's control group, else of the machine. Only ever compared.
    pub oom_kills: Option<u64>,
    /// They are those of the whole machine: any program may have been killed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub oom_kills_of_all: bool,
    /// Room on the disk of the state directory.
    pub disk_free_bytes: Option<u64>,
    /// A small write to the state directory failed for want of room.
    pub disk_full: bool,
}
