//! The pieces that `o200k_base` splits a text into before it merges bytes, by hand instead of by regular expression.
//!
//! The pattern tries seven alternatives in this order and takes the first that matches, without looking back:
//!
//! 1. a word that ends in lower case, 2. a word in upper case, each after at most one character that is no letter, no
//!    number and no line break, each with an English contraction (`'s`, `'ll`) if one follows;
//! 3. up to three digits; 4. punctuation after at most one space, with the line breaks and slashes that follow;
//! 5. white space up to its last line break; 6. white space but for the one before a word; 7. white space.

use super::character::Class;
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

/// Splits one text. Stateless between pieces: any end of a piece is a place where splitting could begin.
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

    /// The piece that begins at byte `start`; `None` at the end of the text.
    pub fn piece(&mut self, start: usize) -> Option<Piece> {
        self.reached_end = false;
        let (class, after) = self.look(start)?;
        let word = |end| Piece { end, kind: Kind::Word };
        let other = |end| Piece { end, kind: Kind::Other };
        Some(match class {
            Class::Upper | Class::Lower | Class::Either => word(self.word(start, true).unwrap_or(after)),
            // As the one character before a word, or else as the beginning of the word itself.
            Class::Mark => word(self.word(after, false).or_else(|| self.word(start, false)).unwrap_or(after)),
            Class::Number => Piece { end: self.digits(after), kind: Kind::Digits },
            Class::Newline => other(self.white_space(start)),
            Class::Space => match self.word(after, true) {
                Some(end) => word(end),
                None if self.is_space_before_punctuation(start, after) => other(self.punctuation(after)),
                None => other(self.white_space(start)),
            },
            Class::Other => match self.word(after, true) {
                Some(end) => word(end),
                None => other(self.punctuation(after)),
            },
        })
    }

    /// The class of the character at `at`, and where the next one begins.
    #[inline]
    fn look(&mut self, at: usize) -> Option<(Class, usize)> {
        let Some((point, width)) = self.text.get(at..).and_then(utf8::first) else {
            self.reached_end = true;
            return None;
        };
        Some((Class::of(point), at.saturating_add(width)))
    }

    #[inline]
    fn look_byte(&mut self, at: usize) -> Option<u8> {
        let byte = self.text.get(at).copied();
        self.reached_end |= byte.is_none();
        byte
    }

    /// The end of a word that begins at `start`: capitals, then small letters, of which the last must exist unless
    /// `all_upper` words will do. Letters without case and marks may be either, so without a small letter the word
    /// goes as far as the last of them.
    fn word(&mut self, start: usize, all_upper: bool) -> Option<usize> {
        let (mut at, mut caseless_end) = (start, None);
        while let Some((class, next)) = self.look(at) {
            match class {
                Class::Upper => {}
                Class::Either | Class::Mark => caseless_end = Some(next),
                Class::Lower => {
                    let end = self.lower_run(next);
                    return Some(self.contraction(end));
                }
                _ => break,
            }
            at = next;
        }
        let end = caseless_end.or((all_upper && at > start).then_some(at))?;
        Some(self.contraction(end))
    }

    fn lower_run(&mut self, mut at: usize) -> usize {
        while let Some((Class::Lower | Class::Either | Class::Mark, next)) = self.look(at) {
            at = next;
        }
        at
    }

    /// The end of the contraction at `at`, in either case, or `at` where there is none. U+017F folds to `s`.
    fn contraction(&mut self, at: usize) -> usize {
        if self.look_byte(at) != Some(b'\'') {
            return at;
        }
        let Some(first) = self.look_byte(at.saturating_add(1)) else {
            return at;
        };
        let second = match first.to_ascii_lowercase() {
            b's' | b't' | b'm' | b'd' => return at.saturating_add(2),
            b'r' | b'v' => b'e',
            b'l' => b'l',
            0xc5 => 0xbf,
            _ => return at,
        };
        let found = self.look_byte(at.saturating_add(2)).map(|byte| byte.to_ascii_lowercase());
        if found == Some(second) { at.saturating_add(3) } else { at }
    }

    /// The end of the digits of which the first ends at `at`.
    fn digits(&mut self, mut at: usize) -> usize {
        for _ in 0..2 {
            let Some((Class::Number, next)) = self.look(at) else {
                break;
            };
            at = next;
        }
        at
    }

    fn is_space_before_punctuation(&mut self, start: usize, after: usize) -> bool {
        self.text.get(start) == Some(&b' ')
            && matches!(self.look(after), Some((Class::Other | Class::Mark, _)))
    }

    /// The end of the punctuation at `at`, with the line breaks and slashes behind it.
    fn punctuation(&mut self, mut at: usize) -> usize {
        while let Some((Class::Other | Class::Mark, next)) = self.look(at) {
            at = next;
        }
        while let Some(b'\r' | b'\n' | b'/') = self.look_byte(at) {
            at = at.saturating_add(1);
        }
        at
    }

    /// The end of the white space at `start` that is one piece.
    fn white_space(&mut self, start: usize) -> usize {
        let (mut at, mut last, mut line_end) = (start, start, None);
        while let Some((class @ (Class::Newline | Class::Space), next)) = self.look(at) {
            if class == Class::Newline {
                line_end = Some(next);
            }
            last = at;
            at = next;
        }
        match line_end {
            Some(end) => end,
            // The last one before something else is left to it, unless it is the only one.
            None if at < self.text.len() && last > start => last,
            None => at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Scanner;

    fn pieces(text: &str) -> Vec<&str> {
        let mut scanner = Scanner::new(text.as_bytes());
        let (mut start, mut out) = (0, Vec::new());
        while let Some(piece) = scanner.piece(start) {
            out.push(text.get(start..piece.end).unwrap());
            start = piece.end;
        }
        out
    }

    #[test]
    fn splits_as_the_pattern_does() {
        for (text, expected) in [
            ("Hello, world", vec!["Hello", ",", " world"]),
            ("camelCaseHTTPServer", vec!["camel", "Case", "HTTPServer"]),
            ("HTTP", vec!["HTTP"]),
            ("don't DON'T I'LL we'Ve", vec!["don't", " DON'T", " I'LL", " we'Ve"]),
            ("it'ſ it'\u{17f}x it'x", vec!["it'ſ", " it'ſ", "x", " it", "'x"]),
            ("'re 're", vec!["'re", " '", "re"]),
            ("12345", vec!["123", "45"]),
            ("a1b", vec!["a", "1", "b"]),
            ("x  y", vec!["x", " ", " y"]),
            ("x \t\u{a0}y", vec!["x", " \t", "\u{a0}y"]),
            ("x\n\n  y", vec!["x", "\n\n", " ", " y"]),
            ("x \n \r\n  ", vec!["x", " \n \r\n", "  "]),
            ("x  ", vec!["x", "  "]),
            ("!!\r\n/\n x", vec!["!!\r\n/\n", " x"]),
            (" ..a", vec![" ..", "a"]),
            (" .a", vec![" .", "a"]),
            ("\t.", vec!["\t", "."]),
            ("あA", vec!["あ", "A"]),
            ("あAAaあ", vec!["あAAaあ"]),
            ("AあBB", vec!["Aあ", "BB"]),
            ("\u{301}A", vec!["\u{301}", "A"]),
            ("\u{301}a", vec!["\u{301}a"]),
            ("!\u{301}\u{302}A", vec!["!\u{301}\u{302}", "A"]),
            (" \u{301}", vec![" \u{301}"]),
            ("\u{feff}a\u{feff}", vec!["\u{feff}a", "\u{feff}"]),
            ("\u{85}a", vec!["\u{85}a"]),
            ("", vec![]),
        ] {
            assert_eq!(pieces(text), expected, "{text:?}");
        }
    }
}
