//! What the watchdog does where its surroundings fail it: evidence that never comes, a state that cannot be saved, secrets
//! in what a command prints.

use super::watchdog_lab::{Dog, Lab, dog, until};
use auto_session_manager::watchdog::place::Place;
use auto_session_manager::watchdog::{process, spare};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const TIMEOUT: [&str; 2] = ["--timeout-seconds", "100"];
/// As it stands on a command line: nothing about it tells that it is a secret.
const BARE: &str = "correcthorsebatterystaple";
const TOKEN: &str = "123456789:AAHfiqksKZ8WmR2zSjiQ7_v4TMAKdiHm9T0";

fn ran(command: &mut Command) -> bool {
    command.status().is_ok_and(|status| status.success())
}

/// A small disk of its own for the watchdog's files; unmounted when dropped. None where nothing may be mounted.
pub struct Disk(pub PathBuf);

impl Disk {
    pub fn below(lab: &Lab, size: &str) -> Option<Self> {
        let path = lab.path(".asm_watchdog");
        fs::create_dir(&path).unwrap();
        let size = format!("size={size},mode=700");
        let mounted = ran(Command::new("mount").args(["-t", "tmpfs", "-o", &size, "asm-test"]).arg(&path));
        mounted.then_some(Self(path))
    }

    pub fn fill(&self) {
        let _ = fs::write(self.0.join("fill"), vec![1; 4_000_000]);
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn index(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("index.json")).unwrap()).unwrap()
}

fn status(lab: &Lab) -> Value {
    let out = dog(lab.dir.path(), lab.port, "status", "1").arg("--json").output().unwrap();
    serde_json::from_slice(&out.stdout).unwrap()
}

#[test]
fn evidence_that_never_comes_holds_up_no_restart_and_is_named() {
    let lab = Lab::new();
    lab.start_gateway();
    // Opened for reading, it waits for a writer for ever.
    fs::create_dir_all(lab.path("logs/stability")).unwrap();
    assert!(ran(Command::new("mkfifo").arg(lab.path("logs/stability/1-hangs.json"))));
    let restart = lab.script("restart.sh", "echo called >> calls\nrestart");
    let mut dog = lab.watch(&[TIMEOUT[0], TIMEOUT[1], "--restart-command", &restart]);
    dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    lab.signal_gateway(Signal::STOP);
    let evidence = dog.wait(&json!({"event": "evidence"}));
    dog.wait(&json!({"event": "verified"}));
    assert_eq!(dog.stop().0, Some(0));
    assert_eq!(lab.lines("calls"), 1);
    let files = index(Path::new(evidence["folder"].as_str().unwrap()))["acts"][0]["files"].clone();
    let of = |name: &str| files.as_array().unwrap().iter().find(|f| f["name"] == name).cloned().unwrap();
    assert_eq!(of("restart-1.stability")["why_not"], "not in time", "{files:#}");
    for name in ["restart-1.past.json", "restart-1.machine.json"] {
        assert!(of(name)["why_not"].is_null() && of(name)["bytes"].as_u64() > Some(0), "{files:#}");
    }
}

#[test]
fn an_act_that_cannot_be_noted_waits_and_comes_as_soon_as_it_can() {
    let lab = Lab::new();
    lab.start_gateway();
    let restart = lab.script("restart.sh", "echo called >> calls\nrestart");
    let mut dog = lab.watch(&[TIMEOUT[0], TIMEOUT[1], "--restart-command", &restart]);
    dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    // No file can take the place of a directory.
    let state = lab.path(".asm_watchdog/state.json");
    until("it is out of the way", || {
        let _ = fs::remove_file(&state);
        fs::create_dir(&state).ok()
    });
    lab.signal_gateway(Signal::KILL);
    let told = dog.wait(&json!({"event": "alert", "code": "state-unsaved"}));
    assert!(told["text"].as_str().unwrap().contains("restarts nothing"), "{told}");
    let held = dog.wait(&json!({"event": "withheld"}));
    assert_eq!(held["action"]["act"], "restart", "{held}");
    let metrics = || fs::read_to_string(lab.path(".asm_watchdog/metrics.prom")).unwrap_or_default();
    let then = metrics();
    until("it goes on watching", || (metrics() != then).then_some(()));
    assert!(!lab.has("calls"), "nothing was restarted");
    fs::remove_dir(&state).unwrap();
    dog.wait(&json!({"event": "restart", "action": {"act": "restart", "incident": 1, "attempt": 1}}));
    dog.wait(&json!({"event": "verified"}));
    let (code, seen) = dog.stop();
    assert_eq!(code, Some(0));
    let count = |code: &str| seen.iter().filter(|e| e["event"] == "alert" && e["code"] == code).count();
    assert_eq!((count("state-unsaved"), count("restarted")), (1, 1), "{seen:#?}");
    let over = |e: &&Value| e["code"] == "recovered" && e["about"] == "state-unsaved";
    assert_eq!(seen.iter().filter(over).count(), 1);
    assert_eq!((lab.lines("calls"), lab.state()["totals"]["restarts"].as_u64()), (1, Some(1)));
}

