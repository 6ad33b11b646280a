//! The simulated world of `tests/weeks`, and the table of faults as things that happen in it.
#![allow(dead_code, reason = "the weeks use the rest")]

#[path = "../weeks/src/rows.rs"]
pub mod rows;
#[path = "../weeks/src/world/mod.rs"]
pub mod world;

#[path = "../weeks/src/dream.rs"]
pub mod dream;
