//! What is in the model's context, kept as the events come: the meaning of compaction and reset, in one place.

use super::follow::Follow;
use super::message::{Message, Part, Role};
use super::scan::{Plan, Scan};
use super::walk::{ContextWalk, Event};
use crate::shared::diagnostic::Diagnostic;

/// The rows in the context, each with a `T` of the caller's (its tokens, the message itself). Rows that left it are
/// remembered with their `T`: the host lets a later compaction or reset keep rows that an earlier one had dropped.
#[derive(Clone, Debug)]
pub struct Window<T> {
    /// Every row that ever entered, save compaction summaries.
    past: Vec<Held<T>>,
    summary: Option<Held<T>>,
    /// What the last boundary kept, by place in `past`.
    kept: Vec<usize>,
    /// Place in `past` of the first row after the last boundary.
    since: usize,
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
        Self { past: Vec::new(), summary: None, kept: Vec::new(), since: 0, generation: 0, compactions: 0 }
    }
}

impl<T> Window<T> {
    /// Applies an event; `value` makes the caller's `T` of a message that enters.
    pub fn apply(&mut self, event: &Event, value: impl FnOnce(&Message) -> T) {
        match event {
            Event::Message { line, message } => self.past.push(held(*line, message, value)),
            Event::Compaction { line, summary, first_kept, .. } => {
                self.kept = self.from(*first_kept);
                self.since = self.past.len();
                self.summary = Some(held(*line, summary, value));
                self.compactions = self.compactions.saturating_add(1);
            }
            Event::Reset { first_kept, .. } => {
                self.kept = self.said(self.from(*first_kept));
                self.since = self.past.len();
                self.summary = None;
                self.generation = self.generation.saturating_add(1);
                self.compactions = 0;
            }
            Event::ModelChange { .. } => {}
        }
    }

    /// The rows in the order the model sees them, with their lines.
    pub fn rows(&self) -> impl Iterator<Item = (u64, &T)> {
        let kept = self.kept.iter().filter_map(|at| self.past.get(*at));
        let rows = self.summary.iter().chain(kept).chain(self.past.iter().skip(self.since));
        rows.map(|h| (h.line, &h.value))
    }

    /// The places from line `first` on. The line may hold a row that never entered (a label): then from the first row
    /// further down the file.
    fn from(&self, first: Option<u64>) -> Vec<usize> {
        let Some(first) = first else { return Vec::new() };
        let at = self.past.iter().position(|h| h.line == first);
        let at = at.or_else(|| self.past.iter().position(|h| h.line > first));
        (at.unwrap_or(self.past.len())..self.past.len()).collect()
    }

    /// What a reset keeps of these places: the conversation itself, and of tool results those whose call is kept too.
    fn said(&self, mut places: Vec<usize>) -> Vec<usize> {
        let mut open: Vec<&str> = Vec::new();
        places.retain(|at| {
            let Some(row) = self.past.get(*at) else {
                return false;
            };
            match row.role {
                Role::User => true,
                Role::Assistant => {
                    open.extend(row.calls.iter().map(String::as_str));
                    true
                }
                Role::ToolResult => {
                    let call = open.iter().position(|call| row.calls.iter().any(|id| id == call));
                    call.map(|at| open.swap_remove(at)).is_some()
                }
                _ => false,
            }
        });
        places
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
    let messages = window.rows().map(|(line, message)| (line, message.clone())).collect();
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
