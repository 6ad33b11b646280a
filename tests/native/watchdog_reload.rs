//! What the running watchdog makes of an `openclaw.json` that is mended, changed or spoilt under it.

use super::watchdog_lab::{Dog, Lab};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::fs;
use std::process::Command;

/// One that nothing but the file tells which port is the gateway's.
fn watch(lab: &Lab) -> Dog {
    let mut command = Command::new(env!("CARGO_BIN_EXE_asm-watchdog"));
    command.args(["run", "--state-dir"]).arg(lab.dir.path()).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("ASM_WATCHDOG_TIME_SCALE", "0.01");
    lab.watch_by(&mut command, &[])
}

/// Puts a file in place at once, as editors do.
fn write(lab: &Lab, text: &str) {
    fs::write(lab.path("openclaw.json.new"), text).unwrap();
    fs::rename(lab.path("openclaw.json.new"), lab.path("openclaw.json")).unwrap();
}

fn config(port: u16, watchdog: &Value) -> String {
    json!({"gateway": {"port": port}, "plugins": {"entries": {"auto-session-manager": {"config": {"watchdog": watchdog}}}}})
        .to_string()
}

#[test]
fn a_guessed_port_is_left_alone_until_the_file_says_which_it_is() {
    let lab = Lab::new();
    lab.start_gateway();
    let restart = lab.script("restart.sh", "echo called >> calls\nrestart");
    write(&lab, "{ nope");
    let mut dog = watch(&lab);
    let told = dog.wait(&json!({"event": "alert", "code": "port-guessed"}));
    assert!(told["text"].as_str().unwrap().contains("--port"), "{told}");
    dog.wait(&json!({"event": "verdict", "verdict": "unknown", "reason": "port-guessed"}));
    let restart: Value = serde_json::from_str(&restart).unwrap();
    let mut watchdog = json!({"reachabilityTargets": "", "timeoutSeconds": 100, "restartCommand": restart});
    write(&lab, &config(lab.port, &watchdog));
    let taken = dog.wait(&json!({"event": "settings-reloaded"}));
    let changed = json!([
        "gateway.port",
        "watchdog.reachabilityTargets",
        "watchdog.restartCommand",
        "watchdog.timeoutSeconds"
    ]);
    assert_eq!(taken["changed"], changed, "{taken}");
    dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    dog.wait(&json!({"event": "alert", "code": "recovered", "about": "port-guessed"}));
    watchdog["graceSeconds"] = json!(0);
    watchdog["timeoutSeconds"] = json!(101);
    write(&lab, &config(lab.port, &watchdog));
    let kept = dog.wait(&json!({"event": "settings-kept"}));
    assert!(kept["text"].as_str().unwrap().contains("watchdog.graceSeconds"), "{kept}");
    lab.signal_gateway(Signal::KILL);
    dog.wait(&json!({"event": "verified"}));
    let (code, seen) = dog.stop();
    assert_eq!((code, lab.lines("calls")), (Some(0), 1), "by the command that the file names");
    let count = |event: &str| seen.iter().filter(|e| e["event"] == event).count();
    assert_eq!((count("settings-kept"), count("settings-reloaded"), count("restart")), (1, 1, 1));
}

#[test]
fn a_gateway_that_answers_is_watched_where_it_answers() {
    let lab = Lab::new();
    lab.start_gateway();
    let mut watchdog = json!({"reachabilityTargets": ""});
    write(&lab, &config(lab.port, &watchdog));
    let mut dog = watch(&lab);
    dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    let next = Lab::new();
    watchdog["timeoutSeconds"] = json!(100);
    watchdog["restartCommand"] = json!(["/no/such/program"]);
    write(&lab, &config(next.port, &watchdog));
    let taken = dog.wait(&json!({"event": "settings-reloaded"}));
    assert_eq!(taken["changed"], json!(["watchdog.restartCommand", "watchdog.timeoutSeconds"]), "{taken}");
    let told = dog.wait(&json!({"event": "settings"}));
    assert!(told["text"].as_str().unwrap().contains("/no/such/program"), "{told}");
    // It starts anew where its file says.
    next.start_gateway();
    lab.signal_gateway(Signal::KILL);
    let taken = dog.wait(&json!({"event": "settings-reloaded", "changed": ["gateway.port"]}));
    assert_eq!(taken["target"], format!("127.0.0.1:{}", next.port));
    dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    let (code, seen) = dog.stop();
    assert_eq!(code, Some(0));
    assert!(seen.iter().all(|e| e["event"] != "restart"), "{seen:#?}");
}

/// Row 1 beside an edit: one look without an answer is no move.
#[test]
fn a_frozen_gateway_is_not_looked_for_elsewhere() {
    let lab = Lab::new();
    lab.start_gateway();
    let watchdog = json!({"reachabilityTargets": "", "timeoutSeconds": 100});
    write(&lab, &config(lab.port, &watchdog));
    let mut command = Command::new(env!("CARGO_BIN_EXE_asm-watchdog"));
    command.args(["run", "--state-dir"]).arg(lab.dir.path()).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("ASM_WATCHDOG_TIME_SCALE", "0.01");
    let mut dog = lab.watch_by(&mut command, &["--dry-run"]);
    dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    let next = Lab::new();
    // What is not accepted of our own section keeps the port from nothing.
    let spoilt = json!({"reachabilityTargets": "", "timeoutSeconds": 1});
    write(&lab, &config(next.port, &spoilt));
    dog.wait(&json!({"event": "settings-kept"}));
    lab.signal_gateway(Signal::STOP);
    dog.wait(&json!({"event": "verdict", "verdict": "hung"}));
    lab.signal_gateway(Signal::CONT);
    dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    assert!(dog.seen.iter().all(|e| e["event"] != "settings-reloaded"), "{:#?}", dog.seen);
    next.start_gateway();
    lab.signal_gateway(Signal::KILL);
    let taken = dog.wait(&json!({"event": "settings-reloaded", "changed": ["gateway.port"]}));
    assert_eq!(taken["target"], format!("127.0.0.1:{}", next.port));
    assert_eq!(dog.stop().0, Some(0));
}

#[test]
fn a_gateway_that_comes_back_where_it_was_is_watched_there_again() {
    let lab = Lab::new();
    lab.start_gateway();
    let watchdog = json!({"reachabilityTargets": ""});
    write(&lab, &config(lab.port, &watchdog));
    let mut dog = watch(&lab);
    dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    let next = Lab::new();
    write(&lab, &config(next.port, &watchdog));
    lab.signal_gateway(Signal::KILL);
    let taken = dog.wait(&json!({"event": "settings-reloaded", "changed": ["gateway.port"]}));
    assert_eq!(taken["target"], format!("127.0.0.1:{}", next.port));
    lab.start_gateway();
    let taken = dog.wait(&json!({"event": "settings-reloaded", "changed": ["gateway.port"]}));
    assert_eq!(taken["target"], format!("127.0.0.1:{}", lab.port));
    dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    let (code, seen) = dog.stop();
    assert_eq!(code, Some(0));
    assert!(seen.iter().all(|e| e["event"] != "restart"), "{seen:#?}");
}
