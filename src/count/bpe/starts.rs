//! Where the pieces of plain ASCII text begin: for all bytes of a block at once, as a few operations on sets of bytes.
//!
//! The patterns take the first alternative that matches and never look back, so whether a piece begins at a byte could
//! depend on everything before it. For ASCII it depends on the neighbours alone, but for a few cases that are left
//! undecided: then the pattern itself is followed, character by character ([`super::scanner`]).

use super::block::{Block, Bytes};
use super::scanner::Kind;

/// Where pieces begin, as far as that is decided. The first byte of the block must be the beginning of one.
pub struct Starts {
    /// The beginnings. What lies between two neighbouring ones is a piece; behind the last one nothing is decided.
    pub all: u64,
    /// Of them, those of words and those of groups of digits.
    pub words: u64,
    pub digits: u64,
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
        let undecided = R::undecided(block) | white_undecided(block) | R::contractions(block, bytes, &mut all);
        let first = undecided & undecided.wrapping_neg();
        let all = all & known & first.wrapping_sub(1);
        Self { all, words: all & (letters | (letters & !all) >> 1), digits: all & digits }
    }

    /// What the piece that begins at `at` is made of.
    #[inline(always)]
    pub fn kind(&self, at: u32) -> Kind {
        if self.words >> at & 1 != 0 {
            Kind::Word
        } else if self.digits >> at & 1 != 0 {
            Kind::Digits
        } else {
            Kind::Other
        }
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
