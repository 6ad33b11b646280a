//! A history as the host sends it: repaired for its provider, old tool results trimmed where that is configured.
//!
//! The host changes a copy in memory and keeps its history; these are its documented rules (transcript hygiene, session
//! pruning) as far as they change what is counted.

mod hygiene;
mod pruning;

pub use pruning::Pruning;

use crate::transcript::message::Message;
use std::borrow::Cow;

/// What a request is built under.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules<'a> {
    /// Old tool results are trimmed; `None`: they are not.
    pub pruning: Option<&'a Pruning>,
    /// The model's window, tokens.
    pub window: Option<u64>,
    /// Epoch milliseconds of the request.
    pub now_ms: i64,
}

/// `history` as it is sent.
#[must_use]
pub fn sent<'a>(history: &[&'a Message], rules: Rules) -> Vec<Cow<'a, Message>> {
    let mut view = hygiene::repaired(history);
    if let (Some(pruning), Some(window)) = (rules.pruning, rules.window) {
        pruning.apply(&mut view, window, rules.now_ms);
    }
    view
}
