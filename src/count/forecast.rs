//! How many turns there are to a line, and what a context costs.

use super::growth::Growth;
use super::load::{float, whole};
use super::meter::Occupancy;
use serde::Deserialize;

/// Turns that must have been seen before anything is foretold.
const LEAST_TURNS: usize = 3;
/// Half-width of nine cases of ten in standard deviations, with 2 to 11 turns more than one seen (Student's t).
const REACH: [f64; 10] = [2.92, 2.35, 2.13, 2.02, 1.94, 1.89, 1.86, 1.83, 1.81, 1.80];
/// Turns are never taken to be more alike than this share of their mean: those to come are other ones.
const LEAST_DEVIATION: f64 = 0.1;
/// Turns that are told at most: further ahead nobody can see.
pub const MOST_TURNS_TOLD: u64 = 100;
/// A turn counts at most this many times the third quartile: one enormous result is no habit.
const MOST_QUARTILES: u64 = 3;

/// Turns left to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TurnsLeft {
    pub likely: u64,
    pub low: u64,
    pub high: u64,
}

/// What the turns so far say about the next.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// Growth of the remembered turns, smallest first, tokens.
    turns: Vec<u64>,
    mean: f64,
    /// Standard deviation of one turn, and of what is taken for the mean.
    deviation: f64,
    of_mean: f64,
    reach: f64,
}

impl Forecast {
    /// `None` while too few turns were seen.
    #[must_use]
    pub fn of(growth: &Growth) -> Option<Self> {
        let mut turns = growth.turns().to_vec();
        if turns.len() < LEAST_TURNS {
            return None;
        }
        turns.sort_unstable();
        let most = growth.next_turn().saturating_mul(MOST_QUARTILES).max(1);
        let capped = || turns.iter().map(|t| float((*t).min(most)));
        let count = float(turns.len() as u64);
        let mean = capped().sum::<f64>() / count;
        let squares: f64 = capped().map(|t| (t - mean) * (t - mean)).sum();
        let deviation = (squares / (count - 1.0)).sqrt().max(LEAST_DEVIATION * mean);
        let reach = turns.len().checked_sub(LEAST_TURNS).and_then(|n| REACH.get(n)).copied().unwrap_or(1.80);
        Some(Self { turns, mean, deviation, of_mean: deviation / count.sqrt(), reach })
    }

    /// What a turn adds on average, tokens.
    #[must_use]
    pub fn per_turn(&self) -> u64 {
        whole(self.mean)
    }

    /// Turns from here to `line`, [`MOST_TURNS_TOLD`] at most; `None` where the number is not known or nothing grows. Zero: it is reached.
    #[must_use]
    pub fn turns_left(&self, occupancy: Occupancy, line: u64) -> Option<TurnsLeft> {
        let tokens = occupancy.tokens()?;
        let (low, high) = match occupancy {
            Occupancy::Estimated { low, high, .. } => (low, high),
            _ => (tokens, tokens),
        };
        if self.mean < 1.0 {
            return None;
        }
        let likely = float(line.saturating_sub(tokens)) / self.mean;
        let likely = (likely.floor() as u64).min(MOST_TURNS_TOLD);
        let (least, most) = (line.saturating_sub(high), line.saturating_sub(low));
        // The last turn at which the upper end has not crossed yet, and the first at which the lower end has.
        let low = (1..=likely).take_while(|k| self.ahead(*k, 1.0) <= float(least)).last().unwrap_or(0);
        let high = (likely..MOST_TURNS_TOLD).find(|k| self.ahead(*k, -1.0) >= float(most));
        Some(TurnsLeft { likely, low, high: high.unwrap_or(MOST_TURNS_TOLD) })
    }

    /// What `turns` turns add at one end of the interval (`sign`), tokens: each may differ, and so may their mean.
    fn ahead(&self, turns: u64, sign: f64) -> f64 {
        let k = float(turns);
        let variance = k * self.deviation * self.deviation + k * k * self.of_mean * self.of_mean;
        k * self.mean + sign * self.reach * variance.sqrt()
    }

