//! Byte pair merging in small windows that overlap: fast, because a window fits into the processor's nearest cache and
//! its lowest rank is found through a tree of minima.
//!
//! Why windows may be joined where they have a token in common stands in [`super::merge_long`].

use super::merge_long::common_token;
use super::vocabulary::Vocabulary;

/// Bytes merged at once: first tried, and tried where windows of that size had nothing in common.
const SIZES: [usize; 2] = [512, LARGEST];
/// Bytes of the largest window.
const LARGEST: usize = 4096;
/// The part of a window that the next one repeats.
const OVERLAP_SHARE: usize = 8;
/// Bits of a pair below its rank: where it begins. Ranks have less than the other twenty.
const POSITION_BITS: u32 = 12;
/// No pair; larger than every pair.
const NONE: u32 = u32::MAX;
/// Pairs under one node of the tree.
const FAN: usize = 16;

/// Merges pieces in windows; keeps its memory for the next one.
pub struct WindowMerger {
    /// Pairs that may be merged, by where they begin, and above them the lowest of every [`FAN`], twice.
    pairs: Box<[u32; LARGEST]>,
    lowest: [u32; LARGEST / FAN],
    lowest_of_lowest: [u32; LARGEST / FAN / FAN],
    /// By where a token begins: where it ends, and where the one before begins.
    ends: Box<[u16; LARGEST]>,
    before: Box<[u16; LARGEST]>,
    known: Vec<usize>,
    next: Vec<usize>,
}

impl Default for WindowMerger {
    fn default() -> Self {
        Self {
            pairs: Box::new([NONE; LARGEST]),
            lowest: [NONE; LARGEST / FAN],
            lowest_of_lowest: [NONE; LARGEST / FAN / FAN],
            ends: Box::new([0; LARGEST]),
            before: Box::new([0; LARGEST]),
            known: Vec::new(),
            next: Vec::new(),
        }
    }
}

impl WindowMerger {
    /// Tokens that `piece` merges into; `None` if windows had nothing in common.
    pub fn count(&mut self, vocabulary: &Vocabulary, piece: &[u8]) -> Option<u64> {
        if piece.len() <= LARGEST {
            return Some(self.merge_all(vocabulary, piece) as u64);
        }
        SIZES.iter().find_map(|&size| self.count_in_windows(vocabulary, piece, size))
    }

    fn count_in_windows(&mut self, vocabulary: &Vocabulary, piece: &[u8], size: usize) -> Option<u64> {
        let overlap = size / OVERLAP_SHARE;
        let mut limit = size.min(piece.len());
        let (mut start, mut count) = (0, 0u64);
        self.boundaries(vocabulary, piece, 0, limit);
        while limit < piece.len() {
            std::mem::swap(&mut self.known, &mut self.next);
            let repeated = self.known.partition_point(|&at| at < limit.saturating_sub(overlap));
            start = *self.known.get(repeated).filter(|&&at| at > start)?;
            limit = start.saturating_add(size).min(piece.len());
            self.boundaries(vocabulary, piece, start, limit);
            let (kept, dropped) = common_token(self.known.get(repeated..)?, &self.next)?;
            count = count.saturating_add(repeated.saturating_add(kept) as u64);
            self.next.drain(..dropped);
        }
        Some(count.saturating_add(self.next.len() as u64).saturating_sub(1))
    }

    /// Puts into `next` where the tokens of `piece[start..limit]`, merged alone, begin, and `limit`.
    fn boundaries(&mut self, vocabulary: &Vocabulary, piece: &[u8], start: usize, limit: usize) {
        let window = piece.get(start..limit).unwrap_or_default();
        self.merge_all(vocabulary, window);
        self.next.clear();
        let mut at = 0;
        while at < window.len() {
            self.next.push(start.saturating_add(at));
            at = self.end(at);
        }
        self.next.push(limit);
    }

