//! Byte pair merging in small windows that overlap: fast, because a window fits into the processor's nearest cache and
//! its lowest rank is found through a tree of minima.
//!
//! Why windows may be joined where they have a token in common stands in [`super::merge_long`].

mod settle;

use self::settle::Compared;
use super::merge_long::common_token;
use super::vocabulary::Vocabulary;

/// Bytes merged at once, to begin with, and the part of a window that the next one repeats.
const WINDOW: usize = 512;
const OVERLAP_SHARE: usize = 8;
/// Bytes of the largest window.
const LARGEST: usize = 4096;
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
    /// The bytes that were merged last, and how many there are; then some more, so that eight can always be read.
    window: Box<[u8; LARGEST + 8]>,
    length: usize,
    tokens: usize,
    known: Vec<usize>,
    next: Vec<usize>,
    compared: Compared,
}

impl Default for WindowMerger {
    fn default() -> Self {
        Self {
            pairs: Box::new([NONE; LARGEST]),
            lowest: [NONE; LARGEST / FAN],
            lowest_of_lowest: [NONE; LARGEST / FAN / FAN],
            ends: Box::new([0; LARGEST]),
            before: Box::new([0; LARGEST]),
            window: Box::new([0; LARGEST + 8]),
            length: 0,
            tokens: 0,
            known: Vec::new(),
            next: Vec::new(),
            compared: Compared::default(),
        }
    }
}

impl WindowMerger {
    /// Tokens that `piece` merges into; `None` if windows had nothing in common.
    pub fn count(&mut self, vocabulary: &Vocabulary, piece: &[u8]) -> Option<u64> {
        if piece.len() <= LARGEST {
            return Some(self.merge_all(vocabulary, piece) as u64);
        }
        let (count, _) = self.windows(vocabulary, piece, false)?;
        Some(count.saturating_add(self.next.len() as u64).saturating_sub(1))
    }

    /// Merges `piece`, or of one of which there is more what fills windows. `next` is then how the last of it is
    /// merged; returns how many tokens stand before that, and how far it goes. `None` if windows had nothing in common.
    fn windows(&mut self, vocabulary: &Vocabulary, piece: &[u8], more: bool) -> Option<(u64, usize)> {
        let (mut limit, mut count, mut size) = (WINDOW.min(piece.len()), 0u64, WINDOW);
        self.boundaries(vocabulary, piece, 0, limit);
        while limit < piece.len() && !(more && piece.len().saturating_sub(limit) < size) {
            std::mem::swap(&mut self.known, &mut self.next);
            let overlap = size / OVERLAP_SHARE;
            let repeated = self.known.partition_point(|&at| at < limit.saturating_sub(overlap));
            let mut joined = self.join(vocabulary, piece, limit, repeated, size);
            if joined.is_none() {
                // Where so little has nothing in common, all that is known of the window is repeated in a larger one, and
                // larger ones follow.
                size = LARGEST;
                joined = self.join(vocabulary, piece, limit, 0, size);
            }
            let (kept, end) = joined?;
            count = count.saturating_add(kept as u64);
            limit = end;
        }
        Some((count, limit))
    }

