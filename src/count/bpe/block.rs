//! Sixteen bytes of a text at once, held in two words: most pieces are shorter, and need no loop over bytes.

/// The highest bit of every byte.
const HIGH: u64 = 0x8080_8080_8080_8080;
/// The lowest bit of every byte.
const LOW: u64 = 0x0101_0101_0101_0101;
/// What may stand behind the end of the text: a byte that no decision is taken on here.
pub const UNDECIDED: u8 = 0x80;

/// The class of an ASCII character.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Ascii {
    Letter,
    Digit,
    /// CR and LF.
    Newline,
    /// Tab, vertical tab, form feed, space.
    Blank,
    /// Punctuation and controls.
    Other,
    /// Not ASCII, or behind the end.
    Not,
}

static CLASSES: [Ascii; 256] = classes();

#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn classes() -> [Ascii; 256] {
    let mut classes = [Ascii::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => Ascii::Letter,
            b'0'..=b'9' => Ascii::Digit,
            b'\r' | b'\n' => Ascii::Newline,
            b'\t' | 0xb | 0xc | b' ' => Ascii::Blank,
            0x80.. => Ascii::Not,
            _ => Ascii::Other,
        };
        byte += 1;
    }
    classes
}

impl Ascii {
    #[inline]
    pub fn of(byte: u8) -> Self {
        CLASSES.get(usize::from(byte)).copied().unwrap_or(Self::Not)
    }

    /// Whether a word may begin with it: any letter, or the one character that may stand before the letters.
    #[inline]
    pub fn may_precede_word(self) -> bool {
        matches!(self, Self::Letter | Self::Blank | Self::Other)
    }
}

/// Sixteen bytes, the first one lowest.
#[derive(Clone, Copy)]
pub struct Block {
    pub low: u64,
    pub high: u64,
}

/// A set of the eight bytes of a word, as their highest bits.
#[derive(Clone, Copy)]
pub struct Bytes(u64);

impl Bytes {
    #[inline]
    pub fn has(self, at: usize) -> bool {
        self.0 >> (8 * at + 7) & 1 != 0
    }

    /// Where the run of bytes of the set that begins at `at` ends; `at` if that one is not in it, 8 if all are.
    #[inline]
    pub fn run_from(self, at: usize) -> usize {
        let not = !self.0 & HIGH & (u64::MAX << (8 * at));
        (not.trailing_zeros() >> 3) as usize
    }
}

/// The bytes of `word` from `first` to `last`, all ASCII.
#[inline]
fn between(word: u64, first: u8, last: u8) -> Bytes {
    let seven = word & !HIGH;
    let from = seven.wrapping_add(LOW * u64::from(0x80 - first));
    let beyond = seven.wrapping_add(LOW * u64::from(0x7f - last));
    Bytes(from & !beyond & !word & HIGH)
}

impl Block {
    /// The bytes of `text` from `at` on, and `behind` its end that byte.
    #[inline]
    pub fn at(text: &[u8], at: usize, behind: u8) -> Self {
        match text.get(at..).and_then(|rest| rest.first_chunk::<16>()) {
            Some(bytes) => Self::from_number(u128::from_le_bytes(*bytes)),
            None => Self::at_end(text, at, behind),
        }
    }

    /// Reads the last sixteen bytes, if there are, and moves those from `at` on to the front.
    #[cold]
    fn at_end(text: &[u8], at: usize, behind: u8) -> Self {
        let length = text.len().saturating_sub(at);
        let filler = u128::from_le_bytes([behind; 16]) << (8 * (length & 15));
        if let Some(last) = text.last_chunk::<16>() {
            let front = u128::from_le_bytes(*last) >> (8 * (16usize.saturating_sub(length) & 15));
            return Self::from_number(front | filler);
        }
        let mut bytes = [behind; 16];
        bytes.iter_mut().zip(text.get(at..).unwrap_or_default()).for_each(|(to, from)| *to = *from);
        Self::from_number(u128::from_le_bytes(bytes))
    }

    #[inline]
    fn from_number(both: u128) -> Self {
        Self { low: both as u64, high: (both >> 64) as u64 }
    }

    /// The byte at `at`, which is below 16.
    #[inline]
    pub fn byte(self, at: usize) -> u8 {
        let word = if at < 8 { self.low } else { self.high };
        (word >> (8 * (at & 7))) as u8
    }

    /// The second eight bytes as the first.
    #[inline]
    pub fn second(self) -> Self {
        Self { low: self.high, high: 0 }
    }

    /// Letters among the first eight bytes.
    #[inline]
    pub fn letters(self) -> Bytes {
        let caseless = between(self.low | LOW << 5, b'a', b'z');
        Bytes(caseless.0 & !self.low)
    }

    /// Small letters among the first eight bytes.
    #[inline]
    pub fn lower(self) -> Bytes {
        between(self.low, b'a', b'z')
    }

    /// Capitals among the first eight bytes.
    #[inline]
    pub fn upper(self) -> Bytes {
        between(self.low, b'A', b'Z')
    }

    /// Length of the group of up to three digits at the beginning; 0 if undecided.
    #[inline]
    pub fn digits(self) -> usize {
        let digits = between(self.low, b'0', b'9').run_from(0).min(3);
        if digits < 3 && self.byte(digits) >= 0x80 { 0 } else { digits }
    }

    /// The end of the punctuation at `at`, with the bytes of `tail` behind it; 0 if undecided.
    #[inline]
    pub fn punctuation(self, mut at: usize, tail: &[u8]) -> usize {
        while at < 16 && Ascii::of(self.byte(at)) == Ascii::Other {
            at += 1;
        }
        while at < 16 && tail.contains(&self.byte(at)) {
            at += 1;
        }
        if at >= 16 || self.byte(at) >= 0x80 { 0 } else { at }
    }

    /// Length of the piece of white space at the beginning; 0 if undecided.
    #[inline]
    pub fn white_space(self) -> usize {
        let (mut at, mut line_end) = (0, 0);
        loop {
            match Ascii::of(self.byte(at)) {
                Ascii::Newline => line_end = at + 1,
                Ascii::Blank => {}
                Ascii::Not => return 0,
                _ => break,
            }
            at += 1;
            if at >= 16 {
                return 0;
            }
        }
        if line_end > 0 { line_end } else { at.saturating_sub(1).max(1) }
    }

    /// The end of the contraction at `at`, or `at` where there is none; 0 if undecided (which it never is at 0 before
    /// an ASCII letter but by [`Self::is_undecided_contraction`]).
    #[inline]
    pub fn contraction(self, at: usize) -> usize {
        if self.is_undecided_contraction(at) {
            return 0;
        }
        match (self.byte(at + 1) | 0x20, self.byte(at + 2) | 0x20) {
            (b's' | b't' | b'm' | b'd', _) => at + 2,
            (b'r' | b'v', b'e') | (b'l', b'l') => at + 3,
            _ => at,
        }
    }

    /// Whether the two bytes behind the apostrophe at `at` do not decide whether it is a contraction.
    #[inline]
    pub fn is_undecided_contraction(self, at: usize) -> bool {
        at + 2 >= 16 || (self.byte(at + 1) | self.byte(at + 2)) >= 0x80
    }
}
