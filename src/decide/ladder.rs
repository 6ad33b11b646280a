//! The rungs of a session's ladder, each taken once per compaction cycle.

use super::line::{Bound, Line, effective};
use crate::count::meter::Occupancy;
use crate::shared::config::Config;
use serde::{Deserialize, Serialize};

/// What a rung asks for. The order is the order in which rungs are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    Warn,
    Save,
    NewContext,
}

/// What the lines of a session are drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    pub window: u64,
    /// The host's configured reserve, where it configures one.
    pub reserve: Option<u64>,
    /// Forecast growth of the next turn.
    pub growth: u64,
}

/// The rungs in order with their lines. A rung never lies below the one before it; equal ones are taken together.
#[must_use]
pub fn rungs(config: &Config, room: Room) -> Vec<(Rung, Line)> {
    let ladder = &config.ladder;
    let asked = [
        (Rung::Warn, ladder.warn_percent),
        (Rung::Save, Some(config.context.threshold_percent)),
        (Rung::NewContext, ladder.new_context.then_some(ladder.new_context_percent)),
    ];
    let mut floor = 0;
    let mut out = Vec::new();
    for (rung, percent) in asked {
        let Some(percent) = percent else { continue };
        let cap = if rung == Rung::NewContext { None } else { config.context.cap_tokens };
        let mut line = effective(percent, cap, room.window, room.reserve, room.growth);
        line.tokens = line.tokens.max(floor);
        floor = line.tokens;
        out.push((rung, line));
    }
    out
}

/// Which rungs were taken in the running compaction cycle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cycle {
    taken: Vec<Rung>,
}

/// A rung that is due now, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Due {
    pub rung: Rung,
    pub line: u64,
    pub bound: Bound,
    pub tokens: u64,
}

impl Cycle {
    /// The rungs that `occupancy` has reached and that were not taken in this cycle; marks them taken. On an unknown
    /// number or an unknown window nothing is ever due.
    pub fn climb(&mut self, config: &Config, room: Option<Room>, occupancy: Occupancy) -> Vec<Due> {
        let (Some(room), Some(tokens)) = (room, occupancy.tokens()) else {
            return Vec::new();
        };
        let reached = rungs(config, room).into_iter().filter(|(_, line)| tokens >= line.tokens);
        let due: Vec<Due> = reached
            .filter(|(rung, _)| !self.taken.contains(rung))
            .map(|(rung, line)| Due { rung, line: line.tokens, bound: line.bound, tokens })
            .collect();
        self.taken.extend(due.iter().map(|d| d.rung));
        due
    }

    /// Marks a rung taken by other means (a save before a compaction).
    pub fn take(&mut self, rung: Rung) {
        if !self.taken.contains(&rung) {
            self.taken.push(rung);
        }
    }

    /// A compaction or a reset begins the next cycle.
    pub fn begin(&mut self) {
        self.taken.clear();
    }

    /// Whether a rung was taken in this cycle.
    #[must_use]
    pub fn has(&self, rung: Rung) -> bool {
        self.taken.contains(&rung)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Option<Room> = Some(Room { window: 100_000, reserve: None, growth: 0 });

    fn known(tokens: u64) -> Occupancy {
        Occupancy::Known { tokens }
    }

    fn config(warn: Option<u64>, save: u64, new: Option<u64>) -> Config {
        let mut c = Config::default();
        c.ladder.warn_percent = warn;
        c.context.threshold_percent = save;
        c.ladder.new_context = new.is_some();
        c.ladder.new_context_percent = new.unwrap_or(90);
        c
    }

    fn due(cycle: &mut Cycle, c: &Config, tokens: u64) -> Vec<Rung> {
        cycle.climb(c, ROOM, known(tokens)).into_iter().map(|d| d.rung).collect()
    }

    #[test]
    fn each_rung_once_per_cycle_in_order() {
        let c = config(Some(50), 70, Some(75));
        let mut cycle = Cycle::default();
        assert_eq!(due(&mut cycle, &c, 49_999), []);
        assert_eq!(due(&mut cycle, &c, 50_000), [Rung::Warn]);
        assert_eq!(due(&mut cycle, &c, 60_000), []);
        assert_eq!(due(&mut cycle, &c, 76_000), [Rung::Save, Rung::NewContext]);
        assert_eq!(due(&mut cycle, &c, 79_000), []);
        cycle.begin();
        assert_eq!(due(&mut cycle, &c, 90_000), [Rung::Warn, Rung::Save, Rung::NewContext]);
    }

    #[test]
    fn a_rung_configured_below_the_one_before_is_raised_to_it() {
        let c = config(None, 80, Some(10));
        assert_eq!(rungs(&c, ROOM.unwrap())[1].1.tokens, 80_000);
        assert_eq!(due(&mut Cycle::default(), &c, 80_000), [Rung::Save, Rung::NewContext]);
        assert_eq!(due(&mut Cycle::default(), &c, 79_999), []);
    }

    #[test]
    fn nothing_is_decided_on_unknown_numbers() {
        let c = config(None, 1, None);
        assert!(Cycle::default().climb(&c, ROOM, Occupancy::Unknown).is_empty());
        assert!(Cycle::default().climb(&c, None, known(99_999_999)).is_empty());
    }
}
