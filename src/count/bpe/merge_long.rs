//! Byte pair merging of pieces of any length in bounded memory: where small windows have nothing in common.
//!
//! A sequence of tokens is what its bytes merge into exactly if every token merges into itself and every two
//! neighbours, merged alone, stay those two: until the first merge across a boundary, each side evolves as it would
//! alone, so the first wrong merge would already be one of two neighbours. Therefore two results for overlapping
//! windows that have one token in common may be joined at it, and a megabyte of one letter needs no more room than a
//! window.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::vocabulary::Vocabulary;

/// Bytes merged at once, to begin with.
const WINDOW: usize = 1 << 14;
/// The part of a window that the next one repeats.
const OVERLAP_SHARE: usize = 16;
/// No token; larger than every rank.
const NONE: u32 = u32::MAX;
/// Bits of a heap entry below the rank: where the pair begins.
const POSITION_BITS: u32 = 40;

/// Merges long pieces; keeps its memory for the next one.
#[derive(Default)]
pub struct LongMerger {
    /// One for each byte; those that begin a token are alive.
    nodes: Vec<Node>,
    /// Pairs that may be merged, lowest rank first, then leftmost. Some are out of date.
    pairs: BinaryHeap<Reverse<u64>>,
}

#[derive(Clone, Copy)]
struct Node {
    /// Where the token before begins.
    before: usize,
    /// Where this token ends.
    end: usize,
    /// The rank of this token joined with the next one.
    rank: u32,
}

impl LongMerger {
    /// Tokens that `piece` merges into.
    pub fn count(&mut self, vocabulary: &Vocabulary, piece: &[u8]) -> u64 {
        let mut size = WINDOW;
        while size < piece.len() {
            if let Some(count) = self.count_in_windows(vocabulary, piece, size) {
                return count;
            }
            size = size.saturating_mul(4);
        }
        (self.boundaries(vocabulary, piece, 0, piece.len()).len() as u64).saturating_sub(1)
    }

    /// `None` if two windows had no token in common where they overlap.
    fn count_in_windows(&mut self, vocabulary: &Vocabulary, piece: &[u8], size: usize) -> Option<u64> {
        let overlap = size / OVERLAP_SHARE;
        let mut limit = size.min(piece.len());
        let (mut start, mut count) = (0, 0u64);
        let mut known = self.boundaries(vocabulary, piece, 0, limit);
        while limit < piece.len() {
            let repeated = known.partition_point(|&at| at < limit.saturating_sub(overlap));
            let next_start = *known.get(repeated).filter(|&&at| at > start)?;
            start = next_start;
            limit = start.saturating_add(size).min(piece.len());
            let next = self.boundaries(vocabulary, piece, start, limit);
            let (kept, dropped) = common_token(known.get(repeated..)?, &next)?;
            count = count.saturating_add(repeated.saturating_add(kept) as u64);
            known = next;
            known.drain(..dropped);
        }
        Some(count.saturating_add(known.len() as u64).saturating_sub(1))
    }

    /// Where the tokens of `piece[start..limit]`, merged alone, begin, and `limit`.
    fn boundaries(
        &mut self,
        vocabulary: &Vocabulary,
        piece: &[u8],
        start: usize,
        limit: usize,
    ) -> Vec<usize> {
        let window = piece.get(start..limit).unwrap_or_default();
        self.begin(vocabulary, window);
        while let Some(Reverse(pair)) = self.pairs.pop() {
            self.merge(vocabulary, window, pair);
        }
        let mut boundaries = vec![start];
        let mut at = 0;
        while let Some(node) = self.nodes.get(at) {
            at = node.end;
            boundaries.push(start.saturating_add(at));
        }
        boundaries
    }

    fn begin(&mut self, vocabulary: &Vocabulary, window: &[u8]) {
        let mut pairs = std::mem::take(&mut self.pairs).into_vec();
        pairs.clear();
        self.nodes.clear();
        for at in 0..window.len() {
            let joined = window.get(at..at.saturating_add(2));
            let rank = joined.and_then(|joined| vocabulary.rank(joined));
            pairs.extend(rank.map(|rank| Reverse(entry(rank, at))));
            let (before, end) = (at.saturating_sub(1), at.saturating_add(1));
            self.nodes.push(Node { before, end, rank: rank.unwrap_or(NONE) });
        }
        self.pairs = BinaryHeap::from(pairs);
    }

