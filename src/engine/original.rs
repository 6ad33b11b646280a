//! What the original auto-session-manager skill left behind.

use super::{Engine, Now};
use crate::record::conversation::Generation;
use serde_json::Value;

impl Engine {
    pub(super) fn original_skill(&mut self, _now: &Now, _payload: &Value) {}

    /// The agent's main conversation begins with what the original skill remembered.
    pub(super) fn inherit_original(&mut self, _key: &str, _agent_id: &str, _live: &mut Generation) {}
}
