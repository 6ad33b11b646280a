//! The gateway as it truly is. Times are monotonic milliseconds; `u64::MAX` is "until something changes it".

use super::plan::{CuredBy, Ill};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    Gone,
    Boot { done: u64, closed: bool },
    Up,
    Drain { done: u64 },
}

/// What its last process left behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left {
    pub code: Option<i32>,
    pub signal: Option<i32>,
    pub memory: bool,
    pub on_purpose: bool,
    pub owner_failed: bool,
    /// It had not started yet.
    pub in_boot: bool,
}

#[derive(Clone, Debug)]
pub struct Gateway {
    pub life: Life,
    pub life_since: u64,
    pub pid: u32,
    pub started: u64,
    /// The same by the wall clock.
    pub started_wall: i64,
    pub frozen: u64,
    pub frozen_since: u64,
    pub blocked: u64,
    pub blocked_since: u64,
    pub mute: u64,
    pub unheard: u64,
    pub drip: u64,
    pub drip_beats: bool,
    pub garbage: u64,
    pub closed: u64,
    pub cpu_ms: u64,
    /// When it last beat, by the wall clock, as it writes it.
    pub beat_wall: i64,
    pub left: Left,
    /// Since when nobody was served, whatever the reason.
    pub unserved_since: Option<u64>,
    /// Since when it has said what it does, for long enough that a look meets it.
    pub heard_since: Option<u64>,
    /// When it began to answer, and since when nobody had been served then.
    answering: Option<(u64, Option<u64>)>,
}

#[derive(Clone, Debug)]
pub struct Account {
    pub channel: &'static str,
    pub ill: Option<(Ill, u64)>,
    pub ill_since: u64,
    /// When bytes last moved, by the wall clock, as the host tells it.
    pub moved_wall: i64,
    /// Illnesses in this boot.
    pub ills: u32,
    /// How long the breaker held it down in this boot before it fell ill, milliseconds.
    pub suppressed_ms: u64,
    /// Its longest rest that ended by itself.
    pub longest_rest_ms: u64,
    /// Cures since the illness began.
    pub cures: u32,
    /// When it was cured last, and whether it was met up since that was over: who finds it down behind a cure that may have
    /// been cut off has to start it.
    pub cured_at: u64,
    pub met_up: bool,
}

/// Why nobody is served, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mute {
    Frozen,
    Blocked,
    Silent,
    /// Its loop turns, and its port accepts and says nothing.
    Unheard,
    Drip {
        beats: bool,
    },
    Garbage,
    Closed,
}

impl Mute {
    /// Whether its event loop turns meanwhile, whoever is served.
    pub fn turns(self) -> bool {
        matches!(self, Self::Unheard | Self::Drip { beats: true })
    }
}

/// So long after a boot a part of it may still be named.
const SIDECARS_MS: u64 = 2_000;

impl Gateway {
    pub fn new(now: u64) -> Self {
        Self {
            life: Life::Up,
            life_since: now - 7_000_000,
            pid: 100,
            started: now - 7_000_000,
            started_wall: super::look::EPOCH + i64::try_from(now - 7_000_000).unwrap_or_default(),
            frozen: 0,
            frozen_since: 0,
            blocked: 0,
            blocked_since: 0,
            mute: 0,
            unheard: 0,
            drip: 0,
            drip_beats: false,
            garbage: 0,
            closed: 0,
            cpu_ms: 5_000,
            beat_wall: super::look::EPOCH + i64::try_from(now).unwrap_or_default(),
            left: Left::default(),
            unserved_since: None,
            heard_since: None,
            answering: None,
        }
    }

    pub fn become_life(&mut self, life: Life, now: u64) {
        self.life = life;
        self.life_since = now;
        self.heard_since = None;
    }

    /// A new process begins to boot.
    pub fn boot(&mut self, now: u64, done: u64, closed: bool) {
        let pid = self.pid + 1;
        let (unserved_since, answering) = (self.unserved_since, self.answering);
        *self = Self {
            pid,
            started: now,
            cpu_ms: 100,
            beat_wall: self.beat_wall,
            unserved_since,
            answering,
            ..Self::new(now.max(7_000_000))
        };
        self.started = now;
        self.become_life(Life::Boot { done, closed }, now);
    }

    pub fn end(&mut self, left: Left, now: u64) {
        (self.frozen, self.blocked, self.mute, self.drip, self.garbage, self.closed) = (0, 0, 0, 0, 0, 0);
        self.unheard = 0;
        self.left = Left { in_boot: matches!(self.life, Life::Boot { .. }), ..left };
        self.become_life(Life::Gone, now);
    }

