//! Facts about processes, from `/proc`. Elsewhere than on Linux nothing is seen, and nothing is concluded from that.

use super::observation::Process;
use super::place::{Place, read_bounded};
use crate::shared::heartbeat::Heartbeat;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// Most of a heartbeat file that is read.
const MOST_HEARTBEAT: u64 = 262_144;

/// Who listens on a port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listener {
    pub pid: u32,
    pub name: String,
}

/// The heartbeat file, if there is one that can be read.
#[must_use]
pub fn heartbeat(place: &Place) -> Option<Heartbeat> {
    let bytes = read_bounded(&place.heartbeat_file(), MOST_HEARTBEAT).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// The process a heartbeat names, if it is still that one: same boot of the machine, same pid, same start.
#[must_use]
pub fn verified(heartbeat: &Heartbeat) -> Option<Process> {
    (heartbeat.boot_id == boot_id()?)
        .then(|| read(heartbeat.pid))
        .flatten()
        .filter(|p| p.start_ticks == heartbeat.start_ticks && p.state != 'Z')
}

/// The machine's boot, or none where that is not told.
#[must_use]
pub fn boot_id() -> Option<String> {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(text.trim().to_owned())
}

/// When a process started, in clock ticks; 0 where that is not told.
#[must_use]
pub fn start_ticks(pid: u32) -> u64 {
    read(pid).map_or(0, |p| p.start_ticks)
}

/// Whether the process that had this pid and start is still running.
#[must_use]
pub fn is_running(pid: u32, start_ticks: u64) -> bool {
    if let Some(p) = read(pid) {
        return p.start_ticks == start_ticks && p.state != 'Z';
    }
    let elsewhere = !Path::new("/proc/self/stat").exists();
    let known = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
    elsewhere && known.is_some_and(|pid| rustix::process::test_kill_process(pid).is_ok())
}

fn read(pid: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut process = parse(pid, &stat, rustix::param::clock_ticks_per_second())?;
    let wchan = fs::read_to_string(format!("/proc/{pid}/wchan")).unwrap_or_default();
    wchan.trim().trim_matches('0').clone_into(&mut process.wchan);
    Some(process)
}

/// The name in parentheses may hold anything, so fields are counted from its last closing one.
fn parse(pid: u32, stat: &str, ticks_per_second: u64) -> Option<Process> {
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    // `state` is field 3 of proc_pid_stat(5) and the first after the name.
    let number = |field: usize| fields.get(field - 3).and_then(|f| f.parse::<u64>().ok());
    Some(Process {
        pid,
        start_ticks: number(22)?,
        state: fields.first()?.chars().next()?,
        cpu_ms: (number(14)? + number(15)?).saturating_mul(1_000) / ticks_per_second.max(1),
        threads: number(20)?,
        wchan: String::new(),
    })
}

/// Who listens on a TCP port, as far as our permissions show it.
#[must_use]
pub fn listener(port: u16) -> Option<Listener> {
    let inode = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .find_map(|file| inode_of(&fs::read_to_string(file).ok()?, port))?;
    let wanted = format!("socket:[{inode}]");
    let pids = fs::read_dir("/proc").ok()?.flatten();
    pids.filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok()).find(|pid| holds(*pid, &wanted)).map(
        |pid| Listener {
            pid,
            name: fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default().trim().to_owned(),
        },
    )
}

fn holds(pid: u32, wanted: &str) -> bool {
    let Ok(fds) = fs::read_dir(format!("/proc/{pid}/fd")) else {
        return false;
    };
    fds.flatten().any(|fd| fs::read_link(fd.path()).is_ok_and(|link| link == Path::new(wanted)))
}

fn inode_of(table: &str, port: u16) -> Option<u64> {
    let ends = format!(":{port:04X}");
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        // Local address, state (0A listens), inode.
        let listens = fields.get(1)?.ends_with(&ends) && *fields.get(3)? == "0A";
        listens.then(|| fields.get(9)?.parse().ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_and_spaces_shifts_nothing() {
        let stat = "42 (a) b (c) T 1 42 42 0 -1 4194304 9 0 0 0 150 50 0 0 20 0 11 0 987654 1 2";
        let p = parse(42, stat, 100).unwrap();
        assert_eq!((p.state, p.cpu_ms, p.threads, p.start_ticks), ('T', 2_000, 11, 987_654));
        assert_eq!(parse(42, "42 (x) T 1", 100), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_heartbeat_names_only_the_process_that_wrote_it() {
        let pid = std::process::id();
        let mut beat = Heartbeat {
            pid,
            start_ticks: start_ticks(pid),
            boot_id: boot_id().unwrap(),
            ..Heartbeat::default()
        };
        assert_eq!(verified(&beat).unwrap().pid, pid);
        assert!(is_running(pid, beat.start_ticks));
        beat.start_ticks += 1;
        assert_eq!(verified(&beat), None);
        assert!(!is_running(pid, beat.start_ticks));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn finds_who_listens() {
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = socket.local_addr().unwrap().port();
        assert_eq!(listener(port).unwrap().pid, std::process::id());
    }
}
