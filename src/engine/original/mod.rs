//! What the original auto-session-manager skill left behind: read once, kept in the state, and given to the agent's
//! main conversation when that begins.

mod shapes;

use super::{Engine, Now};
use crate::effect::Level;
use crate::extract::fact::Fact;
use crate::record::conversation::Generation;
use crate::shared::notice::Ledger;
use crate::shared::time::rfc3339;
use serde_json::Value;
use std::collections::BTreeSet;

/// Facts taken over at most: they are part of the state file from then on.
const MOST_FACTS: usize = 100;

impl Engine {
    /// Payload: `[{path, json}]`, the path below the state directory, `json` null for a file that could not be read.
    /// An empty list is no reading: the files may come later, from a backup.
    pub(super) fn original_skill(&mut self, now: &Now, payload: &Value) {
        let files = payload.as_array().map(Vec::as_slice).unwrap_or_default();
        let wanted = self.config.memory.import_original_skill && self.state.original_skill_read_at.is_none();
        if !wanted || files.is_empty() {
            return;
        }
        let (facts, unusable) = read(files);
        self.state.original_skill_read_at = Some(rfc3339(now.ms));
        self.behind.material = true;
        let values = [facts.len(), files.len(), unusable].map(|n| n.to_string());
        let values = values.each_ref().map(String::as_str);
        let text = Ledger::OriginalRead.say(self.config.operator_language, &values);
        self.state.imported = facts;
        self.note(now, "", "original-skill-read", Ledger::OriginalRead, &values);
        self.log(Level::Info, "original-skill-read", "", &text);
    }

    /// The agent's main conversation begins with what the original skill remembered. The first to begin gets it, and no
    /// other: it was one person's memory.
    pub(super) fn inherit_original(&mut self, key: &str, agent_id: &str, live: &mut Generation) {
        let taken = self.state.imported_to.as_deref().is_some_and(|to| to != key);
        if taken || self.state.imported.is_empty() || key != format!("agent:{agent_id}:main") {
            return;
        }
        for fact in &self.state.imported {
            live.memory.insert(fact.clone());
        }
        self.state.imported_to = Some(key.to_owned());
        self.behind.material = true;
        let count = self.state.imported.len().to_string();
        let text = Ledger::OriginalGiven.say(self.config.operator_language, &[&count]);
        self.log(Level::Info, "original-skill-given", key, &text);
    }
}

/// Facts of the files, each once, and how many files were of no use.
fn read(files: &[Value]) -> (Vec<Fact>, usize) {
    let (mut facts, mut ids, mut unusable) = (Vec::new(), BTreeSet::new(), 0usize);
    for file in files {
        let path = file.get("path").and_then(Value::as_str).unwrap_or_default();
        let Some(found) = file.get("json").and_then(|json| shapes::facts(path, json)) else {
            unusable = unusable.saturating_add(1);
            continue;
        };
        for fact in found {
            if facts.len() < MOST_FACTS && ids.insert(fact.id.clone()) {
                facts.push(fact);
            }
        }
    }
    (facts, unusable)
}

#[cfg(test)]
mod tests;
