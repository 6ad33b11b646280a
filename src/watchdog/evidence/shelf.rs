//! Files of one incident, bounded each and together.

use super::clean;
use crate::watchdog::place::{make_dir, write_whole};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Most of one file, and of all files of an incident.
pub const MOST_FILE: usize = 262_144;
pub const MOST_INCIDENT: u64 = 3_000_000;

/// A file that was kept, or why it was not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    pub name: String,
    pub bytes: u64,
    /// Something was cut off.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
    /// Empty where it was kept.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why_not: String,
}

/// Something that was found, before it is redacted and bounded; or why it could not be had.
#[derive(Debug)]
pub struct Item {
    pub name: String,
    pub found: Found,
}

/// What there is of it.
#[derive(Debug)]
pub enum Found {
    Json(Value),
    /// A text, and whether it is only the end of one.
    Text(String, bool),
    Missing(String),
}

impl Item {
    #[must_use]
    pub fn json(name: &str, value: Value) -> Self {
        Self { name: name.to_owned(), found: Found::Json(value) }
    }

    #[must_use]
    pub fn text(name: &str, text: String, cut: bool) -> Self {
        Self { name: name.to_owned(), found: Found::Text(text, cut) }
    }

    #[must_use]
    pub fn missing(name: &str, why: &str) -> Self {
        Self { name: name.to_owned(), found: Found::Missing(why.to_owned()) }
    }
}

/// Where the files of one act go.
#[derive(Debug)]
pub struct Shelf {
    dir: PathBuf,
    prefix: String,
    left: u64,
    pub kept: Vec<Kept>,
}

impl Shelf {
    /// `prefix`: the act, e.g. `restart-1`.
    #[must_use]
    pub fn new(dir: &Path, prefix: &str) -> Self {
        let used: u64 = fs::read_dir(dir)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|e| e.metadata().ok())
            .map(|m| m.len())
            .sum();
        Self {
            dir: dir.to_owned(),
            prefix: prefix.to_owned(),
            left: MOST_INCIDENT.saturating_sub(used),
            kept: Vec::new(),
        }
    }

    /// Keeps it, redacted and bounded.
    pub fn keep(&mut self, item: Item) {
        match item.found {
            Found::Json(value) => self.json(&item.name, value),
            Found::Text(text, cut) => self.text(&item.name, &text, cut),
            Found::Missing(why) => self.missing(&item.name, &why),
        }
    }

    /// Keeps a JSON value, redacted. One that is too large is named and not kept: half of it would be no JSON.
    pub fn json(&mut self, name: &str, value: Value) {
        let text = serde_json::to_string_pretty(&clean::value(value)).unwrap_or_default() + "\n";
        if text.len() > MOST_FILE {
            self.missing(name, "too large");
            return;
        }
        self.put(name, text.as_bytes(), false);
    }

    /// Keeps the last lines of a text, redacted.
    pub fn text(&mut self, name: &str, text: &str, already_cut: bool) {
        let clean = clean::lines(text);
        let skip = clean.len().saturating_sub(MOST_FILE);
        let end = clean.as_bytes().get(skip..).unwrap_or_default();
        // From the first whole line on.
        let at = if skip == 0 { 0 } else { end.iter().position(|b| *b == b'\n').map_or(0, |at| at + 1) };
        self.put(name, end.get(at..).unwrap_or_default(), already_cut || skip > 0);
    }

    /// Says that something could not be had.
    pub fn missing(&mut self, name: &str, why: &str) {
        let why_not = crate::shared::redact::redact(why).chars().take(300).collect();
        self.kept.push(Kept { name: self.name(name), why_not, ..Kept::default() });
    }

    fn put(&mut self, name: &str, bytes: &[u8], cut: bool) {
        let length = bytes.len() as u64;
        if length > self.left {
            self.missing(name, "no room left for this incident");
            return;
        }
        let file = self.name(name);
        match make_dir(&self.dir).and_then(|()| write_whole(&self.dir.join(&file), bytes)) {
            Ok(()) => {
                self.left -= length;
                self.kept.push(Kept { name: file, bytes: length, cut, why_not: String::new() });
            }
            Err(e) => self.missing(name, &e.to_string()),
        }
    }

    fn name(&self, name: &str) -> String {
        format!("{}.{name}", self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_bounded_each_and_together() {
        let dir = tempfile::tempdir().unwrap();
        let line = format!("{}\n", "x".repeat(99));
        let mut shelf = Shelf::new(dir.path(), "restart-1");
        for n in 0..20 {
            shelf.text(&format!("log-{n}"), &line.repeat(4_000), false);
        }
        let total: u64 =
            fs::read_dir(dir.path()).unwrap().flatten().map(|e| e.metadata().unwrap().len()).sum();
        assert!(total <= MOST_INCIDENT && total > MOST_INCIDENT / 2, "{total}");
        assert!(
            shelf.kept[0].cut
                && shelf.kept[0].bytes <= MOST_FILE as u64
                && shelf.kept[0].bytes.is_multiple_of(100)
        );
        assert!(shelf.kept.last().unwrap().why_not.contains("no room"));
        let again = Shelf::new(dir.path(), "restart-2");
        assert!(again.left < MOST_FILE as u64, "what is there counts");
        let mut shelf = Shelf::new(&dir.path().join("other"), "a");
        shelf.json("big", Value::String("x".repeat(MOST_FILE)));
        assert_eq!(shelf.kept[0].why_not, "too large");
    }
}
