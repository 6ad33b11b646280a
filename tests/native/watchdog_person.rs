//! What a person sees of the watchdog when something is wrong, and what they can do about it.

use super::watchdog_lab::{Lab, dog, until};
#[cfg(target_os = "linux")]
use super::watchdog_shell::Disk;
use rustix::process::Signal;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Output;

const TIMEOUT: [&str; 2] = ["--timeout-seconds", "100"];

fn run(lab: &Lab, sub: &str, extra: &[&str]) -> Output {
    dog(lab.dir.path(), lab.port, sub, "0.01").args(extra).output().unwrap()
}

fn text(out: &Output) -> String {
    String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr)
}

fn json_of(out: &Output) -> Value {
    serde_json::from_slice(&out.stdout).unwrap_or_else(|e| panic!("{e}: {}", text(out)))
}

#[cfg(target_os = "linux")]
#[test]
fn who_may_not_see_is_told_so_and_as_whom_to_ask() {
    const NOBODY: u32 = 65_534;
    if !rustix::process::getuid().is_root() {
        return println!("skipped: only root can be somebody else");
    }
    let lab = Lab::new();
    lab.start_gateway();
    let dog_ = lab.watch(&["--restart-command", "false"]);
    until("its files are there", || lab.has(".asm_watchdog/state.json").then_some(()));
    fs::set_permissions(lab.dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let as_nobody = |sub: &str, extra: &[&str]| {
        let mut command = dog(lab.dir.path(), lab.port, sub, "0.01");
        command.args(extra).uid(NOBODY).gid(NOBODY).output()
    };
    let Ok(out) = as_nobody("status", &[]) else {
        return println!("skipped: another user cannot run what was built here");
    };
    let said = text(&out);
    assert_eq!(out.status.code(), Some(4), "{said}");
    assert!(
        said.contains("permission denied") && said.contains("sudo -u root asm-watchdog status"),
        "{said}"
    );
    assert!(!said.contains("no watchdog"), "{said}");
    let told = json_of(&as_nobody("status", &["--json"]).unwrap());
    assert_eq!((&told["running"], &told["state_problem"]), (&Value::Null, &json!("unreadable")));
    let out = as_nobody("run", &[]).unwrap();
    assert!(out.status.code() == Some(1) && text(&out).contains("sudo -u root asm-watchdog run"), "{out:?}");
    let out = as_nobody("pause", &[]).unwrap();
    assert!(
        out.status.code() == Some(1) && text(&out).contains("sudo -u root asm-watchdog pause"),
        "{out:?}"
    );
    assert_eq!(dog_.stop().0, Some(0));
}

#[test]
fn a_state_that_cannot_be_shown_is_called_what_it_is() {
    let lab = Lab::new();
    fs::create_dir(lab.path(".asm_watchdog")).unwrap();
    let state = lab.path(".asm_watchdog/state.json");
    for (content, problem, words) in [
        ("", "empty", "is empty"),
        ("{ nonsense", "not-understood", "cannot be understood"),
        ("{\"version\": 99}", "newer", "of a newer version (99)"),
    ] {
        fs::write(&state, content).unwrap();
        let said = text(&run(&lab, "status", &[]));
        assert!(said.contains(words) && !said.contains("no watchdog has run"), "{said}");
        assert_eq!(json_of(&run(&lab, "status", &["--json"]))["state_problem"], problem);
        assert_eq!(fs::read_to_string(&state).unwrap(), content, "it is left as it is");
    }
    fs::remove_file(&state).unwrap();
    assert!(text(&run(&lab, "status", &[])).contains("no watchdog has run"));
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_full_disk_a_watchdog_is_found_and_can_be_paused() {
    let lab = Lab::new();
    let Some(disk) = Disk::below(&lab, "64k") else {
        return println!("skipped: nothing may be mounted here");
    };
    disk.fill();
    lab.start_gateway();
    let mut dog_ = lab.watch(&[TIMEOUT[0], TIMEOUT[1], "--restart-command", "false"]);
    dog_.wait(&json!({"event": "verdict"}));
    assert_eq!(fs::read_to_string(lab.path(".asm_watchdog/lock")).unwrap(), "", "there was no room");
    let told = json_of(&run(&lab, "status", &["--json"]));
    assert_eq!((&told["running"], &told["pid"]), (&json!(true), &json!(dog_.child.id())), "{told}");
    let out = run(&lab, "pause", &["90"]);
    assert_eq!(out.status.code(), Some(0), "{out:?}");
    dog_.wait(&json!({"event": "paused"}));
    assert!(run(&lab, "resume", &[]).status.success());
    dog_.wait(&json!({"event": "resumed"}));
    assert_eq!(dog_.stop().0, Some(0));
    auto_session_manager::watchdog::spare::remove(&auto_session_manager::watchdog::place::Place {
        state_dir: lab.dir.path().to_owned(),
    });
}

#[test]
fn after_an_escalation_it_says_that_it_is_off_and_resume_has_it_act_again() {
    let lab = Lab::new();
    lab.start_gateway();
    let body = "echo called >> calls\n[ -e well ] || exit 3\nrestart";
    let restart = lab.script("restart.sh", body);
    let flags = [TIMEOUT[0], TIMEOUT[1], "--restart-command", &restart, "--max-restarts", "1"];
    let mut first = lab.watch(&flags);
    first.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    lab.signal_gateway(Signal::KILL);
    let told = first.wait(&json!({"event": "alert", "code": "restart-useless"}));
    assert!(told["text"].as_str().unwrap().contains("asm-watchdog resume"), "{told}");
    until("it is noted", || {
        lab.state()["history"]["incident"]["phase"]["phase"].eq("watching").then_some(())
    });
    let said = text(&run(&lab, "status", &[]));
    for words in ["acting is off", "asm-watchdog resume", "escalations: 0", "its last restart (1) failed"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(said.contains(&format!("gateway 127.0.0.1:{}", lab.port)), "{said}");
    let told = json_of(&run(&lab, "status", &["--json"]));
    assert_eq!((&told["acting_off"], &told["outcome"]["how"]), (&json!(true), &json!("command-failed")));
    assert!(told["silent_ms"].as_u64() > Some(0) && told["timeout_ms"].as_u64() > Some(0), "{told}");
    assert_eq!(first.stop().0, Some(0));
    let mut second = lab.watch(&flags);
    second.wait(&json!({"event": "acting-off"}));
    fs::write(lab.path("well"), "").unwrap();
    let out = run(&lab, "resume", &["--json"]);
    assert_eq!((out.status.code(), &json_of(&out)["was_off"]), (Some(0), &json!(true)));
    second.wait(&json!({"event": "resumed", "incident": 1}));
    let verified = second.wait(&json!({"event": "alert", "code": "verified"}));
    assert!(verified["text"].as_str().unwrap().starts_with("The gateway answers again after "), "{verified}");
    until("the act is noted", || lab.state()["command"].is_null().then_some(()));
    let (code, seen) = second.stop();
    assert_eq!((code, lab.lines("calls")), (Some(0), 2));
    assert_eq!(seen.iter().filter(|e| e["code"] == "verified").count(), 1, "told once");
    assert!(seen.iter().all(|e| e["code"] != "recovered"), "nothing has recovered: {seen:#?}");
    let ended = |e: &Value| e["event"] == "escalation-ended";
    assert!(!seen.iter().any(ended), "there is no such command: {seen:#?}");
    let said = text(&run(&lab, "status", &[]));
    assert!(said.contains("incident 2 is open"), "{said}");
}

#[test]
fn a_pause_is_told_with_the_true_silence_and_what_it_holds_off() {
    let lab = Lab::new();
    lab.start_gateway();
    let restart = lab.script("restart.sh", "echo called >> calls\nrestart");
    let mut dog_ = lab.watch(&[TIMEOUT[0], TIMEOUT[1], "--restart-command", &restart]);
    dog_.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    assert!(run(&lab, "pause", &["60"]).status.success());
    let told = dog_.wait(&json!({"event": "paused"}));
    assert!(told["text"].as_str().unwrap().contains("until 20"), "{told}");
    lab.signal_gateway(Signal::STOP);
    let held = dog_.wait(&json!({"event": "held-off"}));
    assert!(held["silent_ms"].as_u64() >= Some(1_000), "the true silence: {held}");
    assert!(held["text"].as_str().unwrap().contains("a restart would be due"), "{held}");
    let seen = json_of(&run(&lab, "status", &["--json"]));
    assert!(seen["silent_ms"].as_u64() >= Some(1_000), "{seen}");
    assert!(run(&lab, "resume", &[]).status.success());
    dog_.wait(&json!({"event": "resumed"}));
    assert!(!lab.has("calls"));
    let alert = dog_.wait(&json!({"event": "alert", "code": "restarted"}));
    let said = alert["text"].as_str().unwrap();
    for words in ["No answer for ", "asked by: /bin/sh; evidence: ", "/.asm_watchdog/incidents/"] {
        assert!(said.contains(words), "{said}");
    }
    let evidence = dog_.wait(&json!({"event": "evidence"}));
    assert!(said.ends_with(evidence["folder"].as_str().unwrap()), "{said} {evidence}");
    dog_.wait(&json!({"event": "verified"}));
    let (code, seen) = dog_.stop();
    assert_eq!(code, Some(0));
    assert_eq!(seen.iter().filter(|e| e["event"] == "held-off").count(), 1);
}

#[test]
fn a_command_that_is_not_there_is_named_and_no_output_of_it() {
    let lab = Lab::new();
    lab.start_gateway();
    let mut dog_ = lab.watch(&[
        TIMEOUT[0],
        TIMEOUT[1],
        "--restart-command",
        "/no/such/program x",
        "--max-restarts",
        "1",
    ]);
    dog_.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    lab.signal_gateway(Signal::KILL);
    let evidence = dog_.wait(&json!({"event": "evidence"}));
    let failed = dog_.wait(&json!({"event": "restart-failed"}));
    assert!(failed["text"].as_str().unwrap().contains("/no/such/program: "), "{failed}");
    assert_eq!(dog_.stop().0, Some(0));
    let index = fs::read(format!("{}/index.json", evidence["folder"].as_str().unwrap())).unwrap();
    let index: Value = serde_json::from_slice(&index).unwrap();
    assert_eq!(index["acts"][0]["output"], "", "there is no such file");
}

#[test]
fn what_its_owner_started_anew_leaves_a_line() {
    let lab = Lab::new();
    lab.start_gateway();
    let mut dog_ = lab.watch(&["--timeout-seconds", "4000", "--restart-command", "false"]);
    dog_.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    lab.signal_gateway(Signal::KILL);
    until("it is missed", || {
        json_of(&run(&lab, "status", &["--json"]))["silent_ms"].as_u64().filter(|ms| *ms > 3_000)
    });
    lab.start_gateway();
    dog_.wait(&json!({"event": "boot"}));
    assert_eq!(dog_.stop().0, Some(0));
}

#[test]
fn a_test_alert_of_settings_that_cannot_be_read_says_so() {
    let lab = Lab::new();
    fs::write(lab.path("openclaw.json"), "{ nonsense").unwrap();
    let out = run(&lab, "test-alert", &[]);
    let said = text(&out);
    assert_eq!(out.status.code(), Some(1), "{said}");
    assert!(said.contains("could not be read") && !said.contains("no way is set"), "{said}");
    let said = text(&run(&lab, "status", &[]));
    assert!(said.contains("show what changed") && said.contains("asm-watchdog restore-config"), "{said}");
    let configure = |notify: &Value| {
        let config = json!({"notify": notify, "watchdog": {"reachabilityTargets": "1.1.1.1"}});
        let whole = json!({"plugins": {"entries": {"auto-session-manager": {"config": config}}}});
        fs::write(lab.path("openclaw.json"), whole.to_string()).unwrap();
    };
    configure(&json!({"telegramToken": 7}));
    let out = run(&lab, "test-alert", &[]);
    assert_eq!(out.status.code(), Some(1), "{out:?}");
    assert!(text(&out).contains("notify.telegramToken"), "{out:?}");
    configure(&json!({"webhook": "hooks.example/x"}));
    for sub in ["status", "check", "test-alert"] {
        let said = text(&run(&lab, sub, &[]));
        assert!(said.contains("notify.webhook cannot be used: not an http"), "{sub}: {said}");
        assert!(!said.contains("hooks.example"), "{said}");
    }
    let said = text(&run(&lab, "status", &[]));
    let targets = auto_session_manager::shared::config::Config::default().watchdog.reachability_targets;
    assert!(said.contains(&format!("(host:port, 1-65535); {targets} is used")), "{said}");
}

#[test]
fn a_wrong_command_line_points_to_the_help_that_helps() {
    let lab = Lab::new();
    assert!(text(&run(&lab, "pause", &["0"])).contains("see: asm-watchdog pause --help"));
    assert!(text(&run(&lab, "check", &["--bad"])).contains("see: asm-watchdog check --help"));
    let help = text(&run(&lab, "pause", &["--help"]));
    for words in ["30 where none is given", "10080", "Exit codes: 0"] {
        assert!(help.contains(words), "{words}: {help}");
    }
}

#[test]
fn a_silent_gateway_is_looked_at_again_aloud_and_says_what_to_do() {
    let lab = Lab::new();
    lab.start_gateway();
    lab.signal_gateway(Signal::STOP);
    let out = run(&lab, "check", &[]);
    let said = text(&out);
    assert_eq!(out.status.code(), Some(1), "{said}");
    for words in ["looking again to be sure (2 of 3)", "its process is stopped", "what to do: "] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(text(&run(&lab, "check", &["--language", "zh"])).contains("怎么办："));
    let told = run(&lab, "check", &["--json"]);
    assert_eq!(json_of(&told)["verdict"], "hung");
}

#[test]
fn each_command_speaks_json_where_it_is_asked_to() {
    let lab = Lab::new();
    let home = tempfile::tempdir().unwrap();
    for (sub, extra, code, key) in [
        ("pause", "5", 0, "held_until"),
        ("resume", "", 0, "was_paused"),
        ("install", "", 0, "file"),
        ("uninstall", "", 0, "removed"),
        ("restore-config", "--yes", 1, "error"),
        ("request-restart", "", 1, "error"),
        ("test-alert", "", 3, "error"),
    ] {
        let mut command = dog(lab.dir.path(), lab.port, sub, "1");
        command.arg("--json").args(Some(extra).filter(|e| !e.is_empty())).env("HOME", home.path());
        let out = command.output().unwrap();
        assert_eq!(out.status.code(), Some(code), "{sub}: {out:?}");
        let told = json_of(&out);
        assert!(!told[key].is_null(), "{sub}: {out:?}");
        assert!(sub != "install" || told["carried"].as_array().is_some_and(|c| c.contains(&json!("PATH"))));
    }
}
