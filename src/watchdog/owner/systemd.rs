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
                     TimeoutStopUSec,Environment,ExecStart,User,ActiveEnterTimestampMonotonic,\
                     ExecMainStartTimestampMonotonic";

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
    installed(ours, deadline).find(|(unit, text)| is_ours(text, unit.user, ours)).map(|(unit, _)| unit)
}

/// The port that this gateway's unit gives it.
#[must_use]
pub fn unit_port(ours: &Ours, deadline: Duration) -> Option<u16> {
    let port = |(unit, text): (Unit, String)| {
        is_placed(&pairs(&text), unit.user, ours).then(|| said_port(&pairs(&text)))?
    };
    installed(ours, deadline).find_map(port)
}

/// The units under which the host installs itself, as far as they are there, with what they say.
fn installed(ours: &Ours, deadline: Duration) -> impl Iterator<Item = (Unit, String)> {
    let profile = if ours.profile.is_empty() { String::new() } else { format!("-{}", ours.profile) };
    let name = format!("openclaw-gateway{profile}.service");
    [true, false].into_iter().filter_map(move |user| {
        let unit = Unit { user, name: name.clone() };
        let text = properties(&unit, deadline)?;
        (pairs(&text).get("LoadState") == Some(&"loaded")).then_some((unit, text))
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
    is_placed(&p, user_unit, ours) && said_port(&p).is_none_or(|port| port == ours.port)
}

/// Whether it is of the same state directory, and of the same user.
fn is_placed(p: &BTreeMap<&str, &str>, user_unit: bool, ours: &Ours) -> bool {
    let state_dir = set(p, "OPENCLAW_STATE_DIR").unwrap_or(&ours.usual_state_dir);
    // A unit of the system's may run another user's gateway, whose usual directory is not ours.
    let runs_as = p.get("User").copied().filter(|u| !u.is_empty()).unwrap_or("root");
    let same_user = user_unit || runs_as == ours.user;
    same_user && state_dir.trim_end_matches('/') == ours.state_dir.trim_end_matches('/')
}

/// A variable of its environment.
fn set<'a>(p: &BTreeMap<&str, &'a str>, name: &str) -> Option<&'a str> {
    let mut words = p.get("Environment")?.split_whitespace();
    words.find_map(|w| w.trim_matches('"').strip_prefix(name)?.strip_prefix('='))
}

/// The port it gives: by an argument, else by its environment.
pub(super) fn said_port(p: &BTreeMap<&str, &str>) -> Option<u16> {
    let mut words = p.get("ExecStart").copied().unwrap_or_default().split_whitespace();
    let argument =
        words.find_map(|w| w.strip_prefix("--port")).map(|rest| rest.strip_prefix('=').unwrap_or(rest));
    let argument = argument.and_then(|port| if port.is_empty() { words.next() } else { Some(port) });
    argument.or_else(|| set(p, "OPENCLAW_GATEWAY_PORT"))?.parse().ok().filter(|port| *port != 0)
}

pub(super) fn ask(unit: &Unit, deadline: Duration) -> Option<Owner> {
    properties(unit, deadline).map(|text| read(&text))
}

fn properties(unit: &Unit, deadline: Duration) -> Option<String> {
    let command = unit.command(&["show", &unit.name, ASKED]);
    let words: Vec<&str> = command.iter().map(String::as_str).collect();
    output(&words, deadline)
}

pub(super) fn pairs(text: &str) -> BTreeMap<&str, &str> {
    text.lines().filter_map(|line| line.split_once('=')).collect()
}

/// The owner's view in `text`, without a name.
pub(super) fn read(text: &str) -> Owner {
    let p = pairs(text);
    let get = |name: &str| p.get(name).copied().unwrap_or_default();
    let at = |name: &str| get(name).parse::<u64>().ok().filter(|us| *us > 0);
    let had_started = at("ExecMainStartTimestampMonotonic")
        .is_some_and(|began| at("ActiveEnterTimestampMonotonic").is_some_and(|active| active >= began));
    let active = match (get("ActiveState"), get("SubState"), get("Result")) {
        (_, "auto-restart" | "auto-restart-queued", _) => Active::Failed,
        ("active" | "reloading" | "refreshing", _, _) => Active::Running,
        ("activating", _, _) => Active::Starting,
        ("deactivating", _, _) => Active::Stopping,
        // A stop that took too long and was forced is a stop all the same; a start that took too long is none.
        ("inactive", _, "success") => Active::Stopped,
        ("failed", _, "timeout") if had_started => Active::Stopped,
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
