//! A gateway with its surroundings and its owner in virtual time, seen by a watchdog, and what is true of them.
//!
//! The world knows what happens and when; the watchdog is shown observations only. Each act is held against the truth at
//! its moment, and what has to be done is held against what was done.

pub mod around;
pub mod boots;
pub mod deed;
pub mod faults;
pub mod gateway;
pub mod look;
pub mod owed;
pub mod plan;
pub mod truth;
pub mod watcher;
pub mod weigh;
pub mod wrong;

use around::Around;
pub use around::Stranger;
use auto_session_manager::shared::config::Config;
use auto_session_manager::watchdog::look::Ask;
use auto_session_manager::watchdog::observation::{Answer, Observation};
use auto_session_manager::watchdog::policy::Policy;
use auto_session_manager::watchdog::verdict::Verdict;
use boots::Boots;
use deed::Acts;
pub use deed::{Deed, Kind, Mistake};
use gateway::{Account, Gateway, Life};
use plan::{Dice, Plan};
use truth::Debts;
use watcher::Watcher;

/// Any machine has been up for a while.
pub const BEGIN_MS: u64 = 1_000_000_000;

pub fn policy() -> Policy {
    Policy::of(&Config::default().watchdog, 1.0, 42)
}

/// A look under way.
#[derive(Clone, Debug)]
pub struct Look {
    pub began_ms: u64,
    pub ask: Ask,
    pub latency: u64,
    /// For how long what is asked after the probes hangs.
    pub slowness: u64,
    /// What the probes have heard by then, and why a restart would have been wrong as they did.
    pub heard: Option<([Answer; 3], Option<&'static str>)>,
}

#[derive(Clone, Debug)]
pub struct World {
    pub now: u64,
    pub plan: Plan,
    pub policy: Policy,
    pub dice: Dice,
    pub gateway: Gateway,
    pub accounts: Vec<Account>,
    pub around: Around,
    pub watcher: Watcher,
    pub acts: Acts,
    pub debts: Debts,
    pub verdicts: Vec<(u64, Verdict)>,
    pub deeds: Vec<(u64, Deed)>,
    pub mistakes: Vec<Mistake>,
    pub looks: u64,
    /// Kept only where somebody asks for them.
    pub recording: Option<Vec<(u64, Observation)>>,
    /// What nobody watched: time, what was to be seen, and why a restart would have been wrong.
    pub watched: Vec<(u64, Observation, Option<&'static str>)>,
    pub boots: Boots,
    pub last_ill: Vec<u64>,
    /// The process that a look met last.
    pub met_pid: u32,
    pub served_since: Option<u64>,
    pub next_look: u64,
    /// A look that was taken and is judged when it ends.
    pub looking: Option<(u64, Look)>,
    pub next_channels: u64,
    pub next_network: u64,
    pub next_proxy: u64,
    next_fault: usize,
    watching_from: u64,
}

impl World {
    pub fn new(plan: Plan, watcher: Watcher) -> Self {
        let now = BEGIN_MS;
        let moved = look::EPOCH + i64::try_from(now).unwrap_or_default();
        Self {
            now,
            policy: policy(),
            dice: Dice(plan.seed ^ 0x5eed),
            gateway: Gateway::new(now),
            accounts: (0..plan.channels).map(|n| Account::new(n, moved)).collect(),
            around: Around::default(),
            watcher,
            acts: Acts::default(),
            debts: Debts::default(),
            verdicts: Vec::new(),
            deeds: Vec::new(),
            mistakes: Vec::new(),
            looks: 0,
            recording: None,
            watched: Vec::new(),
            boots: Boots::default(),
            last_ill: vec![0; plan.channels],
            plan,
            met_pid: 0,
            served_since: None,
            next_look: now,
            looking: None,
            next_channels: 0,
            next_network: 0,
            next_proxy: 0,
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
        let windows = [
            self.around.hold,
            self.around.guardian,
            self.around.network_down,
            self.around.proxy_down,
            self.around.operator_stopped,
        ];
        let windows = windows.into_iter().chain(self.gateway.changes()).filter(|at| *at > self.now);
        let command = self.acts.command.map(|(at, ..)| at);
        let doomed = self.doomed();
        let looked = self.looking.as_ref().map(|(at, _)| *at);
        [fault, self.around.supervisor, self.acts.asked, command, doomed, looked.or(Some(self.next_look))]
            .into_iter()
            .flatten()
            .chain(windows)
            .min()
            .unwrap_or(u64::MAX)
    }

    /// When a boot of a crash loop dies.
    fn doomed(&self) -> Option<u64> {
        let doomed = self.around.crash_loop > self.now && self.gateway.there();
        doomed.then(|| (self.gateway.started + 20_000).max(self.now + 1))
    }

    fn pass(&mut self, to: u64) {
        let wall = self.wall(to);
        self.gateway.pass(self.now, to, wall);
        let loop_turns = self.gateway.there()
            && matches!(self.gateway.life, Life::Up | Life::Drain { .. })
            && self.gateway.muted(self.now).is_none_or(gateway::Mute::turns);
        let online = self.online();
        let suppressed = self.around.breaker > self.now;
        if !self.forbidden() {
            self.acts.free_ms += to - self.now;
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
        if self.acts.asked.is_some_and(|at| at <= self.now) {
            self.ask_owner();
        }
        if self.acts.command.is_some_and(|(at, ..)| at <= self.now) {
            self.end_command();
        }
        if self.around.supervisor.is_some_and(|at| at <= self.now) {
            self.around.supervisor = None;
            if !self.gateway.there() && self.around.operator_stopped <= self.now {
                self.around.owner_starts += 1;
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
            self.go_on(look);
            self.track();
        }
        if self.looking.is_none() && self.now >= self.next_look {
            self.look();
        }
    }

    fn gateway_changes(&mut self) {
        match self.gateway.life {
            Life::Boot { done, .. } if done <= self.now && self.gateway.muted(self.now).is_none() => {
                self.boots.longest_ms = self.boots.longest_ms.max(done - self.gateway.life_since);
                self.gateway.become_life(Life::Up, self.now);
            }
            Life::Drain { done } if done <= self.now => match self.around.stops_for.take() {
                Some(seconds) => self.operator_stops(seconds),
                None => self.boot(false),
            },
            _ => {}
        }
        if self.doomed().is_some_and(|at| at <= self.now + 1) && self.gateway.started + 20_000 <= self.now {
            let left = gateway::Left { code: Some(1), ..gateway::Left::default() };
            let supervised = self.around.crash_loop_supervised;
            self.die(left, supervised);
        }
        if self.around.operator_stopped != 0 && self.around.operator_stopped <= self.now {
            self.around.operator_stopped = 0;
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
            self.acts.called = false;
        }
        self.acts.note_service(self.served_since, self.now);
        let owed = self.owed();
        self.debts.owing.retain(|key, _| owed.iter().any(|(k, _)| k == key));
        for (key, _) in owed {
            self.debts.owing.entry(key).or_insert(self.now);
        }
    }

    pub fn mistake(&mut self, kind: Kind, what: String) {
        self.mistakes.push(Mistake { at: self.now, what, kind });
    }
}
