//! Linux, by `/proc`.

pub use super::pressure::{Kills, pressure};
use crate::watchdog::observation::{Port, Process};
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

/// What cannot be seen here.
pub const UNSEEN: &[&str] = &[];

/// Memory that the watchdog itself has in use.
#[must_use]
pub fn resident_bytes() -> Option<u64> {
    let text = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages.saturating_mul(rustix::param::page_size() as u64))
}

/// The machine's boot.
#[must_use]
pub fn boot_id() -> Option<String> {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(text.trim().to_owned())
}

/// A process, zombies included.
#[must_use]
pub fn process(pid: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut process = parse(pid, &stat, rustix::param::clock_ticks_per_second())?;
    let wchan = fs::read_to_string(format!("/proc/{pid}/wchan")).unwrap_or_default();
    wchan.trim().trim_matches('0').clone_into(&mut process.wchan);
    Some(process)
}

/// The name in parentheses may hold anything, so fields are counted from its last closing one.
pub(super) fn parse(pid: u32, stat: &str, ticks_per_second: u64) -> Option<Process> {
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

/// The parent's pid.
#[must_use]
pub fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok().filter(|p| *p != 0)
}

/// Program and arguments; empty for a kernel's thread or another user's hidden process.
#[must_use]
pub fn arguments(pid: u32) -> Vec<String> {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words = bytes.split(|b| *b == 0).filter(|w| !w.is_empty());
    words.map(|w| String::from_utf8_lossy(w).into_owned()).collect()
}

/// All processes.
#[must_use]
pub fn pids() -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|e| e.file_name().to_str()?.parse().ok()).collect()
}

/// Who listens where `addr` is reached: on it, or on every address. `likely` are asked first: searching all processes costs milliseconds.
#[must_use]
pub fn port(addr: SocketAddr, likely: &[u32]) -> Port {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(fs::read_to_string);
    if tables.iter().all(Result::is_err) {
        return Port::Unseen;
    }
    let inodes: Vec<u64> = tables.iter().flatten().flat_map(|table| listening(table, addr)).collect();
    if inodes.is_empty() {
        return Port::Free;
    }
    let links: Vec<String> = inodes.iter().map(|inode| format!("socket:[{inode}]")).collect();
    let found = likely.iter().copied().find(|pid| holds(*pid, &links));
    match found.or_else(|| pids().into_iter().find(|pid| holds(*pid, &links))) {
        Some(pid) => Port::HeldBy {
            pid,
            start_ticks: super::start_ticks(pid),
            name: fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default().trim().to_owned(),
            owned: false,
        },
        None => Port::Held,
    }
}

fn holds(pid: u32, links: &[String]) -> bool {
    let fds = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    fds.filter_map(|fd| fs::read_link(fd.path()).ok()).any(|link| links.iter().any(|l| link == Path::new(l)))
}

/// Inodes of the sockets that listen where `addr` is reached.
pub(super) fn listening(table: &str, addr: SocketAddr) -> Vec<u64> {
    let rows = table.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    // Local address, state (0A listens), inode.
    rows.filter(|row| row.get(3) == Some(&"0A"))
        .filter(|row| row.get(1).and_then(|a| local(a)).is_some_and(|at| serves(at, addr)))
        .filter_map(|row| row.get(9)?.parse().ok())
        .collect()
}

/// `0100007F:4965`: words of four bytes as this machine keeps numbers, then the port.
fn local(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.split_once(':')?;
    let word = |at: usize| Some(u32::from_str_radix(ip.get(at..at + 8)?, 16).ok()?.to_ne_bytes());
    let ip = match ip.len() {
        8 => IpAddr::V4(Ipv4Addr::from(word(0)?)),
        32 => {
            let words = [word(0)?, word(8)?, word(16)?, word(24)?].concat();
            IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(words).ok()?))
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, u16::from_str_radix(port, 16).ok()?))
}

/// Whether a socket that listens at `at` is reached at `addr`: the same address, in either form of it, or any.
fn serves(at: SocketAddr, addr: SocketAddr) -> bool {
    let ip = at.ip().to_canonical();
    // `::` takes both kinds unless it is told otherwise; that of IPv4 takes its own.
    let any = match ip {
        IpAddr::V4(ip) => ip.is_unspecified() && addr.ip().to_canonical().is_ipv4(),
        IpAddr::V6(ip) => ip.is_unspecified(),
    };
    at.port() == addr.port() && (any || addr.ip().is_unspecified() || ip == addr.ip().to_canonical())
}
