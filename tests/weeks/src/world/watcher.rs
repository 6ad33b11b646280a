//! Who watches: our judge, or one of the three rules that others use.

use super::gateway::Life;
use super::plan::Ill;
use super::truth::{Owed, SEEN_MS};
use super::{Deed, Kind, Look, World};
use auto_session_manager::watchdog::alert::{Alert, Code, Severity};
use auto_session_manager::watchdog::incident::ended;
use auto_session_manager::watchdog::judge::{judge, resume};
use auto_session_manager::watchdog::look::Ask;
use auto_session_manager::watchdog::observation::{Active, Answer, Observation};
use auto_session_manager::watchdog::policy::Policy;
use auto_session_manager::watchdog::state::{Ended, History, Phase};
use auto_session_manager::watchdog::verdict::Action;

#[derive(Clone, Debug)]
pub enum Watcher {
    Asm(Box<History>),
    /// Nobody; the world is recorded.
    Nobody,
    /// `Restart=always` alone (systemd.service(5)): acts when the main process ends, by whatever cause, and never else;
    /// the host's documented unit adds `RestartSec=5` and `RestartPreventExitStatus=78`.
    Always {
        there: bool,
    },
    /// `*/5 * * * * curl -fsS -m 5 http://127.0.0.1:18789/healthz || openclaw gateway restart`: the home-made script
    /// reported to kill a boot of three to four minutes for ever.
    Cron,
    /// Readiness as liveness (a Kubernetes `livenessProbe` on `/readyz` with the default `failureThreshold: 3`, here
    /// each minute).
    Readyz {
        failed: u32,
    },
}

impl Watcher {
    pub fn asm() -> Self {
        Self::Asm(Box::default())
    }

    /// The others are given half an hour before a fault counts as missed by them.
    pub fn patience_ms(&self, limit: u64) -> u64 {
        if matches!(self, Self::Asm(_)) { 0 } else { 1_800_000u64.saturating_sub(limit) }
    }

    /// Whether it restarts at this look; none for the judge, which decides for itself.
    pub fn rule(&mut self, seen: &Observation) -> bool {
        let ok = |a: &Answer| matches!(a, Answer::Http { status: 200, .. });
        match self {
            Self::Asm(_) | Self::Nobody => false,
            Self::Always { there } => {
                let now = seen.process.is_some();
                let ended = *there && !now;
                *there = now;
                let meant = seen.owner.active == Active::Stopped;
                let refused = seen.owner.last_exit.as_ref().is_some_and(|e| e.code == Some(78));
                ended && !refused && !meant
            }
            Self::Cron => !ok(&seen.healthz),
            Self::Readyz { failed } => {
                *failed = if ok(&seen.readyz) { 0 } else { *failed + 1 };
                let acts = *failed >= 3;
                *failed = if acts { 0 } else { *failed };
                acts
            }
        }
    }

    pub fn period_ms(&self) -> u64 {
        match self {
            Self::Asm(_) | Self::Readyz { .. } => 60_000,
            Self::Always { .. } | Self::Nobody => 5_000,
            Self::Cron => 300_000,
        }
    }
}

pub fn through_file(history: &mut History, slept_ms: u64, at: u64) {
    let text = serde_json::to_string(&*history).unwrap_or_default();
    let kept: History = serde_json::from_str(&text).unwrap_or_default();
    assert_eq!(kept, *history);
    *history = resume(kept, slept_ms, at);
}

/// A watchdog that comes back to a command that is not there any more.
pub fn nothing_runs(history: &mut History, policy: &Policy, now: u64) {
    let busy = history.incident.as_ref();
    if busy.is_some_and(|i| matches!(i.phase, Phase::Commanding { .. } | Phase::Escalating { .. })) {
        command_ended(history, Ended::Done, policy, now);
    }
}

pub fn command_ended(history: &mut History, how: Ended, policy: &Policy, now: u64) {
    *history = ended(std::mem::take(history), how, policy, now);
}

impl World {
    pub fn look(&mut self) {
        self.looks += 1;
        self.settle_debts();
        let ask = match &self.watcher {
            Watcher::Asm(history) => Ask::after(history, &self.policy, self.now),
            _ => Ask::default(),
        };
        let latency = self.latency();
        let slowness = self.slowness();
        let look = Look { began_ms: self.now, ask, latency, slowness, heard: None };
        match self.took_ms(&look.ask, latency) {
            0 => self.go_on(look),
            ms => self.looking = Some((self.now + ms, look)),
        }
    }

