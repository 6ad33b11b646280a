//! systemd, by `systemctl show`: its output for programs.

use super::{Ours, runs};
use crate::watchdog::observation::{Active, Exit, Owner};
use crate::watchdog::os::output;
use std::collections::BTreeMap;
use std::time::Duration;

/// A unit of the user's or of the system's manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    pub user: bool,
    pub name: String,
}

const ASKED: &str = "--property=LoadState,ActiveState,SubState,MainPID,ExecMainCode,ExecMainStatus,Result,NRestarts,\
                     TimeoutStopUSec,Environment,User";

impl Unit {
    /// `systemctl [--user] …`
    #[must_use]
    pub fn command(&self, words: &[&str]) -> Vec<String> {
        let user = self.user.then_some("--user");
        ["systemctl"].into_iter().chain(user).chain(words.iter().copied()).map(str::to_owned).collect()
    }
}

pub(super) fn with_ending(name: &str) -> String {
    if name.contains('.') { name.to_owned() } else { format!("{name}.service") }
}

/// The unit under which the host installs itself, if it is there and is this gateway's.
pub(super) fn find(ours: &Ours, deadline: Duration) -> Option<Unit> {
    let profile = if ours.profile.is_empty() { String::new() } else { format!("-{}", ours.profile) };
    let name = format!("openclaw-gateway{profile}.service");
    [true, false].into_iter().map(|user| Unit { user, name: name.clone() }).find(|unit| {
        properties(unit, deadline)
            .is_some_and(|p| p.get("LoadState") == Some("loaded") && is_ours(&p.text, unit.user, ours))
    })
}

/// A unit is this gateway's if its process is. With no process of ours in sight it is if it says the same state directory
/// and port as we watch, by name or by leaving both at what is usual; one that runs nothing does not run ours.
pub(super) fn is_ours(text: &str, user_unit: bool, ours: &Ours) -> bool {
    let p = pairs(text);
    let main = p.get("MainPID").and_then(|p| p.parse::<u32>().ok()).filter(|p| *p != 0);
    if let Some(pid) = ours.pid {
        return main.is_some_and(|main| runs(main, pid));
    }
    let words: Vec<&str> = p.get("Environment").map(|e| e.split_whitespace().collect()).unwrap_or_default();
    let set = |name: &str| {
        let mut found =
            words.iter().filter_map(|w| w.trim_matches('"').strip_prefix(name)?.strip_prefix('='));
        found.next()
    };
    let state_dir = set("OPENCLAW_STATE_DIR").unwrap_or(&ours.usual_state_dir);
    let port = set("OPENCLAW_GATEWAY_PORT").and_then(|p| p.parse().ok()).unwrap_or(ours.port);
    // A unit of the system's may run another user's gateway, whose usual directory is not ours.
    let runs_as = p.get("User").copied().filter(|u| !u.is_empty()).unwrap_or("root");
    let same_user = user_unit || runs_as == ours.user;
    same_user && state_dir.trim_end_matches('/') == ours.state_dir.trim_end_matches('/') && port == ours.port
}

pub(super) fn ask(unit: &Unit, deadline: Duration) -> Option<Owner> {
    properties(unit, deadline).map(|p| read(&p.text))
}

struct Properties {
    text: String,
}

impl Properties {
    fn get(&self, name: &str) -> Option<&str> {
        pairs(&self.text).get(name).copied()
    }
}

fn properties(unit: &Unit, deadline: Duration) -> Option<Properties> {
    let command = unit.command(&["show", &unit.name, ASKED]);
    let words: Vec<&str> = command.iter().map(String::as_str).collect();
    output(&words, deadline).map(|text| Properties { text })
}

fn pairs(text: &str) -> BTreeMap<&str, &str> {
    text.lines().filter_map(|line| line.split_once('=')).collect()
}

/// The owner's view in `text`, without a name.
pub(super) fn read(text: &str) -> Owner {
    let p = pairs(text);
    let get = |name: &str| p.get(name).copied().unwrap_or_default();
    let active = match (get("ActiveState"), get("SubState"), get("Result")) {
        (_, "auto-restart" | "auto-restart-queued", _) => Active::Failed,
        ("active" | "reloading" | "refreshing", _, _) => Active::Running,
        ("activating", _, _) => Active::Starting,
        ("deactivating", _, _) => Active::Stopping,
        // A stop that took too long and was forced is a stop all the same; a start that takes too long is begun again.
        ("inactive", _, "success") | ("failed", _, "timeout") => Active::Stopped,
        ("inactive" | "failed", _, _) => Active::Failed,
        _ => Active::Untold,
    };
    let status = get("ExecMainStatus").parse().ok();
    let memory = get("Result") == "oom-kill";
    // CLD_EXITED, CLD_KILLED, CLD_DUMPED of the last main process; 0 where none has ended.
    let last_exit = match get("ExecMainCode") {
        "1" => Some(Exit { code: status, signal: None, out_of_memory: memory }),
        "2" | "3" => Some(Exit { code: None, signal: status, out_of_memory: memory }),
        _ => None,
    };
    Owner {
        name: String::new(),
        active,
        pid: get("MainPID").parse().ok().filter(|pid| *pid != 0),
        last_exit,
        restarts: get("NRestarts").parse().ok(),
        stop_ms: span_ms(get("TimeoutStopUSec")),
    }
}

/// A time span as systemd.time(7) writes it, `5min 30s`; none for `infinity`.
pub(super) fn span_ms(text: &str) -> Option<u64> {
    let mut ms = 0u64;
    for word in text.split_whitespace() {
        let at = word.find(|c: char| c.is_ascii_alphabetic())?;
        let (number, unit) = word.split_at_checked(at)?;
        let each: f64 = match unit {
            "us" => 0.001,
            "ms" => 1.0,
            "s" => 1_000.0,
            "min" => 60_000.0,
            "h" => 3_600_000.0,
            "d" => 86_400_000.0,
            "w" => 604_800_000.0,
            _ => return None,
        };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let part = (number.parse::<f64>().ok()? * each) as u64;
        ms = ms.saturating_add(part);
    }
    (!text.is_empty()).then_some(ms)
}
