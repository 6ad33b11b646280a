//! The shape of the phrase tables.

use super::fact::Kind;

/// Where in a clause a phrase counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// At the beginning, after words that say nothing ("ok, so …").
    Start,
    Anywhere,
}

/// Whose mouth a phrase counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    User,
    Assistant,
    Both,
}

/// A phrase that makes a clause a fact of a kind, and how sure that is (0–100, from a user).
#[derive(Clone, Copy, Debug)]
pub(super) struct Cue {
    pub text: &'static str,
    pub at: At,
    pub who: Who,
    pub kind: Kind,
    pub confidence: u8,
}

/// At the beginning of a clause of anybody.
pub(super) const fn start(text: &'static str, kind: Kind, confidence: u8) -> Cue {
    Cue { text, at: At::Start, who: Who::Both, kind, confidence }
}

/// Anywhere in a clause of anybody.
pub(super) const fn any(text: &'static str, kind: Kind, confidence: u8) -> Cue {
    Cue { text, at: At::Anywhere, who: Who::Both, kind, confidence }
}

impl Cue {
    /// The same, of the user only.
    pub(super) const fn user(self) -> Self {
        Self { who: Who::User, ..self }
    }

    /// The same, of the assistant only.
    pub(super) const fn assistant(self) -> Self {
        Self { who: Who::Assistant, ..self }
    }
}
