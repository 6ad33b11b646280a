//! Bytes in pieces of any size, to physical lines with their numbers.

/// Longest line that is read, bytes; a longer one is skipped without being held. The host's own transcripts cap a row
/// far below this, and the longest line is the most memory a reading takes.
pub const LONGEST_LINE: usize = 64 << 20;

/// One physical line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Raw<'a> {
    /// `ended` is false for a last line without a line end.
    Line { number: u64, bytes: &'a [u8], ended: bool },
    /// Longer than the limit; `bytes` is its length as far as it went.
    TooLong { number: u64, bytes: u64 },
}

#[derive(Clone, Debug)]
pub(super) struct Split {
    held: Vec<u8>,
    /// Bytes of a line being skipped for its length.
    skipped: Option<u64>,
    /// Number of the line that is being read, from 1.
    number: u64,
    longest: usize,
}

impl Default for Split {
    fn default() -> Self {
        Self::with_longest(LONGEST_LINE)
    }
}

impl Split {
    pub(super) fn with_longest(longest: usize) -> Self {
        Self { held: Vec::new(), skipped: None, number: 1, longest }
    }

    pub(super) fn push(&mut self, chunk: &[u8], sink: &mut impl FnMut(Raw<'_>)) {
        let mut rest = chunk;
        while let Some(at) = rest.iter().position(|b| *b == b'\n') {
            let (line, after) = rest.split_at_checked(at).unwrap_or((rest, &[]));
            self.end(line, true, sink);
            rest = after.get(1..).unwrap_or_default();
        }
        self.hold(rest);
    }

    /// The last line, where the input does not end with a line end. Returns the number of lines.
    pub(super) fn finish(&mut self, sink: &mut impl FnMut(Raw<'_>)) -> u64 {
        if !self.held.is_empty() || self.skipped.is_some() {
            self.end(&[], false, sink);
        }
        self.number - 1
    }

    fn hold(&mut self, piece: &[u8]) {
        if let Some(skipped) = &mut self.skipped {
            *skipped = skipped.saturating_add(piece.len() as u64);
        } else if self.held.len().saturating_add(piece.len()) > self.longest {
            self.skipped = Some((self.held.len() as u64).saturating_add(piece.len() as u64));
            self.held = Vec::new();
        } else {
            self.held.extend_from_slice(piece);
        }
    }

    fn end(&mut self, piece: &[u8], ended: bool, sink: &mut impl FnMut(Raw<'_>)) {
        let number = self.number;
        self.number = self.number.saturating_add(1);
        if self.held.is_empty() && self.skipped.is_none() && piece.len() <= self.longest {
            return sink(Raw::Line { number, bytes: piece, ended });
        }
        self.hold(piece);
        match self.skipped.take() {
            Some(bytes) => sink(Raw::TooLong { number, bytes }),
            None => {
                sink(Raw::Line { number, bytes: &self.held, ended });
                self.held.clear();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: &[u8], chunk: usize, longest: usize) -> (Vec<String>, u64) {
        let mut split = Split::with_longest(longest);
        let mut out = Vec::new();
        let mut sink = |raw: Raw<'_>| {
            out.push(match raw {
                Raw::Line { number, bytes, ended } => {
                    format!("{number}{}{}", if ended { ":" } else { "?" }, String::from_utf8_lossy(bytes))
                }
                Raw::TooLong { number, bytes } => format!("{number}!{bytes}"),
            });
        };
        for piece in input.chunks(chunk) {
            split.push(piece, &mut sink);
        }
        let lines = split.finish(&mut sink);
        (out, lines)
    }

    #[test]
    fn lines_are_the_same_in_pieces_of_any_size() {
        let input = b"one\n\nthree\r\nfour is too long\nfive\nlast";
        let expect = ["1:one", "2:", "3:three\r", "4!16", "5:five", "6?last"];
        for chunk in 1..=input.len() {
            let (lines, count) = read(input, chunk, 6);
            assert_eq!(lines, expect, "{chunk}");
            assert_eq!(count, 6);
        }
        assert_eq!(read(b"", 1, 6), (vec![], 0));
        assert_eq!(read(b"\n", 1, 6), (vec!["1:".into()], 1));
        assert_eq!(read(b"1234567", 3, 6), (vec!["1!7".into()], 1));
        assert_eq!(read(b"123456\n", 3, 6), (vec!["1:123456".into()], 1));
    }
}
