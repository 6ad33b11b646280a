//! Boundaries: what the model stops seeing, and the block that is armed for it.

use super::{Engine, Now};
use crate::continuation::block::{self, Block, Ingredients};
use crate::count;
use crate::effect::Effect;
use crate::event::Context;
use crate::record::conversation::{Boundary, Generation, MOST_GENERATIONS, Reason};
use crate::record::state::Armed;
use crate::shared::notice::Ledger;
use crate::shared::time::rfc3339;
use crate::transcript::decode;
use crate::transcript::message::Message;
use serde_json::Value;

impl Engine {
    /// The host is about to compact: what is not saved yet is saved now.
    pub(super) fn compacting(&mut self, now: &Now, ctx: &Context, payload: &Value) {
        let Some(key) = self.find(now, ctx) else { return };
        if self.access && self.sessions.get(&key).is_some_and(|s| !s.hydrated && !s.rewritten) {
            // What this history says is gone after the compaction.
            return self.out.push(Effect::NeedHistory);
        }
        self.entry(now, &key, payload);
        self.save_if_new(now, &key, Reason::Compaction);
    }

    /// The host has compacted: history is another one now.
    pub(super) fn compacted(&mut self, now: &Now, ctx: &Context) {
        let Some(key) = self.find(now, ctx) else { return };
        let Some(session) = self.sessions.get_mut(&key) else {
            return;
        };
        let boundary = if session.failed { Boundary::Overflow } else { Boundary::Compaction };
        session.failed = false;
        session.hydrated = false;
        session.rewritten = true;
        session.wants_new_context = false;
        session.live.compactions = session.live.compactions.saturating_add(1);
        session.live.cycle.begin();
        super::number::rewritten(now, session, &self.state.calibration);
        self.arm(now, &key, boundary);
        self.note(now, &key, "boundary", what_happened(boundary), &[]);
        self.write_record(now, &key);
    }

    /// The context is being emptied. Comes before the session's end where a program asked, after it where a person did.
    pub(super) fn reset(&mut self, now: &Now, ctx: &Context, reason: Option<&str>, payload: &Value) {
        let Some(key) = self.find(now, ctx) else { return };
        let Some(session) = self.sessions.get(&key) else {
            return;
        };
        if !session.hydrated {
            // Nobody showed us this history yet: the last chance to read it. Rows already taken in are passed over.
            let rows = payload.as_array().map(Vec::as_slice).unwrap_or_default();
            let messages: Vec<Message> = rows.iter().map(decode::message).collect();
            self.take_in_unseen(now, &key, &messages);
            self.take_in_pending(now, &key);
        }
        self.emptied(now, &key, reason);
    }

    /// A session has ended, or goes on empty.
    pub(super) fn session_end(&mut self, now: &Now, ctx: &Context, reason: Option<&str>) {
        let Some(key) = self.find(now, ctx) else { return };
        match reason {
            Some("shutdown" | "restart") => self.save_if_new(now, &key, Reason::Stop),
            Some("deleted") => {
                self.save_if_new(now, &key, Reason::Reset);
                self.disarm(now, &key, Ledger::BlockDeleted);
                self.sessions.remove(&key);
            }
            _ => {
                // A history nobody has shown us comes with the reset that follows.
                if self.sessions.get(&key).is_some_and(|s| s.hydrated) {
                    self.emptied(now, &key, reason);
                }
            }
        }
    }

    fn emptied(&mut self, now: &Now, key: &str, reason: Option<&str>) {
        let Some(session) = self.sessions.get(key) else {
            return;
        };
        if !session.spoken {
            // The other half of a reset already dealt with, or a reset of nothing.
            return;
        }
        let boundary = match reason {
            _ if session.opening_new_context => Boundary::NewContext,
            Some("new") => Boundary::New,
            _ => Boundary::Reset,
        };
        self.empty_context(now, key, boundary);
    }

    /// Ends the running generation and begins the next, which inherits what holds.
    pub(super) fn next_generation(&mut self, now: &Now, key: &str, boundary: Boundary) {
        let Some(session) = self.sessions.get_mut(key) else {
            return;
        };
        let at = rfc3339(now.ms);
        let old = &mut session.live;
        old.ended_at = Some(at.clone());
        old.ended_by = Some(boundary);
        let mut next = Generation {
            number: old.number.saturating_add(1),
            started_at: at,
            last_request: old.last_request.clone(),
            last_reply: old.last_reply.clone(),
            memory: old.memory.clone(),
            meter: old.meter.clone(),
            noted: old.noted.clone(),
            seen_ms: old.seen_ms,
            ..Generation::default()
        };
        next.meter.emptied();
        let ended = std::mem::replace(&mut session.live, next);
        session.past.push(ended);
        let excess = session.past.len().saturating_add(1).saturating_sub(MOST_GENERATIONS);
        session.past.drain(..excess.min(session.past.len()));
        // An emptied context is known in full: it is empty.
        session.hydrated = true;
        session.rewritten = false;
        session.spoken = false;
        session.unanswered.clear();
        session.failed = false;
        session.wants_new_context = false;
        session.opening_new_context = false;
        // What was interrupted belonged to what is over.
        self.forget_interruption(key);
        self.arm(now, key, boundary);
        self.note(now, key, "boundary", what_happened(boundary), &[]);
        self.write_record(now, key);
    }

