//! `<state>/.asm_watchdog/last_incident.json`, as far as the plugin reads it: the watchdog writes it, and promises its
//! shape. What is not known of it is passed over.

pub use crate::shared::restart::Restart;
use serde::Deserialize;

/// Newest version of the file that is understood.
pub const VERSION: u64 = 1;

/// What a restart by the watchdog interrupted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Incident {
    /// Epoch milliseconds of the first act.
    pub opened_at_ms: i64,
    /// The process before the act; 0 where it was not known.
    pub pid: u32,
    pub start_ticks: u64,
    /// Session keys with a model call under way before the act.
    pub in_flight: Vec<String>,
    /// Name of the folder with the evidence: no two incidents have the same.
    pub folder: String,
    /// Every restart of it, oldest first; none told by an older watchdog.
    pub attempts: Vec<Restart>,
}

impl Incident {
    /// Its restarts; where they are not told one by one, the first stands for all.
    #[must_use]
    pub fn restarts(&self) -> Vec<Restart> {
        if !self.attempts.is_empty() {
            return self.attempts.clone();
        }
        vec![Restart {
            number: 1,
            at_ms: self.opened_at_ms,
            pid: self.pid,
            start_ticks: self.start_ticks,
            in_flight: self.in_flight.clone(),
            ..Restart::default()
        }]
    }
}

/// What the text says; none where it is of a newer version or no such file.
#[must_use]
pub fn read(text: &str) -> Option<Incident> {
    match super::read(Some(text), VERSION) {
        super::Read::Ours(incident) => Some(incident),
        _ => None,
    }
}
