//! A gateway with its surroundings and its owner in virtual time, seen by a watchdog, and what is true of them.
//!
//! The world knows what happens and when; the watchdog is shown observations only. Each act is held against the truth at
//! its moment, and what has to be done is held against what was done.

pub mod deed;
pub mod faults;
pub mod gateway;
pub mod look;
pub mod plan;
pub mod truth;
pub mod watcher;
pub mod wrong;

use auto_session_manager::shared::config::Config;
use auto_session_manager::watchdog::alert::Code;
use auto_session_manager::watchdog::look::Ask;
use auto_session_manager::watchdog::observation::Observation;
use auto_session_manager::watchdog::policy::Policy;
use auto_session_manager::watchdog::state::Ended;
use auto_session_manager::watchdog::verdict::Verdict;
pub use deed::{Deed, Kind, Mistake};
use gateway::{Account, Gateway, Life};
use plan::{Dice, Plan};
use std::collections::{BTreeMap, BTreeSet};
use truth::Owed;
use watcher::Watcher;

/// Any machine has been up for a while.
pub const BEGIN_MS: u64 = 1_000_000_000;

pub fn policy() -> Policy {
    Policy::of(&Config::default().watchdog, 1.0, 42)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stranger {
    None,
    Answers(u64),
    Silent(u64),
}

/// A look under way.
#[derive(Clone, Debug)]
pub struct Look {
    pub began_ms: u64,
    pub ask: Ask,
    pub latency: u64,
}

#[derive(Clone, Debug)]
pub struct World {
    pub now: u64,
    pub plan: Plan,
    pub policy: Policy,
    pub dice: Dice,
    pub gateway: Gateway,
    pub accounts: Vec<Account>,
    pub watcher: Watcher,
    pub verdicts: Vec<(u64, Verdict)>,
    pub deeds: Vec<(u64, Deed)>,
    pub mistakes: Vec<Mistake>,
    pub looks: u64,
    /// Kept only where somebody asks for them.
    pub recording: Option<Vec<(u64, Observation)>>,
    /// What nobody watched: time, what was to be seen, and why a restart would have been wrong.
    pub watched: Vec<(u64, Observation, Option<&'static str>)>,
    pub slept_ms: u64,
    pub clock_offset_ms: i64,
    pub overload: u64,
    pub swap: u64,
    pub disk_full: u64,
    pub network_down: u64,
    pub proxy_down: u64,
    pub breaker: u64,
    pub config_broken: u64,
    pub bad_config: bool,
    pub guardian: u64,
    pub hold: u64,
    pub operator_stopped: u64,
    pub crash_loop: u64,
    pub crash_loop_supervised: bool,
    pub stranger: Stranger,
    pub oom_kills: u64,
    pub memory_deaths: Vec<u64>,
    /// Those of them that a look met.
    pub memory_met: BTreeSet<u64>,
    /// Starts by its owner since somebody else started it.
    pub owner_starts: u64,
    /// Boots after an end that was no stop, which the host counts; whether a look was taken in their time.
    pub unclean: Vec<(u64, bool)>,
    pub longest_boot: u64,
    pub last_ill: Vec<u64>,
    /// The process that a look met last.
    pub met_pid: u32,
    /// When the supervisor starts it again.
    pub supervisor: Option<u64>,
    /// When the restart command ends, and how.
    pub command: Option<(u64, Ended, bool)>,
    pub attempts: u32,
    /// When its owner is about to be asked for a restart, and was asked last.
    pub asked: Option<u64>,
    pub asked_at: u64,
    pub last_act: Option<u64>,
    /// For how long since then another one could have followed, and whether a look has met the process that was there
    /// before it after its command had ended.
    pub free_ms: u64,
    pub stood: bool,
    /// Which of its incident the last restart was, and when its command ended.
    pub last_attempt: u32,
    pub command_ended: u64,
    /// A person was called by an escalation and has not been there yet.
    pub called: bool,
    pub served_since: Option<u64>,
    /// When what was told last, or its end, and what stands: by code and what exactly it was about.
    pub told: BTreeMap<(Code, String), u64>,
    pub told_standing: BTreeSet<(Code, String)>,
    pub owing: BTreeMap<Owed, u64>,
    pub truth_seen: BTreeMap<Code, u64>,
    /// Since when what is true now has been, look by look.
    pub truth_since: BTreeMap<Code, u64>,
    pub next_look: u64,
    /// A look that was taken and is judged when it ends.
    pub looking: Option<(u64, Look)>,
    pub next_channels: u64,
    pub next_network: u64,
    pub next_proxy: u64,
    /// Length of the next boot, seconds, and whether its port is closed until it is done.
    pub next_boot: Option<(u64, bool)>,
    next_fault: usize,
    watching_from: u64,
}

impl World {
    pub fn new(plan: Plan, watcher: Watcher) -> Self {
        let now = BEGIN_MS;
        let account = |n: usize| Account {
            channel: if n == 0 { "telegram" } else { "discord" },
            ill: None,
            ill_since: 0,
            ills: 0,
            suppressed_ms: 0,
            longest_rest_ms: 0,
            moved_wall: look::EPOCH + i64::try_from(now).unwrap_or_default(),
            cures: 0,
        };
        Self {
            now,
            policy: policy(),
            dice: Dice(plan.seed ^ 0x5eed),
            gateway: Gateway::new(now),
            accounts: (0..plan.channels).map(account).collect(),
            last_ill: vec![0; plan.channels],
            plan,
            watcher,
            verdicts: Vec::new(),
            deeds: Vec::new(),
            mistakes: Vec::new(),
            looks: 0,
            recording: None,
            watched: Vec::new(),
            slept_ms: 0,
            clock_offset_ms: 0,
            overload: 0,
            swap: 0,
            disk_full: 0,
            network_down: 0,
            proxy_down: 0,
            breaker: 0,
            config_broken: 0,
            bad_config: false,
            guardian: 0,
            hold: 0,
            operator_stopped: 0,
            crash_loop: 0,
            crash_loop_supervised: false,
            stranger: Stranger::None,
            oom_kills: 0,
            memory_deaths: Vec::new(),
            memory_met: BTreeSet::new(),
            owner_starts: 0,
            unclean: Vec::new(),
            longest_boot: 0,
            met_pid: 0,
            supervisor: None,
            command: None,
            attempts: 0,
            asked: None,
            asked_at: 0,
            last_act: None,
            free_ms: 0,
            stood: false,
            last_attempt: 0,
            command_ended: 0,
            called: false,
            served_since: None,
            told: BTreeMap::new(),
            told_standing: BTreeSet::new(),
            owing: BTreeMap::new(),
            truth_seen: BTreeMap::new(),
            truth_since: BTreeMap::new(),
            next_look: now,
            looking: None,
            next_channels: 0,
            next_network: 0,
            next_proxy: 0,
            next_boot: None,
            next_fault: 0,
            watching_from: now,
        }
    }

    /// Lives through the whole plan.
    pub fn live(mut self) -> Self {
        let until = BEGIN_MS + self.plan.seconds * 1_000;
        while self.now < until {
            let next = self.next_change().min(until).max(self.now);
            self.pass(next);
            if self.now < until {
                self.happen();
            }
        }
        self
    }

    /// When something happens next.
    fn next_change(&self) -> u64 {
        let fault = self.plan.faults.get(self.next_fault).map(|(at, _)| BEGIN_MS + at * 1_000);
        let windows = [self.hold, self.guardian, self.network_down, self.proxy_down, self.operator_stopped];
        let windows = windows.into_iter().chain(self.gateway.changes()).filter(|at| *at > self.now);
        let command = self.command.map(|(at, ..)| at);
        let doomed = self.doomed();
        let looked = self.looking.as_ref().map(|(at, _)| *at);
        [fault, self.supervisor, self.asked, command, doomed, looked.or(Some(self.next_look))]
            .into_iter()
            .flatten()
            .chain(windows)
            .min()
            .unwrap_or(u64::MAX)
    }

    /// When a boot of a crash loop dies.
    fn doomed(&self) -> Option<u64> {
        let doomed = self.crash_loop > self.now && self.gateway.there();
        doomed.then(|| (self.gateway.started + 20_000).max(self.now + 1))
    }

    fn pass(&mut self, to: u64) {
        let wall = self.wall(to);
        self.gateway.pass(self.now, to, wall);
        let loop_turns = self.gateway.there()
            && matches!(self.gateway.life, Life::Up | Life::Drain { .. })
            && self.gateway.muted(self.now).is_none_or(gateway::Mute::turns);
        let online = self.online();
        let suppressed = self.breaker > self.now;
        if !self.forbidden() {
            self.free_ms += to - self.now;
        }
        for (n, a) in self.accounts.iter_mut().enumerate() {
            a.pass(self.now, to, (loop_turns && online).then_some(wall), suppressed);
            if a.illness(self.now).is_some() {
                self.last_ill[n] = to;
            }
        }
        self.now = to;
    }

    /// Everything whose time has come.
    fn happen(&mut self) {
        self.gateway_changes();
        if self.asked.is_some_and(|at| at <= self.now) {
            self.ask_owner();
        }
        if self.command.is_some_and(|(at, ..)| at <= self.now) {
            self.end_command();
        }
        if self.supervisor.is_some_and(|at| at <= self.now) {
            self.supervisor = None;
            if !self.gateway.there() && self.operator_stopped <= self.now {
                self.owner_starts += 1;
                self.boot(true);
            }
        }
        while let Some((at, fault)) = self.plan.faults.get(self.next_fault).copied()
            && BEGIN_MS + at * 1_000 <= self.now
        {
            self.next_fault += 1;
            self.strike(fault);
        }
        self.track();
        if let Some((_, look)) = self.looking.take_if(|(at, _)| *at <= self.now) {
            self.see(&look);
            self.track();
        }
        if self.looking.is_none() && self.now >= self.next_look {
            self.look();
        }
    }

    fn gateway_changes(&mut self) {
        match self.gateway.life {
            Life::Boot { done, .. } if done <= self.now && self.gateway.muted(self.now).is_none() => {
                self.longest_boot = self.longest_boot.max(self.now - self.gateway.life_since);
                self.gateway.become_life(Life::Up, self.now);
            }
            Life::Drain { done } if done <= self.now => self.boot(false),
            _ => {}
        }
        if self.doomed().is_some_and(|at| at <= self.now + 1) && self.gateway.started + 20_000 <= self.now {
            let left = gateway::Left { code: Some(1), ..gateway::Left::default() };
            let supervised = self.crash_loop_supervised;
            self.die(left, supervised);
        }
        if self.operator_stopped != 0 && self.operator_stopped <= self.now {
            self.operator_stopped = 0;
            if !self.gateway.there() {
                self.boot(false);
            }
        }
    }

    /// Notes since when nobody is served.
    fn track(&mut self) {
        let answers = match self.gateway.life {
            Life::Gone => false,
            Life::Boot { closed, .. } => !closed && self.gateway.muted(self.now).is_none(),
            Life::Up | Life::Drain { .. } => self.gateway.muted(self.now).is_none(),
        };
        self.gateway.note_service(answers, self.policy.interval_ms, self.now);
        self.served_since = self.gateway.serves(self.now).then(|| self.served_since.unwrap_or(self.now));
        if self.served_since.is_some_and(|at| self.now - at > 900_000) {
            self.called = false;
        }
        let owed = self.owed();
        self.owing.retain(|key, _| owed.iter().any(|(k, _)| k == key));
        for (key, _) in owed {
            self.owing.entry(key).or_insert(self.now);
        }
    }

    pub fn mistake(&mut self, kind: Kind, what: String) {
        self.mistakes.push(Mistake { at: self.now, what, kind });
    }
}
