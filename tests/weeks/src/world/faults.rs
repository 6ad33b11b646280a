//! How faults change the world, and what a restart, a cure and a person do to it.

use super::gateway::{Left, Life, Mute};
use super::plan::{Command, CuredBy, Fault};
use super::watcher::Watcher;
use super::{Stranger, World};
use auto_session_manager::watchdog::incident;
use auto_session_manager::watchdog::state::Ended;
use auto_session_manager::watchdog::verdict::Action;

impl World {
    fn until(&self, seconds: Option<u64>) -> u64 {
        seconds.map_or(u64::MAX, |s| self.now + s * 1_000)
    }

    pub fn strike(&mut self, fault: Fault) {
        let now = self.now;
        let there = self.gateway.there();
        let after = |s: u64| now + s * 1_000;
        match fault {
            Fault::Freeze(s) if there => {
                (self.gateway.frozen, self.gateway.frozen_since) = (self.until(s), now);
            }
            Fault::Block(s) if there => {
                (self.gateway.blocked, self.gateway.blocked_since) = (self.until(s), now);
            }
            Fault::Mute(s) if there => self.gateway.mute = self.until(s),
            Fault::Unheard(s) if there => self.gateway.unheard = self.until(s),
            Fault::OtherKilled => self.oom_kills += 1,
            Fault::Drip { seconds, beats } if there => {
                self.gateway.drip = self.until(seconds);
                self.gateway.drip_beats = beats;
            }
            Fault::Deaf if self.gateway.serves(now) => self.gateway.closed = u64::MAX,
            Fault::Garbage(s) if there => self.gateway.garbage = after(s),
            Fault::Kill { supervised } if there => {
                self.die(Left { signal: Some(9), owner_failed: true, ..Left::default() }, supervised);
            }
            Fault::OutOfMemory { supervised } if there => {
                self.oom_kills += 1;
                self.memory_deaths.push(now);
                let memory = true;
                self.die(Left { code: Some(137), memory, owner_failed: true, ..Left::default() }, supervised);
            }
            Fault::BadConfig if there => {
                self.bad_config = true;
                self.die(Left { code: Some(78), owner_failed: true, ..Left::default() }, false);
            }
            Fault::CrashLoop { seconds, supervised } if there => {
                (self.crash_loop, self.crash_loop_supervised) = (after(seconds), supervised);
                self.die(Left { code: Some(1), owner_failed: true, ..Left::default() }, supervised);
            }
            Fault::Stranger { seconds, answers } if there => {
                self.die(Left { code: Some(1), owner_failed: true, ..Left::default() }, false);
                let until = after(seconds);
                self.stranger = if answers { Stranger::Answers(until) } else { Stranger::Silent(until) };
            }
            Fault::Planned { drain, boot, closed } if self.gateway.serves(now) => {
                self.plan.boot = self.plan.boot.max(1);
                self.gateway.become_life(Life::Drain { done: after(drain) }, now);
                self.next_boot = Some((boot, closed));
            }
            // Nobody who is frozen begins to drain.
            Fault::StuckDrain if self.gateway.serves(now) => {
                self.gateway.become_life(Life::Drain { done: u64::MAX }, now)
            }
            Fault::StuckBoot { closed } if there => {
                self.gateway.boot(now, u64::MAX, closed);
                self.reborn();
            }
            Fault::InProcess { closed, boot } if self.gateway.life == Life::Up => {
                let (pid, cpu) = (self.gateway.pid, self.gateway.cpu_ms);
                self.gateway.boot(now, after(closed + boot), false);
                (self.gateway.pid, self.gateway.cpu_ms) = (pid, cpu);
                self.gateway.closed = after(closed);
                self.reborn();
            }
            Fault::OperatorStops(s) if there => {
                self.gateway.end(Left { code: Some(0), on_purpose: true, ..Left::default() }, now);
                self.operator_stopped = after(s);
                self.supervisor = None;
                if !self.plan.sees.owner {
                    // Nobody could tell it from a death: whoever stops it tells the watchdog (`pause`).
                    self.hold = self.hold.max(after(s));
                }
            }
            Fault::Overload(s) => self.overload = after(s),
            Fault::Swap(s) => self.swap = after(s),
            Fault::DiskFull(s) => self.disk_full = after(s),
            Fault::NetworkDown(s) => self.network_down = after(s),
            Fault::ProxyDown(s) => self.proxy_down = after(s),
            Fault::Breaker(s) => self.breaker = after(s),
            Fault::ConfigBreaks(s) => self.config_broken = after(s),
            Fault::Guardian(s) => self.guardian = after(s),
            Fault::Hold(s) => self.hold = self.hold.max(after(s)),
            Fault::Suspend(s) => self.sleep(s),
            Fault::ClockJump(s) => self.clock_offset_ms += s * 1_000,
            Fault::WatchdogDown(s) => self.watchdog_down(s),
            Fault::Channel { index, ill, seconds } => {
                let until = after(seconds);
                if let Some(a) = self.accounts.get_mut(index).filter(|a| a.illness(now).is_none()) {
                    (a.ill, a.ill_since, a.cures) = (Some((ill, until)), now, 0);
                    a.ills += 1;
                }
            }
            Fault::Repair => self.repair(),
            _ => {}
        }
    }

