//! What `run` prints into when nobody reads.

use super::watchdog_lab::{Lab, dog, until};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader, Write};

#[test]
fn a_reader_that_has_stopped_stops_no_restart() {
    let lab = Lab::new();
    lab.start_gateway();
    let restart = lab.script("restart.sh", "echo called >> calls\nrestart");
    let (read, mut write) = std::io::pipe().unwrap();
    // Full before the first line: as a terminal that is held.
    rustix::io::ioctl_fionbio(&write, true).unwrap();
    while write.write(&[b'\n'; 512]).is_ok() {}
    rustix::io::ioctl_fionbio(&write, false).unwrap();
    let mut child = dog(lab.dir.path(), lab.port, "run", "0.01")
        .args(["--json", "--interval-seconds", "10", "--timeout-seconds", "100", "--verify-seconds", "2000"])
        .args(["--restart-command", &restart])
        .stdout(write)
        .spawn()
        .unwrap();
    let log = || std::fs::read_to_string(lab.path("logs/asm_watchdog.log")).unwrap_or_default();
    let logged = |event: &str| until(event, || log().contains(event).then_some(()));
    logged("\"verdict\":\"healthy\"");
    lab.signal_gateway(Signal::KILL);
    logged("\"event\":\"verified\"");
    assert_eq!(lab.lines("calls"), 1);
    // Somebody reads on: nothing of so little is missing.
    let lines = BufReader::new(read).lines().map_while(Result::ok);
    let mut all = lines.skip_while(String::is_empty);
    assert!(all.next().unwrap().contains("\"event\":\"started\""));
    assert!(all.any(|line| line.contains("\"event\":\"verified\"")));
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert_eq!(until("the watchdog stops", || child.try_wait().unwrap()).code(), Some(0));
}

/// `asm-watchdog status | true`
#[test]
fn a_reader_that_is_gone_takes_no_exit_code_away() {
    let lab = Lab::new();
    for (command, code) in [("status", 3), ("check", 1), ("restore-config", 1), ("install", 0)] {
        for json in [false, true] {
            let (read, write) = std::io::pipe().unwrap();
            drop(read);
            let mut child = dog(lab.dir.path(), lab.port, command, "0.01");
            child.args(json.then_some("--json")).args((command == "install").then_some("--print"));
            let ended = child.stderr(write.try_clone().unwrap()).stdout(write).status().unwrap();
            assert_eq!(ended.code(), Some(code), "{command} {json}: {ended}");
        }
    }
}
