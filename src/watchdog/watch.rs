//! What `run` keeps from look to look, and how it carries out what the judge wants.

use super::act::{Printed, Running};
use super::basis::Basis;
use super::carry::Pending;
use super::deliver::Letter;
use super::evidence::Case;
use super::journal::{Journal, Level};
use super::judge::Call;
use super::maintenance::Paused;
use super::observation::Observation;
use super::run::describe;
use super::saves::{Saving, Unsaved, tells_of_act};
use super::settings::Settings;
use super::store::Stored;
use super::texts::Text;
use super::verdict::{Action, Judgement, Verdict};
use super::{judge, process};
use serde_json::{Value, json};
use std::path::PathBuf;

/// One stop and start of an account of a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cure {
    pub channel: String,
    pub account: String,
    pub attempt: u32,
}

/// A running watchdog.
#[derive(Debug)]
pub struct Watch {
    pub settings: Settings,
    pub stored: Stored,
    pub journal: Journal,
    pub running: Option<Running>,
    /// A channel to be cured, until the loop hands it on.
    pub cure: Option<(Cure, Box<Case>)>,
    /// The act whose evidence is being gathered.
    pub(super) pending: Option<Pending>,
    /// Where what the running command prints is to be kept: the incident's folder, and the name.
    pub(super) output: Option<(PathBuf, String)>,
    /// What commands that are over may go on printing into.
    pub(super) printed: Vec<Printed>,
    pub(super) saving: Saving,
    pub(super) unsaved: Option<Unsaved>,
    /// A copy of the state is kept elsewhere, as the disk is full.
    pub(super) spared: bool,
    /// A copy of the watchdog before may be there.
    pub(super) stale_spare: bool,
    /// The program of the last command that could not be started, and why.
    pub(super) not_started: String,
    /// What has been said of a pause.
    pub(super) paused: Option<Paused>,
    /// That an act is held back has been said.
    pub(super) withheld: bool,
    shown: Option<Verdict>,
}

impl Watch {
    #[must_use]
    pub fn new(settings: Settings, stored: Stored, saving: Saving, journal: Journal) -> Self {
        Self {
            settings,
            stored,
            journal,
            running: None,
            cure: None,
            pending: None,
            output: None,
            printed: Vec::new(),
            saving,
            unsaved: None,
            spared: false,
            stale_spare: true,
            not_started: String::new(),
            paused: None,
            withheld: false,
            shown: None,
        }
    }

    /// Logs and prints a text of the catalogue.
    pub fn tell(&mut self, level: Level, event: &str, text: Text, values: &[&str], facts: Value) {
        let text = text.say(self.settings.language, values);
        self.journal.say(level, event, &text, facts);
    }

    /// Judges a look and acts on it. Gives the time to the next one, milliseconds.
    pub fn take_in(&mut self, seen: &Observation, now: u64) -> u64 {
        self.lift_bar(now);
        self.take_go(now);
        let before = self.stored.history.clone();
        let offline = |verdict| matches!(verdict, Verdict::NetworkDown | Verdict::ProxyDown);
        self.remember(seen);
        let was_offline = offline(self.stored.history.judgement.verdict);
        let history = std::mem::take(&mut self.stored.history);
        let judged = judge::judge(history, seen, &self.settings.policy, now);
        let (judgement, mut action, mut alerts) = (judged.judgement, judged.action, judged.alerts);
        self.stored.history = judged.history;
        if self.drop_overtaken(&judged.call, seen) {
            // Nothing was asked for whose end might be forced.
            action = None;
        }
        self.tell_of(&mut alerts, action.as_ref(), &before, seen, now);
        let last_letter = self.stored.outbox.last;
        alerts.iter().for_each(|alert| self.post(alert, now));
        if was_offline && !offline(judgement.verdict) {
            self.hurry_outbox(now);
        }
        self.stored.gathering |= matches!(action, Some(Action::Restart { .. } | Action::Escalate { .. }));
        // On disk before anything is said or done: with the action in it, or there is none.
        if !self.save()
            && let Some(action) = action.take()
        {
            self.withhold(&action, before.clone());
            alerts.retain(|alert| !tells_of_act(alert));
            self.recall(last_letter);
        }
        alerts.iter().for_each(|alert| self.say_alert(alert));
        self.tell_pause(judgement, seen, now);
        self.show(judgement, seen);
        self.tell_boot(&before);
        self.tell_progress(before.incident.as_ref(), now);
        if let Some(action) = action {
            self.begin(action, &judged.call, judgement, seen, now);
        }
        self.write_metrics(seen, now);
        judgement.next_ms
    }

