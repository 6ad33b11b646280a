//! Reading what the shell gathered: anything may be absent, null or of another type.

use crate::shared::config::{Config, Speak};
use crate::shared::language::Language;
use serde_json::Value;

/// A heartbeat is written every 5 s; after six missed beats it is no sign of life any more, milliseconds.
const SILENT_MS: i64 = 30_000;

/// The gathered facts.
pub struct Facts<'a>(&'a Value);

impl<'a> Facts<'a> {
    pub fn new(facts: &'a Value) -> Self {
        Self(facts)
    }

    /// The value at a JSON pointer; `None` where there is none or it is null.
    pub fn get(&self, pointer: &str) -> Option<&'a Value> {
        self.0.pointer(pointer).filter(|v| !v.is_null())
    }

    pub fn text(&self, pointer: &str) -> Option<&'a str> {
        self.get(pointer)?.as_str()
    }

    pub fn flag(&self, pointer: &str) -> Option<bool> {
        self.get(pointer)?.as_bool()
    }

    /// A whole number; JavaScript's numbers come as floats.
    pub fn number(&self, pointer: &str) -> Option<u64> {
        self.get(pointer).and_then(whole)
    }

    pub fn list(&self, pointer: &str) -> &'a [Value] {
        self.get(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    /// Texts of a list of texts.
    pub fn words(&self, pointer: &str) -> impl Iterator<Item = &'a str> {
        self.list(pointer).iter().filter_map(Value::as_str)
    }

    /// Age of the heartbeat as last written, milliseconds. Only its time is read: a newer version is a sign of life too.
    pub fn heartbeat_age_ms(&self, now_ms: i64) -> Option<i64> {
        let beat: Value = serde_json::from_str(self.text("/gateway/heartbeat")?).ok()?;
        Some(now_ms.saturating_sub(beat.get("at_ms")?.as_i64()?).max(0))
    }

    /// The gateway answers, or the plugin lives in one.
    pub fn gateway_runs(&self, now_ms: i64) -> bool {
        self.number("/gateway/healthStatus").is_some() || self.heart_beats(now_ms)
    }

    /// The plugin gave a sign of life lately, from a process that is there.
    pub fn heart_beats(&self, now_ms: i64) -> bool {
        self.heartbeat_age_ms(now_ms).is_some_and(|age| age <= SILENT_MS)
            && self.flag("/gateway/heartbeatAlive") != Some(false)
    }
}

/// A JSON number as a count.
pub fn whole(value: &Value) -> Option<u64> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float cast saturates")]
    value.as_u64().or_else(|| value.as_f64().filter(|n| *n >= 0.0).map(|n| n as u64))
}

/// Language to speak on a terminal: as configured, else as its `lang` (`LC_ALL`, `LC_MESSAGES` or `LANG`) says.
#[must_use]
pub fn language(facts: &Value, config: &Config) -> Language {
    match config.language {
        Speak::En => Language::En,
        Speak::Zh => Language::Zh,
        Speak::Auto => {
            let lang = facts.get("lang").and_then(Value::as_str).unwrap_or_default();
            if lang.to_ascii_lowercase().starts_with("zh") { Language::Zh } else { Language::En }
        }
    }
}
