//! What was wrong with an input, kept beside the output instead of stopping it.

use serde::{Deserialize, Serialize};

/// One complaint about an input. Never an error: the stage that found it went on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Stable, kebab-case name of the kind, e.g. `broken-line`.
    pub code: String,
    /// 1-based line of the input, where it has lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// One sentence for a person: what was seen and what was done about it.
    pub text: String,
}

impl Diagnostic {
    /// A complaint about `line` of the input.
    #[must_use]
    pub fn at(line: u64, code: &str, text: impl Into<String>) -> Self {
        Self { code: code.to_owned(), line: Some(line), text: text.into() }
    }

    /// A complaint about the input as a whole.
    #[must_use]
    pub fn whole(code: &str, text: impl Into<String>) -> Self {
        Self { code: code.to_owned(), line: None, text: text.into() }
    }
}
