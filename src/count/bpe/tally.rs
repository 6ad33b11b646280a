//! Tokens of pieces, added up by what the pieces are made of.

use super::block::sixteen;
use super::memo::{Key, LONGEST, LongMemo, Memo, Runs};
use super::merge::Merger;
use super::scanner::Kind;
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
    pub fn add(&mut self, kind: Kind, tokens: u64) {
        match kind {
            Kind::Word => self.words = self.words.wrapping_add(tokens),
            Kind::Digits => self.digits = self.digits.wrapping_add(tokens),
            Kind::Other => self.other = self.other.wrapping_add(tokens),
        }
    }
}

/// Counts pieces in one encoding, and remembers the short ones.
pub struct Tally {
    pub vocabulary: &'static Vocabulary,
    /// Pieces of up to seven bytes, and of up to fifteen: 256 KiB each.
    shortest: Memo<u64, 16_384>,
    short: Memo<[u64; 2], 8_192>,
    long_memo: LongMemo,
    runs: Runs,
    merger: Merger,
}

impl Tally {
    #[must_use]
    pub fn new(vocabulary: &'static Vocabulary) -> Self {
        Self {
            vocabulary,
            shortest: Memo::new(),
            short: Memo::new(),
            long_memo: LongMemo::new(),
            runs: Runs::new(),
            merger: Merger::default(),
        }
    }

    /// Tokens of the `length` bytes at `at`, with which `bytes` begin.
    #[inline]
    pub fn part(&mut self, bytes: &[u8; 16], text: &[u8], at: usize, length: usize) -> u64 {
        let key = Key::new(bytes, length);
        let known = match length {
            0..8 => self.shortest.get(key),
            8..=LONGEST => self.short.get(key),
            _ => return self.long(text.get(at..at.wrapping_add(length)).unwrap_or_default()),
        };
        match known {
            Some(tokens) => tokens,
            None => self.learn(key, text.get(at..at.wrapping_add(length)).unwrap_or_default()),
        }
    }

    #[inline(never)]
    fn learn(&mut self, key: Key, bytes: &[u8]) -> u64 {
        let tokens = self.merged(bytes);
        if bytes.len() < 8 {
            self.shortest.put(key, tokens);
        } else {
            self.short.put(key, tokens);
        }
        tokens
    }

    /// Tokens of a piece over [`LONGEST`] bytes, or of a part of one that is not cut further.
    #[inline(never)]
    fn long(&mut self, bytes: &[u8]) -> u64 {
        let run = Runs::key(bytes);
        if let Some(tokens) = run.map_or_else(|| self.long_memo.get(bytes), |run| self.runs.get(run)) {
            return tokens;
        }
        let tokens = self.merged(bytes);
        match run {
            Some(run) => self.runs.put(run, tokens),
            None => self.long_memo.put(bytes, tokens),
        }
        tokens
    }

    /// Tokens of what is not remembered.
    fn merged(&mut self, bytes: &[u8]) -> u64 {
        if self.vocabulary.holds(bytes) { 1 } else { self.merger.count(self.vocabulary, bytes) }
    }

    /// Tokens of the piece from `at` to `end`: of all parts between places that no token spans.
    pub fn piece(&mut self, text: &[u8], mut at: usize, end: usize) -> u64 {
        let mut tokens = 0u64;
        while let Some(rest) = text.get(at..end).filter(|rest| !rest.is_empty()) {
            let length = self.vocabulary.cuts.first_segment(rest);
            tokens = tokens.wrapping_add(self.part(&sixteen(text, at), text, at, length));
            at = at.wrapping_add(length);
        }
        tokens
    }

    /// How many bytes of a piece of which there is more are merged for good, and into how many tokens; `None` if that
    /// cannot be said of any.
    pub fn settle(&mut self, piece: &[u8]) -> Option<(usize, u64)> {
        let (mut at, mut tokens) = (0usize, 0u64);
        let rest = loop {
            let rest = piece.get(at..)?;
            let length = self.vocabulary.cuts.first_segment(rest);
            if length >= rest.len() {
                break rest;
            }
            tokens = tokens.wrapping_add(self.part(&sixteen(piece, at), piece, at, length));
            at = at.saturating_add(length);
        };
        if at < piece.len() / 2
            && let Some((settled, more)) = self.merger.settle(self.vocabulary, rest)
        {
            return Some((at.saturating_add(settled), tokens.saturating_add(more)));
        }
        (at > 0).then_some((at, tokens))
    }

    /// Tokens of the part of a piece from `start` to `end`, which ends with the character `last`.
    #[inline]
    pub fn segment(&mut self, text: &[u8], start: usize, end: usize, last: u32) -> u64 {
        let length = end.wrapping_sub(start);
        if length == 3 && (0x800..0x1_0000).contains(&last) {
            return self.vocabulary.cuts.single(last);
        }
        self.part(&sixteen(text, start), text, start, length)
    }
}
