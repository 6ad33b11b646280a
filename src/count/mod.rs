//! How many tokens: of a text (exact), of a message (framing), of a context (anchored on what the provider reported).

pub mod bpe;
pub mod calibration;
pub mod contents;
pub mod family;
pub mod forecast;
pub mod framing;
pub mod gauge;
pub mod growth;
pub mod image;
pub mod load;
pub mod meter;
pub mod sent;

/// Exact tokens of a text in the encoding ASM counts in.
#[must_use]
pub fn text_tokens(text: &str) -> u64 {
    bpe::count(text, bpe::Encoding::O200kBase)
}
