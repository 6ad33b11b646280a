//! The state on disk: nothing is done that could not be noted there first. Where it cannot be saved a person is told once,
//! watching goes on, and what was to be done is done as soon as it can be noted.

use super::alert::{Alert, Code, Severity};
use super::deliver::Letter;
use super::journal::Level;
use super::place::Place;
use super::state::History;
use super::store::{self, What};
use super::texts::Text;
use super::verdict::Action;
use super::watch::Watch;
use super::{clock, judge, spare};
use serde_json::json;
use std::io;

/// Where the state goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saving {
    /// To its file.
    Usual,
    /// A dry run shows its own, and leaves the real one alone.
    DryRun,
    /// Beside the file, which is a newer version's and left alone.
    Beside,
    /// Nowhere: there is one that is not ours to overwrite (it cannot be read).
    Barred,
}

/// Since when the state cannot be saved, monotonic milliseconds, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsaved {
    pub since_ms: u64,
    pub why: String,
}

impl Watch {
    /// Writes the state; whether the next start will find it.
    pub fn save(&mut self) -> bool {
        match self.saving {
            Saving::Barred => return false,
            Saving::DryRun => {
                // Nothing rests on it.
                let _ = self.stored.save_to(&self.settings.place.dry_run_file());
                return true;
            }
            Saving::Usual | Saving::Beside => {}
        }
        let place = self.settings.place.clone();
        let Err(error) = self.save_file(&place) else {
            self.saved();
            return true;
        };
        let copied =
            spare::no_room(&error) && self.stored.bytes().and_then(|b| spare::write(&place, &b)).is_ok();
        if !copied {
            self.unsaved(error.to_string());
            return false;
        }
        if !std::mem::replace(&mut self.spared, true) {
            self.tell(Level::Warn, "state", Text::StateSpared, &[&error.to_string()], json!({}));
        }
        self.saved();
        true
    }

    /// Writes the file, and takes copies of it away that are older now.
    fn save_file(&mut self, place: &Place) -> io::Result<()> {
        let beside = place.state_file_beside(store::VERSION);
        let usual = self.saving == Saving::Usual;
        self.stored.save_to(&if usual { place.state_file() } else { beside.clone() })?;
        if self.spared || self.stale_spare {
            (self.spared, self.stale_spare) = (false, false);
            spare::remove(place);
            if usual {
                // One that stays is older than what was saved.
                let _ = std::fs::remove_file(beside);
            }
        }
        Ok(())
    }

    /// There is a state that must not be overwritten: says so, and holds acting off.
    pub(super) fn bar(&mut self, why: String) {
        self.saving = Saving::Barred;
        self.unsaved(why);
    }

    /// Says that a newer version's state is left alone, and where ours is.
    pub(super) fn tell_newer(&mut self, version: Option<u64>) {
        let Some(version) = version else { return };
        let place = &self.settings.place;
        let [file, own] =
            [place.state_file(), place.state_file_beside(store::VERSION)].map(|f| f.display().to_string());
        let values = [version.to_string(), file, own];
        self.tell(
            Level::Warn,
            "state-newer",
            Text::StateNewer,
            &values.each_ref().map(String::as_str),
            json!({}),
        );
    }

    /// Looks whether what was in the way of saving is gone; what it left is taken up, as soon as that can be noted.
    pub(super) fn lift_bar(&mut self, now: u64) {
        if self.saving == Saving::Barred {
            let Ok(loaded) = store::load(&self.settings.place) else { return };
            if let What::Kept(stored) = loaded.what {
                self.take_up(*stored, now);
            }
            self.saving = if loaded.newer.is_some() { Saving::Beside } else { Saving::Usual };
            self.tell_newer(loaded.newer);
            self.unresumed = true;
        }
        if self.unresumed && self.save() {
            self.unresumed = false;
            self.resume_command(now);
        }
    }

