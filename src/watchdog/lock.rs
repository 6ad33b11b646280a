//! One watchdog per state directory.

use super::place::{Place, make_dir};
use super::{os, process, spare};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::thread;
use std::time::Duration;

/// The line in the file: pid, start, and whether it is a dry run; always of this length.
const LINE: usize = 63;
const DRY_RUN: &str = " dry-run";

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

/// The watchdog that has the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    pub pid: u32,
    start_ticks: u64,
    /// It acts on nothing.
    pub dry_run: bool,
}

/// Tries to become the only one.
///
/// # Errors
/// As the file system gives them.
pub fn take(place: &Place, dry_run: bool) -> io::Result<Tried> {
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
        Err(TryLockError::WouldBlock) => return Ok(Tried::Taken { pid: holder(place).map(|h| h.pid) }),
        Err(TryLockError::Error(e)) => return Err(e),
    }
    let pid = std::process::id();
    let line = format!("{pid} {}{}", process::start_ticks(pid), if dry_run { DRY_RUN } else { "" });
    // Over what is there and as long as that: on a full disk it keeps its room.
    let told = file.rewind().and_then(|()| writeln!(file, "{line:<LINE$}"));
    match told {
        // It is ours all the same; only its pid cannot be read there.
        Err(e) if !spare::no_room(&e) => Err(e),
        _ => Ok(Tried::Held(Lock { _file: file })),
    }
}

/// The watchdog that runs on this state directory. Asks the process table and never the lock, so that asking can keep
/// nobody out.
#[must_use]
pub fn running(place: &Place) -> Option<Holder> {
    look(place).ok().flatten()
}

/// The same, where the lock may be out of reach.
///
/// # Errors
/// As the file system gives them; a lock that is not there is none.
pub fn look(place: &Place) -> io::Result<Option<Holder>> {
    match read(place) {
        Ok(Some(holder)) => Ok(Some(holder).filter(|h| process::is_running(h.pid, h.start_ticks))),
        // A full disk left no room for the line.
        Ok(None) => Ok(by_table(place)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

fn holder(place: &Place) -> Option<Holder> {
    read(place).ok().flatten().or_else(|| by_table(place))
}

fn read(place: &Place) -> io::Result<Option<Holder>> {
    // Its holder writes the line right after taking the lock.
    for _ in 0..20 {
        let text = fs::read_to_string(place.lock_file())?;
        let mut words = text.split_whitespace();
        if let (Some(pid), Some(start)) = (words.next(), words.next()) {
            let dry_run = words.next() == Some(DRY_RUN.trim());
            let told = pid.parse().ok().zip(start.parse().ok());
            return Ok(told.map(|(pid, start_ticks)| Holder { pid, start_ticks, dry_run }));
        }
        thread::sleep(Duration::from_millis(10));
    }
    Ok(None)
}

/// Who holds the lock by the machine's own table of locks (Linux): `1: FLOCK ADVISORY WRITE <pid> <dev>:<inode> 0 EOF`.
fn by_table(place: &Place) -> Option<Holder> {
    let inode = fs::metadata(place.lock_file()).ok()?.ino().to_string();
    let table = fs::read_to_string("/proc/locks").ok()?;
    table.lines().find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let &[_, "FLOCK", _, "WRITE", pid, file, ..] = words.as_slice() else { return None };
        let pid = pid.parse().ok().filter(|_| file.rsplit(':').next() == Some(&inode))?;
        // The number of a file means something on one disk only.
        let arguments = os::arguments(pid);
        let ours = arguments.first().is_some_and(|program| program.contains("asm-watchdog"));
        let dry_run = arguments.iter().any(|a| a == "--dry-run");
        ours.then(|| Holder { pid, start_ticks: process::start_ticks(pid), dry_run })
    })
}
