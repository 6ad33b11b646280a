//! The whole watchdog over real sockets, signals and processes.

use super::watchdog_lab::{Lab, dog, until};
use rustix::process::{Pid, Signal, test_kill_process};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;

const TIMEOUT: [&str; 2] = ["--timeout-seconds", "100"];

#[test]
fn a_frozen_gateway_is_restarted_by_its_owner_and_proven_by_a_new_boot() {
    let lab = Lab::new();
    lab.start_gateway();
    let restart = lab.script("restart.sh", "echo called >> calls\nrestart");
    let mut dog_ = lab.watch(&[TIMEOUT[0], TIMEOUT[1], "--restart-command", &restart]);
    dog_.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    let frozen = lab.gateway_pid();
    lab.signal_gateway(Signal::STOP);
    dog_.wait(&json!({"event": "verdict", "verdict": "hung"}));
    let evidence = dog_.wait(&json!({"event": "evidence"}));
    dog_.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    dog_.wait(&json!({"event": "verified"}));
    let status = dog(lab.dir.path(), lab.port, "status", "1").output().unwrap();
    assert_eq!(status.status.code(), Some(0), "{status:?}");
    let (code, seen) = dog_.stop();
    assert_eq!(code, Some(0));
    assert_eq!(seen.last().unwrap()["event"], "stopped");
    assert_eq!(lab.lines("calls"), 1);
    assert_ne!(lab.gateway_pid(), frozen);

    let folder = std::path::PathBuf::from(evidence["folder"].as_str().unwrap());
    let index: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.join("index.json")).unwrap()).unwrap();
    let act = &index["acts"][0];
    assert_eq!(act["observation"]["healthz"]["outcome"], "timed-out");
    assert_eq!(act["heartbeat"]["in_flight"][0], "agent:main:main");
    assert!(act["disk_free_bytes"].as_u64().is_some());
    if cfg!(target_os = "linux") {
        assert_eq!(act["observation"]["process"]["pid"], frozen);
        assert_eq!(act["observation"]["process"]["state"], "T");
        assert_eq!(act["port_owner"]["pid"], frozen);
    }
    let mode = fs::metadata(lab.path(".asm_watchdog/state.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(lab.state()["totals"]["restarts"], 1);
    let status = dog(lab.dir.path(), lab.port, "status", "1").output().unwrap();
    assert_eq!(status.status.code(), Some(3), "nobody watches any more");
}

#[cfg(target_os = "linux")]
#[test]
fn a_gateway_that_works_without_answering_is_busy_and_left_alone() {
    let lab = Lab::new();
    lab.start_gateway();
    let restart = lab.script("restart.sh", "echo called >> calls");
    let mut dog = lab.watch(&["--timeout-seconds", "1500", "--restart-command", &restart]);
    dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    fs::write(lab.path("block"), "").unwrap();
    dog.wait(&json!({"event": "verdict", "verdict": "busy"}));
    fs::remove_file(lab.path("block")).unwrap();
    dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    assert_eq!(dog.stop().0, Some(0));
    assert!(!lab.has("calls"));
}

#[test]
fn an_owner_that_fails_hangs_and_lies_leads_to_one_escalation() {
    let lab = Lab::new();
    lab.start_gateway();
    let body = "echo called >> calls\ncase $(wc -l < calls) in *1) exit 3;; *2) sleep 1000 & echo $! > sleeper; wait;; esac\nexit 0";
    let restart = lab.script("restart.sh", body);
    let escalate = lab.script(
        "escalate.sh",
        "echo \"$ASM_WATCHDOG_VERDICT $ASM_WATCHDOG_INCIDENT\" >> escalated\necho help",
    );
    let limits = ["--restart-seconds", "100", "--verify-seconds", "100"];
    let mut dog = lab.watch(
        &[&TIMEOUT[..], &limits, &["--restart-command", &restart, "--escalate-command", &escalate]].concat(),
    );
    dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    lab.signal_gateway(Signal::KILL);
    dog.wait(
        &json!({"event": "restart-failed", "attempt": 1, "outcome": {"how": "command-failed", "code": 3}}),
    );
    dog.wait(&json!({"event": "restart-failed", "attempt": 2, "outcome": {"how": "command-timed-out"}}));
    let sleeper: i32 = fs::read_to_string(lab.path("sleeper")).unwrap().trim().parse().unwrap();
    until("the whole group is gone", || {
        let stat = fs::read_to_string(format!("/proc/{sleeper}/stat")).unwrap_or_default();
        let gone = test_kill_process(Pid::from_raw(sleeper).unwrap()).is_err() || stat.contains(") Z ");
        gone.then_some(())
    });
    dog.wait(&json!({"event": "restart-failed", "attempt": 3, "outcome": {"how": "no-new-boot"}}));
    dog.wait(&json!({"event": "escalation-ended"}));
    let looked = || lab.state()["history"]["last_look_ms"].as_u64().unwrap();
    let then = looked();
    until("it goes on watching", || (looked() > then + 1_000).then_some(()));
    let (code, seen) = dog.stop();
    assert_eq!(code, Some(0));
    assert_eq!(seen.iter().filter(|e| e["event"] == "escalate").count(), 1);
    assert_eq!((lab.lines("calls"), lab.lines("escalated")), (3, 1));
    let told = fs::read_to_string(lab.path("escalated")).unwrap();
    let folder = told.trim().strip_prefix("dead ").unwrap();
    assert_eq!(fs::read_to_string(format!("{folder}/escalate.out")).unwrap(), "help\n");
}

#[test]
fn a_second_watchdog_exits_75_and_names_the_first() {
    let lab = Lab::new();
    lab.start_gateway();
    let mut first = lab.watch(&["--restart-command", "false"]);
    first.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    let second = dog(lab.dir.path(), lab.port, "run", "1").output().unwrap();
    assert_eq!(second.status.code(), Some(75));
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(said.contains(&format!("(pid {})", first.child.id())), "{said}");
    first.kill();
    let mut third = lab.watch(&["--restart-command", "false"]);
    third.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    assert_eq!(third.stop().0, Some(0));
}

/// The watchdog is killed while the owner's command runs, and started again before or after the command has ended.
#[test]
fn killed_in_the_middle_of_a_restart_it_neither_repeats_nor_forgets() {
    for ends_before_it_is_back in [false, true] {
        let lab = Lab::new();
        lab.start_gateway();
        let body = "echo called >> calls\nwhile [ ! -e go ] && [ -e pid ]; do sleep 0.02; done\nrestart";
        let restart = lab.script("restart.sh", body);
        let flags = [&TIMEOUT[..], &["--restart-seconds", "3600", "--restart-command", &restart]].concat();
        let mut first = lab.watch(&flags);
        first.wait(&json!({"event": "verdict", "verdict": "healthy"}));
        lab.signal_gateway(Signal::KILL);
        first.wait(&json!({"event": "restart"}));
        until("the command is noted", || lab.state()["command"].is_object().then_some(()));
        until("the command runs", || (lab.lines("calls") == 1).then_some(()));
        first.kill();
        let mut second;
        if ends_before_it_is_back {
            fs::write(lab.path("go"), "").unwrap();
            lab.wait_for_gateway();
            second = lab.watch(&flags);
        } else {
            second = lab.watch(&flags);
            second.wait(&json!({"event": "command-resumed"}));
            fs::write(lab.path("go"), "").unwrap();
        }
        second.wait(&json!({"event": "verified", "attempt": 1}));
        let (code, seen) = second.stop();
        assert_eq!(code, Some(0));
        assert!(seen.iter().all(|e| e["event"] != "restart"), "{seen:#?}");
        assert_eq!(lab.lines("calls"), 1);
        assert_eq!(lab.state()["history"]["incident"]["attempts"][0]["outcome"]["how"], "verified");
    }
}

#[test]
fn a_dry_run_says_what_it_would_do_and_does_nothing() {
    let lab = Lab::new();
    lab.start_gateway();
    let restart = lab.script("restart.sh", "echo called >> calls");
    let mut dog = lab.watch(&[&TIMEOUT[..], &["--dry-run", "--restart-command", &restart]].concat());
    dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    lab.signal_gateway(Signal::KILL);
    dog.wait(&json!({"event": "restart", "action": {"act": "restart", "incident": 1, "attempt": 1}}));
    let said = dog.wait(&json!({"event": "dry-run"}));
    assert!(said["text"].as_str().unwrap().contains("/bin/sh (arguments: 1)"), "{said}");
    dog.wait(&json!({"event": "escalate"}));
    assert_eq!(dog.stop().0, Some(0));
    assert!(!lab.has("calls") && !lab.has(".asm_watchdog/state.json"));
}

#[test]
fn a_state_that_cannot_be_read_is_set_aside_and_a_newer_one_left_alone() {
    let lab = Lab::new();
    lab.start_gateway();
    fs::create_dir_all(lab.path(".asm_watchdog")).unwrap();
    let state = lab.path(".asm_watchdog/state.json");
    for broken in ["{\"version\": 1, \"hist", "", "[]", "{\"version\": 1, \"history\": 5}"] {
        fs::write(&state, broken).unwrap();
        let mut dog = lab.watch(&[]);
        let said = dog.wait(&json!({"event": "state-set-aside"}));
        dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
        assert_eq!(dog.stop().0, Some(0));
        let text = said["text"].as_str().unwrap();
        assert!(text.contains("state.json.corrupt-"), "{text}");
        let kept: Vec<_> = fs::read_dir(lab.path(".asm_watchdog")).unwrap().flatten().collect();
        let aside = kept.iter().find(|f| f.file_name().to_string_lossy().contains(".corrupt-")).unwrap();
        assert_eq!(fs::read_to_string(aside.path()).unwrap(), broken);
        fs::remove_file(aside.path()).unwrap();
        assert_eq!(lab.state()["version"], 2);
    }
    let newer = "{\"version\": 99, \"something\": \"else\"}";
    fs::write(&state, newer).unwrap();
    let mut dog = lab.watch(&[]);
    dog.wait(&json!({"event": "state-newer"}));
    dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    assert_eq!(dog.stop().0, Some(0));
    assert_eq!(fs::read_to_string(&state).unwrap(), newer);
}

/// Killed between the beginning of a command and the note of it, as seen by its state.
#[cfg(target_os = "linux")]
#[test]
fn a_command_that_was_not_noted_is_waited_for_and_not_run_beside() {
    let lab = Lab::new();
    lab.start_gateway();
    let body = "echo called >> calls\nuntil [ -e go ]; do sleep 0.05; done\nrestart";
    let restart = lab.script("restart.sh", body);
    let flags = [TIMEOUT[0], TIMEOUT[1], "--restart-command", &restart];
    let mut first = lab.watch(&flags);
    first.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    lab.signal_gateway(Signal::STOP);
    until("the command runs", || lab.has("calls").then_some(()));
    first.kill();
    let mut state = lab.state();
    state["command"] = Value::Null;
    fs::write(lab.path(".asm_watchdog/state.json"), state.to_string()).unwrap();
    let mut second = lab.watch(&flags);
    second.wait(&json!({"event": "command-resumed"}));
    fs::write(lab.path("go"), "").unwrap();
    second.wait(&json!({"event": "verified", "attempt": 1}));
    assert_eq!((second.stop().0, lab.lines("calls")), (Some(0), 1));
}
