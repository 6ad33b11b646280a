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
mod engine;
mod engine_host;
mod engine_interrupted;
mod engine_number;
mod extract_cases;
mod extract_cases_en;
mod extract_cases_zh;
mod extract_facts;
mod extract_presence;
mod extract_properties;
mod extract_redact;
mod golden;
mod golden_logs;
mod held_out;
mod layering;
mod manifest;
mod meter;
mod persisted;
mod replay;
mod transcript_file;
mod transcript_properties;
mod watchdog_alerts;
mod watchdog_cases;
mod watchdog_cases_after;
mod watchdog_channels;
mod watchdog_check;
mod watchdog_closed_port;
mod watchdog_evidence;
mod watchdog_faults;
mod watchdog_holders;
mod watchdog_lab;
mod watchdog_live;
mod watchdog_maintenance;
mod watchdog_person;
mod watchdog_printing;
mod watchdog_properties;
mod watchdog_reload;
mod watchdog_service;
mod watchdog_shell;
mod watchdog_slow_looks;
mod watchdog_state;
mod watchdog_status;
mod watchdog_told;
mod watchdog_wanted;
mod watchdog_words;
mod watchdog_world;
