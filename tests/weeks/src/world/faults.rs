//! How faults change the world, and what a restart, a cure and a person do to it.

use super::gateway::{Left, Life, Mute};
use super::plan::{Command, CuredBy, Fault, Ill};
use super::watcher::Watcher;
use super::{Deed, Stranger, World};
use auto_session_manager::watchdog::incident;
use auto_session_manager::watchdog::state::Ended;
use auto_session_manager::watchdog::verdict::Action;

impl World {
    fn until(&self, seconds: Option<u64>) -> u64 {
        seconds.map_or(u64::MAX, |s| self.now + s * 1_000)
    }

    /// It happens, where it can.
    pub fn strike(&mut self, fault: Fault) {
        if self.gateway.there() {
            self.fall_silent(fault);
            self.fall(fault);
        }
        if self.gateway.serves(self.now) || matches!(fault, Fault::InProcess { .. }) {
            self.begin_anew(fault);
        }
        self.change_surroundings(fault);
        match fault {
            Fault::OtherKilled => self.around.oom_kills += 1,
            Fault::OperatorStops(s) if self.plan.tells && self.gateway.serves(self.now) => {
                let done = self.now + (s % 200) * 1_000;
                (self.around.stops_for, self.around.owner_drains) = (Some(s), true);
                self.gateway.become_life(Life::Drain { done }, self.now);
            }
            Fault::OperatorStops(s) if self.gateway.there() => self.operator_stops(s),
            Fault::Suspend(s) => self.sleep(s),
            Fault::WatchdogDown(s) => self.watchdog_down(s),
            Fault::Channel { index, ill, seconds } => {
                let (now, until) = (self.now, self.now + seconds * 1_000);
                if let Some(a) = self.accounts.get_mut(index).filter(|a| a.illness(now).is_none()) {
                    (a.ill, a.ill_since, a.cures) = (Some((ill, until)), now, 0);
                    a.ills += 1;
                }
            }
            Fault::ChannelStopped { index, seconds } => {
                let until = self.now + seconds * 1_000;
                if let Some(a) = self.accounts.get_mut(index) {
                    (a.ill, a.ill_since, a.cures) = (Some((Ill::StoppedByOperator, until)), self.now, 0);
                }
            }
            Fault::Repair => self.repair(),
            _ => {}
        }
    }

    /// The process is there and does not answer as it should.
    fn fall_silent(&mut self, fault: Fault) {
        let now = self.now;
        match fault {
            Fault::Freeze(s) => {
                (self.gateway.frozen, self.gateway.frozen_since) = (self.until(s), now);
            }
            Fault::Block(s) => {
                (self.gateway.blocked, self.gateway.blocked_since) = (self.until(s), now);
            }
            Fault::Mute(s) => self.gateway.mute = self.until(s),
            Fault::Unheard(s) => self.gateway.unheard = self.until(s),
            Fault::Drip { seconds, beats } => {
                self.gateway.drip = self.until(seconds);
                self.gateway.drip_beats = beats;
            }
            Fault::Deaf if self.gateway.serves(now) => self.gateway.closed = u64::MAX,
            Fault::Garbage(s) => self.gateway.garbage = now + s * 1_000,
            _ => {}
        }
    }

    /// The process ends.
    fn fall(&mut self, fault: Fault) {
        let after = |s: u64| self.now + s * 1_000;
        let failed = Left { owner_failed: true, ..Left::default() };
        match fault {
            Fault::Kill { supervised } => self.die(Left { signal: Some(9), ..failed }, supervised),
            Fault::OutOfMemory { supervised } => {
                self.around.oom_kills += 1;
                self.around.memory_deaths.push(self.now);
                self.die(Left { code: Some(137), memory: true, ..failed }, supervised);
            }
            Fault::BadConfig => {
                self.around.bad_config = true;
                self.die(Left { code: Some(78), ..failed }, false);
            }
            Fault::CrashLoop { seconds, supervised } => {
                (self.around.crash_loop, self.around.crash_loop_supervised) = (after(seconds), supervised);
                self.die(Left { code: Some(1), ..failed }, supervised);
            }
            Fault::Stranger { seconds, answers } => {
                let until = after(seconds);
                self.die(Left { code: Some(1), ..failed }, false);
                self.around.stranger =
                    if answers { Stranger::Answers(until) } else { Stranger::Silent(until) };
            }
            Fault::StuckBoot { closed } => {
                self.gateway.boot(self.now, u64::MAX, closed);
                self.reborn();
            }
            _ => {}
        }
    }

