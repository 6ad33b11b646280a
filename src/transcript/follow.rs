//! Second reading of a stored session: the lines of the active branch, one by one.

use super::complaints::Complaints;
use super::line::{self, Line, Unreadable};
use super::scan::{self, Plan};
use super::split::{Raw, Split};
use crate::shared::diagnostic::Diagnostic;
use crate::shared::notice::Complaint;
use std::collections::BTreeMap;

/// Most bytes held back for lines that stand before their turn; beyond it the earliest of them go out of turn.
pub const HELD_BYTES: usize = 64 << 20;
/// Levels a row may be nested: serde_json's own limit.
const DEEPEST_ROW: usize = 128;

/// Takes the same bytes as [`scan::Scan`], in pieces of any size, and gives the header and then the branch in its
/// order. A file in order streams; of a reordered one the lines before their turn are held, up to [`HELD_BYTES`].
#[derive(Clone, Debug)]
pub struct Follow {
    split: Split,
    turns: Turns,
}

#[derive(Clone, Debug)]
struct Turns {
    header: Option<u64>,
    /// Lines of the branch in the order of the file, with their place on the branch.
    order: Vec<(u32, u32)>,
    at: usize,
    /// Place whose turn it is.
    next: u32,
    held: BTreeMap<u32, (u64, Vec<u8>)>,
    held_bytes: usize,
    most_held: usize,
    complaints: Complaints,
}

impl Follow {
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        Self::holding(plan, HELD_BYTES)
    }

    /// As [`Follow::new`] with another limit of held bytes.
    #[must_use]
    pub fn holding(plan: &Plan, most_held: usize) -> Self {
        let mut order: Vec<(u32, u32)> = plan.branch().map(|line| line as u32).zip(0..).collect();
        order.sort_unstable();
        let turns = Turns {
            header: plan.header,
            order,
            at: 0,
            next: 0,
            held: BTreeMap::new(),
            held_bytes: 0,
            most_held,
            complaints: Complaints::default(),
        };
        Self { split: Split::default(), turns }
    }

    pub fn push(&mut self, chunk: &[u8], mut sink: impl FnMut(Line)) {
        let Self { split, turns } = self;
        split.push(chunk, &mut |raw| turns.take(raw, &mut sink));
    }

    /// The last lines, and what this reading found beyond the first.
    #[must_use]
    pub fn finish(mut self, mut sink: impl FnMut(Line)) -> Vec<Diagnostic> {
        let Self { split, turns } = &mut self;
        split.finish(&mut |raw| turns.take(raw, &mut sink));
        for (number, bytes) in std::mem::take(&mut turns.held).into_values() {
            turns.give(number, &bytes, &mut sink);
        }
        self.turns.complaints.finish()
    }
}

impl Turns {
    fn take(&mut self, raw: Raw<'_>, sink: &mut impl FnMut(Line)) {
        let Raw::Line { number, bytes, .. } = raw else {
            return;
        };
        if self.header == Some(number) {
            self.read(number, bytes, |turns, whole| turns.give(number, whole, sink));
            return;
        }
        let Some((line, place)) = self.order.get(self.at).copied() else {
            return;
        };
        if u64::from(line) != number {
            return;
        }
        self.at += 1;
        self.read(number, bytes, |turns, whole| {
            if place > turns.next {
                turns.hold(place, number, whole, sink);
            } else {
                turns.give(number, whole, sink);
            }
        });
        if place == self.next {
            self.next = self.next.saturating_add(1);
            self.give_held(sink);
        }
    }

    fn read(&mut self, number: u64, raw: &[u8], then: impl FnOnce(&mut Self, &[u8])) {
        match scan::row(raw) {
            Some((bytes, ..)) => then(self, &bytes),
            None => self.complaints.at(number, Complaint::ChangedFile, &[]),
        }
    }

    fn hold(&mut self, place: u32, number: u64, bytes: &[u8], sink: &mut impl FnMut(Line)) {
        self.held_bytes = self.held_bytes.saturating_add(bytes.len());
        self.held.insert(place, (number, bytes.to_vec()));
        while self.held_bytes > self.most_held {
            let Some((place, (number, bytes))) = self.held.pop_first() else {
                return;
            };
            self.held_bytes = self.held_bytes.saturating_sub(bytes.len());
            self.complaints.at(number, Complaint::OutOfTurn, &[]);
            self.give(number, &bytes, sink);
            self.next = place.saturating_add(1);
        }
        self.give_held(sink);
    }

    /// The held lines whose turn has come.
    fn give_held(&mut self, sink: &mut impl FnMut(Line)) {
        while let Some((number, bytes)) = self.held.remove(&self.next) {
            self.held_bytes = self.held_bytes.saturating_sub(bytes.len());
            self.give(number, &bytes, sink);
            self.next = self.next.saturating_add(1);
        }
    }

    fn give(&mut self, number: u64, bytes: &[u8], sink: &mut impl FnMut(Line)) {
        match line::parse(number, bytes) {
            Ok(line) => sink(line),
            Err(Unreadable::TooDeep) => {
                self.complaints.at(number, Complaint::TooDeep, &[&DEEPEST_ROW.to_string()]);
            }
            Err(Unreadable::Broken) => {
                self.complaints.at(number, Complaint::BrokenRow, &[]);
            }
        }
    }
}
