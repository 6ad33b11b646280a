//! What the core wants done. Effects name targets, never paths.

use serde::Serialize;

/// One thing for the shell to do, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Effect {
    /// Read the record file of this name, tell its text (`loaded`), then tell the same event again.
    Load { name: String },
    /// Tell the whole history (`history`), then the same event again.
    NeedHistory,
    /// Replace a record file atomically. The text crosses as its bytes: it is large, and goes to a file as it is.
    Record {
        session_key: String,
        name: String,
        #[cfg_attr(target_arch = "wasm32", serde(serialize_with = "bytes"), tsify(type = "Uint8Array"))]
        text: String,
    },
    /// Replace the state file atomically.
    State { text: String },
    /// Replace the heartbeat file atomically.
    Heartbeat { text: String },
    /// Rename a file of ours aside; `name` for a record, absent for the state file.
    SetAside { name: Option<String> },
    /// Delete a record file of ours.
    Prune { name: String },
    /// Append to the workspace's memory note of this day, under a lock.
    MemoryNote { session_key: String, workspace_dir: String, day: String, text: String },
    /// Stand at the end of the system prompt of the request being built.
    AppendSystemContext { text: String },
    /// Stand before the user's text in the next request of this session, where prompts may not be built by us. One that
    /// waits under the same key stands for this one; one that no request took within `ttl_ms` milliseconds is dropped.
    EnqueueInjection { session_key: String, text: String, idempotency_key: String, ttl_ms: u32 },
    /// Ask the gateway to open a new context in this session, once this record is safely written and nothing runs there.
    ResetSession { session_key: String, agent_id: String, record: String },
    /// One line in ASM's log, and in the host's where the level is `warn` or `error`.
    Log { level: Level, code: String, session_key: String, text: String },
    /// The answer to a command or a question.
    Reply { text: String },
}

/// How loud a log line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Info,
    Warn,
    Error,
}

#[cfg(target_arch = "wasm32")]
fn bytes<S: serde::Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(text.as_bytes())
}
