//! What a part of a request is made of, in units that do not depend on the model.

use super::bpe::Classes;
use serde::{Deserialize, Serialize};

/// Number of quantities that a model's ratios are learned for.
pub const FEATURES: usize = 8;

/// Tokens of text by kind, in our encoding, and what stands around the text. Models differ in how many of their tokens
/// each of these comes to; [`super::calibration`] knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Load {
    /// Tokens of text with any character outside ASCII, of words, of digits, of punctuation and white space.
    pub non_ascii: u64,
    pub words: u64,
    pub digits: u64,
    pub other: u64,
    /// Messages that are neither a model's nor a tool's.
    pub spoken: u64,
    /// Tool results.
    pub results: u64,
    /// Messages of the model.
    pub replies: u64,
    /// Tool calls.
    pub calls: u64,
    /// Tokens that a provider's own rule gives (images of a known size): the same for every tokenizer.
    pub ruled: u64,
    /// Tokens of what has no size that we know (images unseen, files, sounds): a documented usual amount.
    pub guessed: u64,
}

impl Load {
    /// A load of text alone.
    #[must_use]
    pub fn text(classes: Classes) -> Self {
        let Classes { non_ascii, words, digits, other } = classes;
        Self { non_ascii, words, digits, other, ..Self::default() }
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, more: Self) -> Self {
        self.with(more, u64::saturating_add)
    }

    /// What is left without `less`; never below nothing.
    #[must_use]
    pub fn without(self, less: Self) -> Self {
        self.with(less, u64::saturating_sub)
    }

    /// This times `part / whole`, rounded down.
    #[must_use]
    pub fn share(self, part: u64, whole: u64) -> Self {
        let of = |n: u64, _| {
            u64::try_from(u128::from(n) * u128::from(part) / u128::from(whole.max(1))).unwrap_or(n)
        };
        self.with(self, of)
    }

    fn with(self, b: Self, f: impl Fn(u64, u64) -> u64) -> Self {
        Self {
            non_ascii: f(self.non_ascii, b.non_ascii),
            words: f(self.words, b.words),
            digits: f(self.digits, b.digits),
            other: f(self.other, b.other),
            spoken: f(self.spoken, b.spoken),
            results: f(self.results, b.results),
            replies: f(self.replies, b.replies),
            calls: f(self.calls, b.calls),
            ruled: f(self.ruled, b.ruled),
            guessed: f(self.guessed, b.guessed),
        }
    }

    /// Tokens of its text in our encoding.
    #[must_use]
    pub fn text_tokens(&self) -> u64 {
        [self.words, self.digits, self.other].into_iter().fold(self.non_ascii, u64::saturating_add)
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The quantities that are learned for, in the order of the ratios.
    #[must_use]
    pub fn features(&self) -> [f64; FEATURES] {
        [
            self.non_ascii,
            self.words,
            self.digits,
            self.other,
            self.spoken,
            self.results,
            self.replies,
            self.calls,
        ]
        .map(float)
    }
}

/// A count as a number to calculate with.
#[allow(clippy::cast_precision_loss, reason = "token counts stay far below 2^53")]
#[must_use]
pub fn float(tokens: u64) -> f64 {
    tokens as f64
}

/// A number as a count: rounded to the nearest, never below zero; what is no number is zero.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float cast saturates; NaN is 0"
)]
#[must_use]
pub fn whole(value: f64) -> u64 {
    (value + 0.5) as u64
}
