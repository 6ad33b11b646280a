//! Our own files and settings.

use super::facts::{Facts, whole};
use super::finding::{Findings, Level};
use crate::record::{Read, conversation, state};
use crate::shared::config;
use crate::shared::notice::Notice;
use serde_json::Value;
use std::collections::BTreeMap;

/// Damaged records named one by one; beyond that, how many more.
const MOST_NAMED: usize = 5;

pub fn examine(facts: &Facts, out: &mut Findings) {
    settings(facts, out);
    for folder in facts.words("/files/unwritable") {
        out.add(Level::Problem, "unwritable", Notice::DoctorUnwritable, &[folder]);
    }
    if facts.flag("/files/state/unreadable") == Some(true) {
        out.add(Level::Problem, "state-unreadable", Notice::DoctorUnreadable, &[".asm_state.json"]);
    }
    match state::read(facts.text("/files/state/text")) {
        Read::Absent | Read::Ours(_) => {}
        Read::Newer(version) => newer(".asm_state.json", version, out),
        Read::Corrupt(why) => damaged(".asm_state.json", &why, out),
    }
    records(facts, out);
}

fn newer(file: &str, version: u64, out: &mut Findings) {
    out.add(Level::Problem, "newer-file", Notice::DoctorNewer, &[file, &version.to_string()]);
}

fn damaged(file: &str, why: &str, out: &mut Findings) {
    out.add(Level::Warning, "damaged-file", Notice::DoctorDamaged, &[file, why]);
}

fn records(facts: &Facts, out: &mut Findings) {
    let mut more = 0usize;
    for record in facts.list("/files/records") {
        let name = record.get("name").and_then(Value::as_str).unwrap_or_default();
        let file = format!(".session_memory/{name}");
        let flag = |key: &str| record.get(key).and_then(Value::as_bool) == Some(true);
        let version = record.get("version").and_then(whole);
        let fine = flag("readable") && version.is_some_and(|v| v <= conversation::VERSION);
        if fine {
            continue;
        }
        if more >= MOST_NAMED {
            more = more.saturating_add(1);
            continue;
        }
        more = more.saturating_add(1);
        match version {
            _ if !flag("readable") => {
                out.add(Level::Warning, "record-unreadable", Notice::DoctorUnreadable, &[&file]);
            }
            Some(version) => newer(&file, version, out),
            None => damaged(&file, if flag("json") { "no version" } else { "not JSON" }, out),
        }
    }
    if more > MOST_NAMED {
        let rest = more.saturating_sub(MOST_NAMED).to_string();
        out.add(Level::Warning, "more-records", Notice::SessionsMore, &[&rest]);
    }
}

/// Settings that were not taken, judged again from what the person wrote.
fn settings(facts: &Facts, out: &mut Findings) {
    let section = facts.get("/settings/section").cloned().unwrap_or_default();
    let env: BTreeMap<String, String> =
        facts.get("/settings/env").cloned().and_then(|e| serde_json::from_value(e).ok()).unwrap_or_default();
    for bad in config::read(&section, &|name| env.get(name).cloned()).1 {
        if bad.accepted.is_empty() {
            out.add(Level::Warning, "unknown-setting", Notice::LogUnknownSetting, &[&bad.key]);
        } else {
            let values = [bad.key.as_str(), &bad.value, &bad.accepted, &bad.used];
            out.add(Level::Warning, "bad-setting", Notice::LogBadSetting, &values);
        }
    }
}
