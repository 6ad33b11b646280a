//! `<state>/.asm_state.json`: what ASM itself must not forget over a restart.

use super::Read;
use super::conversation::Boundary;
use super::ledger::Entry;
use crate::count::calibration::Calibration;
use crate::count::meter::Occupancy;
use crate::extract::fact::Fact;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Newest version of the state.
pub const VERSION: u64 = 1;
/// Conversations listed; those longest unused leave the list first (their records stay).
pub const MOST_SESSIONS: usize = 500;

/// One conversation, as the list shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub agent_id: String,
    pub session_id: String,
    /// Name of its record file, without extension.
    pub record: String,
    pub generation: u64,
    pub context: Occupancy,
    pub window_tokens: Option<u64>,
    pub model: Option<String>,
    /// The save line was taken in the running compaction cycle.
    #[serde(default)]
    pub saved_in_cycle: bool,
    /// Where the next save comes, and which bound makes it so; `None` where it is not known or not due in this cycle.
    pub next_save: Option<crate::decide::line::Line>,
    pub active_facts: usize,
    pub saved_at_ms: Option<i64>,
    pub used_at_ms: i64,
    /// A person asked ASM to keep out of this conversation.
    pub paused: bool,
    /// Size of the record file.
    pub record_bytes: u64,
    /// The record is not ours to write: of a newer version, or not to be read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub frozen: bool,
}

/// A continuation block that stands in front of the model until its facts are back in view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Armed {
    pub session_key: String,
    /// `b-` and 12 hex digits of the text's SHA-256.
    pub id: String,
    pub boundary: Boundary,
    pub at_ms: i64,
    /// The exact bytes, the same in every request.
    pub text: String,
    pub tokens: u64,
    /// Facts in it that were not seen back in the history yet, by id.
    pub waiting: Vec<String>,
    /// When a model call that carried it first ended without error.
    pub delivered_at_ms: Option<i64>,
}

/// A conversation in which a restart by the watchdog cut off a model call, and whose model does not know it yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interrupted {
    pub session_key: String,
    /// Epoch milliseconds of the restart that cut it off last.
    pub at_ms: i64,
    /// How the restarts of the same incident before that one ended: `1 no-new-boot, 2 verified`. Empty for the first.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub before: String,
}

/// The whole state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub version: u64,
    pub sessions: BTreeMap<String, Row>,
    pub calibration: Calibration,
    /// Room for the provider windows.
    pub quota: serde_json::Value,
    pub armed: Vec<Armed>,
    pub ledger: Vec<Entry>,
    /// When the original skill's files were read, if they were.
    #[serde(default)]
    pub original_skill_read_at: Option<String>,
    /// What those files remembered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub imported: Vec<Fact>,
    /// Key of the conversation that was given it: no other one gets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported_to: Option<String>,
    /// Conversations to be told of an interruption.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interrupted: Vec<Interrupted>,
    /// The watchdog's incident that was heard last, by its folder: it is heard by one boot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident_heard: Option<String>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            version: VERSION,
            sessions: BTreeMap::new(),
            calibration: Calibration::default(),
            quota: serde_json::json!({}),
            armed: Vec::new(),
            ledger: Vec::new(),
            original_skill_read_at: None,
            imported: Vec::new(),
            imported_to: None,
            interrupted: Vec::new(),
            incident_heard: None,
        }
    }
}

/// Reads the state file.
#[must_use]
pub fn read(text: Option<&str>) -> Read<State> {
    super::read(text, VERSION)
}

impl State {
    /// The text of the state file.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        super::write(self)
    }

    /// Drops the rows longest unused beyond the bound. A block that stood there is armed again from the record, should
    /// the conversation go on.
    pub fn bound(&mut self) {
        while self.sessions.len() > MOST_SESSIONS {
            let oldest =
                self.sessions.iter().min_by_key(|(_, row)| row.used_at_ms).map(|(key, _)| key.clone());
            let Some(key) = oldest else { return };
            self.sessions.remove(&key);
            self.armed.retain(|armed| armed.session_key != key);
        }
    }
}
