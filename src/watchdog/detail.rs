//! What an alert tells beyond what the judge knows: by what the gateway's owner was asked, where the evidence is, and that a
//! restart has helped.

use super::alert::{Alert, Code, Severity};
use super::journal::Level;
use super::observation::Observation;
use super::state::{History, Incident, Outcome};
use super::texts::Text;
use super::verdict::Action;
use super::watch::Watch;
use super::{evidence, judge};
use serde_json::json;

impl Watch {
    /// Completes the alerts of a look, and adds the one that a restart is verified.
    pub(super) fn tell_of(
        &mut self,
        alerts: &mut Vec<Alert>,
        action: Option<&Action>,
        before: &History,
        seen: &Observation,
        now: u64,
    ) {
        for alert in alerts.iter_mut() {
            match (alert.code, action) {
                (Code::Restarted, Some(Action::Restart { incident, attempt })) => {
                    let more = self.of_restart(*incident, *attempt, seen);
                    alert.values.extend(more);
                }
                (Code::Recovered, _) => {
                    let over = before.incident.as_ref().filter(|i| ends(alert, i));
                    alert.values.extend(over.map(|i| i.cause.verdict.name().to_owned()));
                }
                _ => {}
            }
        }
        alerts.extend(verified(before.incident.as_ref(), self.stored.history.incident.as_ref(), now));
    }

    /// The silence before it, by what is asked, and the folder that its evidence will be in.
    fn of_restart(&mut self, incident: u64, attempt: u32, seen: &Observation) -> [String; 3] {
        let cause = self.stored.history.incident.as_ref().map(|i| i.cause).unwrap_or_default();
        let command = self.settings.restart_command(seen, attempt);
        // Arguments that a person has set may hold secrets.
        let shown = if self.settings.by_owner { command.len() } else { 1 };
        let asked = command.iter().take(shown).map(String::as_str).collect::<Vec<_>>().join(" ");
        let ours = self.stored.folder.take().filter(|f| f.ends_with(&format!("-{incident}")));
        let folder = ours.unwrap_or_else(|| evidence::folder_name(incident));
        let path = self.settings.place.incidents_dir().join(&folder).display().to_string();
        self.stored.folder = Some(folder);
        [cause.silent_ms.to_string(), asked, path]
    }

    /// Says that the gateway was started anew by somebody else.
    pub(super) fn tell_boot(&mut self, before: &History) {
        let now = &self.stored.history;
        let (Some(old), Some(new)) = (&before.boot, &now.boot) else { return };
        if before.incident.is_none() && judge::is_new(new, old, &self.settings.policy) {
            let facts = json!({"uptime_ms": new.uptime_ms});
            self.tell(Level::Info, "boot", Text::NewBootSeen, &[], facts);
        }
    }
}

/// Whether the alert says that this incident is over.
fn ends(alert: &Alert, incident: &Incident) -> bool {
    let value = |at: usize| alert.values.get(at).map(String::as_str);
    let names = [Code::Restarted, Code::RestartUseless].map(Code::name);
    value(0).is_some_and(|name| names.contains(&name)) && value(1) == Some(&incident.number.to_string())
}

/// That the restart under way is verified, once.
fn verified(before: Option<&Incident>, after: Option<&Incident>, now: u64) -> Option<Alert> {
    let (before, after) = (before?, after?);
    let number = before.attempts.len();
    let (old, new) = (before.attempts.last()?, after.attempts.get(number.checked_sub(1)?)?);
    if old.outcome == new.outcome || new.outcome != Outcome::Verified {
        return None;
    }
    let away_ms = now.saturating_sub(new.began_ms).saturating_add(before.cause.silent_ms);
    let values = vec![number.to_string(), away_ms.to_string()];
    let about = format!("{}/{number}", before.number);
    Some(Alert { code: Code::Verified, about, severity: Severity::Info, values })
}
