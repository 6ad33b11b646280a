//! What has to be done, by what is true in the world and by the table of faults; nothing here asks the judge.

use super::gateway::{Life, Mute};
use super::plan::Ill;
use super::{Kind, Stranger, World};
use auto_session_manager::watchdog::alert::Code;
use std::collections::{BTreeMap, BTreeSet};

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

/// What is owed and what was told, by when.
#[derive(Clone, Debug, Default)]
pub struct Debts {
    /// When what was told last, or its end, and what stands: by code and what exactly it was about.
    pub told: BTreeMap<(Code, String), u64>,
    pub told_standing: BTreeSet<(Code, String)>,
    pub owing: BTreeMap<Owed, u64>,
    pub truth_seen: BTreeMap<Code, u64>,
    /// Since when what is true now has been, look by look.
    pub truth_since: BTreeMap<Code, u64>,
}

/// So long what is down may be so by a restart of ours.
pub const REST_MS: u64 = 1_100_000;
/// Between the end of an illness and the look that shows it: the gateway is asked for its channels once a minute, and the
/// look before may have been the last before the minute.
pub const SEEN_MS: u64 = 120_000;
/// By the budget: so many attempts, each with its silence, its command, its verification and its delay.
const BUDGET_MS: u64 = 3_600_000;
/// Looks that take so long each leave as much unseen: one that ends a moment too early, and the next.
const SLOW_MS: u64 = 2 * 61_000;
/// What was told is not told again for so long.
const TOLD_MS: u64 = 2_400_000;

impl World {
    pub fn online(&self) -> bool {
        self.around.network_down <= self.now && !(self.plan.proxied && self.around.proxy_down > self.now)
    }

    pub(super) fn stranger_there(&self) -> bool {
        matches!(self.around.stranger, Stranger::Answers(until) | Stranger::Silent(until) if until > self.now)
    }

    /// How long nobody has been served, milliseconds.
    pub(super) fn unserved_ms(&self) -> u64 {
        self.gateway.unserved_since.map_or(0, |at| self.now - at)
    }

    /// Everything that has to be done by now's state, with the time there is for it, milliseconds. Empty while the
    /// watchdog cannot, may not or need not do anything.
    pub fn owed(&self) -> Vec<(Owed, u64)> {
        let mut all = Vec::new();
        if self.around.hold > self.now {
            return all;
        }
        let (t, i) = (self.policy.timeout_ms, self.policy.interval_ms);
        // What an overloaded machine answers too late is not seen.
        let slow = if self.pressed() { 4 * t } else { 0 };
        let alerts = [self.down_alerts(t, i), self.serving_alerts(t, i, slow), self.silent_alerts(t, i)];
        for (holds, code, limit) in alerts.into_iter().flatten() {
            if holds && !self.has_told(|of, _| of == code) {
                all.push((Owed::Alert(code), limit));
            }
        }
        let serves = self.gateway.serves(self.now);
        let useless = self.debts.told_standing.iter().any(|(code, _)| *code == Code::RestartUseless);
        if useless && serves && !self.pressed() {
            // One that died young is not known to live before it is old enough.
            all.push((Owed::Over, self.policy.short_life_ms + self.policy.stable_ms + 2 * i));
        }
        if self.around.guardian <= self.now && !self.resting() {
            if let Some((row, limit)) = self.restart_owed(t, i) {
                all.push((Owed::Restart(row), limit));
            }
            if serves && self.plan.sees.channels && self.online() && self.around.breaker <= self.now {
                self.channels_owed(t, i, slow, &mut all);
            }
        }
        all
    }

    /// What is told of a gateway that is not there, each with whether it holds and the time there is.
    fn down_alerts(&self, t: u64, i: u64) -> Vec<(bool, Code, u64)> {
        let gone = self.gateway.life == Life::Gone;
        let sees = self.plan.sees;
        let bad_config = self.around.bad_config || self.around.config_broken > self.now;
        let stopped = self.around.operator_stopped > self.now;
        // Of two reasons that no restart changes the nearer is told: who has the port.
        let taken = gone && self.stranger_there();
        let answers = matches!(self.around.stranger, Stranger::Answers(_));
        let garbage = self.open() && self.gateway.muted(self.now) == Some(Mute::Garbage)
            || taken && !sees.port && answers;
        let memory = gone && self.gateway.left.memory && self.memory_deaths_lately() > 1;
        let explained = bad_config || self.stranger_there() || stopped;
        vec![
            (gone && bad_config && !taken && !stopped, Code::ConfigRefused, t + i),
            (taken && sees.port, Code::PortTaken, t + i),
            (garbage, Code::Stranger, t + i),
            (memory && !explained && (sees.owner || sees.machine), Code::OutOfMemory, t + i),
        ]
    }

    /// What is told whether it serves or not.
    fn serving_alerts(&self, t: u64, i: u64, slow: u64) -> Vec<(bool, Code, u64)> {
        let serves = self.gateway.serves(self.now);
        let proxy =
            self.plan.proxied && self.around.proxy_down > self.now && self.around.network_down <= self.now;
        let breaker = self.around.breaker > self.now;
        vec![
            (self.around.guardian > self.now, Code::Guardian, i),
            (serves && breaker, Code::Breaker, t + i + slow),
            (self.around.disk_full > self.now && self.plan.sees.machine, Code::DiskFull, t + i),
            (proxy && serves && !breaker, Code::ProxyDown, t + i + slow),
            (self.lost(), Code::RestartUseless, BUDGET_MS + 4 * slow),
        ]
    }

