//! How full the context is: anchored on what the provider reported, counted from there on, or counted in whole.

mod change;
mod occupancy;
mod reference;
mod replace;
#[cfg(test)]
mod tests;

use super::calibration::{Calibration, Estimate};
use super::contents::{self, Breakdown, Contents, Item};
use super::family::Family;
use super::framing;
use super::growth::Growth;
use super::load::Load;
use super::sent::Trims;
use crate::transcript::message::{Message, Part, Role, Usage};
pub use change::{Cause, Change, Changes};
pub use occupancy::{Fullness, Occupancy, Share};
use reference::References;
use serde::{Deserialize, Serialize};

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

impl Anchor {
    fn of(message: &Message, usage: Usage) -> Self {
        Self { prompt: usage.prompt(), output: usage.output, model: model_name(message) }
    }

    fn tokens(&self) -> u64 {
        self.prompt.saturating_add(self.output)
    }
}

/// What a report said beside what was expected of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// Prompt tokens expected before the report; `None` where nothing was known.
    pub expected: Option<u64>,
    /// Where the prompt was expected, nine times of ten: low and high.
    pub interval: Option<(u64, u64)>,
    /// Prompt tokens reported.
    pub reported: u64,
    /// Prompt tokens expected and reported beyond the call before and its output; below zero where history shrank.
    /// `None` where there was no call before to compare with.
    pub new: Option<(i64, i64)>,
    /// What kind of change of the number it is.
    pub cause: Cause,
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
    /// Tokens in our encoding of messages that came after the anchored call, and of all messages in context.
    pub since: u64,
    pub counted: u64,
    pub growth: Growth,
    /// Context in use at the end of the turn before.
    turn_start: Option<u64>,
    /// What came after the anchored call is made of, and all messages in context.
    #[serde(default)]
    after: Load,
    #[serde(default)]
    held: Load,
    /// The same by kind. Not stored: the history is shown again when the session is found again.
    #[serde(skip)]
    contents: Contents,
    /// `held` leaves no message out: it was followed from an empty context on, or counted in whole.
    #[serde(default)]
    whole: bool,
    /// Tokens of thinking in the outputs of the running turn, and of the turn before that the next request leaves out.
    #[serde(default)]
    thinking: u64,
    #[serde(default)]
    left_out: u64,
    /// Old tool results that requests no longer hold in full, as of the anchored call and as of the next one.
    #[serde(default, skip_serializing_if = "Trims::is_none")]
    pub trims: Trims,
    #[serde(default, skip_serializing_if = "Trims::is_none")]
    trims_next: Trims,
    /// `provider/model` that is to answer next, where it is another one than the anchor's.
    #[serde(default)]
    next_model: Option<String>,
    #[serde(default)]
    references: References,
    #[serde(default)]
    pub changes: Changes,
    /// Cost of all calls so far as the host worked it out, millionths of a dollar.
    #[serde(default)]
    pub cost_micros: u64,
}

impl Meter {
    /// Takes in one message that has joined the context. Returns what the provider reported with it, if anything.
    pub fn add(&mut self, message: &Message, calibration: &mut Calibration) -> Option<Reported> {
        let cost = message.usage.map_or(0, |u| u.cost_micros);
        self.cost_micros = self.cost_micros.saturating_add(cost);
        if message.failed() {
            return None;
        }
        let model = self.model_of(message);
        let item = Item::of(message, Family::of(&model), framing::keeps_thinking(&model), None);
        let said = item.anatomy.said();
        if message.role == Role::User && !framing::keeps_thinking(&model) {
            self.left_out = self.left_out.saturating_add(std::mem::take(&mut self.thinking));
        }
        let reported = match reported_usage(message) {
            Some(usage) => Some(self.report(message, usage, &said, calibration)),
            None => {
                self.after = self.after.plus(said);
                self.since = self.after.text_tokens();
                None
            }
        };
        self.held = self.held.plus(item.load());
        self.contents.add(item);
        self.counted = self.held.text_tokens();
        reported
    }

    /// A report: learns from it and stands on it.
    fn report(
        &mut self,
        message: &Message,
        usage: Usage,
        said: &Load,
        calibration: &mut Calibration,
    ) -> Reported {
        let anchor = Anchor::of(message, usage);
        let before = self.anchor.take();
        let same = before.as_ref().filter(|a| a.model == anchor.model);
        let expected = self.expectation(before.as_ref(), &anchor.model, calibration);
        let new = same.map(|a| self.beyond(a, expected.map_or(0, |e| e.tokens), anchor.prompt));
        let cause = cause(before.as_ref(), &anchor, expected);
        if let Some((_, grown)) = new {
            calibration.learn(&anchor.model, &self.after, grown);
        }
        let thinks = message.parts.iter().any(|p| matches!(p, Part::Thinking(_)));
        if thinks {
            let visible = calibration.estimate(&anchor.model, said).tokens;
            self.thinking = self.thinking.saturating_add(usage.output.saturating_sub(visible));
        } else {
            calibration.learn_output(&anchor.model, said, usage.output);
        }
        if self.whole {
            self.references.learn(&anchor.model, anchor.prompt, self.held);
        }
        let shown = expected.map(|e| e.tokens).or((self.counted > 0).then_some(self.counted));
        let interval = expected.map(|e| (e.low, e.high));
        let reported = Reported { expected: shown, interval, reported: anchor.prompt, new, cause };
        self.anchor = Some(anchor);
        (self.after, self.since, self.left_out, self.next_model) = (Load::default(), 0, 0, None);
        self.trims = self.trims_next;
        reported
    }

