//! The boundary to JavaScript, and the only file that names it. Text and payloads cross in a kept buffer that the shim
//! fills (`buffer`), small structures as JavaScript values, answers as text.

use crate::count;
use crate::count::bpe::{self, Encoding};
use crate::effect::Effect;
use crate::engine::Engine;
use crate::event::Input;
use crate::extract;
use crate::replay::reader::Reader;
use crate::shared::config::{self, Rejected};
use crate::shared::notice;
use crate::transcript::{decode, value};
use serde::Serialize;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use wasm_bindgen::prelude::*;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static TABLES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Largest kept buffer that is not given back after use, bytes.
const KEPT: usize = 1 << 20;

/// Makes room for `len` bytes of which the first `keep` stay as they are, and returns where in linear memory to write
/// them. Views made before are stale.
#[wasm_bindgen]
#[must_use]
pub fn buffer(len: usize, keep: usize) -> *const u8 {
    BUFFER.with_borrow_mut(|buffer| {
        if keep == 0 && len <= KEPT && buffer.len() > KEPT {
            *buffer = Vec::new();
        }
        if buffer.len() < len {
            buffer.resize(len, 0);
        }
        buffer.as_ptr()
    })
}

fn with_input<T>(len: usize, run: impl FnOnce(&[u8]) -> T) -> T {
    BUFFER.with_borrow(|buffer| run(buffer.get(..len).unwrap_or(buffer)))
}

/// Makes room for a file of tables of `len` bytes, by which text is counted, and returns where to write it.
#[wasm_bindgen]
#[must_use]
pub fn tables(len: usize) -> *const u8 {
    TABLES.with_borrow_mut(|tables| {
        *tables = vec![0; len];
        tables.as_ptr()
    })
}

/// Takes the file of the tables of `o200k_base`, by which ASM counts, from where it was written. Says whether it can be
/// counted by now: not if it is of another build. Nothing else may be called before.
#[wasm_bindgen]
#[must_use]
pub fn load() -> bool {
    bpe::load(Encoding::O200kBase, TABLES.take())
}

/// What the shell says, as JSON: `{name: [English, Chinese]}`. The build keeps a copy beside the wasm.
#[wasm_bindgen(js_name = shellTexts)]
#[must_use]
pub fn shell_texts() -> String {
    let texts: serde_json::Map<String, Value> =
        notice::shell_texts().map(|(name, texts)| (name.to_owned(), texts.to_vec().into())).collect();
    Value::Object(texts).to_string()
}

/// Version of the core.
#[wasm_bindgen]
#[must_use]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// Reports a panic's message before the trap; called once by the shim.
#[wasm_bindgen]
pub fn begin() {
    console_error_panic_hook::set_once();
}

/// A message that means nothing, number `n` of as many as wanted, as JSON: told to an engine of its own, it makes the
/// code warm. See `extract::practice`.
#[wasm_bindgen]
#[must_use]
pub fn practice(n: usize) -> String {
    let role = ["user", "assistant", "toolResult"].get(n % 3).copied().unwrap_or_default();
    let content = serde_json::json!([{ "type": "text", "text": extract::practice(n) }]);
    serde_json::json!({ "role": role, "content": content, "timestamp": n }).to_string()
}

fn settings(section: JsValue, env: JsValue) -> (Value, BTreeMap<String, String>) {
    let section = serde_wasm_bindgen::from_value(section).unwrap_or_default();
    (section, serde_wasm_bindgen::from_value(env).unwrap_or_default())
}

fn engine(section: JsValue, env: JsValue) -> Engine {
    let (section, env) = settings(section, env);
    let (config, rejected) = config::read(&section, &|name| env.get(name).cloned());
    Engine::new(config, rejected)
}

/// All of ASM's state in one gateway process.
#[wasm_bindgen]
pub struct Asm {
    engine: Engine,
}