    /// Whether its boot ended a moment ago.
    pub fn is_fresh(&self, now: u64) -> bool {
        self.life == Life::Up && self.life_since > self.started && self.life_since + SIDECARS_MS > now
    }

    pub fn there(&self) -> bool {
        self.life != Life::Gone
    }

    /// What keeps a process that is there from answering.
    pub fn muted(&self, now: u64) -> Option<Mute> {
        let states = [
            (self.frozen, Mute::Frozen),
            (self.blocked, Mute::Blocked),
            (self.mute, Mute::Silent),
            (self.unheard, Mute::Unheard),
            (self.drip, Mute::Drip { beats: self.drip_beats }),
            (self.garbage, Mute::Garbage),
            (self.closed, Mute::Closed),
        ];
        states.into_iter().find(|(until, _)| self.there() && *until > now).map(|(_, m)| m)
    }

    /// Ends of states after `now`.
    pub fn changes(&self) -> [u64; 8] {
        let life = match self.life {
            Life::Boot { done, .. } | Life::Drain { done } => done,
            Life::Gone | Life::Up => u64::MAX,
        };
        [self.frozen, self.blocked, self.mute, self.unheard, self.drip, self.garbage, self.closed, life]
    }

    /// Lives from `from` to `to` without a change of state between.
    pub fn pass(&mut self, from: u64, to: u64, wall: i64) {
        let passed = to - from;
        match self.muted(from) {
            _ if !self.there() => {}
            Some(Mute::Frozen) => {}
            Some(Mute::Blocked) => self.cpu_ms += passed,
            Some(Mute::Silent) | Some(Mute::Drip { beats: false }) => {}
            _ => {
                self.cpu_ms += passed / 200;
                self.beat_wall = wall - wall % 5_000;
            }
        }
    }

    /// Notes whether anything answers. An answer that was over before anybody could look for it counts for nothing.
    pub fn note_service(&mut self, answers: bool, unseen_ms: u64, now: u64) {
        if answers {
            self.heard_since = self.heard_since.or(Some(now));
        } else {
            self.heard_since = self.heard_since.filter(|at| now - at >= unseen_ms);
        }
        if answers {
            self.answering = self.answering.or(Some((now, self.unserved_since)));
            self.unserved_since = None;
        } else if self.unserved_since.is_none() {
            let brief = self.answering.take().filter(|(at, _)| now - at < unseen_ms);
            self.unserved_since = Some(brief.and_then(|(_, before)| before).unwrap_or(now));
        }
    }

    /// Whether a client is served.
    pub fn serves(&self, now: u64) -> bool {
        self.life == Life::Up && self.muted(now).is_none()
    }
}

impl Account {
    pub fn new(n: usize, moved_wall: i64) -> Self {
        Self {
            channel: if n == 0 { "telegram" } else { "discord" },
            ill: None,
            ill_since: 0,
            ills: 0,
            suppressed_ms: 0,
            longest_rest_ms: 0,
            moved_wall,
            cures: 0,
            cured_at: 0,
            met_up: true,
        }
    }

    pub fn illness(&self, now: u64) -> Option<Ill> {
        self.ill.filter(|(_, until)| *until > now).map(|(ill, _)| ill)
    }

    /// Whether it was stopped before anybody met it up behind its last cure: nothing tells that from a cure that was cut off.
    pub fn left_down(&self, now: u64) -> bool {
        self.illness(now) == Some(Ill::StoppedByOperator) && !self.met_up
    }

    /// Lives from `from` to `to`; where its bytes could move, the wall clock says when.
    pub fn pass(&mut self, from: u64, to: u64, could_move: Option<i64>, suppressed: bool) {
        if let Some(wall) = could_move.filter(|_| self.illness(from).is_none()) {
            self.moved_wall = wall - wall % 30_000;
        }
        if let Some((Ill::Hang(_), until)) = self.ill.filter(|(_, until)| *until <= to) {
            self.longest_rest_ms = self.longest_rest_ms.max(until - self.ill_since);
        }
        if suppressed && self.ills == 0 {
            self.suppressed_ms += to - from;
        }
    }

    /// A cure or a restart ends what it can end.
    pub fn treat(&mut self, by: CuredBy) {
        if let Some((Ill::Hang(cured) | Ill::Fails(cured), _)) = self.ill {
            let helps = cured == by || (cured == CuredBy::Channel && by == CuredBy::Process);
            if helps {
                self.ill = None;
            }
        }
    }
}
