//! Decoding of text that is known to be UTF-8, one character at a time, without a way to panic.

/// The character that `text` begins with, and how many bytes it takes; `None` at the end.
///
/// Text from outside has been checked before it comes here. Bytes that are not UTF-8 would be read as one character
/// each: a wrong count, never a trap or an endless loop.
#[inline]
pub fn first(text: &[u8]) -> Option<(u32, usize)> {
    let tail = |byte: u8| u32::from(byte & 0x3f);
    if let Some(&[a @ 0xe0..0xf0, b, c]) = text.first_chunk() {
        return Some((u32::from(a & 0x0f) << 12 | tail(b) << 6 | tail(c), 3));
    }
    match *text {
        [] => None,
        [a, ..] if a < 0x80 => Some((u32::from(a), 1)),
        [a, b, ..] if a < 0xe0 => Some((u32::from(a & 0x1f) << 6 | tail(b), 2)),
        [a, b, c, ..] if a < 0xf0 => Some((u32::from(a & 0x0f) << 12 | tail(b) << 6 | tail(c), 3)),
        [a, b, c, d, ..] => Some((u32::from(a & 0x07) << 18 | tail(b) << 12 | tail(c) << 6 | tail(d), 4)),
        [a, ..] => Some((u32::from(a), 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::first;

    #[test]
    fn decodes_every_character_as_the_standard_library_does() {
        for expected in '\0'..=char::MAX {
            let mut buffer = [0; 4];
            let text = expected.encode_utf8(&mut buffer);
            assert_eq!(first(text.as_bytes()), Some((u32::from(expected), text.len())));
        }
        assert_eq!(first(b""), None);
    }

    #[test]
    fn always_moves_on_whatever_the_bytes_are() {
        for a in 0..=255u8 {
            for rest in [&[][..], &[0x80], &[0x80, 0x41], &[0xff, 0xff, 0xff]] {
                let bytes = [&[a], rest].concat();
                let (_, width) = first(&bytes).unwrap();
                assert!(width >= 1 && width <= bytes.len(), "{bytes:x?}");
            }
        }
    }
}
