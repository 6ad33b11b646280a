//! What `run` leaves on disk beside its state: evidence before an act, the last incident for the plugin, metrics.

use super::evidence::{self, Case, Known, Target};
use super::journal::Level;
use super::last_incident::{self, Phase as Stage};
use super::metrics::{self, Own};
use super::observation::Observation;
use super::saves::Saving;
use super::state::{History, Incident};
use super::texts::Text;
use super::verdict::{Action, Judgement};
use super::watch::Watch;
use super::{clock, os};
use serde_json::{Value, json};

impl Watch {
    /// Takes note of the gateway's process and version while it is well: a frozen one tells neither.
    pub(super) fn remember(&mut self, seen: &Observation) {
        let version = seen.startupz.fields().and_then(|f| f.version.clone());
        if let (true, Some(process), Some(version)) = (seen.live(), &seen.process, version) {
            let target = Target { pid: process.pid, start_ticks: process.start_ticks, version };
            self.stored.gateway = Some(target);
        }
    }

    /// What the evidence of an act is gathered from, and whether its folder is new. Notes the act where the next start
    /// and the plugin find it.
    pub(super) fn case(
        &mut self,
        action: &Action,
        judgement: Judgement,
        seen: &Observation,
        program: String,
        now: u64,
    ) -> (Case, bool) {
        let incident = self.number_of(action);
        let ours = self.stored.folder.take().filter(|f| f.ends_with(&format!("-{incident}")));
        let folder = ours.unwrap_or_else(|| evidence::folder_name(incident));
        // An alert may have named it already.
        let first = !self.settings.place.incidents_dir().join(&folder).exists();
        self.stored.folder = Some(folder.clone());
        self.open_last_incident(action, &folder);
        let case = Case {
            settings: self.settings.clone(),
            folder,
            incident,
            action: action.clone(),
            judgement,
            seen: seen.clone(),
            known: self.known(now),
            program,
        };
        (case, first)
    }

    /// The number of the incident of an act, which the totals count.
    fn number_of(&mut self, action: &Action) -> u64 {
        self.stored.totals.incidents = self.stored.history.incidents;
        match action {
            Action::Restart { incident, .. }
            | Action::Escalate { incident }
            | Action::Channel { incident, .. }
            | Action::Kill { incident, .. } => *incident,
        }
    }

    /// Puts an act that begins into the totals.
    pub(super) fn count(&mut self, action: &Action, command: &[String]) {
        let totals = &mut self.stored.totals;
        match action {
            Action::Restart { .. } => totals.restarts += 1,
            // Without a command nothing is escalated to.
            Action::Escalate { .. } => totals.escalations += u64::from(!command.is_empty()),
            Action::Channel { .. } | Action::Kill { .. } => {}
        }
    }

    fn known(&self, now: u64) -> Known {
        let gateway = self.stored.gateway.clone().unwrap_or_default();
        Known { gateway, past: past(&self.stored.history, now) }
    }

    /// Before the command runs: it may end us, too.
    fn open_last_incident(&mut self, action: &Action, folder: &str) {
        let stage = match action {
            Action::Restart { .. } => Stage::Restarting,
            Action::Escalate { .. } => Stage::Escalated,
            Action::Channel { .. } | Action::Kill { .. } => return,
        };
        let Some(open) = self.stored.history.incident.as_ref().filter(|_| !self.settings.dry_run) else {
            return;
        };
        let place = &self.settings.place;
        let gateway = self.stored.gateway.clone().unwrap_or_default();
        let last = last_incident::before_act(place, open, &gateway, folder, stage);
        if let Err(e) = last_incident::write(place, &last) {
            self.unwritten("last-incident", &e);
        }
    }

    pub(super) fn note_stage(&mut self, incident: &Incident, stage: Stage) {
        if self.settings.dry_run {
            return;
        }
        if let Err(e) = last_incident::note(&self.settings.place, incident, stage) {
            self.unwritten("last-incident", &e);
        }
    }

    /// For Prometheus. A disk that is full stops no watching; the state says so already.
    pub(super) fn write_metrics(&mut self, seen: &Observation, now: u64) {
        if !matches!(self.saving, Saving::Usual | Saving::Beside) {
            return;
        }
        let own = Own {
            looked_at_ms: clock::epoch_ms(),
            look_ms: now.saturating_sub(seen.began_ms),
            resident_bytes: os::resident_bytes(),
            cpu_ms: os::process(std::process::id()).map(|p| p.cpu_ms),
        };
        let _ = metrics::write(&self.settings.place, &metrics::render(&self.stored, seen, &own));
    }

    fn unwritten(&mut self, event: &str, e: &std::io::Error) {
        self.tell(Level::Warn, event, Text::NotWritten, &[&e.to_string()], json!({}));
    }
}

/// Recent restarts and deaths, as time ago.
fn past(h: &History, now: u64) -> Value {
    let ago = |times: &[u64]| times.iter().map(|at| now.saturating_sub(*at)).collect::<Vec<_>>();
    json!({
        "restarts_ms_ago": ago(&h.restarts_ms),
        "short_lives_ms_ago": ago(&h.short_lives_ms),
        "boot": h.boot,
        "boot_seen_ms_ago": h.boot.as_ref().map(|b| now.saturating_sub(b.seen_ms)),
        "verdict_since_ms_ago": now.saturating_sub(h.verdict_since_ms),
        "watching_since_ms_ago": now.saturating_sub(h.watching_since_ms),
        "incident": h.incident,
        "grounds": h.grounds,
    })
}