    /// It is begun anew, or stops for that. Nobody who is frozen begins to drain.
    fn begin_anew(&mut self, fault: Fault) {
        let now = self.now;
        let after = |s: u64| now + s * 1_000;
        match fault {
            Fault::Planned { drain, boot, closed } => {
                self.plan.boot = self.plan.boot.max(1);
                self.around.owner_drains = self.plan.tells;
                self.gateway.become_life(Life::Drain { done: after(drain) }, now);
                self.around.next_boot = Some((boot, closed));
            }
            Fault::Restarted { boot, closed } => {
                self.around.next_boot = Some((boot, closed));
                self.around.owner_starts = 0;
                self.around.in_order.push(now);
                self.boot(false);
            }
            Fault::StuckDrain => self.gateway.become_life(Life::Drain { done: u64::MAX }, now),
            Fault::InProcess { closed, boot } if self.gateway.life == Life::Up => {
                let (pid, cpu) = (self.gateway.pid, self.gateway.cpu_ms);
                self.gateway.boot(now, after(closed + boot), false);
                (self.gateway.pid, self.gateway.cpu_ms) = (pid, cpu);
                self.gateway.closed = after(closed);
                self.reborn();
            }
            _ => {}
        }
    }

    fn change_surroundings(&mut self, fault: Fault) {
        let after = |s: u64| self.now + s * 1_000;
        match fault {
            Fault::Overload(s) => self.around.overload = after(s),
            Fault::Swap(s) => self.around.swap = after(s),
            Fault::SlowLooks(s) => self.around.slow_looks = after(s),
            Fault::DiskFull(s) => self.around.disk_full = after(s),
            Fault::NetworkDown(s) => self.around.network_down = after(s),
            Fault::ProxyDown(s) => self.around.proxy_down = after(s),
            Fault::Breaker(s) => self.around.breaker = after(s),
            Fault::ConfigBreaks(s) => self.around.config_broken = after(s),
            Fault::Guardian(s) => self.around.guardian = after(s),
            Fault::Hold(s) => self.around.hold = self.around.hold.max(after(s)),
            Fault::ClockJump(s) => self.around.clock_offset_ms += s * 1_000,
            _ => {}
        }
    }

    /// A person stops it, for so long.
    pub fn operator_stops(&mut self, seconds: u64) {
        let until = self.now + seconds * 1_000;
        self.gateway.end(Left { code: Some(0), on_purpose: true, ..Left::default() }, self.now);
        self.around.operator_stopped = until;
        self.around.supervisor = None;
        if !self.plan.sees.owner {
            // Nobody could tell it from a death: whoever stops it tells the watchdog (`pause`).
            self.around.hold = self.around.hold.max(until);
        }
    }

    /// The process ends; a supervisor may bring it back 5 s later.
    pub fn die(&mut self, left: Left, supervised: bool) {
        let now = self.now;
        (self.around.stops_for, self.around.owner_drains) = (None, false);
        self.gateway.end(left, now);
        self.around.supervisor = supervised.then(|| now + 5_000);
    }

    /// A new process, as the surroundings allow; `unclean` after an end that was no stop.
    pub fn boot(&mut self, unclean: bool) {
        let now = self.now;
        if unclean {
            self.around.unclean.push((now, false));
        }
        let (seconds, closed) = self.around.next_boot.take().unwrap_or((self.plan.boot, false));
        self.gateway.boot(now, now + seconds * 1_000, closed);
        self.reborn();
        let taken = matches!(self.around.stranger, Stranger::Answers(t) | Stranger::Silent(t) if t > now);
        if self.around.bad_config || taken {
            let code = if self.around.bad_config { 78 } else { 1 };
            self.gateway.end(Left { code: Some(code), owner_failed: true, ..Left::default() }, now);
        }
    }

    fn reborn(&mut self) {
        (self.around.stops_for, self.around.owner_drains) = (None, false);
        self.gateway.started_wall = self.wall(self.now);
        // A new process is a new case.
        self.debts.owing.retain(|key, _| !matches!(key, super::truth::Owed::Restart(_)));
        for a in &mut self.accounts {
            a.treat(CuredBy::Process);
            a.ills = u32::from(a.ill.is_some());
            a.suppressed_ms = 0;
        }
    }

    /// The machine sleeps: the monotonic clock stands still, and so does everything.
    fn sleep(&mut self, seconds: u64) {
        self.looking = None;
        self.around.slept_ms += seconds * 1_000;
        self.disturb();
    }

    /// The watchdog is killed, and started again later: what it remembers goes through its file.
    fn watchdog_down(&mut self, seconds: u64) {
        self.looking = None;
        self.next_look = self.now + seconds * 1_000;
        if let Watcher::Asm(history) = &mut self.watcher {
            super::watcher::through_file(history, self.around.slept_ms, self.now + seconds * 1_000);
            self.acts.gathering = None;
            if self.acts.asked.take().is_some() {
                self.acts.command = None;
                super::watcher::command_ended(history, Ended::DryRun, &self.policy, self.now);
            } else if self.acts.command.is_none() {
                super::watcher::nothing_runs(history, &self.policy, self.now);
            }
        }
        self.disturb();
        self.watching_from = self.next_look;
    }

