//! Repairs of a history before it is sent, those that change what is counted.

use crate::transcript::message::{Message, Part, Role};
use std::borrow::Cow;

/// Finished turns whose images are sent again; of older ones only a text is.
pub const TURNS_WITH_IMAGES: usize = 3;
const IMAGE_REMOVED: &str = "[image data removed - already processed by model]";
/// What the host puts in the place of a result that never came.
const MISSING_RESULT: &str = "[openclaw] missing tool result in session history; inserted synthetic error result for transcript repair.";

/// The history without what is not sent, with what is put in: blank texts, turns that are empty or thinking alone, results
/// of no call, old images go; a call without a result gets one.
pub fn repaired<'a>(history: &[&'a Message]) -> Vec<Cow<'a, Message>> {
    let images_from = turn_start(history, TURNS_WITH_IMAGES);
    let mut out: Vec<Cow<'a, Message>> = Vec::with_capacity(history.len());
    let mut open: Vec<(String, String)> = Vec::new();
    let last_reply = history.iter().rposition(|m| m.role == Role::Assistant);
    for (at, message) in history.iter().enumerate() {
        if message.role == Role::ToolResult {
            let id = message.tool_call_id.as_deref().unwrap_or_default().trim();
            let Some(place) = open.iter().position(|(call, _)| call == id) else { continue };
            open.remove(place);
        } else {
            // The results of a turn come before anything else is said.
            out.extend(open.drain(..).map(|call| Cow::Owned(missing(&call))));
        }
        let Some(message) = cleaned(message, at < images_from) else { continue };
        if message.role == Role::Assistant && Some(at) != last_reply {
            open.extend(calls(&message));
        } else if message.role == Role::Assistant {
            // Its tools may still be running; nothing is put in for them.
            open = calls(&message);
            out.push(message);
            out.extend(behind(history.get(at.saturating_add(1)..), &mut open));
            return out;
        }
        out.push(message);
    }
    out
}

/// What follows the last answer: results of its calls, and what people said.
fn behind<'a>(rest: Option<&[&'a Message]>, open: &mut Vec<(String, String)>) -> Vec<Cow<'a, Message>> {
    let rest = rest.unwrap_or_default().iter();
    let sent = rest.filter(|message| {
        let id = message.tool_call_id.as_deref().unwrap_or_default().trim();
        let place = open.iter().position(|(call, _)| call == id);
        message.role != Role::ToolResult || place.map(|at| open.remove(at)).is_some()
    });
    sent.filter_map(|message| cleaned(message, false)).collect()
}

fn calls(message: &Message) -> Vec<(String, String)> {
    let call = |part: &Part| match part {
        Part::ToolCall { id, name, .. } => Some((id.trim().to_owned(), name.clone())),
        _ => None,
    };
    message.parts.iter().filter_map(call).collect()
}

fn missing((id, name): &(String, String)) -> Message {
    Message {
        role: Role::ToolResult,
        parts: vec![Part::Text(MISSING_RESULT.to_owned())],
        tool_call_id: Some(id.clone()),
        tool_name: Some(name.clone()),
        is_error: true,
        ..Message::default()
    }
}

/// The message as it is sent; `None` where it is not.
fn cleaned(message: &Message, old: bool) -> Option<Cow<'_, Message>> {
    let blank = |part: &Part| matches!(part, Part::Text(text) if text.trim().is_empty());
    let image = |part: &Part| old && matches!(part, Part::Image { .. });
    let thinks = |part: &Part| matches!(part, Part::Thinking(_));
    if message.role == Role::Assistant {
        let cut_off = message.stop_reason.as_deref() == Some("length");
        let thought_alone = !message.parts.is_empty() && message.parts.iter().all(|p| thinks(p) || blank(p));
        let empty = message.parts.iter().all(blank);
        if message.failed() || empty || (cut_off && thought_alone && message.parts.iter().any(thinks)) {
            return None;
        }
    }
    if !message.parts.iter().any(|part| blank(part) || image(part)) {
        return Some(Cow::Borrowed(message));
    }
    let mut changed = message.clone();
    changed.parts.retain(|part| !blank(part));
    for part in &mut changed.parts {
        if image(part) {
            *part = Part::Text(IMAGE_REMOVED.to_owned());
        }
    }
    Some(Cow::Owned(changed))
}

