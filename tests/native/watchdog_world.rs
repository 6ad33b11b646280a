//! A gateway with its owner in virtual time, seen through the judge's own eyes.

use auto_session_manager::shared::config::Config;
use auto_session_manager::watchdog::incident::ended;
use auto_session_manager::watchdog::judge::{judge, resume};
use auto_session_manager::watchdog::observation::{Answer, Fields, Observation, Process};
use auto_session_manager::watchdog::policy::Policy;
use auto_session_manager::watchdog::state::{Ended, History};
use auto_session_manager::watchdog::verdict::{Action, Verdict};

pub fn policy() -> Policy {
    Policy::of(&Config::default().watchdog, 1.0, 42)
}

/// How the gateway is at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Healthy,
    Frozen,
    Blocked,
    Mute,
    Refused,
    Boot,
    Draining,
    Garbage,
    Degraded,
    Crashloop,
    Asleep,
}

/// What the owner's restart command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Cures,
    Fails,
    Hangs,
    Lies,
    Dies,
}

pub struct World {
    pub now: u64,
    pub kind: Kind,
    pub owner: Owner,
    pub policy: Policy,
    pub history: History,
    /// Judged verdicts with the time of each.
    pub verdicts: Vec<(u64, Verdict)>,
    /// Acts with time, and how the gateway was.
    pub acts: Vec<(u64, Action, Kind)>,
    pub clock_offset_s: i64,
    born: u64,
    /// Since when it is of this kind.
    pub kind_since: u64,
    cpu_ms: u64,
    pid: u32,
    next_look: u64,
    command_ends: Option<(u64, Ended, Option<u64>)>,
    /// Set by a restart that works: when the gateway was born, and when it dies again.
    cured: Option<(u64, Option<u64>)>,
}

impl World {
    pub fn new(owner: Owner) -> Self {
        // Any machine has been up for a while.
        let now = 1_000_000_000;
        Self {
            now,
            kind: Kind::Healthy,
            owner,
            policy: policy(),
            history: History::default(),
            verdicts: Vec::new(),
            acts: Vec::new(),
            clock_offset_s: 0,
            born: now - 700_000,
            kind_since: now,
            cpu_ms: 5_000,
            pid: 100,
            next_look: now,
            command_ends: None,
            cured: None,
        }
    }

    /// Lives through `seconds` in which the gateway, if nobody restarts it, is of this kind.
    pub fn live(&mut self, kind: Kind, seconds: u64) {
        let until = self.now + seconds * 1_000;
        self.become_kind(kind);
        if kind == Kind::Asleep {
            self.now = until;
            self.next_look = self.next_look.max(until);
            return;
        }
        loop {
            let command = self.command_ends.map_or(u64::MAX, |(at, ..)| at);
            let next = self.next_look.min(command);
            if next >= until {
                break;
            }
            self.pass(next);
            if next == command {
                self.end_command();
            } else {
                self.look();
            }
        }
        self.pass(until);
    }

    /// The watchdog is killed and started again: what it remembers goes through its file.
    pub fn restart_watchdog(&mut self) {
        let text = serde_json::to_string(&self.history).unwrap();
        let kept: History = serde_json::from_str(&text).unwrap();
        assert_eq!(kept, self.history);
        self.history = resume(kept, 0, self.now);
        if self.command_ends.is_none() {
            self.history = ended(self.history.clone(), Ended::Done, &self.policy, self.now);
        }
        self.next_look = self.now;
    }

    fn become_kind(&mut self, kind: Kind) {
        if kind == Kind::Draining && self.kind == kind {
            return;
        }
        let reborn = kind == Kind::Boot || (self.kind == Kind::Refused && kind == Kind::Healthy);
        if reborn {
            self.born = self.now;
            self.pid += 1;
        }
        self.kind = kind;
        self.kind_since = self.now;
    }

    fn pass(&mut self, to: u64) {
        let passed = to.saturating_sub(self.now);
        self.cpu_ms += if self.kind == Kind::Blocked { passed } else { 0 };
        self.now = to.max(self.now);
        if self.kind == Kind::Crashloop && self.now - self.born >= 25_000 {
            self.born = self.now - (self.now - self.born) % 25_000;
        }
    }

    /// How the gateway is now, restarts considered.
    fn actual(&self) -> Kind {
        match self.cured {
            Some((_, Some(dies))) if self.now >= dies => Kind::Refused,
            Some((born, _)) if self.now < born + 10_000 => Kind::Boot,
            Some(_) => Kind::Healthy,
            None if self.kind == Kind::Crashloop && self.now - self.born >= 20_000 => Kind::Refused,
            None if self.kind == Kind::Crashloop => Kind::Healthy,
            None => self.kind,
        }
    }

