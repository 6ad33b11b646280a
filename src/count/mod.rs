//! How many tokens a text holds.

pub mod bpe;