    /// Goes on by a state of before. What waits to be told now comes before what waited then.
    fn take_up(&mut self, stored: store::Stored, now: u64) {
        let same_boot = stored.machine_boot == self.stored.machine_boot;
        let mut stored = stored.still_valid(&self.stored.target);
        stored.history = judge::resume(stored.history, clock::slept_ms(), now);
        let mut older = std::mem::take(&mut stored.outbox);
        older.resume(&self.way_names(), same_boot, now);
        stored.outbox = std::mem::take(&mut self.stored.outbox);
        stored.outbox.join(older);
        self.stored = stored;
    }

    fn saved(&mut self) {
        self.withheld = false;
        let Some(unsaved) = self.unsaved.take() else { return };
        let lasted = clock::monotonic_ms().saturating_sub(unsaved.since_ms).to_string();
        let name = Code::StateUnsaved.name().to_owned();
        let values = vec![name.clone(), String::new(), lasted];
        let over = Alert { code: Code::Recovered, about: name, severity: Severity::Info, values };
        self.raise(&over, clock::monotonic_ms());
    }

    /// Tells it once.
    fn unsaved(&mut self, why: String) {
        if self.unsaved.is_some() {
            return;
        }
        let now = clock::monotonic_ms();
        self.unsaved = Some(Unsaved { since_ms: now, why: why.clone() });
        let (code, about) = (Code::StateUnsaved, String::new());
        self.raise(&Alert { code, about, severity: Severity::Critical, values: vec![why] }, now);
    }

    /// Takes an act back that could not be noted: the judge wants it again at the next look.
    pub(super) fn withhold(&mut self, action: &Action, before: History) {
        let history = std::mem::take(&mut self.stored.history);
        self.stored.history = without_act(history, before);
        self.stored.gathering = false;
        self.say_withheld(action);
    }

    /// Says once that an act waits for a state that can be saved.
    pub(super) fn say_withheld(&mut self, action: &Action) {
        let why = self.unsaved.as_ref().map(|u| u.why.clone()).unwrap_or_default();
        if !std::mem::replace(&mut self.withheld, true) {
            let facts = json!({"action": action, "why": why});
            self.tell(Level::Error, "withheld", Text::ActWithheld, &[&why], facts);
        }
    }
}

impl Watch {
    /// What was about to be told of an act that was not begun is not told. What is on its way already ends as any other.
    pub(super) fn retract(&mut self) {
        let Some(open) = &self.stored.history.incident else { return };
        let about = open.number.to_string();
        let (acted, escalated) = (!open.attempts.is_empty(), open.escalated);
        let stands = |code: Code| match code {
            Code::Restarted => acted,
            Code::RestartUseless => escalated,
            _ => true,
        };
        let letters = &mut self.stored.outbox.letters;
        let before = letters.len();
        let sending = |l: &Letter| l.heard || l.errands.iter().any(|e| e.under_way || e.tries > 0);
        letters.retain(|l| l.alert.about != about || stands(l.alert.code) || sending(l));
        let unsent = letters.len() < before || self.settings.ways.ways.is_empty();
        if unsent {
            self.stored.history.raised.retain(|r| r.about != about || stands(r.code));
        }
    }
}

/// What says that something is done about the gateway now, and is taken back with it. What says that nothing is done
/// (`acting-off`), or what became of an act before (`verified`), is true without it.
pub(super) fn of_act(code: Code) -> bool {
    matches!(code, Code::Restarted | Code::RestartUseless)
}

