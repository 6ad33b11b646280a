//! The engine: one event in, effects out. Same events, same bytes, natively and in wasm.
//!
//! ```text
//! event ─► session (found or loaded) ─► what happened to it ─► effects, in order
//! ```

mod ask;
mod boundary;
mod command;
pub mod contents;
mod host;
mod interrupted;
mod keep;
mod number;
pub mod offline;
mod original;
mod outlook;
pub mod practice;
mod prompt;
mod save;
pub mod session;
mod turn;

use crate::effect::{Effect, Level};
use crate::event::{Context, Event, Input, Phase};
use crate::record::conversation::{Boundary, Reason};
use crate::record::state::State;
use crate::record::{Read, ledger, state};
use crate::shared::config::{Config, Rejected};
use crate::shared::heartbeat::{self, Heartbeat};
use crate::shared::language::Language;
use crate::shared::notice::{Ledger, Notice};
use crate::shared::time::rfc3339;
use serde_json::Value;
use session::Session;
use std::collections::{BTreeMap, BTreeSet};

/// When an event happened.
#[derive(Clone, Debug)]
pub(crate) struct Now {
    /// Epoch milliseconds.
    pub ms: i64,
    /// The host's flush day.
    pub day: String,
}

/// All of ASM's state in the gateway. Everything in it can be rebuilt from the files it writes.
pub struct Engine {
    config: Config,
    rejected: Vec<Rejected>,
    state: State,
    /// The state file was written by a newer version: it is never replaced.
    state_frozen: bool,
    /// The host lets us build prompts.
    access: bool,
    /// When this boot began, epoch milliseconds.
    booted_ms: i64,
    /// A stored session is read: whoever asked for it reads what is said.
    offline: bool,
    sessions: BTreeMap<String, Session>,
    /// Record files being read, by name.
    loading: BTreeMap<String, session::Loading>,
    /// Session keys with a model call under way.
    in_flight: BTreeSet<String>,
    out: Vec<Effect>,
    behind: keep::Behind,
    /// What the host's configuration says.
    host: host::Host,
}

impl Engine {
    #[must_use]
    pub fn new(config: Config, rejected: Vec<Rejected>) -> Self {
        Self {
            config,
            rejected,
            state: State::default(),
            state_frozen: false,
            access: false,
            booted_ms: 0,
            offline: false,
            sessions: BTreeMap::new(),
            loading: BTreeMap::new(),
            in_flight: BTreeSet::new(),
            out: Vec::new(),
            behind: keep::Behind::default(),
            host: host::Host::default(),
        }
    }

    /// Takes in one event, with its payload where it has one, and returns what is to be done, in order.
    pub fn step(&mut self, input: Input, payload: Option<Value>) -> Vec<Effect> {
        let now = Now { ms: input.now_ms, day: input.day };
        let last = keep::is_last(&input.event);
        self.dispatch(&now, input.event, payload.unwrap_or(Value::Null));
        self.put_away(&now);
        self.settle(&now, last);
        std::mem::take(&mut self.out)
    }

    fn dispatch(&mut self, now: &Now, event: Event, payload: Value) {
        match event {
            Event::Boot { state, conversation_access, unreadable } => {
                self.host = host::Host::of(&payload);
                self.state_unreadable(unreadable.as_deref());
                self.boot(now, state.as_deref(), conversation_access);
            }
            Event::Incident { text, pid, start_ticks } => self.incident(now, &text, pid, whole(start_ticks)),
            Event::OriginalSkill => self.original_skill(now, &payload),
            Event::Loaded { name, text, unreadable } => {
                self.loaded(now, &name, text.as_deref(), unreadable.as_deref());
            }
            Event::Message { ctx } => self.message(now, &ctx, &payload),
            Event::PromptBuild { ctx, history } => self.prompt_build(now, &ctx, history),
            Event::History { ctx } => self.history(now, &ctx, &payload),
            Event::ModelCall { ctx, phase, outcome, window } => {
                self.model_call(now, &ctx, phase, outcome.as_deref(), window);
            }
            Event::TurnEnd { ctx, success } => self.turn_end(now, &ctx, success, &payload),
            Event::Compacting { ctx } => self.compacting(now, &ctx, &payload),
            Event::Compacted { ctx } => self.compacted(now, &ctx),
            Event::Reset { ctx, reason } => self.reset(now, &ctx, reason.as_deref(), &payload),
            Event::SessionEnd { ctx, reason } => self.session_end(now, &ctx, reason.as_deref()),
            Event::SessionStart { ctx } => drop(self.find(now, &ctx)),
            Event::Stopping => self.stopping(now),
            Event::Tick { pid, start_ticks, boot_id, loop_lag_ms_max } => {
                self.tick(now, pid, whole(start_ticks), boot_id, whole(loop_lag_ms_max));
            }
            Event::Command { ctx, words } => self.command(now, &ctx, &words),
            Event::Ask { method, ctx } => self.ask(now, &method, &ctx, &payload),
            Event::Outcome { ctx, what, ok, text } => self.outcome(now, &ctx, &what, ok, &text),
        }
    }

    /// A state that is there and cannot be read is not replaced by an empty one.
    fn state_unreadable(&mut self, why: Option<&str>) {
        if let Some(why) = why {
            self.state_frozen = true;
            let text = Notice::LogUnreadable.say(self.config.operator_language, &[".asm_state.json", why]);
            self.warn("unreadable-file", &text);
        }
    }

