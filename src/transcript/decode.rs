//! From a host message, as a value of any shape, to a [`Message`]. Total: what is not understood is kept as such.

use super::message::{Message, Part, Role};
use super::picture;
use super::usage;
use crate::shared::time;
use serde_json::{Map, Value};

/// The message in `value`. A value that is no object gives an empty message of role [`Role::Other`].
#[must_use]
pub fn message(value: &Value) -> Message {
    let Some(row) = value.as_object() else {
        return Message::default();
    };
    let spelled = text(row, &["role"]).unwrap_or_default();
    // What the host itself asks (heartbeats, recoveries) comes as a user row; nobody said it.
    let host_asks =
        row.get("provenance").and_then(|p| p.get("kind")) == Some(&Value::from("internal_system"));
    let role = if host_asks { Role::Custom } else { role(&spelled) };
    let host = row.get("__openclaw").and_then(Value::as_object);
    Message {
        role,
        parts: parts_of(role, row),
        id: text(row, &["id"]).or_else(|| text(host?, &["id"])),
        timestamp_ms: row
            .get("timestamp")
            .and_then(time::of_value)
            .or_else(|| host?.get("recordTimestampMs").and_then(time::of_value)),
        usage: usage::of_message(row),
        provider: text(row, &["provider"]),
        model: text(row, &["model"]),
        api: text(row, &["api"]),
        stop_reason: text(row, &["stopReason", "stop_reason"]),
        tool_call_id: text(row, TOOL_CALL_ID),
        tool_name: text(row, &["toolName", "tool_name"]),
        is_error: flag(row, "isError") || flag(row, "is_error"),
        custom_type: text(row, &["customType"])
            .or_else(|| (spelled == "hookMessage").then(|| "hook".to_owned())),
        excluded: flag(row, "excludeFromContext"),
    }
}

/// The host's spellings of "the call this result answers".
const TOOL_CALL_ID: &[&str] =
    &["toolCallId", "toolUseId", "tool_call_id", "tool_use_id", "callId", "call_id"];

fn role(spelled: &str) -> Role {
    match spelled {
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "toolResult" | "tool_result" | "tool" => Role::ToolResult,
        "system" | "developer" => Role::System,
        "compactionSummary" => Role::CompactionSummary,
        "branchSummary" => Role::BranchSummary,
        // `hookMessage` is what session files before version 3 call a custom row.
        "custom" | "hookMessage" => Role::Custom,
        "bashExecution" => Role::BashExecution,
        _ => Role::Other,
    }
}

fn parts_of(role: Role, row: &Map<String, Value>) -> Vec<Part> {
    match role {
        Role::CompactionSummary | Role::BranchSummary if row.contains_key("summary") => {
            text(row, &["summary"]).map(Part::Text).into_iter().collect()
        }
        Role::BashExecution if row.contains_key("command") => vec![Part::Text(execution(row))],
        _ => row.get("content").map(parts).unwrap_or_default(),
    }
}

/// The parts of a `content`: a text, an array of parts, or one part alone.
#[must_use]
pub fn parts(content: &Value) -> Vec<Part> {
    match content {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().map(part).collect(),
        one => vec![part(one)],
    }
}

fn part(value: &Value) -> Part {
    let Some(item) = value.as_object() else {
        return value
            .as_str()
            .map_or_else(|| Part::Other(kind_of(value).to_owned()), |t| Part::Text(t.to_owned()));
    };
    let kind = text(item, &["type"]).unwrap_or_default();
    let found = match kind.as_str() {
        "text" | "input_text" | "output_text" | "refusal" => text(item, &["text", "refusal"]).map(Part::Text),
        "thinking" | "reasoning" | "redacted_thinking" => {
            Some(Part::Thinking(text(item, &["thinking", "text"]).unwrap_or_default()))
        }
        "toolCall" | "toolUse" | "tool_use" | "functionCall" | "function_call" => Some(tool_call(item)),
        "image" | "image_url" | "input_image" => Some(image(item)),
        "" => text(item, &["text"]).map(Part::Text),
        _ => None,
    };
    found.unwrap_or(Part::Other(kind))
}

fn tool_call(item: &Map<String, Value>) -> Part {
    let arguments = ["arguments", "input", "args"].iter().find_map(|key| item.get(*key));
    Part::ToolCall {
        id: text(item, &["id", "call_id"]).unwrap_or_default(),
        name: text(item, &["name"]).unwrap_or_default(),
        arguments: match arguments {
            None | Some(Value::Null) => "{}".to_owned(),
            Some(Value::String(json)) => json.clone(),
            Some(other) => other.to_string(),
        },
    }
}

/// An image, wherever the spelling keeps its data; a link counts as its own length.
fn image(item: &Map<String, Value>) -> Part {
    let data = text(item, &["data", "image_url", "url"]).or_else(|| {
        ["source", "image_url"].iter().find_map(|key| text(item.get(*key)?.as_object()?, &["data", "url"]))
    });
    let data = data.unwrap_or_default();
    let told =
        item.get("dataLength").or_else(|| item.get("source")?.get("dataLength")).and_then(Value::as_u64);
    Part::Image { bytes: told.unwrap_or(data.len() as u64), size: picture::size(&data) }
}

/// A shell command run beside the conversation, worded as the host words it for the model.
fn execution(row: &Map<String, Value>) -> String {
    let command = text(row, &["command"]).unwrap_or_default();
    let shown = match text(row, &["output"]).filter(|o| !o.is_empty()) {
        Some(output) => format!("```\n{output}\n```"),
        None => "(no output)".to_owned(),
    };
    let ending = match row.get("exitCode").and_then(Value::as_i64) {
        _ if flag(row, "cancelled") => "\n\n(command cancelled)".to_owned(),
        Some(code) if code != 0 => format!("\n\nCommand exited with code {code}"),
        _ => String::new(),
    };
    let cut = text(row, &["fullOutputPath"])
        .filter(|_| flag(row, "truncated"))
        .map(|path| format!("\n\n[Output truncated. Full output: {path}]"))
        .unwrap_or_default();
    format!("Ran `{command}`\n{shown}{ending}{cut}")
}

/// The first of the keys that holds a text.
pub(super) fn text(row: &Map<String, Value>, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| row.get(*key)?.as_str()).map(str::to_owned)
}

fn flag(row: &Map<String, Value>, key: &str) -> bool {
    row.get(key).and_then(Value::as_bool).unwrap_or(false)
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
