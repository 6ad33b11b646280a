//! What has to be done, by what is true in the world and by the table of faults; nothing here asks the judge.

use super::gateway::{Life, Mute};
use super::plan::Ill;
use super::{Kind, Stranger, World};
use auto_session_manager::watchdog::alert::Code;

/// Something that has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owed {
    Restart(&'static str),
    Channel(usize),
    /// That its provider refuses this channel, whatever is told of another one.
    Refused(usize),
    Alert(Code),
    /// That what was told is over.
    Over,
}

/// So long what is down may be so by a restart of ours.
pub const REST_MS: u64 = 1_100_000;
/// Between the end of an illness and the look that shows it: the gateway is asked for its channels once a minute, and the
/// look before may have been the last before the minute.
pub const SEEN_MS: u64 = 120_000;
/// By the budget: so many attempts, each with its silence, its command, its verification and its delay.
const BUDGET_MS: u64 = 3_600_000;
/// What was told is not told again for so long.
const TOLD_MS: u64 = 2_400_000;

impl World {
    pub fn online(&self) -> bool {
        self.network_down <= self.now && !(self.plan.proxied && self.proxy_down > self.now)
    }

    pub(super) fn stranger_there(&self) -> bool {
        matches!(self.stranger, Stranger::Answers(until) | Stranger::Silent(until) if until > self.now)
    }

    /// How long nobody has been served, milliseconds.
    pub(super) fn unserved_ms(&self) -> u64 {
        self.gateway.unserved_since.map_or(0, |at| self.now - at)
    }

    /// Everything that has to be done by now's state, with the time there is for it, milliseconds. Empty while the
    /// watchdog cannot, may not or need not do anything.
    pub fn owed(&self) -> Vec<(Owed, u64)> {
        let mut all = Vec::new();
        if self.hold > self.now {
            return all;
        }
        let (t, i) = (self.policy.timeout_ms, self.policy.interval_ms);
        let told = |code| self.has_told(|of, _| of == code);
        let mut alert = |holds: bool, code: Code, limit: u64| {
            if holds && !told(code) {
                all.push((Owed::Alert(code), limit));
            }
        };
        let gone = self.gateway.life == Life::Gone;
        let serves = self.gateway.serves(self.now);
        let sees = self.plan.sees;
        let bad_config = self.bad_config || self.config_broken > self.now;
        alert(self.guardian > self.now, Code::Guardian, i);
        // Of two reasons that no restart changes the nearer is told: who has the port.
        let taken = gone && self.stranger_there();
        alert(gone && bad_config && !taken && self.operator_stopped <= self.now, Code::ConfigRefused, t + i);
        alert(taken && sees.port, Code::PortTaken, t + i);
        let answers = matches!(self.stranger, Stranger::Answers(_));
        let garbage = self.gateway.muted(self.now) == Some(Mute::Garbage) || taken && !sees.port && answers;
        alert(garbage, Code::Stranger, t + i);
        // What an overloaded machine answers too late is not seen.
        let slow = if self.pressed() { 4 * t } else { 0 };
        alert(serves && self.breaker > self.now, Code::Breaker, t + i + slow);
        alert(self.disk_full > self.now && sees.machine, Code::DiskFull, t + i);
        let proxy = self.plan.proxied && self.proxy_down > self.now && self.network_down <= self.now;
        alert(proxy && serves && self.breaker <= self.now, Code::ProxyDown, t + i + slow);
        let memory = gone && self.gateway.left.memory && self.memory_deaths_lately() > 1;
        let explained = bad_config || self.stranger_there() || self.operator_stopped > self.now;
        alert(memory && !explained && (sees.owner || sees.machine), Code::OutOfMemory, t + i);
        alert(self.lost(), Code::RestartUseless, BUDGET_MS);
        let elsewhere = self.gateway.life == Life::Up && self.elsewhere() && sees.heartbeat;
        alert(elsewhere && !self.resting(), Code::NoAnswerBeating, 2 * t + i);
        let drips = self.eyeless() && matches!(self.gateway.muted(self.now), Some(Mute::Drip { .. }));
        let drips = drips && self.gateway.life == Life::Up && !self.unseen();
        // A condition of its own, that begins at the look that meets it and is told at one.
        alert(drips && !self.resting(), Code::NoAnswerBeating, 2 * t + 2 * i);
        let useless = self.told_standing.iter().any(|(code, _)| *code == Code::RestartUseless);
        if useless && serves && !self.pressed() {
            // One that died young is not known to live before it is old enough.
            all.push((Owed::Over, self.policy.short_life_ms + self.policy.stable_ms + 2 * i));
        }
        if self.guardian <= self.now && !self.resting() {
            if let Some((row, limit)) = self.restart_owed(t, i) {
                all.push((Owed::Restart(row), limit));
            }
            if serves && sees.channels && self.online() && self.breaker <= self.now {
                self.channels_owed(t, i, slow, &mut all);
            }
        }
        all
    }

