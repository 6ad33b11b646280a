//! What requests hold besides messages (system prompt, bootstrap files, tool schemas, skills): learned from reports.

use crate::count::calibration::{Calibration, Estimate, Ratios};
use crate::count::load::{Load, float, whole};
use serde::{Deserialize, Serialize};

/// Models whose reports a session keeps.
const MOST_MODELS: usize = 6;
/// A report this near to what another one lets expect is explained by it, tokens; or a fiftieth of it.
const EXPLAINED: u64 = 256;
/// How far the fixed part may be off in another model's tokens, as a share of it: its text was never seen.
const TRANSLATED: f64 = 0.06;

/// A report that stands for a model's fixed part: a request with these messages in it had this many prompt tokens. What
/// the messages come to is worked out anew each time, with the ratios as they are by then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    model: String,
    prompt: u64,
    messages: Load,
}

/// The reports that stand for the fixed part, the one learned last at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct References(Vec<Reference>);

impl References {
    /// A report about a request whose messages are all known. The fewer messages, the less of them can be miscounted:
    /// the request with the least text stands, while it explains what is reported. Where it does not, tools, skills or
    /// instructions are others by now, and the newest report stands.
    pub fn learn(&mut self, calibration: &Calibration, model: &str, prompt: u64, messages: Load) {
        let known = self.0.iter().position(|r| r.model == model);
        let old = known.map(|at| self.0.remove(at));
        let new = Reference { model: model.to_owned(), prompt, messages };
        let ratios = calibration.ratios(model);
        let stands = old.filter(|old| {
            old.messages.text_tokens() < messages.text_tokens() && old.explains(&ratios, prompt, &messages)
        });
        let stands = stands.unwrap_or(new);
        self.0.push(stands);
        if self.0.len() > MOST_MODELS {
            self.0.remove(0);
        }
    }

    /// What a request to `model` with these messages comes to; `None` before any report.
    #[must_use]
    pub fn estimate(&self, calibration: &Calibration, model: &str, messages: &Load) -> Option<Estimate> {
        let ratios = calibration.ratios(model);
        if let Some(own) = self.0.iter().find(|r| r.model == model) {
            return Some(own.estimate(&ratios, messages));
        }
        let other = self.0.last()?;
        let (fixed, spread) = other.translated(calibration, &ratios);
        let of_messages = ratios.estimate_with(messages, spread * spread);
        let tokens = of_messages.tokens.saturating_add(fixed);
        let half = of_messages.high.saturating_sub(of_messages.tokens);
        Some(Estimate { tokens, low: tokens.saturating_sub(half), high: tokens.saturating_add(half) })
    }

    /// The fixed part in tokens of `model`; `None` before any report.
    #[must_use]
    pub fn fixed(&self, calibration: &Calibration, model: &str) -> Option<u64> {
        Some(self.estimate(calibration, model, &Load::default())?.tokens)
    }
}

impl Reference {
    /// Whether a request with these messages may come to `prompt` by this report.
    fn explains(&self, ratios: &Ratios, prompt: u64, messages: &Load) -> bool {
        let Estimate { low, high, .. } = self.estimate(ratios, messages);
        let slack = (prompt / 50).max(EXPLAINED);
        (low.saturating_sub(slack)..=high.saturating_add(slack)).contains(&prompt)
    }

    /// The report, and what there is more or less than in it.
    fn estimate(&self, ratios: &Ratios, messages: &Load) -> Estimate {
        let (more, less) = (messages.without(self.messages), self.messages.without(*messages));
        let (added, removed) = (ratios.estimate(&more), ratios.estimate(&less));
        let tokens = self.prompt.saturating_add(added.tokens).saturating_sub(removed.tokens);
        // Errors of both directions do not cancel for certain.
        let below = (added.tokens.saturating_sub(added.low))
            .saturating_add(removed.high.saturating_sub(removed.tokens));
        let above = (added.high.saturating_sub(added.tokens))
            .saturating_add(removed.tokens.saturating_sub(removed.low));
        Estimate { tokens, low: tokens.saturating_sub(below), high: tokens.saturating_add(above) }
    }

    /// The fixed part in another model's tokens, and how far that may be off (one standard deviation).
    fn translated(&self, calibration: &Calibration, ratios: &Ratios) -> (u64, f64) {
        let own = calibration.ratios(&self.model);
        let of_messages = own.estimate(&self.messages);
        let fixed = self.prompt.saturating_sub(of_messages.tokens);
        let mix = instructions(1_000);
        let (from, to) = (own.estimate(&mix).tokens.max(1), ratios.estimate(&mix).tokens);
        let tokens = float(fixed) * float(to) / float(from);
        let spread = (own.variance(&self.messages) + (TRANSLATED * tokens) * (TRANSLATED * tokens)).sqrt();
        (whole(tokens), spread)
    }
}

/// What a thousand tokens of instructions and tool schemas are made of: shares as in Markdown and JSON.
fn instructions(tokens: u64) -> Load {
    let share = |percent: u64| tokens * percent / 100;
    Load { words: share(60), digits: share(2), other: share(38), ..Load::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: u64) -> Load {
        Load { words, spoken: 1, ..Load::default() }
    }

    #[test]
    fn the_first_report_teaches_what_no_message_holds() {
        let (mut r, c) = (References::default(), Calibration::default());
        assert_eq!(r.estimate(&c, "openai/gpt-5", &words(100)), None);
        r.learn(&c, "openai/gpt-5", 8_104, words(100));
        assert_eq!(r.fixed(&c, "openai/gpt-5"), Some(8_000));
        let grown = r.estimate(&c, "openai/gpt-5", &words(2_000)).unwrap();
        assert_eq!(grown.tokens, 10_004);
        assert!(grown.low < 10_004 && grown.high > 10_004 && grown.high - grown.low < 600, "{grown:?}");
        let shrunk = r.estimate(&c, "openai/gpt-5", &words(50)).unwrap();
        assert_eq!(shrunk.tokens, 8_054);
    }

    #[test]
    fn the_request_with_the_least_text_stands() {
        let (mut r, c) = (References::default(), Calibration::default());
        r.learn(&c, "openai/gpt-5", 8_104, words(100));
        r.learn(&c, "openai/gpt-5", 58_900, words(50_000));
        assert_eq!(r.fixed(&c, "openai/gpt-5"), Some(8_000));
        // The instructions have grown since: a fresh context shows it.
        r.learn(&c, "openai/gpt-5", 9_054, words(50));
        assert_eq!(r.fixed(&c, "openai/gpt-5"), Some(9_000));
        // Tools came to it in a conversation that goes on: its reports are not explained any more.
        r.learn(&c, "openai/gpt-5", 31_004, words(10_000));
        assert_eq!(r.fixed(&c, "openai/gpt-5"), Some(21_000));
    }

    #[test]
    fn another_model_begins_with_the_fixed_part_of_the_one_before() {
        let (mut r, c) = (References::default(), Calibration::default());
        r.learn(&c, "openai/gpt-5", 8_104, words(100));
        let there = r.estimate(&c, "anthropic/claude-opus-4-7", &words(100)).unwrap();
        assert!((10_000..10_900).contains(&there.tokens), "{there:?}");
        assert!(there.low < 9_800 && there.high > 11_000, "{there:?}");
        for n in 0..MOST_MODELS {
            r.learn(&c, &format!("p/{n}"), 9_000, words(10));
        }
        assert_eq!(r.0.len(), MOST_MODELS);
    }
}
