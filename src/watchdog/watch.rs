//! What `run` keeps from look to look, and how it carries out what the judge wants.

use super::act::{Printed, Running};
use super::basis::Basis;
use super::carry::Pending;
use super::deliver::Letter;
use super::journal::{Journal, Level};
use super::judge::Call;
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
    pub cure: Option<Cure>,
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
            // Why it is held back may be told by a letter of this very look.
            let of_act = |l: &Letter| l.number > last_letter && tells_of_act(&l.alert);
            self.stored.outbox.letters.retain(|l| !of_act(l));
        }
        alerts.iter().for_each(|alert| self.say_alert(alert));
        self.show(judgement, seen);
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
            Action::Channel { channel, account, attempt, .. } => {
                self.cure_channel(Cure { channel, account, attempt });
            }
            Action::Kill { pid, start_ticks, .. } => self.kill(pid, start_ticks, seen.owner.pid),
            Action::Restart { .. } | Action::Escalate { .. } => {
                let basis = Basis::of(&action, call, &judgement, seen);
                self.carry_out(action, judgement, basis, seen, now);
            }
        }
    }

    /// Has an account of a channel stopped and started through the gateway. What comes of it is seen at the next looks.
    fn cure_channel(&mut self, cure: Cure) {
        let name = judge::key(&cure.channel, &cure.account);
        let facts = json!({"channel": cure.channel, "account": cure.account, "attempt": cure.attempt});
        let dry_run = self.settings.dry_run;
        let text = if dry_run { Text::WouldCure } else { Text::CureBegins };
        self.tell(Level::Warn, "channel", text, &[&name, &cure.attempt.to_string()], facts);
        self.cure = Some(cure).filter(|_| !dry_run);
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
