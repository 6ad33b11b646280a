//! How much a turn adds to the context.

use serde::{Deserialize, Serialize};

/// How many turns are looked back on.
const REMEMBERED: usize = 12;

/// Growth of the last turns, tokens each, newest last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Growth {
    turns: Vec<u64>,
}

impl Growth {
    pub fn learn(&mut self, tokens: u64) {
        self.turns.push(tokens);
        if self.turns.len() > REMEMBERED {
            self.turns.remove(0);
        }
    }

    /// Growth of the turns remembered, oldest first.
    #[must_use]
    pub fn turns(&self) -> &[u64] {
        &self.turns
    }

    /// What the next turn is likely to add at most: the third-quartile turn of those remembered. Zero before the
    /// first turn. One huge turn does not move it; a habit of large turns does.
    #[must_use]
    pub fn next_turn(&self) -> u64 {
        let mut sorted = self.turns.clone();
        sorted.sort_unstable();
        let at = (sorted.len().saturating_mul(3) / 4).min(sorted.len().saturating_sub(1));
        sorted.get(at).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_huge_turn_does_not_move_the_forecast() {
        let mut g = Growth::default();
        assert_eq!(g.next_turn(), 0);
        for _ in 0..11 {
            g.learn(500);
        }
        g.learn(90_000);
        assert_eq!(g.next_turn(), 500);
        for _ in 0..12 {
            g.learn(4_000);
        }
        assert_eq!(g.next_turn(), 4_000);
    }
}