    /// Whether the next turn is likely to cross `line`: half of the remembered turns would have.
    #[must_use]
    pub fn crosses_next(&self, occupancy: Occupancy, line: u64) -> bool {
        let Some(room) = occupancy.tokens().and_then(|tokens| line.checked_sub(tokens)).filter(|r| *r > 0)
        else {
            return false;
        };
        let over = self.turns.iter().filter(|t| **t >= room).count();
        over.saturating_mul(2) >= self.turns.len()
    }
}

/// What a model costs, dollars a million tokens, which is millionths of a dollar a token; zero: free or not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Prices {
    pub input: f64,
    pub output: f64,
    pub cache_read: f64,
    pub cache_write: f64,
}

impl Prices {
    /// What each further call pays for `tokens` already in context, millionths of a dollar, where the provider read
    /// `cached` of the last `prompt` tokens from its cache. `None` where no price is known.
    #[must_use]
    pub fn waiting(&self, tokens: u64, cached: u64, prompt: u64) -> Option<u64> {
        let read = if self.cache_read > 0.0 { self.cache_read } else { self.input };
        let share = if prompt > 0 { float(cached.min(prompt)) / float(prompt) } else { 0.0 };
        let price = read * share + self.input * (1.0 - share);
        (price > 0.0 && price.is_finite()).then(|| whole(price * float(tokens)))
    }

    /// What a call cost, millionths of a dollar. `None` where no price is known.
    #[must_use]
    pub fn of_call(&self, usage: crate::transcript::message::Usage) -> Option<u64> {
        let parts = [
            (self.input, usage.input),
            (self.output, usage.output),
            (self.cache_read, usage.cache_read),
            (self.cache_write, usage.cache_write),
        ];
        let known = self.input > 0.0 && parts.iter().all(|(price, _)| price.is_finite() && *price >= 0.0);
        known.then(|| whole(parts.iter().map(|(price, tokens)| price * float(*tokens)).sum()))
    }
}

