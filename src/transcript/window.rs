//! What is in the model's context, kept as the events come: the meaning of compaction and reset, in one place.

use super::follow::Follow;
use super::message::{Message, Part, Role};
use super::scan::{Plan, Scan};
use super::walk::{ContextWalk, Event};
use crate::shared::diagnostic::Diagnostic;

/// The rows in the context, each with a `T` of the caller's (its tokens, the message itself).
#[derive(Clone, Debug)]
pub struct Window<T> {
    held: Vec<Held<T>>,
    /// Resets so far.
    pub generation: u64,
    /// Compactions since the last reset.
    pub compactions: u64,
}

#[derive(Clone, Debug)]
struct Held<T> {
    line: u64,
    role: Role,
    /// Of an assistant message the calls it makes, of a tool result the call it answers.
    calls: Vec<String>,
    value: T,
}

impl<T> Default for Window<T> {
    fn default() -> Self {
        Self { held: Vec::new(), generation: 0, compactions: 0 }
    }
}

impl<T> Window<T> {
    /// Applies an event; `value` makes the caller's `T` of a message that enters.
    pub fn apply(&mut self, event: &Event, value: impl FnOnce(&Message) -> T) {
        match event {
            Event::Message { line, message } => self.held.push(held(*line, message, value)),
            Event::Compaction { line, summary, first_kept, .. } => {
                let kept = self.from(*first_kept);
                self.held = vec![held(*line, summary, value)];
                self.held.extend(kept.into_iter().filter(|h| h.role != Role::CompactionSummary));
                self.compactions = self.compactions.saturating_add(1);
            }
            Event::Reset { first_kept, .. } => {
                let kept = self.from(*first_kept);
                self.held = said(kept);
                self.generation = self.generation.saturating_add(1);
                self.compactions = 0;
            }
            Event::ModelChange { .. } => {}
        }
    }

    /// The rows in the order the model sees them, with their lines.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (u64, &T)> {
        self.held.iter().map(|h| (h.line, &h.value))
    }

    /// Takes the rows from line `first` on out of the window. The line may hold a row that never entered (a label):
    /// then from the first row after it.
    fn from(&mut self, first: Option<u64>) -> Vec<Held<T>> {
        let Some(first) = first else { return Vec::new() };
        let mut held = std::mem::take(&mut self.held);
        let at = held.iter().position(|h| h.line == first && h.role != Role::CompactionSummary);
        let at = at.or_else(|| held.iter().position(|h| h.line > first && h.role != Role::CompactionSummary));
        held.split_off(at.unwrap_or(held.len()))
    }
}

fn held<T>(line: u64, message: &Message, value: impl FnOnce(&Message) -> T) -> Held<T> {
    let calls = match message.role {
        Role::Assistant => message
            .parts
            .iter()
            .filter_map(|p| if let Part::ToolCall { id, .. } = p { Some(id.clone()) } else { None })
            .collect(),
        Role::ToolResult => message.tool_call_id.iter().cloned().collect(),
        _ => Vec::new(),
    };
    Held { line, role: message.role, calls, value: value(message) }
}

/// What a reset keeps of `rows`: the conversation itself, and of tool results those whose call is kept too.
fn said<T>(rows: Vec<Held<T>>) -> Vec<Held<T>> {
    let mut open: Vec<String> = Vec::new();
    let keep = |row: &Held<T>| match row.role {
        Role::User => true,
        Role::Assistant => {
            open.extend(row.calls.iter().cloned());
            true
        }
        Role::ToolResult => row.calls.iter().any(|id| {
            let at = open.iter().position(|call| call == id);
            at.is_some_and(|at| {
                open.swap_remove(at);
                true
            })
        }),
        _ => false,
    };
    let mut keep = keep;
    rows.into_iter().filter(|row| keep(row)).collect()
}

/// What the model's context holds at the end of a stored session, for files that fit in memory.
#[derive(Clone, Debug, Default)]
pub struct Context {
    pub plan: Plan,
    /// Messages with their lines, in the order the model sees them.
    pub messages: Vec<(u64, Message)>,
    /// Of the second reading; the first one's are in the plan.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a stored session given whole.
#[must_use]
pub fn context(file: &[u8]) -> Context {
    let mut window = Window::default();
    let (plan, diagnostics) = events(file, |event| window.apply(&event, Message::clone));
    let messages = window.held.into_iter().map(|h| (h.line, h.value)).collect();
    Context { plan, messages, diagnostics }
}

/// Gives every event of a stored session given whole, in the order of its active branch.
pub fn events(file: &[u8], mut sink: impl FnMut(Event)) -> (Plan, Vec<Diagnostic>) {
    let mut scan = Scan::default();
    scan.push(file);
    let plan = scan.finish();
    let walk = ContextWalk::new(&plan);
    let mut follow = Follow::new(&plan);
    let mut step = |line| walk.step(line).into_iter().for_each(&mut sink);
    follow.push(file, &mut step);
    let diagnostics = follow.finish(&mut step);
    (plan, diagnostics)
}
