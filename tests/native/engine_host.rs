//! A gateway in miniature for the engine: tells it events as the shim does, and keeps its files in memory.

use auto_session_manager::effect::Effect;
use auto_session_manager::engine::Engine;
use auto_session_manager::event::Input;
use auto_session_manager::shared::config;
use serde_json::{Value, json};

/// Performs what the engine asks of the shell, in memory.
pub struct Host {
    engine: Engine,
    pub now_ms: i64,
    pub files: std::collections::BTreeMap<String, String>,
    pub performed: Vec<Effect>,
    pub history: Vec<Value>,
}

pub const KEY: &str = "agent:main:main";
/// Text of a file that is there and cannot be read.
pub const UNREADABLE: &str = "\0unreadable";

impl Host {
    pub fn new(section: Value, access: bool) -> Self {
        Self::with_files(section, access, std::collections::BTreeMap::default())
    }

    pub fn with_files(
        section: Value,
        access: bool,
        files: std::collections::BTreeMap<String, String>,
    ) -> Self {
        let (config, rejected) = config::read(&section, &|_| None);
        let engine = Engine::new(config, rejected);
        let mut host =
            Self { engine, now_ms: 1_795_000_000_000, files, performed: Vec::new(), history: Vec::new() };
        let (state, unreadable) = host.read("state");
        let boot =
            json!({"type": "boot", "state": state, "conversationAccess": access, "unreadable": unreadable});
        host.tell(boot, None);
        host
    }

    /// A file's text, or why it cannot be read.
    fn read(&self, name: &str) -> (Option<String>, Option<&'static str>) {
        match self.files.get(name) {
            Some(text) if text == UNREADABLE => (None, Some("EACCES")),
            text => (text.cloned(), None),
        }
    }

    pub fn step(&mut self, event: &Value, payload: Option<Value>) -> Vec<Effect> {
        let input = json!({"nowMs": self.now_ms, "day": "2026-11-21", "event": event});
        let input: Input = serde_json::from_value(input).unwrap();
        self.engine.step(input, payload)
    }

    /// Tells an event the way the shim does: loads and histories on the way.
    pub fn tell(&mut self, event: Value, payload: Option<Value>) -> Vec<Effect> {
        for _ in 0..6 {
            let effects = self.step(&event, payload.clone());
            let mut again = false;
            for effect in &effects {
                match effect {
                    Effect::Load { name } => {
                        again = true;
                        let (text, unreadable) = self.read(name);
                        let loaded =
                            json!({"type": "loaded", "name": name, "text": text, "unreadable": unreadable});
                        self.tell(loaded, None);
                    }
                    Effect::NeedHistory => {
                        again = true;
                        let history = Value::Array(self.history.clone());
                        self.tell(json!({"type": "history", "ctx": event["ctx"]}), Some(history));
                    }
                    Effect::Record { name, text, .. } => drop(self.files.insert(name.clone(), text.clone())),
                    Effect::State { text } => drop(self.files.insert("state".into(), text.clone())),
                    _ => {}
                }
            }
            self.performed.extend(effects.iter().cloned());
            if !again {
                return effects;
            }
        }
        panic!("never settled: {event}");
    }

    pub fn ctx() -> Value {
        json!({"agentId": "main", "sessionKey": KEY, "sessionId": "s1", "workspaceDir": "/ws"})
    }

    pub fn about(&mut self, kind: &str, more: Value) -> Vec<Effect> {
        let mut event = json!({"type": kind, "ctx": Self::ctx()});
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.tell(event, None)
    }

    pub fn row(&mut self, message: Value) -> Vec<Effect> {
        self.now_ms += 1_000;
        let mut message = message;
        message["timestamp"] = self.now_ms.into();
        self.history.push(message.clone());
        self.tell(json!({"type": "message", "ctx": Self::ctx()}), Some(message))
    }

    pub fn user(&mut self, text: &str) -> Vec<Effect> {
        self.row(json!({"role": "user", "content": text}))
    }

    /// An answer whose call had a prompt of this many tokens.
    pub fn reply(&mut self, text: &str, prompt: u64) -> Vec<Effect> {
        let usage = json!({"input": prompt, "output": 50, "cacheRead": 0, "cacheWrite": 0});
        let content = json!([{"type": "text", "text": text}]);
        self.row(json!({"role": "assistant", "content": content, "usage": usage, "provider": "p", "model": "m", "stopReason": "stop"}))
    }

    /// A whole turn; returns what stood in its prompt.
    pub fn turn(&mut self, text: &str, prompt: u64) -> Option<String> {
        let effects = self.about("prompt_build", json!({}));
        let block = effects
            .into_iter()
            .find_map(|e| if let Effect::AppendSystemContext { text } = e { Some(text) } else { None });
        self.user(text);
        self.about("model_call", json!({"phase": "started", "window": 32_768}));
        self.about("model_call", json!({"phase": "ended", "outcome": "completed", "window": 32_768}));
        self.reply("Understood.", prompt);
        self.about("turn_end", json!({"success": true}));
        block
    }

    pub fn compact(&mut self) {
        self.about("compacting", json!({}));
        self.history =
            vec![json!({"role": "compactionSummary", "summary": "They talked.", "timestamp": self.now_ms})];
        self.about("compacted", json!({}));
    }

    pub fn count(&self, wanted: impl Fn(&Effect) -> bool) -> usize {
        self.performed.iter().filter(|e| wanted(e)).count()
    }

    pub fn record(&self) -> Value {
        serde_json::from_str(&self.files["s1"]).unwrap()
    }
}
