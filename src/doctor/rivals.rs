//! Who else is at work here: the original skill, and other guardians.

use super::PLUGIN;
use super::facts::{Facts, whole};
use super::finding::{Findings, Level};
use crate::shared::guardians::{guards_gateway, is_ours, rotates_sessions};
use crate::shared::notice::Notice;
use serde_json::Value;
use std::collections::BTreeSet;

/// Programs of the original skill that run in the background.
const ORIGINAL_PROGRAMS: &[&str] = &["monitor.py", "gateway_monitor.py"];

pub fn examine(facts: &Facts, out: &mut Findings) {
    skill_folders(facts, out);
    original_processes(facts, out);
    let mut seen = BTreeSet::new();
    for (place, name) in names(facts) {
        let lower = name.to_lowercase().replace('_', "-");
        if is_ours(&lower) {
            continue;
        }
        if is_original(&lower) && matches!(place, "systemd" | "crontab" | "launchd") {
            if seen.insert((place, name.clone())) {
                let by = format!("{place}: {name}");
                out.add(Level::Problem, "original-skill-scheduled", Notice::DoctorSkillScheduled, &[&by]);
            }
        } else if (guards_gateway(&lower) || rotates_sessions(&lower)) && seen.insert((place, name.clone())) {
            out.add(Level::Warning, "guardian", Notice::DoctorGuardian, &[&name, place]);
        }
    }
}

/// Every name of something installed or running, with the kind of place it was found in.
fn names(facts: &Facts) -> Vec<(&'static str, String)> {
    let mut out = Vec::new();
    let mut take = |place, name: Option<&str>| out.extend(name.map(|n| (place, n.to_owned())));
    for skill in facts.list("/skills") {
        take("skill", skill.get("name").and_then(Value::as_str));
    }
    for id in facts.words("/plugins") {
        take("plugin", Some(id));
    }
    for unit in facts.words("/units") {
        take("systemd", Some(unit));
    }
    for agent in facts.words("/launchAgents") {
        take("launchd", Some(agent));
    }
    for word in facts.words("/crontab") {
        take("crontab", Some(word));
    }
    for process in facts.list("/processes") {
        take("process", process.get("program").and_then(Value::as_str));
        take("process", process.get("script").and_then(Value::as_str));
    }
    out
}

fn is_original(name: &str) -> bool {
    name.contains("asm-monitor") || name.contains(PLUGIN)
}

/// The original's folder outranks the skill that this plugin ships.
fn skill_folders(facts: &Facts, out: &mut Findings) {
    let ours = |s: &&Value| s.get("name").and_then(Value::as_str) == Some(PLUGIN);
    for skill in facts.list("/skills").iter().filter(ours) {
        let Some(path) = skill.get("path").and_then(Value::as_str) else {
            continue;
        };
        // Beside the skills folder: inside it, it would still be a skill.
        let aside = skill.get("aside").and_then(Value::as_str);
        let note = out.say(Notice::DoctorSkillNote, &[]);
        let found = out.add(Level::Problem, "original-skill", Notice::DoctorSkill, &[path]).note(note);
        if let Some(aside) = aside {
            found.command(&["mv", "--", path, aside]);
        }
    }
}

fn original_processes(facts: &Facts, out: &mut Findings) {
    for process in facts.list("/processes") {
        let script = process.get("script").and_then(Value::as_str).unwrap_or_default();
        let program = script.rsplit(['/', '\\']).next().unwrap_or_default();
        let (Some(pid), true) = (process.get("pid").and_then(whole), ORIGINAL_PROGRAMS.contains(&program))
        else {
            continue;
        };
        if !script.contains(PLUGIN) {
            continue;
        }
        let pid = pid.to_string();
        let note = out.say(Notice::DoctorSkillRunningNote, &[&pid]);
        out.add(Level::Problem, "original-skill-running", Notice::DoctorSkillRunning, &[script, &pid])
            .note(note);
    }
}
