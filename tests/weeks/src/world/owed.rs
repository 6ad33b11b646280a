//! For what a restart is owed, and within which time, by the table of faults; nothing here asks the judge.

use super::World;
use super::gateway::{Life, Mute};

/// The row of the table, and the time there is, milliseconds.
type Debt = Option<(&'static str, u64)>;

impl World {
    pub(super) fn restart_owed(&self, t: u64, i: u64) -> Debt {
        match self.gateway.life {
            Life::Gone => self.gone_owed(t, i),
            Life::Boot { done, closed } => self.boot_owed(done == u64::MAX, closed, t, i),
            Life::Drain { done } => self.drain_owed(done == u64::MAX, t, i),
            Life::Up => self.up_owed(t, i),
        }
    }

    /// Neither its process nor its owner is seen.
    fn blind(&self) -> bool {
        !self.plan.sees.process && !self.plan.sees.owner
    }

    /// Who sees nothing but probes tells neither hung from busy nor an idle machine from a full one; and on a full machine
    /// silence says little (row 34).
    fn patient_ms(&self, t: u64, i: u64) -> u64 {
        if self.pressed() || self.eyeless() { 4 * t + i } else { 0 }
    }

    /// Whether its event loop stands still.
    fn stuck(&self) -> bool {
        matches!(self.gateway.muted(self.now), Some(Mute::Frozen | Mute::Silent | Mute::Blocked))
    }

    fn gone_owed(&self, t: u64, i: u64) -> Debt {
        let stopped = self.around.operator_stopped > self.now;
        let unstartable = self.around.bad_config || self.stranger_there();
        let dies = self.around.crash_loop > self.now || self.around.config_broken > self.now;
        let memory = self.gateway.left.memory && self.memory_deaths_lately() > 1;
        if stopped || unstartable || dies || memory {
            return None;
        }
        // A port that is closed may be that of a boot (row 11): who sees neither process nor owner waits for it.
        Some(("6", if self.blind() { self.boots.grace_ms() + i } else { t + i }))
    }

    fn boot_owed(&self, endless: bool, closed: bool, t: u64, i: u64) -> Debt {
        let muted = self.gateway.muted(self.now);
        // A boot may wait for the network, which no restart brings back.
        if !(endless && muted.is_none() || self.stuck()) || !self.online() {
            return None;
        }
        // A silence amid the boot has its own time from its own beginning as well (rows 1, 4 and 8).
        let frozen = if muted == Some(Mute::Frozen) { self.gateway.frozen_since } else { 0 };
        let began = self.gateway.unserved_since.unwrap_or(self.now);
        let began = began.max(frozen).max(self.gateway.life_since);
        let late = if endless { began - self.gateway.life_since } else { 0 };
        let patient = self.patient_ms(t, i);
        let grace = self.boots.grace_ms();
        let own = match muted {
            Some(Mute::Frozen) if !self.eyeless() => t + i,
            Some(Mute::Blocked) => (2 * t + i).max(if self.eyeless() { patient + i } else { 0 }),
            Some(_) => (t + i).max(patient),
            // On a full machine it is not heard that the boot goes on.
            None if self.pressed() && !closed => grace + patient,
            None => 0,
        };
        Some(("12", (grace.max(t) + i).max(own + late)))
    }

    fn drain_owed(&self, endless: bool, t: u64, i: u64) -> Debt {
        let muted = self.gateway.muted(self.now);
        if !endless || !(muted.is_none() || self.stuck()) {
            return None;
        }
        // Who sees nothing but probes does not see whether the next boot is under way behind the silence.
        let boot = if self.stuck() && self.eyeless() { self.boots.grace_ms() } else { 0 };
        // A drain that fell silent before a look met it is known only when it speaks again.
        let late = self.gateway.heard_since.map_or(0, |at| at - self.gateway.life_since);
        // That it drains is seen late on a full machine.
        let limit = self.policy.drain_ms + i + boot + late + if self.pressed() { t } else { 0 };
        let full = self.pressed() && muted != Some(Mute::Frozen);
        let unheard = if full { self.policy.drain_ms + self.patient_ms(t, i) } else { 0 };
        Some(("15", limit.max(unheard)))
    }

    fn up_owed(&self, t: u64, i: u64) -> Debt {
        let muted = self.gateway.muted(self.now)?;
        let (row, limit) = self.mute_owed(muted, t, i)?;
        if !self.unseen() {
            return Some((row, limit));
        }
        // Nobody saw that it had started: it is given the time of a boot, which may wait for the network. Row 7 speaks of
        // what has been healthy, and without a network nothing is done (row 36).
        let waits = muted == Mute::Closed && !self.online();
        (!waits).then(|| (row, limit.max(self.boots.grace_ms() + i)))
    }

    fn mute_owed(&self, muted: Mute, t: u64, i: u64) -> Debt {
        let (patient, eyeless) = (self.patient_ms(t, i), self.eyeless());
        let sees = self.plan.sees;
        // Nor on a full machine, whose loops turn and are late with answers (row 34).
        let full = self.around.overload.max(self.around.swap) > self.now;
        Some(match muted {
            Mute::Frozen => ("1", (t + i).max(if eyeless { patient } else { 0 })),
            Mute::Silent => ("8", (t + i).max(patient)),
            Mute::Unheard if !self.tells_unheard() || full => return None,
            Mute::Unheard => ("8", (t + i).max(patient)),
            // Work is seen on a full machine, too.
            Mute::Blocked => ("4", (2 * t + i).max(if eyeless { patient + i } else { 0 })),
            // Seen from outside alone, bytes that come are progress: that is told, and is no reason (row 9).
            Mute::Drip { beats: false } if sees.process || sees.heartbeat => ("9", 2 * t + i),
            // A file that changed may have named another port: then it is told.
            Mute::Closed if self.elsewhere() => return None,
            Mute::Closed if self.blind() => ("7", self.boots.grace_ms() + i),
            Mute::Closed => ("7", t + i),
            Mute::Drip { .. } | Mute::Garbage => return None,
        })
    }
}
