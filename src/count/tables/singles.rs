//! How many tokens each character of three bytes is by itself.

/// Two bits for each code point up to U+FFFF. Such a character has nothing to merge with but its own bytes.
pub fn table(oracle: &tiktoken_rs::CoreBPE) -> Vec<u8> {
    let mut table = vec![0u8; 1 << 14];
    for point in 0x800..=0xffffu32 {
        let Some(character) = char::from_u32(point) else { continue };
        let tokens = oracle.encode_ordinary(character.encode_utf8(&mut [0; 4])).len();
        assert!((1..=3).contains(&tokens), "{character:?} is {tokens} tokens");
        table[point as usize >> 2] |= (tokens as u8) << (2 * (point & 3));
    }
    table
}
