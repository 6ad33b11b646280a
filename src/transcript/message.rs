//! One message of a conversation, as the core sees it, whatever form the host gave it.

/// Who speaks in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Role {
    User,
    Assistant,
    ToolResult,
    System,
    /// The host's summary that stands for compacted history (`compactionSummary`).
    CompactionSummary,
    /// The host's summary of an abandoned branch (`branchSummary`).
    BranchSummary,
    /// A row an extension put into the context (`custom`).
    Custom,
    /// A command the person ran beside the conversation, with its output (`bashExecution`).
    BashExecution,
    /// A role this version does not know: counted, never extracted from.
    #[default]
    Other,
}

/// One piece of a message's content.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    Text(String),
    Thinking(String),
    /// A tool call; `arguments` is their JSON text.
    ToolCall {
        id: String,
        name: String,
        arguments: String,
    },
    /// An image; `bytes` is the size of its encoded data, `size` its width and height in pixels where they can be read.
    Image {
        bytes: u64,
        size: Option<(u32, u32)>,
    },
    /// A part of a kind this version does not know, by its `type`.
    Other(String),
}

/// Token counts a provider reported for one call (the call that produced the message).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Usage {
    pub input: u64,
    pub output: u64,
    pub cache_read: u64,
    pub cache_write: u64,
    /// What the host says the call cost, millionths of a US dollar; zero where it knows no price.
    pub cost_micros: u64,
}

impl Usage {
    /// Tokens of the prompt of that call, cached or not. Zero means "no report" (aborted or failed call).
    #[must_use]
    pub fn prompt(&self) -> u64 {
        self.input.saturating_add(self.cache_read).saturating_add(self.cache_write)
    }
}

/// One message. Every field is what the host said; nothing is guessed.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Message {
    pub role: Role,
    pub parts: Vec<Part>,
    /// The host's id of the row, where it has one.
    pub id: Option<String>,
    /// Epoch milliseconds.
    pub timestamp_ms: Option<i64>,
    /// Of an assistant message.
    pub usage: Option<Usage>,
    pub provider: Option<String>,
    pub model: Option<String>,
    /// The protocol by which the host asked the model: `anthropic-messages`, `openai-completions`, …
    pub api: Option<String>,
    /// `stop`, `toolUse`, `length`, `error`, `aborted`, …
    pub stop_reason: Option<String>,
    /// Of a tool result.
    pub tool_call_id: Option<String>,
    pub tool_name: Option<String>,
    pub is_error: bool,
    /// Of a `custom` row: its `customType`.
    pub custom_type: Option<String>,
    /// The host keeps the row in the history and out of the model's context (`excludeFromContext`).
    pub excluded: bool,
}

impl Message {
    /// The text parts, in order.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|p| if let Part::Text(t) = p { Some(t.as_str()) } else { None })
    }

    /// A row the host wrote in the agent's name: the answer to a command (ours too), a copy of what was delivered.
    #[must_use]
    pub fn by_host(&self) -> bool {
        self.role == Role::Assistant && self.provider.as_deref() == Some("openclaw")
    }

    /// A failed or aborted model call: it says nothing and reports nothing.
    #[must_use]
    pub fn failed(&self) -> bool {
        matches!(self.stop_reason.as_deref(), Some("error" | "aborted"))
    }
}
