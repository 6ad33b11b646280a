//! What each line of the active branch does to the model's context.

use super::line::{Body, Line, Model};
use super::message::Message;
use super::scan::{Boundary, Plan};

/// One thing that happened to the context. `line` is the 1-based line of the file.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Entered the context: said, put in by an extension, or the summary of an abandoned branch.
    Message {
        line: u64,
        message: Box<Message>,
    },
    /// From here on the context is `summary`, then what was there from line `first_kept` on (nothing for `None`).
    Compaction {
        line: u64,
        summary: Box<Message>,
        first_kept: Option<u64>,
        tokens_before: Option<u64>,
    },
    /// From here on the context is empty, save what was said from line `first_kept` on. A new generation.
    Reset {
        line: u64,
        reason: Option<String>,
        first_kept: Option<u64>,
    },
    ModelChange {
        line: u64,
        model: Model,
    },
}

/// Turns the lines a [`super::follow::Follow`] gives, in the order it gives them, into events.
#[derive(Clone, Debug, Default)]
pub struct ContextWalk {
    boundaries: Vec<Boundary>,
}

impl ContextWalk {
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        let mut boundaries = plan.boundaries.clone();
        boundaries.sort_unstable_by_key(|b| b.line);
        Self { boundaries }
    }

    /// What `line` does; `None` where it does nothing (labels, extension state, rows kept out of the context).
    #[must_use]
    pub fn step(&self, line: Line) -> Option<Event> {
        let number = line.number;
        match line.body {
            Body::Message(message) if message.excluded => None,
            Body::Message(message) | Body::CustomMessage(message) => {
                Some(Event::Message { line: number, message })
            }
            Body::BranchSummary(message) => {
                let empty = message.texts().all(str::is_empty);
                (!empty).then_some(Event::Message { line: number, message })
            }
            Body::Compaction { summary, tokens_before, .. } => {
                let first_kept = self.first_kept(number);
                Some(Event::Compaction { line: number, summary, first_kept, tokens_before })
            }
            Body::Reset { reason, .. } => {
                Some(Event::Reset { line: number, reason, first_kept: self.first_kept(number) })
            }
            Body::ModelChange(model) | Body::Session { model: Some(model), .. } => {
                Some(Event::ModelChange { line: number, model })
            }
            _ => None,
        }
    }

    fn first_kept(&self, line: u64) -> Option<u64> {
        let at = self.boundaries.binary_search_by_key(&line, |b| b.line).ok()?;
        self.boundaries.get(at)?.first_kept
    }
}
