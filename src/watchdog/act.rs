//! Runs the owner's restart command and the escalation command: no shell, own process group, a deadline, output to a
//! bounded file.
//!
//! The output is a file and not a pipe, so that a command outlives a watchdog that is killed meanwhile.

use super::process;
use super::state::Ended;
use super::store::Launched;
use rustix::process::{Pid, Signal, kill_process_group};
use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Beyond this a command's output so far is dropped.
const MOST_OUTPUT: u64 = 262_144;

/// A command on its way.
#[derive(Debug)]
pub struct Running {
    child: Option<Child>,
    launched: Launched,
    output: Option<PathBuf>,
}

impl Running {
    /// Starts `command` with `env` added to the environment; output is appended to `output`, or dropped.
    ///
    /// # Errors
    /// Why it could not be started.
    pub fn start(
        command: &[String],
        env: &[(&str, String)],
        output: Option<&Path>,
        deadline_ms: u64,
    ) -> io::Result<Self> {
        let (program, arguments) =
            command.split_first().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        let out = || output.map_or(Ok(Stdio::null()), append_to);
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
            output: output.map(Path::to_owned),
        })
    }

    /// Takes over the command of a watchdog that is gone.
    #[must_use]
    pub fn adopt(launched: Launched) -> Self {
        Self { child: None, launched, output: None }
    }

    /// What to remember of it.
    #[must_use]
    pub fn launched(&self) -> Launched {
        self.launched.clone()
    }

    /// How it ended, if it did; past its deadline its whole group is killed.
    pub fn poll(&mut self, now_ms: u64) -> Option<Ended> {
        self.bound_output();
        if let Some(how) = self.ended() {
            return Some(how);
        }
        if now_ms < self.launched.deadline_ms {
            return None;
        }
        self.kill();
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
            let _ = child.wait();
        }
    }

    fn bound_output(&self) {
        let Some(path) = &self.output else { return };
        let big = path.metadata().is_ok_and(|m| m.len() > MOST_OUTPUT);
        if big && let Ok(file) = OpenOptions::new().write(true).open(path) {
            // The command appends, so it goes on at the new end.
            let _ = file.set_len(0);
        }
    }
}

fn append_to(path: &Path) -> io::Result<Stdio> {
    let mut options = OpenOptions::new();
    Ok(options.append(true).create(true).mode(0o600).open(path)?.into())
}
