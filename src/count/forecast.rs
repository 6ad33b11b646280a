//! How many turns there are to a line, and what a context costs.

use super::growth::Growth;
use super::load::{float, whole};
use super::meter::Occupancy;
use serde::Deserialize;

/// Turns that must have been seen before anything is foretold.
const LEAST_TURNS: usize = 3;
/// Half-width of the interval, standard deviations of the sum of turns: nine cases of ten.
const REACH: f64 = 1.645;
/// What rounding may add to a square root's square: no turn of its own.
const ROUNDING: f64 = 1e-6;
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
    deviation: f64,
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
        let deviation = (squares / (count - 1.0)).sqrt();
        Some(Self { turns, mean, deviation })
    }

    /// What a turn adds on average, tokens.
    #[must_use]
    pub fn per_turn(&self) -> u64 {
        whole(self.mean)
    }

    /// Turns from here to `line`; `None` where the number is not known or nothing grows. Zero: it is reached.
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
        // k turns add k·mean, give or take REACH·deviation·√k: solved for √k.
        let root = |room: u64, sign: f64| {
            let half = REACH * self.deviation * sign;
            let root = ((half * half + 4.0 * self.mean * float(room)).sqrt() + half) / (2.0 * self.mean);
            root * root
        };
        let least = root(line.saturating_sub(high), -1.0);
        let most = root(line.saturating_sub(low), 1.0);
        let likely = likely.floor();
        Some(TurnsLeft {
            likely: likely as u64,
            low: (least + ROUNDING).min(likely).floor() as u64,
            high: (most.max(likely) - ROUNDING).ceil() as u64,
        })
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
    /// What each further call pays for `tokens` already in context, millionths of a dollar: read from the provider's
    /// cache where it has a price for that. `None` where no price is known.
    #[must_use]
    pub fn waiting(&self, tokens: u64) -> Option<u64> {
        let price = if self.cache_read > 0.0 { self.cache_read } else { self.input };
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

/// An amount of money, millionths of a dollar, with as many decimals as it needs: `12.40`, `0.0031`.
#[must_use]
pub fn dollars(micros: u64) -> String {
    let (whole, rest) = (micros / 1_000_000, micros % 1_000_000);
    match micros {
        0..100 => format!("{whole}.{rest:06}"),
        100..100_000 => format!("{whole}.{:04}", rest / 100),
        _ => format!("{whole}.{:02}", rest / 10_000),
    }
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
        assert_eq!((left.likely, left.low, left.high), (10, 10, 10));
        let uneven = forecast(&[200, 400, 1_000, 1_600, 1_800]).unwrap();
        let left = uneven.turns_left(known, 80_000).unwrap();
        assert!(left.likely == 10 && (6..9).contains(&left.low) && (12..17).contains(&left.high), "{left:?}");
        let unsure = Occupancy::Estimated { tokens: 70_000, low: 66_000, high: 74_000 };
        let wider = even.turns_left(unsure, 80_000).unwrap();
        assert_eq!((wider.likely, wider.low, wider.high), (10, 6, 14));
        let over = uneven.turns_left(Occupancy::Known { tokens: 90_000 }, 80_000).unwrap();
        assert_eq!((over.likely, over.low), (0, 0));
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
        assert_eq!(prices.waiting(100_000), Some(30_000));
        assert_eq!(Prices { cache_read: 0.0, ..prices }.waiting(100_000), Some(300_000));
        assert_eq!(Prices::default().waiting(100_000), None);
        let usage = Usage { input: 1_000, output: 100, cache_read: 10_000, ..Usage::default() };
        assert_eq!(prices.of_call(usage), Some(7_500));
        assert_eq!(Prices::default().of_call(usage), None);
        for (micros, text) in [(0, "0.000000"), (42, "0.000042"), (7_500, "0.0075"), (12_400_000, "12.40")] {
            assert_eq!(dollars(micros), text);
        }
    }
}
