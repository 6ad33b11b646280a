//! Whether a text still states a fact.
//!
//! The measure. A fact is stated by a passage (one to three neighbouring sentences) when: every identifier and number of
//! the fact is in the text exactly (hex digits in either case); at least [`ENOUGH`] percent of its content words (stems
//! and Han pairs) are in the passage ([`ENOUGH_APART`] where it takes more than one sentence), all of them where there
//! are one or two; and the passage does not turn it round,
//! that is, the clauses that hold those words are negated exactly when the fact is. A correction needs its right values
//! only: what it rejects may be gone. An artefact is its path.

use super::fact::{Fact, Kind};
use super::fold::{content, coverage, fold, plain};
use super::identifiers::identifiers;
use super::subject::rejected;
use super::{phrases_en as en, phrases_zh as zh};

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
pub struct Haystack {
    lower: String,
    raw: String,
    sentences: Vec<Passage>,
}

#[derive(Debug)]
struct Passage {
    words: Vec<String>,
    clauses: Vec<(Vec<String>, bool)>,
}

impl Haystack {
    #[must_use]
    pub fn new(text: &str) -> Self {
        let sentences =
            text.split_inclusive(['\n', '。', '！', '？', '；', '!', '?', ';']).flat_map(full_stops);
        let sentences = sentences.map(Passage::new).filter(|p| !p.words.is_empty()).collect();
        Self { lower: text.to_lowercase(), raw: text.to_owned(), sentences }
    }

    /// Whether the text still states `fact`.
    #[must_use]
    pub fn states(&self, fact: &Fact) -> bool {
        let wrong = if fact.kind == Kind::Correction { rejected(&fact.text) } else { Vec::new() };
        let literals = literals(&fact.text, &wrong);
        if !literals.iter().all(|l| self.holds(l)) {
            return false;
        }
        if fact.kind == Kind::Artefact {
            return !literals.is_empty() || self.raw.contains(fact.text.as_str());
        }
        let mut words = content(&fact.text);
        words.retain(|w| !wrong.contains(w));
        words.sort();
        words.dedup();
        if words.is_empty() {
            return !literals.is_empty() || normalise(&self.raw).contains(&normalise(&fact.text));
        }
        let negated = fact.kind != Kind::Correction && negated(&fold(&fact.text));
        let polar = !matches!(fact.kind, Kind::Correction | Kind::Identifier | Kind::OpenQuestion);
        (1..=PASSAGE).any(|n| {
            self.sentences.windows(n).any(|p| matches(p, &words, fact.kind, polar.then_some(negated)))
        })
    }

    /// The literal, not as a piece of a longer one; hex in either case.
    fn holds(&self, literal: &str) -> bool {
        let hex = literal.len() >= 7 && literal.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        let low = literal.to_lowercase();
        let (text, needle) = if hex { (&self.lower, low.as_str()) } else { (&self.raw, literal) };
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

/// Identifiers, and numbers of two digits or more, without those that a correction rejects.
fn literals<'a>(text: &'a str, wrong: &[String]) -> Vec<&'a str> {
    let mut out = identifiers(text);
    let number = |w: &&str| {
        w.len() >= 2
            && w.starts_with(|c: char| c.is_ascii_digit())
            && w.ends_with(|c: char| c.is_ascii_digit())
    };
    let plain = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).filter(number);
    let inside = out.concat();
    out.extend(plain.filter(|w| !inside.contains(*w)));
    out.retain(|l| !content(l).iter().all(|w| wrong.contains(w)));
    out
}

/// A sentence also ends at a full stop with a blank after it.
fn full_stops(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(". ")
}

impl Passage {
    fn new(sentence: &str) -> Self {
        let parts = sentence.split([',', '，', '(', '（', '—']);
        let clauses = parts.map(|c| (content(c), negated(&fold(c)))).filter(|(w, _)| !w.is_empty()).collect();
        Self { words: content(sentence), clauses }
    }
}

fn matches(passage: &[Passage], words: &[String], kind: Kind, negated: Option<bool>) -> bool {
    let found: Vec<String> = passage.iter().flat_map(|p| p.words.iter().cloned()).collect();
    let least = match (kind, words.len()) {
        (Kind::Identifier, _) => ENOUGH_CONTEXT,
        (_, 1 | 2) => 100,
        _ if passage.len() > 1 => ENOUGH_APART,
        _ => ENOUGH,
    };
    if coverage(words, &found) < least {
        return false;
    }
    let Some(negated) = negated else { return true };
    // The clause that says most of it tells which way round it is.
    let mut best = (0, negated);
    for (said, turned) in passage.iter().flat_map(|p| &p.clauses) {
        let share = coverage(words, said);
        if share > best.0 {
            best = (share, *turned);
        }
    }
    best.1 == negated
}

/// Whether a folded clause is turned round: an odd number of negators.
pub(super) fn negated(folded: &str) -> bool {
    let mut han = folded.to_owned();
    for word in zh::NOT_NEGATORS {
        han = han.replace(word, " ");
    }
    let english: usize = en::NEGATORS.iter().map(|n| folded.matches(&format!(" {n} ")).count()).sum();
    let chinese: usize = zh::NEGATORS.iter().map(|n| han.matches(n).count()).sum();
    (english + chinese) % 2 == 1
}
