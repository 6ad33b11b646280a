//! The way through a text: piece by piece, each at the cost of what it is.

use super::block::{self, Block, Bytes};
use super::character::Class;
use super::endless::Endless;
use super::scanner::{Pattern, Scanner};
use super::starts::{Starts, Sums};
use super::tally::{Classes, Tally};
use super::utf8;

/// Where counting a text in parts has stopped.
#[derive(Debug, Default)]
pub enum Stopped {
    /// Between two pieces.
    #[default]
    Between,
    /// Inside a word that so far has nothing but letters without case (after at most one other character), before such
    /// a letter, at a place that no token spans: so no such piece has to be held in memory as a whole.
    InCaselessWord,
    /// Inside a piece that is too large to be held until its end is there.
    Inside(Box<Endless>),
}

/// What comes behind a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coming {
    /// This is the end.
    Nothing,
    /// Perhaps more. Of a piece whose end is not there, no more than about `limit` bytes are to be held.
    More { limit: usize },
}

/// How a stretch of letters without case ends.
enum Stretch {
    /// Here, and the piece with it. It has so many tokens.
    Ends(usize, u64),
    /// With the text. Up to this place there are so many tokens, and none spans it.
    Cut(usize, u64),
    /// Not at all, or in something that does not decide whether the piece ends as well.
    Undecided,
}

impl Tally {
    /// Counts the pieces of `text`, which is UTF-8, into `classes`, and returns where the first uncounted one begins:
    /// the end if nothing comes, else the first piece that text to come could still change, or a place inside it.
    pub fn add<P: Pattern>(
        &mut self,
        text: &[u8],
        coming: Coming,
        stopped: &mut Stopped,
        classes: &mut Classes,
    ) -> usize {
        let mut at = match stopped {
            Stopped::Inside(_) => self.endless::<P>(text, coming, stopped, classes),
            _ => 0,
        };
        if !matches!(stopped, Stopped::Inside(_)) {
            at = self.pieces::<P>(text, at, coming == Coming::Nothing, stopped, classes);
        }
        match coming {
            Coming::More { limit } if text.len().saturating_sub(at) >= limit => {
                let rest = text.get(at..).unwrap_or_default();
                at.saturating_add(self.begin_endless::<P>(rest, limit, stopped, classes))
            }
            _ => at,
        }
    }

    // A function for each pattern: engines optimise one sooner than two in one.
    #[inline(never)]
    fn pieces<P: Pattern>(
        &mut self,
        text: &[u8],
        mut at: usize,
        complete: bool,
        stopped: &mut Stopped,
        classes: &mut Classes,
    ) -> usize {
        let mut sums = *classes;
        if matches!(stopped, Stopped::InCaselessWord) {
            at = self.rest_of_word::<P>(text, complete, stopped, &mut sums);
        }
        let behind = behind(text, complete);
        while matches!(stopped, Stopped::Between) && at < text.len() {
            let length = self.block::<P>(text, at, behind, &mut sums);
            if length > 0 {
                at = at.wrapping_add(length);
                continue;
            }
            match self.any_piece::<P>(text, at, complete, stopped, &mut sums) {
                Some(end) => at = end,
                None => break,
            }
        }
        *classes = sums;
        at
    }

    /// Begins a piece at the beginning of `text` that is as large as it is already, and goes on in it.
    #[cold]
    fn begin_endless<P: Pattern>(
        &mut self,
        text: &[u8],
        limit: usize,
        stopped: &mut Stopped,
        sums: &mut Classes,
    ) -> usize {
        let begun = match stopped {
            Stopped::InCaselessWord => Some((Endless::caseless::<P>(limit), 0)),
            _ => Endless::begin::<P>(text, limit),
        };
        let Some((endless, at)) = begun else {
            return 0;
        };
        *stopped = Stopped::Inside(Box::new(endless));
        let rest = text.get(at..).unwrap_or_default();
        at.saturating_add(self.endless::<P>(rest, Coming::More { limit }, stopped, sums))
    }

    /// Goes on in a piece that [`Stopped::Inside`] was said of, and returns how far.
    #[cold]
    fn endless<P: Pattern>(
        &mut self,
        text: &[u8],
        coming: Coming,
        stopped: &mut Stopped,
        sums: &mut Classes,
    ) -> usize {
        let Stopped::Inside(endless) = stopped else {
            return 0;
        };
        let (at, has_ended) = endless.go_on::<P>(self, text, coming == Coming::Nothing, sums);
        if has_ended {
            *stopped = Stopped::Between;
        }
        at
    }

    /// Counts the pieces from `at` on that a block decides, and returns how many bytes they have.
    #[inline(always)]
    fn block<P: Pattern>(&mut self, text: &[u8], at: usize, behind: u8, sums: &mut Classes) -> usize {
        let rest = text.get(at..).unwrap_or_default();
        if rest.iter().take(2).any(|byte| !byte.is_ascii()) {
            return 0;
        }
        let copy;
        let bytes: &Bytes = match rest.first_chunk() {
            Some(bytes) => bytes,
            None => {
                copy = block::padded(rest, behind);
                &copy
            }
        };
        let starts = Starts::of::<P>(&Block::of(bytes), bytes);
        let (mut begin, mut ends, mut tokens) =
            (0u32, starts.all & starts.all.wrapping_sub(1), Sums::default());
        while ends != 0 {
            let end = ends.trailing_zeros();
            ends &= ends.wrapping_sub(1);
            let from = begin as usize & 63;
            let first = bytes.get(from..).and_then(|rest| rest.first_chunk()).unwrap_or(&[0; 16]);
            let length = end.wrapping_sub(begin) as usize;
            tokens.add(self.part(first, text, at.wrapping_add(from), length), starts.shift(begin));
            begin = end;
        }
        tokens.add_to(sums);
        begin as usize
    }

