//! Where the pieces of plain ASCII text begin: for all bytes of a block at once, as a few operations on sets of bytes.
//!
//! The patterns take the first alternative that matches and never look back, so whether a piece begins at a byte could
//! depend on everything before it. For ASCII it depends on the neighbours alone, but for a few cases that are left
//! undecided: then the pattern itself is followed, character by character ([`super::scanner`]).

use super::block::{Block, Bytes};
use super::scanner::Kind;
use super::tally::Classes;

/// Where pieces begin, as far as that is decided. The first byte of the block must be the beginning of one.
pub struct Starts {
    /// The beginnings. What lies between two neighbouring ones is a piece; behind the last one nothing is decided.
    pub all: u64,
    /// Of them, those of words and those of groups of digits.
    words: u64,
    digits: u64,
}

/// What the encodings differ in.
pub trait Rules {
    /// Where within letters a new word begins.
    fn camel(block: &Block) -> u64;

    /// Bytes before which the text is not decided.
    fn undecided(block: &Block) -> u64;

    /// Moves the beginnings that contractions (`'s`, `'ll`) move, and returns what they leave undecided.
    fn contractions(block: &Block, bytes: &Bytes, starts: &mut u64) -> u64;
}

/// Where the sets would be seen from the byte behind: whether the byte before is in one.
#[inline(always)]
const fn after(set: u64) -> u64 {
    set << 1
}

impl Starts {
    #[inline(always)]
    pub fn of<R: Rules>(block: &Block, bytes: &Bytes) -> Self {
        let Block { digits, newlines, blanks, spaces, known, .. } = *block;
        let letters = block.letters();
        let white = blanks | newlines;
        let other = !(letters | digits | white);
        // Punctuation takes one space before it along. A single one without a space goes with the letters behind it.
        let marks = other & !after(other | spaces);
        let words = letters & !after(letters | blanks | marks) | R::camel(block);
        // White space is a piece up to its last line break, then one up to its last character, which goes with what
        // follows. Line breaks go with punctuation before them.
        let runs = blanks & !after(blanks);
        let last = blanks & !(white >> 1);
        let breaks = newlines & !after(white | other);
        let mut all = 1 | words | marks | groups(digits) | runs | last | breaks;
        let undecided =
            R::undecided(block) | white_undecided(block) | R::contractions(block, bytes, &mut all);
        let first = undecided & undecided.wrapping_neg();
        let all = all & known & first.wrapping_sub(1);
        Self { all, words: all & (letters | (letters & !all) >> 1), digits: all & digits }
    }

    /// Where in [`Sums`] the tokens of the piece that begins at `at` are added. No branch: what the next piece is made
    /// of cannot be foretold.
    #[inline(always)]
    pub fn shift(&self, at: u32) -> u64 {
        (self.words >> at & 1) * u64::from(WORDS) + (self.digits >> at & 1) * u64::from(DIGITS)
    }
}

/// Where the tokens of words stand in [`Sums`], and those of digits. The others stand lowest.
const WORDS: u32 = 16;
const DIGITS: u32 = 32;

/// Tokens of the pieces of one block by what they are made of, in one number: a block has no more tokens than bytes.
#[derive(Default)]
pub struct Sums(u64);

impl Sums {
    #[inline(always)]
    pub fn add(&mut self, tokens: u64, shift: u64) {
        self.0 = self.0.wrapping_add(tokens << (shift & 63));
    }

    #[inline(always)]
    pub fn add_to(self, classes: &mut Classes) {
        let part = |shift: u32| self.0 >> shift & 0xffff;
        classes.add(Kind::Other, part(0));
        classes.add(Kind::Word, part(WORDS));
        classes.add(Kind::Digits, part(DIGITS));
    }
}

/// The first digit of every group of three.
#[inline(always)]
fn groups(digits: u64) -> u64 {
    let mut groups = digits & !after(digits);
    let fourth = digits & after(digits) & digits << 2;
    let mut more = groups << 3 & fourth;
    while more != 0 {
        groups |= more;
        more = more << 3 & fourth;
    }
    groups
}

/// Blanks of which the known bytes do not say whether a piece begins there.
#[inline(always)]
fn white_undecided(block: &Block) -> u64 {
    let Block { newlines, blanks, known, .. } = *block;
    let edge = known.wrapping_add(1);
    // Blanks behind a line break belong to its piece if another line break follows them.
    let indents = blanks & !after(blanks) & after(newlines);
    let ends = indents.wrapping_add(blanks) & !blanks;
    let indents = if ends & (newlines | edge) != 0 { indents } else { 0 };
    edge | indents | blanks & after(blanks) & edge >> 1
}

