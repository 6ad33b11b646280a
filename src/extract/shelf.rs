//! How many facts are kept, and which go first.

use super::fact::{Fact, Kind, Status};

/// Facts kept altogether. At 400 characters each, some 200 kB at the very most.
pub const MOST_FACTS: usize = 400;

/// Facts kept of a kind.
#[must_use]
pub fn most(kind: Kind) -> usize {
    match kind {
        Kind::Goal => 12,
        Kind::Constraint | Kind::Decision | Kind::Todo => 64,
        Kind::Correction => 48,
        Kind::OpenQuestion => 24,
        Kind::Preference => 32,
        Kind::Artefact | Kind::Identifier => 96,
    }
}

/// Takes facts out until the limits hold. Over the limit of a kind: of that kind, superseded and done ones first, then
/// the oldest (of goals the second oldest: the first request stays). Over the limit of all: superseded and done ones
/// first, then active ones in the reverse order of importance (identifiers, artefacts, preferences, open questions,
/// todos, decisions, corrections, constraints, goals), each time the oldest.
pub(super) fn evict(facts: &mut Vec<Fact>) {
    const KINDS: [Kind; 9] = [
        Kind::Identifier,
        Kind::Artefact,
        Kind::Preference,
        Kind::OpenQuestion,
        Kind::Todo,
        Kind::Decision,
        Kind::Correction,
        Kind::Constraint,
        Kind::Goal,
    ];
    for kind in KINDS {
        while facts.iter().filter(|f| f.kind == kind).count() > most(kind) {
            remove_one(facts, kind);
        }
    }
    while facts.len() > MOST_FACTS {
        match facts.iter().position(|f| f.status != Status::Active) {
            Some(at) => drop(facts.remove(at)),
            None => match KINDS.into_iter().find(|k| facts.iter().any(|f| f.kind == *k)) {
                Some(kind) => remove_one(facts, kind),
                None => break,
            },
        }
    }
}

fn remove_one(facts: &mut Vec<Fact>, kind: Kind) {
    let closed = facts.iter().position(|f| f.kind == kind && f.status != Status::Active);
    let mut open = facts.iter().enumerate().filter(|(_, f)| f.kind == kind).map(|(at, _)| at);
    let first = open.next();
    let oldest = if kind == Kind::Goal { open.next().or(first) } else { first };
    if let Some(at) = closed.or(oldest) {
        facts.remove(at);
    }
}
