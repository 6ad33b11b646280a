//! Configuration: one table of keys, judged here and nowhere else. A value out of range never stops anything: the
//! default is used and a [`Rejected`] says which key, which value, which range.

pub mod keys;
pub mod read;
pub mod schema;

pub use read::{Rejected, accepts_whole, operator_language, read};

use super::language::Language;
use serde::{Deserialize, Serialize};

/// The language setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Speak {
    /// As the conversation does.
    Auto,
    Zh,
    En,
}

/// All settings, judged. `Default` is the table's defaults.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Config {
    pub language: Speak,
    /// What logs and terminals speak: the language set, else the locale's.
    #[serde(skip)]
    pub operator_language: Language,
    /// IANA name; empty takes the host's.
    pub user_timezone: String,
    pub context: Context,
    pub continuation: Continuation,
    pub ladder: Ladder,
    pub memory: Memory,
    pub quota: Quota,
    pub notify: Notify,
    pub watchdog: Watchdog,
}

/// When memory is saved.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Context {
    pub threshold_percent: u64,
    pub cap_tokens: Option<u64>,
    pub window_tokens: Option<u64>,
}

/// The block that crosses boundaries.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Continuation {
    pub enabled: bool,
    pub budget_tokens: u64,
}

/// The other rungs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ladder {
    pub warn_percent: Option<u64>,
    pub new_context: bool,
    pub new_context_percent: u64,
}

/// Records and notes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Memory {
    pub notes: bool,
    pub notes_for_all_sessions: bool,
    pub keep_days: u64,
    pub max_total_megabytes: u64,
    pub import_original_skill: bool,
}

/// Provider quota.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quota {
    pub minimax_calls_left: u64,
}

/// What people are told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Notify {
    pub session_texts: bool,
    /// Empty: no alerts by Telegram.
    pub telegram_chat: String,
    /// Empty: the gateway's own bot.
    #[serde(skip)]
    pub telegram_token: Secret,
    #[serde(skip)]
    pub webhook: Secret,
    /// `json`, `slack`, …
    pub webhook_format: String,
    pub command: Vec<String>,
    pub mail_to: String,
}

/// What must not be shown: a token, or a URL that holds one.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_empty() { "none" } else { "***" })
    }
}

/// The watchdog. Times in seconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Watchdog {
    pub timeout_seconds: u64,
    pub interval_seconds: u64,
    pub grace_seconds: u64,
    pub drain_seconds: u64,
    pub restart_command: Vec<String>,
    pub restart_seconds: u64,
    pub verify_seconds: u64,
    pub max_restarts: u64,
    pub escalate_command: Vec<String>,
    /// `systemd-user:UNIT`, …; empty: it is looked for.
    pub owner: String,
    pub status_command: Vec<String>,
    /// `host:port`, separated by commas or blanks.
    pub reachability_targets: String,
    pub max_restarts_per_day: u64,
    pub beside_others: bool,
    /// Ask Node's inspector before a restart.
    pub capture_stack: bool,
}

impl Default for Config {
    fn default() -> Self {
        read(&serde_json::Value::Null, &|_| None).0
    }
}
