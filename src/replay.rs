//! Replaying a stored session: what ASM would have counted, decided and saved, one JSON object a line.

pub mod reader;

use crate::count::contents::Item;
use crate::count::family::Family;
use crate::count::framing;
use crate::count::meter::{Cause, Reported};
use crate::engine::contents::{self, ContextWindow};
use crate::engine::offline::{Offline, Step};
use crate::shared::language::Language;
use crate::transcript::message::Message;
use crate::transcript::walk::Event;
use crate::transcript::window::Window;
use serde_json::{Value, json};

/// Windows that are sold besides the one that is assumed, tokens.
const LARGER_WINDOWS: [u64; 3] = [400_000, 1_048_576, 2_097_152];

/// A replay under way.
pub struct Replay {
    offline: Offline,
    window: Window<Item>,
    window_tokens: u64,
    /// Nobody told the window.
    window_assumed: bool,
    /// Errors of the predicted prompts, as a share of the prompt, in millionths; the first call apart.
    errors: Vec<u64>,
    /// Errors of the new tokens alone, as a share of them, in millionths; and predictions whose interval held.
    new_errors: Vec<u64>,
    held: u64,
    calls: u64,
    messages: u64,
    checkpoints: u64,
    compactions: u64,
    resets: u64,
}

impl Replay {
    /// `window_assumed`: nobody told the window, `window_tokens` is a guess.
    #[must_use]
    pub fn new(offline: Offline, window_tokens: u64, window_assumed: bool) -> Self {
        let (errors, new_errors) = (Vec::new(), Vec::new());
        let window = Window::default();
        Self {
            offline,
            window,
            window_tokens,
            window_assumed,
            errors,
            new_errors,
            held: 0,
            calls: 0,
            messages: 0,
            checkpoints: 0,
            compactions: 0,
            resets: 0,
        }
    }

    /// Takes one event of the stored session; returns the lines it gives rise to.
    pub fn take(&mut self, event: &Event) -> Vec<Value> {
        let model = self.offline.model();
        let (family, keeps) = (Family::of(&model), framing::keeps_thinking(&model));
        let line = line_of(event);
        self.window.apply(event, |message| Item::of(message, family, keeps, Some(line)));
        match event {
            Event::Message { line, message } => self.message(*line, message),
            Event::Compaction { line, tokens_before, .. } => {
                self.compactions += 1;
                let held = || self.window.rows().map(|(_, item)| item.clone());
                let counted = held().map(|item| item.load().text_tokens()).fold(0, u64::saturating_add);
                let step = self.offline.compaction(held());
                let head = json!({"type": "compaction", "line": line, "tokens_before": tokens_before, "counted_after": counted});
                self.lines(*line, step, Some(head))
            }
            Event::Reset { line, reason, .. } => {
                self.resets += 1;
                let step = self.offline.reset(reason.as_deref());
                self.lines(*line, step, None)
            }
            Event::ModelChange { .. } => Vec::new(),
        }
    }

    fn message(&mut self, line: u64, message: &Message) -> Vec<Value> {
        self.messages += 1;
        self.widen(message);
        // A call that was cut off still sent a prompt; only what it answered is no part of the context.
        let cut_off = message.usage.filter(|usage| message.failed() && usage.prompt() > 0);
        let of_cut_off = cut_off.and_then(|usage| self.offline.compare(usage));
        let step = self.offline.say(line, message);
        let turn = step.reported.clone().or(of_cut_off).map(|reported| {
            self.calls += 1;
            self.judge(&reported);
            let error = reported.expected.map(|e| i128::from(e) - i128::from(reported.reported));
            let counts = self.calls > 1 && reported.cause != Cause::Implausible;
            if let (Some(error), true) = (error, counts) {
                let share =
                    error.unsigned_abs().saturating_mul(1_000_000) / u128::from(reported.reported.max(1));
                self.errors.push(u64::try_from(share).unwrap_or(u64::MAX));
            }
            json!({
                "type": "turn",
                "line": line,
                "call": self.calls,
                "model": crate::count::meter::model_name(message),
                "stop_reason": message.stop_reason,
                "prompt_tokens": reported.reported,
                "predicted_tokens": reported.expected,
                "error_tokens": error.and_then(|e| i64::try_from(e).ok()),
                "error_percent": error.map(|e| share_percent(e, reported.reported)),
                "predicted_low_tokens": reported.interval.map(|(low, _)| low),
                "predicted_high_tokens": reported.interval.map(|(_, high)| high),
                "new_tokens": reported.new.map(|(_, reported)| reported),
                "new_predicted_tokens": reported.new.map(|(predicted, _)| predicted),
                "cause": reported.cause,
                "context": self.offline.occupancy(),
                "window_tokens": self.window_tokens,
            })
        });
        self.lines(line, step, turn)
    }

