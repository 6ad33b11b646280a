//! What `run` keeps from look to look, and how it carries out what the judge wants.

use super::act::Running;
use super::journal::{Journal, Level};
use super::last_incident::Phase as Stage;
use super::observation::Observation;
use super::run::{adoptable, describe};
use super::settings::Settings;
use super::state::{Ended, Incident, Outcome, Phase};
use super::store::Stored;
use super::texts::{Text, duration};
use super::verdict::{Action, Judgement, Verdict};
use super::{clock, evidence, incident, judge, last_incident, process};
use serde_json::{Value, json};

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
    pub(super) persist: bool,
    shown: Option<Verdict>,
    save_failed: bool,
}

impl Watch {
    /// `persist`: whether the state may be written.
    #[must_use]
    pub fn new(settings: Settings, stored: Stored, persist: bool, journal: Journal) -> Self {
        Self {
            settings,
            stored,
            journal,
            running: None,
            cure: None,
            persist,
            shown: None,
            save_failed: false,
        }
    }

    /// Logs and prints a text of the catalogue.
    pub fn tell(&mut self, level: Level, event: &str, text: Text, values: &[&str], facts: Value) {
        let text = text.say(self.settings.language, values);
        self.journal.say(level, event, &text, facts);
    }

    /// Judges a look and acts on it. Gives the time to the next one, milliseconds.
    pub fn take_in(&mut self, seen: &Observation, now: u64) -> u64 {
        let before = self.stored.history.incident.clone();
        let offline = |verdict| matches!(verdict, Verdict::NetworkDown | Verdict::ProxyDown);
        self.remember(seen);
        let was_offline = offline(self.stored.history.judgement.verdict);
        let history = std::mem::take(&mut self.stored.history);
        let judged = judge::judge(history, seen, &self.settings.policy, now);
        let (judgement, action) = (judged.judgement, judged.action);
        self.stored.history = judged.history;
        for alert in &judged.alerts {
            self.raise(alert, now);
        }
        if was_offline && !offline(judgement.verdict) {
            self.hurry_outbox(now);
        }
        // On disk before anything is said or done: with the action in it.
        self.save();
        self.show(judgement, seen);
        self.tell_progress(before.as_ref(), now);
        match action {
            Some(Action::Channel { channel, account, attempt, .. }) => {
                self.cure_channel(Cure { channel, account, attempt });
            }
            Some(Action::Kill { pid, start_ticks, .. }) => self.kill(pid, start_ticks, seen.owner.pid),
            Some(action) => self.carry_out(&action, judgement, seen, now),
            None => {}
        }
        self.write_metrics(seen, now);
        judgement.next_ms
    }

