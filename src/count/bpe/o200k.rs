//! The pieces that `o200k_base` splits a text into, by hand instead of by regular expression.
//!
//! The pattern tries seven alternatives in this order and takes the first that matches, without looking back:
//!
//! 1. a word that ends in lower case, 2. a word in upper case, each after at most one character that is no letter, no
//!    number and no line break, each with an English contraction (`'s`, `'ll`) if one follows;
//! 3. up to three digits; 4. punctuation after at most one space, with the line breaks and slashes that follow;
//! 5. white space up to its last line break; 6. white space but for the one before a word; 7. white space.

use super::block::{Block, Bytes, below};
use super::character::Class;
use super::endless::{Shape, Step};
use super::scanner::{Kind, Pattern, Piece, Scanner, step_of_no_word};
use super::starts::{Rules, contraction};

/// What may follow punctuation within its piece.
const TAIL: &[u8] = b"\r\n/";

/// The pattern of `o200k_base`.
pub struct O200k;

impl Pattern for O200k {
    fn piece(scanner: &mut Scanner<'_>, start: usize) -> Option<Piece> {
        scanner.reached_end = false;
        let (class, after) = scanner.look(start)?;
        let word = |end| Piece { end, kind: Kind::Word };
        let other = |end| Piece { end, kind: Kind::Other };
        Some(match class {
            Class::Upper | Class::Lower | Class::Either => word(scanner.word(start, true).unwrap_or(after)),
            // As the one character before a word, or else as the beginning of the word itself.
            Class::Mark => {
                let end = scanner.word(after, false).or_else(|| scanner.word(start, false));
                word(end.unwrap_or(after))
            }
            Class::Number => Piece { end: scanner.digits(after), kind: Kind::Digits },
            Class::Newline => other(scanner.white_space(start, false)),
            Class::Space => match scanner.word(after, true) {
                Some(end) => word(end),
                None if scanner.is_space_before_punctuation(start, after) => {
                    other(scanner.punctuation(after, TAIL))
                }
                None => other(scanner.white_space(start, false)),
            },
            Class::Other => match scanner.word(after, true) {
                Some(end) => word(end),
                None => other(scanner.punctuation(after, TAIL)),
            },
        })
    }

    fn rest_of_word(scanner: &mut Scanner<'_>, at: usize) -> usize {
        scanner.word_from(at, Some(at)).unwrap_or(at)
    }

    #[inline]
    fn goes_on(class: Class) -> bool {
        matches!(class, Class::Either | Class::Mark)
    }

    #[inline]
    fn ends(class: Class, point: u32) -> bool {
        matches!(class, Class::Number | Class::Newline | Class::Space | Class::Other) && point != 0x27
    }

    const CASELESS: Shape = Shape::Capitals;
    const CONTRACTIONS: bool = true;
    const WHOLE_AT_END: bool = false;

    fn shape(scanner: &mut Scanner<'_>) -> Option<(Shape, usize)> {
        let (class, after) = scanner.look(0)?;
        let is_letter =
            |class| !matches!(class, Class::Number | Class::Newline | Class::Space | Class::Other);
        let next = scanner.look(after).map(|(class, _)| class);
        Some(match class {
            Class::Number => return None,
            Class::Newline => (Shape::White, 0),
            Class::Space | Class::Other if next.is_some_and(is_letter) => (Shape::Capitals, after),
            Class::Space if next == Some(Class::Other) => (Shape::Punctuation, after),
            Class::Space => (Shape::White, 0),
            Class::Other => (Shape::Punctuation, 0),
            Class::Upper | Class::Lower | Class::Either | Class::Mark => (Shape::Capitals, 0),
        })
    }

    fn step(shape: Shape, class: Class, byte: u8) -> Step {
        match (shape, class) {
            (Shape::Capitals, Class::Upper) => Step::On(shape),
            (Shape::Capitals, Class::Either | Class::Mark) => Step::Binds(shape),
            (Shape::Capitals | Shape::Small, Class::Lower) | (Shape::Small, Class::Either | Class::Mark) => {
                Step::On(Shape::Small)
            }
            _ => step_of_no_word(shape, class, TAIL.contains(&byte)),
        }
    }
}

