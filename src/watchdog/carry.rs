//! How an act is carried out: evidence first, within its deadline, then the command, then what became of it. Nothing here
//! is waited for; the loop comes back to it.

use super::act::{MARK, Running};
use super::basis::Basis;
use super::evidence::{self, Case};
use super::journal::Level;
use super::judge::Call;
use super::observation::Observation;
use super::run::Event;
use super::state::{Ended, Outcome, Phase};
use super::store::Stored;
use super::texts::Text;
use super::verdict::{Action, Judgement};
use super::watch::Watch;
use super::{clock, hold, incident, last_incident, process};
use serde_json::json;
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

/// Commands that are over and whose output is still kept short: what they left running may go on printing.
const MOST_PRINTED: usize = 8;

/// An act whose evidence is being gathered.
#[derive(Debug)]
pub struct Pending {
    action: Action,
    judgement: Judgement,
    basis: Basis,
    command: Vec<String>,
    limit_ms: u64,
    /// When the act goes on without more evidence.
    until_ms: u64,
    /// The folder is new with it.
    first: bool,
    case: Option<Box<Case>>,
    /// Its evidence is over, kept in this folder if at all: it waits for a state that can be saved.
    ready: Option<Option<PathBuf>>,
}

/// How soon it is tried again to note that a command begins.
const AGAIN_MS: u64 = 1_000;

impl Watch {
    /// Begins an act that is on disk already.
    pub(super) fn carry_out(
        &mut self,
        action: Action,
        judgement: Judgement,
        basis: Basis,
        seen: &Observation,
        now: u64,
    ) {
        let (command, limit_ms) = match &action {
            Action::Restart { attempt, .. } => {
                (self.settings.restart_command(seen, *attempt), self.settings.policy.restart_ms)
            }
            Action::Escalate { .. } => {
                (self.settings.watchdog.escalate_command.clone(), self.settings.policy.escalate_ms)
            }
            Action::Channel { .. } | Action::Kill { .. } => return,
        };
        let program = command.first().cloned().unwrap_or_default();
        let (case, first) = self.case(&action, judgement, seen, program, now);
        let until_ms = clock::monotonic_ms().saturating_add(self.settings.evidence_ms);
        let case = Some(Box::new(case));
        let ready = None;
        self.pending =
            Some(Pending { action, judgement, basis, command, limit_ms, until_ms, first, case, ready });
    }

    /// Has the evidence of a new act gathered beside the loop; past its deadline the act goes on without it.
    pub(super) fn tend_evidence(&mut self, events: &Sender<Event>, now: u64) {
        let Some(pending) = self.pending.as_mut() else { return };
        if let Some(case) = pending.case.take() {
            if let Err(e) = self.gather(case, events) {
                self.evidence_failed(&e);
                self.act(None);
            }
        } else if now >= pending.until_ms {
            let ready = pending.ready.take();
            if ready.is_none() {
                self.evidence_failed(&io::ErrorKind::TimedOut.into());
            }
            self.act(ready.flatten());
        }
    }

    /// Has the evidence of a case gathered on a thread of its own.
    pub(super) fn gather(&self, case: Box<Case>, events: &Sender<Event>) -> io::Result<()> {
        let events = events.clone();
        // Less than the act waits, so that what is missing is still named.
        let deadline = Duration::from_millis(self.settings.evidence_ms / 5 * 4);
        let gathers = thread::Builder::new().name("evidence".to_owned()).spawn(move || {
            let kept = case.keep(deadline);
            let _ = events.send(Event::Gathered(case.action, kept));
        });
        gathers.map(|_| ())
    }

    /// When the loop has to come back for the sake of an act.
    pub(super) fn next_act_ms(&self) -> Option<u64> {
        self.pending.as_ref().map(|p| if p.case.is_some() { 0 } else { p.until_ms })
    }

    /// The evidence of an act is there, or cannot be kept; that of one that went on without it is late.
    pub(super) fn gathered(&mut self, action: &Action, kept: io::Result<PathBuf>) {
        let awaited = self.pending.as_ref().filter(|p| p.action == *action && p.ready.is_none());
        let cure = matches!(action, Action::Channel { .. });
        let Some(first) = awaited.map(|p| p.first).or(cure.then_some(true)) else { return };
        if let (Ok(dir), true) = (&kept, first) {
            let shown = dir.display().to_string();
            self.tell(Level::Info, "evidence", Text::EvidenceKept, &[&shown], json!({"folder": shown}));
        }
        if let Err(e) = &kept {
            self.evidence_failed(e);
        }
        if cure { self.evidence_over(action) } else { self.act(kept.ok()) }
    }

