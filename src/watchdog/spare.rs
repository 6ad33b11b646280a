//! A copy of the state outside the state directory, for the one case in which acting must go on although it cannot be
//! saved there: a disk that is full.
//!
//! It lives where files are kept in memory and end with the machine's boot, as the times in the state do: a start after
//! another boot needs neither. Whatever was saved last counts ([`Stored::saved_ms`]), and a state that could be saved
//! where it belongs takes the copy away. So the next start neither repeats nor forgets an act. Where there is no such
//! place (macOS), a full disk holds acting off like anything else that keeps the state from being saved.

use super::place::{Place, make_dir, read_bounded, write_whole};
use super::store::{self, Stored};
use rustix::io::Errno;
use sha2::{Digest, Sha256};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

const MOST_STATE: u64 = 16_000_000;
const STATE: &str = ".json";

/// Whether something could not be written for want of room.
#[must_use]
pub fn no_room(e: &io::Error) -> bool {
    let want = [Errno::NOSPC, Errno::DQUOT].map(Errno::raw_os_error);
    e.raw_os_error().is_some_and(|code| want.contains(&code))
}

/// Keeps a copy.
///
/// # Errors
/// There is no place for it, or as the file system gives them.
pub fn write(place: &Place, bytes: &[u8]) -> io::Result<()> {
    write_as(place, STATE, bytes)
}

/// The same of another small file of ours; `kind` tells them apart.
///
/// # Errors
/// There is no place for it, or as the file system gives them.
pub fn write_as(place: &Place, kind: &str, bytes: &[u8]) -> io::Result<()> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for dir in folders() {
        match own(&dir).and_then(|()| write_whole(&dir.join(name(place, kind)), bytes)) {
            Ok(()) => return Ok(()),
            Err(e) => last = e,
        }
    }
    Err(last)
}

/// The newest copy that belongs to this boot of the machine.
#[must_use]
pub fn read(place: &Place, machine_boot: &str) -> Option<Stored> {
    let found = read_as(place, STATE).into_iter().filter_map(|bytes| store::parse(&bytes).ok());
    found.filter(|s| s.machine_boot == machine_boot).max_by_key(|s| s.saved_ms)
}

/// All copies of a file of ours.
#[must_use]
pub fn read_as(place: &Place, kind: &str) -> Vec<Vec<u8>> {
    let own = folders().into_iter().filter(|dir| is_own(dir));
    own.filter_map(|dir| read_bounded(&dir.join(name(place, kind)), MOST_STATE).ok()).collect()
}

/// Takes every copy of the state away.
pub fn remove(place: &Place) {
    remove_as(place, STATE);
}

/// The same of another file; whether there was one.
pub fn remove_as(place: &Place, kind: &str) -> bool {
    let mut any = false;
    for dir in folders().into_iter().filter(|dir| is_own(dir)) {
        // One that is not there is away already; one that stays is older than what was saved.
        any |= fs::remove_file(dir.join(name(place, kind))).is_ok();
    }
    any
}

/// Where it may be, best first. All are looked into: the next start may have another environment.
fn folders() -> Vec<PathBuf> {
    let uid = rustix::process::getuid().as_raw();
    let named = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|dir| dir.is_absolute());
    let usual = [format!("/run/user/{uid}"), "/dev/shm".to_owned()].map(PathBuf::from);
    let all = named.into_iter().chain(usual).filter(|dir| dir.is_dir());
    all.map(|dir| dir.join(format!("asm-watchdog-{uid}"))).collect()
}

/// One name for each state directory, however it is spelled.
fn name(place: &Place, kind: &str) -> String {
    let real = place.state_dir.canonicalize().unwrap_or_else(|_| place.state_dir.clone());
    let digest = Sha256::digest(real.as_os_str().as_encoded_bytes());
    digest.iter().take(8).map(|b| format!("{b:02x}")).collect::<String>() + kind
}

/// Makes the folder; one that somebody else has put there is not used.
fn own(dir: &Path) -> io::Result<()> {
    make_dir(dir)?;
    is_own(dir).then_some(()).ok_or_else(|| io::Error::from(io::ErrorKind::PermissionDenied))
}

fn is_own(dir: &Path) -> bool {
    let ours = rustix::process::getuid().as_raw();
    fs::symlink_metadata(dir).is_ok_and(|m| m.is_dir() && m.uid() == ours && m.mode() & 0o077 == 0)
}
