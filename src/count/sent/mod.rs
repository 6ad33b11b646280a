//! A history as the host sends it: repaired for its provider, old tool results trimmed where that is configured.
//!
//! The host changes a copy in memory and keeps its history; these are its documented rules (transcript hygiene, session
//! pruning) as far as they change what is counted.

mod hygiene;
mod pruning;

pub use hygiene::TURNS_WITH_IMAGES;
pub use pruning::{Pruning, Trims, is_eligible};

use crate::transcript::message::Message;
use std::borrow::Cow;

/// What a request is built under.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules<'a> {
    /// Old tool results are trimmed; `None`: they are not.
    pub pruning: Option<&'a Pruning>,
    /// The model's window, tokens.
    pub window: Option<u64>,
    /// What rounds of pruning before have trimmed for good.
    pub trims: Trims,
    /// Epoch milliseconds of the request.
    pub now_ms: i64,
}

/// `history` as it is sent, and what is trimmed from then on.
#[must_use]
pub fn sent<'a>(history: &[&'a Message], rules: Rules) -> (Vec<Cow<'a, Message>>, Trims) {
    let mut view = hygiene::repaired(history);
    let trims = match (rules.pruning, rules.window) {
        (Some(pruning), Some(window)) => pruning.apply(&mut view, window, rules.now_ms, rules.trims),
        _ => rules.trims,
    };
    (view, trims)
}
