//! One watchdog per state directory.

use super::place::{Place, make_dir};
use super::process;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::thread;
use std::time::Duration;

/// The lock, held until it is dropped or the process ends in whatever way.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// What came of trying.
#[derive(Debug)]
pub enum Tried {
    Held(Lock),
    /// Another one has it; its pid where the file tells it.
    Taken {
        pid: Option<u32>,
    },
}

/// Tries to become the only one.
///
/// # Errors
/// As the file system gives them.
pub fn take(place: &Place) -> io::Result<Tried> {
    make_dir(&place.own_dir())?;
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(place.lock_file())?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(Tried::Taken { pid: holder(place).map(|(pid, _)| pid) }),
        Err(TryLockError::Error(e)) => return Err(e),
    }
    let pid = std::process::id();
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{pid} {}", process::start_ticks(pid))?;
    Ok(Tried::Held(Lock { _file: file }))
}

/// The pid of the watchdog that runs on this state directory. Asks the process table and never the lock, so that
/// asking can keep nobody out.
#[must_use]
pub fn running(place: &Place) -> Option<u32> {
    let (pid, start) = holder(place)?;
    process::is_running(pid, start).then_some(pid)
}

fn holder(place: &Place) -> Option<(u32, u64)> {
    // Its holder writes the line right after taking the lock.
    for _ in 0..20 {
        let text = fs::read_to_string(place.lock_file()).ok()?;
        let mut words = text.split_whitespace();
        if let (Some(pid), Some(start)) = (words.next(), words.next()) {
            return Some((pid.parse().ok()?, start.parse().ok()?));
        }
        thread::sleep(Duration::from_millis(10));
    }
    None
}
