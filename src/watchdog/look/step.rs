//! A part of a look that the kernel may hold for ever: a file on a disk that is gone, the memory of a process that is. It
//! runs on a thread of its own and has a deadline; what it does not tell in time is not told. While it hangs it is not
//! begun again, so there is one thread of each kind at most, and the look goes on without it.

use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;
use std::time::Duration;

const STACK_BYTES: usize = 512 * 1024;

/// One kind of them.
#[derive(Debug)]
pub(super) struct Step {
    name: &'static str,
    /// Hears from the one that was late.
    hangs: Option<Receiver<()>>,
}

impl Step {
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, hangs: None }
    }

    /// What `part` gives within the deadline.
    pub(super) fn ask<T: Send + 'static>(
        &mut self,
        deadline: Duration,
        part: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        if self.hangs.as_ref().is_some_and(|end| end.try_recv() == Err(TryRecvError::Empty)) {
            return None;
        }
        let (sender, told) = channel();
        let (ending, end) = channel();
        let begun =
            thread::Builder::new().name(self.name.to_owned()).stack_size(STACK_BYTES).spawn(move || {
                let value = part();
                // Nobody waits any more for what is late: it would tell of another time.
                let _ = sender.send(value);
                drop(ending);
            });
        begun.ok()?;
        let value = told.recv_timeout(deadline).ok();
        self.hangs = value.is_none().then_some(end);
        value
    }
}

/// The kinds.
#[derive(Debug)]
pub(super) struct Steps {
    pub config: Step,
    pub heartbeat: Step,
    pub process: Step,
    pub machine: Step,
    pub disk: Step,
    pub tokens: Step,
    pub hold: Step,
    pub copy: Step,
}

impl Default for Steps {
    fn default() -> Self {
        Self {
            config: Step::new("config"),
            heartbeat: Step::new("heartbeat"),
            process: Step::new("process"),
            machine: Step::new("machine"),
            disk: Step::new("disk"),
            tokens: Step::new("tokens"),
            hold: Step::new("hold"),
            copy: Step::new("copy"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn what_hangs_is_not_told_and_not_begun_again_until_it_came_back() {
        let mut step = Step::new("test");
        let begun = Arc::new(AtomicU32::new(0));
        let (release, released) = channel::<()>();
        let (count, long) = (begun.clone(), Duration::from_secs(60));
        let hangs = move || {
            count.fetch_add(1, Ordering::SeqCst);
            let _ = released.recv();
            1
        };
        assert_eq!(step.ask(Duration::from_millis(20), hangs), None);
        for _ in 0..50 {
            let count = begun.clone();
            assert_eq!(step.ask(long, move || count.fetch_add(1, Ordering::SeqCst)), None, "at once");
        }
        assert!(begun.load(Ordering::SeqCst) <= 1);
        drop(release);
        let back = (0..1_000).find_map(|_| {
            thread::sleep(Duration::from_millis(10));
            step.ask(long, || 2)
        });
        assert_eq!(back, Some(2));
    }

    #[test]
    fn one_that_dies_is_asked_again() {
        let mut step = Step::new("test");
        let long = Duration::from_secs(60);
        assert_eq!(step.ask::<u32>(long, || std::panic::resume_unwind(Box::new(()))), None);
        let again = (0..1_000).find_map(|_| {
            // Its thread may not have ended yet.
            thread::sleep(Duration::from_millis(1));
            step.ask(long, || 3)
        });
        assert_eq!(again, Some(3));
    }
}
