//! Byte pair merging: of all neighbouring tokens whose bytes together are a token, the pair of lowest rank becomes
//! one, the leftmost first, until there is none.

use super::merge_long::LongMerger;
use super::merge_window::WindowMerger;
use super::vocabulary::Vocabulary;

/// Bytes of the longest piece that is merged in two words.
const SHORT_PIECE: usize = 16;
/// Bits of a pair below its rank: where it begins.
const POSITION_BITS: u32 = 4;
/// No pair; larger than every pair.
const NONE: u32 = u32::MAX;

/// Merges pieces of any length; keeps its memory for the next one.
#[derive(Default)]
pub struct Merger {
    window: WindowMerger,
    long: LongMerger,
}

impl Merger {
    /// Tokens that `piece` merges into.
    pub fn count(&mut self, vocabulary: &Vocabulary, piece: &[u8]) -> u64 {
        if piece.len() <= SHORT_PIECE {
            return count_short(vocabulary, piece);
        }
        let joined = self.window.count(vocabulary, piece);
        joined.unwrap_or_else(|| self.long.count(vocabulary, piece))
    }

    /// How many bytes of a piece of which there is more are merged for good, and into how many tokens; `None` if that
    /// cannot be said of any.
    pub fn settle(&mut self, vocabulary: &Vocabulary, piece: &[u8]) -> Option<(usize, u64)> {
        self.window.settle(vocabulary, piece)
    }
}

/// Tokens that a piece of at most [`SHORT_PIECE`] bytes merges into.
fn count_short(vocabulary: &Vocabulary, piece: &[u8]) -> u64 {
    let mut text = [0; SHORT_PIECE + 8];
    text.iter_mut().zip(piece).take(SHORT_PIECE).for_each(|(to, from)| *to = *from);
    let length = piece.len().min(SHORT_PIECE) as u32;
    let mut short =
        Short { vocabulary, text, starts: !(u32::MAX << 1 << length), pairs: [NONE; SHORT_PIECE] };
    let twos = piece.windows(2).filter_map(|two| two.first_chunk::<2>()).zip(0u32..);
    for (pair, (two, at)) in short.pairs.iter_mut().zip(twos) {
        let rank = vocabulary.rank_of_two(u16::from_le_bytes(*two));
        *pair = rank.map_or(NONE, |rank| rank << POSITION_BITS | at);
    }
    loop {
        let best = short.pairs.iter().copied().fold(NONE, u32::min);
        if best == NONE {
            return u64::from(short.starts.count_ones().saturating_sub(1));
        }
        short.merge(best & (SHORT_PIECE as u32 - 1));
    }
}

/// A piece while it is being merged.
struct Short<'a> {
    vocabulary: &'a Vocabulary,
    /// Its bytes, and some more, so that eight can always be read.
    text: [u8; SHORT_PIECE + 8],
    /// The bytes that tokens begin at, and the one behind the last.
    starts: u32,
    /// By the byte a token begins at, the rank of that token joined with the next one, and that byte.
    pairs: [u32; SHORT_PIECE],
}