    /// Whatever was counted so far is void.
    fn disturb(&mut self) {
        self.debts.owing.clear();
        self.watching_from = self.now;
    }

    pub fn carry_out(&mut self, action: &Action) {
        match action {
            Action::Escalate { .. } => {
                self.acts.command = Some((self.now + 60_000, Ended::Done, false));
                self.acts.called = self.escalate_wrong().is_none();
                (self.acts.escalated_at, self.acts.served_ms) = (Some(self.now), 0);
            }
            // Its owner waits no longer.
            Action::Kill { .. } => {
                if let Some((at, _, true)) = &mut self.acts.command {
                    *at = (*at).min(self.now + 1_000);
                }
            }
            Action::Restart { .. } => self.restart(),
            Action::Channel { account, .. } => {
                let n: usize = account.trim_start_matches('a').parse().unwrap_or(usize::MAX);
                if let Some(a) = self.accounts.get_mut(n) {
                    a.cures += 1;
                    (a.cured_at, a.met_up) = (self.now, false);
                    a.treat(CuredBy::Channel);
                }
            }
        }
    }

    /// Its evidence is gathered, its owner is asked, and the command goes as it goes.
    fn restart(&mut self) {
        let asked = self.now + self.plan.evidence * 1_000;
        let after = |s: u64| asked + s * 1_000;
        self.acts.attempts += 1;
        (self.acts.asked, self.acts.asked_at) = (Some(asked), asked);
        // What is deaf to its owner is ended by it when its limit has passed.
        let deaf = matches!(self.gateway.muted(self.now), Some(Mute::Frozen | Mute::Blocked | Mute::Silent));
        let stops = if deaf { self.policy.drain_ms / 1_000 } else { 3 };
        self.acts.command = Some(match self.plan.command {
            Command::Fails => (after(2), Ended::Failed { code: Some(1) }, false),
            Command::Hangs => (asked + self.policy.restart_ms, Ended::TimedOut, false),
            Command::Lies => (after(1), Ended::Done, false),
            Command::CuresAt(n) if self.acts.attempts < n => {
                (after(1), Ended::Failed { code: Some(1) }, false)
            }
            Command::Cures | Command::CuresAt(_) => (after(stops), Ended::Done, true),
        });
    }

    /// Whether the owner is at the stop of a restart.
    pub fn stopping(&self) -> bool {
        matches!(self.acts.command, Some((_, _, true))) && self.acts.asked.is_none()
    }

    /// The evidence of a restart is there, and its owner is asked.
    pub fn ask_owner(&mut self) {
        self.acts.asked = None;
        let gathering = self.acts.gathering.take();
        let heard = self.acts.last_act.is_some_and(|at| self.acts.heard_at > at);
        if let Some((action, true)) = gathering.filter(|_| heard) {
            self.drop_restart(&action);
            return;
        }
        if let Watcher::Asm(history) = &mut self.watcher {
            **history = incident::asked(std::mem::take(history), self.now);
        }
    }

    /// It answered while its evidence was gathered: the restart is not begun, and counts nowhere.
    fn drop_restart(&mut self, action: &Action) {
        self.acts.command = None;
        self.acts.attempts -= 1;
        self.acts.last_act = self.acts.act_before;
        let restart = |(_, d): &(u64, Deed)| matches!(d, Deed::Act(Action::Restart { .. }));
        if let Some(at) = self.deeds.iter().rposition(restart) {
            self.deeds.remove(at);
        }
        if let Watcher::Asm(history) = &mut self.watcher {
            **history = incident::dropped(std::mem::take(history), action);
        }
    }

    pub fn end_command(&mut self) {
        let Some((_, how, works)) = self.acts.command.take() else { return };
        self.acts.command_ended = self.now;
        // A supervisor starts what is gone and ends nothing.
        let held = matches!(self.watcher, Watcher::Always { .. }) && self.gateway.there();
        if works && !held && self.around.operator_stopped <= self.now {
            self.around.owner_starts = 0;
            // What serves is stopped in order; what is dead or hung has ended badly.
            self.boot(!self.gateway.serves(self.now));
        }
        if let Watcher::Asm(history) = &mut self.watcher {
            super::watcher::command_ended(history, how, &self.policy, self.now);
        }
    }

    /// A person comes: everything is well afterwards.
    fn repair(&mut self) {
        let now = self.now;
        (self.around.bad_config, self.around.crash_loop, self.around.stranger) = (false, 0, Stranger::None);
        (self.around.breaker, self.around.config_broken) = (0, 0);
        self.around.operator_stopped = 0;
        self.around.supervisor = None;
        let ill = !self.gateway.serves(now);
        if ill {
            self.around.next_boot = None;
            self.boot(false);
        }
    }
}
