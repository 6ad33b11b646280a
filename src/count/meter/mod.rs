//! How full the context is: anchored on what the provider reported, counted from there on, or counted in whole.

mod change;
mod occupancy;
mod reference;
mod replace;
mod report;
#[cfg(test)]
mod tests;

use super::calibration::{Calibration, Estimate};
use super::contents::{self, Breakdown, Contents, Item};
use super::family::Family;
use super::framing;
use super::growth::Growth;
use super::load::Load;
use super::sent::{TURNS_WITH_IMAGES, Trims};
use crate::transcript::message::{Message, Role, Usage};
pub use change::{Cause, Change, Changes};
pub use occupancy::{Fullness, Occupancy, Share};
use reference::References;
pub use report::Reported;
use report::reported_usage;
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
    /// Prompt tokens of it that the provider read from its cache.
    #[serde(default)]
    pub cached: u64,
}

impl Anchor {
    fn of(message: &Message, usage: Usage) -> Self {
        let (prompt, output, cached) = (usage.prompt(), usage.output, usage.cache_read);
        Self { prompt, output, model: model_name(message), cached }
    }

    fn tokens(&self) -> u64 {
        self.prompt.saturating_add(self.output)
    }
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
    /// How far that may be off, tokens.
    #[serde(default)]
    left_out_spread: u64,
    /// Images and files of the running turn and of those before it that are sent again, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pictures: Vec<Load>,
    /// What stands in the system prompt by our own doing, now and in the anchored call.
    #[serde(default, skip_serializing_if = "Load::is_empty")]
    pub block: Load,
    #[serde(default, skip_serializing_if = "Load::is_empty")]
    block_then: Load,
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
        let believed = message.usage.filter(|usage| self.believes(*usage));
        self.cost_micros = self.cost_micros.saturating_add(believed.map_or(0, |u| u.cost_micros));
        if message.failed() {
            return None;
        }
        let model = self.model_of(message);
        let item = Item::of(message, Family::of(&model), framing::keeps_thinking(&model), None);
        let said = item.anatomy.said();
        if message.role == Role::User {
            self.turn_begins(&model, calibration);
        }
        let reported = match reported_usage(message) {
            Some(usage) if believed.is_some() => Some(self.report(message, usage, &said, calibration)),
            usage => {
                let unbelieved = usage.map(|usage| self.disbelieve(message, usage, calibration));
                self.after = self.after.plus(said);
                self.since = self.after.text_tokens();
                unbelieved
            }
        };
        self.held = self.held.plus(item.load());
        self.show(&item);
        self.contents.add(item);
        self.counted = self.held.text_tokens();
        reported
    }

    /// A person speaks: thinking of the turn before is sent no longer where the provider drops it, nor are the images of
    /// the turn that is now too old.
    fn turn_begins(&mut self, model: &str, calibration: &Calibration) {
        if !framing::keeps_thinking(model) {
            self.left_out = self.left_out.saturating_add(std::mem::take(&mut self.thinking));
        }
        if self.pictures.len() > TURNS_WITH_IMAGES {
            let gone = self.pictures.remove(0);
            self.held = self.held.without(gone);
            self.contents.without_pictures(gone);
            let estimate = calibration.estimate(model, &gone);
            self.leave_out(estimate.tokens, estimate);
        }
        self.pictures.push(Load::default());
    }

    /// Keeps what a message shows with its turn.
    fn show(&mut self, item: &Item) {
        match self.pictures.last_mut() {
            Some(turn) => *turn = turn.plus(item.anatomy.pictures),
            None => self.pictures.push(item.anatomy.pictures),
        }
    }

    /// Prompt of the next call to `model`, standing on `anchor` where that is of the same model.
    fn expectation(
        &self,
        anchor: Option<&Anchor>,
        model: &str,
        calibration: &Calibration,
    ) -> Option<Estimate> {
        if let Some(anchor) = anchor.filter(|a| a.model == model) {
            let more = self.after.plus(self.block.without(self.block_then));
            let gone = calibration.estimate(model, &self.block_then.without(self.block)).tokens;
            let base = anchor.tokens().saturating_sub(self.left_out).saturating_sub(gone);
            let (more, spread) = (calibration.estimate(model, &more), self.left_out_spread);
            let low = base.saturating_add(more.low).saturating_sub(spread);
            let high = base.saturating_add(more.high).saturating_add(spread);
            return Some(Estimate { tokens: base.saturating_add(more.tokens), low, high });
        }
        let whole = self.whole.then_some(&self.references)?;
        whole.estimate(calibration, model, &self.held.plus(self.block))
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
        if let Some(anchor) = anchor.filter(|a| a.model == model && self.stands()) {
            return Occupancy::Known { tokens: anchor.tokens() };
        }
        match self.expectation(anchor, model, calibration) {
            Some(Estimate { tokens, low, high }) => Occupancy::Estimated { tokens, low, high },
            None => Occupancy::Unknown,
        }
    }

    /// Whether the next request holds what the anchored call did, and its answer.
    fn stands(&self) -> bool {
        self.after.is_empty() && self.left_out == 0 && self.block == self.block_then
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
        let (occupancy, fixed) = (self.occupancy(calibration), self.fixed(calibration));
        let ratios = calibration.ratios(model);
        // What fills the context is not stored: after a start the next history tells it.
        let told = self.whole && self.contents.total() == self.held;
        told.then(|| contents::breakdown(&self.contents, &ratios, occupancy, fixed))
    }

    /// What the messages in context are made of; `None` where some were never seen.
    #[must_use]
    pub fn held(&self) -> Option<&Load> {
        self.whole.then_some(&self.held)
    }
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
