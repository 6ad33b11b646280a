//! A conversation that nobody had, for an engine that nobody uses: every kind of row that a turn has, so that the code
//! that runs at a turn has run before anybody waits for it.

use crate::extract::practice;
use serde_json::{Value, json};

/// Rows of one turn: a request, two tools called and answered, a reply.
pub const TURN: usize = 6;
/// Turns after which a prompt begins small again, as behind a compaction.
const TURNS: usize = 40;
/// Tokens of the first prompt and of each row.
const BASE: usize = 8_000;
const GROWTH: usize = 700;

/// Row `n` of it, as the host writes rows. Its timestamp is `n` seconds after the epoch.
#[must_use]
pub fn row(n: usize) -> Value {
    let at = n * 1_000;
    let text = || json!([{ "type": "text", "text": practice::words(n) }]);
    match n % TURN {
        0 => json!({ "role": "user", "content": text(), "timestamp": at }),
        1 | 3 => {
            let arguments = json!({ "path": format!("src/part_{n}.rs"), "content": practice::output(n) });
            let call = json!({ "type": "toolCall", "id": format!("call_{n}"), "name": "write", "arguments": arguments });
            let thought = json!({ "type": "thinking", "thinking": practice::words(n + 1) });
            said(n, json!([thought, call]), "toolUse")
        }
        5 => said(n, text(), "stop"),
        _ => {
            let content = json!([{ "type": "text", "text": practice::output(n) }]);
            let call = format!("call_{}", n - 1);
            json!({ "role": "toolResult", "toolCallId": call, "toolName": "write", "isError": false, "content": content, "timestamp": at })
        }
    }
}

/// A row of the model, with the usage its provider reports.
fn said(n: usize, content: Value, stop: &str) -> Value {
    let input = BASE + GROWTH * (n % (TURN * TURNS));
    let usage = json!({ "input": input, "output": GROWTH, "cacheRead": 0, "cacheWrite": 0 });
    json!({
        "role": "assistant", "content": content, "timestamp": n * 1_000, "provider": "practice", "model": "practice",
        "api": "practice", "stopReason": stop, "usage": usage,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::decode;
    use crate::transcript::message::{Part, Role};

    #[test]
    fn a_turn_has_every_kind_of_row() {
        let roles: Vec<Role> = (0..TURN).map(|n| decode::message(&row(n)).role).collect();
        assert_eq!(
            roles,
            [
                Role::User,
                Role::Assistant,
                Role::ToolResult,
                Role::Assistant,
                Role::ToolResult,
                Role::Assistant
            ]
        );
        let reply = decode::message(&row(TURN * TURNS - 1));
        assert!(reply.usage.is_some() && !reply.failed(), "{reply:?}");
        assert!(row(2).to_string().contains("0000004ac83884a9"), "the same on every machine");
        let call = decode::message(&row(1));
        assert!(call.parts.iter().any(|p| matches!(p, Part::ToolCall { .. })), "{call:?}");
    }
}
