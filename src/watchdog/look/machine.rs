//! The machine, and who else is at work on it.

use super::Eyes;
use super::pace::due;
use crate::watchdog::observation::Observation;
use crate::watchdog::{clock, guardians, os};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

const STACK_BYTES: usize = 512 * 1024;

impl Eyes {
    pub(super) fn see_machine(&mut self, seen: &mut Observation) {
        let (mut kills, pid) = (self.kills.clone(), seen.process.as_ref().map(|p| p.pid));
        let told = self.steps.machine.ask(self.files_deadline(), move || {
            let mut machine = os::pressure();
            machine.oom_kills = kills.read(pid);
            machine.oom_kills_of_all = kills.of_all();
            (machine, kills)
        });
        if let Some((machine, kills)) = told {
            (seen.machine, self.kills) = (machine, kills);
        }
    }

    pub(super) fn see_disk(&mut self, doubt: bool, seen: &mut Observation) {
        let pace = &self.settings.pace;
        let every = if doubt || self.disk_full { pace.often_ms } else { pace.rarely_ms };
        let asked = due(&mut self.due.room, every, clock::monotonic_ms());
        let (place, writes, full) = (self.settings.place.clone(), self.writes, self.disk_full);
        let told = self.steps.disk.ask(self.files_deadline(), move || {
            let free = os::free_bytes(&place.state_dir);
            let tries = writes && (asked || (free == Some(0)) != full);
            (free, if tries { os::is_full(&place.own_dir()) } else { full })
        });
        if let Some((free, full)) = told {
            self.disk_full = full;
            seen.machine.disk_free_bytes = free;
        }
        seen.machine.disk_full = self.disk_full || seen.machine.disk_free_bytes == Some(0);
    }

    /// Has others that restart the gateway looked for beside the look: tools of the system's may hang.
    pub(super) fn ask_for_guardians(&mut self, doubt: bool) {
        let pace = &self.settings.pace;
        // A silent gateway may be what another one is just restarting.
        let every = if doubt { pace.often_ms } else { pace.rarely_ms };
        if self.seeking.is_some() || !due(&mut self.due.guardians, every, clock::monotonic_ms()) {
            return;
        }
        let ours = guardians::Ours::of(&self.settings, self.gateway.process.map(|(pid, _)| pid));
        let until = Instant::now() + Duration::from_millis(pace.answer_ms);
        let (sender, found) = channel();
        let begun =
            thread::Builder::new().name("guardians".to_owned()).stack_size(STACK_BYTES).spawn(move || {
                // A look that is over needs none.
                let _ = sender.send(guardians::find(&ours, until));
            });
        self.seeking = begun.ok().map(|_| (until, found));
    }

    /// Takes them in, waiting no longer than the tools have; what is late is there for the next look.
    pub(super) fn see_guardians(&mut self, seen: &mut Observation) {
        if let Some((until, found)) = &self.seeking {
            match found.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(guardians) => {
                    self.guardians = guardians;
                    self.seeking = None;
                }
                Err(RecvTimeoutError::Disconnected) => self.seeking = None,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
        seen.guardians.clone_from(&self.guardians);
    }
}
