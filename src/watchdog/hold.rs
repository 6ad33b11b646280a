//! Maintenance: acting is held off on purpose until a moment. One file says so, and `pause` and `resume` write it; on a full
//! disk it is kept where a copy of the state would be ([`spare`]). Another one asks for acting again after an escalation.

use super::place::{Place, read_bounded, write_whole};
use super::{clock, os, spare};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;

const VERSION: u32 = 1;
/// How long acting is held off where the file is there and cannot be read: until it can. Longer than anybody may ask for.
pub const UNTOLD_MS: u64 = 10_081 * 60_000;
/// How the copies beside a full disk are called.
const HOLD: &str = ".hold";
const GO: &str = ".resume";

/// `.asm_watchdog/hold.json`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Hold {
    version: u32,
    /// The machine's boot in which it was written: the monotonic clock counts from there.
    boot_id: String,
    /// When it was written and when it ends, by the monotonic clock.
    began_ms: u64,
    until_ms: u64,
    /// When it ends by the wall clock; asked only after another boot of the machine.
    until_epoch_ms: i64,
}

/// Holds acting off for so long from now; a hold that is there is replaced.
///
/// # Errors
/// As the file system gives them.
pub fn hold(place: &Place, for_ms: u64) -> io::Result<()> {
    let now = clock::monotonic_ms();
    let hold = Hold {
        version: VERSION,
        boot_id: os::boot_id().unwrap_or_default(),
        began_ms: now,
        until_ms: now.saturating_add(for_ms),
        until_epoch_ms: clock::epoch_ms().saturating_add(i64::try_from(for_ms).unwrap_or(i64::MAX)),
    };
    write(place, &place.hold_file(), HOLD, &serde_json::to_vec(&hold)?)
}

/// Where it belongs; where there is no room, beside it. One copy is left, so that what was written last counts.
fn write(place: &Place, file: &Path, kind: &str, bytes: &[u8]) -> io::Result<()> {
    match write_whole(file, bytes) {
        Ok(()) => {
            give_to_its_user(place, file)?;
            spare::remove_as(place, kind);
            Ok(())
        }
        Err(e) if spare::no_room(&e) => {
            spare::write_as(place, kind, bytes).map_err(|_| e)?;
            // What was there before is older.
            let _ = std::fs::remove_file(file);
            Ok(())
        }
        Err(e) => Err(e),
    }
}

/// What root writes beside the files of another user is that user's: the watchdog that is to read it is, too.
fn give_to_its_user(place: &Place, file: &Path) -> io::Result<()> {
    let m = fs::metadata(&place.state_dir)?;
    if m.uid() == 0 || !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let dir = place.own_dir();
    if fs::metadata(&dir)?.uid() == 0 {
        chown(&dir, Some(m.uid()), Some(m.gid()))?;
    }
    chown(file, Some(m.uid()), Some(m.gid()))
}

fn remove(place: &Place, file: &Path, kind: &str) -> io::Result<bool> {
    let beside = spare::remove_as(place, kind);
    match std::fs::remove_file(file) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(beside),
        Err(e) => Err(e),
    }
}

/// Asks a watchdog that only watches since an escalation to act again.
///
/// # Errors
/// As the file system gives them.
pub fn ask_to_go(place: &Place) -> io::Result<()> {
    write(place, &place.go_file(), GO, b"{}")
}

/// Whether a person asked for that. Asked for once it is taken once: what cannot be taken away asks for nothing.
#[must_use]
pub fn take_go(place: &Place) -> bool {
    remove(place, &place.go_file(), GO).unwrap_or(false)
}

/// Ends a hold; whether there was one.
///
/// # Errors
/// As the file system gives them.
pub fn release(place: &Place) -> io::Result<bool> {
    let held = held_ms(place).is_some();
    remove(place, &place.hold_file(), HOLD).map(|_| held)
}

/// How long acting is still held off. A file that cannot be read holds ([`UNTOLD_MS`]): somebody put it there. One that
/// cannot be understood holds nothing.
#[must_use]
pub fn held_ms(place: &Place) -> Option<u64> {
    let own = match read_bounded(&place.hold_file(), 4_096) {
        Ok(bytes) => Some(bytes),
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        Err(_) => return Some(UNTOLD_MS),
    };
    let boot = os::boot_id().unwrap_or_default();
    let all = spare::read_as(place, HOLD).into_iter().chain(own);
    all.filter_map(|bytes| {
        let hold: Hold = serde_json::from_slice(&bytes).ok()?;
        left(&hold, &boot, clock::monotonic_ms(), clock::epoch_ms())
    })
    .max()
}

fn left(hold: &Hold, boot_id: &str, now: u64, epoch: i64) -> Option<u64> {
    let whole = hold.until_ms.saturating_sub(hold.began_ms);
    let left = if hold.boot_id == boot_id {
        hold.until_ms.saturating_sub(now)
    } else {
        // The wall clock may have jumped: never more than was asked for.
        u64::try_from(hold.until_epoch_ms.saturating_sub(epoch)).unwrap_or(0).min(whole)
    };
    (left > 0).then_some(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_by_the_monotonic_clock_and_after_a_boot_by_the_other() {
        let hold = Hold {
            version: 1,
            boot_id: "a".to_owned(),
            began_ms: 1_000,
            until_ms: 61_000,
            until_epoch_ms: 500_000,
        };
        assert_eq!(left(&hold, "a", 21_000, -1), Some(40_000));
        assert_eq!(left(&hold, "a", 61_000, 0), None);
        assert_eq!(left(&hold, "b", 5, 490_000), Some(10_000));
        assert_eq!(left(&hold, "b", 5, 0), Some(60_000), "a clock that went back holds no longer than asked");
        assert_eq!(left(&hold, "b", 5, 500_000), None);
    }

    #[test]
    fn pause_and_resume() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place { state_dir: dir.path().to_owned() };
        assert_eq!(held_ms(&place), None);
        hold(&place, 600_000).unwrap();
        assert!(held_ms(&place).is_some_and(|ms| ms > 0 && ms <= 600_000));
        assert!(release(&place).unwrap());
        assert!(!release(&place).unwrap());
        std::fs::write(place.hold_file(), "nonsense").unwrap();
        assert_eq!(held_ms(&place), None);
    }

    #[test]
    fn what_is_there_and_cannot_be_read_holds() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place { state_dir: dir.path().to_owned() };
        fs::create_dir_all(place.hold_file()).unwrap();
        assert_eq!(held_ms(&place), Some(UNTOLD_MS));
    }

    #[test]
    fn what_root_writes_belongs_to_whom_the_state_directory_belongs_to() {
        if !rustix::process::geteuid().is_root() {
            return println!("skipped: only root can write for somebody else");
        }
        let dir = tempfile::tempdir().unwrap();
        let place = Place { state_dir: dir.path().to_owned() };
        chown(dir.path(), Some(65_534), Some(65_534)).unwrap();
        hold(&place, 600_000).unwrap();
        for path in [place.hold_file(), place.own_dir()] {
            let m = fs::metadata(&path).unwrap();
            assert_eq!((m.uid(), m.gid()), (65_534, 65_534), "{}", path.display());
        }
    }
}
