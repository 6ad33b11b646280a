//! Asking a program of the system's.

use rustix::process::{Pid, Signal, kill_process_group};
use std::io::{ErrorKind, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Most of what is read of an answer.
const MOST_OUTPUT: usize = 1_000_000;
/// How often a program that runs is looked after.
const POLL: Duration = Duration::from_millis(5);

/// What `command` prints, if it ends well within `deadline`; if it does not, it is ended with its whole group. No shell,
/// no input, the C locale, so that nothing it prints depends on the operator's language. Never waits past the deadline,
/// whatever the program does with its output.
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
    let answer = answer(&mut child, until);
    if answer.is_none() {
        end(child);
    }
    answer?
}

/// What it printed; the inner none where it did not end well, the outer where it did not end in time.
fn answer(child: &mut Child, until: Instant) -> Option<Option<String>> {
    let mut out = child.stdout.take()?;
    rustix::io::ioctl_fionbio(&out, true).ok()?;
    let mut bytes = Vec::new();
    loop {
        // Ended first, read then: what it has printed is all there.
        let status = child.try_wait().ok()?;
        read(&mut out, &mut bytes);
        if let Some(status) = status {
            return Some(status.success().then(|| String::from_utf8_lossy(&bytes).into_owned()));
        }
        if Instant::now() >= until {
            return None;
        }
        thread::sleep(POLL);
    }
}

/// Takes what is there, without waiting for more.
fn read(out: &mut ChildStdout, bytes: &mut Vec<u8>) {
    let mut part = [0; 8_192];
    loop {
        match out.read(&mut part) {
            Ok(0) => return,
            Ok(n) => {
                let room = MOST_OUTPUT.saturating_sub(bytes.len());
                bytes.extend(part.iter().take(n.min(room)));
            }
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

/// Ends it with its group. It is our own child, not yet waited for, so its number is its own; one that does not end at
/// once (the kernel may hold it) is waited for by nobody who has anything else to do.
pub fn end(mut child: Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
    if matches!(child.try_wait(), Ok(Some(_))) {
        return;
    }
    // Where no thread can be had, it stays a zombie until we end, which harms nobody.
    let _ = thread::Builder::new().name("reap".to_owned()).stack_size(64 * 1024).spawn(move || child.wait());
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn who_ends_well_is_heard_in_full() {
        let long = Duration::from_secs(60);
        assert_eq!(output(&["printf", "a b"], long).as_deref(), Some("a b"));
        assert_eq!(output(&["sh", "-c", "echo x; exit 1"], long), None);
        let much = output(&["head", "-c", "300000", "/dev/zero"], long).unwrap();
        assert_eq!(much.len(), 300_000);
    }

    /// Our children and theirs whose command line has this word.
    fn left(word: &str) -> usize {
        let all = fs::read_dir("/proc").into_iter().flatten().flatten();
        let lines = all.filter_map(|e| fs::read(e.path().join("cmdline")).ok());
        lines.filter(|line| String::from_utf8_lossy(line).contains(word)).count()
    }

    #[test]
    fn who_closes_its_output_and_sleeps_leaves_nothing_behind() {
        let word = format!("61.{}", std::process::id());
        let script = format!("exec 1>&-; sleep {word} & wait");
        let began = Instant::now();
        for _ in 0..20 {
            assert_eq!(output(&["sh", "-c", &script], Duration::from_millis(30)), None);
        }
        assert!(began.elapsed() < Duration::from_secs(50), "the caller never waits for the sleeper");
        let gone = (0..2_000).any(|_| {
            thread::sleep(Duration::from_millis(5));
            let reaping = fs::read_dir("/proc/self/task")
                .unwrap()
                .flatten()
                .any(|t| fs::read_to_string(t.path().join("comm")).is_ok_and(|name| name.trim() == "reap"));
            left(&word) == 0 && !reaping
        });
        assert!(gone, "{} left", left(&word));
    }
}
