//! Sixty-four bytes of a text at once, as sets of bytes: where its pieces begin is found for all of them together
//! ([`super::starts`]), without a branch for each, because where a piece ends cannot be foretold.

use super::lanes::Lanes;

/// Bytes of a text that a block is made of, and sixteen more, so that sixteen can be read from any of them on.
pub type Bytes = [u8; 80];
/// Bytes of a block that pieces may begin at. What the last one is depends on what follows.
pub const SIZE: u32 = 63;

/// Sets of bytes by what they are; the first byte is the lowest bit.
pub struct Block {
    pub lower: u64,
    pub upper: u64,
    pub digits: u64,
    /// CR and LF.
    pub newlines: u64,
    /// Tab, vertical tab, form feed, space.
    pub blanks: u64,
    pub spaces: u64,
    /// Apostrophes.
    pub quotes: u64,
    pub slashes: u64,
    /// The bytes before the first one that is not ASCII, before the end of the text, and before [`SIZE`].
    pub known: u64,
}

/// The bits below `bit`, which is below 64.
#[inline(always)]
pub fn below(bit: u32) -> u64 {
    (1u64 << (bit & 63)).wrapping_sub(1)
}

impl Block {
    #[inline(always)]
    pub fn letters(&self) -> u64 {
        self.lower | self.upper
    }

    #[inline(always)]
    pub fn of(bytes: &Bytes) -> Self {
        let set = |of: fn(Lanes) -> u64| {
            let (lanes, _) = bytes.as_chunks::<16>();
            lanes
                .iter()
                .take(4)
                .zip([0, 16, 32, 48])
                .fold(0, |set, (lane, shift)| set | of(Lanes::of(lane)) << shift)
        };
        let newlines = set(|lanes| lanes.between::<b'\n', b'\n'>() | lanes.between::<b'\r', b'\r'>());
        let spaces = set(Lanes::between::<b' ', b' '>);
        let known = below(set(Lanes::beyond_ascii).trailing_zeros().min(SIZE));
        Self {
            lower: set(Lanes::between::<b'a', b'z'>),
            upper: set(Lanes::between::<b'A', b'Z'>),
            digits: set(Lanes::between::<b'0', b'9'>),
            newlines,
            blanks: (set(Lanes::between::<b'\t', b'\r'>) & !newlines | spaces) & known,
            spaces,
            quotes: set(Lanes::between::<b'\'', b'\''>),
            slashes: set(Lanes::between::<b'/', b'/'>),
            known,
        }
    }
}

/// Sixteen bytes of `text` from `at` on; behind its end are zeros.
#[inline]
pub fn sixteen(text: &[u8], at: usize) -> [u8; 16] {
    let rest = text.get(at..).unwrap_or_default();
    match rest.first_chunk::<16>() {
        Some(bytes) => *bytes,
        None => at_end(text, rest.len()),
    }
}

/// Reads the last sixteen bytes, if there are, and moves the last `length` of them on to the front.
#[cold]
fn at_end(text: &[u8], length: usize) -> [u8; 16] {
    if let Some(last) = text.last_chunk::<16>() {
        return (u128::from_le_bytes(*last) >> (8 * (16usize.saturating_sub(length) & 15))).to_le_bytes();
    }
    let mut bytes = [0; 16];
    bytes
        .iter_mut()
        .zip(text.iter().skip(text.len().saturating_sub(length)))
        .for_each(|(to, from)| *to = *from);
    bytes
}

/// The bytes of `rest`, which is shorter, and `behind` its end that byte.
#[inline(always)]
pub fn padded(rest: &[u8], behind: u8) -> Bytes {
    let mut bytes = [behind; 80];
    if let Some(to) = bytes.get_mut(..rest.len()) {
        to.copy_from_slice(rest);
    }
    bytes
}
