//! What a model's provider reports per token that we count. One ratio per model, learned online.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Weight of what was learned before against one new report: about the last 30 reports count.
const DECAY: f64 = 0.97;
/// A report that adds fewer counted tokens than this says more about framing than about the tokenizer.
const LEAST_NEW: u64 = 24;
/// Reports outside this ratio are other things than tokens of text (dropped history, images): not learned from.
const PLAUSIBLE: std::ops::RangeInclusive<f64> = 0.4..=2.5;
/// Prior weight, in counted tokens, of the ratio 1.
const PRIOR_TOKENS: f64 = 2_000.0;
/// Least half-width of an estimate, as a share of what was counted.
const LEAST_SPREAD: f64 = 0.05;
/// Most models remembered; the least recently learned goes first.
const MOST_MODELS: usize = 64;

/// Learned ratios of all models.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    models: BTreeMap<String, Ratio>,
    #[serde(default)]
    reports: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Ratio {
    /// Decayed sums of counted and of reported tokens, and of their absolute difference.
    counted: f64,
    reported: f64,
    missed: f64,
    /// Number of the last report, for forgetting.
    last: u64,
}

impl Calibration {
    /// A report: `counted` new tokens of ours turned out to be `reported`.
    pub fn learn(&mut self, model: &str, counted: u64, reported: u64) {
        if counted < LEAST_NEW {
            return;
        }
        let (c, r) = (as_float(counted), as_float(reported));
        if !PLAUSIBLE.contains(&(r / c)) {
            return;
        }
        let expected = c * self.ratio(model);
        self.reports = self.reports.saturating_add(1);
        let entry = self.models.entry(model.to_owned()).or_default();
        entry.counted = entry.counted * DECAY + c;
        entry.reported = entry.reported * DECAY + r;
        entry.missed = entry.missed * DECAY + (r - expected).abs();
        entry.last = self.reports;
        self.forget();
    }

    /// Reported tokens per counted token.
    #[must_use]
    pub fn ratio(&self, model: &str) -> f64 {
        self.models.get(model).map_or(1.0, |r| (r.reported + PRIOR_TOKENS) / (r.counted + PRIOR_TOKENS))
    }

    /// `counted` tokens of ours in the model's tokens: estimate, low, high.
    #[must_use]
    pub fn scale(&self, model: &str, counted: u64) -> (u64, u64, u64) {
        let c = as_float(counted);
        let estimate = c * self.ratio(model);
        let spread = self
            .models
            .get(model)
            .map_or(0.3, |r| (r.missed + 0.3 * PRIOR_TOKENS) / (r.counted + PRIOR_TOKENS));
        let half = c * spread.max(LEAST_SPREAD);
        (as_tokens(estimate), as_tokens(estimate - half), as_tokens(estimate + half))
    }

    fn forget(&mut self) {
        if self.models.len() > MOST_MODELS {
            let oldest = self.models.iter().min_by_key(|(_, r)| r.last).map(|(m, _)| m.clone());
            if let Some(model) = oldest {
                self.models.remove(&model);
            }
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "token counts stay far below 2^53")]
fn as_float(tokens: u64) -> f64 {
    tokens as f64
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float cast saturates; below 0 is 0"
)]
fn as_tokens(value: f64) -> u64 {
    value.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learns_a_ratio_and_ignores_what_cannot_be_text() {
        let mut c = Calibration::default();
        for _ in 0..50 {
            c.learn("m", 1_000, 800);
            c.learn("m", 1_000, 90_000);
            c.learn("m", 10, 30);
        }
        assert!((c.ratio("m") - 0.8).abs() < 0.02, "{}", c.ratio("m"));
        assert!((c.ratio("other") - 1.0).abs() < f64::EPSILON);
        let (estimate, low, high) = c.scale("m", 1_000);
        assert!(low < estimate && estimate < high && high - low < 200, "{low} {estimate} {high}");
    }
}
