//! What a person does beside the watchdog: pause, resume, put a configuration back.

use super::watchdog_lab::{Lab, dog, until};
use serde_json::{Value, json};
use std::fs;
use std::process::Output;

fn run(lab: &Lab, sub: &str, extra: &[&str]) -> Output {
    dog(lab.dir.path(), lab.port, sub, "1").args(extra).output().unwrap()
}

fn text(out: &Output) -> String {
    String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr)
}

#[test]
fn a_pause_is_seen_by_a_look_and_ended_by_resume() {
    let lab = Lab::new();
    let held = || {
        let out = run(&lab, "check", &["--json"]);
        let facts: Value = serde_json::from_slice(&out.stdout).unwrap();
        facts["evidence"]["held_ms"].as_u64()
    };
    assert_eq!(held(), None);
    let out = run(&lab, "pause", &["5"]);
    assert!(out.status.success() && text(&out).contains("5 min"), "{out:?}");
    assert!(held().is_some_and(|ms| ms > 0 && ms <= 300_000));
    assert!(run(&lab, "resume", &[]).status.success());
    assert_eq!(held(), None);
    for wrong in ["0", "10081", "x"] {
        assert_eq!(run(&lab, "pause", &[wrong]).status.code(), Some(2), "{wrong}");
    }
}

#[test]
fn a_watchdog_keeps_what_worked_and_a_person_puts_it_back() {
    let lab = Lab::new();
    let config = lab.path("openclaw.json");
    let good = fs::read(&config).unwrap();
    assert_eq!(run(&lab, "restore-config", &["--yes"]).status.code(), Some(1), "there is none yet");
    lab.start_gateway();
    let mut dog = lab.watch(&[]);
    dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    until("a copy is kept", || lab.has(".asm_watchdog/last_good/openclaw.json").then_some(()));
    assert_eq!(dog.stop().0, Some(0));

    let out = run(&lab, "restore-config", &[]);
    assert!(out.status.success() && text(&out).contains("nothing to do"), "{out:?}");
    let changed = json!({"gateway": {"port": 1, "auth": {"token": "s3cret-value"}}}).to_string();
    for broken in ["{ token: \"s3cret-value\"", changed.as_str()] {
        fs::write(&config, broken).unwrap();
        let asked = run(&lab, "restore-config", &[]);
        assert_eq!(asked.status.code(), Some(1), "nobody said yes");
        assert_eq!(fs::read_to_string(&config).unwrap(), broken);
        assert!(!text(&asked).contains("s3cret"), "{asked:?}");
    }
    let out = run(&lab, "restore-config", &["--yes"]);
    assert!(out.status.success() && text(&out).contains("gateway.auth.token: ***"), "{out:?}");
    assert_eq!(fs::read(&config).unwrap(), good);
    let entries = fs::read_dir(lab.dir.path()).unwrap().flatten();
    let aside = entries.map(|e| e.path()).find(|p| p.to_string_lossy().contains("openclaw.json.set-aside-"));
    assert_eq!(fs::read_to_string(aside.unwrap()).unwrap(), changed);
}