    /// Its probes have ended, or all that was asked after them.
    pub fn go_on(&mut self, mut look: Look) {
        if look.slowness > 0 && look.heard.is_none() {
            look.heard = Some((self.hear_probes(&look.ask, look.latency), self.restart_wrong()));
            self.looking = Some((self.now + look.slowness, look));
        } else {
            // What was true as its probes heard it may be otherwise by now, and nobody knows better.
            self.acts.right_then = matches!(look.heard, Some((_, None)));
            self.see(&look);
        }
    }

    /// What was looked for is seen.
    pub fn see(&mut self, look: &Look) {
        let seen = self.observe(look);
        self.boots.meet(
            matches!(self.gateway.life, Life::Boot { .. }),
            self.gateway.serves(self.now),
            self.now,
        );
        if seen.healthz.fields().is_some() || seen.readyz.fields().is_some() {
            self.acts.heard_at = self.now;
        }
        if self.is_met() {
            self.met_pid = self.gateway.pid;
            let sees = self.plan.sees;
            let ended = self.acts.command.is_none() && sees.process && sees.owner;
            self.acts.stood |= ended && self.acts.last_act.is_some_and(|at| self.gateway.started < at);
        }
        // Its owner tells of each start, whoever met it.
        if self.plan.sees.owner {
            self.around.unclean.iter_mut().for_each(|(_, noticed)| *noticed = true);
        } else if let Some((_, noticed)) = self.around.unclean.last_mut().filter(|_| self.gateway.there()) {
            *noticed = true;
        }
        if !self.gateway.there() && self.gateway.left.memory {
            self.around.memory_met.extend(self.around.memory_deaths.last());
        }
        if let Some(recording) = self.recording.as_mut() {
            recording.push((self.now, seen.clone()));
        }
        self.note_truth();
        self.conclude(&seen);
    }

    /// The look has ended.
    pub fn conclude(&mut self, seen: &Observation) {
        let Watcher::Asm(history) = &mut self.watcher else {
            self.plain(seen);
            return;
        };
        let judged = judge(std::mem::take(history), seen, &self.policy, self.now);
        **history = judged.history;
        if self.verdicts.last().is_none_or(|(_, v)| *v != judged.judgement.verdict) {
            self.verdicts.push((self.now, judged.judgement.verdict));
        }
        self.next_look = self.now + judged.judgement.next_ms;
        for alert in &judged.alerts {
            self.hear(alert);
        }
        if let Some(action) = judged.action {
            self.weigh(&action);
            self.carry_out(&action);
            let silent = judged.judgement.failed_probes > 0;
            self.acts.gathering = self.acts.asked.map(|_| (action.clone(), silent));
            self.deeds.push((self.now, Deed::Act(action)));
        }
    }

    fn plain(&mut self, seen: &Observation) {
        self.next_look = self.now + self.watcher.period_ms();
        if matches!(self.watcher, Watcher::Nobody) {
            let why = self.restart_wrong();
            self.watched.push((self.now, seen.clone(), why));
            return;
        }
        if self.acts.command.is_some() || !self.watcher.rule(seen) {
            return;
        }
        let always = matches!(self.watcher, Watcher::Always { .. });
        if let Some(why) = self.restart_wrong().filter(|why| !always || !why.contains("too short")) {
            self.mistake(Kind::WrongRestart, why.to_owned());
        }
        self.debts.owing.retain(|key, _| !matches!(key, Owed::Restart(_)));
        self.carry_out(&Action::Restart { incident: 1, attempt: 1 });
        self.deeds.push((self.now, Deed::Plain));
    }

