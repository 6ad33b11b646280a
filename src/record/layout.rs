//! How a persisted shape is laid out: a line for each member down to where the lists of small things are, and a line for
//! each of those things. A person reads it and compares two versions line by line; indenting each of thousands of small
//! members took more time than all else in writing a record.

use serde_json::ser::Formatter;
use std::io::{Result, Write};

/// Containers inside containers that are spread over lines: record, generations, generation, its memory, the facts.
const SPREAD: usize = 5;

/// Line breaks with their indentation, by depth.
const BREAK: &[u8] = b"\n            ";

/// The layout; state of one writer.
#[derive(Default)]
pub(super) struct Layout {
    depth: usize,
    /// Whether the container being written has a value already.
    filled: bool,
}

impl Layout {
    fn open<W: Write + ?Sized>(&mut self, out: &mut W, bracket: &[u8]) -> Result<()> {
        self.depth = self.depth.saturating_add(1);
        self.filled = false;
        out.write_all(bracket)
    }

    fn close<W: Write + ?Sized>(&mut self, out: &mut W, bracket: &[u8]) -> Result<()> {
        self.depth = self.depth.saturating_sub(1);
        if self.filled && self.depth < SPREAD {
            self.break_line(out)?;
        }
        out.write_all(bracket)
    }

    fn next<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> Result<()> {
        if !first {
            out.write_all(b",")?;
        }
        match (self.depth > SPREAD, first) {
            (false, _) => self.break_line(out),
            (true, false) => out.write_all(b" "),
            (true, true) => Ok(()),
        }
    }

    fn break_line<W: Write + ?Sized>(&self, out: &mut W) -> Result<()> {
        out.write_all(BREAK.get(..=2 * self.depth).unwrap_or(BREAK))
    }
}

impl Formatter for Layout {
    fn begin_array<W: Write + ?Sized>(&mut self, out: &mut W) -> Result<()> {
        self.open(out, b"[")
    }

    fn end_array<W: Write + ?Sized>(&mut self, out: &mut W) -> Result<()> {
        self.close(out, b"]")
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> Result<()> {
        self.next(out, first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, _: &mut W) -> Result<()> {
        self.filled = true;
        Ok(())
    }

    fn begin_object<W: Write + ?Sized>(&mut self, out: &mut W) -> Result<()> {
        self.open(out, b"{")
    }

    fn end_object<W: Write + ?Sized>(&mut self, out: &mut W) -> Result<()> {
        self.close(out, b"}")
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> Result<()> {
        self.next(out, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, _: &mut W) -> Result<()> {
        self.filled = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::write;
    use serde_json::{Value, json};

    #[test]
    fn a_line_for_each_member_down_to_the_small_things() {
        let fact = json!({ "id": "f-1", "text": "端口\n8080", "source": { "at_ms": 1, "line": null } });
        let shape =
            json!({ "generations": [{ "memory": { "facts": [fact, fact], "none": [] } }], "version": 1 });
        let text = write(&shape).unwrap();
        let one = r#"{"id": "f-1", "text": "端口\n8080", "source": {"at_ms": 1, "line": null}}"#;
        let expected = format!(
            "{{\n  \"generations\": [\n    {{\n      \"memory\": {{\n        \"facts\": [\n          {one},\n          {one}\n        ],\n        \"none\": []\n      }}\n    }}\n  ],\n  \"version\": 1\n}}\n"
        );
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(shape));
    }
}
