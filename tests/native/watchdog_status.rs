//! What `status` says, and what is said of settings that are not taken.

use super::watchdog_lab::{Lab, dog, until};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::process::Output;

fn run(lab: &Lab, sub: &str, extra: &[&str]) -> Output {
    dog(lab.dir.path(), lab.port, sub, "1").args(extra).output().unwrap()
}

fn text(out: &Output) -> String {
    String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr)
}

fn json_of(out: &Output) -> Value {
    serde_json::from_slice(&out.stdout).unwrap()
}

#[test]
fn a_dry_run_says_that_it_is_one_wherever_it_speaks() {
    let lab = Lab::new();
    lab.start_gateway();
    let restart = lab.script("restart.sh", "echo called >> calls");
    let flags = ["--timeout-seconds", "100", "--dry-run", "--restart-command", &restart];
    let mut dog = lab.watch(&flags);
    dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    until("status knows it", || {
        (json_of(&run(&lab, "status", &["--json"]))["dry_run"] == true).then_some(())
    });
    let said = text(&run(&lab, "status", &[]));
    assert!(said.contains("dry run") && said.contains("gateway healthy"), "{said}");
    assert_eq!(run(&lab, "status", &[]).status.code(), Some(0));
    lab.signal_gateway(Signal::KILL);
    let alert = dog.wait(&json!({"event": "alert", "code": "restarted"}));
    assert!(alert["text"].as_str().unwrap().starts_with("dry run, would now tell: "), "{alert}");
    let restart = dog.wait(&json!({"event": "restart"}));
    assert!(restart["text"].as_str().unwrap().starts_with("dry run, "), "{restart}");
    dog.wait(&json!({"event": "restart-failed"}));
    let said = until("status knows what it would do", || {
        Some(text(&run(&lab, "status", &[])))
            .filter(|said| said.contains("restarts would have been asked for"))
    });
    assert!(!said.contains("restarts so far") && !said.contains("no watchdog has run"), "{said}");
    assert!(said.contains("there would have been: 1"), "{said}");
    let told = json_of(&run(&lab, "status", &["--json"]));
    assert_eq!((&told["running"], &told["state"]["totals"]["restarts"]), (&json!(true), &json!(1)));
    dog.wait(&json!({"event": "escalate"}));
    let (code, seen) = dog.stop();
    assert_eq!(code, Some(0));
    let bold = |e: &&Value| {
        ["is being restarted", "restart 1 failed"].iter().any(|w| e["text"].as_str().unwrap().starts_with(w))
    };
    assert_eq!(seen.iter().find(bold), None);
    assert!(
        !lab.has("calls") && !lab.has(".asm_watchdog/state.json") && !lab.has(".asm_watchdog/dry-run.json")
    );
}

#[test]
fn a_pause_is_shown_with_its_end() {
    let lab = Lab::new();
    assert!(json_of(&run(&lab, "status", &["--json"]))["held_ms"].is_null());
    assert!(run(&lab, "pause", &["90"]).status.success());
    let told = json_of(&run(&lab, "status", &["--json"]));
    assert!(told["held_ms"].as_u64().is_some_and(|ms| ms > 5_300_000 && ms <= 5_400_000), "{told}");
    let until = told["held_until"].as_str().unwrap();
    assert!(until.ends_with('Z') && until.len() == 20, "{until}");
    let said = text(&run(&lab, "status", &[]));
    assert!(
        said.contains("acting is held off for another 1 h 29 min") && said.contains("until 20"),
        "{said}"
    );
    assert!(run(&lab, "resume", &[]).status.success());
    assert!(!text(&run(&lab, "status", &[])).contains("held off"));
}

/// As another user, who may not read the gateway's configuration.
#[cfg(target_os = "linux")]
#[test]
fn a_configuration_that_may_not_be_read_is_not_called_broken() {
    const NOBODY: u32 = 65_534;
    if !rustix::process::getuid().is_root() {
        return println!("skipped: only root can be somebody else");
    }
    let lab = Lab::new();
    lab.start_gateway();
    let own = lab.path("own");
    fs::create_dir(&own).unwrap();
    for dir in [lab.dir.path(), &own] {
        chown(dir, Some(NOBODY), None).unwrap();
    }
    let config = lab.path("openclaw.json");
    fs::set_permissions(&config, fs::Permissions::from_mode(0o600)).unwrap();
    let as_nobody = |sub: &str, extra: &[&str]| {
        let mut command = dog(lab.dir.path(), lab.port, sub, "0.05");
        command.args(extra).uid(NOBODY).gid(NOBODY);
        command
    };
    let Ok(out) = as_nobody("status", &["--json"]).output() else {
        return println!("skipped: another user cannot run what was built here");
    };
    assert_eq!(json_of(&out)["config"]["config"], "unreadable", "{out:?}");
    let said = text(&out);
    assert!(said.contains("is unreadable: permission") && said.contains("as the user"), "{said}");
    assert!(!said.contains("broken"), "{said}");
    let seen = json_of(&as_nobody("check", &["--json"]).output().unwrap());
    assert_eq!(
        (&seen["verdict"], &seen["evidence"]["config"]["config"]),
        (&json!("healthy"), &json!("unreadable"))
    );
    // Nothing but the file says which port it is: whatever answers at the default one is nobody's.
    let mut guess = std::process::Command::new(env!("CARGO_BIN_EXE_asm-watchdog"));
    guess.args(["check", "--json", "--state-dir"]).arg(lab.dir.path()).env_clear().uid(NOBODY).gid(NOBODY);
    let out = guess.env("ASM_WATCHDOG_TIME_SCALE", "0.05").output().unwrap();
    let seen = json_of(&out);
    assert_eq!((&seen["verdict"], &seen["reason"]), (&json!("unknown"), &json!("port-guessed")), "{seen}");
    assert_eq!((out.status.code(), &seen["evidence"]["port_guessed"]), (Some(3), &json!(18_789)));
}

