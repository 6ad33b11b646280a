//! `<state>/.session_memory/{name}.json`: the record of one conversation.

use super::Read;
use crate::count::meter::{Meter, Occupancy};
use crate::decide::ladder::Cycle;
use crate::decide::line::Bound;
use crate::extract::book::FactBook;
use serde::{Deserialize, Serialize};

/// Newest version of the record.
pub const VERSION: u64 = 1;
/// Generations kept in one record; what an older one knew and still holds was carried into the next.
pub const MOST_GENERATIONS: usize = 20;
/// Checkpoints listed per generation, newest last.
pub const MOST_CHECKPOINTS: usize = 50;

/// A boundary of a conversation: after it, the model no longer sees what was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Boundary {
    /// The host replaced history by a summary.
    Compaction,
    /// The provider refused a request as too long, and the host compacted mid-turn.
    Overflow,
    /// `/new`.
    New,
    /// `/reset`, or a reset by the host's own policy.
    Reset,
    /// ASM opened a new context because it was told to.
    NewContext,
}

/// Why a checkpoint was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The save line was reached.
    Line,
    /// A compaction is about to happen.
    Compaction,
    /// The context is about to be emptied.
    Reset,
    /// A person asked for it.
    Asked,
    /// The gateway is stopping.
    Stop,
    /// A new context is about to be opened by ASM.
    NewContext,
}

/// One save. Times are RFC 3339 UTC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    pub at: String,
    pub reason: Reason,
    /// Context in use at that time.
    pub context: Occupancy,
    pub window_tokens: Option<u64>,
    /// The line that was reached, where one was.
    pub line_tokens: Option<u64>,
    pub bound: Option<Bound>,
    /// Facts that held then.
    pub active_facts: usize,
}

/// One life of a conversation's context, from empty to emptied.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Generation {
    /// Counted from 1.
    pub number: u64,
    pub started_at: String,
    pub ended_at: Option<String>,
    pub ended_by: Option<Boundary>,
    pub compactions: u64,
    pub checkpoints: Vec<Checkpoint>,
    /// What the person asked last, and where the agent's answer ended; redacted, clipped.
    pub last_request: Option<String>,
    pub last_reply: Option<String>,
    pub memory: FactBook,
    pub meter: Meter,
    pub cycle: Cycle,
    /// Epoch milliseconds of the newest message taken in.
    pub seen_ms: Option<i64>,
    /// Epoch milliseconds of the last boundary that was dealt with.
    #[serde(default)]
    pub boundary_ms: Option<i64>,
    /// Id of the block that stands since then, until it retires.
    #[serde(default)]
    pub block: Option<String>,
    /// Facts already written to the workspace's memory notes, by id.
    pub noted: Vec<String>,
}

/// The record of one conversation, newest generation last.
/// Written from borrowed parts (`Record<&str, &Generation>`): it is large, and written while a hook waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record<Word = String, Life = Generation> {
    pub version: u64,
    pub agent_id: Word,
    pub session_key: Word,
    pub session_id: Word,
    pub generations: Vec<Life>,
}

/// Reads a record file.
#[must_use]
pub fn read(text: Option<&str>) -> Read<Record> {
    match super::read::<Record>(text, VERSION) {
        Read::Ours(record) if record.generations.is_empty() => Read::Corrupt("no generations".to_owned()),
        other => other,
    }
}

impl<Word: Serialize, Life: Serialize> Record<Word, Life> {
    /// The text of the record file.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        super::write(self)
    }
}
