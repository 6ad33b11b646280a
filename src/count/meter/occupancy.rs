//! How full the context is, and how it may be told: nonsense has no form here.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How full the context is, and how far that can be trusted. Tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Occupancy {
    /// Reported by the provider for the last call, its output included.
    Known { tokens: u64 },
    /// Counted, in whole or since the last report; the truth lies between `low` and `high` in nine cases of ten.
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

/// A part of a whole. Exists only where the whole is something and the part lies in it; shows as `0` only where the part
/// is nothing, as `100` only where it is everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share {
    part: u64,
    whole: u64,
}

impl Share {
    /// `None` where there is no whole, or the part is larger than it.
    #[must_use]
    pub fn of(part: u64, whole: u64) -> Option<Self> {
        (whole > 0 && part <= whole).then_some(Self { part, whole })
    }

    /// Percent to one decimal, rounded down: above 0 where the part is something.
    #[must_use]
    pub fn decimal(self) -> f64 {
        let tenths = u128::from(self.part) * 1_000 / u128::from(self.whole.max(1));
        let least = u128::from(self.part > 0);
        u32::try_from(tenths.max(least)).map_or(100.0, |t| f64::from(t) / 10.0)
    }

    /// Whole percent, rounded down, 0 to 100.
    #[must_use]
    pub fn percent(self) -> u64 {
        let percent = u128::from(self.part) * 100 / u128::from(self.whole.max(1));
        u64::try_from(percent).unwrap_or(100)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.percent() {
            0 if self.part > 0 => f.write_str("<1"),
            percent => write!(f, "{percent}"),
        }
    }
}

/// An occupancy of a window, ready to be told to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fullness {
    Known {
        tokens: u64,
        window: u64,
        share: Share,
    },
    Estimated {
        tokens: u64,
        window: u64,
        share: Share,
        low: u64,
        high: u64,
    },
    /// A number that does not fit into the window: one of the two is wrong.
    Over {
        window: u64,
    },
    /// A number, but no window to compare it with.
    Unbounded {
        tokens: u64,
    },
    Unknown,
}

impl Fullness {
    /// More than the window cannot be in the window: such a number is not told. An interval is cut at what is possible.
    #[must_use]
    pub fn of(occupancy: Occupancy, window: Option<u64>) -> Self {
        let Some(tokens) = occupancy.tokens() else { return Self::Unknown };
        let Some(window) = window.filter(|w| *w > 0) else { return Self::Unbounded { tokens } };
        let Some(share) = Share::of(tokens, window) else { return Self::Over { window } };
        match occupancy {
            Occupancy::Estimated { low, high, .. } => {
                let (low, high) = (low.min(tokens), high.clamp(tokens, window));
                Self::Estimated { tokens, window, share, low, high }
            }
            _ => Self::Known { tokens, window, share },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_has_no_form() {
        assert_eq!(Share::of(149, 100), None);
        assert_eq!(Share::of(5, 0), None);
        assert_eq!(Share::of(0, 0), None);
        for (part, whole, shown) in
            [(0, 9, "0"), (1, 1_000_000, "<1"), (999, 1_000, "99"), (7, 7, "100"), (1, u64::MAX, "<1")]
        {
            assert_eq!(Share::of(part, whole).unwrap().to_string(), shown);
        }
        let over = Occupancy::Known { tokens: 300_000 };
        assert_eq!(Fullness::of(over, Some(200_000)), Fullness::Over { window: 200_000 });
        assert_eq!(Fullness::of(over, None), Fullness::Unbounded { tokens: 300_000 });
        assert_eq!(Fullness::of(over, Some(0)), Fullness::Unbounded { tokens: 300_000 });
        assert_eq!(Fullness::of(Occupancy::Unknown, Some(1)), Fullness::Unknown);
    }

    #[cfg(not(target_arch = "wasm32"))]
    proptest::proptest! {
        #[test]
        fn whatever_was_counted_what_is_told_is_possible(tokens: u64, low: u64, high: u64, window: u64) {
            match Fullness::of(Occupancy::Estimated { tokens, low, high }, Some(window)) {
                Fullness::Estimated { tokens, window, share, low, high } => {
                    assert!(low <= tokens && tokens <= high && high <= window && share.percent() <= 100);
                    assert!(tokens == 0 || share.to_string() != "0");
                }
                Fullness::Known { .. } => panic!("an estimate is not known"),
                Fullness::Unbounded { .. } => assert_eq!(window, 0),
                Fullness::Over { window } => assert!(tokens > window),
                Fullness::Unknown => panic!("there is a number"),
            }
        }
    }
}