    /// Begins an act that is on disk already.
    fn begin(&mut self, action: Action, call: &Call, judgement: Judgement, seen: &Observation, now: u64) {
        match action {
            Action::Channel { .. } => self.cure_channel(&action, judgement, seen, now),
            Action::Kill { pid, start_ticks, .. } => self.kill(pid, start_ticks, seen.owner.pid),
            Action::Restart { .. } | Action::Escalate { .. } => {
                let basis = Basis::of(&action, call, &judgement, seen);
                self.carry_out(action, judgement, basis, seen, now);
            }
        }
    }

    /// Takes back what this look was to tell of an act; why that is held back may be told by another letter of it.
    fn recall(&mut self, last_letter: u64) {
        let of_act = |l: &Letter| l.number > last_letter && tells_of_act(&l.alert);
        self.stored.outbox.letters.retain(|l| !of_act(l));
    }

    /// Has an account of a channel stopped and started through the gateway. What comes of it is seen at the next looks.
    fn cure_channel(&mut self, action: &Action, judgement: Judgement, seen: &Observation, now: u64) {
        let Action::Channel { channel, account, attempt, .. } = action.clone() else { return };
        let cure = Cure { channel, account, attempt };
        let name = judge::key(&cure.channel, &cure.account);
        let facts = json!({"channel": cure.channel, "account": cure.account, "attempt": cure.attempt});
        let dry_run = self.settings.dry_run;
        let text = if dry_run { Text::WouldCure } else { Text::CureBegins };
        self.tell(Level::Warn, "channel", text, &[&name, &cure.attempt.to_string()], facts);
        if !dry_run {
            let (case, _) = self.case(action, judgement, seen, String::new(), now);
            self.cure = Some((cure, Box::new(case)));
        }
    }

    /// Ends the process that its owner's stop cannot end.
    fn kill(&mut self, pid: u32, start_ticks: u64, owner: Option<u32>) {
        // A dry run touches nothing, whatever it awaits.
        if self.settings.dry_run {
            return;
        }
        match process::kill(&self.settings.place, pid, start_ticks, owner) {
            Ok(()) => {
                let facts = json!({"pid": pid, "start_ticks": start_ticks});
                self.tell(Level::Warn, "kill", Text::Killed, &[&pid.to_string()], facts);
            }
            Err(e) => {
                let values = [&*pid.to_string(), &*e.to_string()];
                let facts = json!({"pid": pid, "start_ticks": start_ticks, "error": e.to_string()});
                self.tell(Level::Warn, "kill", Text::KillFailed, &values, facts);
            }
        }
    }

    /// Says what became of a cure.
    pub fn cured(&mut self, cure: &Cure, became: Result<(), String>) {
        let name = judge::key(&cure.channel, &cure.account);
        let facts = json!({"channel": cure.channel, "account": cure.account, "attempt": cure.attempt});
        match became {
            Ok(()) => self.tell(Level::Info, "channel", Text::CureDone, &[&name], facts),
            Err(why) => self.tell(Level::Warn, "channel", Text::CureFailed, &[&name, &why], facts),
        }
    }

    fn show(&mut self, judgement: Judgement, seen: &Observation) {
        if self.shown == Some(judgement.verdict) {
            return;
        }
        self.shown = Some(judgement.verdict);
        let level = match judgement.verdict {
            Verdict::Hung | Verdict::Dead | Verdict::Flapping => Level::Error,
            Verdict::Degraded | Verdict::Unknown | Verdict::Busy => Level::Warn,
            _ => Level::Info,
        };
        let text = describe(judgement, seen, self.settings.language);
        let facts = json!({"verdict": judgement.verdict, "reason": judgement.reason,
            "silent_ms": judgement.silent_ms, "failed_probes": judgement.failed_probes});
        self.journal.say(level, "verdict", &text, facts);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watchdog::settings::{Flags, settle};

    #[test]
    fn a_cure_waits_for_its_evidence_and_a_dry_run_has_neither() {
        for dry_run in [false, true] {
            let dir = tempfile::tempdir().unwrap();
            let flags = Flags { state_dir: Some(dir.path().to_owned()), dry_run, ..Flags::default() };
            let settings = settle(flags, &|_| None, 1).unwrap();
            let journal = Journal::new(settings.place.log_file(), true, settings.language);
            let mut watch = Watch::new(settings, Stored::fresh("x"), Saving::Usual, journal);
            let (channel, account) = ("telegram".to_owned(), "a".to_owned());
            let action = Action::Channel { incident: 3, attempt: 1, channel, account };
            watch.cure_channel(&action, Judgement::default(), &Observation::default(), 1);
            assert_eq!(watch.cure.is_none(), dry_run);
            let Some((cure, case)) = watch.cure else { continue };
            assert_eq!((cure.attempt, &case.action, case.incident), (1, &action, 3));
            assert_eq!(watch.stored.folder.as_deref(), Some(case.folder.as_str()));
            assert!(case.folder.ends_with("-3"), "{}", case.folder);
        }
    }
}
