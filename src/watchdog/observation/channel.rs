//! What the gateway tells of its channels through its RPC, and what their provider answers.

use serde::{Deserialize, Serialize};

/// `channels.status` of the gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Channels {
    /// Not tried: no operator token, or a sick server is not given more work.
    #[default]
    NotAsked,
    /// Asked, without an answer that could be used.
    Failed {
        error: String,
    },
    Told {
        accounts: Vec<Account>,
    },
}

/// One account of one channel, as the gateway shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Account {
    /// `telegram`, `whatsapp`, …
    pub channel: String,
    pub account: String,
    pub enabled: bool,
    pub configured: bool,
    pub running: bool,
    pub connected: Option<bool>,
    /// `ready`, `recovering`, `blocked`, `stopped`, … as the host names it.
    pub lifecycle: String,
    /// `terminal-disconnect`, `disconnected`, …; empty where the host names none.
    pub health_state: String,
    pub restart_pending: bool,
    pub reconnect_attempts: u64,
    /// When bytes last moved on its transport, by the gateway's clock, epoch milliseconds. Only ever compared with an
    /// earlier reading: clocks jump.
    pub last_transport_at_ms: Option<i64>,
    /// HTTP status that its last error names, where the fields above allow it: 401, 409, 429.
    pub error_status: Option<u16>,
}

/// What a channel's provider answers to a question that disturbs nobody (Telegram: `getMe`, never `getUpdates`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Provider {
    /// Not tried: no token, not in doubt, or the network is down.
    #[default]
    NotAsked,
    Answers {
        /// Updates that wait for a poller (`getWebhookInfo`).
        pending: Option<u64>,
    },
    /// It refuses: 401, 409, 429 with the seconds it asks to wait.
    Refuses {
        status: u16,
        retry_after_s: Option<u64>,
    },
    Unreached {
        error: String,
    },
}
