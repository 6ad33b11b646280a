//! A letter in words: pure.

use super::outbox::Letter;
use crate::shared::language::Language;
use crate::shared::redact::redact;
use crate::watchdog::alert::Severity;
use crate::watchdog::texts::Text as Words;

/// The shortest of what the services take: Discord's 2,000 characters, less room for what a service adds.
const MOST_CHARACTERS: usize = 1_800;

/// Who writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sender {
    /// The machine's name.
    pub host: String,
    /// `address:port` of the gateway.
    pub target: String,
    /// Letters lost for want of room since the last one that arrived.
    pub dropped: u64,
}

/// What a person reads. Redacted and bounded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// One line for a subject.
    pub title: String,
    pub whole: String,
}

impl Letter {
    /// It in words, with the mark as its last line.
    #[must_use]
    pub fn text(&self, sender: &Sender, language: Language) -> Text {
        let say = |text: Words, values: &[&str]| text.say(language, values);
        let word = match self.severity() {
            Severity::Info => Words::SeverityInfo,
            Severity::Warning => Words::SeverityWarning,
            Severity::Critical => Words::SeverityCritical,
        };
        let title = say(Words::LetterTitle, &[&say(word, &[]), &sender.host, &sender.target]);
        let mut lines = vec![self.alert.say(language)];
        lines.extend(self.over.iter().map(|over| over.say(language)));
        if sender.dropped > 0 {
            lines.push(say(Words::LetterDropped, &[&sender.dropped.to_string()]));
        }
        let body = redact(&lines.join("\n")).chars().take(MOST_CHARACTERS).collect::<String>();
        let repeated = self.errands.iter().any(|e| e.repeated);
        let ending = if repeated { say(Words::LetterRepeated, &[]) } else { String::new() };
        let whole = format!("{title}\n{body}\n{} · {}{ending}", self.at, self.mark);
        Text { title, whole }
    }
}