#[test]
fn a_newer_state_is_left_alone_and_acting_goes_on_beside_it() {
    let lab = Lab::new();
    fs::create_dir_all(lab.path(".asm_watchdog")).unwrap();
    let (state, beside) = (lab.path(".asm_watchdog/state.json"), lab.path(".asm_watchdog/state.v2.json"));
    let newer = "{\"version\": 99, \"something\": \"else\"}";
    fs::write(&state, newer).unwrap();
    // Killed before its command began: the next one knows it by the file beside.
    let (mut first, restart) = gathering(&lab, &[]);
    first.seen.retain(|e| e["event"] == "state-newer");
    assert_eq!(first.seen.len(), 1, "said once");
    first.kill();
    assert!(!lab.has("calls") && beside.is_file());
    let flags = [TIMEOUT[0], TIMEOUT[1], "--restart-command", &restart];
    let mut second = lab.watch(&flags);
    second.wait(&json!({"event": "state-newer"}));
    second.wait(&json!({"event": "act-dropped"}));
    second.wait(&json!({"event": "verified", "attempt": 1}));
    let (code, seen) = second.stop();
    assert_eq!((code, lab.lines("calls")), (Some(0), 1));
    assert!(seen.iter().all(|e| e["code"] != "state-unsaved"), "{seen:#?}");
    assert_eq!(fs::read_to_string(&state).unwrap(), newer, "as the newer version left it");
    let told = status(&lab);
    assert_eq!(told["state"]["totals"]["restarts"], 1, "{told}");
    // The newer version's is taken away: ours goes where it belongs.
    fs::remove_file(&state).unwrap();
    let mut third = lab.watch(&flags);
    third.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    assert_eq!(third.stop().0, Some(0));
    assert_eq!((lab.state()["totals"]["restarts"].as_u64(), beside.exists()), (Some(1), false));
}

