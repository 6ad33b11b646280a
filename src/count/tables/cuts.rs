//! The filters that prove that no token spans a boundary between two characters.

use crate::layout::{PAIR_WORD_BITS, pair_bits, partial_bit};

/// Returns `pairs` (boundaries between two whole characters of a token) and `partial` (boundaries in a token that holds
/// only part of the character on one side, by the two bytes at the boundary).
pub fn tables(tokens: &[Vec<u8>]) -> [Vec<u8>; 2] {
    let mut pairs = vec![0u64; 1 << PAIR_WORD_BITS];
    let mut partial = vec![0u8; 1 << 13];
    for token in tokens {
        for at in 1..token.len() {
            if is_continuation(token[at]) {
                continue;
            }
            if let (Some(left), Some(right)) = (last_character(&token[..at]), first_character(&token[at..])) {
                let (word, bits) = pair_bits(left, right);
                pairs[word as usize] |= bits;
            } else {
                let (byte, bit) = partial_bit(token[at - 1], token[at]);
                partial[byte] |= bit;
            }
        }
    }
    [pairs.into_iter().flat_map(u64::to_le_bytes).collect(), partial]
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// The character that `bytes` end with, unless its beginning is missing.
fn last_character(bytes: &[u8]) -> Option<u32> {
    let start = bytes.iter().rposition(|&byte| !is_continuation(byte))?;
    let character = first_character(&bytes[start..])?;
    (utf8_width(bytes[start]) == bytes.len() - start).then_some(character)
}

/// The character that `bytes` begin with, unless its end is missing.
fn first_character(bytes: &[u8]) -> Option<u32> {
    let whole = bytes.get(..utf8_width(bytes[0]))?;
    Some(u32::from(std::str::from_utf8(whole).ok()?.chars().next()?))
}

/// Bytes a UTF-8 character takes, by its first byte; 0 for a byte that cannot be first.
fn utf8_width(first: u8) -> usize {
    match first {
        0x00..=0x7f => 1,
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 0,
    }
}
