//! Runs the owner's restart command and the escalation command: no shell, own process group, a deadline, bounded output.
//!
//! What it prints goes into memory that has no name ([`os::scratch`]) and not into a pipe, so that a command outlives a
//! watchdog that is killed meanwhile; what is kept of it is redacted first (`evidence`).

use super::state::Ended;
use super::store::Launched;
use super::{os, process};
use rustix::process::{Pid, Signal, kill_process_group};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

/// In the environment of a command: which act's it is.
pub const MARK: &str = "ASM_WATCHDOG_ACT";
/// Beyond this a command's output so far is dropped.
const MOST_OUTPUT: u64 = 262_144;

/// A command on its way.
#[derive(Debug)]
pub struct Running {
    child: Option<Child>,
    launched: Launched,
    printed: Option<Printed>,
    killed: bool,
    /// Known by its mark alone: it is waited for and never signalled.
    found: bool,
}

/// What a command prints.
#[derive(Debug)]
pub struct Printed {
    file: File,
    /// So much of it was dropped that it is not the whole.
    cut: bool,
}

impl Running {
    /// Starts `command` with `env` added to the environment.
    ///
    /// # Errors
    /// Why it could not be started.
    pub fn start(command: &[String], env: &[(&str, String)], deadline_ms: u64) -> io::Result<Self> {
        let (program, arguments) =
            command.split_first().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        // Without room for it, it is run all the same.
        let printed = os::scratch().ok().map(|file| Printed { file, cut: false });
        let out = || match &printed {
            Some(printed) => Ok(Stdio::from(printed.file.try_clone()?)),
            None => io::Result::Ok(Stdio::null()),
        };
        let child = Command::new(program)
            .args(arguments)
            .envs(env.iter().map(|(k, v)| (k, v)))
            // A gateway that is started by it must not take our supervisor for its own.
            .env_remove("NOTIFY_SOCKET")
            .env_remove("WATCHDOG_USEC")
            .env_remove("WATCHDOG_PID")
            .stdin(Stdio::null())
            .stdout(out()?)
            .stderr(out()?)
            .process_group(0)
            .spawn()?;
        let pid = child.id();
        Ok(Self {
            launched: Launched { pid, start_ticks: process::start_ticks(pid), deadline_ms },
            child: Some(child),
            printed,
            killed: false,
            found: false,
        })
    }

    /// Takes over the command of a watchdog that is gone. What it printed went with that one.
    #[must_use]
    pub fn adopt(launched: Launched) -> Self {
        Self { child: None, launched, printed: None, killed: false, found: false }
    }

    /// The command with this mark that a watchdog before has begun, since `since_ms`, and could not note any more. It leads
    /// its own process group in that one's session; a gateway that it has started has the mark, too, and is none. None
    /// where environments cannot be read.
    #[must_use]
    pub fn find(mark: &str, since_ms: u64, deadline_ms: u64) -> Option<Self> {
        let entry = format!("{MARK}={mark}");
        let has = |pid: u32| {
            let all = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            all.split(|b| *b == 0).any(|one| one == entry.as_bytes())
        };
        let ticks = rustix::param::clock_ticks_per_second().max(1);
        // Older ones are not even looked at; sleep counts for a process and not for us.
        let young =
            |pid: u32| process::start_ticks(pid).saturating_add(1).saturating_mul(1_000) / ticks >= since_ms;
        let all = os::pids().into_iter().filter(|pid| leads(*pid) && young(*pid) && has(*pid));
        let ours = all.filter(|pid| process::named(*pid).is_none());
        let pid = ours.min_by_key(|pid| process::start_ticks(*pid))?;
        let launched = Launched { pid, start_ticks: process::start_ticks(pid), deadline_ms };
        Some(Self { found: true, ..Self::adopt(launched) })
    }

    /// What to remember of it.
    #[must_use]
    pub fn launched(&self) -> Launched {
        self.launched.clone()
    }

    /// How it ended, if it did; past its deadline its whole group is killed, which is an end, whenever the kernel lets go
    /// of it: nothing waits for that.
    pub fn poll(&mut self, now_ms: u64) -> Option<Ended> {
        if let Some(printed) = &mut self.printed {
            printed.bound();
        }
        if let Some(how) = self.ended() {
            return Some(if self.killed { Ended::TimedOut } else { how });
        }
        if now_ms < self.launched.deadline_ms {
            return None;
        }
        if !self.found {
            self.kill();
        }
        Some(Ended::TimedOut)
    }

    /// Whether the deadline has passed while nobody waits for the command any more. Says so once; from then on it has
    /// no deadline.
    pub fn outlived(&mut self, now_ms: u64) -> bool {
        let late = now_ms >= self.launched.deadline_ms && self.ended().is_none();
        if late {
            self.launched.deadline_ms = u64::MAX;
        }
        late
    }