/// Where the last `turns` finished turns begin: a turn begins with what a person says.
fn turn_start(history: &[&Message], turns: usize) -> usize {
    let begins = history.iter().enumerate().rev().filter(|(_, m)| m.role == Role::User);
    // The newest of them is not finished.
    begins.map(|(at, _)| at).nth(turns).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(role: Role, parts: Vec<Part>) -> Message {
        Message { role, parts, ..Message::default() }
    }

    fn text(role: Role, text: &str) -> Message {
        row(role, vec![Part::Text(text.into())])
    }

    fn call(ids: &[&str]) -> Message {
        let part =
            |id: &&str| Part::ToolCall { id: (*id).into(), name: "read".into(), arguments: "{}".into() };
        row(Role::Assistant, ids.iter().map(part).collect())
    }

    fn result(id: &str) -> Message {
        Message { tool_call_id: Some(id.into()), ..text(Role::ToolResult, id) }
    }

    fn said(history: &[Message]) -> Vec<String> {
        let refs: Vec<&Message> = history.iter().collect();
        let words = |m: &Message| m.texts().collect::<Vec<_>>().join("|");
        repaired(&refs)
            .iter()
            .map(|m| format!("{:?} {}", m.role, words(m).chars().take(22).collect::<String>()))
            .collect()
    }

    #[test]
    fn calls_and_results_are_paired() {
        let history = [
            result("stray"),
            text(Role::User, "go"),
            call(&["a", "b"]),
            result(" b"),
            text(Role::User, "and?"),
            call(&["c"]),
            result("c"),
            result("c"),
        ];
        let b = "ToolResult  b".to_owned();
        let missing = "ToolResult [openclaw] missing too".to_owned();
        let expect = [
            "User go".into(),
            "Assistant ".into(),
            b,
            missing,
            "User and?".into(),
            "Assistant ".into(),
            "ToolResult c".to_owned(),
        ];
        assert_eq!(said(&history), expect);
        assert_eq!(said(&[text(Role::User, "go"), call(&["a"])]).len(), 2, "its tool is running");
    }

    #[test]
    fn blank_failed_and_thinking_alone_are_not_sent() {
        let failed = Message { stop_reason: Some("error".into()), ..text(Role::Assistant, "half an ans") };
        let thought = row(Role::Assistant, vec![Part::Thinking("hm".into())]);
        let cut = Message { stop_reason: Some("length".into()), ..thought.clone() };
        let history = [
            text(Role::User, "go"),
            failed,
            text(Role::Assistant, " \n"),
            cut,
            thought,
            row(Role::Assistant, vec![Part::Text("yes".into()), Part::Text(String::new())]),
        ];
        assert_eq!(said(&history), ["User go", "Assistant ", "Assistant yes"]);
    }

    #[test]
    fn images_of_finished_turns_go_but_for_the_last_three() {
        let picture = || row(Role::User, vec![Part::Image { bytes: 9, size: None }]);
        let mut history = Vec::new();
        for _ in 0..5 {
            history.extend([picture(), text(Role::Assistant, "seen")]);
        }
        history.push(text(Role::User, "now"));
        let refs: Vec<&Message> = history.iter().collect();
        let left = repaired(&refs)
            .iter()
            .filter(|m| m.parts.iter().any(|p| matches!(p, Part::Image { .. })))
            .count();
        assert_eq!(left, 3);
    }

    #[test]
    fn what_needs_no_repair_is_not_copied() {
        let history = [text(Role::User, "go"), call(&["a"]), result("a"), text(Role::Assistant, "done")];
        let refs: Vec<&Message> = history.iter().collect();
        assert!(repaired(&refs).iter().all(|m| matches!(m, Cow::Borrowed(_))));
    }
}
