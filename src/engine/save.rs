//! Saving: checkpoints, memory notes, the state's rows, and what is pruned.

use super::session::Session;
use super::turn::room;
use super::{Engine, Now};
use crate::decide::ladder::{Due, Rung, rungs};
use crate::effect::{Effect, Level};
use crate::extract::fact::Fact;
use crate::record::conversation::{Checkpoint, MOST_CHECKPOINTS, Reason};
use crate::record::state::Row;
use crate::shared::notice::{Ledger, Notice};
use crate::shared::time::rfc3339;

impl Engine {
    /// Saves if anything came in since the last save; says in the ledger why not otherwise.
    pub(super) fn save_if_new(&mut self, now: &Now, key: &str, reason: Reason) {
        match self.sessions.get(key).map(|s| s.unsaved) {
            Some(true) => self.save(now, key, reason, None),
            Some(false) => {
                let why = reason_notice(reason).say(self.ledger_language(key), &[]);
                self.note(now, key, "save-skipped", Ledger::SaveNothingNew, &[&why]);
            }
            None => {}
        }
    }

    /// Makes a checkpoint: the record, the memory note, the ledger.
    pub(super) fn save(&mut self, now: &Now, key: &str, reason: Reason, due: Option<Due>) {
        self.take_in_pending(now, key);
        let Some(session) = self.sessions.get_mut(key) else {
            return;
        };
        session.live.cycle.take(Rung::Save);
        if let Some(why) = session.frozen {
            return self.note(now, key, "save-skipped", why, &[]);
        }
        let checkpoint = Checkpoint {
            at: rfc3339(now.ms),
            reason,
            context: session.live.meter.occupancy(&self.state.calibration),
            window_tokens: session.live.meter.window,
            line_tokens: due.map(|d| d.line),
            bound: due.map(|d| d.bound),
            active_facts: session.live.memory.active().count(),
        };
        let facts = checkpoint.active_facts;
        session.live.checkpoints.push(checkpoint);
        let excess = session.live.checkpoints.len().saturating_sub(MOST_CHECKPOINTS);
        session.live.checkpoints.drain(..excess);
        session.unsaved = false;
        self.memory_note(now, key, reason);
        self.write_record(now, key);
        if let Some(row) = self.state.sessions.get_mut(key) {
            row.saved_at_ms = Some(now.ms);
        }
        let (why, facts) = (reason_notice(reason), facts.to_string());
        let operator = self.config.operator_language;
        let text = Ledger::Saved.say(operator, &[&why.say(operator, &[]), &facts]);
        self.log(Level::Info, "saved", key, &text);
        let why = why.say(self.ledger_language(key), &[]);
        self.note(now, key, "saved", Ledger::Saved, &[&why, &facts]);
    }

    /// Puts the record out as it is now.
    pub(super) fn write_record(&mut self, now: &Now, key: &str) {
        let Some(session) = self.sessions.get_mut(key) else {
            return;
        };
        if session.frozen.is_some() {
            return;
        }
        let text = match session.record().text() {
            Ok(text) => text,
            // What is on the disk stays as it is.
            Err(e) => return self.note(now, key, "record-failed", Ledger::RecordFailed, &[&e.to_string()]),
        };
        session.record_bytes = text.len() as u64;
        let name = session.file.clone();
        self.out.push(Effect::Record { session_key: key.to_owned(), name, text });
        self.touch(now, key);
    }

    /// Appends what is new to the workspace's notes, where that is allowed.
    fn memory_note(&mut self, now: &Now, key: &str, reason: Reason) {
        let Some(session) = self.sessions.get(key) else {
            return;
        };
        if let Some(why) = self.note_refused(session, now) {
            return self.note(now, key, "note-skipped", why, &[]);
        }
        let fresh: Vec<&Fact> =
            session.live.memory.active().filter(|f| !session.live.noted.contains(&f.id)).collect();
        if fresh.is_empty() {
            return self.note(now, key, "note-skipped", Ledger::NoteNothingNew, &[]);
        }
        let language = session.language(&self.config);
        let text = note_text(now, reason, language, &fresh);
        let ids: Vec<String> = fresh.iter().map(|f| f.id.clone()).collect();
        let workspace_dir = session.workspace_dir.clone().unwrap_or_default();
        let (session_key, day) = (key.to_owned(), now.day.clone());
        self.out.push(Effect::MemoryNote { session_key, workspace_dir, day, text });
        if let Some(session) = self.sessions.get_mut(key) {
            session.noting.clone_from(&ids);
            session.live.noted.extend(ids);
        }
    }