    /// Whether restarting does not help, or would not: a person has to be called (rows 25 to 28).
    fn lost(&self) -> bool {
        if self.called || self.guardian > self.now || !self.online() {
            return false;
        }
        let explained = self.bad_config
            || self.config_broken > self.now
            || self.stranger_there()
            || self.operator_stopped > self.now
            || self.gateway.left.memory;
        match self.gateway.life {
            Life::Gone if explained => false,
            _ if self.crash_loop > self.now => true,
            Life::Gone | Life::Boot { done: u64::MAX, .. } | Life::Drain { done: u64::MAX } => {
                // Seen from outside alone, bytes that come are progress (row 9: a restart only where there is none), and
                // told as such.
                match self.gateway.muted(self.now) {
                    Some(Mute::Garbage | Mute::Unheard | Mute::Drip { beats: true }) => false,
                    Some(Mute::Drip { .. }) => !self.eyeless(),
                    _ => true,
                }
            }
            // A file that changed may have named another port: that is told instead.
            _ if self.elsewhere() => false,
            _ => {
                let muted = self.gateway.muted(self.now);
                let deaf = muted == Some(Mute::Unheard) && self.tells_unheard();
                deaf || matches!(muted, Some(Mute::Frozen | Mute::Silent | Mute::Blocked | Mute::Closed))
            }
        }
    }

    /// Whether a port that says nothing is told from a full machine, if its loop is seen to turn.
    fn tells_unheard(&self) -> bool {
        !self.plan.sees.heartbeat || self.plan.sees.machine
    }

    /// Whether its port is closed, and may be another one since its file was changed.
    fn elsewhere(&self) -> bool {
        self.gateway.muted(self.now) == Some(Mute::Closed) && self.config_broken > self.now
    }

    /// Whether it is up and nobody has seen that.
    fn unseen(&self) -> bool {
        let soon = self.gateway.life_since + self.policy.interval_ms;
        self.gateway.unserved_since.is_some_and(|at| at < soon)
    }

    pub(super) fn eyeless(&self) -> bool {
        let sees = self.plan.sees;
        !sees.process && !sees.owner && !sees.port && !sees.heartbeat
    }

    /// Whether the machine is so busy, or was while a silence may have begun, that a watchdog is more patient.
    fn pressed(&self) -> bool {
        self.overload.max(self.swap) + 4 * self.policy.timeout_ms > self.now
    }

    /// Whether an act of its own is still at work, or a person has been called: the command, the time in which its boot
    /// has to come and its channels have to move, and the longest delay before the next one. What is the matter then has a
    /// whole new silence.
    fn resting(&self) -> bool {
        if self.called || self.command.is_some() {
            return true;
        }
        let Some(at) = self.last_act else { return false };
        let p = &self.policy;
        let born = self.gateway.started > at;
        let since = self.command_ended.max(self.watching_from);
        let since = match self.gateway.life {
            Life::Boot { .. } if born => since.max(self.gateway.life_since + self.grace()),
            _ => since,
        };
        let channels = if born && !self.accounts.is_empty() { p.stale_ms } else { 0 };
        let delay = (p.backoff_ms << self.last_attempt.saturating_sub(1).min(8)).min(p.backoff_cap_ms);
        self.now < since + p.verify_ms + channels + delay
    }

    /// A boot is taken to have begun up to an interval before it was seen, and is seen to end half an interval late: the
    /// grace learned is twice that.
    fn grace(&self) -> u64 {
        let i = self.policy.interval_ms;
        let learned = (self.longest_boot + i + i / 2).saturating_mul(2);
        learned.clamp(self.policy.grace_ms, self.policy.grace_most_ms)
    }

