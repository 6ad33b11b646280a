//! Byte pair merging: of all neighbouring tokens whose bytes together are a token, the pair of lowest rank becomes
//! one, the leftmost first, until there is none.

use super::vocabulary::Vocabulary;

/// Bytes of the longest piece merged here; one bit of a word for each.
pub const SHORT_PIECE: usize = 64;
/// No token; larger than every rank.
const NONE: u32 = u32::MAX;

/// Tokens that a piece of at most [`SHORT_PIECE`] bytes merges into.
#[must_use]
pub fn count_short(vocabulary: &Vocabulary, piece: &[u8]) -> u64 {
    let Some(unused @ 0..SHORT_PIECE) = SHORT_PIECE.checked_sub(piece.len()) else {
        return 0;
    };
    let mut short = Short { vocabulary, piece, starts: u64::MAX >> unused, ranks: [NONE; SHORT_PIECE] };
    for at in 0..piece.len() {
        short.refresh(at);
    }
    while let Some(at) = short.best() {
        short.merge(at);
    }
    u64::from(short.starts.count_ones())
}

/// A piece while it is being merged.
struct Short<'a> {
    vocabulary: &'a Vocabulary,
    piece: &'a [u8],
    /// The bytes that tokens begin at.
    starts: u64,
    /// By the byte a token begins at, the rank of that token joined with the next one.
    ranks: [u32; SHORT_PIECE],
}

impl Short<'_> {
    /// Where the token after the one at `at` begins; the length of the piece if that was the last one.
    fn next(&self, at: usize) -> usize {
        let later = self.starts & (u64::MAX << at << 1);
        if later == 0 { self.piece.len() } else { later.trailing_zeros() as usize }
    }

    fn refresh(&mut self, at: usize) {
        let right = self.next(at);
        let joined = self.piece.get(at..self.next(right.min(SHORT_PIECE - 1)));
        let rank =
            joined.filter(|_| right < self.piece.len()).and_then(|joined| self.vocabulary.rank(joined));
        if let Some(slot) = self.ranks.get_mut(at) {
            *slot = rank.unwrap_or(NONE);
        }
    }

    fn best(&self) -> Option<usize> {
        let (mut best, mut lowest) = (None, NONE);
        for (at, &rank) in self.ranks.iter().take(self.piece.len()).enumerate() {
            if rank < lowest {
                (best, lowest) = (Some(at), rank);
            }
        }
        best
    }

    fn merge(&mut self, at: usize) {
        let right = self.next(at);
        if let Some(rank) = self.ranks.get_mut(right) {
            *rank = NONE;
        }
        self.starts &= !(1 << (right & (SHORT_PIECE - 1)));
        self.refresh(at);
        let earlier = self.starts & !(u64::MAX << at);
        if let Some(before) = earlier.checked_ilog2() {
            self.refresh(before as usize);
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::count::bpe::Encoding;
    use crate::count::bpe::merge_long::LongMerger;

    /// What cutting pieces into segments and joining windows rest on.
    #[test]
    fn every_token_merges_into_itself() {
        let oracle = tiktoken_rs::o200k_base_singleton();
        let vocabulary = Encoding::O200kBase.vocabulary();
        let mut long = LongMerger::default();
        for rank in 0..199_998 {
            let token = oracle.decode_bytes(&[rank]).unwrap();
            assert_eq!(vocabulary.rank(&token), Some(rank), "{token:x?}");
            assert_eq!(long.count(vocabulary, &token), 1, "{token:x?}");
            if token.len() <= SHORT_PIECE {
                assert_eq!(count_short(vocabulary, &token), 1, "{token:x?}");
            }
        }
        assert!(oracle.decode_bytes(&[199_998]).is_err());
    }

    /// Also of tokens that begin or end inside a character, whatever the rest of that character is.
    #[test]
    fn no_token_is_ever_cut() {
        let oracle = tiktoken_rs::o200k_base_singleton();
        let cuts = &Encoding::O200kBase.vocabulary().cuts;
        let heads: [&[u8]; 9] =
            [b"", b"\xc3", b"\xe0", b"\xe4", b"\xe4\xb8", b"\xef\xbf", b"\xf0", b"\xf0\x9f", b"\xf0\x9f\x98"];
        let tails: [&[u8]; 6] = [b"", b"\x80", b"\xbf", b"\x80\x80", b"\xbf\x80", b"\xa0\x80\x80"];
        for rank in 0..199_998 {
            let token = oracle.decode_bytes(&[rank]).unwrap();
            let mut completed = 0;
            for (head, tail) in heads.iter().flat_map(|head| tails.iter().map(move |tail| (head, tail))) {
                let text = [head, &token[..], tail].concat();
                if std::str::from_utf8(&text).is_ok() {
                    let cut = cuts.first_segment(&text);
                    assert!(cut >= head.len() + token.len(), "{token:x?} is cut in {text:x?}");
                    completed += 1;
                }
            }
            assert!(completed > 0 || token.len() == 1, "{token:x?} has no completion");
        }
    }

    #[test]
    fn bytes_that_are_no_token_are_not_found() {
        let oracle = tiktoken_rs::o200k_base_singleton();
        let vocabulary = Encoding::O200kBase.vocabulary();
        for rank in 0..199_998 {
            let token = oracle.decode_bytes(&[rank]).unwrap();
            for last in [0, 1, 4, 7, 8, 0x20, 0xff] {
                let longer = [&token[..], &[last]].concat();
                if let Some(other) = vocabulary.rank(&longer) {
                    assert_eq!(oracle.decode_bytes(&[other]).unwrap(), longer);
                }
            }
        }
        for stranger in [&b""[..], b"aaaaaaa\x01", b"       \x07", &[b' '; 129], &[0; 4096]] {
            assert_eq!(vocabulary.rank(stranger), None, "{stranger:x?}");
        }
        assert_eq!(count_short(vocabulary, b""), 0);
    }
}