/// An amount of money, millionths of a dollar, rounded, with as many decimals as it needs: `12.40`, `0.0031`.
#[must_use]
pub fn dollars(micros: u64) -> String {
    let (step, digits) = match micros {
        0..100 => (1, 6),
        100..100_000 => (100, 4),
        _ => (10_000, 2),
    };
    let rounded = micros.saturating_add(step / 2) / step;
    let one = 1_000_000 / step;
    format!("{}.{:0digits$}", rounded / one, rounded % one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::message::Usage;

    fn forecast(turns: &[u64]) -> Option<Forecast> {
        let mut growth = Growth::default();
        turns.iter().for_each(|t| growth.learn(*t));
        Forecast::of(&growth)
    }

    #[test]
    fn nothing_is_foretold_from_too_little() {
        assert!(forecast(&[900, 900]).is_none());
        let still = forecast(&[0, 0, 0]).unwrap();
        assert_eq!(still.turns_left(Occupancy::Known { tokens: 5 }, 100), None);
        assert_eq!(forecast(&[9, 9, 9]).unwrap().turns_left(Occupancy::Unknown, 100), None);
    }

    #[test]
    fn turns_left_with_their_interval() {
        let even = forecast(&[1_000; 5]).unwrap();
        let known = Occupancy::Known { tokens: 70_000 };
        let left = even.turns_left(known, 80_000).unwrap();
        assert_eq!((left.likely, left.low, left.high), (10, 8, 12));
        let uneven = forecast(&[200, 400, 1_000, 1_600, 1_800]).unwrap();
        let left = uneven.turns_left(known, 80_000).unwrap();
        assert!(left.likely == 10 && (4..8).contains(&left.low) && (14..60).contains(&left.high), "{left:?}");
        let unsure = Occupancy::Estimated { tokens: 70_000, low: 66_000, high: 74_000 };
        let wider = even.turns_left(unsure, 80_000).unwrap();
        assert!(wider.likely == 10 && wider.low < 8 && wider.high > 12, "{wider:?}");
        let over = uneven.turns_left(Occupancy::Known { tokens: 90_000 }, 80_000).unwrap();
        assert_eq!((over.likely, over.low), (0, 0));
    }

    /// Draws of a lognormal distribution, by sums of twelve numbers in place of a normal one.
    fn draws(seed: u64, sigma: f64) -> impl FnMut() -> u64 {
        let mut state = seed;
        move || {
            let normal = (0..12).fold(-6.0, |sum, _| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                sum + float(state >> 33) / float(1 << 31)
            });
            whole(1_000.0 * (sigma * normal).exp())
        }
    }

    #[test]
    fn most_intervals_hold_what_comes() {
        for (seen, ahead, sigma, least) in
            [(3, 20, 0.5, 85), (12, 20, 0.5, 85), (12, 60, 0.5, 85), (6, 20, 0.5, 85), (12, 20, 1.0, 75)]
        {
            let held = (0..400).filter(|n| {
                let mut draw = draws(n * 7_919 + 1, sigma);
                let turns: Vec<u64> = (0..seen).map(|_| draw()).collect();
                let line: u64 = (0..ahead).map(|_| draw()).sum();
                let left =
                    forecast(&turns).unwrap().turns_left(Occupancy::Known { tokens: 0 }, line).unwrap();
                (left.low..=left.high).contains(&ahead)
            });
            let percent = held.count() / 4;
            assert!(percent >= least, "{seen} seen, {ahead} ahead, {sigma}: {percent} %");
        }
    }

    #[test]
    fn one_enormous_turn_is_no_habit() {
        let mut turns = vec![1_000; 11];
        turns.push(400_000);
        assert!(forecast(&turns).unwrap().per_turn() < 1_300);
    }

    #[test]
    fn a_turn_that_is_likely_to_cross_is_seen_before() {
        let f = forecast(&[1_000, 3_000, 3_000, 4_000]).unwrap();
        let at = |tokens| f.crosses_next(Occupancy::Known { tokens }, 100_000);
        assert_eq!([at(90_000), at(96_500), at(97_000), at(99_999)], [false, false, true, true]);
        assert!(!at(100_000) && !at(120_000), "it is crossed, not about to be");
    }

    #[cfg(not(target_arch = "wasm32"))]
    proptest::proptest! {
        #[test]
        fn the_interval_holds_the_likely_number(turns in proptest::collection::vec(0u64..1_000_000, 3..12),
            tokens in 0u64..2_000_000, wide in 0u64..9_000, line in 0u64..2_000_000) {
            let f = forecast(&turns).unwrap();
            let occupancy = Occupancy::Estimated { tokens, low: tokens.saturating_sub(wide), high: tokens + wide };
            if let Some(TurnsLeft { likely, low, high }) = f.turns_left(occupancy, line) {
                assert!(low <= likely && likely <= high);
            }
        }
    }

    #[test]
    fn money() {
        let prices = Prices { input: 3.0, output: 15.0, cache_read: 0.3, cache_write: 3.75 };
        assert_eq!(prices.waiting(100_000, 50_000, 50_000), Some(30_000));
        assert_eq!(prices.waiting(100_000, 25_000, 50_000), Some(165_000));
        assert_eq!(prices.waiting(100_000, 0, 50_000), Some(300_000), "nothing is cached here");
        assert_eq!(Prices { cache_read: 0.0, ..prices }.waiting(100_000, 9, 9), Some(300_000));
        assert_eq!(Prices::default().waiting(100_000, 0, 0), None);
        let usage = Usage { input: 1_000, output: 100, cache_read: 10_000, ..Usage::default() };
        assert_eq!(prices.of_call(usage), Some(7_500));
        assert_eq!(Prices::default().of_call(usage), None);
        for (micros, text) in [
            (0, "0.000000"),
            (42, "0.000042"),
            (7_500, "0.0075"),
            (12_400_000, "12.40"),
            (24_260, "0.0243"),
            (99_999, "0.1000"),
            (246_700, "0.25"),
        ] {
            assert_eq!(dollars(micros), text);
        }
    }
}
