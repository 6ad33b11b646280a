//! What is said of an act: that it begins, what became of it, and that an incident is over.

use super::journal::Level;
use super::last_incident;
use super::state::{Ended, Incident, Outcome};
use super::texts::{Text, duration, of_outcome};
use super::verdict::Action;
use super::watch::Watch;
use serde_json::json;

impl Watch {
    /// Says what is done now; in a dry run, what would be.
    pub(super) fn announce(&mut self, action: &Action, command: &[String]) {
        // Arguments may hold secrets: the log gets the program and their number.
        let program = command.first().cloned().unwrap_or_default();
        let arguments = command.len().saturating_sub(1);
        let most = self.settings.watchdog.max_restarts.to_string();
        let dry_run = self.settings.dry_run;
        let facts = json!({"action": action, "program": program, "arguments": arguments, "dry_run": dry_run});
        match action {
            Action::Restart { attempt, .. } => {
                let values = [&attempt.to_string(), &most, &program];
                let text = if dry_run { Text::WouldRestart } else { Text::RestartBegins };
                self.tell(Level::Warn, "restart", text, &values.map(String::as_str), facts);
            }
            Action::Escalate { .. } if command.is_empty() => {
                let text = if dry_run { Text::WouldWatchOnly } else { Text::EscalationNone };
                self.tell(Level::Error, "escalate", text, &[], facts);
            }
            Action::Escalate { .. } => {
                let text = if dry_run { Text::WouldEscalate } else { Text::EscalationBegins };
                self.tell(Level::Error, "escalate", text, &[&program], facts);
            }
            Action::Channel { .. } | Action::Kill { .. } => {}
        }
        if dry_run && !command.is_empty() {
            let facts = json!({"program": program, "arguments": arguments});
            let values = [program.as_str(), &arguments.to_string()];
            self.tell(Level::Warn, "dry-run", Text::WouldRun, &values, facts);
        }
    }

    /// Says what became of a restart, and when an incident is over.
    pub(super) fn tell_progress(&mut self, before: Option<&Incident>, now: u64) {
        let Some(before) = before else { return };
        let Some(open) = self.stored.history.incident.clone() else {
            let number = before.number.to_string();
            self.tell(Level::Info, "closed", Text::Closed, &[&number], json!({"incident": before.number}));
            self.stored.folder = None;
            self.note_stage(before, last_incident::Phase::Closed);
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
        self.note_stage(&open, last_incident::stage_of(new.outcome));
        let number = at.to_string();
        let facts = json!({"incident": open.number, "attempt": at, "outcome": new.outcome});
        let wait = duration(open.not_before_ms.saturating_sub(now), self.settings.language);
        match self.why_failed(new.outcome) {
            None => self.tell(Level::Info, "verified", Text::AttemptVerified, &[&number], facts),
            Some(_) if self.settings.dry_run => {
                self.tell(Level::Info, "restart-failed", Text::WouldWait, &[&number, &wait], facts);
            }
            Some(why) => {
                self.tell(Level::Warn, "restart-failed", Text::AttemptFailed, &[&number, &why, &wait], facts);
            }
        }
    }

    fn why_failed(&self, outcome: Outcome) -> Option<String> {
        of_outcome(outcome, &self.not_started, self.settings.language)
    }

    pub(super) fn how_ended(&self, how: Ended) -> String {
        let outcome = match how {
            Ended::Done => return Text::CommandOk.say(self.settings.language, &[]),
            Ended::Failed { code } => Outcome::CommandFailed { code },
            Ended::TimedOut => Outcome::CommandTimedOut,
            Ended::NotFound => Outcome::CommandNotFound,
            Ended::DryRun => Outcome::DryRun,
        };
        self.why_failed(outcome).unwrap_or_default()
    }
}
