//! File names and ids made by us. Names from outside never become paths.

use sha2::{Digest, Sha256};

/// Longest id that may stand as a file name as it is, in bytes.
const LONGEST_PLAIN: usize = 96;

/// The file name (without extension) for an id from outside: the id itself where it matches
/// `^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$`, else `h-` and the first 32 hex digits of its SHA-256.
#[must_use]
pub fn name(id: &str) -> String {
    let plain = id.len() <= LONGEST_PLAIN
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    if plain { id.to_owned() } else { format!("h-{}", hex(id.as_bytes(), 32)) }
}

/// The first `digits` hex digits of the SHA-256 of `bytes`.
#[must_use]
pub fn hex(bytes: &[u8], digits: usize) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16);
    let digest = Sha256::digest(bytes);
    digest.iter().flat_map(|b| [b >> 4, b & 15]).filter_map(digit).take(digits).collect()
}

/// A text as a number of 64 bits (FNV-1a): for telling texts apart in memory where nobody gains by making two alike.
#[must_use]
pub fn print(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_ids_stay_and_others_are_hashed() {
        assert_eq!(name("462594cb-7b22-48d7-99be-323dcbf3a9aa"), "462594cb-7b22-48d7-99be-323dcbf3a9aa");
        for odd in ["", ".hidden", "../up", "a/b", "a b", "会话", "agent:main:main", &"x".repeat(97)] {
            let made = name(odd);
            assert!(made.starts_with("h-") && made.len() == 34, "{odd:?} gave {made:?}");
        }
        assert_eq!(name("abc\u{0}"), format!("h-{}", hex(b"abc\0", 32)));
    }
}
