//! What a model's provider reports per token that we count: learned online, per model, by kind of text.
//!
//! Each model has a ratio for each kind of text and for what stands around a message ([`Load`]). They begin with what
//! is known of the model's family and are fitted to the provider's reports by least squares with that prior as ridge,
//! older reports fading, unlikely ones weighing less. The same sums say how uncertain the ratios still are.

mod model;
mod solve;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

use super::family::Family;
use super::load::{Load, float};
pub use model::{COVERAGE, Estimate, Model, Ratios};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most models remembered; the least recently learned goes first.
const MOST_MODELS: usize = 32;
/// How much less sure an output is than a prompt, in standard deviations.
const OUTPUT_DOUBT: f64 = 2.0;

/// Learned ratios of all models.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    models: BTreeMap<String, Model>,
    #[serde(default)]
    reports: u64,
}

impl Calibration {
    /// A report about `model` (`provider/model`): `load` came to `reported` tokens of a prompt. Returns whether it was
    /// learned from.
    pub fn learn(&mut self, model: &str, load: &Load, reported: i64) -> bool {
        self.take(model, load, reported, 1.0)
    }

    /// The same of what a model answered. What was generated is not to the token what is sent again.
    pub fn learn_output(&mut self, model: &str, load: &Load, reported: u64) -> bool {
        self.take(model, load, i64::try_from(reported).unwrap_or(i64::MAX), OUTPUT_DOUBT)
    }

    fn take(&mut self, model: &str, load: &Load, reported: i64, doubt: f64) -> bool {
        if load.text_tokens() == 0 {
            return false;
        }
        let mut entry = self.models.get(model).cloned().unwrap_or_default();
        let learned = entry.learn(Family::of(model), load, signed(reported), doubt);
        self.reports = self.reports.saturating_add(u64::from(learned));
        entry.last = self.reports;
        self.models.insert(model.to_owned(), entry);
        self.forget();
        learned
    }

    /// The model's ratios as far as known.
    #[must_use]
    pub fn ratios(&self, model: &str) -> Ratios {
        let unknown = Model::default();
        self.models.get(model).unwrap_or(&unknown).ratios(Family::of(model))
    }

    /// What `load` comes to in tokens of `model`.
    #[must_use]
    pub fn estimate(&self, model: &str, load: &Load) -> Estimate {
        self.ratios(model).estimate(load)
    }

    /// Reports of this model that were learned from.
    #[must_use]
    pub fn reports(&self, model: &str) -> u64 {
        self.models.get(model).map_or(0, |m| m.reports)
    }

    fn forget(&mut self) {
        if self.models.len() > MOST_MODELS {
            let oldest = self.models.iter().min_by_key(|(_, m)| m.last).map(|(name, _)| name.clone());
            if let Some(model) = oldest {
                self.models.remove(&model);
            }
        }
    }
}

fn signed(tokens: i64) -> f64 {
    if tokens < 0 { -float(tokens.unsigned_abs()) } else { float(tokens.unsigned_abs()) }
}