    pub(super) fn evidence_failed(&mut self, e: &io::Error) {
        self.tell(Level::Warn, "evidence", Text::EvidenceFailed, &[&e.to_string()], json!({}));
    }

    /// Runs the command of the act whose evidence is there, if the act is still wanted.
    fn act(&mut self, folder: Option<PathBuf>) {
        let now = clock::monotonic_ms();
        let Some(pending) = self.pending.take() else { return };
        if self.under_way().as_ref() != Some(&pending.action) || hold::held_ms(&self.settings.place).is_some()
        {
            self.drop_act(&pending.action);
            self.save();
            return;
        }
        // From here on the command may have begun: the next start must not take it for one that has not.
        self.stored.gathering = false;
        if !self.save() {
            self.stored.gathering = true;
            self.say_withheld(&pending.action);
            let until_ms = now.saturating_add(AGAIN_MS);
            self.pending = Some(Pending { until_ms, ready: Some(folder), ..pending });
            return;
        }
        self.count(&pending.action, &pending.command);
        self.announce(&pending.action, &pending.command);
        self.start(&pending, folder, now);
    }

    fn start(&mut self, pending: &Pending, folder: Option<PathBuf>, now: u64) {
        if self.settings.dry_run || pending.command.is_empty() {
            return self.command_ended(Ended::DryRun, now);
        }
        let env = [
            (MARK, self.mark().unwrap_or_default()),
            ("ASM_WATCHDOG_VERDICT", pending.judgement.verdict.name().to_owned()),
            ("ASM_WATCHDOG_INCIDENT", folder.iter().map(|f| f.display().to_string()).collect()),
        ];
        let deadline = now.saturating_add(pending.limit_ms);
        match Running::start(&pending.command, &env, deadline) {
            Ok(running) => {
                let history = std::mem::take(&mut self.stored.history);
                self.stored.history = incident::asked(history, clock::monotonic_ms());
                self.stored.command = Some(running.launched());
                self.output = folder.map(|dir| (dir, evidence::output_name(&pending.action)));
                self.running = Some(running);
                self.save();
            }
            Err(e) => {
                self.say_not_started(&pending.command, &e);
                self.command_ended(Ended::NotFound, now);
            }
        }
    }

    /// A person has to know which program of which command it is that is not there.
    fn say_not_started(&mut self, command: &[String], e: &io::Error) {
        let program = command.first().map_or("", String::as_str);
        let facts = json!({"program": program, "error": e.to_string()});
        let why = format!("{program}: {e}");
        self.tell(Level::Error, "command", Text::CommandNotFound, &[&why], facts);
        self.not_started = why;
    }

    /// Drops the act whose evidence is being gathered where the last look no longer calls for it; whether it did.
    pub(super) fn drop_overtaken(&mut self, call: &Call, seen: &Observation) -> bool {
        let history = &self.stored.history;
        let Some(pending) = self.pending.take_if(|p| !p.basis.holds(call, history, seen)) else {
            return false;
        };
        self.drop_act(&pending.action);
        true
    }

    /// Says that an act was not begun, and takes it back: it counts nowhere, and a person to whom it was not yet told
    /// is not told.
    fn drop_act(&mut self, action: &Action) {
        self.tell(Level::Info, "act-dropped", Text::ActDropped, &[], json!({"action": action}));
        let history = std::mem::take(&mut self.stored.history);
        if let Some(open) = &history.incident {
            self.note_stage(open, last_incident::stage_of(Outcome::DryRun));
        }
        self.stored.history = incident::dropped(history, action);
        self.stored.gathering = false;
        self.stored.command = None;
        self.retract();
    }

    /// Before a stop: an act that has not begun is not begun any more.
    pub(super) fn leave(&mut self) {
        if let Some(pending) = self.pending.take() {
            self.drop_act(&pending.action);
        }
        self.leave_cures();
    }

    /// The act that the open incident waits for.
    fn under_way(&self) -> Option<Action> {
        let open = self.stored.history.incident.as_ref()?;
        let incident = open.number;
        match open.phase {
            Phase::Commanding { .. } => {
                Some(Action::Restart { incident, attempt: u32::try_from(open.attempts.len()).ok()? })
            }
            Phase::Escalating { .. } => Some(Action::Escalate { incident }),
            Phase::Watching | Phase::Verifying { .. } => None,
        }
    }

