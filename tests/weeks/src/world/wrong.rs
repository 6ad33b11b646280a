//! What must not be done, by what is true in the world and by the table of faults; nothing here asks the judge.

use super::World;
use super::gateway::{Life, Mute};
use super::plan::Ill;
use super::truth::{REST_MS, SEEN_MS};

/// Looks at a silence come up to 55 s apart, and a process that is met running and took a twentieth of that is seen to work.
const UNSEEN_MS: u64 = 55_000 / 20;

/// Bad boots in a window after which it dies again and again.
const MOST_RESTARTS: usize = 3;

impl World {
    /// Why a restart now would be wrong; none: it is right.
    pub fn restart_wrong(&self) -> Option<&'static str> {
        let (t, unserved) = (self.policy.timeout_ms, self.unserved_ms());
        if self.around.hold > self.now {
            return Some("somebody works on it");
        }
        if self.around.guardian > self.now {
            return Some("another one restarts it");
        }
        match self.gateway.life {
            Life::Gone => self.gone_wrong(t, unserved),
            Life::Boot { .. } => self.underway_wrong(self.boots.least_ms(), "it is starting", t, unserved),
            Life::Drain { .. } => self.underway_wrong(self.policy.drain_ms, "it is draining", t, unserved),
            Life::Up => self.up_wrong(t, unserved),
        }
    }

    fn gone_wrong(&self, t: u64, unserved: u64) -> Option<&'static str> {
        // What its owner calls stopped amid a restart of our own may have been stopped by that restart: a restart that
        // left it down has to be tried again (row 27), and nothing tells the two apart; nor does a boot that no look met.
        // That it is not tried while somebody else is at it (rows 42 and 46), or while no start could succeed (rows 23 and
        // 29), says nothing either. What a look met after the command had ended was stopped by somebody else.
        let unmet = |at: u64| self.gateway.started < at || self.met_pid != self.gateway.pid;
        let amid = self.acts.last_act.is_some_and(unmet) && !self.acts.stood && self.acts.free_ms < REST_MS;
        // Without exit code and without a count of kills, a death for memory is a death.
        let memory_seen = self.plan.sees.owner || self.plan.sees.machine && !self.plan.ungrouped;
        if self.around.operator_stopped > self.now && !amid {
            Some("stopped on purpose")
        } else if self.around.bad_config || self.around.config_broken > self.now {
            Some("its configuration is broken")
        } else if self.stranger_there() && self.plan.sees.port {
            // Who cannot see whose port it is sees a port that does not answer (row 8).
            Some("a stranger holds the port")
        } else if self.gateway.left.memory && self.memory_deaths_lately() > 1 && memory_seen {
            Some("killed for memory again")
        } else {
            (unserved < t).then_some("gone for too short a time")
        }
    }

    /// Why calling a person now would be wrong: neither would a restart be right, nor can one help no more, nor has it died
    /// again and again (rows 25 to 28).
    pub fn escalate_wrong(&self) -> Option<&'static str> {
        let dies = self.around.crash_loop + self.policy.window_ms > self.now && self.around.crash_loop > 0;
        let lately = |(at, _): &&(u64, bool)| self.now - at < self.policy.window_ms;
        let dies = dies || self.around.unclean.iter().filter(lately).count() >= MOST_RESTARTS;
        self.restart_wrong().filter(|_| !dies && !self.acts.right_then && !self.lost())
    }

    /// A boot or a drain has its time, unless what is under way can go no further.
    fn underway_wrong(&self, limit: u64, why: &'static str, t: u64, unserved: u64) -> Option<&'static str> {
        let since = self.now - self.gateway.life_since;
        // What drips without a beat stands still as well (row 9).
        let ended = matches!(
            self.gateway.muted(self.now),
            Some(Mute::Frozen | Mute::Silent | Mute::Unheard | Mute::Closed | Mute::Drip { beats: false })
        );
        let closed = matches!(self.gateway.life, Life::Boot { closed: true, .. });
        // Behind a closed port, where nothing but probes can be seen, it looks as dead as what was before it.
        let unseen = closed && self.eyeless() && unserved >= self.policy.grace_ms;
        // Below a wrapper of which nobody tells, a boot behind a closed port is a process that is gone, and nothing else (row 6).
        let lost =
            closed && !self.is_met() && self.plan.sees.process && !self.plan.sees.owner && unserved >= t;
        let over = since >= limit || ended && unserved >= t || unseen || lost;
        (!over).then_some(why)
    }

    fn up_wrong(&self, t: u64, unserved: u64) -> Option<&'static str> {
        match self.gateway.muted(self.now) {
            Some(Mute::Frozen | Mute::Silent | Mute::Closed) => {
                (unserved < t).then_some("silent for too short a time")
            }
            Some(Mute::Blocked) => self.blocked_wrong(t, unserved),
            Some(Mute::Unheard) => (unserved < t).then_some("silent for too short a time"),
            Some(Mute::Drip { beats: true }) => Some("its event loop turns"),
            Some(Mute::Drip { beats: false }) => (unserved < t).then_some("slow for too short a time"),
            Some(Mute::Garbage) => Some("something else answers"),
            None if !self.online() => Some("only the network is down"),
            None => {
                // It took a moment to be seen that it got well.
                let helped = |a: &super::gateway::Account| {
                    a.cures >= 2
                        && matches!(a.ill, Some((Ill::Hang(_), until)) if until.saturating_add(SEEN_MS) > self.now)
                };
                let left = |a: &super::gateway::Account| a.left_down(self.now);
                (!self.accounts.iter().any(|a| helped(a) || left(a))).then_some("it is well")
            }
        }
    }

    /// Work is seen by the processor it took since the look before: what began a moment ago, amid a silence that was
    /// restarted for without it (rows 7, 8 and 9), is not seen yet.
    fn blocked_wrong(&self, t: u64, unserved: u64) -> Option<&'static str> {
        let g = &self.gateway;
        let open = g.closed <= self.now || g.garbage > self.now;
        let ripe = g.mute > self.now || if g.drip > self.now { !g.drip_beats } else { !open };
        let unseen = ripe && self.now - self.gateway.blocked_since < UNSEEN_MS;
        (unserved < if unseen { t } else { 2 * t }).then_some("busy")
    }

    pub fn memory_deaths_lately(&self) -> usize {
        // Without the machine's count of kills one that came back between two looks was seen by nobody, but the last one is.
        let seen = |at: &u64| {
            self.plan.sees.machine && !self.plan.ungrouped
                || self.around.memory_met.contains(at)
                || self.around.memory_deaths.last() == Some(at)
        };
        let lately = |at: &&u64| self.now - **at < self.policy.window_ms && seen(at);
        self.around.memory_deaths.iter().filter(lately).count()
    }

    /// Why stopping and starting this channel now would be wrong.
    pub fn cure_wrong(&self, n: usize) -> Option<&'static str> {
        if !self.online() {
            return Some("the network is down");
        }
        if self.around.hold > self.now || self.around.guardian > self.now {
            return Some("somebody else is at it");
        }
        match self.accounts.get(n).and_then(|a| a.illness(self.now)) {
            Some(Ill::Hang(_) | Ill::Fails(_)) => None,
            // It took a moment to be seen that it got well.
            None => (self.now - self.last_ill.get(n).copied().unwrap_or(0) > SEEN_MS)
                .then_some("the channel is well"),
            Some(_) if self.accounts.get(n).is_some_and(|a| a.left_down(self.now)) => None,
            Some(_) => Some("a cure does not help against this"),
        }
    }
}
