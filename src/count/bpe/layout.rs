//! Where a token lies in the tables, and where the tables lie in their file.
//!
//! The build script, which fills the tables, and the lookup, which reads them, compile this same file. Nothing here
//! depends on the width of a pointer or the order of bytes: a 64-bit host fills tables that wasm32 reads.

/// Slots of the table of short tokens, as a power of two. The 148 thousand of `o200k_base` fill 57 % of them.
pub const SHORT_BITS: u32 = 18;
/// Slots of the table of long tokens, as a power of two. The 52 thousand of `o200k_base` fill 39 % of them.
pub const LONG_BITS: u32 = 17;
/// Words of 64 bits in the filter of character pairs, as a power of two: 64 KiB.
pub const PAIR_WORD_BITS: u32 = 13;
/// Bytes of the longest token any table may hold. Longer pieces are not looked up.
pub const LONGEST_TOKEN: usize = 128;

/// What a file of tables begins with, and the version of what follows.
pub const MAGIC: [u8; 8] = *b"asm-bpe2";
/// Bytes before the first section: the magic, the fingerprint of all sections, and the length of each.
pub const HEADER: usize = 16 + 4 * SECTIONS;
/// Sections of a file of tables.
pub const SECTIONS: usize = 14;

/// Characters that share one block of the class table, as a power of two.
pub const CLASS_BLOCK_BITS: u32 = 7;
/// Classes of characters, as the numbers in the class table.
pub const UPPER: u8 = 0;
pub const LOWER: u8 = 1;
pub const EITHER: u8 = 2;
pub const MARK: u8 = 3;
pub const NUMBER: u8 = 4;
pub const NEWLINE: u8 = 5;
pub const SPACE: u8 = 6;
pub const OTHER: u8 = 7;

/// Multiplying by it spreads the differences of two keys over the upper bits.
pub const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// The key of a short token: its bytes from the lowest up, and its length in the top byte unless it has eight.
///
/// `None` means that the table of long tokens has it: pieces over eight bytes, and those of exactly eight whose last
/// byte could be read as the length of a shorter one.
#[must_use]
pub fn short_key(piece: &[u8]) -> Option<u64> {
    if let Some((head, tail)) = piece.split_first_chunk::<8>() {
        let key = u64::from_le_bytes(*head);
        return (tail.is_empty() && key >> 56 >= 8).then_some(key);
    }
    Some(partial_word(piece) | (piece.len() as u64) << 56)
}

/// Up to seven bytes as a number, the first byte lowest.
fn partial_word(bytes: &[u8]) -> u64 {
    if let Some((head, tail)) = bytes.split_first_chunk::<4>() {
        return u64::from(u32::from_le_bytes(*head)) | partial_word_of_three(tail) << 32;
    }
    partial_word_of_three(bytes)
}

/// [`short_key`] of the first `length` bytes of a word, the first byte lowest.
#[inline]
#[must_use]
pub fn short_key_of_word(word: u64, length: usize) -> Option<u64> {
    match length {
        0..8 => Some(word & !(u64::MAX << (8 * length)) | (length as u64) << 56),
        _ => (length == 8 && word >> 56 >= 8).then_some(word),
    }
}

/// Where the rank of two ASCII characters as one token stands in the table of such pairs.
#[inline]
#[must_use]
pub fn ascii_pair(two: u16) -> usize {
    usize::from(two & 0x7f) | usize::from(two >> 1 & 0x3f80)
}

fn partial_word_of_three(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// The first slot to look at for a short token.
#[must_use]
pub fn short_slot(key: u64) -> u64 {
    (key ^ key >> 32).wrapping_mul(SPREAD) >> (64 - SHORT_BITS)
}

/// The first slot to look at for a long token, and the tag that saves most comparisons of bytes.
#[must_use]
pub fn long_slot(piece: &[u8]) -> (u64, u16) {
    let (words, tail) = piece.as_chunks::<8>();
    let seed = (piece.len() as u64).wrapping_mul(SPREAD) ^ partial_word(tail);
    let mixed = words.iter().fold(seed.wrapping_mul(SPREAD), |hash, word| {
        (hash.rotate_left(29) ^ u64::from_le_bytes(*word)).wrapping_mul(SPREAD)
    });
    let hash = (mixed ^ mixed >> 32).wrapping_mul(SPREAD);
    (hash >> (64 - LONG_BITS), (hash >> 24) as u16)
}

/// The word of the pair filter that answers for two neighbouring characters, and the bits that must all be set in it
/// if any token spans them.
#[must_use]
pub fn pair_bits(left: u32, right: u32) -> (u64, u64) {
    let pair = u64::from(left) << 21 | u64::from(right);
    let hash = (pair ^ pair >> 15).wrapping_mul(SPREAD);
    (hash >> (64 - PAIR_WORD_BITS), 1 << (hash >> 44 & 63) | 1 << (hash >> 37 & 63))
}

/// The bit of the partial filter that answers for a boundary between two bytes.
#[must_use]
pub fn partial_bit(left: u8, right: u8) -> (usize, u8) {
    (usize::from(left) << 5 | usize::from(right >> 3), 1 << (right & 7))
}