#[wasm_bindgen]
impl Asm {
    /// `section`: the plugin's `config`. `env`: the process environment's `ASM_…` and locale variables.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(section: JsValue, env: JsValue) -> Self {
        Self { engine: engine(section, env) }
    }

    /// Tells one event; its payload, if any, is the first `payload` bytes of the buffer. Returns what to do, in order.
    ///
    /// # Errors
    /// An event that is not one.
    #[wasm_bindgen(unchecked_return_type = "Effect[]")]
    pub fn step(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Input")] input: JsValue,
        payload: usize,
    ) -> Result<JsValue, JsError> {
        let input: Input = structure(input)?;
        let payload =
            (payload > 0).then(|| with_input(payload, |bytes| value::decode(bytes).unwrap_or_default()));
        encode(&self.engine.step(input, payload))
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn number(count: u64) -> f64 {
    count as f64
}

fn structure<T: serde::de::DeserializeOwned>(value: JsValue) -> Result<T, JsError> {
    serde_wasm_bindgen::from_value(value).map_err(|error| JsError::new(&format!("asm[event]: {error}")))
}

fn encode(effects: &Vec<Effect>) -> Result<JsValue, JsError> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    effects.serialize(&serializer).map_err(|error| JsError::new(&format!("asm[effect]: {error}")))
}

/// Counts one conversation for one model: the meter alone, without a gateway.
#[wasm_bindgen]
pub struct Gauge {
    gauge: count::gauge::Gauge,
}

#[wasm_bindgen]
impl Gauge {
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(provider: &str, model: &str) -> Self {
        Self { gauge: count::gauge::Gauge::new(provider, model) }
    }

    /// A message joins: the first `len` bytes of the buffer.
    pub fn add(&mut self, len: usize) {
        let message = with_input(len, |bytes| value::decode(bytes).unwrap_or_default());
        self.gauge.add(decode::message(&message));
    }

    /// Tokens, low and high of a request with these messages: the first `len` bytes of the buffer, a list. Empty before
    /// the first report.
    #[must_use]
    pub fn recount(&self, len: usize) -> Vec<f64> {
        let rows = with_input(len, |bytes| value::decode(bytes).unwrap_or_default());
        let messages: Vec<_> = rows.as_array().into_iter().flatten().map(decode::message).collect();
        let estimate = self.gauge.recount(&messages);
        estimate.map(|e| [e.tokens, e.low, e.high].map(number).to_vec()).unwrap_or_default()
    }
}

/// Reads one stored session, twice: `scan` all of it, then `follow` all of it.
#[wasm_bindgen]
pub struct Replay {
    reader: Reader,
    rejected: Vec<Rejected>,
}

#[wasm_bindgen]
impl Replay {
    /// `section`: as the plugin's `config`; its `context.windowTokens` is the model's window. `env`: as for `Asm`.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(section: JsValue, env: JsValue) -> Self {
        let (section, env) = settings(section, env);
        let (reader, rejected) = Reader::new(&section, &|name| env.get(name).cloned());
        Self { reader, rejected }
    }

    /// The settings that were refused, as a JSON list of `{key, value, accepted, used}`.
    #[must_use]
    pub fn rejected(&self) -> String {
        serde_json::to_string(&self.rejected).unwrap_or_default()
    }

    /// First reading: the next `len` bytes.
    pub fn scan(&mut self, len: usize) {
        with_input(len, |bytes| self.reader.scan(bytes));
    }

    /// Ends the first reading; returns `{lines, rows}` as JSON.
    #[must_use]
    pub fn scanned(&mut self) -> String {
        self.reader.scanned().to_string()
    }

    /// Second reading: the next `len` bytes; returns replay lines, each ended by a newline.
    #[must_use]
    pub fn follow(&mut self, len: usize) -> String {
        with_input(len, |bytes| self.reader.follow(bytes))
    }

    /// Ends the second reading; returns the last replay lines, diagnostics and the summary.
    #[must_use]
    pub fn finish(&mut self) -> String {
        self.reader.finish()
    }

    /// Facts of the file, as a JSON list.
    #[must_use]
    pub fn facts(&mut self) -> String {
        serde_json::to_string(self.reader.offline().facts()).unwrap_or_default()
    }

    /// What the context is filled with at the end of the file: `{data, text}` as JSON, null where nothing is.
    #[must_use]
    pub fn breakdown(&mut self) -> String {
        self.reader.breakdown().to_string()
    }

    /// The block a model would get if the context were emptied at the end of the file; empty where nothing is kept.
    #[must_use]
    pub fn block(&mut self) -> String {
        self.reader.offline().block().map(|b| b.text).unwrap_or_default()
    }
}