/// Bytes of the contraction behind the apostrophe at `at`, with it; 0 where there is none. `None` if the known bytes do
/// not say.
#[inline]
pub fn contraction(block: &Block, bytes: &Bytes, at: u32) -> Option<u32> {
    let byte = |at: u32| bytes.get(at as usize & 63).copied().unwrap_or_default() | 0x20;
    if block.known >> at >> 2 & 1 == 0 {
        return None;
    }
    Some(match (byte(at.wrapping_add(1)), byte(at.wrapping_add(2))) {
        (b's' | b't' | b'm' | b'd', _) => 2,
        (b'r' | b'v', b'e') | (b'l', b'l') => 3,
        _ => 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::count::bpe::block::padded;
    use crate::count::bpe::cl100k::Cl100k;
    use crate::count::bpe::o200k::O200k;
    use crate::count::bpe::scanner::{Pattern, Piece, Scanner};
    use wasm_bindgen_test::wasm_bindgen_test;

    /// The pieces that the block at the beginning of `text` decides.
    fn decided<P: Pattern>(text: &str) -> Vec<Piece> {
        let bytes = text.as_bytes().first_chunk().copied();
        let bytes = bytes.unwrap_or_else(|| padded(text.as_bytes(), 0x80));
        let starts = Starts::of::<P>(&Block::of(&bytes), &bytes);
        let at = |bits: u64| (0..64u32).filter(move |at| bits >> at & 1 != 0);
        let kind = |at| match starts.shift(at) {
            0 => Kind::Other,
            16 => Kind::Word,
            _ => Kind::Digits,
        };
        let ends = at(starts.all).skip(1);
        at(starts.all).zip(ends).map(|(at, end)| Piece { end: end as usize, kind: kind(at) }).collect()
    }

    /// Compares them with what the pattern finds from character to character; returns how many they are.
    fn compare<P: Pattern>(text: &str) -> usize {
        let pieces = decided::<P>(text);
        let mut start = 0;
        for piece in &pieces {
            assert_eq!(
                P::piece(&mut Scanner::new(text.as_bytes()), start),
                Some(*piece),
                "{text:?} at {start}"
            );
            start = piece.end;
        }
        pieces.len()
    }

    const ALPHABET: [&str; 18] = [
        "a", "s", "S", "L", "l", "re", "1", "23", " ", "  ", "\t", "\n", "\r\n", ".", "'", "/", "\u{301}",
        "。",
    ];

    /// All short texts, and what is before them at the edge of a block.
    #[wasm_bindgen_test(unsupported = test)]
    fn short_texts_are_split_as_the_pattern_does() {
        let before = ["", "b", "!", "\n", &"Word, 12 W".repeat(6), &" x".repeat(30)];
        // In wasm only the answers for single bytes have another source.
        let letters = if cfg!(target_arch = "wasm32") { 2 } else { 3 };
        let mut pieces = 0;
        for number in 0..ALPHABET.len().pow(letters) {
            let places = (0..letters).map(|place| number / ALPHABET.len().pow(place) % ALPHABET.len());
            let text: String = places.map(|letter| ALPHABET[letter]).collect();
            for before in before {
                for behind in ["", "x                   "] {
                    let text = [before, &text, behind].concat();
                    pieces += compare::<O200k>(&text) + compare::<Cl100k>(&text);
                }
            }
        }
        assert!(pieces > 10_000, "only {pieces} pieces were decided by blocks");
    }

    /// Texts that fill a block, of what is rare and what is not.
    #[wasm_bindgen_test(unsupported = test)]
    fn long_texts_are_split_as_the_pattern_does() {
        let (mut state, mut pieces) = (1u64, 0);
        for _ in 0..30_000 {
            let mut text = String::new();
            while text.len() < 80 {
                state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
                let letter = (state >> 33) as usize;
                text.push_str(ALPHABET[letter % if state >> 63 == 0 { 16 } else { 9 }]);
            }
            pieces += compare::<O200k>(&text) + compare::<Cl100k>(&text);
        }
        assert!(pieces > 1_000_000, "only {pieces} pieces were decided by blocks");
    }
}
