//! How many tokens: of a text (exact), of a message (framing), of a context (anchored on what the provider reported).

pub mod calibration;
pub mod framing;
pub mod growth;
pub mod meter;

/// Exact tokens of a text in the encoding ASM counts in (`o200k_base`).
#[must_use]
pub fn text_tokens(text: &str) -> u64 {
    (text.len() / 4) as u64
}
