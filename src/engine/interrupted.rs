//! Turns that a restart by the watchdog cut off. The next turn of such a conversation is told of it, once: what its tools
//! had begun may be half done, and nothing in the history says so.

use super::{Engine, Now};
use crate::record::incident;
use crate::record::state::Interrupted;
use crate::shared::notice::{Ledger, Notice};
use crate::shared::time::rfc3339;

/// Older than this it is no news to anybody.
const NEWS_MS: i64 = 86_400_000;
/// What it stands between, so that nobody takes it for something said.
const OPENING: &str = "<asm-interrupted>";
const CLOSING: &str = "</asm-interrupted>";
/// Conversations under way in one gateway are few; a file that names more is cut.
const MOST_INTERRUPTED: usize = 200;

impl Engine {
    /// What the watchdog left, heard as this process begins. It concerns this boot if it is about an earlier process and no
    /// boot has heard it before.
    pub(super) fn incident(&mut self, now: &Now, text: &str, pid: u32, start_ticks: u64) {
        let Some(last) = incident::read(text).filter(|_| !self.state_frozen) else { return };
        let own = last.pid == pid && last.start_ticks == start_ticks;
        let age_ms = now.ms.saturating_sub(last.opened_at_ms);
        let heard = self.state.incident_heard.as_deref() == Some(last.folder.as_str());
        if own || heard || last.folder.is_empty() || !(0..=NEWS_MS).contains(&age_ms) {
            return;
        }
        self.state.incident_heard = Some(last.folder);
        self.behind.material = true;
        self.state.interrupted.retain(|i| now.ms.saturating_sub(i.at_ms) <= NEWS_MS);
        let at_ms = last.opened_at_ms;
        for session_key in last.in_flight.into_iter().take(MOST_INTERRUPTED) {
            self.state.interrupted.retain(|i| i.session_key != session_key);
            self.note(now, &session_key, "interrupted", Ledger::Interrupted, &[&rfc3339(at_ms)]);
            self.state.interrupted.push(Interrupted { session_key, at_ms });
        }
        let over = self.state.interrupted.len().saturating_sub(MOST_INTERRUPTED);
        self.state.interrupted.drain(..over);
    }

    /// What the model is to be told of it in this conversation.
    pub(super) fn interruption(&self, now: &Now, key: &str) -> Option<String> {
        let paused = self.state.sessions.get(key).is_some_and(|row| row.paused);
        if paused || !self.config.continuation.enabled {
            return None;
        }
        let news = |i: &&Interrupted| i.session_key == key && now.ms.saturating_sub(i.at_ms) <= NEWS_MS;
        let at_ms = self.state.interrupted.iter().find(news)?.at_ms;
        let language = self.sessions.get(key).map(|s| s.language(&self.config));
        let language = language.unwrap_or(self.config.operator_language);
        let text = Notice::Interrupted.say(language, &[&rfc3339(at_ms)]);
        Some(format!("{OPENING}\n{text}\n{CLOSING}"))
    }

    /// A model call that carried it has ended without error.
    pub(super) fn interruption_told(&mut self, now: &Now, key: &str) {
        if self.forget_interruption(key) {
            self.note(now, key, "interruption-told", Ledger::InterruptionTold, &[]);
        }
    }

    /// It is of no use any more. Returns whether there was one.
    pub(super) fn forget_interruption(&mut self, key: &str) -> bool {
        let before = self.state.interrupted.len();
        self.state.interrupted.retain(|i| i.session_key != key);
        let was = self.state.interrupted.len() < before;
        self.behind.material |= was;
        was
    }
}
