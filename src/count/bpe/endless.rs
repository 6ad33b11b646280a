//! Pieces that are larger than what memory should hold: counted while they arrive, before it is known where they end.
//!
//! What a piece is shows at its beginning, and how it goes on depends on each next character alone ([`Shape`]). Where it
//! ends may depend on what comes much later, in two cases: capitals behind letters without case belong to their word if
//! a small letter follows, and white space belongs to what is before it if a line break follows. So such a piece is
//! counted both ways until it is known.

use super::scanner::{Kind, Pattern, Scanner};
use super::tally::{Classes, Tally};

/// What a piece is, as far as it was seen, and thereby what it goes on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A word without a small letter so far.
    Capitals,
    /// A word that has a small letter, or in which case plays no part.
    Small,
    Punctuation,
    /// What may follow punctuation within its piece.
    Tail,
    White,
}

/// What a further character is to a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It belongs to it if what comes makes it so.
    On(Shape),
    /// It belongs to it in any case: the piece ends here or later.
    Binds(Shape),
    /// It does not belong to it.
    Ends,
}

/// A piece whose end has not been seen.
#[derive(Debug)]
pub struct Endless {
    shape: Shape,
    /// All of it, as one piece.
    whole: Part,
    /// Where it ends if nothing comes that binds the rest of it.
    end: Option<End>,
}

#[derive(Debug)]
enum End {
    /// At this byte of what is held of the whole.
    Inside(usize),
    /// Before what is held of the whole; so it is counted, and what is behind it is counted as a piece of its own.
    Before(Part, Part),
}

/// A piece or the beginning of one, of which some is counted.
#[derive(Debug)]
struct Part {
    /// Tokens before what is held: what comes cannot change them.
    tokens: u64,
    is_ascii: bool,
    held: Vec<u8>,
    /// Bytes at which it is counted as far as that is possible, and at least how many.
    full: usize,
    limit: usize,
}

impl Endless {
    /// The piece that `text` begins with; `None` if one that begins so is short in any case.
    /// The second number is how many bytes of it are in already.
    pub fn begin<P: Pattern>(text: &[u8], limit: usize) -> Option<(Self, usize)> {
        let (shape, attached) = P::shape(&mut Scanner::new(text))?;
        let held = text.get(..attached).unwrap_or_default().to_vec();
        Some((Self { shape, whole: Part { held, ..Part::new(limit) }, end: None }, attached))
    }

    /// A word that goes on with letters without case, of which what was before is counted.
    pub fn caseless<P: Pattern>(limit: usize) -> Self {
        let whole = Part { is_ascii: false, ..Part::new(limit) };
        Self { shape: P::CASELESS, whole, end: None }
    }

    /// Takes in what belongs to the piece of the `text` that follows, and returns how many bytes that are and whether it
    /// ends there. If so, its tokens are in `sums`.
    pub fn go_on<P: Pattern>(
        &mut self,
        tally: &mut Tally,
        text: &[u8],
        complete: bool,
        sums: &mut Classes,
    ) -> (usize, bool) {
        let mut scanner = Scanner::new(text);
        let Seen { mut at, last, bound, other } = self.look::<P>(&mut scanner);
        let (is_white, mut ends) = (self.shape == Shape::White, other || complete);
        if is_white && bound != Some(at) && (other || !complete) {
            // The last one before what is no white space is left to that.
            at = last;
        }
        let mut end = at;
        if ends && P::CONTRACTIONS && matches!(self.shape, Shape::Capitals | Shape::Small) {
            scanner.reached_end = false;
            end = scanner.contraction(at).unwrap_or(at);
            ends = complete || !scanner.reached_end;
        }
        self.take(tally, text.get(..at).unwrap_or_default(), bound);
        if !ends {
            return (at, false);
        }
        if self.is_bound() || is_white && !other && P::WHOLE_AT_END {
            self.end = None;
        }
        self.append(text.get(at..end).unwrap_or_default());
        self.finish(tally, sums);
        (end, true)
    }