    fn look(&mut self) {
        let began = self.now;
        let seen = self.observe();
        let slow = matches!(seen.healthz, Answer::TimedOut { .. });
        self.pass(began + if slow { self.policy.probe_ms } else { 0 });
        let history = std::mem::take(&mut self.history);
        let (history, judgement, action) = judge(history, &seen, &self.policy, self.now);
        self.history = history;
        self.verdicts.push((self.now, judgement.verdict));
        self.next_look = self.now + judgement.next_ms;
        if let Some(action) = action {
            self.acts.push((self.now, action, self.actual()));
            self.carry_out(action);
        }
    }

    fn carry_out(&mut self, action: Action) {
        assert!(self.command_ends.is_none(), "two commands at once");
        let after = |s: u64| self.now + s * 1_000;
        self.command_ends = Some(match (action, self.owner) {
            (Action::Escalate { .. }, _) => (after(60), Ended::Done, None),
            (_, Owner::Fails) => (after(2), Ended::Failed { code: Some(1) }, None),
            (_, Owner::Hangs) => (self.now + self.policy.restart_ms, Ended::TimedOut, None),
            (_, Owner::Lies) => (after(1), Ended::Done, None),
            (_, Owner::Cures) => (after(3), Ended::Done, Some(u64::MAX)),
            (_, Owner::Dies) => (after(3), Ended::Done, Some(20_000)),
        });
    }

    fn end_command(&mut self) {
        let Some((_, how, lives)) = self.command_ends.take() else { return };
        if let Some(ms) = lives {
            self.born = self.now;
            self.pid += 1;
            let dies = (ms != u64::MAX).then(|| self.now + 10_000 + ms);
            self.cured = Some((self.now, dies));
        }
        self.history = ended(std::mem::take(&mut self.history), how, &self.policy, self.now);
    }

    fn observe(&self) -> Observation {
        let kind = self.actual();
        let http = |status, fields| Answer::Http { status, fields: Some(fields) };
        let up = Some(self.now.saturating_sub(self.born));
        let ok = Fields { ok: Some(true), status: Some("live".to_owned()), ..Fields::default() };
        let startup =
            |status: &str| Fields { status: Some(status.to_owned()), uptime_ms: up, ..Fields::default() };
        let failing =
            |what: &str| Fields { ready: Some(false), failing: vec![what.to_owned()], ..Fields::default() };
        let ready = Fields { ready: Some(true), ..Fields::default() };
        let started = http(200, startup("started"));
        let none = || (Answer::NotAsked, Answer::NotAsked);
        let (healthz, (startupz, readyz)) = match kind {
            Kind::Healthy | Kind::Crashloop => (http(200, ok), (started, http(200, ready))),
            Kind::Degraded => (http(200, ok), (started, http(503, failing("telegram")))),
            Kind::Boot => (http(200, ok), (http(503, startup("starting")), http(503, failing("startup")))),
            Kind::Draining => {
                (http(200, ok), (http(503, startup("draining")), http(503, failing("gateway-draining"))))
            }
            Kind::Refused | Kind::Asleep => (Answer::Refused, none()),
            Kind::Garbage => (Answer::Garbage { received_bytes: 9 }, none()),
            Kind::Frozen | Kind::Blocked | Kind::Mute => (Answer::TimedOut { received_bytes: 0 }, none()),
        };
        // A mute gateway stands for one without the plugin: no heartbeat, no process.
        let seen = !matches!(kind, Kind::Mute | Kind::Refused | Kind::Garbage);
        let beats = matches!(kind, Kind::Healthy | Kind::Degraded | Kind::Draining);
        let beat = if beats { self.now } else { self.kind_since };
        Observation {
            began_ms: self.now,
            slept_ms: 0,
            healthz,
            startupz,
            readyz,
            process: seen.then(|| Process {
                pid: self.pid,
                start_ticks: u64::from(self.pid),
                state: match kind {
                    Kind::Frozen => 'T',
                    Kind::Blocked => 'R',
                    _ => 'S',
                },
                cpu_ms: self.cpu_ms,
                ..Process::default()
            }),
            heartbeat_ms: seen
                .then(|| beat.saturating_add_signed(self.clock_offset_s * 1_000 + 1_700_000_000_000)),
            ..Observation::default()
        }
    }
}
