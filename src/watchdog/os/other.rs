//! A system of which nothing is seen.

pub use super::untold::{Kills, pressure, resident_bytes};
use crate::watchdog::observation::{Port, Process};

/// What cannot be seen here.
pub const UNSEEN: &[&str] = &["process", "wchan", "port", "pressure", "oom-kills"];

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
pub fn port(_addr: std::net::SocketAddr, _likely: &[u32]) -> Port {
    Port::Unseen
}
