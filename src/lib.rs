//! The core of auto-session-manager: what it decides about a conversation, with no clock, file, network or
//! randomness in it. Time comes in as a value, effects go out as values.
//!
//! Modules import only to their left (a test reads the sources and enforces it):
//! `transcript → count → decide → extract → continuation → step`; `shared` is below all of them and is also what the
//! watchdog may import. Only [`wasm`] names JavaScript; only the watchdog touches the machine.

pub mod continuation;
pub mod count;
pub mod decide;
pub mod extract;
pub mod shared;
pub mod transcript;
#[cfg(not(target_arch = "wasm32"))]
pub mod watchdog;
