//! Turns that a restart by the watchdog cut off. The next turn of such a conversation is told of it, once: what its tools
//! had begun may be half done, and nothing in the history says so.

use super::{Engine, Now};
use crate::record::incident::{self, Restart};
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
/// How a restart stands or ended that brought a new boot, or may have.
const AT_WORK: [&str; 3] = ["running", "verified", "channels-still"];
/// Stands between an incident's folder and the number of the newest restart that was heard of; the first has none.
const NUMBER: char = '#';

/// A word of the watchdog's as it may stand before a model: letters and dashes, and few of them.
fn plain(word: &str) -> String {
    let word: String = word.chars().filter(|c| c.is_ascii_lowercase() || *c == '-').take(24).collect();
    if word.is_empty() { "unknown".to_owned() } else { word }
}

impl Engine {
    /// What the watchdog left, heard as this boot begins. A restart concerns it if it ended an earlier process, or an
    /// earlier boot of this one, and no boot has heard of it before.
    pub(super) fn incident(&mut self, now: &Now, text: &str, pid: u32, start_ticks: u64) {
        let Some(last) = incident::read(text).filter(|l| !self.state_frozen && !l.folder.is_empty()) else {
            return;
        };
        let heard = self.heard(&last.folder);
        let restarts = last.restarts();
        let mut newest = heard;
        for (at, restart) in restarts.iter().enumerate() {
            let process = restart.pid == pid && restart.start_ticks == start_ticks;
            // A gateway that restarts within its process keeps both: then the restart came before this boot.
            let within = self.booted_ms > restart.at_ms && AT_WORK.contains(&restart.ended.as_str());
            let own = process && !within;
            let age_ms = now.ms.saturating_sub(restart.at_ms);
            if own || restart.number <= heard || !(0..=NEWS_MS).contains(&age_ms) {
                continue;
            }
            let before = restarts.get(..at).unwrap_or_default();
            let before: Vec<String> =
                before.iter().map(|r| format!("{} {}", r.number, plain(&r.ended))).collect();
            self.cut_off(now, restart, &before.join(", "));
            newest = newest.max(restart.number);
        }
        if newest > heard {
            let number = if newest == 1 { String::new() } else { format!("{NUMBER}{newest}") };
            self.state.incident_heard = Some(last.folder + &number);
            self.behind.material = true;
        }
    }

    /// The number of the newest restart of an incident that a boot has heard of; 0 for none.
    fn heard(&self, folder: &str) -> u32 {
        let rest = self.state.incident_heard.as_deref().and_then(|heard| heard.strip_prefix(folder));
        match rest {
            None => 0,
            Some("") => 1,
            Some(number) => number.strip_prefix(NUMBER).and_then(|n| n.parse().ok()).unwrap_or(0),
        }
    }

    /// Notes the conversations that a restart cut off.
    fn cut_off(&mut self, now: &Now, restart: &Restart, before: &str) {
        self.behind.material = true;
        self.state.interrupted.retain(|i| now.ms.saturating_sub(i.at_ms) <= NEWS_MS);
        let at_ms = restart.at_ms;
        for session_key in restart.in_flight.iter().take(MOST_INTERRUPTED).cloned() {
            self.state.interrupted.retain(|i| i.session_key != session_key);
            self.note(now, &session_key, "interrupted", Ledger::Interrupted, &[&rfc3339(at_ms)]);
            self.state.interrupted.push(Interrupted { session_key, at_ms, before: before.to_owned() });
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
        let Interrupted { at_ms, before, .. } = self.state.interrupted.iter().find(news)?;
        let language = self.sessions.get(key).map(|s| s.language(&self.config));
        let language = language.unwrap_or(self.config.operator_language);
        let mut text = Notice::Interrupted.say(language, &[&rfc3339(*at_ms)]);
        if !before.is_empty() {
            text.push(' ');
            text.push_str(&Notice::InterruptedBefore.say(language, &[before]));
        }
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
