//! What one model's provider was seen to report, and the ratios that follow from it.

use super::solve::{Matrix, Triangle, Vector, decompose, dot, get, put, set};
use crate::count::family::Family;
use crate::count::load::{FEATURES, Load, float, whole};
use serde::{Deserialize, Serialize};

/// Weight of what was learned before against one new report: about the last hundred reports count. The prior does not
/// fade.
const DECAY: f64 = 0.99;
/// Noise of one report: a part that does not grow with the text (rounding, separators), one that grows with its square
/// root (each token is a little of a surprise), one that grows with the text (its kind differs from the kinds learned).
const NOISE_FIXED: f64 = 2.0;
const NOISE_ROOT: f64 = 0.8;
const NOISE_SHARE: f64 = 0.03;
/// Reports further off than this many standard deviations count less and less (Huber's weights).
const HUBER: f64 = 2.0;
/// Reports beyond this many standard deviations are about other things than text (history dropped, something hidden):
/// not learned from, unless so many of them came in a row: what keeps coming is how the model is.
const OUTLIER: f64 = 8.0;
const MOST_PASSED_OVER: u32 = 3;
/// What no tokenizer makes of a text, per token of ours and beyond: single bytes are four to five.
const MOST_RATIO: f64 = 6.0;
const MOST_AROUND: f64 = 200.0;
/// How fast the size of the surprises is followed.
const SURPRISE_PACE: f64 = 0.03;
/// Share of reports that intervals are to hold.
pub const COVERAGE: f64 = 0.9;
/// How fast the width of intervals follows their hits and misses.
const REACH_PACE: f64 = 0.1;
/// Width of intervals at first, standard deviations: 90 % of a normal distribution.
const REACH: f64 = 1.645;
/// Least width, standard deviations.
const LEAST_REACH: f64 = 0.5;
/// Tokens around a message of a person, a tool result, a message of the model and a tool call, and how far that may be
/// off. OpenAI documents 3 to 4 a message; other formats were seen to take up to some dozens for a call or its result.
const AROUND: [f64; 4] = [4.0, 8.0, 4.0, 10.0];
const AROUND_SPREAD: [f64; 4] = [3.0, 6.0, 3.0, 10.0];
/// What has no size that we know may be off by this share of itself (one standard deviation).
const GUESS_SPREAD: f64 = 0.5;

/// Reports of one model, as decayed sums. Lengths that are not what this version writes count as nothing seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Model {
    /// Sum of load·loadᵀ over the variance, the lower triangle row by row.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gram: Vec<f64>,
    /// Sum of load·reported over the variance.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    moment: Vec<f64>,
    /// Square of the usual surprise, in expected standard deviations; 0 before any.
    surprise: f64,
    /// Half-width of intervals, standard deviations; 0 before any report.
    reach: f64,
    /// Reports passed over in a row.
    passed_over: u32,
    /// Reports learned from.
    pub reports: u64,
    /// Number of the last report of all models, for forgetting.
    pub last: u64,
}

/// A number of tokens with the interval that holds the truth in [`COVERAGE`] of cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    pub tokens: u64,
    pub low: u64,
    pub high: u64,
}

/// A model's ratios, ready to count with.
pub struct Ratios {
    triangle: Triangle,
    ratios: Vector,
    surprise: f64,
    reach: f64,
}

impl Model {
    /// The ratios that follow from the family's prior and the reports.
    pub fn ratios(&self, family: Family) -> Ratios {
        let (mean, spread) = prior(family);
        let mut precision: Matrix = [[0.0; FEATURES]; FEATURES];
        let mut moment: Vector = [0.0; FEATURES];
        let seen = self.is_whole();
        let mut place = 0usize;
        for row in 0..FEATURES {
            let trust = 1.0 / (get(&spread, row) * get(&spread, row));
            for column in 0..=row {
                let learned = self.gram.get(place).copied().filter(|_| seen).unwrap_or(0.0);
                let own = if row == column { trust } else { 0.0 };
                set(&mut precision, row, column, own + learned);
                place += 1;
            }
            let learned = self.moment.get(row).copied().filter(|_| seen).unwrap_or(0.0);
            put(&mut moment, row, get(&mean, row) * trust + learned);
        }
        let triangle = decompose(&precision);
        let ratios = triangle.solve(&moment);
        let surprise = if seen && self.surprise > 0.0 { self.surprise } else { 1.0 };
        let reach = if seen && self.reach > 0.0 { self.reach } else { REACH };
        Ratios { triangle, ratios, surprise, reach }
    }

