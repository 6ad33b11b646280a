//! What is said: rows as they are written, and turns as they end.

use super::command::bound_notice;
use super::number;
use super::session::Session;
use super::{Engine, Now};
use crate::count::meter::Reported;
use crate::decide::ladder::{Due, Room, Rung};
use crate::effect::{Effect, Level};
use crate::event::Context;
use crate::extract::fact::Source;
use crate::extract::presence::Haystack;
use crate::record::conversation::Reason;
use crate::shared::notice::{Ledger, Notice};
use crate::transcript::decode;
use crate::transcript::entry;
use crate::transcript::message::{Message, Role};
use serde_json::Value;
use std::borrow::Cow;

/// Rows that wait at most; a turn's own rows come only after its prompt.
const MOST_PENDING: usize = 64;
/// Longest quotation of a request or a reply, characters.
const LONGEST_QUOTE: usize = 400;

impl Engine {
    /// A row is about to be written to the transcript.
    pub(super) fn message(&mut self, now: &Now, ctx: &Context, payload: &Value) {
        let Some(key) = self.find(now, ctx) else { return };
        let message = decode::message(payload);
        if self.sessions.get_mut(&key).is_some_and(|s| s.repeated(&message, now.ms)) {
            return;
        }
        if self.waits(&key) {
            return self.wait(now, &key, message);
        }
        let reported = self.take_in(now, &key, &message, None);
        // A command runs no model call, and its own row would queue the block a second time.
        if message.role == Role::User && !message.texts().any(is_command) {
            self.inject(now, &key);
        }
        if reported.is_some() {
            self.climb(now, &key);
            if !self.access && message.stop_reason.as_deref() != Some("toolUse") {
                self.turn_ended(now, &key);
            }
        }
        if message.role == Role::Assistant && !message.failed() {
            self.touch(now, &key);
        }
    }

    /// Whether the rows of this session wait for its history: it was just found, and the history comes with its prompt.
    fn waits(&self, key: &str) -> bool {
        self.access && self.sessions.get(key).is_some_and(|s| !s.hydrated && !s.rewritten)
    }

    fn wait(&mut self, now: &Now, key: &str, message: Message) {
        let Some(session) = self.sessions.get_mut(key) else { return };
        session.unsaved = true;
        session.pending.push(message);
        if session.pending.len() > MOST_PENDING {
            // No prompt is built for us here: what waited is all there will be.
            session.hydrated = true;
            self.take_in_pending(now, key);
        }
    }

    /// Takes in what waited.
    pub(super) fn take_in_pending(&mut self, now: &Now, key: &str) {
        let pending = self.sessions.get_mut(key).map(|s| std::mem::take(&mut s.pending)).unwrap_or_default();
        for message in pending {
            self.take_in(now, key, &message, None);
        }
    }

    /// Takes one message in: counts it, extracts from it, sees what of the block it brings back. Returns what the
    /// provider reported with it.
    pub(super) fn take_in(
        &mut self,
        now: &Now,
        key: &str,
        message: &Message,
        line: Option<u64>,
    ) -> Option<Reported> {
        let session = self.sessions.get_mut(key).filter(|_| !message.excluded)?;
        if message.by_host() {
            // The host shows it to the person and not to the model.
            return None;
        }
        let reported = number::add(now, session, message, &mut self.state.calibration, &self.host);
        session.failed = message.role == Role::Assistant && message.failed();
        session.spoken = true;
        if message.role == Role::Assistant {
            session.unanswered.clear();
            session.answered_ms = message.timestamp_ms;
            session.api = message.api.clone().or_else(|| session.api.take());
        } else if session.unanswered.len() < MOST_PENDING {
            session.unanswered.push(message.clone());
        }
        let at_ms = message.timestamp_ms.unwrap_or(now.ms);
        session.live.seen_ms = Some(session.live.seen_ms.map_or(at_ms, |seen| seen.max(at_ms)));
        if !session.failed {
            let source = Source { line, message_id: message.id.clone(), at_ms: Some(at_ms) };
            session.live.memory.observe(message, &source);
            remember_texts(session, message);
            self.seen_again(key, message);
        }
        reported
    }

    /// Strikes from the block's waiting list what this message says.
    pub(super) fn seen_again(&mut self, key: &str, message: &Message) {
        let Some(session) = self.sessions.get_mut(key) else {
            return;
        };
        let Some(armed) = self.state.armed.iter_mut().find(|a| a.session_key == key) else {
            return;
        };
        let spoken = matches!(message.role, Role::User | Role::Assistant | Role::CompactionSummary);
        if armed.waiting.is_empty() || !spoken {
            return;
        }
        let text: Vec<&str> = message.texts().collect();
        session.live.memory.retain_unstated(&mut armed.waiting, &Haystack::new(&text.join("\n")));
    }

    /// Takes the rungs that are due.
    pub(super) fn climb(&mut self, now: &Now, key: &str) {
        let Some(session) = self.sessions.get_mut(key) else {
            return;
        };
        let room = room(session);
        let occupancy = session.live.meter.occupancy(&self.state.calibration);
        let due = session.live.cycle.climb(&self.config, room, occupancy);
        for rung in due {
            match rung.rung {
                Rung::Warn => self.note_line(now, key, "warned", Ledger::WarnLine, rung),
                Rung::Save => self.save(now, key, Reason::Line, Some(rung)),
                Rung::NewContext => self.want_new_context(now, key, rung),
            }
        }
    }