    /// Merges the window of `size` bytes that begins where the token `from` of those known does, and joins it with them
    /// at the first token they have in common: `next` begins there. Returns how many tokens stand before it, and where
    /// the window ends; `None` if it ends no later than `limit`, or there is no such token.
    fn join(
        &mut self,
        vocabulary: &Vocabulary,
        piece: &[u8],
        limit: usize,
        from: usize,
        size: usize,
    ) -> Option<(usize, usize)> {
        let start = *self.known.get(from)?;
        let end = start.saturating_add(size).min(piece.len());
        if end <= limit {
            return None;
        }
        self.boundaries(vocabulary, piece, start, end);
        let (kept, dropped) = common_token(self.known.get(from..)?, &self.next)?;
        self.next.drain(..dropped);
        Some((from.saturating_add(kept), end))
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

    /// Merges a window of at most [`LARGEST`] bytes, and returns how many tokens are left. One that is the same as the
    /// last, as in a long run of one character, is merged already.
    fn merge_all(&mut self, vocabulary: &Vocabulary, window: &[u8]) -> usize {
        if window.len() == self.length && self.window.get(..self.length) == Some(window) {
            return self.tokens;
        }
        self.length = window.len();
        self.tokens = window.len();
        self.window.iter_mut().zip(window).for_each(|(to, from)| *to = *from);
        self.begin(vocabulary);
        loop {
            let best = self.lowest_of_lowest.iter().copied().fold(NONE, u32::min);
            if best == NONE {
                return self.tokens;
            }
            self.merge(vocabulary, (best & ((1 << POSITION_BITS) - 1)) as usize);
            self.tokens = self.tokens.saturating_sub(1);
        }
    }

    fn begin(&mut self, vocabulary: &Vocabulary) {
        self.lowest.fill(NONE);
        self.lowest_of_lowest.fill(NONE);
        let twos =
            self.window.iter().zip(self.window.iter().skip(1)).map(|(&first, &second)| [first, second]);
        let pairs = self.length.saturating_sub(1);
        for ((pair, at), two) in self.pairs.iter_mut().zip(0..).zip(twos).take(pairs) {
            let rank = vocabulary.rank_of_two(u16::from_le_bytes(two));
            *pair = rank.map_or(NONE, |rank| rank << POSITION_BITS | at);
        }
        let chunks = self.length.div_ceil(FAN);
        if let Some(behind) = self.pairs.get_mut(pairs..chunks.saturating_mul(FAN)) {
            behind.fill(NONE);
        }
        for (lowest, pairs) in self.lowest.iter_mut().zip(self.pairs.as_chunks::<FAN>().0).take(chunks) {
            *lowest = minimum(pairs);
        }
        for (lowest, below) in self.lowest_of_lowest.iter_mut().zip(self.lowest.as_chunks::<FAN>().0) {
            *lowest = minimum(below);
        }
        for ((end, before), at) in self.ends.iter_mut().zip(self.before.iter_mut()).zip(0..self.length as u16)
        {
            (*end, *before) = (at.wrapping_add(1), at.saturating_sub(1));
        }
    }

    fn end(&self, at: usize) -> usize {
        self.ends.get(at & (LARGEST - 1)).copied().map_or(LARGEST, usize::from)
    }

    /// Joins the token at `at` with the next one.
    fn merge(&mut self, vocabulary: &Vocabulary, at: usize) {
        let right = self.end(at);
        let end = self.end(right);
        if let Some(place) = self.ends.get_mut(at & (LARGEST - 1)) {
            *place = end as u16;
        }
        self.set(right, NONE);
        let before = self.before.get(at & (LARGEST - 1)).copied().map_or(0, usize::from);
        if end < self.length {
            if let Some(place) = self.before.get_mut(end & (LARGEST - 1)) {
                *place = at as u16;
            }
            self.set(at, self.joined(vocabulary, at, self.end(end)));
        } else {
            self.set(at, NONE);
        }
        if at > 0 {
            self.set(before, self.joined(vocabulary, before, end));
        }
        self.renew(before / FAN, at / FAN, right / FAN);
    }

    /// The pair at `at` whose second token ends at `end`.
    #[inline]
    fn joined(&self, vocabulary: &Vocabulary, at: usize, end: usize) -> u32 {
        let length = end.wrapping_sub(at);
        let rank = if length <= 8 {
            let word = self.window.get(at..).and_then(|rest| rest.first_chunk::<8>());
            word.and_then(|word| vocabulary.rank_of_word(u64::from_le_bytes(*word), length))
        } else {
            self.window.get(at..end).and_then(|joined| vocabulary.rank(joined))
        };
        rank.map_or(NONE, |rank| rank << POSITION_BITS | at as u32)
    }

    #[inline]
    fn set(&mut self, at: usize, pair: u32) {
        if let Some(place) = self.pairs.get_mut(at & (LARGEST - 1)) {
            *place = pair;
        }
    }

    /// Finds the minima anew above the pairs that were set: under these nodes, which are often the same.
    #[inline]
    fn renew(&mut self, before: usize, at: usize, right: usize) {
        self.renew_one(at);
        if before != at {
            self.renew_one(before);
        }
        if right != at {
            self.renew_one(right);
        }
        self.renew_above(at / FAN);
        if before / FAN != at / FAN {
            self.renew_above(before / FAN);
        }
        if right / FAN != at / FAN {
            self.renew_above(right / FAN);
        }
    }

    #[inline]
    fn renew_one(&mut self, node: usize) {
        let pairs = self.pairs.as_chunks().0.get(node & (LARGEST / FAN - 1));
        if let (Some(pairs), Some(lowest)) = (pairs, self.lowest.get_mut(node & (LARGEST / FAN - 1))) {
            *lowest = minimum(pairs);
        }
    }

    #[inline]
    fn renew_above(&mut self, node: usize) {
        let below = self.lowest.as_chunks().0.get(node & (LARGEST / FAN / FAN - 1));
        let lowest = self.lowest_of_lowest.get_mut(node & (LARGEST / FAN / FAN - 1));
        if let (Some(below), Some(lowest)) = (below, lowest) {
            *lowest = minimum(below);
        }
    }
}

#[inline]
fn minimum(pairs: &[u32; FAN]) -> u32 {
    pairs.iter().copied().fold(NONE, u32::min)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::count::bpe::Encoding;
    use crate::count::bpe::merge_long::LongMerger;

    /// Pieces of several windows, drawn of parts that make windows disagree: long tokens, few letters, runs.
    pub fn pieces() -> impl Iterator<Item = Vec<u8>> {
        let alphabets: [&[&str]; 9] = [
            &[" ", "  ", "   ", "     ", "         ", "\n", "\n\n", "\t", "\t\t"],
            &["a", "b"],
            &["ab", "aab", "abb"],
            &["e", "t", "a", "o", "i", "n", "s", "h", "r"],
            &["=", "-", "==", "----", "=-"],
            &["的", "一", "是", "不", "了"],
            &["ก็", "ที่", "การ"],
            &["😀", "\u{200d}", "👍🏽"],
            &["        ", "                ", " "],
        ];
        (0..120u32).map(move |n| {
            let alphabet = alphabets.get(n as usize % alphabets.len()).copied().unwrap_or_default();
            let mut state = n.wrapping_mul(2_654_435_761).wrapping_add(12_345);
            let mut piece = Vec::new();
            while piece.len() < 5_000 + 700 * n as usize {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let part = alphabet.get((state >> 16) as usize % alphabet.len()).copied().unwrap_or_default();
                piece.extend_from_slice(part.as_bytes());
            }
            piece
        })
    }

    #[test]
    fn windows_count_what_the_whole_does() {
        for encoding in Encoding::ALL {
            let vocabulary = encoding.vocabulary().unwrap();
            let (mut window, mut long) = (WindowMerger::default(), LongMerger::default());
            let mut joined = 0;
            for (n, piece) in pieces().enumerate() {
                let whole = long.count(vocabulary, &piece);
                let count = window.count(vocabulary, &piece);
                assert!(count.is_none_or(|count| count == whole), "{n}: {count:?}, not {whole}");
                joined += u32::from(count.is_some());
            }
            assert!(joined > 100, "only {joined} were joined");
        }
    }
}
