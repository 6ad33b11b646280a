//! Why the number changed: a short history per conversation, for `explain`.

use super::occupancy::Occupancy;
use serde::{Deserialize, Serialize};

/// Changes kept; the oldest go first.
const MOST: usize = 16;

/// Why the number of tokens in use became another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The provider reported the first call.
    FirstReport,
    /// A report, near what was expected.
    Reported,
    /// A report that is not what was expected.
    Corrected,
    /// A report below all that was expected: the host had trimmed or cleared old tool results.
    Pruned,
    /// A report that cannot be true: more than the window holds. Nothing stands on it.
    Implausible,
    /// Another model answers: other tokens, another report to stand on.
    ModelSwitch,
    /// The history became another one (compaction, reset, an edit).
    Rewritten,
    /// The whole history was counted.
    Recounted,
    /// The host's own counter was taken over, nothing else being known.
    FromHost,
}

/// One change, or several of the same cause in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub cause: Cause,
    /// Epoch milliseconds of the last of them.
    pub at_ms: i64,
    /// The number before the last of them (of a report: what was expected of it) and after it; `None` where it was not
    /// known.
    pub from: Option<u64>,
    pub to: Option<u64>,
    pub times: u64,
}

/// The last changes, newest last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes(Vec<Change>);

impl Changes {
    /// Adds a change.
    pub fn add(&mut self, at_ms: i64, cause: Cause, from: Occupancy, to: Occupancy) {
        let (from, to) = (from.tokens(), to.tokens());
        if let Some(last) = self.0.last_mut().filter(|last| last.cause == cause) {
            (last.at_ms, last.from, last.to) = (at_ms, from, to);
            last.times = last.times.saturating_add(1);
            return;
        }
        self.0.push(Change { cause, at_ms, from, to, times: 1 });
        let excess = self.0.len().saturating_sub(MOST);
        self.0.drain(..excess);
    }

    /// Oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Change> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_cause_in_a_row_is_one_change_and_the_list_is_bounded() {
        let mut c = Changes::default();
        let known = |tokens| Occupancy::Known { tokens };
        c.add(1, Cause::FirstReport, Occupancy::Unknown, known(10));
        for n in 1..40 {
            c.add(n, Cause::Reported, known(n as u64 * 10), known(n as u64 * 10 + 10));
        }
        let list: Vec<_> = c.iter().cloned().collect();
        assert_eq!(list.len(), 2);
        assert_eq!((list[1].from, list[1].to, list[1].times, list[1].at_ms), (Some(390), Some(400), 39, 39));
        for n in 0..40 {
            c.add(n, if n % 2 == 0 { Cause::Pruned } else { Cause::Reported }, known(2), known(1));
        }
        assert_eq!(c.iter().count(), MOST);
    }
}
