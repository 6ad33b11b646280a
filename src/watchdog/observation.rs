//! What one look at the gateway saw: facts only, no conclusion.

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
    pub version: Option<String>,
    /// Age of this boot of the gateway, milliseconds.
    pub uptime_ms: Option<u64>,
}

/// The gateway's process, known by pid, start time and its own heartbeat.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    pub pid: u32,
    pub start_ticks: u64,
    /// One letter as `/proc/<pid>/stat` gives it: `T` is stopped, `R` running.
    pub state: char,
    /// CPU time used since its start, milliseconds.
    pub cpu_ms: u64,
    pub threads: u64,
    /// Where in the kernel it waits; empty where that is not told.
    pub wchan: String,
}

/// One look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Observation {
    /// Monotonic time at which the look began; the judge is called when it ended.
    pub began_ms: u64,
    /// Time the machine has slept since its boot, milliseconds.
    pub slept_ms: u64,
    pub healthz: Answer,
    pub startupz: Answer,
    pub readyz: Answer,
    /// None where there is no heartbeat, or the process it names is gone.
    pub process: Option<Process>,
    /// `at_ms` of the heartbeat file. Only ever compared with an earlier one: the clock it came from may jump.
    pub heartbeat_ms: Option<u64>,
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

    fn says(&self, status: &str) -> bool {
        self.fields().is_some_and(|f| f.status.as_deref() == Some(status))
    }
}

impl Observation {
    /// Whether the liveness probe was answered as a gateway answers it.
    #[must_use]
    pub fn live(&self) -> bool {
        matches!(&self.healthz, Answer::Http { status: 200, fields: Some(f) } if f.ok == Some(true))
    }

    /// Whether the gateway says that it is draining: in the startup probe, or (older hosts) in the readiness probe.
    #[must_use]
    pub fn draining(&self) -> bool {
        self.startupz.says("draining") || self.failing().iter().any(|f| f == "gateway-draining")
    }

    /// Whether the gateway says that it is still starting.
    #[must_use]
    pub fn starting(&self) -> bool {
        self.startupz.says("starting")
    }

    /// What the readiness probe names as failing.
    #[must_use]
    pub fn failing(&self) -> &[String] {
        self.readyz.fields().map(|f| f.failing.as_slice()).unwrap_or_default()
    }

    /// Age of this boot, from the startup probe, else from the readiness probe.
    #[must_use]
    pub fn uptime_ms(&self) -> Option<u64> {
        let of = |a: &Answer| a.fields().and_then(|f| f.uptime_ms);
        of(&self.startupz).or_else(|| of(&self.readyz))
    }
}
