//! What the shell tells the core. Host fields are forwarded by name; nothing is judged on the way.

use serde::Deserialize;

/// Everything the core is told, with the time it happened.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// Epoch milliseconds.
    pub now_ms: i64,
    /// The host's flush day, `YYYY-MM-DD` in the user's time zone.
    #[serde(default)]
    pub day: String,
    pub event: Event,
}

/// Who and what an event is about: the fields of the host's hook context that the core uses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct Context {
    pub agent_id: Option<String>,
    pub session_key: Option<String>,
    pub session_id: Option<String>,
    pub workspace_dir: Option<String>,
    pub run_id: Option<String>,
    /// `user`, `heartbeat`, `cron`, `memory`.
    pub trigger: Option<String>,
    /// The model that is to answer.
    pub model_provider_id: Option<String>,
    pub model_id: Option<String>,
}

impl Context {
    /// `provider/model` that is to answer, where the host says so.
    #[must_use]
    pub fn model(&self) -> Option<String> {
        let (provider, model) = (self.model_provider_id.as_deref()?, self.model_id.as_deref()?);
        (!model.is_empty()).then(|| format!("{provider}/{model}"))
    }
}

/// One thing that happened. What is called a payload crosses beside the event, in the kept buffer.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Event {
    /// The plugin begins in a fresh process. `state` is the text of the state file.
    Boot {
        state: Option<String>,
        #[serde(default)]
        conversation_access: bool,
        /// Why the state file is there and cannot be read.
        #[serde(default)]
        unreadable: Option<String>,
    },
    /// What the watchdog left of its last incident, as this process begins: the text of its file, and who this process is.
    Incident {
        text: String,
        #[serde(default)]
        pid: u32,
        #[serde(default)]
        start_ticks: f64,
    },
    /// The files of the original skill, read once. Payload: a list of parsed files.
    OriginalSkill,
    /// A record file that was asked for by a load effect.
    Loaded {
        name: String,
        text: Option<String>,
        /// Why the file is there and cannot be read.
        #[serde(default)]
        unreadable: Option<String>,
    },
    /// A row is about to be written to a transcript. Payload: the message.
    Message {
        ctx: Context,
    },
    /// A prompt is being built. `history`: the outline of what it will hold.
    PromptBuild {
        ctx: Context,
        #[serde(default)]
        history: Option<History>,
    },
    /// The history that was asked for by a need-history effect. Payload: the messages.
    History {
        ctx: Context,
    },
    /// A model call began or ended. `window` is the host's token budget of the context.
    ModelCall {
        ctx: Context,
        #[serde(default)]
        phase: Phase,
        outcome: Option<String>,
        window: Option<f64>,
    },
    /// An attempt of a turn has ended. Payload: the session entry, or nothing.
    TurnEnd {
        ctx: Context,
        #[serde(default)]
        success: bool,
    },
    /// The host is about to compact. Payload: the session entry, or nothing.
    Compacting {
        ctx: Context,
    },
    /// The host has compacted.
    Compacted {
        ctx: Context,
    },
    /// The context is being emptied. Payload: the messages of the old context, or nothing.
    Reset {
        ctx: Context,
        reason: Option<String>,
    },
    SessionEnd {
        ctx: Context,
        reason: Option<String>,
    },
    SessionStart {
        ctx: Context,
    },
    /// The gateway stops.
    Stopping,
    /// Every 5 s, from the gateway's event loop.
    #[serde(rename_all = "camelCase")]
    Tick {
        pid: u32,
        start_ticks: f64,
        #[serde(default)]
        boot_id: String,
        loop_lag_ms_max: f64,
    },
    /// `/asm …` in a chat.
    Command {
        ctx: Context,
        #[serde(default)]
        words: String,
    },
    /// A question from the command line: `sessions`, `status`, `save`, `doctor`. Payload: its facts.
    Ask {
        method: String,
        ctx: Context,
    },
    /// What an effect came to. `what` is the effect's kind.
    Outcome {
        ctx: Context,
        what: String,
        ok: bool,
        #[serde(default)]
        text: String,
    },
}

/// A history in a few numbers, by which it is told from another without being shown again.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct History {
    /// Rows, and a sum over their times and lengths.
    pub rows: f64,
    pub sum: f64,
    /// How many rows there were last time, and the sum over so many of them now.
    pub rows_before: f64,
    pub sum_before: f64,
}

/// Begin or end of a model call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Started,
    #[default]
    Ended,
}
