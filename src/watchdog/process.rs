//! The gateway's process: found by evidence that it is this gateway, and by nothing less.

use super::observation::{Port, Process};
use super::os;
pub use super::os::{boot_id, is_running, start_ticks};
use super::owner::runs;
use super::place::{Place, read_bounded};
use crate::shared::heartbeat::Heartbeat;
use serde::{Deserialize, Serialize};

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
    (heartbeat.boot_id == boot_id()?).then(|| same(heartbeat.pid, heartbeat.start_ticks)).flatten()
}

/// The process with this pid and start, if it is still running.
#[must_use]
pub fn same(pid: u32, start_ticks: u64) -> Option<Process> {
    os::process(pid).filter(|p| p.start_ticks == start_ticks && p.state != 'Z')
}

/// The process behind a pid that the owner or the port names, if its command line is a gateway's: an owner's main
/// process may be a wrapper, and a stranger may sit on the port.
#[must_use]
pub fn named(pid: u32) -> Option<Process> {
    is_gateway(&os::arguments(pid)).then(|| os::process(pid)).flatten().filter(|p| p.state != 'Z')
}

/// `openclaw-gateway` is the title the gateway gives itself; while it boots it is first a script of the host's package, told
/// to be the gateway, and then `openclaw` and nothing else.
fn is_gateway(arguments: &[String]) -> bool {
    let file = |word: &str| word.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    let titled = arguments.first().is_some_and(|a| file(a).starts_with("openclaw-gateway"));
    let scripts = arguments.iter().take_while(|a| a.as_str() != "gateway");
    let host = scripts.clone().any(|a| a.to_ascii_lowercase().contains("openclaw"));
    let booting = matches!(arguments, [a] if a == "openclaw");
    titled || booting || (host && scripts.count() < arguments.len())
}

/// Ends a process for good, if it is still the one with this start, and is this gateway: by its heartbeat, or a gateway's
/// by its command line that `owner`, the main process of its owner, runs.
///
/// # Errors
/// It is another one or gone, it is not ours to end, or this system has no handle that stays with a process.
pub fn kill(place: &Place, pid: u32, start_ticks: u64, owner: Option<u32>) -> std::io::Result<()> {
    os::signal(pid, os::Signal::KILL, || {
        let beat = heartbeat(place).as_ref().and_then(verified).is_some_and(|p| p.pid == pid);
        let owned = || owner.is_some_and(|main| runs(main, pid)) && named(pid).is_some();
        same(pid, start_ticks).is_some() && (beat || owned())
    })
}

/// Who listens where this is reached, as far as our permissions show it.
#[must_use]
pub fn listener(addr: std::net::SocketAddr) -> Option<Listener> {
    match os::port(addr, &[]) {
        Port::HeldBy { pid, name, .. } => Some(Listener { pid, name }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(named(pid), None, "a test is no gateway");
    }

    #[test]
    fn a_gateway_is_known_by_its_command_line() {
        let is = |line: &str| is_gateway(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert!(is("openclaw-gateway"));
        assert!(is("node /opt/node_modules/openclaw/openclaw.mjs gateway run --port 1"));
        assert!(is("/usr/bin/openclaw gateway"));
        assert!(is("openclaw"), "as it calls itself while it boots");
        assert!(!is("openclaw status"));
        assert!(!is("nginx: master gateway"));
        assert!(!is("vim openclaw.json"));
        assert!(!is("node gateway openclaw"));
        assert!(!is_gateway(&[]));
    }
}
