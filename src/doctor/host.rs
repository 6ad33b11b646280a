//! The gateway this plugin lives in.

use super::facts::Facts;
use super::finding::{Findings, Level};
use super::version::meets;
use crate::shared::config::Config;
use crate::shared::notice::Notice;

pub fn remote(out: &mut Findings) {
    out.add(Level::Problem, "remote-mode", Notice::DoctorRemote, &[]);
}

pub fn examine(facts: &Facts, config: &Config, now_ms: i64, out: &mut Findings) {
    versions(facts, out);
    if let Some(engine) = facts.text("/plugin/contextEngine").filter(|e| !matches!(*e, "" | "legacy")) {
        out.add(Level::Info, "context-engine", Notice::DoctorEngine, &[engine]);
    }
    if config.ladder.new_context && facts.flag("/gateway/hasToken") == Some(false) {
        let note = out.say(Notice::DoctorTokenNote, &[]);
        out.add(Level::Problem, "no-operator-token", Notice::DoctorToken, &[]).note(note);
    }
    running(facts, now_ms, out);
    if let Some(pid) = facts.number("/watchdog/pid").filter(|_| facts.flag("/watchdog/alive") == Some(true)) {
        out.add(Level::Info, "watchdog", Notice::DoctorWatching, &[&pid.to_string()]);
    } else {
        out.add(Level::Info, "no-watchdog", Notice::DoctorWatchdog, &[]);
    }
}

fn running(facts: &Facts, now_ms: i64, out: &mut Findings) {
    let off = facts.flag("/plugin/enabled") == Some(false);
    if !facts.gateway_runs(now_ms) {
        out.add(Level::Info, "gateway-down", Notice::DoctorGatewayDown, &[]);
    } else if !facts.heart_beats(now_ms) && !off {
        match facts.heartbeat_age_ms(now_ms) {
            Some(age) => {
                let seconds = (age / 1_000).to_string();
                out.add(Level::Warning, "no-heartbeat", Notice::DoctorGatewaySilent, &[&seconds]);
            }
            None => {
                out.add(Level::Warning, "no-heartbeat", Notice::DoctorGatewayUnseen, &[]);
            }
        }
    }
}

fn versions(facts: &Facts, out: &mut Findings) {
    let demand = |range: &str, have: &str| (facts.text(range), facts.text(have));
    if let (Some(range), Some(have)) = demand("/package/pluginApi", "/host/version")
        && meets(range, have) == Some(false)
    {
        out.add(Level::Problem, "host-version", Notice::DoctorHost, &[range, have]);
    }
    let node = ["/host/nodeRange", "/package/nodeRange"].map(|range| demand(range, "/node"));
    let unmet = node.into_iter().find_map(|pair| match pair {
        (Some(range), Some(have)) if meets(range, have) == Some(false) => Some((range, have)),
        _ => None,
    });
    if let Some((range, have)) = unmet {
        out.add(Level::Problem, "node-version", Notice::DoctorNode, &[range, have]);
    }
}
