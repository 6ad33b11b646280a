//! Asking a program of the system's.

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

/// Most of what is read of an answer.
const MOST_OUTPUT: u64 = 1_000_000;

/// What `command` prints, if it ends well within `deadline`; it is ended if it does not. No shell, no input, the
/// C locale, so that nothing it prints depends on the operator's language.
#[must_use]
pub fn output(command: &[&str], deadline: Duration) -> Option<String> {
    let until = Instant::now() + deadline;
    let (program, arguments) = command.split_first()?;
    let mut child = Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .ok()?;
    let out = child.stdout.take()?;
    let (sender, read) = channel();
    let reader = thread::Builder::new().name("tool".to_owned()).stack_size(256 * 1024).spawn(move || {
        let mut bytes = Vec::new();
        // What came until the end is what there is.
        let _ = out.take(MOST_OUTPUT).read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    let left = until.saturating_duration_since(Instant::now());
    let bytes = reader.ok().and_then(|_| read.recv_timeout(left).ok());
    // Its output has ended, so it is ending; or it is late, and then it is ended. It is our own child, not yet waited
    // for, so its pid is its own.
    if bytes.is_none() {
        let _ = child.kill();
    }
    let status = child.wait().ok()?;
    status.success().then_some(String::from_utf8_lossy(&bytes?).into_owned())
}
