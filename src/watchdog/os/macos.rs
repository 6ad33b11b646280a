//! macOS, by the tools that are part of it, in their formats for programs: `ps -o` and `lsof -F`.

use super::tool::output;
pub use super::untold::{Kills, pressure, resident_bytes};
use crate::watchdog::observation::{Port, Process};
use sha2::{Digest, Sha256};
use std::net::SocketAddr;
use std::time::Duration;

/// What cannot be seen here: where a process waits in the kernel, what presses on the machine, and kills for want of
/// memory.
pub const UNSEEN: &[&str] = &["wchan", "pressure", "oom-kills"];

const DEADLINE: Duration = Duration::from_secs(2);

/// The machine's boot: the moment of it, as the kernel tells it.
#[must_use]
pub fn boot_id() -> Option<String> {
    output(&["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"], DEADLINE).map(|t| t.trim().to_owned())
}

/// A process. Its start is told in whole seconds of the wall clock: a number made of that text, only ever compared.
#[must_use]
pub fn process(pid: u32) -> Option<Process> {
    let text = asked(pid, "stat=,time=,lstart=")?;
    let (state, rest) = text.split_once(char::is_whitespace)?;
    let (time, start) = rest.trim_start().split_once(char::is_whitespace)?;
    let digest = Sha256::digest(start.trim().as_bytes());
    Some(Process {
        pid,
        start_ticks: digest.iter().take(6).fold(0, |n, b| n << 8 | u64::from(*b)),
        state: state.chars().next()?,
        cpu_ms: milliseconds(time)?,
        threads: 0,
        wchan: String::new(),
    })
}

/// `[hours:]minutes:seconds.hundredths`
fn milliseconds(text: &str) -> Option<u64> {
    let (whole, hundredths) = text.split_once('.').unwrap_or((text, "0"));
    let seconds = whole.split(':').try_fold(0u64, |n, part| Some(n * 60 + part.parse::<u64>().ok()?))?;
    Some(seconds * 1_000 + hundredths.parse::<u64>().ok()? * 10)
}

/// The parent's pid.
#[must_use]
pub fn parent(pid: u32) -> Option<u32> {
    asked(pid, "ppid=")?.parse().ok()
}

/// Program and arguments, split at blanks: the system does not tell them apart for others.
#[must_use]
pub fn arguments(pid: u32) -> Vec<String> {
    asked(pid, "args=").map(|t| t.split_whitespace().map(str::to_owned).collect()).unwrap_or_default()
}

fn asked(pid: u32, columns: &str) -> Option<String> {
    output(&["/bin/ps", "-o", columns, "-p", &pid.to_string()], DEADLINE).map(|t| t.trim().to_owned())
}

/// All processes.
#[must_use]
pub fn pids() -> Vec<u32> {
    let text = output(&["/bin/ps", "-axo", "pid="], DEADLINE).unwrap_or_default();
    text.split_whitespace().filter_map(|w| w.parse().ok()).collect()
}

/// Who listens on a TCP port. That nobody is shown is no proof that nobody listens: another user's are hidden.
#[must_use]
pub fn port(addr: SocketAddr, _likely: &[u32]) -> Port {
    let which = format!("-iTCP:{}", addr.port());
    let text =
        output(&["/usr/sbin/lsof", "-nP", &which, "-sTCP:LISTEN", "-Fpc"], DEADLINE).unwrap_or_default();
    let field = |letter: char| text.lines().find_map(|l| l.strip_prefix(letter));
    match field('p').and_then(|p| p.parse().ok()) {
        Some(pid) => Port::HeldBy {
            pid,
            start_ticks: super::start_ticks(pid),
            name: field('c').unwrap_or_default().to_owned(),
            owned: false,
        },
        None => Port::Unseen,
    }
}
