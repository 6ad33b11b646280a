//! The watchdog as a service: its signs of life, and its unit.

use super::watchdog_lab::{Lab, dog, until};
use std::fs;
use std::os::unix::net::UnixDatagram;
use std::process::{Command, Stdio};

#[test]
fn a_supervisor_hears_ready_alive_status_and_stopping() {
    let lab = Lab::new();
    lab.start_gateway();
    let path = lab.path("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(super::watchdog_lab::PATIENCE)).unwrap();
    let mut child = dog(lab.dir.path(), lab.port, "run", "1")
        .args(["--restart-command", "false"])
        .env("NOTIFY_SOCKET", &path)
        .env("WATCHDOG_USEC", "200000")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let hear = || {
        let mut bytes = [0; 500];
        let n = socket.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..n]).into_owned()
    };
    assert_eq!(hear(), "READY=1");
    // The next look is a minute away, so these come from the loop alone.
    let status = until("it says what it sees", || Some(hear()).filter(|said| said.starts_with("STATUS=")));
    assert!(status.contains("healthy"), "{status}");
    for _ in 0..5 {
        assert_eq!(hear(), "WATCHDOG=1");
    }
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    until("it says goodbye", || (hear() == "STOPPING=1").then_some(()));
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn what_the_service_gets_of_the_environment_is_said() {
    let lab = Lab::new();
    let home = tempfile::tempdir().unwrap();
    let mut command: Command = dog(lab.dir.path(), lab.port, "install", "1");
    command.env_remove("ASM_WATCHDOG_TIME_SCALE").env("HOME", home.path());
    let given = [("ASM_GATEWAY_TIMEOUT", "200"), ("OPENCLAW_GATEWAY_TOKEN", "s3cret"), ("LC_ALL", "C.UTF-8")];
    let out = command.envs(given).env("OPENCLAW_STATE_DIR", lab.dir.path()).output().unwrap();
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    let lines: Vec<&str> = said.lines().collect();
    let line = |words: &str| lines.iter().find(|l| l.contains(words)).unwrap_or_else(|| panic!("{said}"));
    let gets = line("the service gets: ");
    assert!(
        gets.contains("ASM_GATEWAY_TIMEOUT") && gets.contains("LC_ALL") && gets.contains("PATH"),
        "{said}"
    );
    let not = line("it does not get: ");
    assert!(not.contains("OPENCLAW_GATEWAY_TOKEN") && not.contains("systemctl --user edit"), "{said}");
    assert!(!not.contains("STATE_DIR") && !said.contains("s3cret"), "{said}");
    let units = home.path().join(".config/systemd/user");
    let unit = fs::read_dir(&units).unwrap().flatten().next().unwrap().path();
    let unit = fs::read_to_string(unit).unwrap();
    assert!(unit.contains("\"ASM_GATEWAY_TIMEOUT=200\"") && !unit.contains("s3cret"), "{unit}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_unit_is_shown_written_and_removed_and_nothing_else_is_touched() {
    let lab = Lab::new();
    let home = tempfile::tempdir().unwrap();
    let run = |sub: &str, extra: &[&str]| {
        let mut command: Command = dog(lab.dir.path(), lab.port, sub, "1");
        let out =
            command.args(extra).env("HOME", home.path()).env("OPENCLAW_PROFILE", "work").output().unwrap();
        let text = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
        (out.status.code(), text)
    };
    let (code, unit) = run("install", &["--print"]);
    assert_eq!(code, Some(0));
    assert!(unit.contains("Type=notify") && unit.contains("OPENCLAW_PROFILE=work"), "{unit}");
    assert!(unit.contains(&format!("\"--state-dir\" \"{}\"", lab.dir.path().display())), "{unit}");
    let units = home.path().join(".config/systemd/user");
    assert!(!units.exists(), "only shown");
    let (code, said) = run("install", &[]);
    assert_eq!(code, Some(0), "{said}");
    let name = fs::read_dir(&units).unwrap().flatten().next().unwrap().file_name().into_string().unwrap();
    assert!(name.starts_with("asm-watchdog-") && said.contains(&format!("enable --now {name}")), "{said}");
    assert!(said.contains("loginctl enable-linger"), "{said}");
    assert_eq!(fs::read_to_string(units.join(&name)).unwrap(), unit);
    assert_eq!(run("install", &[]).0, Some(0), "once more is no harm");

    let wants = units.join("default.target.wants");
    fs::create_dir(&wants).unwrap();
    std::os::unix::fs::symlink(units.join(&name), wants.join(&name)).unwrap();
    let (code, said) = run("uninstall", &[]);
    assert_eq!(code, Some(1));
    assert!(said.contains(&format!("disable --now {name}")) && units.join(&name).exists(), "{said}");
    fs::remove_file(wants.join(&name)).unwrap();
    assert_eq!(run("uninstall", &[]).0, Some(0));
    assert!(!units.join(&name).exists());
    assert_eq!(run("uninstall", &[]).0, Some(0), "nothing is left to remove");

    assert_eq!(run("install", &[]).0, Some(0));
    let edited = fs::read_to_string(units.join(&name)).unwrap() + "Environment=MINE=1\n";
    fs::write(units.join(&name), &edited).unwrap();
    let (code, said) = run("install", &[]);
    assert_eq!((code, fs::read_to_string(units.join(&name)).unwrap()), (Some(1), edited), "{said}");
    assert!(said.contains(&format!("systemctl --user edit {name}")) && said.contains("--force"), "{said}");
    assert_eq!(run("install", &["--force"]).0, Some(0));
    assert_eq!(fs::read_to_string(units.join(&name)).unwrap(), unit);

    fs::write(units.join(&name), "[Service]\nExecStart=/my/own\n").unwrap();
    assert_eq!(run("install", &[]).0, Some(1));
    assert_eq!(run("uninstall", &[]).0, Some(1));
    assert!(fs::read_to_string(units.join(&name)).unwrap().contains("/my/own"));
}
