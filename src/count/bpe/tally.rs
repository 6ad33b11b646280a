//! Tokens of pieces, added up by what the pieces are made of.

use super::block::Block;
use super::character::Class;
use super::merge::Merger;
use super::memo::{Key, LONGEST, Memo};
use super::scanner::{Kind, Pattern, Scanner};
use super::utf8;
use super::vocabulary::Vocabulary;

/// Tokens of a text by the kind of piece they come from. Providers' tokenizers differ from ours by a steady ratio within
/// a kind, so calibration wants them apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Classes {
    /// In pieces with any character outside ASCII.
    pub non_ascii: u64,
    /// In words of ASCII letters.
    pub words: u64,
    /// In groups of one to three ASCII digits.
    pub digits: u64,
    /// In ASCII punctuation, controls and white space.
    pub other: u64,
}

impl Classes {
    /// All tokens.
    #[must_use]
    pub fn total(&self) -> u64 {
        [self.words, self.digits, self.other].into_iter().fold(self.non_ascii, u64::saturating_add)
    }

    #[inline]
    fn add(&mut self, kind: Kind, tokens: u64) {
        match kind {
            Kind::Word => self.words = self.words.wrapping_add(tokens),
            Kind::Digits => self.digits = self.digits.wrapping_add(tokens),
            Kind::Other => self.other = self.other.wrapping_add(tokens),
        }
    }
}

/// Counts pieces in one encoding, and remembers the short ones.
pub struct Tally {
    vocabulary: &'static Vocabulary,
    memo: Memo,
    merger: Merger,
}

impl Tally {
    #[must_use]
    pub fn new(vocabulary: &'static Vocabulary) -> Self {
        Self { vocabulary, memo: Memo::new(), merger: Merger::default() }
    }

    /// Counts the pieces of `text`, which is UTF-8, into `classes`, and returns where the first uncounted one begins:
    /// the end if `complete`, else the first piece that text to come could still change.
    pub fn add<P: Pattern>(&mut self, text: &[u8], complete: bool, classes: &mut Classes) -> usize {
        let mut scanner = Scanner::new(text);
        let (mut at, mut sums) = (0, *classes);
        loop {
            let block = Block::at(text, at);
            let (length, kind) = P::short_ascii(block);
            if length > 0 {
                sums.add(kind, self.short(block, text, at, length));
                at = at.wrapping_add(length);
            } else if let Some((end, tokens)) = self.caseless_word::<P>(text, at) {
                sums.non_ascii = sums.non_ascii.wrapping_add(tokens);
                at = end;
            } else {
                let Some(piece) = P::piece(&mut scanner, at) else { break };
                if scanner.reached_end && !complete {
                    break;
                }
                let bytes = text.get(at..piece.end).unwrap_or_default();
                let tokens = self.piece(text, at, piece.end);
                if bytes.is_ascii() {
                    sums.add(piece.kind, tokens);
                } else {
                    sums.non_ascii = sums.non_ascii.wrapping_add(tokens);
                }
                at = piece.end;
            }
        }
        *classes = sums;
        at
    }

    /// Tokens of the `length` bytes at `at`, with which `block` begins.
    #[inline]
    fn short(&mut self, block: Block, text: &[u8], at: usize, length: usize) -> u64 {
        if length > LONGEST {
            return self.long(text.get(at..at.wrapping_add(length)).unwrap_or_default());
        }
        let key = Key::new(block, length);
        match self.memo.get(key) {
            Some(tokens) => tokens,
            None => self.learn(key, text.get(at..at.wrapping_add(length)).unwrap_or_default()),
        }
    }

    #[inline(never)]
    fn learn(&mut self, key: Key, bytes: &[u8]) -> u64 {
        let tokens = self.long(bytes);
        self.memo.put(key, tokens);
        tokens
    }

    /// Tokens of a piece, or of a part of one that is not cut further.
    fn long(&mut self, bytes: &[u8]) -> u64 {
        if self.vocabulary.rank(bytes).is_some() { 1 } else { self.merger.count(self.vocabulary, bytes) }
    }

    /// Tokens of the piece from `at` to `end`: of all parts between places that no token spans.
    fn piece(&mut self, text: &[u8], mut at: usize, end: usize) -> u64 {
        let mut tokens = 0u64;
        while let Some(rest) = text.get(at..end).filter(|rest| !rest.is_empty()) {
            let length = self.vocabulary.cuts.first_segment(rest);
            tokens = tokens.wrapping_add(self.short(Block::at(text, at), text, at, length));
            at = at.wrapping_add(length);
        }
        tokens
    }

    /// The end and the tokens of the piece at `start`, if it is a word of letters without case (Han, say) after at most
    /// one other character, and nothing to come could change that.
    ///
    /// Each character is looked at once: for its class and for whether a token spans the boundary before it.
    #[inline]
    fn caseless_word<P: Pattern>(&mut self, text: &[u8], start: usize) -> Option<(usize, u64)> {
        let (first, width) = utf8::first(text.get(start..)?)?;
        let (mut left, mut at) = (first, start.wrapping_add(width));
        if !is_han(first) {
            match Class::of(first) {
                Class::Either => {}
                Class::Space | Class::Other => {
                    let (second, _) = utf8::first(text.get(at..)?)?;
                    if !is_han(second) && Class::of(second) != Class::Either {
                        return None;
                    }
                }
                _ => return None,
            }
        }
        let (mut segment, mut tokens) = (start, 0u64);
        loop {
            let (right, width) = utf8::first(text.get(at..)?)?;
            if !is_han(right) {
                let class = Class::of(right);
                if !P::goes_on(class) {
                    if !P::ends(class, right) {
                        return None;
                    }
                    break;
                }
            }
            let before = text.get(at.wrapping_sub(1)).copied().unwrap_or_default();
            let first = text.get(at).copied().unwrap_or_default();
            if !self.vocabulary.cuts.spans(left, right, before, first) {
                tokens = tokens.wrapping_add(self.segment(text, segment, at, left));
                segment = at;
            }
            left = right;
            at = at.wrapping_add(width);
        }
        Some((at, tokens.wrapping_add(self.segment(text, segment, at, left))))
    }

    /// Tokens of the part of a piece from `start` to `end`, which ends with the character `last`.
    #[inline]
    fn segment(&mut self, text: &[u8], start: usize, end: usize, last: u32) -> u64 {
        let length = end.wrapping_sub(start);
        if length == 3 && (0x800..0x1_0000).contains(&last) {
            return self.vocabulary.cuts.single(last);
        }
        self.short(Block::at(text, start), text, start, length)
    }
}

/// Han characters of the basic plane: letters without case, all of them.
#[inline]
fn is_han(point: u32) -> bool {
    (0x4e00..=0x9fff).contains(&point)
}
