//! Signs of life while the loop goes round and its looks come to an end.

use super::Notifier;

/// A look that takes longer has come to hang: the supervisor is to start us anew. Every step of a look has a deadline of
/// its own, and all of them together stay far below.
const LONGEST_LOOK_MS: u64 = 600_000;

/// What the loop tells its supervisor.
#[derive(Debug, Default)]
pub struct Life {
    notifier: Notifier,
    next_sign_ms: u64,
    look_began_ms: Option<u64>,
}

impl Life {
    /// Watching has begun.
    #[must_use]
    pub fn begin(notifier: Notifier) -> Self {
        notifier.ready();
        Self { notifier, ..Self::default() }
    }

    pub fn look_began(&mut self, now: u64) {
        self.look_began_ms = Some(now);
    }

    /// `text`: the judgement, for `systemctl status`.
    pub fn look_ended(&mut self, text: &str) {
        self.look_began_ms = None;
        self.notifier.status(text);
    }

    /// The loop goes round: gives a sign where one is due. Gives how long the loop may wait at most.
    pub fn turn(&mut self, now: u64) -> u64 {
        let Some(every) = self.notifier.every_ms() else { return u64::MAX };
        let hangs = self.look_began_ms.is_some_and(|at| now.saturating_sub(at) > LONGEST_LOOK_MS);
        if now >= self.next_sign_ms && !hangs {
            self.notifier.alive();
            self.next_sign_ms = now.saturating_add(every / 2);
        }
        (every / 2).max(1)
    }

    /// The loop has ended.
    pub fn end(&self) {
        self.notifier.stopping();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixDatagram;

    #[test]
    fn a_look_that_hangs_ends_the_signs() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("n");
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_nonblocking(true).unwrap();
        let path = path.display().to_string();
        let env = |name: &str| match name {
            "NOTIFY_SOCKET" => Some(path.clone()),
            "WATCHDOG_USEC" => Some("1000000".to_owned()),
            _ => None,
        };
        let count = || std::iter::from_fn(|| socket.recv(&mut [0; 64]).ok()).count();
        let mut life = Life::begin(Notifier::of_env(&env));
        assert_eq!((life.turn(1_000), count()), (250, 2));
        life.turn(1_100);
        assert_eq!(count(), 0, "not before it is due");
        life.look_began(1_100);
        life.turn(LONGEST_LOOK_MS);
        assert_eq!(count(), 1);
        life.turn(LONGEST_LOOK_MS + 2_000);
        assert_eq!(count(), 0);
        life.look_ended("healthy");
        life.turn(LONGEST_LOOK_MS + 3_000);
        assert_eq!(count(), 2);
    }
}