    /// What tells the command of this act from every other of this boot of the machine.
    fn mark(&self) -> Option<String> {
        let open = self.stored.history.incident.as_ref()?;
        let (Phase::Commanding { began_ms, .. } | Phase::Escalating { began_ms }) = &open.phase else {
            return None;
        };
        Some(format!("{}-{}-{began_ms}", open.number, open.attempts.len()))
    }

    /// The command of this act where its watchdog was killed between its beginning and the note of it.
    fn unnoted(&self, act: &Action, now: u64) -> Option<Running> {
        let noted = self.stored.gathering || self.stored.command.is_some();
        let open = self.stored.history.incident.as_ref().filter(|_| !noted)?;
        let (Phase::Commanding { began_ms, .. } | Phase::Escalating { began_ms }) = &open.phase else {
            return None;
        };
        let policy = &self.settings.policy;
        let restarts = matches!(act, Action::Restart { .. });
        let limit_ms = if restarts { policy.restart_ms } else { policy.escalate_ms };
        Running::find(&self.mark()?, *began_ms, now.saturating_add(limit_ms))
    }

    /// Takes up what the watchdog before left undone.
    pub fn resume_command(&mut self, now: u64) {
        let act = self.under_way();
        let busy = act.is_some();
        let running = adoptable(&self.stored).or_else(|| self.unnoted(act.as_ref()?, now));
        self.running = running.filter(|_| busy || self.stored.history.command_running);
        let gathering = std::mem::take(&mut self.stored.gathering);
        if let Some(action) = act.filter(|_| gathering) {
            // Its command has not begun: it comes again if it is still called for.
            self.drop_act(&action);
            self.save();
            return;
        }
        if self.running.is_some() {
            self.tell(Level::Info, "command-resumed", Text::ResumedCommand, &[], json!({}));
        } else if busy {
            // Ended meanwhile, or never begun: only a new boot can tell.
            self.command_ended(Ended::Done, now);
        } else if std::mem::take(&mut self.stored.history.command_running) {
            // What it was for was decided before it ended, which it has.
            self.stored.command = None;
        }
    }

    /// Looks after the running command, if there is one.
    pub fn tend_command(&mut self, now: u64) {
        self.printed.iter_mut().for_each(super::act::Printed::bound);
        self.ending.retain_mut(|command| !command.is_gone());
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
            self.keep_printed();
            self.ending.extend(self.running.take());
            self.command_ended(how, now);
        }
    }

    /// What the command printed, into the incident's folder.
    fn keep_printed(&mut self) {
        let Some(printed) = self.running.as_mut().and_then(Running::take_printed) else { return };
        let (text, cut) = printed.text();
        if let Some((dir, name)) = self.output.take().filter(|_| !text.is_empty())
            && let Err(e) = evidence::keep_output(&dir, &name, &text, cut)
        {
            self.evidence_failed(&e);
        }
        self.printed.push(printed);
        let over = self.printed.len().saturating_sub(MOST_PRINTED);
        self.printed.drain(..over);
    }

    pub(super) fn command_ended(&mut self, how: Ended, now: u64) {
        let before = self.stored.history.incident.clone();
        let history = std::mem::take(&mut self.stored.history);
        self.stored.history = incident::ended(history, how, &self.settings.policy, now);
        self.stored.command = None;
        self.save();
        let escalated = matches!(before.as_ref().map(|i| &i.phase), Some(Phase::Escalating { .. }));
        if escalated && how == Ended::DryRun && !self.settings.dry_run {
            // There is no such command, which has been said.
        } else if escalated {
            let how = self.how_ended(how);
            self.tell(Level::Info, "escalation-ended", Text::EscalationEnded, &[&how], json!({}));
        } else if how == Ended::Done && incident::restarting(&self.stored.history) {
            self.tell(Level::Info, "command-ended", Text::CommandDone, &[], json!({}));
        }
        self.tell_progress(before.as_ref(), now);
    }
}

/// Whether a command of the watchdog before is still on its way.
fn adoptable(stored: &Stored) -> Option<Running> {
    let launched = stored.command.clone()?;
    process::is_running(launched.pid, launched.start_ticks).then(|| Running::adopt(launched))
}