    /// What is told of one that is there and silent.
    fn silent_alerts(&self, t: u64, i: u64) -> Vec<(bool, Code, u64)> {
        let up = self.gateway.life == Life::Up && !self.resting();
        let elsewhere = up && self.elsewhere() && self.plan.sees.heartbeat;
        let drips = self.eyeless() && matches!(self.gateway.muted(self.now), Some(Mute::Drip { .. }));
        let off = self.around.guardian <= self.now && self.acts.is_new_fault();
        let off = if off { self.restart_owed(t, i) } else { None };
        vec![
            (elsewhere, Code::NoAnswerBeating, 2 * t + i),
            // A condition of its own, that begins at the look that meets it and is told at one.
            (drips && up && !self.unseen(), Code::NoAnswerBeating, 2 * t + 2 * i),
            // After an escalation what would be restarted for is told, in the time of a restart.
            (off.is_some(), Code::ActingOff, off.map_or(0, |(_, limit)| limit)),
        ]
    }

    /// Whether restarting does not help, or would not: a person has to be called (rows 25 to 28).
    pub(super) fn lost(&self) -> bool {
        if self.acts.called || self.around.guardian > self.now || !self.online() {
            return false;
        }
        let explained = self.around.bad_config
            || self.around.config_broken > self.now
            || self.stranger_there()
            || self.around.operator_stopped > self.now
            || self.gateway.left.memory;
        match self.gateway.life {
            Life::Gone if explained => false,
            _ if self.around.crash_loop > self.now => true,
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
    pub(super) fn tells_unheard(&self) -> bool {
        !self.plan.sees.heartbeat || self.plan.sees.machine
    }

    /// Whether its port is closed, and may be another one since its file was changed.
    pub(super) fn elsewhere(&self) -> bool {
        self.gateway.muted(self.now) == Some(Mute::Closed) && self.around.config_broken > self.now
    }

    /// Whether it is up and nobody has seen that.
    pub(super) fn unseen(&self) -> bool {
        let soon = self.gateway.life_since + self.policy.interval_ms;
        self.gateway.unserved_since.is_some_and(|at| at < soon)
    }

    pub(super) fn eyeless(&self) -> bool {
        let sees = self.plan.sees;
        !sees.process && !sees.owner && !sees.port && !sees.heartbeat
    }

    /// Whether the machine is so busy, or was while a silence may have begun, that a watchdog is more patient.
    pub(super) fn pressed(&self) -> bool {
        self.around.overload.max(self.around.swap) + 4 * self.policy.timeout_ms > self.now
    }

    /// Whether an act of its own is still at work, or a person has been called: the command, the time in which its boot
    /// has to come and its channels have to move, and the longest delay before the next one. What is the matter then has a
    /// whole new silence.
    fn resting(&self) -> bool {
        if self.acts.called || self.acts.command.is_some() {
            return true;
        }
        let Some(at) = self.acts.last_act else { return false };
        let p = &self.policy;
        let born = self.gateway.started > at;
        let since = self.acts.command_ended.max(self.watching_from);
        let since = match self.gateway.life {
            Life::Boot { .. } if born => since.max(self.gateway.life_since + self.boots.grace_ms()),
            // The time that a boot takes is none in which it should have been there.
            Life::Gone if born && self.gateway.left.in_boot => since.max(self.gateway.life_since),
            _ => since,
        };
        let channels = if born && !self.accounts.is_empty() { p.stale_ms } else { 0 };
        let delay = (p.backoff_ms << self.acts.last_attempt.saturating_sub(1).min(8)).min(p.backoff_cap_ms);
        self.now < since + p.verify_ms + channels + delay
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
        let lately =
            self.debts.told.iter().any(|((code, about), at)| of(*code, about) && self.now - at < TOLD_MS);
        lately || self.debts.told_standing.iter().any(|(code, about)| of(*code, about))
    }

    /// Whether no restart may be tried now, whatever is the matter (rows 23, 29, 42 and 46).
    pub(super) fn forbidden(&self) -> bool {
        let config = self.around.bad_config || self.around.config_broken > self.now;
        self.around.hold > self.now || self.around.guardian > self.now || config || self.stranger_there()
    }

    /// Holds what has to be done against what was done.
    pub(super) fn settle_debts(&mut self) {
        let mut late = Vec::new();
        // A third bad boot within the host's window must not be ours (restarts stay always inside the host's breaker of
        // three unclean boots; row 22 is what it leads to): it is waited for, and a look comes then. What nobody has seen
        // excuses nobody.
        let window = self.policy.breaker_ms + self.policy.interval_ms;
        let lately = |at: u64| self.now - at < window;
        let unclean = self.around.unclean.iter().filter(|(at, seen)| *seen && lately(*at)).count();
        // Of a stop that nobody has told of it may have been a crash.
        let untold = self.around.in_order.iter().filter(|at| !self.plan.sees.owner && lately(**at)).count();
        let bad = unclean + untold >= 2;
        for (key, limit) in self.owed() {
            if bad && matches!(key, Owed::Restart(_)) {
                continue;
            }
            let since = self.debts.owing.get(&key).copied().unwrap_or(self.now).max(self.watching_from);
            // Two probes that run into their deadlines fit into the slack.
            let slow = if self.around.slow_looks + limit + SLOW_MS > self.now { SLOW_MS } else { 0 };
            let slack = 11_000 + slow + self.watcher.patience_ms(limit);
            if self.now.saturating_sub(since) > limit + slack {
                late.push(key);
            }
        }
        for key in late {
            self.debts.owing.insert(key, self.now + 86_400_000);
            self.mistake(Kind::Missed, format!("{key:?}"));
        }
    }
}