impl Short<'_> {
    /// Where the token after the one at `at` begins; 32 behind the end.
    #[inline]
    fn next(&self, at: u32) -> u32 {
        (self.starts & (u32::MAX << (at & 31) << 1)).trailing_zeros()
    }

    /// Finds out what the bytes from `at` to `end` make.
    #[inline]
    fn refresh(&mut self, at: u32, end: u32) {
        let rank = if end < 32 { self.rank(at, end.wrapping_sub(at) as usize) } else { None };
        if let Some(pair) = self.pairs.get_mut(at as usize & (SHORT_PIECE - 1)) {
            *pair = rank.map_or(NONE, |rank| rank << POSITION_BITS | at);
        }
    }

    #[inline]
    fn rank(&self, at: u32, length: usize) -> Option<u32> {
        let text = self.text.get(at as usize & (SHORT_PIECE - 1)..)?;
        if length <= 8 {
            return self.vocabulary.rank_of_word(u64::from_le_bytes(*text.first_chunk()?), length);
        }
        self.vocabulary.rank(text.get(..length)?)
    }

    /// Joins the token at `at` with the next one.
    #[inline]
    fn merge(&mut self, at: u32) {
        let right = self.next(at);
        self.starts &= !(1 << (right & 31));
        if let Some(pair) = self.pairs.get_mut(right as usize & (SHORT_PIECE - 1)) {
            *pair = NONE;
        }
        let end = self.next(at);
        let earlier = self.starts & !(u32::MAX << (at & 31));
        if let Some(before) = earlier.checked_ilog2() {
            self.refresh(before, end);
        }
        self.refresh(at, if end < 32 { self.next(end) } else { end });
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::count::bpe::Encoding;
    use tiktoken_rs::CoreBPE;

    fn oracle(encoding: Encoding) -> &'static CoreBPE {
        match encoding {
            Encoding::O200kBase => tiktoken_rs::o200k_base_singleton(),
            Encoding::Cl100kBase => tiktoken_rs::cl100k_base_singleton(),
        }
    }

    /// Every encoding's tables, and its tokens in the order of their ranks.
    #[allow(clippy::unwrap_used, reason = "natively the tables are always there")]
    fn vocabularies() -> impl Iterator<Item = (&'static Vocabulary, Vec<Vec<u8>>)> {
        Encoding::ALL.iter().map(|&encoding| {
            let token = |rank| oracle(encoding).decode_bytes(&[rank]).ok();
            (encoding.vocabulary().unwrap(), (0..).map_while(token).collect())
        })
    }

    /// What cutting pieces into segments and joining windows rest on.
    #[test]
    fn every_token_merges_into_itself() {
        let (mut window, mut long) = (WindowMerger::default(), LongMerger::default());
        for ((vocabulary, tokens), size) in vocabularies().zip([199_998, 100_256]) {
            assert_eq!(tokens.len(), size);
            for (token, rank) in tokens.iter().zip(0..) {
                assert_eq!(vocabulary.rank(token), Some(rank), "{token:x?}");
                assert_eq!(window.count(vocabulary, token), Some(1), "{token:x?}");
                assert_eq!(long.count(vocabulary, token), 1, "{token:x?}");
                if token.len() <= SHORT_PIECE {
                    assert_eq!(count_short(vocabulary, token), 1, "{token:x?}");
                }
            }
        }
    }

    /// Also of tokens that begin or end inside a character, whatever the rest of that character is.
    #[test]
    fn no_token_is_ever_cut() {
        let heads: [&[u8]; 9] =
            [b"", b"\xc3", b"\xe0", b"\xe4", b"\xe4\xb8", b"\xef\xbf", b"\xf0", b"\xf0\x9f", b"\xf0\x9f\x98"];
        let tails: [&[u8]; 6] = [b"", b"\x80", b"\xbf", b"\x80\x80", b"\xbf\x80", b"\xa0\x80\x80"];
        for (token, cuts) in vocabularies()
            .flat_map(|(vocabulary, tokens)| tokens.into_iter().map(move |token| (token, &vocabulary.cuts)))
        {
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
        for (vocabulary, tokens) in vocabularies() {
            for token in &tokens {
                for last in [0, 1, 4, 7, 8, 0x20, 0xff] {
                    let longer = [&token[..], &[last]].concat();
                    if let Some(other) = vocabulary.rank(&longer) {
                        assert_eq!(tokens[other as usize], longer);
                    }
                }
            }
            for stranger in [&b""[..], b"aaaaaaa\x01", b"       \x07", &[b' '; 129], &[0; 4096]] {
                assert_eq!(vocabulary.rank(stranger), None, "{stranger:x?}");
            }
            assert_eq!(count_short(vocabulary, b""), 0);
        }
    }
}
