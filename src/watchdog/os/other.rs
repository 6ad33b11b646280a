//! A system of which nothing is seen.

use crate::watchdog::observation::{Machine, Port, Process};

/// What cannot be seen here.
pub const UNSEEN: &[&str] = &["process", "wchan", "port", "pressure", "oom-kills"];

/// Memory that the watchdog itself has in use: not told.
#[must_use]
pub fn resident_bytes() -> Option<u64> {
    None
}

#[must_use]
pub fn boot_id() -> Option<String> {
    None
}

#[must_use]
pub fn process(_pid: u32) -> Option<Process> {
    None
}

#[must_use]
pub fn parent(_pid: u32) -> Option<u32> {
    None
}

#[must_use]
pub fn arguments(_pid: u32) -> Vec<String> {
    Vec::new()
}

#[must_use]
pub fn pids() -> Vec<u32> {
    Vec::new()
}

#[must_use]
pub fn port(_port: u16, _likely: &[u32]) -> Port {
    Port::Unseen
}

#[must_use]
pub fn pressure() -> Machine {
    Machine::default()
}

/// Kills for want of memory: not told.
#[derive(Clone, Debug, Default)]
pub struct Kills;

impl Kills {
    pub fn read(&mut self, _pid: Option<u32>) -> Option<u64> {
        None
    }
}