    fn boot(&mut self, now: &Now, text: Option<&str>, access: bool) {
        self.access = access;
        self.booted_ms = now.ms;
        let operator = self.config.operator_language;
        match state::read(text) {
            Read::Absent => {}
            Read::Ours(read) => self.state = read,
            Read::Newer(version) => {
                self.state_frozen = true;
                self.warn(
                    "newer-file",
                    &Notice::LogNewer.say(operator, &[".asm_state.json", &version.to_string()]),
                );
            }
            Read::Corrupt(why) => {
                self.out.push(Effect::SetAside { name: None });
                self.warn("set-aside", &Notice::LogSetAside.say(operator, &[".asm_state.json", &why]));
            }
        }
        for bad in std::mem::take(&mut self.rejected) {
            let text = if bad.accepted.is_empty() {
                Notice::LogUnknownSetting.say(operator, &[&bad.key])
            } else {
                Notice::LogBadSetting.say(operator, &[&bad.key, &bad.value, &bad.accepted, &bad.used])
            };
            self.warn("bad-setting", &text);
        }
        self.prune(now);
        let count = self.state.sessions.len().to_string();
        self.log(Level::Info, "ready", "", &Notice::LogReady.say(operator, &[&count]));
    }

    fn model_call(
        &mut self,
        now: &Now,
        ctx: &Context,
        phase: Phase,
        outcome: Option<&str>,
        window: Option<f64>,
    ) {
        let Some(key) = ctx.session_key.clone() else {
            return;
        };
        match phase {
            Phase::Started => drop(self.in_flight.insert(key.clone())),
            Phase::Ended => drop(self.in_flight.remove(&key)),
        }
        // A compaction's own call carries no block and another prompt.
        let run = ctx.run_id.as_deref().unwrap_or_default();
        if run.contains(":compaction:") || ctx.session_id.as_deref() == Some(run) {
            return;
        }
        let configured = self.config.context.window_tokens;
        let Some(session) = self.sessions.get_mut(&key) else {
            return;
        };
        if let Some(window) = window.map(whole).filter(|w| *w > 0) {
            session.live.meter.window = Some(configured.map_or(window, |c| c.min(window)));
        }
        if phase == Phase::Ended && outcome == Some("completed") && std::mem::take(&mut session.offered) {
            self.delivered(now, &key);
            self.interruption_told(now, &key);
        }
    }

    fn tick(&mut self, now: &Now, pid: u32, start_ticks: u64, boot_id: String, loop_lag_ms_max: u64) {
        let beat = Heartbeat {
            version: heartbeat::VERSION,
            pid,
            start_ticks,
            boot_id,
            at_ms: now.ms,
            loop_lag_ms_max,
            in_flight: self.in_flight.iter().cloned().collect(),
        };
        let mut text = serde_json::to_string(&beat).unwrap_or_default();
        text.push('\n');
        self.out.push(Effect::Heartbeat { text });
    }

    fn stopping(&mut self, now: &Now) {
        let keys: Vec<String> = self.sessions.keys().cloned().collect();
        for key in keys {
            self.save_if_new(now, &key, Reason::Stop);
        }
        self.in_flight.clear();
    }

    fn outcome(&mut self, now: &Now, ctx: &Context, what: &str, ok: bool, text: &str) {
        let key = ctx.session_key.clone().unwrap_or_default();
        if ok {
            if what == "reset_session" {
                self.note(now, &key, "new-context", Ledger::NewContextOpened, &[text]);
            }
            return;
        }
        if let Some(session) = self.sessions.get_mut(&key) {
            match what {
                "record" => session.unsaved = true,
                "memory_note" => {
                    let failed = std::mem::take(&mut session.noting);
                    session.live.noted.retain(|id| !failed.contains(id));
                }
                "reset_session" => {
                    // The next turn that ends tries again.
                    session.opening_new_context = false;
                    session.wants_new_context = true;
                }
                _ => {}
            }
        }
        let code = format!("{}-failed", what.replace('_', "-"));
        let failed = match what {
            "record" => Ledger::RecordFailed,
            "memory_note" => Ledger::NoteFailed,
            "enqueue_injection" => Ledger::InjectionFailed,
            "reset_session" => Ledger::NewContextFailed,
            _ => Ledger::FileFailed,
        };
        self.note(now, &key, &code, failed, &[text]);
        let text = failed.say(self.config.operator_language, &[text]);
        self.log(Level::Warn, &code, &key, &text);
    }

    /// Adds to the ledger, in the language of the conversation: its people are who reads it.
    fn note(&mut self, now: &Now, key: &str, code: &str, what: Ledger, values: &[&str]) {
        let text = what.say(self.ledger_language(key), values);
        let (session_key, code) = (key.to_owned(), code.to_owned());
        ledger::add(&mut self.state.ledger, ledger::Entry { at: rfc3339(now.ms), session_key, code, text });
        self.behind.material = true;
    }

    fn ledger_language(&self, key: &str) -> Language {
        let session = self.sessions.get(key).filter(|_| !self.offline);
        session.map_or(self.config.operator_language, |s| s.language(&self.config))
    }

    fn warn(&mut self, code: &str, text: &str) {
        self.log(Level::Warn, code, "", text);
    }

    fn log(&mut self, level: Level, code: &str, session_key: &str, text: &str) {
        let (code, session_key, text) = (code.to_owned(), session_key.to_owned(), text.to_owned());
        self.out.push(Effect::Log { level, code, session_key, text });
    }

    /// Ends the running generation at a boundary of this kind. Shared by the ways a context can be emptied.
    fn empty_context(&mut self, now: &Now, key: &str, boundary: Boundary) {
        self.save_if_new(now, key, Reason::Reset);
        self.next_generation(now, key, boundary);
    }
}

/// A JavaScript number as a count: saturating, nonsense is 0.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float cast saturates; NaN is 0"
)]
fn whole(number: f64) -> u64 {
    number as u64
}
