//! Reports of providers: which are believed, what they teach, and what they say beside what was expected.

use super::{Anchor, Cause, Meter, signed};
use crate::count::calibration::{Calibration, Estimate};
use crate::count::load::Load;
use crate::transcript::message::{Message, Part, Role, Usage};

/// What no request holds, whatever the window is said to be, tokens: ten times the largest window sold.
const MOST_TOKENS: u64 = 100_000_000;
/// A report is believed up to this share of the window, percent: that a window is told too small (a budget with something
/// kept free of it) is as likely as a report that is a little wrong. None is told as a share of it.
const BELIEVED_PERCENT: u64 = 125;
/// An output beyond the upper end of what its words can come to, this share and so many tokens more, was not all words.
const HIDDEN_PERCENT: u64 = 125;
const HIDDEN_FROM: u64 = 64;

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

impl Meter {
    /// Whether a report can be true: no request is much larger than the window.
    #[must_use]
    pub fn believes(&self, usage: Usage) -> bool {
        let of_window = |window: u64| window.saturating_mul(BELIEVED_PERCENT) / 100;
        let most = self.window.filter(|w| *w > 0).map_or(MOST_TOKENS, of_window);
        usage.prompt() <= most && usage.output <= most
    }

    /// A report that cannot be true: what its message says joins like any other, and nothing is learned.
    pub(super) fn disbelieve(
        &mut self,
        message: &Message,
        usage: Usage,
        calibration: &Calibration,
    ) -> Reported {
        let model = self.model_of(message);
        let expected = self.expectation(self.anchor.as_ref(), &model, calibration);
        Reported {
            expected: expected.map(|e| e.tokens),
            interval: expected.map(|e| (e.low, e.high)),
            reported: usage.prompt(),
            new: None,
            cause: Cause::Implausible,
        }
    }

    /// A report: learns from it and stands on it.
    pub(super) fn report(
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
        if self.whole {
            self.references.learn(calibration, &anchor.model, anchor.prompt, self.held.plus(self.block));
        }
        let interval = expected.map(|e| (e.low, e.high));
        let expected = expected.map(|e| e.tokens);
        let reported = Reported { expected, interval, reported: anchor.prompt, new, cause };
        (self.after, self.since, self.next_model) = (Load::default(), 0, None);
        (self.left_out, self.left_out_spread, self.block_then) = (0, 0, self.block);
        self.trims = self.trims_next;
        self.heard(message, usage, &anchor.model, said, calibration);
        self.anchor = Some(anchor);
        reported
    }

    /// The output of a call: what is no word of it leaves the context, thinking that the row shows when the person
    /// speaks again, thinking that it does not show at once.
    fn heard(
        &mut self,
        message: &Message,
        usage: Usage,
        model: &str,
        said: &Load,
        calibration: &mut Calibration,
    ) {
        let visible = calibration.estimate(model, said);
        let more = usage.output.saturating_sub(visible.tokens);
        if message.parts.iter().any(|p| matches!(p, Part::Thinking(_))) {
            self.thinking = self.thinking.saturating_add(more);
        } else if usage.output
            > (visible.high.saturating_mul(HIDDEN_PERCENT) / 100).saturating_add(HIDDEN_FROM)
        {
            self.leave_out(more, visible);
        } else {
            calibration.learn_output(model, said, usage.output);
        }
    }

    /// The next request holds `tokens` less than was reported, as surely as `known` is.
    pub(super) fn leave_out(&mut self, tokens: u64, known: Estimate) {
        self.left_out = self.left_out.saturating_add(tokens);
        let half = known.high.saturating_sub(known.low) / 2;
        self.left_out_spread = self.left_out_spread.saturating_add(half);
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
pub(super) fn reported_usage(message: &Message) -> Option<Usage> {
    message.usage.filter(|u| message.role == Role::Assistant && u.prompt() > 0)
}
