//! Tokens of pieces, added up by what the pieces are made of.

use super::encoding::Encoding;
use super::merge::{SHORT_PIECE, count_short};
use super::merge_long::LongMerger;
use super::pretokenizer::{Kind, Scanner};
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
}

/// Counts pieces.
pub struct Tally {
    vocabulary: &'static Vocabulary,
    long: LongMerger,
    pub classes: Classes,
}

impl Tally {
    #[must_use]
    pub fn new(encoding: Encoding) -> Self {
        Self { vocabulary: encoding.vocabulary(), long: LongMerger::default(), classes: Classes::default() }
    }

    /// Counts the pieces of `text`, which is UTF-8, and returns where the first uncounted one begins: the end if
    /// `complete`, else the first piece that text to come could still change.
    pub fn add(&mut self, text: &[u8], complete: bool) -> usize {
        let mut scanner = Scanner::new(text);
        let mut start = 0;
        while let Some(piece) = scanner.piece(start) {
            if scanner.reached_end && !complete {
                break;
            }
            let bytes = text.get(start..piece.end).unwrap_or_default();
            let tokens = self.count_piece(bytes);
            let sum = match piece.kind {
                _ if !bytes.is_ascii() => &mut self.classes.non_ascii,
                Kind::Word => &mut self.classes.words,
                Kind::Digits => &mut self.classes.digits,
                Kind::Other => &mut self.classes.other,
            };
            *sum = sum.saturating_add(tokens);
            start = piece.end;
        }
        start
    }

    fn count_piece(&mut self, piece: &[u8]) -> u64 {
        if self.vocabulary.rank(piece).is_some() {
            return 1;
        }
        let (mut rest, mut tokens) = (piece, 0u64);
        while !rest.is_empty() {
            let cut = self.vocabulary.cuts.first_segment(rest);
            let (segment, behind) = rest.split_at_checked(cut).unwrap_or((rest, &[]));
            tokens = tokens.saturating_add(self.count_segment(segment));
            rest = behind;
        }
        tokens
    }

    fn count_segment(&mut self, segment: &[u8]) -> u64 {
        if self.vocabulary.rank(segment).is_some() {
            1
        } else if segment.len() <= SHORT_PIECE {
            count_short(self.vocabulary, segment)
        } else {
            self.long.count(self.vocabulary, segment)
        }
    }
}
