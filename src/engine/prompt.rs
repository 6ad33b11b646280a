//! Prompts: the one block in every request, and the history that comes with them.

use super::{Engine, Now, number};
use crate::count::framing;
use crate::count::load::Load;
use crate::effect::Effect;
use crate::event::{Context, History};
use crate::shared::notice::Ledger;
use crate::transcript::decode;
use crate::transcript::message::{Message, Role};
use serde_json::Value;
use std::collections::BTreeSet;

/// Rewritings in a row after which an outline is no longer trusted: a host that shows another history each time would
/// have it counted each time.
const MOST_REWRITTEN: u32 = 3;

/// How long a block waits for the request that its row announced. A later row queues it again.
const INJECTION_TTL_MS: u32 = 300_000;

/// The history as the host last showed it: how many rows, and their sum.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outline {
    told: Option<(f64, f64)>,
    rewritten: u32,
}

impl Outline {
    /// Whether the rows shown last are no longer what they were.
    fn rewritten(&mut self, seen: History) -> bool {
        // Behind a whole count there is nothing to compare with.
        let Some((rows, sum)) = self.told.take() else { return false };
        let same = seen.rows >= rows && (seen.rows_before != rows || seen.sum_before == sum);
        self.rewritten = if same { 0 } else { self.rewritten.saturating_add(1) };
        !same && self.rewritten <= MOST_REWRITTEN
    }

    /// The whole history was shown: what was seen of it before says nothing more.
    fn forget(&mut self) {
        self.told = None;
    }

    fn follow(&mut self, seen: History) {
        self.told = Some((seen.rows, seen.sum));
    }
}

impl Engine {
    /// A prompt is being built: the block goes into it, if one stands.
    pub(super) fn prompt_build(&mut self, now: &Now, ctx: &Context, history: Option<History>) {
        let Some(key) = self.find(now, ctx) else { return };
        let Some(session) = self.sessions.get_mut(&key) else {
            return;
        };
        if let Some(model) = ctx.model() {
            number::model(now, session, &model, &self.state.calibration);
        }
        if session.hydrated && history.is_some_and(|seen| session.outline.rewritten(seen)) {
            number::rewritten(now, session, &self.state.calibration);
            (session.hydrated, session.rewritten) = (false, true);
            // It is counted anew; what it says was heard when it was said.
            session.seen_before = session.live.seen_ms;
        }
        let pruning = self.host.pruning.as_ref().filter(|_| session.hydrated && history.is_some());
        let pruning = pruning.filter(|_| number::trims(session, &self.host));
        if pruning.is_some_and(|p| session.answered_ms.is_some_and(|at| p.due(at, now.ms))) {
            // Old tool results may be left out of this request: how many, only the history tells. Once for each answer.
            session.answered_ms = None;
            session.hydrated = false;
            session.seen_before = session.live.seen_ms;
        }
        if !session.hydrated {
            return self.out.push(Effect::NeedHistory);
        }
        if let Some(seen) = history {
            session.outline.follow(seen);
        }
        session.offered = false;
        let text = joined(self.block(now, &key), self.interruption(now, &key));
        if let Some(session) = self.sessions.get_mut(&key) {
            session.offered = text.is_some();
            session.live.meter.block = text.as_deref().map_or(Load::default(), framing::text);
        }
        if let Some(text) = text {
            self.out.push(Effect::AppendSystemContext { text });
        }
    }

    /// The text of the block that stands in this session, unless it is paused or no longer needed.
    fn block(&mut self, now: &Now, key: &str) -> Option<String> {
        if self.state.sessions.get(key).is_some_and(|row| row.paused) {
            return None;
        }
        let facts_out = self.struck_out(key);
        let armed = self.armed(key)?;
        armed.waiting.retain(|id| !facts_out.contains(id));
        // A block without facts quotes the last request alone; it has done its work once it was read.
        if armed.waiting.is_empty() && armed.delivered_at_ms.is_some() {
            self.disarm(now, key, Ledger::BlockSeenAgain);
            return None;
        }
        Some(armed.text.clone())
    }

    /// Facts of the block that no longer hold, by id.
    fn struck_out(&self, key: &str) -> Vec<String> {
        let Some(session) = self.sessions.get(key) else {
            return Vec::new();
        };
        let Some(armed) = self.state.armed.iter().find(|a| a.session_key == key) else {
            return Vec::new();
        };
        let holding: BTreeSet<&str> = session.live.memory.active().map(|f| f.id.as_str()).collect();
        armed.waiting.iter().filter(|id| !holding.contains(id.as_str())).cloned().collect()
    }

    /// Where prompts may not be built by us, the block is queued with each message of the user instead.
    pub(super) fn inject(&mut self, now: &Now, key: &str) {
        let paused = self.state.sessions.get(key).is_some_and(|row| row.paused);
        if self.access || paused {
            return;
        }
        let armed = self.armed(key).filter(|a| !a.waiting.is_empty() || a.delivered_at_ms.is_none());
        let (id, block) = armed.map(|a| (a.id.clone(), a.text.clone())).unzip();
        let Some(text) = joined(block, self.interruption(now, key)) else { return };
        // The host takes all that waits at once: under one key there is one, however many rows came before a request.
        let (session_key, idempotency_key) = (key.to_owned(), id.unwrap_or_else(|| "interrupted".to_owned()));
        self.out.push(Effect::EnqueueInjection {
            session_key,
            text,
            idempotency_key,
            ttl_ms: INJECTION_TTL_MS,
        });
        if let Some(session) = self.sessions.get_mut(key) {
            session.offered = true;
        }
    }

    /// A model call that carried the block has ended without error.
    pub(super) fn delivered(&mut self, now: &Now, key: &str) {
        let Some(armed) = self.armed(key).filter(|a| a.delivered_at_ms.is_none()) else {
            return;
        };
        armed.delivered_at_ms = Some(now.ms);
        let id = armed.id.clone();
        self.note(now, key, "block-delivered", Ledger::BlockDelivered, &[&id]);
    }

    /// The whole history, as the next request will hold it: counted once, unseen rows taken in, and the block's facts
    /// looked for in it.
    pub(super) fn history(&mut self, now: &Now, ctx: &Context, payload: &Value) {
        let Some(key) = self.find(now, ctx) else { return };
        let rows = payload.as_array().map(Vec::as_slice).unwrap_or_default();
        let session = self.sessions.get(&key);
        let waited = session.map(|s| [s.unanswered.as_slice(), &s.pending].concat()).unwrap_or_default();
        let messages: Vec<Message> = rows.iter().map(decode::message).collect();
        self.take_in_unseen(now, &key, &messages);
        self.take_in_pending(now, &key);
        let summaries = messages.iter().filter(|m| m.role == Role::CompactionSummary);
        self.catch_up(now, &key, summaries.filter_map(|m| m.timestamp_ms).max());
        for message in &messages {
            self.seen_again(&key, message);
        }
        let Some(session) = self.sessions.get_mut(&key) else {
            return;
        };
        number::recount(now, session, &messages, &waited, &self.state.calibration, &self.host);
        session.outline.forget();
        session.hydrated = true;
        session.rewritten = false;
        self.touch(now, &key);
    }
}

/// The block and what is said once beside it: in a request there is one text of ours.
fn joined(block: Option<String>, once: Option<String>) -> Option<String> {
    match (block, once) {
        (Some(block), Some(once)) => Some(format!("{block}\n\n{once}")),
        (block, once) => block.or(once),
    }
}