    /// A window that nobody told gives way to a report that does not fit, if any model has such a window.
    fn widen(&mut self, message: &Message) {
        let prompt = message.usage.map_or(0, |usage| usage.prompt());
        if !self.window_assumed || prompt <= self.window_tokens {
            return;
        }
        if let Some(window) = LARGER_WINDOWS.into_iter().find(|window| prompt <= *window) {
            self.window_tokens = window;
            self.offline.widen(window);
        }
    }

    /// Keeps how the new tokens were predicted, and whether the interval held. History that shrank has no new tokens.
    fn judge(&mut self, reported: &Reported) {
        if self.calls < 2 || reported.cause == Cause::Implausible {
            return;
        }
        if let Some((predicted, new)) = reported.new.filter(|(_, new)| *new > 0) {
            let error = u128::from(predicted.abs_diff(new)).saturating_mul(1_000_000);
            self.new_errors.push(u64::try_from(error / u128::from(new.unsigned_abs())).unwrap_or(u64::MAX));
        }
        let held = reported.interval.is_some_and(|(low, high)| (low..=high).contains(&reported.reported));
        self.held = self.held.saturating_add(u64::from(held));
    }

    fn lines(&mut self, line: u64, step: Step, head: Option<Value>) -> Vec<Value> {
        let mut out: Vec<Value> = head.into_iter().collect();
        for (code, text) in step.decisions {
            out.push(json!({"type": "decision", "line": line, "code": code, "text": text}));
        }
        if let Some(checkpoint) = step.checkpoint {
            self.checkpoints += 1;
            let mut value = serde_json::to_value(checkpoint).unwrap_or_default();
            if let Some(map) = value.as_object_mut() {
                map.insert("type".to_owned(), "checkpoint".into());
                map.insert("line".to_owned(), line.into());
            }
            out.push(value);
        }
        out
    }

    /// The last line: how well the next prompt was predicted, and what would have been kept.
    #[must_use]
    pub fn summary(&self, lines: u64, diagnostics: u64) -> Value {
        let (errors, new_errors) = (sorted(&self.errors), sorted(&self.new_errors));
        let at = |percent: usize| nearest(&errors, percent);
        let held = self.held.saturating_mul(1_000_000).checked_div(errors.len() as u64);
        json!({
            "type": "summary",
            "lines": lines,
            "messages": self.messages,
            "calls": self.calls,
            "error_percent_median": at(50),
            "error_percent_p95": at(95),
            "error_percent_max": at(100),
            "predictions": errors.len(),
            "new_error_percent_median": nearest(&new_errors, 50),
            "new_error_percent_p95": nearest(&new_errors, 95),
            "new_predictions": new_errors.len(),
            "interval_held_percent": held.map(millionths),
            "checkpoints": self.checkpoints,
            "compactions": self.compactions,
            "resets": self.resets,
            "facts": self.offline.facts().len(),
            "diagnostics": diagnostics,
            "window_tokens": self.window_tokens,
            "window_assumed": self.window_assumed,
        })
    }

    /// What the context is filled with at the end of the file: as a value, and as a person reads it.
    pub fn breakdown(&mut self, language: Language) -> Option<(Value, String)> {
        let held: Vec<Item> = self.window.rows().map(|(_, item)| item.clone()).collect();
        if held.is_empty() {
            return None;
        }
        let breakdown = self.offline.breakdown(held.into_iter())?;
        let window = self.offline.window();
        let told = window.map(|tokens| ContextWindow { tokens, assumed: self.window_assumed });
        Some((contents::value(&breakdown, window), contents::text(&breakdown, told, language)))
    }

    /// The engine, for what else is asked of the same file.
    pub fn offline(&mut self) -> &mut Offline {
        &mut self.offline
    }
}

fn line_of(event: &Event) -> u64 {
    match event {
        Event::Message { line, .. }
        | Event::Compaction { line, .. }
        | Event::Reset { line, .. }
        | Event::ModelChange { line, .. } => *line,
    }
}

fn sorted(errors: &[u64]) -> Vec<u64> {
    let mut sorted = errors.to_vec();
    sorted.sort_unstable();
    sorted
}

/// The error below which this share of the sorted errors lies, percent.
fn nearest(errors: &[u64], percent: usize) -> Option<f64> {
    let rank = (errors.len() * percent).div_ceil(100).max(1);
    errors.get(rank - 1).map(|e| millionths(*e))
}

/// An error as a signed percentage of the prompt, four decimals.
fn share_percent(error: i128, prompt: u64) -> f64 {
    let share = error.saturating_mul(1_000_000) / i128::from(prompt.max(1));
    let magnitude = millionths(u64::try_from(share.unsigned_abs()).unwrap_or(u64::MAX));
    if share < 0 { -magnitude } else { magnitude }
}

#[allow(clippy::cast_precision_loss, reason = "a share, shown with four decimals")]
fn millionths(share: u64) -> f64 {
    share as f64 / 10_000.0
}
