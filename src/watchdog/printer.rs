//! What `run` prints. Whoever reads it may have stopped (a terminal held by Ctrl-S, a pipe that nobody empties), and then
//! every write waits: so a thread of its own writes, from a queue with an end. What does not fit is dropped and counted;
//! the log file has it all the same.

use std::fmt::Display;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// Lines that wait at most.
const MOST_WAITING: usize = 512;
/// How long the end waits for lines that are still to be written.
const LAST_MS: u64 = 1_000;
const STACK_BYTES: usize = 128 * 1024;

/// Where a line goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    Out,
    Err,
}

/// Prints lines in order, and never waits.
#[derive(Debug)]
pub struct Printer {
    lines: Option<SyncSender<(To, String)>>,
    dropped: Arc<AtomicU64>,
    ended: Receiver<()>,
}

impl Printer {
    /// `write` may wait as long as it likes; `told` makes a line of a number of lines that were dropped.
    pub fn new(
        write: impl FnMut(To, &str) + Send + 'static,
        told: impl Fn(u64) -> String + Send + 'static,
    ) -> Self {
        let (lines, given) = sync_channel(MOST_WAITING);
        let (ending, ended) = sync_channel(1);
        let dropped = Arc::new(AtomicU64::new(0));
        let counted = dropped.clone();
        let begun =
            thread::Builder::new().name("print".to_owned()).stack_size(STACK_BYTES).spawn(move || {
                print(&given, write, told, &counted);
                // Whoever waits for the end hears of it; nobody has to.
                let _ = ending.send(());
            });
        Self { lines: begun.is_ok().then_some(lines), dropped, ended }
    }

    /// Has a line printed, or counts it.
    pub fn print(&self, to: To, line: String) {
        let taken = self.lines.as_ref().is_some_and(|lines| lines.try_send((to, line)).is_ok());
        if !taken {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn print(
    given: &Receiver<(To, String)>,
    mut write: impl FnMut(To, &str),
    told: impl Fn(u64) -> String,
    dropped: &AtomicU64,
) {
    for (to, line) in given {
        write(to, &line);
        let missing = dropped.swap(0, Ordering::Relaxed);
        if missing > 0 {
            write(To::Out, &told(missing));
        }
    }
}

impl Drop for Printer {
    /// What waits is still written, by a reader that reads.
    fn drop(&mut self) {
        self.lines = None;
        let _ = self.ended.recv_timeout(Duration::from_millis(LAST_MS));
    }
}

/// Writes to where the process' output goes. Whoever read it may be gone; watching goes on.
pub fn to_process(to: To, line: &str) {
    let _ = match to {
        To::Out => writeln!(std::io::stdout(), "{line}").and_then(|()| std::io::stdout().flush()),
        To::Err => writeln!(std::io::stderr(), "{line}"),
    };
}

/// A line of a command's. Whoever read it may be gone (`status | head`), and its exit code still counts.
pub fn out(line: impl Display) {
    to_process(To::Out, &line.to_string());
}

/// What is wrong, under our own name.
pub fn complain(text: impl Display) {
    to_process(To::Err, &format!("asm-watchdog: {text}"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn a_reader_that_has_stopped_holds_up_nobody_and_hears_what_it_missed() {
        let (written, lines) = channel();
        let (go_on, gate) = channel::<()>();
        let write = move |_: To, line: &str| {
            let _ = gate.recv();
            let _ = written.send(line.to_owned());
        };
        let printer = Printer::new(write, |n| format!("{n} missing"));
        for n in 0..2_000 {
            printer.print(To::Out, format!("line {n}"));
        }
        drop(go_on);
        let all: Vec<String> = lines.iter().take(MOST_WAITING + 1).collect();
        assert_eq!(all[0], "line 0");
        let missing: u64 = all[1].strip_suffix(" missing").unwrap().parse().unwrap();
        // One may be in the writer's hands besides those that wait.
        assert!(missing + 512 == 2_000 || missing + 513 == 2_000, "{missing}");
        assert_eq!(all[2], "line 1", "in order");
        printer.print(To::Out, "last".to_owned());
        drop(printer);
        assert_eq!(lines.iter().last().as_deref(), Some("last"), "the end waits for what is written");
    }
}
