//! Exact counts of tokens, as tiktoken-rs counts them with `encode_ordinary`: special tokens in a text are text.
//!
//! A text is split into pieces: plain ASCII for 64 bytes at once ([`lanes`], [`block`], [`starts`]), what that leaves
//! undecided character by character ([`scanner`]), both by the pattern of the encoding ([`o200k`], [`cl100k`]). A piece
//! that was counted before counts the same ([`memo`]), one that is a token counts as one ([`vocabulary`]), any other is
//! cut where no token can span ([`cuts`]) and merged ([`merge`]). All tables have their final form ([`tables`]), so the
//! first count costs what every count costs.

mod block;
mod character;
mod cl100k;
mod counter;
mod cuts;
mod encoding;
mod endless;
mod lanes;
mod layout;
mod memo;
mod merge;
mod merge_long;
mod merge_window;
mod o200k;
mod scanner;
mod starts;
mod tables;
mod tally;
mod utf16;
mod utf8;
mod vocabulary;
mod walk;
mod worker;

pub use counter::Counter;
pub use encoding::{Encoding, UnknownEncoding};
pub use tables::load;
pub use tally::Classes;
pub use utf16::to_utf8;
pub use worker::is_ready;

use walk::{Coming, Stopped};

/// Tokens of `text`.
#[must_use]
pub fn count(text: &str, encoding: Encoding) -> u64 {
    count_classes(text, encoding).total()
}

/// Tokens of `text` by what they are made of.
#[must_use]
pub fn count_classes(text: &str, encoding: Encoding) -> Classes {
    count_classes_trusted(text.as_bytes(), encoding)
}

/// Tokens of `bytes` that are known to be UTF-8. If they are not, the count is wrong, and nothing else.
#[must_use]
pub fn count_classes_trusted(bytes: &[u8], encoding: Encoding) -> Classes {
    let mut classes = Classes::default();
    worker::add(encoding, bytes, Coming::Nothing, &mut Stopped::default(), &mut classes);
    classes
}

/// Tokens of `bytes`, each maximal part of them that is not UTF-8 counted as one U+FFFD, as in
/// [`String::from_utf8_lossy`].
#[must_use]
pub fn count_bytes_lossy(bytes: &[u8], encoding: Encoding) -> u64 {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return count(text, encoding);
    }
    let mut counter = Counter::new(encoding);
    counter.push(bytes);
    counter.finish()
}
