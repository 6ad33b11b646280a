//! One line in, the facts out. A line is a user's message; ` || ` begins the next message, `A: ` makes it the
//! assistant's. Facts are `kind: text`, `~` before a superseded one, `+` before a done one, parted by ` | `.

use super::{extract_cases_en, extract_cases_zh};
use auto_session_manager::extract::FactBook;
use auto_session_manager::extract::fact::{Source, Status};
use auto_session_manager::transcript::message::{Message, Part, Role};

pub fn say(role: Role, text: &str) -> Message {
    Message { role, parts: vec![Part::Text(text.to_owned())], ..Message::default() }
}

/// A book in which the goal is known already, so that a first request is nothing but a request.
pub fn book(conversation: &str) -> FactBook {
    let mut book = FactBook::default();
    book.observe(&say(Role::User, "The goal is to exercise extraction"), &Source::default());
    for message in conversation.split(" || ") {
        let (role, text) =
            message.strip_prefix("A: ").map_or((Role::User, message), |text| (Role::Assistant, text));
        book.observe(&say(role, text), &Source::default());
    }
    book
}

pub fn shown(book: &FactBook) -> String {
    let line = |f: &auto_session_manager::extract::fact::Fact| {
        let mark = match f.status {
            Status::Active => "",
            Status::Superseded => "~",
            Status::Done => "+",
        };
        let kind = serde_json::to_value(f.kind).unwrap();
        format!("{mark}{}: {}", kind.as_str().unwrap(), f.text)
    };
    book.facts().iter().skip(1).map(line).collect::<Vec<_>>().join(" | ")
}

#[track_caller]
pub fn check(input: &str, expected: &str) {
    assert_eq!(shown(&book(input)), expected, "for {input:?}");
}

#[test]
fn english() {
    extract_cases_en::CASES.iter().for_each(|(input, expected)| check(input, expected));
}

#[test]
fn chinese() {
    extract_cases_zh::CASES.iter().for_each(|(input, expected)| check(input, expected));
}

pub fn call(id: &str, name: &str, arguments: &str) -> Message {
    let part = Part::ToolCall { id: id.to_owned(), name: name.to_owned(), arguments: arguments.to_owned() };
    Message { role: Role::Assistant, parts: vec![part], ..Message::default() }
}

pub fn result(id: &str, name: &str, text: &str, is_error: bool) -> Message {
    Message {
        role: Role::ToolResult,
        parts: vec![Part::Text(text.to_owned())],
        tool_call_id: Some(id.to_owned()),
        tool_name: Some(name.to_owned()),
        is_error,
        ..Message::default()
    }
}

pub fn observed(messages: &[Message]) -> FactBook {
    let mut book = FactBook::default();
    for (line, message) in (1..).zip(messages) {
        book.observe(message, &Source { line: Some(line), ..Source::default() });
    }
    book
}
