//! The core of auto-session-manager: what it decides about a conversation, with no clock, file, network or
//! randomness in it. Time comes in as a value, effects go out as values.
//!
//! Modules import only to their left (a test reads the sources and enforces it):
//! `shared → transcript → count → decide → extract → record → continuation → event, effect → doctor → engine → replay
//! → wasm`. Only [`wasm`] names JavaScript; only the watchdog touches the machine, and it imports `shared` alone.

pub mod continuation;
pub mod count;
pub mod decide;
pub mod doctor;
pub mod effect;
pub mod engine;
pub mod event;
pub mod extract;
pub mod record;
pub mod replay;
pub mod shared;
pub mod transcript;
#[cfg(target_arch = "wasm32")]
pub mod wasm;
#[cfg(not(target_arch = "wasm32"))]
pub mod watchdog;
