//! Whether a text still states a fact.
//!
//! The measure. A fact is stated by a passage (one to three neighbouring sentences) when: every identifier and number of
//! the fact is in the text exactly (hex digits in either case); at least [`ENOUGH`] percent of its content words (stems
//! and Han pairs) are in the passage ([`ENOUGH_APART`] where it takes more than one sentence), all of them where there
//! are one or two; and the passage does not turn it round,
//! that is, the clauses that hold those words are negated exactly when the fact is. A correction needs its right values
//! only: what it rejects may be gone. An artefact is its path.

use super::fact::{Fact, Kind};
use super::fold::{each_content, fold, folded_into, plain};
use super::needle::Needle;
use super::negation::negated;
use super::reading::{Words, coverage, print};
use std::cell::OnceCell;
use std::ops::Range;

/// Percent of the content words that must be there, and of an identifier's context.
const ENOUGH: usize = 60;
const ENOUGH_APART: usize = 80;
const ENOUGH_CONTEXT: usize = 34;
/// Longest passage, in sentences.
const PASSAGE: usize = 3;

/// `text` in the form two statements are compared in: lower case, full-width ASCII as ASCII, runs of blanks and of
/// punctuation as one blank.
#[must_use]
pub fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().map(plain).flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// A text that is asked about many facts: read once.
#[derive(Debug)]
pub struct Haystack<'a> {
    raw: &'a str,
    lower: OnceCell<String>,
    sentences: Vec<Passage<'a>>,
    /// The words of all sentences, one sentence behind the other.
    said: Vec<u64>,
    /// The same, each once and in order.
    words: Words,
}

#[derive(Debug)]
struct Passage<'a> {
    text: &'a str,
    /// Where its words stand among those of all.
    words: Range<usize>,
    clauses: OnceCell<Vec<(Words, bool)>>,
}

impl<'a> Haystack<'a> {
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        let sentences =
            text.split_inclusive(['\n', '。', '！', '？', '；', '!', '?', ';']).flat_map(full_stops);
        let (mut said, mut room) = (Vec::new(), String::new());
        let read = sentences.map(|sentence| {
            let from = said.len();
            let folded = folded_into(sentence, std::mem::take(&mut room)).text;
            each_content(&folded, |word| said.push(print(word)));
            room = folded;
            Passage { text: sentence, words: from..said.len(), clauses: OnceCell::new() }
        });
        let sentences = read.filter(|p| !p.words.is_empty()).collect();
        let mut words = said.clone();
        words.sort_unstable();
        words.dedup();
        Self { raw: text, lower: OnceCell::new(), sentences, said, words: words.into() }
    }

    /// Whether the text still states `fact`.
    #[must_use]
    pub fn states(&self, fact: &Fact) -> bool {
        self.holds(fact, &Needle::of(fact))
    }

    /// The same where it is known what to look for.
    pub(super) fn holds(&self, fact: &Fact, needle: &Needle) -> bool {
        if fact.kind == Kind::Artefact {
            return self.has_literals(needle)
                && (!needle.literals.is_empty() || self.raw.contains(fact.text.as_str()));
        }
        if needle.words.is_empty() {
            return self.has_literals(needle)
                && (!needle.literals.is_empty() || normalise(self.raw).contains(&normalise(&fact.text)));
        }
        // No passage has more of the words than the whole text.
        let common = needle.words.iter().filter(|w| self.words.binary_search(w).is_ok()).count();
        common * 100 / needle.words.len() >= least(needle, 1)
            && self.has_literals(needle)
            && (1..=PASSAGE).any(|n| self.sentences.windows(n).any(|p| self.matches(p, needle)))
    }

    fn matches(&self, passage: &[Passage<'_>], needle: &Needle) -> bool {
        let (Some(first), Some(last)) = (passage.first(), passage.last()) else { return false };
        let said = self.said.get(first.words.start..last.words.end).unwrap_or_default();
        let common = needle.words.iter().filter(|word| said.contains(word)).count();
        if common * 100 / needle.words.len().max(1) < least(needle, passage.len()) {
            return false;
        }
        let Some(negated) = needle.negated else { return true };
        // The clause that says most of it tells which way round it is.
        let mut best = (0, negated);
        for (said, turned) in passage.iter().flat_map(Passage::clauses) {
            let share = coverage(&needle.words, said);
            if share > best.0 {
                best = (share, *turned);
            }
        }
        best.1 == negated
    }

    fn has_literals(&self, needle: &Needle) -> bool {
        needle.literals.iter().all(|literal| self.has_literal(literal))
    }

    /// The literal, not as a piece of a longer one; hex in either case.
    fn has_literal(&self, literal: &str) -> bool {
        let hex = literal.len() >= 7 && literal.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        let low = literal.to_lowercase();
        let (text, needle) = if hex {
            (self.lower.get_or_init(|| self.raw.to_lowercase()).as_str(), low.as_str())
        } else {
            (self.raw, literal)
        };
        text.match_indices(needle).any(|(at, _)| {
            let before = text.get(..at).and_then(|t| t.chars().next_back());
            let after = text.get(at + needle.len()..).unwrap_or_default();
            let joined = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let longer = after.starts_with(joined)
                || after.starts_with(['.', '-', ':', '/']) && after.chars().nth(1).is_some_and(joined);
            !before.is_some_and(|c| joined(c) || c == '.' && needle.starts_with(|c: char| c.is_ascii_digit()))
                && !longer
        })
    }
}

/// Whether `haystack` (a summary, a message) still states `fact`. For many facts build one [`Haystack`].
#[must_use]
pub fn states(haystack: &str, fact: &Fact) -> bool {
    Haystack::new(haystack).states(fact)
}

/// A sentence also ends at a full stop with a blank after it.
fn full_stops(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(". ")
}

impl Passage<'_> {
    /// The words of each clause, and whether it is turned round.
    fn clauses(&self) -> &[(Words, bool)] {
        self.clauses.get_or_init(|| {
            let parts = self.text.split([',', '，', '(', '（', '—']).map(fold);
            let read = parts.map(|folded| {
                let mut words = Vec::new();
                each_content(&folded, |word| words.push(print(word)));
                (Words::from(words), negated(&folded))
            });
            read.filter(|(words, _)| !words.is_empty()).collect()
        })
    }
}

/// Percent of the needle's words that a passage of so many sentences has to have.
fn least(needle: &Needle, sentences: usize) -> usize {
    match (needle.kind, needle.words.len()) {
        (Kind::Identifier, _) => ENOUGH_CONTEXT,
        (_, 1 | 2) => 100,
        _ if sentences > 1 => ENOUGH_APART,
        _ => ENOUGH,
    }
}
