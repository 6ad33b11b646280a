//! What only Linux tells.

use crate::watchdog::observation::Machine;

#[must_use]
pub fn pressure() -> Machine {
    Machine::default()
}

/// Kills for want of memory.
#[derive(Clone, Debug, Default)]
pub struct Kills;

impl Kills {
    pub fn read(&mut self, _pid: Option<u32>) -> Option<u64> {
        None
    }

    #[must_use]
    pub fn of_all(&self) -> bool {
        false
    }
}

/// Memory that the watchdog itself has in use.
#[must_use]
pub fn resident_bytes() -> Option<u64> {
    None
}
