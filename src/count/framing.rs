//! What a message costs besides its text.

use crate::transcript::message::{Message, Part};

/// Tokens a chat message adds for its role and separators (OpenAI's documented chat format; providers differ by one or
/// two, which calibration absorbs).
const PER_MESSAGE: u64 = 4;
/// Tokens a tool call or tool result adds for its id, name keys and braces (measured on the recorded session).
const PER_TOOL: u64 = 12;
/// Tokens of an image where nothing else is known: Anthropic's documented ceiling is 1,600, OpenAI's common case 765.
const PER_IMAGE: u64 = 1_200;

/// Tokens of one message as it stands in a request, by `text_tokens` (an exact counter of plain text).
pub fn message_tokens(message: &Message, text_tokens: &dyn Fn(&str) -> u64) -> u64 {
    let mut total = PER_MESSAGE;
    if message.tool_call_id.is_some() {
        total = total.saturating_add(PER_TOOL);
    }
    for part in &message.parts {
        let tokens = match part {
            Part::Text(text) | Part::Thinking(text) => text_tokens(text),
            Part::ToolCall { name, arguments, .. } => {
                PER_TOOL.saturating_add(text_tokens(name)).saturating_add(text_tokens(arguments))
            }
            Part::Image { .. } => PER_IMAGE,
            Part::Other(_) => 0,
        };
        total = total.saturating_add(tokens);
    }
    total
}