#[test]
fn a_value_that_is_not_taken_is_named_with_its_range_and_its_unit() {
    let lab = Lab::new();
    let refused = |sub: &str, args: &[&str], words: &[&str]| {
        let out = run(&lab, sub, args);
        let said = text(&out);
        assert_eq!(out.status.code(), Some(2), "{args:?}: {said}");
        for word in words {
            assert!(said.contains(word), "{word}: {said}");
        }
    };
    refused("run", &["--timeout-seconds", "9"], &["--timeout-seconds = 9", "from 10 to 86400", "in seconds"]);
    refused("run", &["--timeout-seconds", "-5"], &["--timeout-seconds", "-5", "from 10 to 86400"]);
    refused(
        "run",
        &["--interval-seconds", "60s"],
        &["--interval-seconds", "60s", "from 1 to 3600", "in seconds"],
    );
    refused("run", &["--max-restarts", "0"], &["--max-restarts = 0", "from 1 to 100"]);
    refused("run", &["--restart-command", ""], &["--restart-command"]);
    refused("run", &["--restart-command", "[\"a\""], &["--restart-command"]);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_asm-watchdog"));
    let out =
        command.args(["check", "--port", "70000"]).env_clear().env("HOME", lab.dir.path()).output().unwrap();
    let said = text(&out);
    assert!(said.contains("--port = 70000") && said.contains("from 1 to 65535"), "{said}");
    assert_eq!(out.status.code(), Some(2));
    refused("run", &["--host", "nowhere"], &["--host = nowhere", "an IP address"]);
    refused("pause", &["20000"], &["20000", "from 1 to 10080", "in minutes"]);
    refused("restore-config", &["--generation", "3"], &["--generation = 3", "from 0 to 2"]);
    let help = text(&run(&lab, "run", &["--help"]));
    assert!(help.contains("[10–86400]") && help.contains("[1–100]"), "{help}");
}

#[test]
fn nothing_wrong_in_environment_or_file_is_taken_in_silence() {
    let lab = Lab::new();
    let section = json!({"watchdog": {"reachabilityTargets": "1.1.1.1", "owner": "sysv:x", "graceSeconds": 0,
        "restartCommand": "sh -c hunter2x"}, "notify": {"telegramToken": 7_000_001}});
    let config = json!({"gateway": {"port": 99_999}, "plugins": {"entries": {"auto-session-manager": {"config": section}}}});
    fs::write(lab.path("openclaw.json"), config.to_string()).unwrap();
    let check = |env: &[(&str, &str)]| {
        let mut command = dog(lab.dir.path(), lab.port, "status", "1");
        text(&command.envs(env.iter().copied()).output().unwrap())
    };
    let said = check(&[]);
    for words in [
        "watchdog.reachabilityTargets = 1.1.1.1 ",
        "watchdog.owner = sysv:x ",
        "systemd-user:UNIT",
        "watchdog.graceSeconds = 0 is not accepted (a whole number from 1 to 86400, in seconds)",
        "watchdog.restartCommand = *** ",
        "notify.telegramToken = *** ",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("hunter2x") && !said.contains("7000001"), "{said}");
    let of_port = |env: &[(&str, &str)]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_asm-watchdog"));
        command.args(["status", "--state-dir"]).arg(lab.dir.path()).env_clear().envs(env.iter().copied());
        command.output().unwrap()
    };
    let said = text(&of_port(&[]));
    assert!(
        said.contains("gateway.port = 99999 is not accepted (a whole number from 1 to 65535); 18789"),
        "{said}"
    );
    let said = text(&of_port(&[("OPENCLAW_GATEWAY_PORT", "abc")]));
    assert!(said.contains("OPENCLAW_GATEWAY_PORT = abc is not accepted"), "{said}");
    let said = text(&of_port(&[("ASM_GATEWAY_TIMEOUT", "5")]));
    assert!(said.contains("ASM_GATEWAY_TIMEOUT") && said.contains("from 10 to 86400, in seconds"), "{said}");
    assert_eq!(of_port(&[("ASM_WATCHDOG_TIME_SCALE", "fast")]).status.code(), Some(2));
}
