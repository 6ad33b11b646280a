//! How many facts are kept, and which go first.

use super::fact::{Fact, Kind, Status};
use super::reading::Reading;
use serde::{Deserialize, Serialize};

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

/// The facts in the order in which they were first said, each with what was read out of it. The readings are not stored
/// and not copied: they are made again when they are needed.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Shelf {
    facts: Vec<Fact>,
    /// In the order of the facts; may be fewer, and is none behind a file.
    #[serde(skip)]
    readings: Vec<Reading>,
}

impl Clone for Shelf {
    fn clone(&self) -> Self {
        Self { facts: self.facts.clone(), readings: Vec::new() }
    }
}

impl PartialEq for Shelf {
    fn eq(&self, other: &Self) -> bool {
        self.facts == other.facts
    }
}

impl Shelf {
    pub(super) fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// The facts with their readings. What is changed of a fact is never its text.
    pub(super) fn read(&mut self) -> impl Iterator<Item = (&mut Fact, &Reading)> {
        self.level();
        self.facts.iter_mut().zip(&self.readings)
    }

    /// Every fact has a reading after this.
    pub(super) fn level(&mut self) {
        self.readings.resize_with(self.facts.len(), Reading::default);
    }

    /// The facts with their readings, as far as [`Self::level`] has gone.
    pub(super) fn known(
        &self,
    ) -> impl DoubleEndedIterator<Item = (usize, &Fact, &Reading)> + ExactSizeIterator {
        self.facts.iter().zip(&self.readings).enumerate().map(|(at, (fact, reading))| (at, fact, reading))
    }

    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut Fact> {
        self.facts.get_mut(at)
    }

    pub(super) fn find_mut(&mut self, id: &str) -> Option<&mut Fact> {
        self.facts.iter_mut().find(|f| f.id == id)
    }

    pub(super) fn push(&mut self, fact: Fact, reading: Reading) {
        self.level();
        self.facts.push(fact);
        self.readings.push(reading);
    }

    /// Takes out the facts of these ids.
    pub(super) fn take_out(&mut self, ids: &[String]) {
        while let Some(at) = self.facts.iter().position(|f| ids.contains(&f.id)) {
            self.remove(at);
        }
    }

    fn remove(&mut self, at: usize) {
        self.facts.remove(at);
        if at < self.readings.len() {
            self.readings.remove(at);
        }
    }

    /// Takes facts out until the limits hold. Over the limit of a kind: of that kind, superseded and done ones first,
    /// then the oldest (of goals the second oldest: the first request stays). Over the limit of all: superseded and done
    /// ones first, then active ones in the reverse order of importance (identifiers, artefacts, preferences, open
    /// questions, todos, decisions, corrections, constraints, goals), each time the oldest.
    pub(super) fn evict(&mut self) {
        for (kind, excess) in self.excesses() {
            for _ in 0..excess {
                self.remove_one(kind);
            }
        }
        while self.facts.len() > MOST_FACTS {
            match self.facts.iter().position(|f| f.status != Status::Active) {
                Some(at) => self.remove(at),
                None => match KINDS.into_iter().find(|k| self.facts.iter().any(|f| f.kind == *k)) {
                    Some(kind) => self.remove_one(kind),
                    None => break,
                },
            }
        }
    }

    /// How many there are of each kind beyond its limit.
    fn excesses(&self) -> [(Kind, usize); KINDS.len()] {
        let mut counts = [0usize; KINDS.len()];
        for fact in &self.facts {
            if let Some(count) = counts.get_mut(fact.kind as usize) {
                *count += 1;
            }
        }
        let excess = |kind| counts.get(kind as usize).map_or(0, |count| count.saturating_sub(most(kind)));
        KINDS.map(|kind| (kind, excess(kind)))
    }

    fn remove_one(&mut self, kind: Kind) {
        let closed = self.facts.iter().position(|f| f.kind == kind && f.status != Status::Active);
        let mut open = self.facts.iter().enumerate().filter(|(_, f)| f.kind == kind).map(|(at, _)| at);
        let first = open.next();
        let oldest = if kind == Kind::Goal { open.next().or(first) } else { first };
        if let Some(at) = closed.or(oldest) {
            self.remove(at);
        }
    }
}

/// The kinds, the least important first.
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
