//! What a watchdog leaves on disk about an incident, and that no secret is in it.

use super::golden;
use super::watchdog_lab::{Lab, until};
use auto_session_manager::watchdog::evidence::{Target, capture};
use auto_session_manager::watchdog::last_incident::{LastIncident, Phase, Restart};
use auto_session_manager::watchdog::process;
use auto_session_manager::watchdog::verdict::{Reason, Verdict};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const TOKEN: &str = "123456789:AAHfiqksKZ8WmR2zSjiQ7_v4TMAKdiHm9T0";

fn json_of(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn before_a_restart_the_evidence_is_kept_and_the_plugin_learns_what_was_interrupted() {
    let lab = Lab::new();
    let log = lab.path("gateway.log");
    fs::write(&log, format!("{{\"msg\":\"polling\",\"token\":\"{TOKEN}\"}}\nlast words\n")).unwrap();
    let section = json!({"watchdog": {"reachabilityTargets": ""}});
    let config = json!({"logging": {"file": log}, "plugins": {"entries": {"auto-session-manager": {"config": section}}}});
    fs::write(lab.path("openclaw.json"), config.to_string()).unwrap();
    fs::create_dir_all(lab.path("logs/stability")).unwrap();
    fs::write(lab.path("logs/stability/1-uncaught_exception.json"), format!("{{\"x\":\"{TOKEN}\"}}"))
        .unwrap();
    lab.start_gateway();
    let restart = lab.script("restart.sh", "restart");
    let mut dog = lab.watch(&["--timeout-seconds", "100", "--restart-command", &restart]);
    dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    let frozen = lab.gateway_pid();
    lab.signal_gateway(Signal::STOP);
    let evidence = dog.wait(&json!({"event": "evidence"}));
    let last = || {
        serde_json::from_value::<LastIncident>(json_of(&lab.path(".asm_watchdog/last_incident.json")))
            .unwrap()
    };
    dog.wait(&json!({"event": "verified"}));
    let told = last();
    assert_eq!(
        (told.state, told.verdict, told.incident, told.restarts),
        (Phase::Verified, Verdict::Hung, 1, 1)
    );
    assert_eq!(told.in_flight, ["agent:main:main"]);
    assert_eq!(told.pid, u32::try_from(frozen).unwrap());
    let metrics = fs::read_to_string(lab.path(".asm_watchdog/metrics.prom")).unwrap();
    assert!(metrics.contains("asm_watchdog_restarts_total{"), "{metrics}");
    let folder = PathBuf::from(evidence["folder"].as_str().unwrap());
    assert!(folder.ends_with(&told.folder));
    assert_eq!(dog.stop().0, Some(0));

    let index = json_of(&folder.join("index.json"));
    let files = index["acts"][0]["files"].as_array().unwrap().clone();
    let kept: Vec<&str> =
        files.iter().filter(|f| f["why_not"].is_null()).map(|f| f["name"].as_str().unwrap()).collect();
    for name in ["machine.json", "past.json", "gateway.log", "stability-1.json"] {
        assert!(kept.contains(&format!("restart-1.{name}").as_str()), "{name}: {files:#?}");
    }
    if cfg!(target_os = "linux") {
        let process = json_of(&folder.join("restart-1.process.json"));
        assert_eq!((&process["pid"], &process["threads"][0]["state"]), (&json!(frozen), &json!("T")));
        let port = format!("127.0.0.1:{}", lab.port);
        assert!(
            process["sockets"].as_array().unwrap().iter().any(|s| s["local"] == port.as_str()),
            "{process:#}"
        );
    }
    assert!(fs::read_to_string(folder.join("restart-1.gateway.log")).unwrap().ends_with("last words\n"));
    for entry in fs::read_dir(&folder).unwrap().flatten() {
        let text = fs::read_to_string(entry.path()).unwrap();
        assert!(!text.contains("AAHfiq"), "{}: {text}", entry.path().display());
        assert!(text.len() <= 300_000);
    }
}

/// The plugin reads this: every field of version 1, written the same for ever.
#[test]
fn the_last_incident_has_the_shape_that_was_promised() {
    let last = LastIncident {
        version: 1,
        incident: 3,
        opened_at_ms: 1_795_162_500_000,
        verdict: Verdict::Hung,
        reason: Reason::NoAnswer,
        silent_ms: 181_000,
        pid: 4_100,
        start_ticks: 88_123,
        in_flight: vec!["agent:main:telegram:dm:42".to_owned()],
        heartbeat_at_ms: 1_795_162_310_000,
        restarts: 1,
        state: Phase::Verified,
        state_at_ms: 1_795_162_530_000,
        folder: "20261120T081500Z-3".to_owned(),
        attempts: Vec::new(),
    };
    let check = |name: &str, last: &LastIncident| {
        let text = serde_json::to_string_pretty(last).unwrap() + "\n";
        golden::check(name, &text);
        assert_eq!(serde_json::from_str::<LastIncident>(&text).unwrap(), *last);
    };
    check("tests/golden/last-incident-v1.json", &last);
    // With what was added: its restarts one by one.
    let first = Restart {
        number: 1,
        at_ms: 1_795_162_500_000,
        pid: 4_100,
        start_ticks: 88_123,
        in_flight: last.in_flight.clone(),
        ended: "no-new-boot".to_owned(),
        killed: true,
    };
    let second = Restart { number: 2, ended: "verified".to_owned(), killed: false, ..first.clone() };
    let last = LastIncident { restarts: 2, attempts: vec![first, second], ..last };
    check("tests/golden/last-incident-v1-attempts.json", &last);
}

/// A Node that runs `script`, with its inspector's port set aside; ended when dropped.
struct Busy {
    child: Child,
    port: u16,
}

impl Busy {
    fn start(node: &Path, dir: &Path, more: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let script = dir.join("busy.js");
        let text = "function innerLoop() { for (let n = 0; ; n = (n * 31 + 7) % 1000003) if (n === -1) break; }\n\
                    function handleUpdate() { innerLoop(); }\n\
                    setTimeout(() => { require('fs').writeFileSync(__dirname + '/busy', ''); handleUpdate(); }, 50);\n";
        fs::write(&script, text).unwrap();
        let child = Command::new(node)
            .arg(format!("--inspect-port={port}"))
            .args(more)
            .arg(&script)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let busy = Self { child, port };
        until("it is busy", || dir.join("busy").exists().then_some(()));
        busy
    }

    fn target(&self, version: &str) -> Target {
        let pid = self.child.id();
        Target { pid, start_ticks: process::start_ticks(pid), version: version.to_owned() }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn node() -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/npm/node_modules/node/bin/node");
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let mut all = std::iter::once(own).chain(std::env::split_paths(&on_path).map(|dir| dir.join("node")));
    all.find(|path| path.is_file())
}

#[cfg(target_os = "linux")]
#[test]
fn a_busy_node_tells_its_stack_and_only_a_safe_one_is_asked() {
    let Some(node) = node() else { return println!("skipped: no node here") };
    let deadline = Duration::from_secs(30);
    let dir = tempfile::tempdir().unwrap();
    let mut busy = Busy::start(&node, dir.path(), &[]);
    let refused = capture(&busy.target("2026.7.1"), busy.port, deadline).unwrap_err();
    assert!(refused.contains("2026.7.1"), "{refused}");
    let mut other = busy.target("2026.9.6");
    other.start_ticks += 1;
    assert!(capture(&other, busy.port, deadline).is_err(), "another process under this pid");
    assert!(std::net::TcpStream::connect(("127.0.0.1", busy.port)).is_err(), "nothing was opened");
    let stack = capture(&busy.target("2026.9.6"), busy.port, deadline).unwrap();
    let names: Vec<&str> =
        stack["frames"].as_array().unwrap().iter().map(|f| f["function"].as_str().unwrap()).collect();
    assert_eq!(names[..2], ["innerLoop", "handleUpdate"], "{stack:#}");
    assert!(stack["frames"][0]["file"].as_str().unwrap().ends_with("busy.js"), "{stack:#}");
    assert_eq!(stack["inspector_opened_by_us"], true);
    assert!(busy.child.try_wait().unwrap().is_none(), "it goes on");
    let again = capture(&busy.target("2026.9.6"), busy.port, deadline).unwrap();
    assert_eq!(again["inspector_opened_by_us"], false);

    let dir = tempfile::tempdir().unwrap();
    let mut closed = Busy::start(&node, dir.path(), &["--disable-sigusr1"]);
    let why = capture(&closed.target("2026.9.6"), closed.port, deadline).unwrap_err();
    assert!(why.contains("does not catch"), "{why}");
    assert!(closed.child.try_wait().unwrap().is_none(), "a signal would have ended it");
}

#[test]
fn a_small_output_is_kept_with_its_secrets_replaced() {
    let lab = Lab::new();
    lab.start_gateway();
    let restart = lab.script("restart.sh", &format!("echo 'polling with {TOKEN}'\necho last words\nexit 3"));
    let flags = ["--timeout-seconds", "100", "--restart-command", &restart, "--max-restarts", "1"];
    let mut dog = lab.watch(&flags);
    dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    lab.signal_gateway(Signal::KILL);
    let evidence = dog.wait(&json!({"event": "evidence"}));
    dog.wait(&json!({"event": "restart-failed", "attempt": 1}));
    assert_eq!(dog.stop().0, Some(0));
    let file = PathBuf::from(evidence["folder"].as_str().unwrap()).join("restart-1.out");
    let told = fs::read_to_string(file).unwrap();
    assert!(told.contains("[redacted:") && told.ends_with("last words\n"), "{told}");
    assert!(!told.contains("AAHfiq"), "{told}");
}