/// What a look came to, without the act it led to: what is counted and awaited for its sake is as it was `before`.
fn without_act(mut now: History, before: History) -> History {
    now.incident = before.incident;
    now.incidents = before.incidents;
    now.restarts_ms = before.restarts_ms;
    now.command_running = before.command_running;
    now.raised.retain(|r| !of_act(r.code));
    now.raised.extend(before.raised.into_iter().filter(|r| of_act(r.code)));
    for (key, c) in &mut now.channels {
        let Some(old) = before.channels.get(key) else { continue };
        c.cure = c.cure.take().filter(|_| old.cure.is_some());
        c.stopped_by_us &= old.stopped_by_us;
        c.cures_ms.clone_from(&old.cures_ms);
        c.restarted_ms = old.restarted_ms;
    }
    now
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watchdog::deliver::Outbox;
    use crate::watchdog::journal::Journal;
    use crate::watchdog::settings::{Flags, settle};
    use crate::watchdog::state::{Attempt, ChannelSeen, Cure, Incident, Outcome, Phase};
    use crate::watchdog::store::Stored;

    #[test]
    fn an_act_that_is_taken_back_leaves_what_was_seen() {
        let channel = ChannelSeen { moves: 3, ..ChannelSeen::default() };
        let mut before = History { last_look_ms: Some(1), ..History::default() };
        before.channels.insert("t/a".to_owned(), channel.clone());
        let mut now = before.clone();
        now.last_look_ms = Some(2);
        now.restarts_ms = vec![2];
        now.command_running = true;
        let attempt = Attempt { began_ms: 2, outcome: Outcome::Running, killed: false, stood: false };
        let phase = Phase::Commanding { began_ms: 2, before: None };
        now.incident = Some(Incident { attempts: vec![attempt], phase, ..Incident::default() });
        let cured =
            ChannelSeen { cure: Some(Cure::default()), stopped_by_us: true, cures_ms: vec![2], ..channel };
        now.channels.insert("t/a".to_owned(), cured);
        let expected = History { last_look_ms: Some(2), ..before.clone() };
        assert_eq!(without_act(now, before), expected);
    }

    #[test]
    fn a_state_that_comes_back_brings_its_letters_and_its_command_even_if_it_cannot_be_saved_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let flags = Flags { state_dir: Some(dir.path().to_owned()), ..Flags::default() };
        let mut settings = settle(flags, &|_| None, 1).unwrap();
        settings.ways.ways = vec![crate::watchdog::deliver::Way::Command { words: vec!["true".to_owned()] }];
        let place = settings.place.clone();
        let letter = |about: &str| {
            let mut outbox = Outbox::default();
            let (about, values) = (about.to_owned(), Vec::new());
            let alert = Alert { code: Code::DiskFull, about, severity: Severity::Warning, values };
            outbox.put(alert, &["command"], "", "s", 1);
            outbox
        };
        let mut before = Stored { outbox: letter("then"), ..Stored::fresh("x") };
        before.outbox.letters[0].errands[0].under_way = true;
        let phase = Phase::Commanding { began_ms: 2, before: None };
        let attempt = Attempt { began_ms: 2, outcome: Outcome::Running, killed: false, stood: false };
        before.history.incident = Some(Incident { attempts: vec![attempt], phase, ..Incident::default() });
        before.history.command_running = true;
        before.save_to(&place.state_file()).unwrap();
        let journal = Journal::new(place.log_file(), true, settings.language);
        let own = Stored { outbox: letter("now"), ..Stored::fresh("x") };
        let mut watch = Watch::new(settings, own, Saving::Barred, journal);
        // It can be read and not be written: nothing can take the place of a directory.
        let temp = place.own_dir().join(format!(".state.json.{}.tmp", std::process::id()));
        std::fs::create_dir(&temp).unwrap();
        watch.lift_bar(3);
        assert!(watch.stored.history.command_running, "not decided before it is noted");
        std::fs::remove_dir(&temp).unwrap();
        watch.lift_bar(4);
        assert!(!watch.stored.history.command_running, "taken up");
        let letters = &watch.stored.outbox.letters;
        let told: Vec<(u64, &str)> =
            letters.iter().map(|l| (l.number, l.alert.about.as_str())).take(2).collect();
        assert!(told.contains(&(1, "now")) && letters.iter().any(|l| l.alert.about == "then"), "{letters:?}");
        assert!(
            letters.iter().all(|l| l.errands.iter().all(|e| !e.under_way)),
            "what was under way is sent again"
        );
    }
}
