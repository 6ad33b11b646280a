//! What a finding is.

use crate::shared::language::Language;
use crate::shared::notice::Notice;
use serde::Serialize;

/// How much a finding matters. The order is the order of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// ASM does not do its work until this is solved.
    Problem,
    /// ASM works, but this may spoil it.
    Warning,
    Info,
    Ok,
}

/// What helps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// Programs with their arguments, in order.
    pub commands: Vec<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable kebab-case name.
    pub code: &'static str,
    pub level: Level,
    pub text: String,
    /// Lines of the configuration, `-` as they are and `+` as the fix makes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

impl Finding {
    fn fix(&mut self) -> &mut Fix {
        self.fix.get_or_insert_default()
    }

    pub fn note(&mut self, note: String) -> &mut Self {
        self.fix().note = Some(note);
        self
    }

    pub fn command(&mut self, words: &[&str]) -> &mut Self {
        self.fix().commands.push(words.iter().map(|&w| w.to_owned()).collect());
        self
    }

    pub fn diff(&mut self, key: &str, old: &str, new: &str) -> &mut Self {
        self.diff = Some(format!("- {key}: {old}\n+ {key}: {new}"));
        self
    }
}

/// Findings being collected, in one language.
pub struct Findings {
    pub language: Language,
    pub list: Vec<Finding>,
}

impl Findings {
    pub fn new(language: Language) -> Self {
        Self { language, list: Vec::new() }
    }

    pub fn say(&self, notice: Notice, values: &[&str]) -> String {
        notice.say(self.language, values)
    }

    pub fn add(&mut self, level: Level, code: &'static str, notice: Notice, values: &[&str]) -> &mut Finding {
        let text = self.say(notice, values);
        self.list.push_mut(Finding { code, level, text, diff: None, fix: None })
    }

    pub fn problems(&self) -> usize {
        self.list.iter().filter(|f| f.level == Level::Problem).count()
    }
}