    /// Merges a window of at most [`LARGEST`] bytes, and returns how many tokens are left.
    fn merge_all(&mut self, vocabulary: &Vocabulary, window: &[u8]) -> usize {
        self.begin(vocabulary, window);
        let mut tokens = window.len();
        loop {
            let best = self.lowest_of_lowest.iter().copied().fold(NONE, u32::min);
            if best == NONE {
                return tokens;
            }
            self.merge(vocabulary, window, (best & ((1 << POSITION_BITS) - 1)) as usize);
            tokens = tokens.saturating_sub(1);
        }
    }

    fn begin(&mut self, vocabulary: &Vocabulary, window: &[u8]) {
        self.lowest.fill(NONE);
        self.lowest_of_lowest.fill(NONE);
        for ((pair, at), bytes) in self.pairs.iter_mut().zip(0..).zip(window.windows(2)) {
            *pair = vocabulary.rank(bytes).map_or(NONE, |rank| rank << POSITION_BITS | at);
        }
        let chunks = window.len().div_ceil(FAN);
        if let Some(behind) = self.pairs.get_mut(window.len().saturating_sub(1)..chunks.saturating_mul(FAN)) {
            behind.fill(NONE);
        }
        for (lowest, pairs) in self.lowest.iter_mut().zip(self.pairs.as_chunks::<FAN>().0).take(chunks) {
            *lowest = minimum(pairs);
        }
        for (lowest, below) in self.lowest_of_lowest.iter_mut().zip(self.lowest.as_chunks::<FAN>().0) {
            *lowest = minimum(below);
        }
        for ((end, before), at) in self.ends.iter_mut().zip(self.before.iter_mut()).zip(0..window.len() as u16) {
            (*end, *before) = (at.wrapping_add(1), at.saturating_sub(1));
        }
    }

    fn end(&self, at: usize) -> usize {
        self.ends.get(at & (LARGEST - 1)).copied().map_or(LARGEST, usize::from)
    }

    /// Joins the token at `at` with the next one.
    fn merge(&mut self, vocabulary: &Vocabulary, window: &[u8], at: usize) {
        let right = self.end(at);
        let end = self.end(right);
        if let Some(place) = self.ends.get_mut(at) {
            *place = end as u16;
        }
        self.set(right, NONE);
        if end < window.len() {
            if let Some(place) = self.before.get_mut(end) {
                *place = at as u16;
            }
            let joined = window.get(at..self.end(end)).and_then(|joined| vocabulary.rank(joined));
            self.set(at, joined.map_or(NONE, |rank| rank << POSITION_BITS | at as u32));
        } else {
            self.set(at, NONE);
        }
        if at > 0 {
            let before = self.before.get(at & (LARGEST - 1)).copied().map_or(0, usize::from);
            let joined = window.get(before..end).and_then(|joined| vocabulary.rank(joined));
            self.set(before, joined.map_or(NONE, |rank| rank << POSITION_BITS | before as u32));
        }
    }

    /// Changes the pair at `at`, and the minima above it.
    #[inline]
    fn set(&mut self, at: usize, pair: u32) {
        if let Some(place) = self.pairs.get_mut(at & (LARGEST - 1)) {
            *place = pair;
        }
        let (one, two) = ((at / FAN) & (LARGEST / FAN - 1), (at / FAN / FAN) & (LARGEST / FAN / FAN - 1));
        if let (Some(pairs), Some(lowest)) = (self.pairs.as_chunks().0.get(one), self.lowest.get_mut(one)) {
            *lowest = minimum(pairs);
        }
        if let (Some(below), Some(lowest)) =
            (self.lowest.as_chunks().0.get(two), self.lowest_of_lowest.get_mut(two))
        {
            *lowest = minimum(below);
        }
    }
}

#[inline]
fn minimum(pairs: &[u32; FAN]) -> u32 {
    pairs.iter().copied().fold(NONE, u32::min)
}
