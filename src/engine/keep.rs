//! What is kept, and how often it is written: the state file not at every row, sessions not for ever.

use super::{Engine, Now};
use crate::effect::{Effect, Level};
use crate::event::Event;
use crate::record::conversation::Reason;
use crate::record::state::Row;
use crate::shared::notice::Ledger;

/// A change that a crash may undo (how full a context is, what was learned) waits this long at most, milliseconds. It
/// waits for the next event then, and the heartbeat comes every five seconds.
const STATE_EVERY_MS: i64 = 5_000;
/// Conversations held in memory before the longest idle are put away.
const MOST_HELD: usize = 64;
/// Only those idle this long, milliseconds.
const IDLE_MS: i64 = 30 * 60_000;

/// Whether the state file is behind, and how urgent that is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Behind {
    /// Something changed that a later start must know: a block, the ledger, a conversation's place.
    pub material: bool,
    /// Numbers changed that are found again.
    pub numbers: bool,
    /// Epoch milliseconds of the last writing.
    written_ms: i64,
}

impl Engine {
    /// A conversation's row changed from `old`.
    pub(super) fn row_changed(&mut self, old: Option<&Row>, new: &Row) {
        let settled = |row: &Row| Row { context: new.context, used_at_ms: new.used_at_ms, ..row.clone() };
        if old.map(settled).as_ref() == Some(new) {
            self.behind.numbers = true;
        } else {
            self.behind.material = true;
        }
    }

    /// Writes the state where it is due. A process that is about to end writes everything.
    pub(super) fn settle(&mut self, now: &Now, last: bool) {
        let waited = now.ms.saturating_sub(self.behind.written_ms);
        // A clock that was set back is no reason to wait for it.
        let due = last || !(0..STATE_EVERY_MS).contains(&waited);
        if self.state_frozen || !(self.behind.material || (self.behind.numbers && due)) {
            return;
        }
        self.behind = Behind { written_ms: now.ms, ..Behind::default() };
        self.state.bound();
        match self.state.text() {
            Ok(text) => self.out.push(Effect::State { text }),
            // What is on the disk stays as it is.
            Err(e) => {
                let text = Ledger::StateFailed.say(self.config.operator_language, &[&e.to_string()]);
                self.log(Level::Error, "state-failed", "", &text);
            }
        }
    }

    /// Puts away conversations that nothing happened in for long, once there are many: their records bring them back.
    pub(super) fn put_away(&mut self, now: &Now) {
        let excess = self.sessions.len().saturating_sub(MOST_HELD);
        if excess == 0 {
            return;
        }
        // A row that has just come in is use, too, and its conversation is not in the list's order yet.
        let used = |key: &String| {
            let listed = self.state.sessions.get(key).map(|row| row.used_at_ms);
            listed.max(self.sessions.get(key).and_then(|s| s.live.seen_ms)).unwrap_or(i64::MIN)
        };
        let idle = |key: &&String| {
            let quiet = now.ms.saturating_sub(used(key)) >= IDLE_MS && !self.in_flight.contains(*key);
            let waits = |s: &super::session::Session| {
                !s.pending.is_empty() || s.opening_new_context || s.wants_new_context
            };
            quiet && !self.sessions.get(*key).is_some_and(waits)
        };
        let idle = self.sessions.keys().filter(idle);
        let mut keys: Vec<(i64, String)> = idle.map(|key| (used(key), key.clone())).collect();
        keys.sort();
        for (at, key) in keys.into_iter().take(excess) {
            if self.sessions.get(&key).is_some_and(|s| s.unsaved && s.frozen.is_none()) {
                // Put away at a later look, once this is written.
                self.save(now, &key, Reason::Stop, None);
                continue;
            }
            self.write_record(now, &key);
            self.sessions.remove(&key);
            // Putting away is no use of it.
            if let Some(row) = self.state.sessions.get_mut(&key).filter(|_| at > i64::MIN) {
                row.used_at_ms = at;
            }
        }
    }
}

/// Whether the process may end behind this event.
pub(super) fn is_last(event: &Event) -> bool {
    matches!(event, Event::Stopping | Event::SessionEnd { .. } | Event::Boot { .. })
}
