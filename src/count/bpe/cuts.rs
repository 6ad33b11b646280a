//! Boundaries inside a piece that no token spans, where it may be cut without changing what it merges into.

use super::layout::{pair_bits, partial_bit};
use super::utf8;

/// The filters of one vocabulary. They may call a boundary spanned that is not (which only means one cut less), never
/// the reverse: each holds every boundary between characters inside every token.
pub struct Cuts {
    /// Boundaries between two whole characters, by both: a Bloom filter, one word for a pair.
    pub pairs: &'static [[u8; 8]],
    /// Boundaries in tokens that hold only part of a character at the boundary, by the two bytes there.
    pub partial: &'static [u8],
}

impl Cuts {
    /// Bytes of `piece` before its first cut; all of them if it has none.
    #[must_use]
    pub fn first_segment(&self, piece: &[u8]) -> usize {
        let mut at = 0usize;
        let mut left = None;
        while let Some((right, width)) = piece.get(at..).and_then(utf8::first) {
            if left.is_some_and(|left| !self.spans(piece, left, right, at)) {
                return at;
            }
            left = Some(right);
            at = at.saturating_add(width);
        }
        piece.len()
    }

    /// Whether a token may hold bytes from both sides of byte `at`, which `left` ends before and `right` begins at.
    fn spans(&self, piece: &[u8], left: u32, right: u32, at: usize) -> bool {
        let (word, bits) = pair_bits(left, right);
        let pair = self.pairs.get(word as usize).map_or(u64::MAX, |word| u64::from_le_bytes(*word));
        if pair & bits == bits {
            return true;
        }
        let Some(&[before, after]) = piece.get(at.saturating_sub(1)..=at) else {
            return true;
        };
        let (byte, bit) = partial_bit(before, after);
        self.partial.get(byte).is_none_or(|bits| bits & bit != 0)
    }
}
