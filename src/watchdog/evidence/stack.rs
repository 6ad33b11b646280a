//! What a busy gateway is running: its JavaScript stack, by Node's inspector on the loopback. Only where the operator has
//! switched it on.
//!
//! `SIGUSR1` is the one signal of its kind that the watchdog ever sends: it makes Node open the inspector. Hosts before
//! [`FIRST_SAFE`] take the same signal as the order to restart, and a Node that was started with `--disable-sigusr1` would
//! end of it; so it is sent only to a verified process of a known, new enough version that catches the signal, and only
//! where nobody holds the inspector's port. Proven on Node 24: a loop and a regular expression that do not end show their
//! stack; a thread that sits in a system call does not answer, and then `/proc` is all there is. The inspector stays open on
//! the loopback until that process ends.

use crate::watchdog::net::get_json;
use crate::watchdog::observation::Port;
use crate::watchdog::rpc::Socket;
use crate::watchdog::{os, process};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::thread;
use std::time::{Duration, Instant};

/// First version of the host that leaves `SIGUSR1` to Node.
const FIRST_SAFE: [u32; 3] = [2026, 9, 6];
/// Where Node opens its inspector.
pub const INSPECTOR_PORT: u16 = 9_229;
const MOST_FRAMES: usize = 64;
const POLL: Duration = Duration::from_millis(50);

/// Whose stack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub pid: u32,
    pub start_ticks: u64,
    /// The host's version, as this very process told it while it was well.
    pub version: String,
}

/// The stack, innermost call first, without any value of a variable.
///
/// # Errors
/// Why it is not asked for, or was not told.
pub fn capture(target: &Target, port: u16, deadline: Duration) -> Result<Value, String> {
    let until = Instant::now() + deadline;
    if !safe(&target.version) {
        return Err(format!("version {} is not known to leave SIGUSR1 to Node", target.version));
    }
    let process = process::same(target.pid, target.start_ticks).ok_or("the process is gone")?;
    if matches!(process.state, 'T' | 't' | 'D') {
        return Err(format!("its state is {}: it runs nothing", process.state));
    }
    let opened = open(target, port, until)?;
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let left = || until.saturating_duration_since(Instant::now());
    let (_, list) = get_json(&format!("http://{addr}/json/list"), None, left())?;
    let url = list.pointer("/0/webSocketDebuggerUrl").and_then(Value::as_str).ok_or("no inspector there")?;
    let path = url.strip_prefix("ws://").and_then(|rest| Some(rest.split_once('/')?.1)).unwrap_or_default();
    let frames = ask(&mut Socket::open_at(addr, &format!("/{path}"), until)?)?;
    Ok(json!({"pid": target.pid, "inspector_opened_by_us": opened, "frames": frames}))
}

/// Whether the version is one of which the signal is known to be harmless.
fn safe(version: &str) -> bool {
    let mut parts = version.split(['.', '-', '+']).map(|p| p.parse::<u32>().ok());
    let read = [parts.next().flatten(), parts.next().flatten(), parts.next().flatten()];
    let [Some(a), Some(b), Some(c)] = read else { return false };
    [a, b, c] >= FIRST_SAFE
}

/// Has the inspector opened where it is not; whether that was done.
fn open(target: &Target, port: u16, until: Instant) -> Result<bool, String> {
    let held = |port: &Port| matches!(port, Port::HeldBy { pid, .. } if *pid == target.pid);
    let inspector = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    match os::port(inspector, &[target.pid]) {
        p if held(&p) => return Ok(false),
        Port::Free => {}
        _ => return Err(format!("port {port} is held by another program")),
    }
    if !catches(target.pid) {
        return Err("the process does not catch SIGUSR1".to_owned());
    }
    // Verified once more while a handle holds on to it, and signalled by that.
    let verified = || process::same(target.pid, target.start_ticks).is_some() && catches(target.pid);
    if Instant::now() >= until {
        return Err("too late".to_owned());
    }
    os::signal(target.pid, os::Signal::USR1, verified).map_err(|e| e.to_string())?;
    while Instant::now() < until {
        if held(&os::port(inspector, &[target.pid])) {
            return Ok(true);
        }
        thread::sleep(POLL);
    }
    Err("the inspector did not open".to_owned())
}

/// Whether `SIGUSR1` (number 10) is caught.
fn catches(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let mask = status.lines().find_map(|l| l.strip_prefix("SigCgt:"));
    mask.and_then(|m| u64::from_str_radix(m.trim(), 16).ok()).is_some_and(|m| m & (1 << 9) != 0)
}

/// Pauses, takes the frames, lets it go on. A connection that breaks lets it go on, too.
fn ask(socket: &mut Socket) -> Result<Vec<Value>, String> {
    for (id, method) in [(1, "Debugger.enable"), (2, "Debugger.pause")] {
        socket.send(&json!({"id": id, "method": method}).to_string())?;
    }
    // Frames name their script by a number only; the scripts have been told before.
    let mut scripts: BTreeMap<String, String> = BTreeMap::new();
    let text = |v: &Value, at: &str| v.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned();
    let paused = loop {
        let message: Value = serde_json::from_slice(&socket.receive()?).unwrap_or_default();
        match text(&message, "/method").as_str() {
            "Debugger.paused" => break message,
            "Debugger.scriptParsed" => {
                scripts.insert(text(&message, "/params/scriptId"), text(&message, "/params/url"));
            }
            _ => {}
        }
    };
    socket.send(&json!({"id": 3, "method": "Debugger.resume"}).to_string())?;
    socket.send(&json!({"id": 4, "method": "Debugger.disable"}).to_string())?;
    let frames = paused.pointer("/params/callFrames").and_then(Value::as_array);
    Ok(frames.into_iter().flatten().take(MOST_FRAMES).map(|f| frame(f, &scripts)).collect())
}

fn frame(f: &Value, scripts: &BTreeMap<String, String>) -> Value {
    let script = f.pointer("/location/scriptId").and_then(Value::as_str).unwrap_or_default();
    let number = |name: &str| f.pointer(name).and_then(Value::as_u64).map(|n| n + 1);
    json!({"function": f.get("functionName"), "file": scripts.get(script), "line": number("/location/lineNumber"),
        "column": number("/location/columnNumber")})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_versions_known_to_be_safe_are_signalled() {
        for (version, is) in [
            ("2026.9.6", true),
            ("2026.9.6-beta.1", true),
            ("2026.10.0", true),
            ("2027.1.1", true),
            ("2026.9.5", false),
            ("2026.7.1", false),
            ("", false),
            ("next", false),
            ("2026.9", false),
        ] {
            assert_eq!(safe(version), is, "{version}");
        }
    }
}
