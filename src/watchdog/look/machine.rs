//! The machine, and who else is at work on it.

use super::Eyes;
use super::pace::due;
use crate::watchdog::observation::Observation;
use crate::watchdog::{clock, guardians, os};

impl Eyes {
    pub(super) fn see_machine(&mut self, doubt: bool, seen: &mut Observation) {
        let now = clock::monotonic_ms();
        let pace = &self.settings.pace;
        seen.machine = os::pressure();
        seen.machine.oom_kills = self.kills.read(seen.process.as_ref().map(|p| p.pid));
        seen.machine.oom_kills_of_all = self.kills.of_all();
        let place = &self.settings.place;
        seen.machine.disk_free_bytes = os::free_bytes(&place.state_dir);
        let every = if doubt || self.disk_full { pace.often_ms } else { pace.rarely_ms };
        let none_left = seen.machine.disk_free_bytes == Some(0);
        if self.writes && (due(&mut self.due.room, every, now) || none_left != self.disk_full) {
            self.disk_full = os::is_full(&place.own_dir());
        }
        seen.machine.disk_full = self.disk_full || none_left;
    }

    pub(super) fn see_guardians(&mut self, doubt: bool, seen: &mut Observation) {
        let now = clock::monotonic_ms();
        let pace = &self.settings.pace;
        // A silent gateway may be what another one is just restarting.
        let every = if doubt && !seen.live() { pace.often_ms } else { pace.rarely_ms };
        if due(&mut self.due.guardians, every, now) {
            self.guardians = guardians::find(seen.process.as_ref().map(|p| p.pid));
        }
        seen.guardians.clone_from(&self.guardians);
    }
}