    fn hear(&mut self, alert: &Alert) {
        let Alert { code, severity, values, about } = alert.clone();
        if code == Code::Recovered {
            // Of two channels that are told of, one being over says nothing about the other.
            let name = |n: usize| values.get(n).map(String::as_str).unwrap_or_default();
            let over = Code::ALL.into_iter().find(|c| name(0) == c.name());
            let over = over.map(|code| (code, name(1).to_owned()));
            if let Some((code, about)) = &over
                && self.still_true(*code, about)
            {
                self.mistake(Kind::WrongAlert, format!("over: {}", code.name()));
            }
            self.debts.told_standing.retain(|told| Some(told) != over.as_ref());
            self.debts.owing.remove(&Owed::Over);
            self.debts.told.extend(over.map(|over| (over, self.now)));
            return;
        }
        if let Some(n) = (0..self.accounts.len()).find(|n| about.ends_with(&format!("/a{n}"))) {
            self.debts.owing.remove(&Owed::Refused(n));
        }
        self.debts.told.insert((code, about.clone()), self.now);
        self.debts.told_standing.insert((code, about));
        self.debts.owing.remove(&Owed::Alert(code));
        self.deeds.push((self.now, Deed::Alert(code)));
        // What was true at the look before may be told at the one that shows the opposite only later: channels are asked
        // for once a minute, the network, too.
        let lately = |code: &Code| self.debts.truth_seen.get(code).is_some_and(|at| self.now - at < 180_000);
        if severity > Severity::Info && !lately(&code) {
            self.mistake(Kind::WrongAlert, code.name().to_owned());
        }
    }

    /// Whether what is said to be over has been true at more looks than it takes to be seen.
    fn still_true(&self, code: Code, about: &str) -> bool {
        let long = |since: u64| self.now - since >= SEEN_MS;
        let ill = |is: fn(Ill) -> bool| {
            let account = (0..).zip(&self.accounts).find(|(n, _)| about.ends_with(&format!("/a{n}")));
            account.is_some_and(|(_, a)| a.illness(self.now).is_some_and(is) && long(a.ill_since))
        };
        match code {
            Code::ChannelDown => ill(|ill| matches!(ill, Ill::Hang(_) | Ill::Fails(_))),
            Code::ChannelRefused => ill(|ill| matches!(ill, Ill::Unauthorized | Ill::Conflict)),
            Code::NetworkDown
            | Code::ProxyDown
            | Code::DiskFull
            | Code::Breaker
            | Code::Guardian
            | Code::ConfigBroken
            | Code::ConfigRefused
            | Code::PortTaken => self.debts.truth_since.get(&code).is_some_and(|since| long(*since)),
            _ => false,
        }
    }

    /// Notes which alerts would be true now.
    fn note_truth(&mut self) {
        let gone = !self.gateway.there();
        let taken = self.stranger_there();
        let ills: Vec<Ill> = self.accounts.iter().filter_map(|a| a.illness(self.now)).collect();
        let fails = ills.iter().any(|ill| matches!(ill, Ill::Hang(_) | Ill::Fails(_)));
        let fails = fails || self.accounts.iter().any(|a| a.left_down(self.now));
        let refused = ills.iter().any(|ill| matches!(ill, Ill::Unauthorized | Ill::Conflict));
        // Who is not told of the channels knows only that a part is not ready.
        let part = if self.plan.sees.channels { fails || refused } else { !ills.is_empty() };
        let unserved = !self.gateway.serves(self.now);
        let memory = self.memory_deaths_lately() > 0 && gone;
        let garbage = self.gateway.garbage > self.now;
        let truths = [
            (self.around.guardian > self.now, Code::Guardian),
            ((self.around.bad_config || self.around.config_broken > self.now) && gone, Code::ConfigRefused),
            (self.around.bad_config || self.around.config_broken > self.now, Code::ConfigBroken),
            (taken && gone, Code::PortTaken),
            (garbage || taken, Code::Stranger),
            (self.around.breaker > self.now, Code::Breaker),
            (self.around.disk_full > self.now, Code::DiskFull),
            (self.plan.proxied && self.around.proxy_down > self.now, Code::ProxyDown),
            (self.around.network_down > self.now, Code::NetworkDown),
            (fails, Code::ChannelDown),
            (refused, Code::ChannelRefused),
            (part, Code::PartFails),
            (unserved, Code::NoAnswerBeating),
            (unserved, Code::NotActedOn),
            (self.acts.off(self.now) && (unserved || fails), Code::ActingOff),
            // One that dies after each start may happen to answer whenever it is looked at.
            (unserved || fails || self.around.crash_loop > self.now, Code::RestartUseless),
            (memory, Code::OutOfMemory),
        ];
        for (holds, code) in truths {
            if holds {
                self.debts.truth_seen.insert(code, self.now);
                self.debts.truth_since.entry(code).or_insert(self.now);
            } else {
                self.debts.truth_since.remove(&code);
            }
        }
    }
}
