//! A fact: one thing worth keeping from a conversation, with the message it came from.

use crate::shared::language::Language;
use serde::{Deserialize, Serialize};

/// What sort of thing a fact is. The order is the order of importance in a continuation block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What the person wants in the end.
    Goal,
    /// A rule or limit that holds until withdrawn ("never deploy on Friday").
    Constraint,
    /// "No, not X but Y": outranks what it corrects.
    Correction,
    Decision,
    /// Work asked for or promised and not reported done.
    Todo,
    /// A question nobody has answered yet.
    OpenQuestion,
    Preference,
    /// A file made or changed.
    Artefact,
    /// URL, path, host:port, hash, version, number with a name, date.
    Identifier,
}

/// Whether a fact still holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Active,
    /// A later fact says otherwise: see `superseded_by`.
    Superseded,
    /// A task reported done, a question answered.
    Done,
}

/// Who said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    User,
    Assistant,
    Tool,
}

/// Where a fact was read.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Source {
    /// 1-based line of the transcript file, where there is one.
    pub line: Option<u64>,
    /// The host's id of the message, where it has one.
    pub message_id: Option<String>,
    /// Epoch milliseconds of the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_ms: Option<i64>,
}

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// `f-` and 12 hex digits of the SHA-256 of kind and normalised text: the same fact said twice has one id.
    pub id: String,
    pub kind: Kind,
    /// The person's own words, one line, at most 400 characters.
    pub text: String,
    pub language: Language,
    pub role: Speaker,
    pub source: Source,
    pub status: Status,
    pub superseded_by: Option<String>,
    /// 0–100: how sure the extractor is that this is such a fact.
    pub confidence: u8,
}