    /// Composes the block for this boundary and puts it in the place of the one before.
    fn arm(&mut self, now: &Now, key: &str, boundary: Boundary) {
        self.state.armed.retain(|armed| armed.session_key != key);
        self.behind.material = true;
        if let Some(session) = self.sessions.get_mut(key) {
            session.live.boundary_ms = Some(now.ms);
            session.live.block = None;
            session.seen_before = session.live.seen_ms;
        }
        if !self.config.continuation.enabled {
            return self.note(now, key, "block-skipped", Ledger::BlockOff, &[]);
        }
        let Some(block) = self.compose_block(key, boundary) else {
            return self.note(now, key, "block-skipped", Ledger::BlockNothing, &[]);
        };
        let values = [block.tokens.to_string(), block.facts.len().to_string()];
        let values = values.each_ref().map(String::as_str);
        self.note(now, key, "block-armed", Ledger::BlockArmed, &values);
        if let Some(session) = self.sessions.get_mut(key) {
            session.live.block = Some(block.id.clone());
        }
        self.state.armed.push(Armed {
            session_key: key.to_owned(),
            id: block.id,
            boundary,
            at_ms: now.ms,
            text: block.text,
            tokens: block.tokens,
            waiting: block.facts,
            delivered_at_ms: None,
        });
    }

    /// The block for this boundary, from what is known now.
    pub(super) fn compose_block(&self, key: &str, boundary: Boundary) -> Option<Block> {
        let session = self.sessions.get(key)?;
        let ingredients = Ingredients {
            boundary,
            language: session.language(&self.config),
            budget_tokens: self.config.continuation.budget_tokens,
            facts: session.live.memory.active().collect(),
            last_request: session.live.last_request.as_deref(),
            last_reply: session.live.last_reply.as_deref(),
            announce: boundary == Boundary::NewContext && self.config.notify.session_texts,
        };
        block::compose(&ingredients, &count::text_tokens)
    }

    /// Whether this history comes from behind a boundary that nobody told us of, or that was not written down in full:
    /// the process ended in between. Then it is dealt with now.
    pub(super) fn catch_up(&mut self, now: &Now, key: &str, summary_ms: Option<i64>) {
        let Some(session) = self.sessions.get_mut(key) else { return };
        let missed = summary_ms.is_some() && summary_ms > session.live.boundary_ms;
        let standing = self.state.armed.iter().any(|a| a.session_key == key);
        let lost = session.live.block.is_some() && !standing;
        if missed {
            session.live.compactions = session.live.compactions.saturating_add(1);
            session.live.cycle.begin();
        }
        if missed || lost {
            self.arm(now, key, Boundary::Compaction);
            self.note(now, key, "boundary", Ledger::FoundCompacted, &[]);
            self.write_record(now, key);
        }
    }

    /// Takes the block away.
    pub(super) fn disarm(&mut self, now: &Now, key: &str, why: Ledger) {
        let before = self.state.armed.len();
        self.state.armed.retain(|armed| armed.session_key != key);
        if let Some(session) = self.sessions.get_mut(key) {
            session.live.block = None;
        }
        if self.state.armed.len() < before {
            // Else the record would go on naming a block that the state does not have.
            self.write_record(now, key);
            self.note(now, key, "block-retired", why, &[]);
        }
    }

    /// Takes in the rows of a history that are newer than what was seen.
    pub(super) fn take_in_unseen(&mut self, now: &Now, key: &str, messages: &[Message]) {
        let Some(session) = self.sessions.get_mut(key) else { return };
        let (seen, meter) = (session.seen_before, session.live.meter.clone());
        for message in messages {
            if message.timestamp_ms.is_none_or(|at| seen.is_none_or(|seen| at > seen)) {
                self.take_in(now, key, message, None);
            }
        }
        // Reports in a history may be from before a compaction: it is counted as a whole, behind this.
        if let Some(session) = self.sessions.get_mut(key) {
            session.live.meter = meter;
        }
    }
}

fn what_happened(boundary: Boundary) -> Ledger {
    match boundary {
        Boundary::Compaction => Ledger::Compacted,
        Boundary::Overflow => Ledger::Overflowed,
        Boundary::New => Ledger::StartedNew,
        Boundary::Reset => Ledger::WasReset,
        Boundary::NewContext => Ledger::OpenedNew,
    }
}