/// As another user, whose directory somebody takes the right to write away from.
#[cfg(target_os = "linux")]
#[test]
fn a_directory_that_may_not_be_written_holds_acting_off_until_it_may() {
    const NOBODY: u32 = 65_534;
    if !rustix::process::getuid().is_root() {
        return println!("skipped: only root can be somebody else");
    }
    let lab = Lab::new();
    lab.start_gateway();
    let restart = lab.script("restart.sh", "echo called >> calls\nrestart");
    assert!(ran(Command::new("chown").arg("-R").arg(NOBODY.to_string()).arg(lab.dir.path())));
    let mut command = dog(lab.dir.path(), lab.port, "run", "0.01");
    let mut dog = lab
        .watch_by(command.uid(NOBODY).gid(NOBODY), &[TIMEOUT[0], TIMEOUT[1], "--restart-command", &restart]);
    dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    let mode = |mode: u32| {
        fs::set_permissions(lab.path(".asm_watchdog"), fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(0o500);
    lab.signal_gateway(Signal::KILL);
    let told = dog.wait(&json!({"event": "alert", "code": "state-unsaved"}));
    assert!(told["text"].as_str().unwrap().contains("Permission denied"), "{told}");
    dog.wait(&json!({"event": "withheld"}));
    assert!(!lab.has("calls"));
    mode(0o700);
    dog.wait(&json!({"event": "verified"}));
    assert_eq!(dog.stop().0, Some(0));
    assert_eq!(lab.lines("calls"), 1);
}

/// Rows 30 with 4 and 8: a full disk stops no restart, and the next start neither repeats nor forgets one.
#[cfg(target_os = "linux")]
#[test]
fn on_a_full_disk_it_restarts_and_the_next_start_knows_of_it() {
    let lab = Lab::new();
    let Some(disk) = Disk::below(&lab, "1m") else { return println!("skipped: nothing may be mounted here") };
    lab.start_gateway();
    let restart = lab.script("restart.sh", "echo called >> calls\nrestart");
    let flags = [TIMEOUT[0], TIMEOUT[1], "--restart-command", &restart];
    let mut first = lab.watch(&flags);
    first.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    disk.fill();
    first.wait(&json!({"event": "state"}));
    lab.signal_gateway(Signal::STOP);
    first.wait(&json!({"event": "verified", "attempt": 1}));
    assert!(first.seen.iter().all(|e| e["event"] != "withheld"), "{:#?}", first.seen);
    first.kill();
    let attempts = |state: &Value| state["history"]["incident"]["attempts"].clone();
    assert_ne!(attempts(&lab.state()), attempts(&status(&lab)["state"]), "it is not where it belongs");
    assert_eq!(status(&lab)["state"]["history"]["incident"]["attempts"][0]["outcome"]["how"], "verified");
    let mut second = lab.watch(&flags);
    second.wait(&json!({"event": "verdict", "reason": "disk-full"}));
    fs::remove_file(disk.0.join("fill")).unwrap();
    second.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    let (code, seen) = second.stop();
    assert_eq!(code, Some(0));
    assert!(seen.iter().all(|e| e["event"] != "restart"), "{seen:#?}");
    assert_eq!((lab.lines("calls"), lab.state()["totals"]["restarts"].as_u64()), (1, Some(1)));
    let place = Place { state_dir: lab.dir.path().to_owned() };
    let boot = process::boot_id().unwrap();
    assert!(spare::read(&place, &boot).is_none(), "saved where it belongs, the copy is taken away");
}

/// A gateway that hangs, a watchdog whose evidence takes its time, and the moment at which it does.
fn gathering(lab: &Lab, more: &[&str]) -> (Dog, String) {
    lab.start_gateway();
    fs::create_dir_all(lab.path("logs/stability")).unwrap();
    assert!(ran(Command::new("mkfifo").arg(lab.path("logs/stability/1-hangs.json"))));
    let restart = lab.script("restart.sh", "echo called >> calls\nrestart");
    let flags = [&[TIMEOUT[0], TIMEOUT[1], "--restart-command", &restart], more].concat();
    let mut dog = lab.watch(&flags);
    dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    lab.signal_gateway(Signal::STOP);
    until("evidence is being gathered", || (status(lab)["state"]["gathering"] == true).then_some(()));
    (dog, restart)
}

#[test]
fn killed_before_the_command_has_begun_it_knows_that_nothing_was_run() {
    let lab = Lab::new();
    let (mut dog, restart) = gathering(&lab, &["--max-restarts", "1"]);
    let flags = [TIMEOUT[0], TIMEOUT[1], "--restart-command", &restart, "--max-restarts", "1"];
    for stops in [true, false, true] {
        // However often it ends there: what was not begun is not counted.
        if stops {
            drop(dog.stop())
        } else {
            dog.kill()
        }
        assert!(!lab.has("calls"));
        dog = lab.watch(&flags);
        if !stops {
            dog.wait(&json!({"event": "act-dropped"}));
        }
        until("evidence is being gathered again", || {
            (status(&lab)["state"]["gathering"] == true).then_some(())
        });
    }
    dog.wait(&json!({"event": "verified", "attempt": 1}));
    let (code, seen) = dog.stop();
    assert_eq!((code, lab.lines("calls")), (Some(0), 1));
    assert!(seen.iter().all(|e| e["event"] != "escalate"), "{seen:#?}");
}

#[test]
fn what_comes_while_evidence_is_gathered_can_make_the_act_needless() {
    for answers in [true, false] {
        let lab = Lab::new();
        let (mut dog_, _) = gathering(&lab, &[]);
        if answers {
            lab.signal_gateway(Signal::CONT);
        } else {
            assert!(dog(lab.dir.path(), lab.port, "pause", "1").status().unwrap().success());
        }
        dog_.wait(&json!({"event": "act-dropped"}));
        let (code, seen) = dog_.stop();
        assert_eq!(code, Some(0));
        assert!(seen.iter().all(|e| e["event"] != "restart") && !lab.has("calls"), "{seen:#?}");
        let state = lab.state();
        assert_eq!(state["history"]["incident"]["attempts"], json!([]), "it does not count");
        assert_eq!((&state["totals"]["restarts"], &state["history"]["restarts_ms"]), (&json!(0), &json!([])));
    }
}

#[test]
fn what_a_command_prints_is_redacted_bounded_and_nowhere_else() {
    let lab = Lab::new();
    lab.start_gateway();
    let body = format!(
        "echo 'polling with {TOKEN}'\nhead -c 900000 /dev/zero | tr '\\0' 'x'\necho\necho last words\nrestart"
    );
    let restart = lab.script("restart.sh", &body);
    let mut dog = lab.watch(&[TIMEOUT[0], TIMEOUT[1], "--restart-command", &restart]);
    dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    lab.signal_gateway(Signal::KILL);
    let evidence = dog.wait(&json!({"event": "evidence"}));
    dog.wait(&json!({"event": "verified"}));
    let folder = PathBuf::from(evidence["folder"].as_str().unwrap());
    until("the command has ended", || lab.state()["command"].is_null().then_some(()));
    assert_eq!(dog.stop().0, Some(0));
    let told = fs::read_to_string(folder.join("restart-1.out")).unwrap_or_default();
    assert!(told.len() <= 300_000, "{}", told.len());
    for dir in [folder, lab.path(".asm_watchdog"), lab.path("logs")] {
        for file in fs::read_dir(dir).unwrap().flatten().filter(|e| e.path().is_file()) {
            let text = String::from_utf8_lossy(&fs::read(file.path()).unwrap()).into_owned();
            assert!(!text.contains("AAHfiq"), "{}", file.path().display());
        }
    }
}

#[test]
fn a_bare_secret_of_a_command_line_is_never_logged() {
    let lab = Lab::new();
    lab.start_gateway();
    let command = json!(["/bin/sh", "-c", "exit 3", BARE]).to_string();
    for more in [&["--dry-run"][..], &[]] {
        let flags =
            [&TIMEOUT[..], &["--restart-command", &command, "--escalate-command", &command], more].concat();
        let mut dog = lab.watch(&flags);
        dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
        lab.signal_gateway(Signal::KILL);
        dog.wait(&json!({"event": "restart"}));
        dog.wait(&json!({"event": "restart-failed"}));
        let (code, seen) = dog.stop();
        assert_eq!(code, Some(0));
        assert!(!json!(seen).to_string().contains(BARE), "{seen:#?}");
        lab.script("start.sh", "restart");
        assert!(ran(Command::new("/bin/sh").arg(lab.path("start.sh"))));
        lab.wait_for_gateway();
    }
    let log = fs::read_to_string(lab.path("logs/asm_watchdog.log")).unwrap();
    assert!(log.contains("/bin/sh") && !log.contains(BARE), "{log}");
}

#[test]
fn every_restart_of_an_incident_is_left_for_the_next_turn() {
    let lab = Lab::new();
    lab.start_gateway();
    let body = "echo called >> calls\ncase $(wc -l < calls) in *1) exit 3;; esac\nrestart";
    let restart = lab.script("restart.sh", body);
    let mut dog = lab.watch(&[TIMEOUT[0], TIMEOUT[1], "--restart-command", &restart]);
    dog.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    lab.signal_gateway(Signal::KILL);
    dog.wait(&json!({"event": "verified", "attempt": 2}));
    assert_eq!(dog.stop().0, Some(0));
    let file = fs::read(lab.path(".asm_watchdog/last_incident.json")).unwrap();
    let last: Value = serde_json::from_slice(&file).unwrap();
    let told: Vec<_> =
        last["attempts"].as_array().unwrap().iter().map(|a| (&a["number"], &a["ended"])).collect();
    assert_eq!(told, [(&json!(1), &json!("command-failed")), (&json!(2), &json!("verified"))], "{last:#}");
    assert_eq!(last["attempts"][1]["in_flight"], json!(["agent:main:main"]));
    assert_eq!((&last["version"], &last["state"]), (&json!(1), &json!("verified")));
}
