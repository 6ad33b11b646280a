//! All native tests in one binary.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod count_exact;
mod golden;
mod golden_logs;
mod manifest;
mod replay;
mod transcript_file;
mod transcript_properties;
