//! Boundaries inside a piece that no token spans, where it may be cut without changing what it merges into.

use super::layout::{PAIR_WORD_BITS, pair_bits, partial_bit};
use super::utf8;
use super::vocabulary::Next;

/// The filters of one vocabulary. They may call a boundary spanned that is not (which only means one cut less), never
/// the reverse: each holds every boundary between characters inside every token.
pub struct Cuts {
    /// Boundaries between two whole characters, by both: a Bloom filter, one word for a pair.
    pairs: &'static [[u8; 8]; 1 << PAIR_WORD_BITS],
    /// Boundaries in tokens that hold only part of a character at the boundary, by the two bytes there.
    partial: &'static [u8; 1 << 13],
    /// Tokens of each character of three bytes by itself, two bits each.
    singles: &'static [u8; 1 << 14],
}

impl Cuts {
    /// The three sections after those of the tokens.
    pub fn from_sections(next: Next<'_>) -> Option<Self> {
        Some(Self {
            pairs: next()?.as_chunks().0.first_chunk()?,
            partial: next()?.first_chunk()?,
            singles: next()?.first_chunk()?,
        })
    }

    /// Bytes of `piece` before its first cut; all of them if it has none.
    #[must_use]
    pub fn first_segment(&self, piece: &[u8]) -> usize {
        let mut at = 0usize;
        let mut left = None;
        while let Some((right, width)) = piece.get(at..).and_then(utf8::first) {
            let before = piece.get(at.wrapping_sub(1)).copied().unwrap_or_default();
            let first = piece.get(at).copied().unwrap_or_default();
            if left.is_some_and(|left| !self.spans(left, right, before, first)) {
                return at;
            }
            left = Some(right);
            at = at.saturating_add(width);
        }
        piece.len()
    }

    /// Whether a token may hold bytes from both sides of a boundary: between `left`, whose last byte is `before`, and
    /// `right`, whose first byte is `first`.
    #[inline]
    #[must_use]
    pub fn spans(&self, left: u32, right: u32, before: u8, first: u8) -> bool {
        let (word, bits) = pair_bits(left, right);
        let pair = self.pairs.get(word as usize).map_or(u64::MAX, |word| u64::from_le_bytes(*word));
        let (byte, bit) = partial_bit(before, first);
        pair & bits == bits || self.partial.get(byte).is_none_or(|bits| bits & bit != 0)
    }

    /// Tokens of a character of three bytes by itself.
    #[inline]
    #[must_use]
    pub fn single(&self, point: u32) -> u64 {
        let four = self.singles.get(point as usize >> 2 & 0x3fff).copied().unwrap_or_default();
        u64::from(four >> (2 * (point & 3)) & 3)
    }
}
