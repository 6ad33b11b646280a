//! What short byte strings were counted as before. Pieces repeat: a few thousand make up most of any text.

use super::block::Block;
use super::layout::SPREAD;

/// Bytes of the longest string remembered.
pub const LONGEST: usize = 15;
/// Strings remembered, as a power of two.
const BITS: u32 = 13;
/// Bits of the count, above the bits of the length.
const COUNT_SHIFT: u32 = 60;

/// By length, the bits of the bytes that belong to a string of up to eight bytes.
const MASKS: [u64; 16] = {
    let mut masks = [u64::MAX; 16];
    let mut length = 0;
    while length < 8 {
        masks[length] = (1 << (8 * length)) - 1;
        length += 1;
    }
    masks
};

/// A string of one to fifteen bytes as a number: its bytes from the lowest up, and its length in the top byte.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Key {
    low: u64,
    high: u64,
}

impl Key {
    /// The first `length` bytes of `block`; at least one, at most [`LONGEST`].
    #[inline]
    pub fn new(block: Block, length: usize) -> Self {
        let low = MASKS.get(length & 15).copied().unwrap_or_default();
        let high = MASKS.get(length.saturating_sub(8) & 15).copied().unwrap_or_default();
        Self { low: block.low & low, high: block.high & high | (length as u64) << 56 }
    }

    #[inline]
    fn slot(self) -> usize {
        let mixed = self.low.wrapping_mul(SPREAD) ^ self.high.wrapping_mul(SPREAD.rotate_left(31));
        (mixed.wrapping_mul(SPREAD) >> (64 - BITS)) as usize
    }
}

/// A table with one place for each string; a newer one takes it. A place holds the whole string, so an answer is never
/// another string's.
pub struct Memo {
    places: Box<[[u64; 2]; 1 << BITS]>,
}

impl Memo {
    /// A memo of nothing. No key is all zeros, because a length is not.
    pub fn new() -> Self {
        let places = vec![[0; 2]; 1 << BITS].into_boxed_slice();
        // The lengths are equal, so the other case cannot occur.
        Self { places: places.try_into().unwrap_or_else(|_| Box::new([[0; 2]; 1 << BITS])) }
    }

    /// Tokens of the string, if it is remembered.
    #[inline]
    pub fn get(&self, key: Key) -> Option<u64> {
        let [low, high] = self.places.get(key.slot()).copied().unwrap_or_default();
        let known = low == key.low && (high ^ key.high) << (64 - COUNT_SHIFT) == 0;
        known.then_some(high >> COUNT_SHIFT)
    }

    /// Remembers that the string is so many tokens: never more than its bytes, so at most [`LONGEST`].
    pub fn put(&mut self, key: Key, tokens: u64) {
        if let Some(place) = self.places.get_mut(key.slot()) {
            *place = [key.low, key.high | tokens << COUNT_SHIFT];
        }
    }
}
