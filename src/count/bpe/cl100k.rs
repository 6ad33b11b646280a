//! The pieces that `cl100k_base` splits a text into, by hand instead of by regular expression.
//!
//! The pattern tries eight alternatives in this order and takes the first that matches, without looking back:
//!
//! 1. an English contraction (`'s`, `'ll`); 2. letters after at most one character that is no letter, no number and no
//!    line break; 3. up to three digits; 4. punctuation after at most one space, with the line breaks that follow;
//! 5. white space up to the end of the text; 6. white space up to its last line break; 7. white space but for the one
//!    before a word; 8. one white space. Marks are punctuation to it.

use super::block::{Block, Bytes};
use super::character::Class;
use super::endless::{Shape, Step};
use super::scanner::{Kind, Pattern, Piece, Scanner, step_of_no_word};
use super::starts::{Rules, contraction};

/// What may follow punctuation within its piece.
const TAIL: &[u8] = b"\r\n";

/// The pattern of `cl100k_base`.
pub struct Cl100k;

impl Pattern for Cl100k {
    fn piece(scanner: &mut Scanner<'_>, start: usize) -> Option<Piece> {
        scanner.reached_end = false;
        let (class, after) = scanner.look(start)?;
        let word = |end| Piece { end, kind: Kind::Word };
        let other = |end| Piece { end, kind: Kind::Other };
        if let Some(end) = scanner.contraction(start) {
            return Some(word(end));
        }
        Some(match class {
            Class::Upper | Class::Lower | Class::Either => word(scanner.letters(after)),
            Class::Number => Piece { end: scanner.digits(after), kind: Kind::Digits },
            Class::Newline => other(scanner.white_space(start, true)),
            Class::Space | Class::Other | Class::Mark => {
                let end = scanner.letters(after);
                if end > after {
                    word(end)
                } else if class != Class::Space || scanner.is_space_before_punctuation(start, after) {
                    other(scanner.punctuation(after, TAIL))
                } else {
                    other(scanner.white_space(start, true))
                }
            }
        })
    }

    fn rest_of_word(scanner: &mut Scanner<'_>, at: usize) -> usize {
        scanner.letters(at)
    }

    #[inline]
    fn goes_on(class: Class) -> bool {
        matches!(class, Class::Upper | Class::Lower | Class::Either)
    }

    #[inline]
    fn ends(class: Class, _: u32) -> bool {
        !Self::goes_on(class)
    }

    const CASELESS: Shape = Shape::Small;
    const CONTRACTIONS: bool = false;
    const WHOLE_AT_END: bool = true;

    fn shape(scanner: &mut Scanner<'_>) -> Option<(Shape, usize)> {
        let (class, after) = scanner.look(0)?;
        let next = scanner.look(after).map(|(class, _)| class);
        Some(match class {
            Class::Number => return None,
            Class::Newline => (Shape::White, 0),
            Class::Upper | Class::Lower | Class::Either => (Shape::Small, 0),
            _ if next.is_some_and(Self::goes_on) => (Shape::Small, after),
            Class::Space if matches!(next, Some(Class::Other | Class::Mark)) => (Shape::Punctuation, after),
            Class::Space => (Shape::White, 0),
            Class::Other | Class::Mark => (Shape::Punctuation, 0),
        })
    }

    fn step(shape: Shape, class: Class, byte: u8) -> Step {
        match shape {
            Shape::Capitals | Shape::Small if Self::goes_on(class) => Step::On(Shape::Small),
            _ => step_of_no_word(shape, class, TAIL.contains(&byte)),
        }
    }
}

impl Rules for Cl100k {
    #[inline(always)]
    fn camel(_: &Block) -> u64 {
        0
    }

    #[inline(always)]
    fn undecided(_: &Block) -> u64 {
        0
    }

    /// A contraction is a piece of its own, where its apostrophe begins one.
    #[inline(always)]
    fn contractions(block: &Block, bytes: &Bytes, starts: &mut u64) -> u64 {
        let mut quotes = block.quotes & *starts & block.known;
        while quotes != 0 {
            let at = quotes.trailing_zeros();
            quotes &= quotes.wrapping_sub(1);
            let Some(length) = contraction(block, bytes, at) else {
                return 2 << at;
            };
            *starts |= u64::from(length > 0) << (at.wrapping_add(length) & 63);
        }
        0
    }
}

impl Scanner<'_> {
    /// The end of the letters at `at`.
    fn letters(&mut self, mut at: usize) -> usize {
        while let Some((Class::Upper | Class::Lower | Class::Either, next)) = self.look(at) {
            at = next;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::Cl100k;
    use crate::count::bpe::scanner::assert_splits;

    #[test]
    fn splits_as_the_pattern_does() {
        assert_splits::<Cl100k>(&[
            ("camelCaseHTTPServer", &["camelCaseHTTPServer"]),
            ("don't DON'T I'LL", &["don", "'t", " DON", "'T", " I", "'LL"]),
            ("it'ſx it'x", &["it", "'ſ", "x", " it", "'x"]),
            ("x \n \r\n  ", &["x", " \n \r\n  "]),
            ("!!\r\n/\n x", &["!!\r\n", "/\n", " x"]),
            ("あA", &["あA"]),
            ("e\u{301}a", &["e", "\u{301}a"]),
        ]);
    }
}
