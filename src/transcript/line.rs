//! One line of a stored session, read whole.

use super::decode;
use super::message::{Message, Role};
use crate::shared::time;
use serde_json::{Map, Value};

pub use super::split::LONGEST_LINE;

/// One readable row.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// 1-based line of the file.
    pub number: u64,
    pub id: Option<String>,
    /// The row before it on its branch, as written: the tree may have decided otherwise.
    pub parent_id: Option<String>,
    /// Epoch milliseconds of the row.
    pub timestamp_ms: Option<i64>,
    pub body: Body,
}

/// What a row holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// The header of the file (`session`). Files of the earliest version name the model here.
    Session {
        id: Option<String>,
        version: u64,
        cwd: Option<String>,
        model: Option<Model>,
    },
    /// Said (`message`).
    Message(Box<Message>),
    /// Put into the context by an extension (`custom_message`).
    CustomMessage(Box<Message>),
    /// Kept by an extension for itself, never in the context (`custom`).
    Custom {
        custom_type: Option<String>,
    },
    /// History before it was replaced by `summary` (`compaction`).
    Compaction {
        summary: Box<Message>,
        first_kept: Option<String>,
        tokens_before: Option<u64>,
    },
    /// What an abandoned branch said (`branch_summary`).
    BranchSummary(Box<Message>),
    /// A fresh context (`reset`), with what is kept of the one before.
    Reset {
        reason: Option<String>,
        first_kept: Option<String>,
    },
    ModelChange(Model),
    ThinkingLevelChange {
        level: Option<String>,
    },
    Label {
        target_id: Option<String>,
        label: Option<String>,
    },
    SessionInfo {
        name: Option<String>,
    },
    /// Selects another row as the tip of the active branch (`leaf`).
    Leaf {
        target_id: Option<String>,
    },
    /// A type this version does not know.
    Unknown(String),
}

/// A model, by the host's names.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Model {
    pub provider: Option<String>,
    pub model: Option<String>,
}

/// Row types this version knows, as the host writes them.
pub(super) fn is_known(kind: &str) -> bool {
    matches!(kind, "session" | "leaf") || is_canonical(kind)
}

/// Row types that form the conversation's tree in the host.
pub(super) fn is_canonical(kind: &str) -> bool {
    matches!(
        kind,
        "message"
            | "thinking_level_change"
            | "model_change"
            | "compaction"
            | "reset"
            | "branch_summary"
            | "custom"
            | "custom_message"
            | "label"
            | "session_info"
    )
}

/// Why a line could not be read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Nested deeper than the JSON reader goes (128 levels).
    TooDeep,
    /// No JSON object.
    Broken,
}

/// The row in the bytes of one line (without line end, already repaired).
///
/// # Errors
/// See [`Unreadable`].
pub fn parse(number: u64, bytes: &[u8]) -> Result<Line, Unreadable> {
    let value: Value = serde_json::from_slice(bytes).map_err(|e| {
        // The reader gives this error no category of its own.
        if e.to_string().starts_with("recursion limit") { Unreadable::TooDeep } else { Unreadable::Broken }
    })?;
    let Value::Object(row) = value else {
        return Err(Unreadable::Broken);
    };
    let id = decode::text(&row, &["id"]);
    let timestamp_ms = row.get("timestamp").and_then(time::of_value);
    let body = body(&row, id.as_deref(), timestamp_ms);
    Ok(Line { number, id, parent_id: decode::text(&row, &["parentId"]), timestamp_ms, body })
}

fn body(row: &Map<String, Value>, id: Option<&str>, at: Option<i64>) -> Body {
    let text = |key: &str| decode::text(row, &[key]);
    let kind = text("type").unwrap_or_default();
    match kind.as_str() {
        "session" => Body::Session {
            id: text("id"),
            version: row.get("version").and_then(Value::as_u64).unwrap_or(1),
            cwd: text("cwd"),
            model: row.contains_key("modelId").then(|| model(row)),
        },
        "message" => {
            Body::Message(placed(decode::message(row.get("message").unwrap_or(&Value::Null)), id, at))
        }
        "custom_message" => {
            let message = Message { role: Role::Custom, ..content(row, "content") };
            Body::CustomMessage(placed(Message { custom_type: text("customType"), ..message }, id, at))
        }
        "custom" => Body::Custom { custom_type: text("customType") },
        "compaction" => Body::Compaction {
            summary: placed(Message { role: Role::CompactionSummary, ..content(row, "summary") }, id, at),
            first_kept: text("firstKeptEntryId"),
            tokens_before: row.get("tokensBefore").and_then(super::usage::count),
        },
        "branch_summary" => Body::BranchSummary(placed(
            Message { role: Role::BranchSummary, ..content(row, "summary") },
            id,
            at,
        )),
        "reset" => Body::Reset { reason: text("reason"), first_kept: text("firstKeptEntryId") },
        "model_change" => Body::ModelChange(model(row)),
        "thinking_level_change" => Body::ThinkingLevelChange { level: text("thinkingLevel") },
        "label" => Body::Label { target_id: text("targetId"), label: text("label") },
        "session_info" => Body::SessionInfo { name: text("name") },
        "leaf" => Body::Leaf { target_id: text("targetId") },
        _ => Body::Unknown(kind),
    }
}

fn content(row: &Map<String, Value>, key: &str) -> Message {
    Message { parts: row.get(key).map(decode::parts).unwrap_or_default(), ..Message::default() }
}

/// The row's id and time are the message's, where it has none of its own.
fn placed(mut message: Message, id: Option<&str>, at: Option<i64>) -> Box<Message> {
    message.id = message.id.or_else(|| id.map(str::to_owned));
    message.timestamp_ms = message.timestamp_ms.or(at);
    Box::new(message)
}

fn model(row: &Map<String, Value>) -> Model {
    Model { provider: decode::text(row, &["provider"]), model: decode::text(row, &["modelId", "model"]) }
}

#[cfg(test)]
#[path = "line_tests.rs"]
mod tests;
