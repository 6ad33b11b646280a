//! What short byte strings were counted as before. Pieces repeat: a few thousand make up most of any text.

use super::layout::{LONG_BITS as LAYOUT_LONG_BITS, SPREAD, long_slot};

/// Bytes of the longest string remembered.
pub const LONGEST: usize = 15;
/// Bits of the count, above the bits of the length.
const COUNT_SHIFT: u32 = 60;

/// By length, the bits of the bytes that belong to a string of up to eight bytes.
#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler")]
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
    /// The first `length` of `bytes`; at least one, at most [`LONGEST`].
    #[inline]
    pub fn new(bytes: &[u8; 16], length: usize) -> Self {
        let both = u128::from_le_bytes(*bytes);
        let low = MASKS.get(length & 15).copied().unwrap_or_default();
        let high = MASKS.get(length.saturating_sub(8) & 15).copied().unwrap_or_default();
        Self { low: both as u64 & low, high: (both >> 64) as u64 & high | (length as u64) << 56 }
    }

    /// The same in one word, which up to seven bytes leave room for.
    #[inline]
    pub fn word(self) -> u64 {
        self.low | self.high
    }
}

/// What a string is remembered as. Two are the same string where they differ in nothing but the count.
pub trait Place: Copy + Default {
    fn new(key: Key, tokens: u64) -> Self;
    fn hash(key: Key) -> u64;
    /// Whether it is the string of `key`.
    fn is(self, key: Key) -> bool;
    fn tokens(self) -> u64;
}

/// Strings of up to seven bytes.
impl Place for u64 {
    #[inline]
    fn new(key: Key, tokens: u64) -> Self {
        key.word() | tokens << COUNT_SHIFT
    }

    #[inline]
    fn hash(key: Key) -> u64 {
        (key.word() ^ key.word() >> 32).wrapping_mul(SPREAD)
    }

    #[inline]
    fn is(self, key: Key) -> bool {
        (self ^ key.word()) << (64 - COUNT_SHIFT) == 0
    }

    #[inline]
    fn tokens(self) -> u64 {
        self >> COUNT_SHIFT
    }
}

/// Strings of up to fifteen bytes.
impl Place for [u64; 2] {
    #[inline]
    fn new(key: Key, tokens: u64) -> Self {
        [key.low, key.high | tokens << COUNT_SHIFT]
    }

    #[inline]
    fn hash(key: Key) -> u64 {
        let mixed = key.low ^ key.high.wrapping_mul(SPREAD.rotate_left(31));
        (mixed ^ mixed >> 32).wrapping_mul(SPREAD)
    }

    #[inline]
    fn is(self, key: Key) -> bool {
        let [low, high] = self;
        (low ^ key.low) | (high ^ key.high) << (64 - COUNT_SHIFT) == 0
    }

    #[inline]
    fn tokens(self) -> u64 {
        let [_, high] = self;
        high >> COUNT_SHIFT
    }
}

/// Two places, one behind the other in the processor's cache.
#[derive(Clone, Copy, Default)]
#[repr(align(16))]
struct Pair<P>([P; 2]);

/// A table of `SIZE` (a power of two) pairs of places, one pair for each string. A place holds the whole string, so an
/// answer is never another string's.
pub struct Memo<P, const SIZE: usize> {
    pairs: Vec<Pair<P>>,
}

impl<P: Place, const SIZE: usize> Memo<P, SIZE> {
    /// A memo of nothing. No key is all zeros, because a length is not.
    pub fn new() -> Self {
        Self { pairs: vec![Pair::default(); SIZE] }
    }

    #[inline]
    fn slot(key: Key) -> usize {
        (P::hash(key) >> (64 - SIZE.trailing_zeros())) as usize
    }