    /// What a call that failed nevertheless reported, beside what was expected of it. It teaches nothing: what of its
    /// request was sent is not certain.
    #[must_use]
    pub fn compare(&self, usage: Usage, calibration: &Calibration) -> Reported {
        let expected = self.model().and_then(|m| self.expectation(self.anchor.as_ref(), m, calibration));
        let prompt = usage.prompt();
        let new = self.anchor.as_ref().map(|a| self.beyond(a, expected.map_or(0, |e| e.tokens), prompt));
        let interval = expected.map(|e| (e.low, e.high));
        let expected = expected.map(|e| e.tokens);
        Reported { expected, interval, reported: prompt, new, cause: Cause::Reported }
    }

    /// Two prompts less what the call before already held.
    fn beyond(&self, anchor: &Anchor, expected: u64, reported: u64) -> (i64, i64) {
        let base = signed(anchor.tokens()).saturating_sub(signed(self.left_out));
        (signed(expected).saturating_sub(base), signed(reported).saturating_sub(base))
    }

    /// Prompt of the next call to `model`, standing on `anchor` where that is of the same model.
    fn expectation(
        &self,
        anchor: Option<&Anchor>,
        model: &str,
        calibration: &Calibration,
    ) -> Option<Estimate> {
        if let Some(anchor) = anchor.filter(|a| a.model == model) {
            let base = anchor.tokens().saturating_sub(self.left_out);
            let more = calibration.estimate(model, &self.after);
            let on = |tokens: u64| base.saturating_add(tokens);
            return Some(Estimate { tokens: on(more.tokens), low: on(more.low), high: on(more.high) });
        }
        let whole = self.whole.then_some(&self.references)?;
        whole.estimate(calibration, model, &self.held)
    }

    /// The model a message is counted for: its own, or the one that is to answer.
    fn model_of(&self, message: &Message) -> String {
        if message.role == Role::Assistant && message.model.is_some() {
            return model_name(message);
        }
        self.model().unwrap_or_default().to_owned()
    }

    /// `provider/model` that is to answer next, as far as known.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        self.next_model.as_deref().or(self.anchor.as_ref().map(|a| a.model.as_str()))
    }

    /// Another model is to answer next. Returns whether it is another one than before.
    pub fn switch(&mut self, model: &str) -> bool {
        if model.is_empty() || self.model().is_none_or(|known| known == model) {
            return false;
        }
        self.next_model = Some(model.to_owned());
        true
    }

    /// Context in use now.
    #[must_use]
    pub fn occupancy(&self, calibration: &Calibration) -> Occupancy {
        let (anchor, Some(model)) = (self.anchor.as_ref(), self.model()) else {
            return Occupancy::Unknown;
        };
        if let Some(anchor) =
            anchor.filter(|a| a.model == model && self.after.is_empty() && self.left_out == 0)
        {
            return Occupancy::Known { tokens: anchor.tokens() };
        }
        match self.expectation(anchor, model, calibration) {
            Some(Estimate { tokens, low, high }) => Occupancy::Estimated { tokens, low, high },
            None => Occupancy::Unknown,
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

    /// What every request holds besides messages, tokens of the model in use; `None` before a report about messages that
    /// were all seen.
    #[must_use]
    pub fn fixed(&self, calibration: &Calibration) -> Option<u64> {
        self.references.fixed(calibration, self.model()?)
    }

    /// What the context is filled with; `None` where some messages were never seen.
    #[must_use]
    pub fn breakdown(&self, calibration: &Calibration) -> Option<Breakdown> {
        let model = self.model().unwrap_or_default();
        let (total, fixed) = (self.occupancy(calibration).tokens(), self.fixed(calibration));
        let ratios = calibration.ratios(model);
        // What fills the context is not stored: after a start the next history tells it.
        let told = self.whole && self.contents.total() == self.held;
        told.then(|| contents::breakdown(&self.contents, &ratios, total, fixed))
    }

    /// What the messages in context are made of; `None` where some were never seen.
    #[must_use]
    pub fn held(&self) -> Option<&Load> {
        self.whole.then_some(&self.held)
    }
}

/// What kind of change a report is.
fn cause(before: Option<&Anchor>, now: &Anchor, expected: Option<Estimate>) -> Cause {
    // A report this near is as expected, however narrow the interval: a hundredth of the prompt.
    let slack = (now.prompt / 100).max(64);
    match (before, expected) {
        (Some(a), _) if a.model != now.model => Cause::ModelSwitch,
        (None, None) => Cause::FirstReport,
        (_, Some(e)) if now.prompt.saturating_add(slack) < e.low => Cause::Pruned,
        (_, Some(e)) if now.prompt > e.high.saturating_add(slack) => Cause::Corrected,
        _ => Cause::Reported,
    }
}

/// The usage of a call that reported one.
fn reported_usage(message: &Message) -> Option<Usage> {
    message.usage.filter(|u| message.role == Role::Assistant && u.prompt() > 0)
}

fn signed(tokens: u64) -> i64 {
    i64::try_from(tokens).unwrap_or(i64::MAX)
}

/// `provider/model` of a message, with what is missing left empty.
#[must_use]
pub fn model_name(message: &Message) -> String {
    let part = |p: &Option<String>| p.clone().unwrap_or_default();
    format!("{}/{}", part(&message.provider), part(&message.model))
}
