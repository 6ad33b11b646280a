//! Complaints about one input, kept to a readable number: a garbage file must not fill memory with its own faults.

use crate::shared::diagnostic::Diagnostic;
use std::collections::BTreeMap;

/// Complaints of one code that are kept in full; the rest is counted.
const KEPT_PER_CODE: u64 = 100;

/// Collects diagnostics, at most [`KEPT_PER_CODE`] of each code.
#[derive(Clone, Debug, Default)]
pub struct Complaints {
    kept: Vec<Diagnostic>,
    seen: BTreeMap<String, u64>,
}

impl Complaints {
    pub fn add(&mut self, diagnostic: Diagnostic) {
        let seen = self.seen.entry(diagnostic.code.clone()).or_default();
        *seen = seen.saturating_add(1);
        if *seen <= KEPT_PER_CODE {
            self.kept.push(diagnostic);
        }
    }

    /// A complaint about `line` (1-based).
    pub fn at(&mut self, line: u64, code: &str, text: impl Into<String>) {
        self.add(Diagnostic::at(line, code, text));
    }

    /// The complaints in the order of their lines (those without a line last), then one count per code that had more.
    #[must_use]
    pub fn finish(mut self) -> Vec<Diagnostic> {
        self.kept.sort_by_key(|d| d.line.unwrap_or(u64::MAX));
        for (code, seen) in self.seen.iter().filter(|(_, seen)| **seen > KEPT_PER_CODE) {
            let more = seen.saturating_sub(KEPT_PER_CODE);
            self.kept
                .push(Diagnostic::whole(code, format!("{more} more of these were counted and not listed.")));
        }
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_a_hundred_of_a_code_and_counts_the_rest() {
        let mut complaints = Complaints::default();
        complaints.add(Diagnostic::whole("no-header", "x"));
        for line in (1..=250).rev() {
            complaints.at(line, "broken-line", "x");
        }
        let all = complaints.finish();
        assert_eq!(all.len(), 102);
        assert_eq!(all[0].line, Some(151));
        assert_eq!(all[100].code, "no-header");
        assert_eq!(all[101].text, "150 more of these were counted and not listed.");
    }
}