    /// Tokens of the string, if it is remembered.
    #[inline]
    pub fn get(&self, key: Key) -> Option<u64> {
        let Pair([first, second]) = self.pairs.get(Self::slot(key)).copied().unwrap_or_default();
        // One branch: which of the two it is cannot be foretold.
        let place = if first.is(key) { first } else { second };
        place.is(key).then(|| place.tokens())
    }

    /// Remembers that the string is so many tokens: never more than its bytes, so at most [`LONGEST`].
    ///
    /// The newest takes the first place, and what was there the second; but what had to be merged keeps its second
    /// place from a single token, which costs less to find again.
    pub fn put(&mut self, key: Key, tokens: u64) {
        if let Some(Pair([first, second])) = self.pairs.get_mut(Self::slot(key)) {
            if tokens > 1 || second.tokens() <= 1 {
                *second = *first;
            }
            *first = P::new(key, tokens);
        }
    }
}

/// Bytes of the longest string that [`LongMemo`] remembers.
pub const LONGEST_LONG: usize = 126;
/// Strings that [`LongMemo`] remembers, as a power of two.
const LONG_BITS: u32 = 10;

/// The same for longer strings, which are fewer and cost more: identifiers, runs of punctuation.
pub struct LongMemo {
    places: Vec<([u8; LONGEST_LONG], u8, u8)>,
}

impl LongMemo {
    pub fn new() -> Self {
        Self { places: Vec::new() }
    }

    fn slot(bytes: &[u8]) -> usize {
        (long_slot(bytes).0 >> (LAYOUT_LONG_BITS - LONG_BITS)) as usize
    }

    /// Tokens of the string, if it is remembered.
    pub fn get(&self, bytes: &[u8]) -> Option<u64> {
        let (string, length, tokens) = self.places.get(Self::slot(bytes))?;
        let string = string.get(..usize::from(*length))?;
        (string == bytes).then_some(u64::from(*tokens))
    }

    /// Remembers that the string is so many tokens. Longer ones are let go.
    pub fn put(&mut self, bytes: &[u8], tokens: u64) {
        if bytes.len() > LONGEST_LONG {
            return;
        }
        if self.places.is_empty() {
            self.places.resize(1 << LONG_BITS, ([0; LONGEST_LONG], 0, 0));
        }
        if let Some((string, length, count)) = self.places.get_mut(Self::slot(bytes)) {
            string.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
            (*length, *count) = (bytes.len() as u8, tokens as u8);
        }
    }
}

/// Runs that [`Runs`] remembers, as a power of two.
const RUN_BITS: u32 = 9;

/// The same for runs of one byte after any first one: indentation, and rules of tables, which have every length.
pub struct Runs {
    places: Vec<(u32, u32)>,
}

impl Runs {
    pub fn new() -> Self {
        Self { places: vec![(0, 0); 1 << RUN_BITS] }
    }

    /// A run as a number: its first two bytes, and its length.
    pub fn key(bytes: &[u8]) -> Option<u32> {
        let &[first, second, ref rest @ ..] = bytes else {
            return None;
        };
        let length = u16::try_from(bytes.len()).ok()?;
        let same =
            rest.iter().take(2).all(|&byte| byte == second) && bytes.get(1..bytes.len() - 1) == Some(rest);
        same.then(|| u32::from_le_bytes([first, second, 0, 0]) | u32::from(length) << 16)
    }

    fn slot(key: u32) -> usize {
        (u64::from(key).wrapping_mul(SPREAD) >> (64 - RUN_BITS)) as usize
    }

    /// Tokens of the run, if it is remembered.
    pub fn get(&self, key: u32) -> Option<u64> {
        let (have, tokens) = *self.places.get(Self::slot(key))?;
        (have == key).then_some(u64::from(tokens))
    }

    /// Remembers that the run is so many tokens: never more than its bytes.
    pub fn put(&mut self, key: u32, tokens: u64) {
        if let Some(place) = self.places.get_mut(Self::slot(key)) {
            *place = (key, tokens as u32);
        }
    }
}
