//! All native tests in one binary.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod watchdog_check;
mod watchdog_faults;
mod watchdog_lab;
mod watchdog_live;
mod watchdog_properties;
mod watchdog_state;
mod watchdog_world;