    /// Carries out `pair`, unless one of its tokens has been merged with another since it was found.
    fn merge(&mut self, vocabulary: &Vocabulary, window: &[u8], pair: u64) {
        let (rank, at) = ((pair >> POSITION_BITS) as u32, (pair & ((1 << POSITION_BITS) - 1)) as usize);
        let Some(left) = self.nodes.get(at).copied().filter(|left| left.rank == rank) else {
            return;
        };
        let Some(right) = self.nodes.get_mut(left.end) else {
            return;
        };
        right.rank = NONE;
        let end = right.end;
        if let Some(left) = self.nodes.get_mut(at) {
            left.end = end;
        }
        if let Some(next) = self.nodes.get_mut(end) {
            next.before = at;
        }
        self.refresh(vocabulary, window, at);
        if at > 0 {
            self.refresh(vocabulary, window, left.before);
        }
    }

    /// Finds out what the token at `at` makes together with the next one.
    fn refresh(&mut self, vocabulary: &Vocabulary, window: &[u8], at: usize) {
        let next = self.nodes.get(at).and_then(|node| self.nodes.get(node.end));
        let joined = next.and_then(|next| window.get(at..next.end));
        let rank = joined.and_then(|joined| vocabulary.rank(joined));
        self.pairs.extend(rank.map(|rank| Reverse(entry(rank, at))));
        if let Some(node) = self.nodes.get_mut(at) {
            node.rank = rank.unwrap_or(NONE);
        }
    }
}

fn entry(rank: u32, at: usize) -> u64 {
    u64::from(rank) << POSITION_BITS | at as u64
}

/// The first token in both lists of boundaries, by where it stands in each.
pub fn common_token(known: &[usize], next: &[usize]) -> Option<(usize, usize)> {
    let (mut i, mut j) = (0usize, 0usize);
    while let (Some([a, a_end]), Some([b, b_end])) = (pair_at(known, i), pair_at(next, j)) {
        if a == b && a_end == b_end {
            return Some((i, j));
        }
        if a <= b {
            i = i.saturating_add(1);
        } else {
            j = j.saturating_add(1);
        }
    }
    None
}

fn pair_at(boundaries: &[usize], at: usize) -> Option<[usize; 2]> {
    boundaries.get(at..)?.first_chunk::<2>().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::count::bpe::Encoding;

    fn samples() -> Vec<Vec<u8>> {
        let mut noise = 7u32;
        let mut letters = |alphabet: &[u8]| {
            let letter = |_| {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                alphabet[(noise >> 16) as usize % alphabet.len()]
            };
            (0..3_000).map(letter).collect::<Vec<u8>>()
        };
        let mut out =
            vec![letters(b"abcdefghijklmnopqrstuvwxyz"), letters(b"ab"), letters(b" \t"), letters(b"=-")];
        out.extend([b"a", b" ", b"\n", b"="].map(|run| run.repeat(3_001)));
        out.extend(["的一是", "ก็ที่", "🏽👍\u{200d}"].map(|run| run.as_bytes().repeat(300)));
        out
    }

    /// Small windows either give the count of the whole or admit that they have nothing in common.
    #[test]
    fn windows_never_change_the_count() {
        let vocabulary = Encoding::O200kBase.vocabulary().unwrap();
        let mut merger = LongMerger::default();
        let mut joined = 0;
        for piece in samples() {
            let whole = merger.boundaries(vocabulary, &piece, 0, piece.len()).len() as u64 - 1;
            for size in [1, 2, 3, 16, 33, 64, 100, 257, 1_024, 2_048, 2_999, 3_000, 5_000] {
                let count = merger.count_in_windows(vocabulary, &piece, size);
                assert!(count.is_none_or(|count| count == whole), "{size}: {count:?}, not {whole}");
                joined += u32::from(count.is_some() && size < piece.len());
            }
        }
        assert!(joined > 40, "only {joined} were joined");
    }
}