    /// Looks for the end of the piece.
    fn look<P: Pattern>(&mut self, scanner: &mut Scanner<'_>) -> Seen {
        let mut seen = Seen { at: 0, last: 0, bound: None, other: false };
        while let Some((class, next)) = scanner.look(seen.at) {
            match P::step(self.shape, class, scanner.look_byte(seen.at).unwrap_or_default()) {
                Step::On(shape) => self.shape = shape,
                Step::Binds(shape) => (self.shape, seen.bound) = (shape, Some(next)),
                Step::Ends => {
                    seen.other = true;
                    break;
                }
            }
            (seen.last, seen.at) = (seen.at, next);
        }
        seen
    }

    /// Adds what belongs to the piece; what is before `bound` does in any case.
    fn take(&mut self, tally: &mut Tally, text: &[u8], bound: Option<usize>) {
        let before = self.whole.held.len();
        self.append(text);
        if self.shape == Shape::Small {
            self.end = None;
        } else if let Some(bound) = bound {
            self.end = Some(End::Inside(before.saturating_add(bound)));
        }
        if let Some(End::Before(_, rest)) = &mut self.end {
            rest.settle(tally, |_, _, _| {});
        }
        let end = &mut self.end;
        self.whole.settle(tally, |tally, whole, settled| {
            if let Some(End::Inside(at)) = *end {
                *end = Some(match at.checked_sub(settled) {
                    Some(at) => End::Inside(at),
                    None => {
                        let (front, rest) = whole.split(tally, at);
                        End::Before(front, rest)
                    }
                });
            }
        });
    }

    fn append(&mut self, text: &[u8]) {
        self.whole.held.extend_from_slice(text);
        if let Some(End::Before(_, rest)) = &mut self.end {
            rest.held.extend_from_slice(text);
        }
    }

    /// Whether all of it belongs to one piece as it is.
    fn is_bound(&self) -> bool {
        matches!(self.end, Some(End::Inside(at)) if at == self.whole.held.len())
    }

    fn finish(&mut self, tally: &mut Tally, sums: &mut Classes) {
        let is_word = matches!(self.shape, Shape::Capitals | Shape::Small);
        let kind = if is_word { Kind::Word } else { Kind::Other };
        let (front, rest) = match self.end.take() {
            None => return self.whole.add_to(tally, kind, sums),
            Some(End::Inside(at)) => self.whole.split(tally, at),
            Some(End::Before(front, rest)) => (front, rest),
        };
        front.add_to(tally, kind, sums);
        rest.add_to(tally, kind, sums);
    }
}

/// What was seen of a piece in some text.
struct Seen {
    /// Where what belongs to it ends, and where the last character of that begins.
    at: usize,
    last: usize,
    /// Up to here it belongs to it in any case.
    bound: Option<usize>,
    /// Whether something else follows there, and not the end of the text.
    other: bool,
}

impl Part {
    fn new(limit: usize) -> Self {
        Self { tokens: 0, is_ascii: true, held: Vec::new(), full: limit, limit }
    }

    /// Counts what no text to come can change, once enough is held; `before` is called with how many bytes that are.
    fn settle(&mut self, tally: &mut Tally, before: impl FnOnce(&mut Tally, &Self, usize)) {
        if self.held.len() < self.full {
            return;
        }
        if let Some((settled, tokens)) = tally.settle(&self.held) {
            before(tally, self, settled);
            self.is_ascii &= self.held.get(..settled).is_none_or(<[u8]>::is_ascii);
            self.tokens = self.tokens.saturating_add(tokens);
            self.held.drain(..settled);
        }
        self.full = self.held.len().saturating_mul(2).max(self.limit);
    }

    /// What is before the byte `at` of what is held, counted, and the rest as a piece of its own.
    fn split(&self, tally: &mut Tally, at: usize) -> (Self, Self) {
        let (front, rest) = self.held.split_at_checked(at).unwrap_or_default();
        let tokens = self.tokens.saturating_add(tally.piece(front, 0, front.len()));
        let is_ascii = self.is_ascii && front.is_ascii();
        let front = Self { tokens, is_ascii, ..Self::new(self.limit) };
        (front, Self { held: rest.to_vec(), ..Self::new(self.limit) })
    }

    fn add_to(&self, tally: &mut Tally, kind: Kind, sums: &mut Classes) {
        let tokens = self.tokens.saturating_add(tally.piece(&self.held, 0, self.held.len()));
        if self.is_ascii && self.held.is_ascii() {
            sums.add(kind, tokens);
        } else {
            sums.non_ascii = sums.non_ascii.saturating_add(tokens);
        }
    }
}
