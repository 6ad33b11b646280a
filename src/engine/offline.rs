//! The engine over a stored session: the same steps as in the gateway, driven by the file.

use super::{Engine, Now, number};
use crate::continuation::block::Block;
use crate::count::contents::{Breakdown, Item};
use crate::count::meter::{Occupancy, Reported};
use crate::event::Context;
use crate::extract::fact::Fact;
use crate::record::conversation::{Boundary, Checkpoint, Reason};
use crate::transcript::message::{Message, Usage};

/// Key of the one session an offline engine holds.
const KEY: &str = "agent:offline:file";

/// An engine that reads one stored session.
pub struct Offline {
    engine: Engine,
    /// Time of the newest message: a stored session has no other clock.
    now: Now,
}

/// What a message came to.
#[derive(Debug, Default)]
pub struct Step {
    pub reported: Option<Reported>,
    /// The checkpoint made by it.
    pub checkpoint: Option<Checkpoint>,
    /// Ledger entries made by it: code and text.
    pub decisions: Vec<(String, String)>,
}

impl Offline {
    /// `window`: the model's context window, tokens.
    #[must_use]
    pub fn new(mut engine: Engine, window: u64) -> Self {
        engine.access = true;
        engine.offline = true;
        let now = Now { ms: 0, day: String::new() };
        drop(engine.find(&now, &context()));
        engine.loaded(&now, "file", None, None);
        if let Some(session) = engine.sessions.get_mut(KEY) {
            session.hydrated = true;
            session.live.meter.window = Some(window);
            session.live.meter.emptied();
        }
        engine.out.clear();
        engine.state.ledger.clear();
        Self { engine, now }
    }

    /// The model's window is larger than was assumed, tokens.
    pub fn widen(&mut self, window: u64) {
        if let Some(session) = self.engine.sessions.get_mut(KEY) {
            session.live.meter.window = Some(window);
        }
    }

    /// A message joins the context.
    pub fn say(&mut self, line: u64, message: &Message) -> Step {
        self.now.ms = message.timestamp_ms.unwrap_or(self.now.ms);
        let now = self.now.clone();
        let reported = self.engine.take_in(&now, KEY, message, Some(line));
        if reported.is_some() {
            self.engine.climb(&now, KEY);
            if message.stop_reason.as_deref() != Some("toolUse") {
                if let Some(session) = self.engine.sessions.get_mut(KEY) {
                    session.live.meter.turn_ended(&self.engine.state.calibration);
                }
                self.engine.look_ahead(&now, KEY);
            }
        }
        Step { reported, ..self.since() }
    }

    /// The host compacted; `held` is what is in context now.
    pub fn compaction(&mut self, held: impl Iterator<Item = Item>) -> Step {
        let now = self.now.clone();
        self.engine.save_if_new(&now, KEY, Reason::Compaction);
        self.engine.compacted(&now, &context());
        if let Some(session) = self.engine.sessions.get_mut(KEY) {
            session.hydrated = true;
            session.live.meter.refilled(held);
        }
        self.since()
    }

    /// The context was emptied.
    pub fn reset(&mut self, reason: Option<&str>) -> Step {
        let now = self.now.clone();
        self.engine.session_end(&now, &context(), reason);
        self.since()
    }

    /// Context in use.
    #[must_use]
    pub fn occupancy(&self) -> Occupancy {
        let meter = self.engine.sessions.get(KEY).map(|s| &s.live.meter);
        meter.map_or(Occupancy::Unknown, |m| m.occupancy(&self.engine.state.calibration))
    }

    /// What a call that failed reported nevertheless, beside what was expected of it; nothing is learned from it.
    #[must_use]
    pub fn compare(&self, usage: Usage) -> Option<Reported> {
        let session = self.engine.sessions.get(KEY)?;
        Some(session.live.meter.compare(usage, &self.engine.state.calibration))
    }

    /// `provider/model` in use, as far as known.
    #[must_use]
    pub fn model(&self) -> String {
        let session = self.engine.sessions.get(KEY);
        session.and_then(|s| s.live.meter.model()).unwrap_or_default().to_owned()
    }

    /// What the context is filled with, of these messages.
    pub fn breakdown(&mut self, held: impl Iterator<Item = Item>) -> Option<Breakdown> {
        let session = self.engine.sessions.get_mut(KEY)?;
        session.live.meter.retold(held);
        number::breakdown(session, &self.engine.state.calibration, &self.engine.host)
    }

    /// The size of the model's window, tokens.
    #[must_use]
    pub fn window(&self) -> Option<u64> {
        self.engine.sessions.get(KEY)?.live.meter.window
    }

    /// All facts, superseded and done ones included.
    #[must_use]
    pub fn facts(&self) -> &[Fact] {
        self.engine.sessions.get(KEY).map(|s| s.live.memory.facts()).unwrap_or_default()
    }

    /// The block a model would get if the context were emptied now.
    pub fn block(&mut self) -> Option<Block> {
        self.engine.compose_block(KEY, Boundary::New)
    }

    /// What has come of it: a step makes at most one checkpoint, and the ledger says so.
    fn since(&mut self) -> Step {
        self.engine.out.clear();
        let decisions: Vec<_> = self.engine.state.ledger.drain(..).map(|e| (e.code, e.text)).collect();
        let saved = decisions.iter().any(|(code, _)| code == "saved");
        let session = self.engine.sessions.get(KEY).filter(|_| saved);
        Step { reported: None, checkpoint: session.and_then(|s| s.last_checkpoint().cloned()), decisions }
    }
}

fn context() -> Context {
    Context { session_key: Some(KEY.to_owned()), session_id: Some("file".to_owned()), ..Context::default() }
}
