//! Why ASM did what it did, and why it did not: a short, bounded history for `explain`.

use serde::{Deserialize, Serialize};

/// Entries kept; the oldest go first.
pub const MOST_ENTRIES: usize = 200;

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// RFC 3339 UTC.
    pub at: String,
    pub session_key: String,
    /// Stable kebab-case name, e.g. `saved`, `note-skipped`.
    pub code: String,
    /// Figures and reason, for a person.
    pub text: String,
}

/// Adds an entry, dropping the oldest beyond the bound. The same code and text for the same session in a row is one
/// entry, with the newest time.
pub fn add(ledger: &mut Vec<Entry>, entry: Entry) {
    if let Some(last) = ledger.last_mut()
        && (&last.session_key, &last.code, &last.text) == (&entry.session_key, &entry.code, &entry.text)
    {
        last.at = entry.at;
        return;
    }
    ledger.push(entry);
    let excess = ledger.len().saturating_sub(MOST_ENTRIES);
    ledger.drain(..excess);
}
