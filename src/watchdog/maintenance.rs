//! `pause` and `resume`, and what a running watchdog says of them.

use super::journal::Level;
use super::last_incident::Phase as Stage;
use super::observation::Observation;
use super::said::Said;
use super::settings::Settings;
use super::status::until;
use super::store;
use super::texts::{Text, duration};
use super::verdict::Judgement;
use super::watch::Watch;
use super::{hold, incident, lock};
use serde_json::json;

/// Another end of a pause than the one that was told, milliseconds: the pause is another one.
const OTHER_END_MS: u64 = 2_000;

/// What has been said of a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paused {
    /// Its end, monotonic milliseconds.
    until_ms: u64,
    /// That but for it there would be a restart.
    due: bool,
}

/// Holds acting off and gives the exit code.
#[must_use]
pub fn pause(settings: &Settings, minutes: u64) -> u8 {
    let for_ms = minutes.saturating_mul(60_000);
    let shown = duration(for_ms, settings.language);
    let mut said = Said::new(settings, "pause");
    match hold::hold(&settings.place, for_ms) {
        Ok(()) => {
            said.say(Text::Paused, &[&shown]);
            let running = lock::running(&settings.place).is_some();
            if !running {
                let dir = settings.place.state_dir.display().to_string();
                said.say(Text::PausedNobody, &[&dir]);
            }
            said.done(json!({"held_ms": for_ms, "held_until": until(for_ms), "running": running}))
        }
        Err(e) => said.broken(&settings.place.hold_file(), &e),
    }
}

/// Ends it, and has a watchdog act again that only watches since an escalation. Gives the exit code.
#[must_use]
pub fn resume(settings: &Settings) -> u8 {
    let mut said = Said::new(settings, "resume");
    let released = match hold::release(&settings.place) {
        Ok(released) => released,
        Err(e) => return said.broken(&settings.place.hold_file(), &e),
    };
    let open = store::peek(&settings.place).and_then(|s| s.history.incident);
    let off = open.is_some_and(|i| i.escalated);
    if off && let Err(e) = hold::ask_to_go(&settings.place) {
        return said.broken(&settings.place.go_file(), &e);
    }
    let text = match (off, released) {
        (true, _) => Text::ResumedAll,
        (false, true) => Text::Resumed,
        (false, false) => Text::NotPaused,
    };
    said.say(text, &[]);
    said.done(json!({"was_paused": released, "was_off": off}))
}

impl Watch {
    /// Says that acting is held off, that it is no more, and once that but for it there would be a restart.
    pub(super) fn tell_pause(&mut self, judgement: Judgement, seen: &Observation, now: u64) {
        let language = self.settings.language;
        let Some(left) = seen.held_ms else {
            if self.paused.take().is_some() {
                self.tell(Level::Info, "resumed", Text::PauseOver, &[], json!({}));
            }
            return;
        };
        // One that cannot be read has no end that is known.
        let untold = left == hold::UNTOLD_MS;
        let until_ms = if untold { u64::MAX } else { now.saturating_add(left) };
        let same = self.paused.filter(|p| p.until_ms.abs_diff(until_ms) < OTHER_END_MS);
        if same.is_none() && untold {
            let file = self.settings.place.hold_file().display().to_string();
            self.tell(Level::Error, "paused", Text::HoldUntold, &[&file], json!({"file": file}));
        } else if same.is_none() {
            let facts = json!({"held_ms": left, "held_until": until(left)});
            self.tell(
                Level::Warn,
                "paused",
                Text::HeldUntil,
                &[&duration(left, language), &until(left)],
                facts,
            );
        }
        let due = judgement.silent_ms >= self.settings.policy.timeout_ms;
        if due && !same.is_some_and(|p| p.due) {
            let facts = json!({"silent_ms": judgement.silent_ms, "held_until": until(left)});
            let values = [duration(judgement.silent_ms, language), until(left)];
            let values = values.each_ref().map(String::as_str);
            self.tell(Level::Warn, "held-off", Text::HeldOff, &values, facts);
        }
        let end = same.map_or(until_ms, |p| p.until_ms);
        self.paused = Some(Paused { until_ms: end, due: due || same.is_some_and(|p| p.due) });
    }

    /// A person has asked for acting again after an escalation.
    pub(super) fn take_go(&mut self, now: u64) {
        if self.settings.dry_run || !hold::take_go(&self.settings.place) {
            return;
        }
        let Some(open) = self.stored.history.incident.clone().filter(|i| i.escalated) else { return };
        let history = std::mem::take(&mut self.stored.history);
        self.stored.history = incident::resumed(history);
        self.stored.folder = None;
        self.note_stage(&open, Stage::Closed);
        let facts = json!({"incident": open.number, "after_ms": now.saturating_sub(open.opened_ms)});
        self.tell(Level::Info, "resumed", Text::GoesAgain, &[&open.number.to_string()], facts);
    }

    /// At the start: that nothing is done since an escalation of before.
    pub(super) fn tell_off(&mut self) {
        if self.stored.history.incident.as_ref().is_some_and(|i| i.escalated) {
            let stable = duration(self.settings.policy.stable_ms, self.settings.language);
            self.tell(Level::Warn, "acting-off", Text::ActingOff, &[&stable], json!({}));
        }
    }
}
