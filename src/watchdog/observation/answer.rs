//! What the gateway's HTTP probes answered.

use serde::{Deserialize, Serialize};

/// What became of one HTTP probe.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Answer {
    /// Not tried, because the liveness probe had no answer: a sick server is not given more work.
    #[default]
    NotAsked,
    /// Nobody listens on the port.
    Refused,
    /// No complete answer by the deadline. A connection proves nothing: the kernel accepts for a frozen process.
    TimedOut { received_bytes: u64 },
    /// The connection ended before a complete answer.
    Closed { received_bytes: u64 },
    /// Any other failure to connect or read.
    Failed { error: String },
    /// Bytes that are not HTTP.
    Garbage { received_bytes: u64 },
    /// An HTTP answer.
    Http {
        status: u16,
        /// The fields of its JSON object; none where the body is something else.
        fields: Option<Fields>,
    },
}

/// The few fields of the probes' JSON that anything rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fields {
    pub ok: Option<bool>,
    pub status: Option<String>,
    pub ready: Option<bool>,
    pub failing: Vec<String>,
    /// Channels that the host keeps down on purpose: its crash-loop breaker has tripped.
    pub suppressed: Vec<String>,
    pub version: Option<String>,
    /// Age of this boot of the gateway, milliseconds.
    pub uptime_ms: Option<u64>,
}

impl Answer {
    /// The fields, whatever the status.
    #[must_use]
    pub fn fields(&self) -> Option<&Fields> {
        match self {
            Self::Http { fields, .. } => fields.as_ref(),
            _ => None,
        }
    }

    pub(super) fn says(&self, status: &str) -> bool {
        self.fields().is_some_and(|f| f.status.as_deref() == Some(status))
    }
}