    /// Why this session may not write notes now. The workspace is shared by everyone who talks to the agent.
    fn note_refused(&self, session: &Session, now: &Now) -> Option<Ledger> {
        let main = format!("agent:{}:main", session.agent_id);
        let paused = self.state.sessions.get(&session.session_key).is_some_and(|row| row.paused);
        if !self.config.memory.notes {
            Some(Ledger::NoteOff)
        } else if paused {
            Some(Ledger::NotePaused)
        } else if session.session_key != main && !self.config.memory.notes_for_all_sessions {
            Some(Ledger::NoteOtherSession)
        } else if session.workspace_dir.is_none() {
            Some(Ledger::NoteNoWorkspace)
        } else if now.day.is_empty() {
            Some(Ledger::NoteNoDay)
        } else {
            None
        }
    }

    /// Brings the session's row in the state up to date.
    pub(super) fn touch(&mut self, now: &Now, key: &str) {
        let Some(session) = self.sessions.get(key) else {
            return;
        };
        let old = self.state.sessions.get(key);
        let row = Row {
            agent_id: session.agent_id.clone(),
            session_id: session.session_id.clone(),
            record: session.file.clone(),
            generation: session.live.number,
            context: session.live.meter.occupancy(&self.state.calibration),
            window_tokens: session.live.meter.window,
            model: session.live.meter.anchor.as_ref().map(|a| a.model.clone()),
            saved_in_cycle: session.live.cycle.has(Rung::Save),
            next_save: self.next_save(session),
            active_facts: session.live.memory.active().count(),
            saved_at_ms: old.and_then(|row| row.saved_at_ms),
            used_at_ms: now.ms,
            paused: old.is_some_and(|row| row.paused),
            record_bytes: session.record_bytes,
            frozen: session.frozen.is_some(),
        };
        let old = old.cloned();
        self.row_changed(old.as_ref(), &row);
        self.state.sessions.insert(key.to_owned(), row);
    }

    fn next_save(&self, session: &Session) -> Option<crate::decide::line::Line> {
        if session.live.cycle.has(Rung::Save) {
            return None;
        }
        rungs(&self.config, room(session)?)
            .into_iter()
            .find(|(rung, _)| *rung == Rung::Save)
            .map(|(_, line)| line)
    }

    /// Drops records of ours that are too old, or the oldest beyond the total. Only files named in our own state.
    pub(super) fn prune(&mut self, now: &Now) {
        const DAY_MS: i64 = 86_400_000;
        let keep_ms = i64::try_from(self.config.memory.keep_days).unwrap_or(i64::MAX).saturating_mul(DAY_MS);
        let most = self.config.memory.max_total_megabytes.saturating_mul(1 << 20);
        let mut newest_first: Vec<_> =
            self.state.sessions.iter().map(|(k, r)| (r.used_at_ms, k.clone())).collect();
        newest_first.sort_by(|a, b| b.cmp(a));
        let newest = newest_first.first().map_or(now.ms, |(used, _)| *used);
        let mut total = 0u64;
        for (used_at_ms, key) in newest_first {
            let Some(row) = self.state.sessions.get(&key) else {
                continue;
            };
            total = total.saturating_add(row.record_bytes);
            // Age is measured from the last use of anything: a clock that jumped ahead must not empty the shelf.
            let old = newest.min(now.ms).saturating_sub(used_at_ms) > keep_ms;
            if (old || total > most)
                && row.record_bytes > 0
                && !row.frozen
                && !self.sessions.contains_key(&key)
            {
                self.out.push(Effect::Prune { name: row.record.clone() });
                self.state.sessions.remove(&key);
                self.state.armed.retain(|armed| armed.session_key != key);
                let why = if old { Ledger::PrunedOld } else { Ledger::PrunedLarge };
                self.note(now, &key, "pruned", why, &[]);
            }
        }
    }
}

/// The words for a reason.
pub(super) fn reason_notice(reason: Reason) -> Notice {
    match reason {
        Reason::Line => Notice::ReasonLine,
        Reason::Compaction => Notice::ReasonCompaction,
        Reason::Reset => Notice::ReasonReset,
        Reason::Asked => Notice::ReasonAsked,
        Reason::Stop => Notice::ReasonStop,
        Reason::NewContext => Notice::ReasonNewContext,
    }
}

fn note_text(
    now: &Now,
    reason: Reason,
    language: crate::shared::language::Language,
    facts: &[&Fact],
) -> String {
    let why = reason_notice(reason).say(language, &[]);
    let mut text = format!("\n## {}\n", Notice::NoteHead.say(language, &[&rfc3339(now.ms), &why]));
    for fact in facts {
        let kind = super::command::kind_notice(fact.kind).say(language, &[]);
        let one_line: Vec<&str> = fact.text.split_whitespace().collect();
        text.push_str(&format!("- {kind}: {}\n", one_line.join(" ")));
    }
    text
}
