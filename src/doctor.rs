//! Finds what stops a newcomer.

use crate::record::state::State;
use crate::shared::config::Config;
use serde_json::{Value, json};

#[must_use]
pub fn examine(_facts: &Value, _state: &State, _config: &Config, _now_ms: i64) -> Value {
    json!({"findings": []})
}