    /// A report: `load` came to `reported` tokens; its noise is `doubt` times what a prompt's is. Returns whether it was
    /// learned from.
    pub fn learn(&mut self, family: Family, load: &Load, reported: f64, doubt: f64) -> bool {
        let ratios = self.ratios(family);
        let x = load.features();
        let noise = noise(load) * doubt * doubt;
        let reported = reported - float(load.ruled) - float(load.guessed);
        let expected = dot(&x, &ratios.ratios);
        let deviation = (noise + ratios.triangle.quadratic(&x)).sqrt();
        let off = (reported - expected) / deviation;
        let usual = ratios.surprise.sqrt();
        let distance = off.abs();
        let most = MOST_RATIO * float(load.text_tokens()) + MOST_AROUND;
        if reported <= 0.0 || reported > most || !distance.is_finite() {
            return false;
        }
        let strange = distance > OUTLIER * usual.max(1.0);
        if strange && self.passed_over < MOST_PASSED_OVER {
            self.passed_over = self.passed_over.saturating_add(1);
            return false;
        }
        if !strange {
            self.passed_over = 0;
        }
        self.follow(distance, &ratios);
        let weight = if strange || distance <= HUBER * usual { 1.0 } else { HUBER * usual / distance };
        self.take(&x, reported, weight / noise);
        self.reports = self.reports.saturating_add(1);
        true
    }

    /// Follows how large the surprises are, and how many intervals hold.
    fn follow(&mut self, distance: f64, ratios: &Ratios) {
        let square = (distance * distance).min(9.0 * ratios.surprise);
        self.surprise = (ratios.surprise * (1.0 - SURPRISE_PACE) + square * SURPRISE_PACE).max(0.05);
        let missed = if distance > ratios.reach * ratios.surprise.sqrt() { 1.0 } else { 0.0 };
        self.reach = (ratios.reach + REACH_PACE * (missed - (1.0 - COVERAGE))).max(LEAST_REACH);
    }

    fn take(&mut self, x: &Vector, reported: f64, weight: f64) {
        if !self.is_whole() {
            self.gram = vec![0.0; FEATURES * (FEATURES + 1) / 2];
            self.moment = vec![0.0; FEATURES];
        }
        let mut places = self.gram.iter_mut();
        for row in 0..FEATURES {
            for column in 0..=row {
                if let Some(place) = places.next() {
                    *place = *place * DECAY + weight * get(x, row) * get(x, column);
                }
            }
        }
        for (place, feature) in self.moment.iter_mut().zip(x) {
            *place = *place * DECAY + weight * feature * reported;
        }
    }

    /// Whether this is what this version writes, and numbers all.
    fn is_whole(&self) -> bool {
        let numbers = self.gram.iter().chain(&self.moment).chain([&self.surprise, &self.reach]);
        self.gram.len() == FEATURES * (FEATURES + 1) / 2
            && self.moment.len() == FEATURES
            && numbers.into_iter().all(|n| n.is_finite())
    }
}

impl Ratios {
    /// What `load` comes to.
    #[must_use]
    pub fn estimate(&self, load: &Load) -> Estimate {
        self.estimate_with(load, 0.0)
    }

    /// The same, with `variance` more that comes from elsewhere, tokens squared.
    #[must_use]
    pub fn estimate_with(&self, load: &Load, variance: f64) -> Estimate {
        let x = load.features();
        let known = float(load.ruled) + float(load.guessed);
        let tokens = dot(&x, &self.ratios).max(0.0) + known;
        let half = self.reach * (self.variance(load) + variance).sqrt();
        Estimate { tokens: whole(tokens), low: whole(tokens - half), high: whole(tokens + half) }
    }

    /// Variance of what `load` comes to, tokens squared.
    #[must_use]
    pub fn variance(&self, load: &Load) -> f64 {
        let guess = GUESS_SPREAD * float(load.guessed);
        if load.is_empty() {
            return 0.0;
        }
        (noise(load) + self.triangle.quadratic(&load.features())) * self.surprise + guess * guess
    }

    /// What each kind comes to: text outside ASCII, words, digits, the rest; then around a message of a person, a tool
    /// result, a message of the model, a tool call.
    #[must_use]
    pub fn values(&self) -> &Vector {
        &self.ratios
    }
}

/// Variance of one report about `load`.
fn noise(load: &Load) -> f64 {
    let tokens = float(load.text_tokens());
    let share = NOISE_SHARE * tokens;
    NOISE_FIXED * NOISE_FIXED + NOISE_ROOT * NOISE_ROOT * tokens + share * share
}

/// Mean and standard deviation of the ratios before any report.
fn prior(family: Family) -> (Vector, Vector) {
    let of_text = family.prior();
    let join = |text: [f64; 4], around: [f64; 4]| {
        let mut both = [0.0; FEATURES];
        for (place, value) in both.iter_mut().zip(text.into_iter().chain(around)) {
            *place = value;
        }
        both
    };
    (join(of_text.ratios, AROUND), join(of_text.spread, AROUND_SPREAD))
}