    /// Counts the piece at `at`, and returns its end or the place inside it where counting stopped; `None` if text to
    /// come could change it.
    #[inline]
    fn any_piece<P: Pattern>(
        &mut self,
        text: &[u8],
        at: usize,
        complete: bool,
        stopped: &mut Stopped,
        sums: &mut Classes,
    ) -> Option<usize> {
        match self.caseless_word::<P>(text, at, complete) {
            Stretch::Ends(end, tokens) => {
                sums.non_ascii = sums.non_ascii.wrapping_add(tokens);
                return Some(end);
            }
            Stretch::Cut(end, tokens) if end > at => {
                sums.non_ascii = sums.non_ascii.wrapping_add(tokens);
                *stopped = Stopped::InCaselessWord;
                return Some(end);
            }
            _ => {}
        }
        let mut scanner = Scanner::new(text);
        let piece = P::piece(&mut scanner, at)?;
        if scanner.reached_end && !complete {
            return None;
        }
        let tokens = self.piece(text, at, piece.end);
        if text.get(at..piece.end).is_some_and(<[u8]>::is_ascii) {
            sums.add(piece.kind, tokens);
        } else {
            sums.non_ascii = sums.non_ascii.wrapping_add(tokens);
        }
        Some(piece.end)
    }

    /// Goes on in a word at whose place [`Stopped::InCaselessWord`] was said, and returns how far.
    fn rest_of_word<P: Pattern>(
        &mut self,
        text: &[u8],
        complete: bool,
        stopped: &mut Stopped,
        sums: &mut Classes,
    ) -> usize {
        let Some((first, width)) = utf8::first(text) else {
            return 0;
        };
        let (end, tokens) = match self.stretch::<P>(text, 0, width, first, complete) {
            Stretch::Cut(end, tokens) => {
                sums.non_ascii = sums.non_ascii.wrapping_add(tokens);
                return end;
            }
            Stretch::Ends(end, tokens) => (end, tokens),
            Stretch::Undecided => {
                let mut scanner = Scanner::new(text);
                let end = P::rest_of_word(&mut scanner, 0);
                if scanner.reached_end && !complete {
                    return 0;
                }
                (end, self.piece(text, 0, end))
            }
        };
        sums.non_ascii = sums.non_ascii.wrapping_add(tokens);
        *stopped = Stopped::Between;
        end
    }

    /// The piece at `start`, if it is a word of letters without case (Han, say) after at most one other character.
    #[inline]
    fn caseless_word<P: Pattern>(&mut self, text: &[u8], start: usize, complete: bool) -> Stretch {
        let Some((first, width)) = text.get(start..).and_then(utf8::first) else {
            return Stretch::Undecided;
        };
        let after = start.wrapping_add(width);
        if !is_han(first) {
            let begins = match Class::of(first) {
                Class::Either => true,
                Class::Space | Class::Other => {
                    let second = text.get(after..).and_then(utf8::first);
                    second.is_some_and(|(second, _)| is_han(second) || Class::of(second) == Class::Either)
                }
                _ => false,
            };
            if !begins {
                return Stretch::Undecided;
            }
        }
        self.stretch::<P>(text, start, after, first, complete)
    }

    /// Goes through letters without case from `at` on. The part that is not counted yet begins at `segment`, and `left`
    /// is the character before `at`.
    ///
    /// Each character is looked at once: for its class and for whether a token spans the boundary before it.
    #[inline]
    fn stretch<P: Pattern>(
        &mut self,
        text: &[u8],
        mut segment: usize,
        mut at: usize,
        mut left: u32,
        complete: bool,
    ) -> Stretch {
        let mut tokens = 0u64;
        loop {
            let Some((right, width)) = text.get(at..).and_then(utf8::first) else {
                if !complete {
                    return Stretch::Cut(segment, tokens);
                }
                break;
            };
            if !is_han(right) {
                let class = Class::of(right);
                if !P::goes_on(class) {
                    if !P::ends(class, right) {
                        return Stretch::Undecided;
                    }
                    break;
                }
            }
            let before = text.get(at.wrapping_sub(1)).copied().unwrap_or_default();
            let first = text.get(at).copied().unwrap_or_default();
            if !self.vocabulary.cuts.spans(left, right, before, first) {
                tokens = tokens.wrapping_add(self.segment(text, segment, at, left));
                segment = at;
            }
            left = right;
            at = at.wrapping_add(width);
        }
        Stretch::Ends(at, tokens.wrapping_add(self.segment(text, segment, at, left)))
    }
}

/// Han characters of the basic plane: letters without case, all of them.
#[inline]
fn is_han(point: u32) -> bool {
    (0x4e00..=0x9fff).contains(&point)
}

/// What to see behind the end of `text`: a space where that decides its last pieces as the end does. It does not for
/// white space, nor for what is not ASCII.
#[inline]
fn behind(text: &[u8], complete: bool) -> u8 {
    match text.last() {
        Some(0x21..0x80) if complete => b' ',
        _ => 0x80,
    }
}
