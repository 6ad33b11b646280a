//! What the pre-tokenizers of all encodings share: how a text is looked at, and what a piece of it is.

use super::character::Class;
use super::endless::{Shape, Step};
use super::starts::Rules;
use super::utf8;

/// What a piece is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Letters and marks, with what the pattern attaches to them.
    Word,
    /// One to three digits.
    Digits,
    /// Punctuation, symbols and white space.
    Other,
}

/// A piece of text: where it ends, and what it is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub end: usize,
    pub kind: Kind,
}

/// How one encoding splits a text into pieces before it merges bytes. Stateless between pieces: any end of a piece is a
/// place where splitting could begin.
pub trait Pattern: Rules {
    /// The piece that begins at byte `start`; `None` at the end of the text.
    fn piece(scanner: &mut Scanner<'_>, start: usize) -> Option<Piece>;

    /// The end of a word of which there is more before `at`: letters without case, after at most one other character.
    fn rest_of_word(scanner: &mut Scanner<'_>, at: usize) -> usize;

    /// Whether a word that consists of letters without case so far goes on through a character of this class, whatever
    /// follows.
    fn goes_on(class: Class) -> bool;

    /// Whether such a word ends before this character, whatever follows.
    fn ends(class: Class, point: u32) -> bool;

    /// What such a word is.
    const CASELESS: Shape;
    /// Whether a word has an English contraction in it, if one follows.
    const CONTRACTIONS: bool;
    /// Whether all white space at the end of a text is one piece, line breaks or not.
    const WHOLE_AT_END: bool;

    /// What the piece is that the text begins with, and the bytes of the character that is attached before it; `None`
    /// for digits.
    fn shape(scanner: &mut Scanner<'_>) -> Option<(Shape, usize)>;

    /// What the character of this class and first byte is to a piece of that shape.
    fn step(shape: Shape, class: Class, byte: u8) -> Step;
}

/// The same for a piece that is no word, where `is_tail` says what may follow punctuation within its piece.
pub fn step_of_no_word(shape: Shape, class: Class, is_tail: bool) -> Step {
    match (shape, class) {
        (Shape::White, Class::Newline) => Step::Binds(Shape::White),
        (Shape::White, Class::Space) => Step::On(Shape::White),
        (Shape::Punctuation, Class::Other | Class::Mark) => Step::On(Shape::Punctuation),
        (Shape::Punctuation | Shape::Tail, _) if is_tail => Step::On(Shape::Tail),
        _ => Step::Ends,
    }
}

/// Looks at one text.
pub struct Scanner<'a> {
    text: &'a [u8],
    /// Whether the last piece depended on where the text ends; more text could then have changed it.
    pub reached_end: bool,
}

impl<'a> Scanner<'a> {
    /// `text` is UTF-8.
    #[must_use]
    pub fn new(text: &'a [u8]) -> Self {
        Self { text, reached_end: false }
    }

    /// The class of the character at `at`, and where the next one begins.
    #[inline]
    pub fn look(&mut self, at: usize) -> Option<(Class, usize)> {
        let Some((point, width)) = self.text.get(at..).and_then(utf8::first) else {
            self.reached_end = true;
            return None;
        };
        Some((Class::of(point), at.saturating_add(width)))
    }

    /// The byte at `at`.
    #[inline]
    pub fn look_byte(&mut self, at: usize) -> Option<u8> {
        let byte = self.text.get(at).copied();
        self.reached_end |= byte.is_none();
        byte
    }

    /// The end of the English contraction at `at` (`'s`, `'ll`), in either case; `None` where there is none. U+017F
    /// folds to `s`.
    pub fn contraction(&mut self, at: usize) -> Option<usize> {
        if self.look_byte(at) != Some(b'\'') {
            return None;
        }
        let second = match self.look_byte(at.saturating_add(1))?.to_ascii_lowercase() {
            b's' | b't' | b'm' | b'd' => return Some(at.saturating_add(2)),
            b'r' | b'v' => b'e',
            b'l' => b'l',
            0xc5 => 0xbf,
            _ => return None,
        };
        let found = self.look_byte(at.saturating_add(2)).map(|byte| byte.to_ascii_lowercase());
        (found == Some(second)).then_some(at.saturating_add(3))
    }

    /// The end of the digits of which the first ends at `at`.
    pub fn digits(&mut self, mut at: usize) -> usize {
        for _ in 0..2 {
            let Some((Class::Number, next)) = self.look(at) else {
                break;
            };
            at = next;
        }
        at
    }

    /// Whether the piece that begins at `start` is one space and then what is at `after`, which is punctuation.
    pub fn is_space_before_punctuation(&mut self, start: usize, after: usize) -> bool {
        self.text.get(start) == Some(&b' ')
            && matches!(self.look(after), Some((Class::Other | Class::Mark, _)))
    }

    /// The end of the punctuation at `at`, with the bytes of `tail` behind it.
    pub fn punctuation(&mut self, mut at: usize, tail: &[u8]) -> usize {
        while let Some((Class::Other | Class::Mark, next)) = self.look(at) {
            at = next;
        }
        while self.look_byte(at).is_some_and(|byte| tail.contains(&byte)) {
            at = at.saturating_add(1);
        }
        at
    }

    /// The end of the white space at `start` that is one piece: all of it at the end of the text if `whole_at_end`,
    /// else up to its last line break, else but for the last character, which is left to what follows unless it is the
    /// only one.
    pub fn white_space(&mut self, start: usize, whole_at_end: bool) -> usize {
        let (mut at, mut last, mut line_end) = (start, start, None);
        while let Some((class @ (Class::Newline | Class::Space), next)) = self.look(at) {
            if class == Class::Newline {
                line_end = Some(next);
            }
            last = at;
            at = next;
        }
        match line_end {
            _ if whole_at_end && at >= self.text.len() => at,
            Some(end) => end,
            None if at < self.text.len() && last > start => last,
            None => at,
        }
    }
}

/// That the pattern splits each text into the pieces beside it.
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test's own")]
pub fn assert_splits<P: Pattern>(texts: &[(&str, &[&str])]) {
    for (text, expected) in texts {
        let mut scanner = Scanner::new(text.as_bytes());
        let (mut start, mut pieces) = (0, Vec::new());
        while let Some(piece) = P::piece(&mut scanner, start) {
            pieces.push(text.get(start..piece.end).unwrap());
            start = piece.end;
        }
        assert_eq!(pieces, *expected, "{text:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::assert_splits;
    use crate::count::bpe::{cl100k::Cl100k, o200k::O200k};

    #[test]
    fn most_texts_are_split_alike() {
        let texts: [(&str, &[&str]); 9] = [
            ("Hello, world", &["Hello", ",", " world"]),
            ("'re 're", &["'re", " '", "re"]),
            ("12345", &["123", "45"]),
            ("x  y", &["x", " ", " y"]),
            ("x\n\n  y", &["x", "\n\n", " ", " y"]),
            ("x  ", &["x", "  "]),
            (" .a", &[" .", "a"]),
            (" \u{301}", &[" \u{301}"]),
            ("", &[]),
        ];
        assert_splits::<O200k>(&texts);
        assert_splits::<Cl100k>(&texts);
    }
}