    fn restart_owed(&self, t: u64, i: u64) -> Option<(&'static str, u64)> {
        let blind = !self.plan.sees.process && !self.plan.sees.owner;
        let eyeless = self.eyeless();
        // Who sees nothing but probes tells neither hung from busy nor an idle machine from a full one; and on a full
        // machine silence says little (row 34).
        let patient = if self.pressed() || eyeless { 4 * t + i } else { 0 };
        let grace = self.grace();
        let muted = self.gateway.muted(self.now);
        let stuck = matches!(muted, Some(Mute::Frozen | Mute::Silent | Mute::Blocked));
        match self.gateway.life {
            Life::Gone if self.operator_stopped > self.now || self.bad_config || self.stranger_there() => {
                None
            }
            Life::Gone if self.crash_loop > self.now || self.config_broken > self.now => None,
            Life::Gone if self.gateway.left.memory && self.memory_deaths_lately() > 1 => None,
            // A port that is closed may be that of a boot (row 11): who sees neither process nor owner waits for it.
            Life::Gone if blind => Some(("6", grace + i)),
            Life::Gone => Some(("6", t + i)),
            // A boot may wait for the network, which no restart brings back.
            Life::Boot { done, closed }
                if (done == u64::MAX && muted.is_none() || stuck) && self.online() =>
            {
                // A silence amid the boot has its own time from its own beginning as well (rows 1, 4 and 8).
                let frozen = if muted == Some(Mute::Frozen) { self.gateway.frozen_since } else { 0 };
                let began = self.gateway.unserved_since.unwrap_or(self.now);
                let began = began.max(frozen).max(self.gateway.life_since);
                let late = if done == u64::MAX { began - self.gateway.life_since } else { 0 };
                let own = match muted {
                    Some(Mute::Frozen) if !eyeless => t + i,
                    Some(Mute::Blocked) => (2 * t + i).max(if eyeless { patient + i } else { 0 }),
                    Some(_) => (t + i).max(patient),
                    // On a full machine it is not heard that the boot goes on.
                    None if self.pressed() && !closed => grace + patient,
                    None => 0,
                };
                Some(("12", (grace.max(t) + i).max(own + late)))
            }
            Life::Boot { .. } => None,
            // That it drains is seen late on a full machine.
            Life::Drain { done: u64::MAX } if muted.is_none() || stuck => {
                // Who sees nothing but probes does not see whether the next boot is under way behind the silence.
                let boot = if stuck && eyeless { grace } else { 0 };
                // A drain that fell silent before a look met it is known only when it speaks again.
                let late = self.gateway.heard_since.map_or(0, |at| at - self.gateway.life_since);
                let limit = self.policy.drain_ms + i + boot + late + if self.pressed() { t } else { 0 };
                let full = self.pressed() && muted != Some(Mute::Frozen);
                let unheard = if full { self.policy.drain_ms + patient } else { 0 };
                Some(("15", limit.max(unheard)))
            }
            Life::Drain { .. } => None,
            Life::Up => {
                let (row, limit) = match muted? {
                    Mute::Frozen => ("1", (t + i).max(if eyeless { patient } else { 0 })),
                    Mute::Silent => ("8", (t + i).max(patient)),
                    // Nor on a full machine, whose loops turn and are late with answers (row 34).
                    Mute::Unheard if !self.tells_unheard() || self.overload.max(self.swap) > self.now => {
                        return None;
                    }
                    Mute::Unheard if self.plan.sees.heartbeat => ("8, it beats", (2 * t + i).max(patient)),
                    Mute::Unheard => ("8", (t + i).max(patient)),
                    // Work is seen on a full machine, too.
                    Mute::Blocked => ("4", (2 * t + i).max(if eyeless { patient + i } else { 0 })),
                    // Seen from outside alone, bytes that come are progress: that is told, and is no reason (row 9).
                    Mute::Drip { beats: false } if self.plan.sees.process || self.plan.sees.heartbeat => {
                        ("9", 2 * t + i)
                    }
                    // A file that changed may have named another port: then it is told.
                    Mute::Closed if self.elsewhere() => return None,
                    Mute::Closed if blind => ("7", grace + i),
                    Mute::Closed => ("7", t + i),
                    Mute::Drip { .. } | Mute::Garbage => return None,
                };
                // Nobody saw that it had started: it is given the time of a boot.
                let unseen = self.unseen();
                if unseen && muted == Some(Mute::Closed) && !self.online() {
                    // Nor that it does not wait for the network, as a boot may: row 7 speaks of what has been healthy, and
                    // without a network nothing is done (row 36).
                    return None;
                }
                Some((row, if unseen { limit.max(grace + i) } else { limit }))
            }
        }
    }

