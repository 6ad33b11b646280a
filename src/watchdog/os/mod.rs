//! What the machine tells of processes, ports and itself. Linux tells all of it; macOS part of it, through its own
//! tools; elsewhere nothing is seen, and nothing is concluded from that.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod pressure;
#[cfg(target_os = "linux")]
use linux as here;

#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
use macos as here;

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
mod other;
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
use other as here;

mod disk;
mod scratch;
mod tool;
#[cfg(not(target_os = "linux"))]
mod untold;

pub use disk::{free_bytes, is_full};
pub use here::{Kills, UNSEEN, arguments, boot_id, parent, pids, port, pressure, process, resident_bytes};
pub use rustix::process::Signal;
pub use scratch::scratch;
pub use tool::{end, output};

/// When a process started, in clock ticks; 0 where that is not told.
#[must_use]
pub fn start_ticks(pid: u32) -> u64 {
    process(pid).map_or(0, |p| p.start_ticks)
}

/// Whether the process that had this pid and start is still running. Where start times are not told, the pid alone
/// says so.
#[must_use]
pub fn is_running(pid: u32, start_ticks: u64) -> bool {
    if let Some(p) = process(pid) {
        return p.start_ticks == start_ticks && p.state != 'Z';
    }
    let known = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
    UNSEEN.contains(&"process") && known.is_some_and(|pid| rustix::process::test_kill_process(pid).is_ok())
}

/// Sends a signal to the process with this pid, if `verified` says so once a handle holds on to it: what was verified is
/// what gets it, whoever has the number next.
///
/// # Errors
/// It is gone or not ours to signal, it is not the one, or there are no such handles here.
#[cfg(target_os = "linux")]
pub fn signal(pid: u32, signal: Signal, verified: impl FnOnce() -> bool) -> std::io::Result<()> {
    use rustix::process::{Pid, PidfdFlags, pidfd_open, pidfd_send_signal};
    let gone = || std::io::Error::from(std::io::ErrorKind::NotFound);
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).ok_or_else(gone)?;
    let handle = pidfd_open(pid, PidfdFlags::empty())?;
    if !verified() {
        return Err(gone());
    }
    Ok(pidfd_send_signal(handle, signal)?)
}

/// Not here: nothing is signalled by a bare number.
///
/// # Errors
/// Always. launchd ends by itself what does not stop within 20 s.
#[cfg(not(target_os = "linux"))]
pub fn signal(_pid: u32, _signal: Signal, _verified: impl FnOnce() -> bool) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests;