    /// Has an account of a channel stopped and started through the gateway. What comes of it is seen at the next looks.
    fn cure_channel(&mut self, cure: Cure) {
        let name = judge::key(&cure.channel, &cure.account);
        let facts = json!({"channel": cure.channel, "account": cure.account, "attempt": cure.attempt});
        self.tell(Level::Warn, "channel", Text::CureBegins, &[&name, &cure.attempt.to_string()], facts);
        if self.settings.dry_run {
            self.tell(Level::Info, "dry-run", Text::DryRunOutcome, &[], json!({}));
        } else {
            self.cure = Some(cure);
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

    /// Takes up what the watchdog before left undone.
    pub fn resume_command(&mut self, now: u64) {
        let open = self.stored.history.incident.as_ref();
        let busy =
            open.is_some_and(|i| matches!(i.phase, Phase::Commanding { .. } | Phase::Escalating { .. }));
        self.running = adoptable(&self.stored).filter(|_| busy);
        if self.running.is_some() {
            self.tell(Level::Info, "command-resumed", Text::ResumedCommand, &[], json!({}));
        } else if busy {
            // Ended meanwhile, or never begun: only a new boot can tell.
            self.command_ended(Ended::Done, now);
        }
    }

    /// Looks after the running command, if there is one.
    pub fn tend_command(&mut self, now: u64) {
        let Some(running) = self.running.as_mut() else { return };
        let open = self.stored.history.incident.as_ref();
        let awaited =
            open.is_some_and(|i| matches!(i.phase, Phase::Commanding { .. } | Phase::Escalating { .. }));
        if !awaited && running.outlived(now) {
            self.tell(Level::Warn, "command-left", Text::LeftRunning, &[], json!({}));
            self.command_ended(Ended::Done, now);
            return;
        }
        if let Some(how) = running.poll(now) {
            self.running = None;
            self.command_ended(how, now);
        }
    }

    fn command_ended(&mut self, how: Ended, now: u64) {
        let before = self.stored.history.incident.clone();
        let history = std::mem::take(&mut self.stored.history);
        self.stored.history = incident::ended(history, how, &self.settings.policy, now);
        self.stored.command = None;
        self.save();
        if matches!(before.as_ref().map(|i| &i.phase), Some(Phase::Escalating { .. })) {
            let how = self.how_ended(how);
            self.tell(Level::Info, "escalation-ended", Text::EscalationEnded, &[&how], json!({}));
        } else if how == Ended::Done && incident::restarting(&self.stored.history) {
            self.tell(Level::Info, "command-ended", Text::CommandDone, &[], json!({}));
        }
        self.tell_progress(before.as_ref(), now);
    }

    fn carry_out(&mut self, action: &Action, judgement: Judgement, seen: &Observation, now: u64) {
        let (command, deadline) = match action {
            Action::Restart { attempt, .. } => {
                (self.settings.restart_command(seen, *attempt), self.settings.policy.restart_ms)
            }
            Action::Escalate { .. } => {
                (self.settings.watchdog.escalate_command.clone(), self.settings.policy.escalate_ms)
            }
            Action::Channel { .. } | Action::Kill { .. } => return,
        };
        let port = self.settings.addr.port();
        let mut facts = evidence::gather(&self.settings.place, port, action, judgement, seen);
        facts.program = command.first().cloned().unwrap_or_default();
        facts.dry_run = self.settings.dry_run;
        let output = facts.output.clone();
        let folder = self.keep_evidence(action, facts, seen, now);
        let output = folder.as_ref().map(|f| f.join(output));
        self.announce(action, &command);
        if self.settings.dry_run || command.is_empty() {
            self.command_ended(Ended::DryRun, now);
            return;
        }
        let env = [
            ("ASM_WATCHDOG_VERDICT", judgement.verdict.name().to_owned()),
            ("ASM_WATCHDOG_INCIDENT", folder.iter().map(|f| f.display().to_string()).collect()),
        ];
        let deadline = clock::monotonic_ms().saturating_add(deadline);
        match Running::start(&command, &env, output.as_deref(), deadline) {
            Ok(running) => {
                self.stored.command = Some(running.launched());
                self.running = Some(running);
                self.save();
            }
            Err(e) => {
                let facts = json!({"program": command.first(), "error": e.to_string()});
                self.journal.say(Level::Error, "command", &e.to_string(), facts);
                self.command_ended(Ended::NotFound, now);
            }
        }
    }

    fn announce(&mut self, action: &Action, command: &[String]) {
        // Arguments may hold secrets: the log gets the program only.
        let program = command.first().cloned().unwrap_or_default();
        let most = self.settings.watchdog.max_restarts.to_string();
        let facts = json!({"action": action, "program": program});
        match action {
            Action::Restart { attempt, .. } => {
                let values = [&attempt.to_string(), &most, &program];
                self.tell(Level::Warn, "restart", Text::RestartBegins, &values.map(String::as_str), facts);
            }
            Action::Escalate { .. } if command.is_empty() => {
                self.tell(Level::Error, "escalate", Text::EscalationNone, &[], facts);
            }
            Action::Escalate { .. } => {
                self.tell(Level::Error, "escalate", Text::EscalationBegins, &[&program], facts);
            }
            Action::Channel { .. } | Action::Kill { .. } => {}
        }
        if self.settings.dry_run && !command.is_empty() {
            let words = command.join(" ");
            self.tell(Level::Warn, "dry-run", Text::WouldRun, &[&words], json!({}));
        }
    }

    /// Says what became of a restart, and when an incident is over.
    fn tell_progress(&mut self, before: Option<&Incident>, now: u64) {
        let Some(before) = before else { return };
        let Some(open) = self.stored.history.incident.clone() else {
            let number = before.number.to_string();
            self.tell(Level::Info, "closed", Text::Closed, &[&number], json!({"incident": before.number}));
            self.stored.folder = None;
            self.note_stage(before.number, Stage::Closed);
            return;
        };
        let at = before.attempts.len();
        let (Some(old), Some(new)) =
            (before.attempts.last(), at.checked_sub(1).and_then(|n| open.attempts.get(n)))
        else {
            return;
        };
        if old.outcome == new.outcome {
            return;
        }
        self.note_stage(open.number, last_incident::stage_of(new.outcome));
        let number = at.to_string();
        let facts = json!({"incident": open.number, "attempt": at, "outcome": new.outcome});
        let Some(why) = self.why_failed(new.outcome) else {
            self.tell(Level::Info, "verified", Text::AttemptVerified, &[&number], facts);
            return;
        };
        let wait = duration(open.not_before_ms.saturating_sub(now), self.settings.language);
        self.tell(Level::Warn, "restart-failed", Text::AttemptFailed, &[&number, &why, &wait], facts);
    }

    fn why_failed(&self, outcome: Outcome) -> Option<String> {
        let t = |text: Text, values: &[&str]| Some(text.say(self.settings.language, values));
        match outcome {
            Outcome::Running | Outcome::Verified => None,
            Outcome::NoNewBoot => t(Text::NoNewBoot, &[]),
            Outcome::ChannelsStill => t(Text::ChannelsStill, &[]),
            Outcome::CommandFailed { code: Some(code) } => t(Text::CommandFailed, &[&code.to_string()]),
            Outcome::CommandFailed { code: None } => t(Text::CommandSignal, &[]),
            Outcome::CommandTimedOut => t(Text::CommandTimedOut, &[]),
            Outcome::CommandNotFound => t(Text::CommandNotFound, &[]),
            Outcome::DryRun => t(Text::DryRunOutcome, &[]),
        }
    }

    fn how_ended(&self, how: Ended) -> String {
        let outcome = match how {
            Ended::Done => return Text::CommandOk.say(self.settings.language, &[]),
            Ended::Failed { code } => Outcome::CommandFailed { code },
            Ended::TimedOut => Outcome::CommandTimedOut,
            Ended::NotFound => Outcome::CommandNotFound,
            Ended::DryRun => Outcome::DryRun,
        };
        self.why_failed(outcome).unwrap_or_default()
    }

    /// Writes the state. A disk that is full stops no watching.
    pub fn save(&mut self) {
        if !self.persist {
            return;
        }
        match self.stored.save(&self.settings.place) {
            Ok(()) => self.save_failed = false,
            Err(e) if !self.save_failed => {
                self.save_failed = true;
                self.tell(Level::Warn, "state", Text::StateUnsaved, &[&e.to_string()], json!({}));
            }
            Err(_) => {}
        }
    }
}