    fn want_new_context(&mut self, now: &Now, key: &str, due: Due) {
        let Some(session) = self.sessions.get_mut(key) else {
            return;
        };
        let paused = self.state.sessions.get(key).is_some_and(|row| row.paused);
        session.wants_new_context = !paused;
        if paused {
            return self.note(now, key, "new-context-skipped", Ledger::NewContextPaused, &[]);
        }
        self.note_line(now, key, "new-context-due", Ledger::NewContextLine, due);
    }

    /// A line was reached: how many tokens are in use, where the line is, and which bound made it so.
    fn note_line(&mut self, now: &Now, key: &str, code: &str, what: Ledger, due: Due) {
        let bound = bound_notice(due.bound).say(self.ledger_language(key), &[]);
        self.note(now, key, code, what, &[&due.tokens.to_string(), &due.line.to_string(), &bound]);
    }

    /// An attempt of a turn has ended.
    pub(super) fn turn_end(&mut self, now: &Now, ctx: &Context, success: bool, payload: &Value) {
        let Some(key) = self.find(now, ctx) else { return };
        self.entry(now, &key, payload);
        self.in_flight.remove(&key);
        let Some(session) = self.sessions.get_mut(&key) else {
            return;
        };
        session.offered = false;
        if !success || session.failed {
            return;
        }
        self.turn_ended(now, &key);
    }

    /// A turn has come to its end without error: learns its growth, takes the rungs that follow from it.
    fn turn_ended(&mut self, now: &Now, key: &str) {
        if let Some(session) = self.sessions.get_mut(key) {
            session.live.meter.turn_ended(&self.state.calibration);
        }
        self.climb(now, key);
        self.look_ahead(now, key);
        self.open_new_context(now, key);
        self.touch(now, key);
    }

    /// The host's own counters.
    pub(super) fn entry(&mut self, now: &Now, key: &str, payload: &Value) {
        let counters = entry::counters(payload);
        let configured = self.config.context.window_tokens;
        let Some(session) = self.sessions.get_mut(key) else {
            return;
        };
        let meter = &mut session.live.meter;
        if let Some(window) = counters.window {
            meter.window = Some(configured.map_or(window, |c| c.min(window)));
        }
        meter.window = meter.window.or(configured);
        meter.reserve = counters.reserve.or(meter.reserve);
        // After a compaction the host calls its own estimate fresh; only a call's numbers come with `inputTokens`.
        if let Some(prompt) = counters.prompt.filter(|_| payload.get("inputTokens").is_some()) {
            let name = |part: Option<String>| part.unwrap_or_default();
            let model = format!("{}/{}", name(counters.provider), name(counters.model));
            number::from_host(session, prompt, &model, &self.state.calibration, now);
        }
    }

    /// Opens a new context, if that is due: everything is saved first, and the shell resets only what is written.
    fn open_new_context(&mut self, now: &Now, key: &str) {
        let Some(session) = self.sessions.get_mut(key) else {
            return;
        };
        if !std::mem::take(&mut session.wants_new_context) || session.opening_new_context {
            return;
        }
        if let Some(why) = session.frozen {
            // A context is emptied only once its record is written.
            return self.note(now, key, "new-context-skipped", why, &[]);
        }
        session.opening_new_context = true;
        let (agent_id, record) = (session.agent_id.clone(), session.file.clone());
        self.save(now, key, Reason::NewContext, None);
        let text = Notice::ReasonNewContext.say(self.config.operator_language, &[]);
        self.log(Level::Info, "new-context", key, &text);
        self.out.push(Effect::ResetSession { session_key: key.to_owned(), agent_id, record });
    }
}

/// `/new`, `/asm status`: a slash and a word, not a path.
fn is_command(text: &str) -> bool {
    let word = text.strip_prefix('/').and_then(|rest| rest.split_whitespace().next());
    word.is_some_and(|w| w.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':')))
}

/// What the lines are drawn from; `None` while the window is unknown.
pub(super) fn room(session: &Session) -> Option<Room> {
    let meter = &session.live.meter;
    Some(Room { window: meter.window?, reserve: meter.reserve, growth: meter.growth.next_turn() })
}

/// Keeps what was asked last and where the last answer ended.
fn remember_texts(session: &mut Session, message: &Message) {
    let mut texts = message.texts();
    let first = texts.next().unwrap_or_default();
    let more = texts.map(|text| format!("\n{text}")).collect::<String>();
    let text = if more.is_empty() { Cow::Borrowed(first) } else { Cow::Owned(format!("{first}{more}")) };
    let text = crate::extract::own_words(&text);
    let text = text.trim();
    if text.is_empty() || is_command(text) {
        return;
    }
    match message.role {
        Role::User => session.live.last_request = Some(quote_start(text)),
        Role::Assistant => session.live.last_reply = Some(quote_end(text)),
        _ => return,
    }
    session.unsaved = true;
}

fn quote_start(text: &str) -> String {
    let clean = crate::shared::redact::redact(text);
    let mut quote: String = clean.chars().take(LONGEST_QUOTE).collect();
    if quote.len() < clean.len() {
        quote.push('…');
    }
    quote
}

fn quote_end(text: &str) -> String {
    let clean = crate::shared::redact::redact(text);
    let length = clean.chars().count();
    if length <= LONGEST_QUOTE {
        return clean.into_owned();
    }
    let end: String = clean.chars().skip(length - LONGEST_QUOTE).collect();
    format!("…{end}")
}
