//! Complaints about one input, kept to a readable number: a garbage file must not fill memory with its own faults.

use crate::shared::diagnostic::Diagnostic;
use crate::shared::notice::Complaint;
use std::collections::BTreeMap;

/// Complaints of one code that are kept in full; the rest is counted.
const KEPT_PER_CODE: u64 = 100;

/// Collects diagnostics, at most [`KEPT_PER_CODE`] of each code.
#[derive(Clone, Debug, Default)]
pub struct Complaints {
    kept: Vec<Diagnostic>,
    seen: BTreeMap<&'static str, u64>,
}

impl Complaints {
    pub fn add(&mut self, diagnostic: Diagnostic) {
        let seen = self.seen.entry(diagnostic.code).or_default();
        *seen = seen.saturating_add(1);
        if *seen <= KEPT_PER_CODE {
            self.kept.push(diagnostic);
        }
    }

    /// A complaint about `line` (1-based).
    pub fn at(&mut self, line: u64, complaint: Complaint, values: &[&str]) {
        self.add(Diagnostic::at(line, complaint, values));
    }

    /// The complaints in the order of their lines (those without a line last), then one count per code that had more.
    #[must_use]
    pub fn finish(mut self) -> Vec<Diagnostic> {
        self.kept.sort_by_key(|d| d.line.unwrap_or(u64::MAX));
        for (code, seen) in self.seen.iter().filter(|(_, seen)| **seen > KEPT_PER_CODE) {
            let more = seen.saturating_sub(KEPT_PER_CODE);
            self.kept.push(Diagnostic::more(code, more));
        }
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::language::Language;

    #[test]
    fn keeps_a_hundred_of_a_code_and_counts_the_rest() {
        let mut complaints = Complaints::default();
        complaints.add(Diagnostic::whole(Complaint::BrokenValue, &[]));
        for line in (1..=250).rev() {
            complaints.at(line, Complaint::BrokenLine, &[]);
        }
        let all = complaints.finish();
        assert_eq!(all.len(), 102);
        assert_eq!(all[0].line, Some(151));
        assert_eq!(all[100].code, "broken-value");
        assert_eq!(all[101].code, "broken-line");
        assert_eq!(all[101].text(Language::En), "150 more of these were counted and not listed.");
    }
}