    fn ended(&mut self) -> Option<Ended> {
        match self.child.as_mut() {
            Some(child) => match child.try_wait() {
                Ok(None) => None,
                Ok(Some(status)) if status.success() => Some(Ended::Done),
                Ok(Some(status)) => Some(Ended::Failed { code: status.code() }),
                Err(_) => Some(Ended::Failed { code: None }),
            },
            None => {
                (!process::is_running(self.launched.pid, self.launched.start_ticks)).then_some(Ended::Done)
            }
        }
    }

    /// The leader is still there (unreaped, or the same start), so the group's number is still its own.
    fn kill(&mut self) {
        let group = i32::try_from(self.launched.pid).ok().and_then(Pid::from_raw);
        if let Some(group) = group {
            // Gone between the look and the signal: nothing left to kill.
            let _ = kill_process_group(group, Signal::KILL);
        }
        if let Some(child) = self.child.as_mut() {
            // It may have left its group.
            let _ = child.kill();
        }
        self.killed = true;
    }

    /// Whether it is over and done with: nothing of it is left to be waited for.
    pub fn is_gone(&mut self) -> bool {
        self.child.is_none() || self.ended().is_some()
    }

    /// What it has printed, once.
    pub fn take_printed(&mut self) -> Option<Printed> {
        self.printed.take()
    }
}

/// Whether a process leads its group and not its session, by fields 5 and 6 of proc_pid_stat(5).
fn leads(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields = stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().skip(2));
    let mut ids = fields.into_iter().flatten().map(str::parse::<u32>);
    ids.next() == Some(Ok(pid)) && ids.next().is_some_and(|session| session != Ok(pid))
}

impl Printed {
    /// Drops what is there where it is too much. What a command leaves running may go on printing.
    pub fn bound(&mut self) {
        if self.file.metadata().is_ok_and(|m| m.len() > MOST_OUTPUT) {
            self.cut |= self.file.set_len(0).is_ok();
        }
    }

    /// All of it as text, and whether something is missing.
    #[must_use]
    pub fn text(&self) -> (String, bool) {
        let length = self.file.metadata().map_or(0, |m| m.len());
        let mut bytes = vec![0; usize::try_from(length.min(MOST_OUTPUT)).unwrap_or_default()];
        let mut at = 0;
        while let Some(rest) = bytes.get_mut(at..).filter(|rest| !rest.is_empty()) {
            match self.file.read_at(rest, at as u64) {
                Ok(0) | Err(_) => break,
                Ok(n) => at += n,
            }
        }
        bytes.truncate(at);
        (String::from_utf8_lossy(&bytes).into_owned(), self.cut || length > MOST_OUTPUT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[cfg(target_os = "linux")]
    #[test]
    fn a_command_that_could_not_be_noted_is_found_by_its_mark_and_only_waited_for() {
        let (mark, now) = (format!("7-1-{}", std::process::id()), crate::watchdog::clock::monotonic_ms());
        let mut running =
            Running::start(&["sleep".to_owned(), "50".to_owned()], &[(MARK, mark.clone())], 9).unwrap();
        assert!(Running::find("7-2", now, 5).is_none());
        let mut found = (0..1_000).find_map(|_| {
            std::thread::sleep(Duration::from_millis(5));
            Running::find(&mark, now, 5)
        });
        let found = found.as_mut().unwrap();
        assert_eq!(
            (found.launched().pid, found.poll(4), found.poll(5)),
            (running.launched().pid, None, Some(Ended::TimedOut))
        );
        assert_eq!(running.poll(8), None, "it is not ended");
        assert_eq!(running.poll(9), Some(Ended::TimedOut));
    }

    /// What a signal to its group does not reach is like what the kernel holds: it must be waited for by nobody.
    #[test]
    fn a_command_that_does_not_end_of_its_kill_is_over_at_once() {
        let script = "setpgrp(0, getpgrp(getppid())); $| = 1; print \"left\"; sleep 50";
        let command = ["perl", "-e", script].map(str::to_owned);
        let Ok(mut running) = Running::start(&command, &[], 1_000) else {
            return println!("skipped: no perl");
        };
        while running.printed.as_ref().is_some_and(|p| !p.text().0.contains("left")) {
            assert_eq!(running.poll(1), None);
            std::thread::sleep(Duration::from_millis(5));
        }
        let began = Instant::now();
        assert_eq!(running.poll(1_000), Some(Ended::TimedOut));
        assert!(began.elapsed() < Duration::from_secs(40), "nobody waited");
        while !running.is_gone() {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(running.poll(1_001), Some(Ended::TimedOut), "killed, whatever it said last");
    }
}
