//! How full the context is: anchored on what the provider reported, counted from there on.

use super::calibration::Calibration;
use super::growth::Growth;
use crate::transcript::message::{Message, Role, Usage};
use serde::{Deserialize, Serialize};

/// How full the context is, and how far that can be trusted. Tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Occupancy {
    /// Reported by the provider for the last call, its output included.
    Known { tokens: u64 },
    /// Counted, in whole or since the last report; the truth lies between `low` and `high`.
    Estimated { tokens: u64, low: u64, high: u64 },
    /// Nothing to go by. Nothing is decided on it.
    Unknown,
}

impl Occupancy {
    /// The number decisions rest on; `None` where there is none.
    #[must_use]
    pub fn tokens(self) -> Option<u64> {
        match self {
            Self::Known { tokens } | Self::Estimated { tokens, .. } => Some(tokens),
            Self::Unknown => None,
        }
    }
}

/// A provider's report for one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// Prompt tokens of the call, cached ones included.
    pub prompt: u64,
    /// Output tokens of the call; part of the history from then on.
    pub output: u64,
    /// `provider/model` of the call.
    pub model: String,
}

/// What a report said beside what was expected of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// Prompt tokens expected before the report; `None` where nothing was known.
    pub expected: Option<u64>,
    /// Prompt tokens reported.
    pub reported: u64,
}

/// The meter of one session. Everything in tokens of the model in use.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Meter {
    /// Size of the model's window, where known.
    pub window: Option<u64>,
    /// What the host keeps free of it before it compacts, where it says so.
    #[serde(default)]
    pub reserve: Option<u64>,
    pub anchor: Option<Anchor>,
    /// Counted tokens of messages that came after the anchored call, in our encoding.
    pub since: u64,
    /// Counted tokens of all messages in context, in our encoding.
    pub counted: u64,
    pub growth: Growth,
    /// Context in use at the end of the turn before.
    turn_start: Option<u64>,
}

impl Meter {
    /// Takes in one message that has joined the context; `tokens` is its own count. Returns what the provider
    /// reported with it, if anything.
    pub fn add(&mut self, message: &Message, tokens: u64, calibration: &mut Calibration) -> Option<Reported> {
        if message.failed() {
            return None;
        }
        let expected = self.expected_prompt(calibration);
        self.counted = self.counted.saturating_add(tokens);
        let Some(usage) = reported_usage(message) else {
            self.since = self.since.saturating_add(tokens);
            return None;
        };
        let model = model_name(message);
        let same = self.anchor.as_ref().filter(|a| a.model == model);
        if let Some(anchor) = same {
            let grown = usage.prompt().saturating_sub(anchor.prompt.saturating_add(anchor.output));
            calibration.learn(&model, self.since, grown);
        }
        self.anchor = Some(Anchor { prompt: usage.prompt(), output: usage.output, model });
        self.since = 0;
        Some(Reported { expected, reported: usage.prompt() })
    }

    /// Prompt tokens the next call will hold, as far as known now.
    #[must_use]
    pub fn expected_prompt(&self, calibration: &Calibration) -> Option<u64> {
        match &self.anchor {
            Some(_) => self.occupancy(calibration).tokens(),
            None if self.counted > 0 => Some(self.counted),
            None => None,
        }
    }

    /// Context in use now.
    #[must_use]
    pub fn occupancy(&self, calibration: &Calibration) -> Occupancy {
        let Some(anchor) = &self.anchor else {
            return Occupancy::Unknown;
        };
        let base = anchor.prompt.saturating_add(anchor.output);
        if self.since == 0 {
            return Occupancy::Known { tokens: base };
        }
        let (tokens, low, high) = calibration.scale(&anchor.model, self.since);
        Occupancy::Estimated {
            tokens: base.saturating_add(tokens),
            low: base.saturating_add(low),
            high: base.saturating_add(high),
        }
    }

    /// The host's own fresh counter of the last prompt, where no message brought a report. Never outranks one.
    pub fn anchor_from_host(&mut self, prompt: u64, model: &str) {
        if self.anchor.is_none() && prompt > 0 {
            self.anchor = Some(Anchor { prompt, output: 0, model: model.to_owned() });
        }
    }

    /// A report found in a history that was not followed as it grew. Never outranks one that was.
    pub fn anchor_from_message(&mut self, message: &Message) {
        if self.anchor.is_none()
            && let Some(usage) = reported_usage(message)
        {
            self.anchor =
                Some(Anchor { prompt: usage.prompt(), output: usage.output, model: model_name(message) });
        }
    }

    /// A turn has ended: learns how much a turn adds.
    pub fn turn_ended(&mut self, calibration: &Calibration) {
        let Some(now) = self.occupancy(calibration).tokens() else {
            return;
        };
        if let Some(grown) = self.turn_start.and_then(|before| now.checked_sub(before)) {
            self.growth.learn(grown);
        }
        self.turn_start = Some(now);
    }

    /// History was replaced (compaction, reset): what was reported no longer stands for it. `counted` is the count of
    /// what is in context now, 0 where not known yet.
    pub fn rewritten(&mut self, counted: u64) {
        self.anchor = None;
        self.turn_start = None;
        self.since = 0;
        self.counted = counted;
    }
}

/// The usage of a call that reported one.
fn reported_usage(message: &Message) -> Option<Usage> {
    message.usage.filter(|u| message.role == Role::Assistant && u.prompt() > 0)
}

/// `provider/model` of a message, with what is missing left empty.
#[must_use]
pub fn model_name(message: &Message) -> String {
    let part = |p: &Option<String>| p.clone().unwrap_or_default();
    format!("{}/{}", part(&message.provider), part(&message.model))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(prompt: u64, output: u64) -> Message {
        let usage = Usage { input: prompt, output, ..Usage::default() };
        Message { role: Role::Assistant, usage: Some(usage), model: Some("m".into()), ..Message::default() }
    }

    fn user() -> Message {
        Message { role: Role::User, ..Message::default() }
    }

    #[test]
    fn unknown_until_a_report_then_known_then_estimated() {
        let (mut m, mut c) = (Meter::default(), Calibration::default());
        m.add(&user(), 50, &mut c);
        assert_eq!(m.occupancy(&c), Occupancy::Unknown);
        let reported = m.add(&reply(8_000, 100), 90, &mut c).unwrap();
        assert_eq!(reported, Reported { expected: Some(50), reported: 8_000 });
        assert_eq!(m.occupancy(&c), Occupancy::Known { tokens: 8_100 });
        m.add(&user(), 40, &mut c);
        let Occupancy::Estimated { tokens, low, high } = m.occupancy(&c) else { panic!("not estimated") };
        assert!(low <= tokens && tokens <= high && tokens == 8_140, "{low} {tokens} {high}");
    }

    #[test]
    fn failed_and_zero_usage_rows_report_nothing() {
        let (mut m, mut c) = (Meter::default(), Calibration::default());
        m.add(&reply(5_000, 10), 10, &mut c);
        let failed = Message { stop_reason: Some("error".into()), ..reply(0, 0) };
        assert_eq!(m.add(&failed, 99, &mut c), None);
        assert_eq!(m.occupancy(&c), Occupancy::Known { tokens: 5_010 });
        assert_eq!(m.add(&reply(0, 0), 7, &mut c), None);
        assert_eq!(m.since, 7);
    }

    #[test]
    fn a_rewrite_makes_the_number_unknown_again() {
        let (mut m, mut c) = (Meter::default(), Calibration::default());
        m.add(&reply(30_000, 10), 10, &mut c);
        m.rewritten(0);
        assert_eq!(m.occupancy(&c), Occupancy::Unknown);
    }
}
