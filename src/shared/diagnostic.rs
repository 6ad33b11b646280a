//! What was wrong with an input, kept beside the output instead of stopping it.

use super::language::Language;
use super::notice::Complaint;
use serde_json::{Value, json};

/// One complaint about an input. Never an error: the stage that found it went on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable, kebab-case name of the kind, e.g. `broken-line`.
    pub code: &'static str,
    /// 1-based line of the input, where it has lines.
    pub line: Option<u64>,
    complaint: Complaint,
    values: Vec<String>,
}

impl Diagnostic {
    /// A complaint about `line` of the input.
    #[must_use]
    pub fn at(line: u64, complaint: Complaint, values: &[&str]) -> Self {
        Self { line: Some(line), ..Self::whole(complaint, values) }
    }

    /// A complaint about the input as a whole.
    #[must_use]
    pub fn whole(complaint: Complaint, values: &[&str]) -> Self {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        Self { code: complaint.code(), line: None, complaint, values }
    }

    /// How many more there were of a kind of which only the first are kept.
    #[must_use]
    pub fn more(code: &'static str, count: u64) -> Self {
        Self { code, ..Self::whole(Complaint::More, &[&count.to_string()]) }
    }

    /// One sentence for a person: what was seen and what was done about it.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let values: Vec<&str> = self.values.iter().map(String::as_str).collect();
        self.complaint.say(language, &values)
    }

    /// `{code, line?, text}`.
    #[must_use]
    pub fn json(&self, language: Language) -> Value {
        let mut value = json!({"code": self.code});
        if let (Some(members), Some(line)) = (value.as_object_mut(), self.line) {
            members.insert("line".to_owned(), line.into());
        }
        if let Some(members) = value.as_object_mut() {
            members.insert("text".to_owned(), self.text(language).into());
        }
        value
    }
}
