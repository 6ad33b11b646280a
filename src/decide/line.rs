//! Where the lines are drawn in a window: the host's, and ours.

use serde::{Deserialize, Serialize};

/// The host keeps this many tokens free at most (its `reserveTokens`; a quarter of the window where that is less).
pub const HOST_RESERVE: u64 = 20_000;

/// Which bound made a line what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// The configured share of the window.
    Percent,
    /// The configured absolute cap.
    Cap,
    /// The host's compaction line less the forecast growth of the next turn.
    Host,
}

/// A line: at this many tokens in use something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub tokens: u64,
    pub bound: Bound,
}

/// Tokens at which the host compacts in a window of `window` tokens: `W − min(reserve, W/4)`. `reserve` is the host's
/// configured reserve, 20,000 where it configures none.
#[must_use]
pub fn host_line(window: u64, reserve: Option<u64>) -> u64 {
    window.saturating_sub(reserve.unwrap_or(HOST_RESERVE).min(window / 4))
}

/// The effective line of a rung: the least of `percent` of the window, the cap, and the host's line less the growth the
/// next turn is likely to bring. The forecast takes at most half of the host's line: a turn larger than that cannot be
/// planned for.
#[must_use]
pub fn effective(percent: u64, cap: Option<u64>, window: u64, reserve: Option<u64>, growth: u64) -> Line {
    let host = host_line(window, reserve);
    let lines = [
        Line { tokens: window.saturating_mul(percent) / 100, bound: Bound::Percent },
        Line { tokens: cap.unwrap_or(u64::MAX), bound: Bound::Cap },
        Line { tokens: host.saturating_sub(growth.min(host / 2)), bound: Bound::Host },
    ];
    let [first, rest @ ..] = lines;
    rest.into_iter().fold(first, |least, line| if line.tokens < least.tokens { line } else { least })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(window: u64, cap: Option<u64>, tokens: u64, bound: Bound) {
        assert_eq!(effective(80, cap, window, None, 0), Line { tokens, bound }, "W = {window}, cap {cap:?}");
    }

    #[test]
    fn the_host_line_of_each_window() {
        for (window, percent) in [(16_000, 75), (32_000, 75), (64_000, 75), (80_000, 75), (100_000, 80)] {
            assert_eq!(host_line(window, None) * 100 / window, percent, "W = {window}");
        }
        assert_eq!(host_line(128_000, None), 108_000);
        assert_eq!(host_line(200_000, None) * 100 / 200_000, 90);
        assert_eq!(host_line(32_768, None), 24_576);
        assert_eq!(host_line(200_000, Some(16_384)), 183_616);
    }

    #[test]
    fn below_100k_the_host_binds_above_the_percentage_does() {
        for (window, tokens, bound) in [
            (16_000, 12_000, Bound::Host),
            (32_000, 24_000, Bound::Host),
            (64_000, 48_000, Bound::Host),
            (100_000, 80_000, Bound::Percent),
            (128_000, 102_400, Bound::Percent),
            (200_000, 160_000, Bound::Percent),
            (1_000_000, 800_000, Bound::Percent),
        ] {
            check(window, None, tokens, bound);
            check(
                window,
                Some(50_000),
                tokens.min(50_000),
                if tokens <= 50_000 { bound } else { Bound::Cap },
            );
        }
    }

    #[test]
    fn growth_moves_only_the_host_bound_and_at_most_halfway() {
        assert_eq!(effective(80, None, 32_000, None, 2_000), Line { tokens: 22_000, bound: Bound::Host });
        assert_eq!(effective(80, None, 200_000, None, 2_000).bound, Bound::Percent);
        assert_eq!(effective(80, None, 32_000, None, 1_000_000).tokens, 12_000);
    }
}
