//! Byte pair merging: of all neighbouring tokens whose bytes together are a token, the pair of lowest rank becomes
//! one, the leftmost first, until there is none.

use super::merge_long::LongMerger;
use super::merge_window::WindowMerger;
use super::vocabulary::Vocabulary;

/// Bytes of the longest piece that is merged by trying all pairs each time.
const SHORT_PIECE: usize = 20;
/// No token; larger than every rank.
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
}

/// Tokens that a piece of at most [`SHORT_PIECE`] bytes merges into.
fn count_short(vocabulary: &Vocabulary, piece: &[u8]) -> u64 {
    let mut short = Short::new(vocabulary, piece);
    while let Some(at) = short.best() {
        short.merge(at);
    }
    short.tokens as u64
}

/// A piece while it is being merged.
struct Short<'a> {
    vocabulary: &'a Vocabulary,
    piece: &'a [u8],
    tokens: usize,
    /// Where each token begins, and where the last one ends.
    starts: [u8; SHORT_PIECE + 1],
    /// The rank of each token joined with the next one.
    ranks: [u32; SHORT_PIECE + 1],
}

impl<'a> Short<'a> {
    fn new(vocabulary: &'a Vocabulary, piece: &'a [u8]) -> Self {
        let mut starts = [0; SHORT_PIECE + 1];
        starts.iter_mut().zip(0..).for_each(|(start, at)| *start = at);
        let mut short = Self { vocabulary, piece, tokens: piece.len(), starts, ranks: [NONE; SHORT_PIECE + 1] };
        for at in 0..piece.len() {
            short.refresh(at);
        }
        short
    }

    /// Finds out what the token `at` makes together with the next one.
    fn refresh(&mut self, at: usize) {
        let rank = match (self.starts.get(at), self.starts.get(at.wrapping_add(2))) {
            (Some(&start), Some(&end)) if at.wrapping_add(2) <= self.tokens => {
                let joined = self.piece.get(usize::from(start)..usize::from(end));
                joined.and_then(|joined| self.vocabulary.rank(joined)).unwrap_or(NONE)
            }
            _ => NONE,
        };
        if let Some(place) = self.ranks.get_mut(at) {
            *place = rank;
        }
    }

    fn best(&self) -> Option<usize> {
        let (mut best, mut lowest) = (None, NONE);
        for (&rank, at) in self.ranks.iter().take(self.tokens).zip(0..) {
            if rank < lowest {
                (best, lowest) = (Some(at), rank);
            }
        }
        best
    }

    /// Joins the token `at` with the next one.
    fn merge(&mut self, at: usize) {
        let gone = at.wrapping_add(1);
        if gone < SHORT_PIECE {
            self.starts.copy_within(gone.wrapping_add(1).., gone);
            self.ranks.copy_within(gone.wrapping_add(1).., gone);
        }
        self.tokens = self.tokens.saturating_sub(1);
        self.refresh(at);
        if at > 0 {
            self.refresh(at.wrapping_sub(1));
        }
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
        for (token, cuts) in vocabularies().flat_map(|(vocabulary, tokens)| {
            tokens.into_iter().map(move |token| (token, &vocabulary.cuts))
        }) {
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
