//! Finds what stops a newcomer, and says what is protected.
//!
//! The shell gathers facts and judges nothing; everything is judged here. A fact that could not be looked at is null
//! and leads to no complaint about what it would have shown.

mod facts;
mod files;
mod finding;
mod grants;
mod host;
mod models;
mod protection;
mod report;
mod rivals;
mod version;

pub use facts::language;
pub use protection::sessions_text;

use crate::record::state::State;
use crate::shared::config::Config;
use facts::Facts;
use finding::Findings;
use serde_json::Value;

/// The plugin's id, under which the host keeps its switches and settings.
pub const PLUGIN: &str = "auto-session-manager";

/// Judges gathered facts: `{ok, language, findings: [{code, level, text, diff?, fix?: {commands: [[argv…]], note?}}],
/// text}`. `level` is `ok|info|warning|problem`, `ok` is true where no finding is a problem, and `text` is the finished
/// report for a terminal. A command whose first word is `openclaw` may be run after consent; any other is for the
/// person to run.
#[must_use]
pub fn examine(facts: &Value, state: &State, config: &Config, now_ms: i64) -> Value {
    let language = language(facts, config);
    let facts = Facts::new(facts);
    let mut findings = Findings::new(language);
    if facts.text("/gateway/mode") == Some("remote") {
        host::remote(&mut findings);
        return report::report(findings);
    }
    grants::examine(&facts, config, now_ms, &mut findings);
    host::examine(&facts, config, now_ms, &mut findings);
    models::examine(&facts, state, config, &mut findings);
    rivals::examine(&facts, &mut findings);
    files::examine(&facts, &mut findings);
    protection::examine(&facts, state, config, &mut findings);
    report::report(findings)
}

#[cfg(test)]
mod tests;
