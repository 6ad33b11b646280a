//! Room for what a command prints. No name leads to it and it ends with its last user, so that nothing of it is ever left
//! on a disk as it came; and a disk that is full does not fail the command.

use std::fs::File;
use std::io;

/// An empty file without a name, to be appended to by whoever holds it.
///
/// # Errors
/// As the system gives them.
#[cfg(target_os = "linux")]
pub fn scratch() -> io::Result<File> {
    use rustix::fs::{MemfdFlags, OFlags, fcntl_setfl, memfd_create};
    let handle = memfd_create("asm-watchdog", MemfdFlags::CLOEXEC)?;
    // Whoever cuts it short while another writes must find it go on from its new end.
    fcntl_setfl(&handle, OFlags::APPEND)?;
    Ok(handle.into())
}

/// An empty file without a name, to be appended to by whoever holds it.
///
/// # Errors
/// As the file system gives them.
#[cfg(not(target_os = "linux"))]
pub fn scratch() -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let path = std::env::temp_dir().join(format!(".asm-watchdog.{}.out", std::process::id()));
    // Left by a namesake that was killed between these two lines.
    let _ = std::fs::remove_file(&path);
    let mut options = std::fs::OpenOptions::new();
    let file = options.read(true).append(true).create_new(true).mode(0o600).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}
