//! What `run` keeps from look to look, and how it carries out what the judge wants.

use super::act::{Printed, Running};
use super::alert::Alert;
use super::basis::Basis;
use super::carry::Pending;
use super::curing::Curing;
use super::deliver::Letter;
use super::journal::{Journal, Level};
use super::judge::Call;
use super::maintenance::Paused;
use super::observation::Observation;
use super::run::describe;
use super::saves::{Saving, Unsaved, of_act};
use super::settings::Settings;
use super::state::History;
use super::store::Stored;
use super::texts::Text;
use super::verdict::{Action, Judgement, Verdict};
use super::{judge, process};
use serde_json::{Value, json};
use std::path::PathBuf;

/// A running watchdog.
#[derive(Debug)]
pub struct Watch {
    pub settings: Settings,
    pub stored: Stored,
    pub journal: Journal,
    pub running: Option<Running>,
    /// Commands that are over, until nothing of them is left.
    pub(super) ending: Vec<Running>,
    /// Channels to be cured, whose evidence is being gathered.
    pub(super) cures: Vec<Curing>,
    /// The act whose evidence is being gathered.
    pub(super) pending: Option<Pending>,
    /// Where what the running command prints is to be kept: the incident's folder, and the name.
    pub(super) output: Option<(PathBuf, String)>,
    /// What commands that are over may go on printing into.
    pub(super) printed: Vec<Printed>,
    pub(super) saving: Saving,
    pub(super) unsaved: Option<Unsaved>,
    /// A state of before was found late, and its command has not been taken up yet.
    pub(super) unresumed: bool,
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
            ending: Vec::new(),
            cures: Vec::new(),
            pending: None,
            output: None,
            printed: Vec::new(),
            saving,
            unsaved: None,
            unresumed: false,
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
        self.remember(seen);
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
        self.post_all(&alerts, before.judgement.verdict, now);
        self.stored.gathering |= matches!(action, Some(Action::Restart { .. } | Action::Escalate { .. }));
        // On disk before anything is said or done: with the action in it, or there is none.
        if !self.save()
            && let Some(action) = action.take()
        {
            self.withhold(&action, before.clone());
            alerts.retain(|alert| !of_act(alert.code));
            self.recall(last_letter);
        }
        alerts.iter().for_each(|alert| self.say_alert(alert));
        self.tell_pause(judgement, seen, now);
        self.show(judgement, seen);
        self.tell_boot(&before);
        self.tell_progress(before.incident.as_ref(), now);
        if let Some(action) = action {
            self.begin(action, &judged.call, &before, seen, now);
        }
        self.write_metrics(seen, now);
        judgement.next_ms
    }

    /// Puts what a look has to tell on its way; what waits goes soon where the network came back with it.
    fn post_all(&mut self, alerts: &[Alert], was: Verdict, now: u64) {
        alerts.iter().for_each(|alert| self.post(alert, now));
        let offline = |verdict| matches!(verdict, Verdict::NetworkDown | Verdict::ProxyDown);
        if offline(was) && !offline(self.stored.history.judgement.verdict) {
            self.hurry_outbox(now);
        }
    }

    /// Begins an act that is on disk already.
    fn begin(&mut self, action: Action, call: &Call, before: &History, seen: &Observation, now: u64) {
        let judgement = self.stored.history.judgement;
        match action {
            Action::Channel { .. } => self.cure_channel(&action, before, judgement, seen, now),
            Action::Kill { pid, start_ticks, .. } => self.kill(pid, start_ticks, seen.owner.pid),
            Action::Restart { .. } | Action::Escalate { .. } => {
                let basis = Basis::of(&action, call, &judgement, seen);
                self.carry_out(action, judgement, basis, seen, now);
            }
        }
    }

    /// Takes back what this look was to tell of an act; why that is held back may be told by another letter of it.
    fn recall(&mut self, last_letter: u64) {
        let taken_back = |l: &Letter| l.number > last_letter && of_act(l.alert.code);
        self.stored.outbox.letters.retain(|l| !taken_back(l));
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
