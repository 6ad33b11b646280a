//! UTF-16 to UTF-8. JavaScript hands over a long string as it lies in memory at once, and takes long to make UTF-8 of
//! it; here that is done for sixteen characters together where they are ASCII.

/// Writes what `units`, lower byte first, say into `out`, a lone surrogate as U+FFFD, and returns how many bytes that
/// took: at most three a unit. What there is no room for is left out.
pub fn to_utf8(units: &[[u8; 2]], out: &mut [u8]) -> usize {
    let (mut at, mut written) = (0usize, 0usize);
    while let Some(rest) = units.get(at..).filter(|rest| !rest.is_empty()) {
        if let (Some(ascii), Some(room)) = (sixteen(rest), room(out, written)) {
            *room = ascii;
            (at, written) = (at.saturating_add(16), written.saturating_add(16));
            continue;
        }
        // Other characters come in company.
        let end = at.saturating_add(16).min(units.len());
        while at < end {
            let Some(room) = room::<4>(out, written) else {
                return written;
            };
            let (width, length) = first(units.get(at..).unwrap_or_default(), room);
            (at, written) = (at.saturating_add(width), written.saturating_add(length));
        }
    }
    written
}

/// Sixteen characters, if they are ASCII.
#[inline]
fn sixteen(units: &[[u8; 2]]) -> Option<[u8; 16]> {
    let units = units.first_chunk::<16>()?;
    let all = units.iter().fold(0, |all, unit| all | u16::from_le_bytes(*unit));
    (all < 0x80).then(|| units.map(|[low, _]| low))
}

/// Writes the first character, and returns how many units it takes, and how many bytes.
#[inline]
fn first(units: &[[u8; 2]], room: &mut [u8; 4]) -> (usize, usize) {
    let unit = units.first().map_or(0, |unit| u16::from_le_bytes(*unit));
    if unit < 0x80 {
        *room = [unit as u8, 0, 0, 0];
        return (1, 1);
    }
    // Anything but a surrogate: Han and its punctuation above all.
    if unit >= 0x800 && unit & 0xf800 != 0xd800 {
        let tail = |bits: u16| 0x80 | (bits & 0x3f) as u8;
        *room = [0xe0 | (unit >> 12) as u8, tail(unit >> 6), tail(unit), 0];
        return (1, 3);
    }
    let two = units.iter().take(2).map(|unit| u16::from_le_bytes(*unit));
    let decoded = char::decode_utf16(two).next().and_then(Result::ok);
    let character = decoded.unwrap_or(char::REPLACEMENT_CHARACTER);
    (decoded.map_or(1, char::len_utf16), character.encode_utf8(room).len())
}

#[inline]
fn room<const SIZE: usize>(out: &mut [u8], at: usize) -> Option<&mut [u8; SIZE]> {
    out.get_mut(at..)?.first_chunk_mut()
}

#[cfg(test)]
mod tests {
    use super::to_utf8;
    use wasm_bindgen_test::wasm_bindgen_test;

    fn assert_alike(units: &[u16]) {
        let bytes: Vec<[u8; 2]> = units.iter().map(|unit| unit.to_le_bytes()).collect();
        let mut out = vec![0; 3 * units.len() + 1];
        let written = to_utf8(&bytes, &mut out);
        assert_eq!(String::from_utf16_lossy(units).as_bytes(), &out[..written], "{units:x?}");
    }

    /// Every unit alone and before others, and any of several kinds in any place of what is taken at once.
    #[wasm_bindgen_test(unsupported = test)]
    fn says_what_the_standard_library_says() {
        for unit in 0..=u16::MAX {
            assert_alike(&[unit]);
            assert_alike(&[unit, 0x61]);
            assert_alike(&[0xd83e, unit, 0xdded]);
        }
        let kinds = [0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd83e, 0xdded, 0xe000, 0xffff];
        for (first, second) in kinds.iter().flat_map(|first| kinds.map(|second| (*first, second))) {
            for (at, length) in (0..36).flat_map(|at| [at + 2, 40, 53].map(|length| (at, length))) {
                let mut units = vec![0x78; length];
                (units[at], units[at + 1]) = (first, second);
                assert_alike(&units);
            }
        }
    }

    #[test]
    fn what_there_is_no_room_for_is_left_out() {
        for room in 0..40 {
            let mut out = vec![0; room];
            let written = to_utf8(&[[b'x', 0]; 40], &mut out);
            assert!(written <= room && out[..written].iter().all(|byte| *byte == b'x'));
        }
    }
}