    fn channels_owed(&self, t: u64, i: u64, slow: u64, all: &mut Vec<(Owed, u64)>) {
        for (n, a) in self.accounts.iter().enumerate() {
            let key = format!("{}/a{n}", a.channel);
            let told = |code| self.has_told(|of, about| of == code && about == key);
            match a.illness(self.now) {
                // On a full machine transports rest as answers do, and no cure would help.
                Some(Ill::Hang(_)) if self.pressed() => {}
                // Telegram's poll comes back at least once a minute. Of another transport the rhythm has to be known,
                // and three times its longest rest are waited for: one that ended by itself was quiet, in whichever boot
                // (row 19: nothing is done about a quiet night).
                Some(Ill::Hang(_)) if a.channel == "telegram" || self.known(n) => {
                    let cured = a.cures > 0 || told(Code::ChannelDown);
                    // It is seen up to a look and half a minute longer than it was.
                    let rested = if a.longest_rest_ms > 0 { 3 * (a.longest_rest_ms + 2 * i) } else { 0 };
                    let rhythm = if a.channel == "telegram" { 0 } else { rested.max(t) };
                    (!cured).then(|| all.push((Owed::Channel(n), t + 2 * i + rhythm + slow)));
                }
                Some(Ill::Fails(_)) if a.cures == 0 && !told(Code::ChannelDown) => {
                    all.push((Owed::Channel(n), t + i + slow));
                }
                Some(Ill::Unauthorized | Ill::Conflict) if !told(Code::ChannelRefused) => {
                    all.push((Owed::Refused(n), t + i + slow));
                }
                _ => {}
            }
        }
    }

    /// Whether the rhythm of this transport can have been learned in this boot: it moves every half minute, and is asked
    /// for once a minute. A rest that ended by itself belongs to its rhythm; of channels that the breaker holds down
    /// nothing is told (row 22: a person is alerted, and no transport is there whose age row 17 could speak of).
    fn known(&self, n: usize) -> bool {
        let Some(a) = self.accounts.get(n) else { return false };
        let learned = 1_200_000 + a.suppressed_ms;
        a.ills == 1 && a.ill_since > self.gateway.started.max(self.watching_from) + learned
    }

    /// Whether this was told not long ago, or has been told and not been called over.
    fn has_told(&self, of: impl Fn(Code, &str) -> bool) -> bool {
        let lately = self.told.iter().any(|((code, about), at)| of(*code, about) && self.now - at < TOLD_MS);
        lately || self.told_standing.iter().any(|(code, about)| of(*code, about))
    }

    /// Whether no restart may be tried now, whatever is the matter (rows 23, 29, 42 and 46).
    pub(super) fn forbidden(&self) -> bool {
        let config = self.bad_config || self.config_broken > self.now;
        self.hold > self.now || self.guardian > self.now || config || self.stranger_there()
    }

    /// Holds what has to be done against what was done.
    pub(super) fn settle_debts(&mut self) {
        let mut late = Vec::new();
        // A third bad boot within the host's window must not be ours (restarts stay always inside the host's breaker of
        // three unclean boots; row 22 is what it leads to): it is waited for, and a look comes then. What nobody has seen
        // excuses nobody.
        let window = self.policy.breaker_ms + self.policy.interval_ms;
        let bad = self.unclean.iter().filter(|(at, seen)| *seen && self.now - *at < window).count() >= 2;
        for (key, limit) in self.owed() {
            if bad && matches!(key, Owed::Restart(_)) {
                continue;
            }
            let since = self.owing.get(&key).copied().unwrap_or(self.now).max(self.watching_from);
            // Two probes that run into their deadlines fit into the slack.
            if self.now.saturating_sub(since) > limit + self.watcher.patience_ms(limit) + 11_000 {
                late.push(key);
            }
        }
        for key in late {
            self.owing.insert(key, self.now + 86_400_000);
            self.mistake(Kind::Missed, format!("{key:?}"));
        }
    }
}
