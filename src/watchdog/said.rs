//! What a command of a person's says.

use super::printer::out;
use super::reach;
use super::settings::Settings;
use super::texts::Text;
use serde_json::Value;
use std::io;
use std::path::Path;

/// What is said: line by line, or all of it as one JSON object in the end.
pub struct Said<'a> {
    settings: &'a Settings,
    /// For whoever has to run it as somebody else.
    command: &'static str,
    lines: Vec<String>,
}

impl<'a> Said<'a> {
    #[must_use]
    pub fn new(settings: &'a Settings, command: &'static str) -> Self {
        Self { settings, command, lines: Vec::new() }
    }

    /// A line of it.
    pub fn say(&mut self, text: Text, values: &[&str]) {
        self.line(text.say(self.settings.language, values));
    }

    /// The same of a text that is no sentence of ours.
    pub fn line(&mut self, line: String) {
        if !self.settings.json {
            out(&line);
        }
        self.lines.push(line);
    }

    /// Why it was not done, and the exit code.
    #[must_use]
    pub fn failed(&self, text: Text, values: &[&str]) -> u8 {
        reach::fail(self.settings.json, &text.say(self.settings.language, values))
    }

    /// The same of a file.
    #[must_use]
    pub fn broken(&self, path: &Path, e: &io::Error) -> u8 {
        let settings = self.settings;
        reach::fail(settings.json, &reach::failure(&settings.place, path, e, settings.language, self.command))
    }

    /// The end of what was done, and the exit code.
    #[must_use]
    pub fn done(self, mut facts: Value) -> u8 {
        if self.settings.json {
            let said = self.lines.join("\n").into();
            if let Some(facts) = facts.as_object_mut() {
                facts.insert("text".to_owned(), said);
            }
            out(&facts);
        }
        0
    }
}
