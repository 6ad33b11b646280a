//! Right and wrong, by what is true in the world and by the table of faults; nothing here asks the judge.

use super::gateway::{Life, Mute};
use super::plan::Ill;
use super::{Stranger, World};
use auto_session_manager::watchdog::alert::Code;

/// Something that has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owed {
    Restart(&'static str),
    Channel(usize),
    Alert(Code),
}

/// After an act of its own a watchdog may rest so long: the wait for the new boot, its channels, the longest delay, and
/// a whole new silence.
pub const REST_MS: u64 = 1_100_000;
/// What was told is not told again for so long.
const TOLD_MS: u64 = 2_400_000;

impl World {
    pub fn online(&self) -> bool {
        self.network_down <= self.now && !(self.plan.proxied && self.proxy_down > self.now)
    }

    fn stranger_there(&self) -> bool {
        matches!(self.stranger, Stranger::Answers(until) | Stranger::Silent(until) if until > self.now)
    }

    /// How long nobody has been served, milliseconds.
    fn unserved_ms(&self) -> u64 {
        self.gateway.unserved_since.map_or(0, |at| self.now - at)
    }

    /// Why a restart now would be wrong; none: it is right.
    pub fn restart_wrong(&self) -> Option<&'static str> {
        let (t, unserved) = (self.policy.timeout_ms, self.unserved_ms());
        if self.hold > self.now {
            return Some("somebody works on it");
        }
        if self.guardian > self.now {
            return Some("another one restarts it");
        }
        let since = self.now - self.gateway.life_since;
        // A stop amid a restart of its own may have been the restart's.
        let amid = self.last_act.is_some_and(|at| self.gateway.started < at);
        match self.gateway.life {
            Life::Gone if self.operator_stopped > self.now && !amid => Some("stopped on purpose"),
            Life::Gone if self.bad_config => Some("its configuration is broken"),
            Life::Gone if self.stranger_there() && self.plan.sees.port => Some("a stranger holds the port"),
            Life::Gone
                if self.gateway.left.memory && self.memory_deaths_lately() > 1 && self.plan.sees.owner =>
            {
                Some("killed for memory again")
            }
            Life::Gone => (unserved < t).then_some("gone for too short a time"),
            Life::Boot { .. } | Life::Drain { .. }
                if self.gateway.muted(self.now).is_some() && unserved >= t =>
            {
                None
            }
            // Behind a closed port, where nothing but probes can be seen, it looks as dead as what was before it.
            Life::Boot { closed: true, .. } if self.eyeless() && unserved >= self.policy.grace_ms => None,
            Life::Boot { .. } => (since < self.policy.grace_ms).then_some("it is starting"),
            Life::Drain { .. } => (since < self.policy.drain_ms).then_some("it is draining"),
            Life::Up => self.up_wrong(t, unserved),
        }
    }

    fn up_wrong(&self, t: u64, unserved: u64) -> Option<&'static str> {
        match self.gateway.muted(self.now) {
            Some(Mute::Frozen | Mute::Silent | Mute::Closed) => {
                (unserved < t).then_some("silent for too short a time")
            }
            Some(Mute::Blocked) => (unserved < 2 * t).then_some("busy"),
            Some(Mute::Drip { beats: true }) => Some("its event loop turns"),
            Some(Mute::Drip { beats: false }) => (unserved < t).then_some("slow for too short a time"),
            Some(Mute::Garbage) => Some("something else answers"),
            None if !self.online() => Some("only the network is down"),
            None => {
                // It took a moment to be seen that it got well.
                let helped = |a: &super::gateway::Account| {
                    a.cures >= 2
                        && matches!(a.ill, Some((Ill::Hang(_), until)) if until.saturating_add(120_000) > self.now)
                };
                (!self.accounts.iter().any(helped)).then_some("it is well")
            }
        }
    }

    fn memory_deaths_lately(&self) -> usize {
        self.memory_deaths.iter().filter(|at| self.now - **at < self.policy.window_ms).count()
    }

    /// Why stopping and starting this channel now would be wrong.
    pub fn cure_wrong(&self, n: usize) -> Option<&'static str> {
        if !self.online() {
            return Some("the network is down");
        }
        if self.hold > self.now || self.guardian > self.now {
            return Some("somebody else is at it");
        }
        match self.accounts.get(n).and_then(|a| a.illness(self.now)) {
            Some(Ill::Hang(_) | Ill::Fails(_)) => None,
            // It took a moment to be seen that it got well.
            None => (self.now - self.last_ill.get(n).copied().unwrap_or(0) > 120_000)
                .then_some("the channel is well"),
            Some(_) => Some("a cure does not help against this"),
        }
    }

    /// Everything that has to be done by now's state, with the time there is for it, milliseconds. Empty while the
    /// watchdog cannot, may not or need not do anything.
    pub fn owed(&self) -> Vec<(Owed, u64)> {
        let mut all = Vec::new();
        if self.hold > self.now {
            return all;
        }
        let (t, i) = (self.policy.timeout_ms, self.policy.interval_ms);
        let told =
            |code| self.told.get(&code).is_some_and(|at| self.now - at < TOLD_MS || self.standing(code));
        let mut alert = |holds: bool, code: Code, limit: u64| {
            if holds && !told(code) {
                all.push((Owed::Alert(code), limit));
            }
        };
        let gone = self.gateway.life == Life::Gone;
        let serves = self.gateway.serves(self.now);
        let sees = self.plan.sees;
        alert(self.guardian > self.now, Code::Guardian, i);
        alert(gone && self.bad_config, Code::ConfigRefused, t + i);
        let taken = gone && self.stranger_there() && sees.port && sees.process && !self.bad_config;
        alert(taken, Code::PortTaken, t + i);
        alert(self.gateway.muted(self.now) == Some(Mute::Garbage), Code::Stranger, t + i);
        let slow = if self.pressed() { 4 * t } else { 0 };
        alert(serves && self.breaker > self.now, Code::Breaker, t + i + slow);
        alert(self.disk_full > self.now && sees.machine, Code::DiskFull, t + i);
        let proxy = self.plan.proxied && self.proxy_down > self.now && self.network_down <= self.now;
        let moving = self.accounts.iter().any(|a| a.illness(self.now).is_none());
        alert(proxy && serves && sees.channels && moving && self.breaker <= self.now, Code::ProxyDown, t + i);
        if self.guardian <= self.now && !self.resting() {
            if let Some((row, limit)) = self.restart_owed(t, i) {
                all.push((Owed::Restart(row), limit));
            }
            if serves && sees.channels && self.online() && self.breaker <= self.now && !self.pressed() {
                self.channels_owed(t, i, &mut all);
            }
        }
        all
    }

    fn eyeless(&self) -> bool {
        let sees = self.plan.sees;
        !sees.process && !sees.owner && !sees.port && !sees.heartbeat
    }

    /// Whether the machine is so busy, or was not long ago, that a watchdog is more patient.
    fn pressed(&self) -> bool {
        self.overload.max(self.swap) + 4 * self.policy.timeout_ms > self.now
    }

    /// Whether an act of its own is still at work, or a person has been called.
    fn resting(&self) -> bool {
        self.called || self.command.is_some() || self.last_act.is_some_and(|at| self.now - at < REST_MS)
    }

    fn restart_owed(&self, t: u64, i: u64) -> Option<(&'static str, u64)> {
        let blind = !self.plan.sees.process && !self.plan.sees.owner;
        let eyeless = self.eyeless();
        let patient = if self.pressed() || eyeless { 4 * t + i } else { 0 };
        // A boot is seen to end up to an interval late.
        let grace =
            (self.longest_boot + i).saturating_mul(2).clamp(self.policy.grace_ms, self.policy.grace_most_ms);
        let muted = self.gateway.muted(self.now);
        match self.gateway.life {
            Life::Gone if self.operator_stopped > self.now || self.bad_config || self.stranger_there() => {
                None
            }
            Life::Gone if self.crash_loop > self.now || self.config_broken > self.now => None,
            Life::Gone if self.gateway.left.memory && self.memory_deaths_lately() > 1 => None,
            Life::Gone if blind => Some(("6", grace + 2 * i)),
            Life::Gone => Some(("6", t + i)),
            Life::Boot { done: u64::MAX, .. } if self.online() && muted != Some(Mute::Garbage) => {
                Some(("12", grace.max(t) + 2 * i))
            }
            Life::Boot { .. } => None,
            Life::Drain { done: u64::MAX } if muted.is_none() => {
                Some(("15", self.policy.drain_ms + i + if self.pressed() { t } else { 0 }))
            }
            Life::Drain { .. } => None,
            Life::Up => {
                let (row, limit) = match muted? {
                    Mute::Frozen => ("1", (t + i).max(if eyeless { patient } else { 0 })),
                    Mute::Silent => ("8", (t + i).max(patient)),
                    Mute::Blocked => ("4", (2 * t + i).max(patient + i)),
                    Mute::Drip { beats: false } if self.plan.sees.process || self.plan.sees.heartbeat => {
                        ("9", (2 * t + i).max(patient))
                    }
                    Mute::Drip { .. } | Mute::Garbage | Mute::Closed => return None,
                };
                // Nobody saw that it had started: it is given the time of a boot.
                let unseen = self.gateway.unserved_since.is_some_and(|at| at < self.gateway.life_since + i);
                Some((row, if unseen { limit.max(grace + 2 * i) } else { limit }))
            }
        }
    }

    fn channels_owed(&self, t: u64, i: u64, all: &mut Vec<(Owed, u64)>) {
        for (n, a) in self.accounts.iter().enumerate() {
            let told =
                |code| self.told.get(&code).is_some_and(|at| self.now - at < TOLD_MS || self.standing(code));
            match a.illness(self.now) {
                // A transport whose rhythm is not known cannot be called stale.
                Some(Ill::Hang(_)) if a.channel == "telegram" && self.moved_in_boot(n) => {
                    let cured = a.cures > 0 || told(Code::ChannelDown);
                    (!cured).then(|| all.push((Owed::Channel(n), t + 2 * i)));
                }
                Some(Ill::Fails(_)) if a.cures == 0 && !told(Code::ChannelDown) => {
                    all.push((Owed::Channel(n), t + 2 * i));
                }
                Some(Ill::Unauthorized | Ill::Conflict) if !told(Code::ChannelRefused) => {
                    all.push((Owed::Alert(Code::ChannelRefused), t + 2 * i));
                }
                _ => {}
            }
        }
    }

    /// Whether the watchdog can have seen this transport move in this boot.
    fn moved_in_boot(&self, n: usize) -> bool {
        let ill = self.accounts.get(n).map_or(0, |a| a.ill_since);
        ill > self.gateway.started + 240_000
    }

    /// Whether what was told has not been called over.
    fn standing(&self, code: Code) -> bool {
        self.told_standing.contains(&code)
    }
}
