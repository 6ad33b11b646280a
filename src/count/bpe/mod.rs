//! Exact counts of tokens, as tiktoken-rs counts them with `encode_ordinary`: special tokens in a text are text.
//!
//! A text is split into pieces ([`pretokenizer`]), a piece that is a token counts as one ([`vocabulary`]), any other is
//! cut where no token can span ([`cuts`]) and merged ([`merge`], [`merge_long`]). All tables are in the binary in their
//! final form, so the first count costs what every count costs. Another encoding needs its own vocabulary and, where
//! its pattern differs, a scanner beside [`pretokenizer`]; nothing else knows which encoding is counted.

mod character;
mod counter;
mod cuts;
mod encoding;
mod layout;
mod merge;
mod merge_long;
mod pretokenizer;
mod tally;
mod utf8;
mod vocabulary;

pub use counter::Counter;
pub use encoding::{Encoding, UnknownEncoding};
pub use tally::Classes;

/// Tokens of `text`.
#[must_use]
pub fn count(text: &str, encoding: Encoding) -> u64 {
    count_classes(text, encoding).total()
}

/// Tokens of `text` by what they are made of.
#[must_use]
pub fn count_classes(text: &str, encoding: Encoding) -> Classes {
    let mut tally = tally::Tally::new(encoding);
    tally.add(text.as_bytes(), true);
    tally.classes
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
