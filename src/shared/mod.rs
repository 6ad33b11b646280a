//! What the plugin core and the watchdog have in common. Imports neither.

pub mod config;
pub mod diagnostic;
pub mod guardians;
pub mod heartbeat;
pub mod language;
pub mod name;
pub mod notice;
pub mod redact;
pub mod restart;
pub mod time;
