//! What is around the gateway: its machine, its network, its owner, other programs and people. Times are monotonic
//! milliseconds until which something holds.

use std::collections::BTreeSet;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stranger {
    #[default]
    None,
    Answers(u64),
    Silent(u64),
}

#[derive(Clone, Debug, Default)]
pub struct Around {
    pub slept_ms: u64,
    pub clock_offset_ms: i64,
    pub overload: u64,
    pub swap: u64,
    /// Something that each look asks hangs for a while.
    pub slow_looks: u64,
    pub disk_full: u64,
    pub network_down: u64,
    pub proxy_down: u64,
    pub breaker: u64,
    pub config_broken: u64,
    pub bad_config: bool,
    pub guardian: u64,
    pub hold: u64,
    pub operator_stopped: u64,
    /// For how long the operator stops it once it has drained, seconds.
    pub stops_for: Option<u64>,
    /// The drain under way is its owner's.
    pub owner_drains: bool,
    pub crash_loop: u64,
    pub crash_loop_supervised: bool,
    pub stranger: Stranger,
    pub oom_kills: u64,
    pub memory_deaths: Vec<u64>,
    /// Those of them that a look met.
    pub memory_met: BTreeSet<u64>,
    /// Starts by its owner since somebody else started it.
    pub owner_starts: u64,
    /// Boots after an end that was no stop, which the host counts; whether a look was taken in their time.
    pub unclean: Vec<(u64, bool)>,
    /// Boots after a stop that nobody met.
    pub in_order: Vec<u64>,
    /// When the supervisor starts it again.
    pub supervisor: Option<u64>,
    /// Length of the next boot, seconds, and whether its port is closed until it is done.
    pub next_boot: Option<(u64, bool)>,
}
