//! What a text must hold to state a fact: read out of the fact once, looked for in many texts.

use super::fact::{Fact, Kind};
use super::fold::fold;
use super::identifiers::identifiers;
use super::negation::negated;
use super::reading::{Words, print, words};
use super::subject::rejected;

#[derive(Debug)]
pub(super) struct Needle {
    pub kind: Kind,
    /// Identifiers and numbers, each to be there exactly.
    pub literals: Box<[String]>,
    /// Content words, each once.
    pub words: Words,
    /// Which way round the fact is, where that matters.
    pub negated: Option<bool>,
}

impl Needle {
    pub(super) fn of(fact: &Fact) -> Self {
        let rejected = if fact.kind == Kind::Correction { rejected(&fact.text) } else { Vec::new() };
        let wrong: Words = rejected.iter().map(|w| print(w)).collect();
        let mut words = words(&fact.text).into_vec();
        words.retain(|w| !wrong.contains(w));
        words.sort_unstable();
        words.dedup();
        let polar = !matches!(fact.kind, Kind::Correction | Kind::Identifier | Kind::OpenQuestion);
        Self {
            kind: fact.kind,
            literals: literals(&fact.text, &wrong),
            words: words.into(),
            negated: polar.then(|| negated(&fold(&fact.text))),
        }
    }
}

/// Identifiers, and numbers of two digits or more, without those that a correction rejects.
fn literals(text: &str, wrong: &[u64]) -> Box<[String]> {
    let mut out = identifiers(text);
    let number = |w: &&str| {
        w.len() >= 2
            && w.starts_with(|c: char| c.is_ascii_digit())
            && w.ends_with(|c: char| c.is_ascii_digit())
    };
    let plain = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).filter(number);
    let inside = out.concat();
    out.extend(plain.filter(|w| !inside.contains(*w)));
    let right = |l: &&str| !words(l).iter().all(|w| wrong.contains(w));
    out.into_iter().filter(right).map(str::to_owned).collect()
}
