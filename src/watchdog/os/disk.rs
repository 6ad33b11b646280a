//! Room on a disk.

use rustix::io::Errno;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Enough to need a block of its own.
const TRIED_BYTES: usize = 4_096;

/// Room that programs still have on the disk of `dir`.
#[must_use]
pub fn free_bytes(dir: &Path) -> Option<u64> {
    rustix::fs::statvfs(dir).ok().map(|d| d.f_bavail.saturating_mul(d.f_frsize))
}

/// Whether a small write in `dir` fails for want of room. Any other failure says nothing about room. Leaves nothing
/// behind; a directory that is not there is not made.
#[must_use]
pub fn is_full(dir: &Path) -> bool {
    let path = dir.join(format!(".room.{}", std::process::id()));
    let tried = (|| {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        file.write_all(&[0; TRIED_BYTES])?;
        file.sync_all()
    })();
    let _ = fs::remove_file(&path);
    let want = [Errno::NOSPC, Errno::DQUOT].map(Errno::raw_os_error);
    tried.is_err_and(|e| e.raw_os_error().is_some_and(|code| want.contains(&code)))
}