    /// The process ends; a supervisor may bring it back 5 s later.
    pub fn die(&mut self, left: Left, supervised: bool) {
        let now = self.now;
        self.gateway.end(left, now);
        self.supervisor = supervised.then(|| now + 5_000);
    }

    /// A new process, as the surroundings allow; `unclean` after an end that was no stop.
    pub fn boot(&mut self, unclean: bool) {
        let now = self.now;
        if unclean {
            self.unclean.push((now, false));
        }
        let (seconds, closed) = self.next_boot.take().unwrap_or((self.plan.boot, false));
        self.gateway.boot(now, now + seconds * 1_000, closed);
        self.reborn();
        let taken = matches!(self.stranger, Stranger::Answers(t) | Stranger::Silent(t) if t > now);
        if self.bad_config || taken {
            let code = if self.bad_config { 78 } else { 1 };
            self.gateway.end(Left { code: Some(code), owner_failed: true, ..Left::default() }, now);
        }
    }

    fn reborn(&mut self) {
        self.gateway.started_wall = self.wall(self.now);
        // A new process is a new case.
        self.owing.retain(|key, _| !matches!(key, super::truth::Owed::Restart(_)));
        for a in &mut self.accounts {
            a.treat(CuredBy::Process);
            a.ills = u32::from(a.ill.is_some());
            a.suppressed_ms = 0;
        }
    }

    /// The machine sleeps: the monotonic clock stands still, and so does everything.
    fn sleep(&mut self, seconds: u64) {
        self.looking = None;
        self.slept_ms += seconds * 1_000;
        self.disturb();
    }

    /// The watchdog is killed, and started again later: what it remembers goes through its file.
    fn watchdog_down(&mut self, seconds: u64) {
        self.looking = None;
        self.next_look = self.now + seconds * 1_000;
        if let Watcher::Asm(history) = &mut self.watcher {
            super::watcher::through_file(history, self.slept_ms, self.now + seconds * 1_000);
            if self.asked.take().is_some() {
                self.command = None;
                super::watcher::command_ended(history, Ended::DryRun, &self.policy, self.now);
            } else if self.command.is_none() {
                super::watcher::nothing_runs(history, &self.policy, self.now);
            }
        }
        self.disturb();
        self.watching_from = self.next_look;
    }

    /// Whatever was counted so far is void.
    fn disturb(&mut self) {
        self.owing.clear();
        self.watching_from = self.now;
    }

    pub fn carry_out(&mut self, action: &Action) {
        let restart = matches!(action, Action::Restart { .. });
        let asked = self.now + if restart { self.plan.evidence * 1_000 } else { 0 };
        let after = |s: u64| asked + s * 1_000;
        match action {
            Action::Escalate { .. } => {
                self.command = Some((after(60), Ended::Done, false));
                self.called = true;
            }
            // Its owner waits no longer.
            Action::Kill { .. } => {
                if let Some((at, _, true)) = &mut self.command {
                    *at = (*at).min(after(1));
                }
            }
            Action::Restart { .. } => {
                self.attempts += 1;
                (self.asked, self.asked_at) = (Some(asked), asked);
                // What is deaf to its owner is ended by it when its limit has passed.
                let deaf =
                    matches!(self.gateway.muted(self.now), Some(Mute::Frozen | Mute::Blocked | Mute::Silent));
                let stops = if deaf { self.policy.drain_ms / 1_000 } else { 3 };
                self.command = Some(match self.plan.command {
                    Command::Fails => (after(2), Ended::Failed { code: Some(1) }, false),
                    Command::Hangs => (asked + self.policy.restart_ms, Ended::TimedOut, false),
                    Command::Lies => (after(1), Ended::Done, false),
                    Command::CuresAt(n) if self.attempts < n => {
                        (after(1), Ended::Failed { code: Some(1) }, false)
                    }
                    Command::Cures | Command::CuresAt(_) => (after(stops), Ended::Done, true),
                });
            }
            Action::Channel { account, .. } => {
                let n: usize = account.trim_start_matches('a').parse().unwrap_or(usize::MAX);
                if let Some(a) = self.accounts.get_mut(n) {
                    a.cures += 1;
                    a.treat(CuredBy::Channel);
                }
            }
        }
    }

    /// Whether the owner is at the stop of a restart.
    pub fn stopping(&self) -> bool {
        matches!(self.command, Some((_, _, true))) && self.asked.is_none()
    }

    /// The evidence of a restart is there, and its owner is asked.
    pub fn ask_owner(&mut self) {
        self.asked = None;
        if let Watcher::Asm(history) = &mut self.watcher {
            **history = incident::asked(std::mem::take(history), self.now);
        }
    }

    pub fn end_command(&mut self) {
        let Some((_, how, works)) = self.command.take() else { return };
        self.command_ended = self.now;
        // A supervisor starts what is gone and ends nothing.
        let held = matches!(self.watcher, Watcher::Always { .. }) && self.gateway.there();
        if works && !held && self.operator_stopped <= self.now {
            self.owner_starts = 0;
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
        (self.bad_config, self.crash_loop, self.stranger) = (false, 0, Stranger::None);
        (self.breaker, self.config_broken) = (0, 0);
        self.operator_stopped = 0;
        self.supervisor = None;
        let ill = !self.gateway.serves(now);
        if ill {
            self.next_boot = None;
            self.boot(false);
        }
    }
}
