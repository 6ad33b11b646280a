//! The host's own switches for this plugin.

use super::PLUGIN;
use super::facts::Facts;
use super::finding::{Finding, Findings, Level};
use crate::shared::config::Config;
use crate::shared::notice::Notice;

pub fn examine(facts: &Facts, config: &Config, now_ms: i64, out: &mut Findings) {
    let runs = facts.gateway_runs(now_ms);
    loading(facts, out);
    if facts.get("/plugin").is_none() {
        return;
    }
    let unset = out.say(Notice::NotSet, &[]);
    let old = |pointer| match facts.flag(pointer) {
        Some(value) => value.to_string(),
        None => unset.clone(),
    };
    if facts.flag("/plugin/allowConversationAccess") != Some(true) {
        let note = out.say(Notice::DoctorAccessNote, &[]);
        let found = out.add(Level::Problem, "conversation-access", Notice::DoctorAccess, &[]);
        hook(found, "allowConversationAccess", &old("/plugin/allowConversationAccess"), runs).note(note);
    }
    if facts.flag("/plugin/allowPromptInjection") == Some(false) && config.continuation.enabled {
        let found = out.add(Level::Problem, "prompt-injection", Notice::DoctorInjection, &[]);
        hook(found, "allowPromptInjection", "false", runs);
    }
}

/// Sets one of the plugin's hook switches. A change made while a turn runs is refused by the gateway and not tried
/// again by it: the reload makes sure. Without a gateway there is nothing to reload.
fn hook<'a>(found: &'a mut Finding, name: &str, old: &str, runs: bool) -> &'a mut Finding {
    let key = format!("plugins.entries.{PLUGIN}.hooks.{name}");
    found.diff(&key, old, "true").command(&["openclaw", "config", "set", &key, "true"]);
    if runs {
        found.command(&["openclaw", "plugins", "reload", PLUGIN]);
    }
    found
}

/// Whether the host loads the plugin at all.
fn loading(facts: &Facts, out: &mut Findings) {
    if facts.flag("/plugin/pluginsEnabled") == Some(false) {
        let note = out.say(Notice::DoctorDeniedNote, &["plugins.enabled"]);
        out.add(Level::Problem, "plugins-off", Notice::DoctorPluginsOff, &[]).note(note);
    }
    if facts.flag("/plugin/enabled") == Some(false) {
        let key = format!("plugins.entries.{PLUGIN}.enabled");
        out.add(Level::Problem, "plugin-disabled", Notice::DoctorDisabled, &[])
            .diff(&key, "false", "true")
            .command(&["openclaw", "plugins", "enable", PLUGIN]);
    }
    let denied = facts.words("/plugin/deny").any(|id| id == PLUGIN);
    let not_allowed =
        facts.get("/plugin/allow").is_some() && facts.words("/plugin/allow").all(|id| id != PLUGIN);
    for (key, out_of_it) in [("plugins.deny", denied), ("plugins.allow", not_allowed)] {
        if out_of_it {
            let note = out.say(Notice::DoctorDeniedNote, &[key]);
            out.add(Level::Problem, "plugin-denied", Notice::DoctorDenied, &[key]).note(note);
        }
    }
}