impl Rules for O200k {
    /// Capitals stand only before small letters.
    #[inline(always)]
    fn camel(block: &Block) -> u64 {
        block.upper & block.lower << 1
    }

    /// A slash behind a line break is part of the punctuation before it, if there is.
    #[inline(always)]
    fn undecided(block: &Block) -> u64 {
        block.slashes & block.newlines << 1
    }

    /// A contraction is part of the word before it, unless that is a contraction itself.
    #[inline(always)]
    fn contractions(block: &Block, bytes: &Bytes, starts: &mut u64) -> u64 {
        let mut quotes = block.quotes & block.letters() << 1 & block.known;
        let mut behind = 0;
        while quotes != 0 {
            let at = quotes.trailing_zeros();
            quotes &= quotes.wrapping_sub(1);
            let Some(length) = contraction(block, bytes, at) else {
                return 1 << at;
            };
            if length > 0 && at != behind {
                behind = at.wrapping_add(length);
                *starts = *starts & !(below(behind) & !below(at)) | 1 << (behind & 63);
            }
        }
        0
    }
}

impl Scanner<'_> {
    /// The end of a word that begins at `start`: capitals, then small letters, of which the last must exist unless
    /// `all_upper` words will do. Letters without case and marks may be either, so without a small letter the word
    /// goes as far as the last of them.
    fn word(&mut self, start: usize, all_upper: bool) -> Option<usize> {
        let end = self.word_from(start, None);
        if end.is_some() || !all_upper {
            return end;
        }
        let mut at = start;
        while let Some((Class::Upper, next)) = self.look(at) {
            at = next;
        }
        (at > start).then(|| self.contraction(at).unwrap_or(at))
    }

    /// The same from `at` on, where the last letter without case ended at `caseless_end`; `None` if the word has nothing
    /// but capitals.
    fn word_from(&mut self, mut at: usize, mut caseless_end: Option<usize>) -> Option<usize> {
        while let Some((class, next)) = self.look(at) {
            match class {
                Class::Upper => {}
                Class::Either | Class::Mark => caseless_end = Some(next),
                Class::Lower => {
                    let end = self.lower_run(next);
                    return Some(self.contraction(end).unwrap_or(end));
                }
                _ => break,
            }
            at = next;
        }
        let end = caseless_end?;
        Some(self.contraction(end).unwrap_or(end))
    }

    fn lower_run(&mut self, mut at: usize) -> usize {
        while let Some((Class::Lower | Class::Either | Class::Mark, next)) = self.look(at) {
            at = next;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::O200k;
    use crate::count::bpe::scanner::assert_splits;

    #[test]
    fn splits_as_the_pattern_does() {
        assert_splits::<O200k>(&[
            ("camelCaseHTTPServer", &["camel", "Case", "HTTPServer"]),
            ("HTTP", &["HTTP"]),
            ("don't DON'T I'LL we'Ve", &["don't", " DON'T", " I'LL", " we'Ve"]),
            ("it'ſ it'\u{17f}x it'x", &["it'ſ", " it'ſ", "x", " it", "'x"]),
            ("a1b", &["a", "1", "b"]),
            ("x \t\u{a0}y", &["x", " \t", "\u{a0}y"]),
            ("x \n \r\n  ", &["x", " \n \r\n", "  "]),
            ("!!\r\n/\n x", &["!!\r\n/\n", " x"]),
            (" ..a", &[" ..", "a"]),
            ("\t.", &["\t", "."]),
            ("あA", &["あ", "A"]),
            ("あAAaあ", &["あAAaあ"]),
            ("AあBB", &["Aあ", "BB"]),
            ("\u{301}A", &["\u{301}", "A"]),
            ("\u{301}a", &["\u{301}a"]),
            ("!\u{301}\u{302}A", &["!\u{301}\u{302}", "A"]),
            ("\u{feff}a\u{feff}", &["\u{feff}a", "\u{feff}"]),
            ("\u{85}a", &["\u{85}a"]),
        ]);
    }
}
