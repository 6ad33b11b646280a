//! Whether the size of the window is known for the models in use.

use super::PLUGIN;
use super::facts::{Facts, whole};
use super::finding::{Findings, Level};
use crate::record::state::State;
use crate::shared::config::Config;
use crate::shared::notice::Notice;

/// Known from the host's configuration, from ours, or from a conversation that used the model.
pub fn examine(facts: &Facts, state: &State, config: &Config, out: &mut Findings) {
    let everywhere =
        config.context.window_tokens.is_some() || facts.number("/models/contextTokens").is_some();
    if everywhere {
        return;
    }
    let mut unknown = Vec::new();
    let mut used = false;
    for entry in facts.list("/models/configured") {
        let Some(model) = entry.get("model").and_then(|m| m.as_str()) else {
            continue;
        };
        if entry.get("windowTokens").and_then(whole).is_some() {
            continue;
        }
        let mut rows =
            state.sessions.values().filter(|row| row.model.as_deref().is_some_and(|m| same(m, model)));
        if !rows.clone().any(|row| row.window_tokens.is_some()) {
            used |= rows.next().is_some();
            unknown.push(model);
        }
    }
    if unknown.is_empty() {
        return;
    }
    // A model that was used and still has no window will not get one by waiting.
    let level = if used { Level::Warning } else { Level::Info };
    let note = out.say(Notice::DoctorWindowNote, &[&format!("plugins.entries.{PLUGIN}")]);
    out.add(level, "no-window", Notice::DoctorWindow, &[&unknown.join(", ")]).note(note);
}

/// A conversation names its model with or without the provider in front.
fn same(seen: &str, configured: &str) -> bool {
    let bare = |m: &str| m.split_once('/').map_or_else(|| m.to_owned(), |(_, model)| model.to_owned());
    seen == configured || bare(configured) == seen || bare(configured) == bare(seen)
}
