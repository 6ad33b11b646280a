//! What a look at the world shows, as far as this watchdog can see.

use super::gateway::{Life, Mute};
use super::plan::Ill;
use super::{Look, Stranger, World};
use auto_session_manager::watchdog::look::Ask;
use auto_session_manager::watchdog::observation::{
    Account, Active, Answer, Channels, Config, Exit, Fields, Guardian, Machine, Network, Observation, Owner,
    Port, Process, Provider, Reach,
};

pub const EPOCH: i64 = 1_700_000_000_000;

fn http(status: u16, fields: Fields) -> Answer {
    Answer::Http { status, fields: Some(fields) }
}

fn says(status: &str, uptime_ms: Option<u64>) -> Fields {
    Fields { status: Some(status.to_owned()), uptime_ms, ..Fields::default() }
}

impl World {
    /// The wall clock at a monotonic time, as the gateway reads it.
    pub fn wall(&self, at: u64) -> i64 {
        i64::try_from(at + self.around.slept_ms).unwrap_or_default() + self.around.clock_offset_ms + EPOCH
    }

    /// How long an answer takes now, milliseconds.
    pub fn latency(&mut self) -> u64 {
        if self.pressed_now() && self.dice.percent(70) { self.dice.between(1_000, 40_000) } else { 0 }
    }

    fn pressed_now(&self) -> bool {
        self.around.overload.max(self.around.swap) > self.now
    }

    /// For how much longer than its probes a look takes that begins now, milliseconds.
    pub fn slowness(&mut self) -> u64 {
        if self.around.slow_looks > self.now { self.dice.between(20_000, 60_000) } else { 0 }
    }

    /// How long a look takes that begins now: its probes are as patient as the watchdog makes them.
    pub fn took_ms(&self, ask: &Ask, latency: u64) -> u64 {
        let deadline = ask.probe_ms(&self.policy);
        match self.healthz(latency > deadline) {
            // The second probe runs beside the first where a silence is known, else after it.
            Answer::TimedOut { .. } if ask.wants.second_signal => deadline,
            Answer::TimedOut { .. } => deadline + deadline / 2,
            _ => latency.min(deadline),
        }
    }

    /// What its probes hear that end now.
    pub fn hear_probes(&mut self, ask: &Ask, latency: u64) -> [Answer; 3] {
        let healthz = self.healthz(latency > ask.probe_ms(&self.policy));
        if !matches!(healthz, Answer::Http { .. }) {
            // Its second question is one of its own: a full machine may have answered that.
            let serves = self.open() && self.gateway.muted(self.now).is_none();
            let second = if serves && self.dice.percent(50) { self.told().1 } else { healthz.clone() };
            return [healthz, Answer::NotAsked, second];
        }
        let (startupz, mut readyz) = self.told();
        if self.pressed_now() && self.dice.percent(30) {
            // The next question on a full machine comes too late.
            readyz = Answer::TimedOut { received_bytes: 0 };
        }
        [healthz, startupz, readyz]
    }

    /// What a look sees that ends now: whatever began to answer by the end of its probes has answered.
    pub fn observe(&mut self, look: &Look) -> Observation {
        let (ask, wants, began_ms) = (&look.ask, &look.ask.wants, look.began_ms);
        let heard_ms = self.now - look.heard.as_ref().map_or(0, |_| look.slowness);
        let heard = look.heard.clone().map(|(heard, _)| heard);
        let [healthz, startupz, readyz] = heard.unwrap_or_else(|| self.hear_probes(ask, look.latency));
        let answered = matches!(healthz, Answer::Http { .. });
        let live = answered && !matches!(self.gateway.life, Life::Gone);
        // One that starts or drains is not asked for its channels.
        let up = live && self.gateway.life == Life::Up;
        let channels = if up { self.channels_told() } else { Channels::NotAsked };
        let network = self.asks_network(ask).then(|| self.network());
        let sees = self.plan.sees;
        Observation {
            began_ms,
            probe_ms: Some(heard_ms - began_ms),
            slept_ms: self.around.slept_ms,
            wall_ms: Some(self.wall(heard_ms)),
            healthz,
            startupz,
            readyz,
            process: self.process().filter(|_| sees.process),
            heartbeat_ms: sees.heartbeat.then(|| u64::try_from(self.gateway.beat_wall).unwrap_or_default()),
            port: if sees.port { self.port() } else { Port::Unseen },
            owner: if sees.owner { self.owner() } else { Owner::default() },
            channels,
            providers: wants
                .providers
                .iter()
                .filter_map(|key| Some((key.clone(), self.provider(key)?)))
                .collect(),
            network,
            machine: if sees.machine { self.machine() } else { Machine::default() },
            config: self.config(),
            guardians: self.guardians(),
            held_ms: (self.around.hold > self.now).then(|| self.around.hold - self.now),
            ..Observation::default()
        }
    }

    /// In doubt, and where a proxy is in use every half timeout; never more often than nearly once a minute.
    fn asks_network(&mut self, ask: &Ask) -> bool {
        let proxy = self.plan.proxied && self.now >= self.next_proxy;
        let asks = (ask.doubt || ask.wants.network || proxy) && self.now >= self.next_network;
        if asks {
            self.next_network = self.now + 54_000;
        }
        if proxy {
            self.next_proxy = self.now + self.policy.timeout_ms / 2;
        }
        asks
    }

    fn healthz(&self, slow: bool) -> Answer {
        if !self.gateway.there() {
            return match self.around.stranger {
                Stranger::Answers(until) if until > self.now => Answer::Garbage { received_bytes: 9 },
                Stranger::Silent(until) if until > self.now => Answer::TimedOut { received_bytes: 0 },
                _ => Answer::Refused,
            };
        }
        // Where nobody listens the machine itself refuses, whatever the process does.
        if matches!(self.gateway.life, Life::Boot { closed: true, .. }) {
            return Answer::Refused;
        }
        match self.gateway.muted(self.now) {
            Some(Mute::Frozen | Mute::Blocked | Mute::Silent | Mute::Unheard) => {
                Answer::TimedOut { received_bytes: 0 }
            }
            Some(Mute::Drip { .. }) => Answer::TimedOut { received_bytes: 40 },
            Some(Mute::Garbage) => Answer::Garbage { received_bytes: 12 },
            Some(Mute::Closed) => Answer::Refused,
            None if slow => Answer::TimedOut { received_bytes: 0 },
            None => http(200, Fields { ok: Some(true), ..says("live", None) }),
        }
    }

    fn told(&self) -> (Answer, Answer) {
        // The host reads both ends from the wall clock.
        let up = self.wall(self.now) - self.gateway.started_wall;
        let up = u64::try_from(up).ok();
        let failing = |what: Vec<String>| Fields { ready: Some(false), failing: what, ..Fields::default() };
        match self.gateway.life {
            Life::Boot { .. } => {
                (http(503, says("starting", up)), http(503, failing(vec!["startup".to_owned()])))
            }
            Life::Drain { .. } => {
                (http(503, says("draining", up)), http(503, failing(vec!["gateway-draining".to_owned()])))
            }
            Life::Up | Life::Gone => {
                let mut parts: Vec<String> = self.failing_channels();
                // For a moment one probe says that the boot is over, and the next still names a part of it.
                if parts.is_empty() && self.gateway.is_fresh(self.now) {
                    parts.push("startup-sidecars".to_owned());
                }
                parts.dedup();
                let suppressed: Vec<String> =
                    if self.around.breaker > self.now { vec!["telegram".to_owned()] } else { Vec::new() };
                let status = if parts.is_empty() { 200 } else { 503 };
                let ready =
                    Fields { ready: Some(status == 200), failing: parts, suppressed, ..Fields::default() };
                (http(200, says("started", up)), http(status, ready))
            }
        }
    }

    fn failing_channels(&self) -> Vec<String> {
        let failing =
            self.accounts.iter().filter(|a| !matches!(a.illness(self.now), None | Some(Ill::Hang(_))));
        failing.map(|a| a.channel.to_owned()).collect()
    }

    fn channels_told(&mut self) -> Channels {
        if !self.plan.sees.channels || self.now < self.next_channels || self.around.breaker > self.now {
            return Channels::NotAsked;
        }
        self.next_channels = self.now + 55_000;
        let accounts = (0..self.accounts.len()).filter_map(|n| self.account(n)).collect();
        Channels::Told { accounts }
    }

    fn account(&mut self, n: usize) -> Option<Account> {
        let a = self.accounts.get(n)?;
        let (lifecycle, state, connected, error) = match a.illness(self.now) {
            None | Some(Ill::Hang(_)) => ("ready", "", true, None),
            Some(Ill::Fails(_)) => ("recovering", "disconnected", false, None),
            Some(Ill::Unauthorized) => ("blocked", "terminal-disconnect", false, Some(401)),
            Some(Ill::Conflict) => ("recovering", "disconnected", false, Some(409)),
            Some(Ill::RateLimited) => ("recovering", "disconnected", false, Some(429)),
            Some(Ill::StoppedByOperator) => ("stopped", "", false, None),
        };
        let up = lifecycle != "stopped" && self.now >= a.cured_at + self.policy.verify_ms / 2;
        let a = self.accounts.get_mut(n)?;
        a.met_up |= up;
        Some(Account {
            channel: a.channel.to_owned(),
            account: format!("a{n}"),
            enabled: true,
            configured: true,
            running: lifecycle != "stopped",
            connected: Some(connected),
            lifecycle: lifecycle.to_owned(),
            health_state: state.to_owned(),
            last_transport_at_ms: Some(a.moved_wall),
            error_status: error,
            ..Account::default()
        })
    }

    fn provider(&self, key: &str) -> Option<Provider> {
        let n: usize = key.rsplit('a').next()?.parse().ok()?;
        if !self.online() {
            return Some(Provider::Unreached { error: "timed out".to_owned() });
        }
        let refuses = |status| Some(Provider::Refuses { status, retry_after_s: None });
        match self.accounts.get(n)?.illness(self.now) {
            Some(Ill::Unauthorized) => refuses(401),
            Some(Ill::RateLimited) => refuses(429),
            _ => Some(Provider::Answers { pending: Some(0) }),
        }
    }

    fn network(&self) -> Network {
        let reach = |open: bool| match open {
            true => Reach::Reached,
            false => Reach::Failed { error: "timed out".to_owned() },
        };
        let direct = self.around.network_down <= self.now;
        let proxy = if self.plan.proxied {
            reach(direct && self.around.proxy_down <= self.now)
        } else {
            Reach::NotAsked
        };
        Network { direct: reach(direct), proxy }
    }

    /// Whether its process is there and can be known: below a wrapper, by its heartbeat or by the port that it holds.
    pub fn is_met(&self) -> bool {
        let beats = self.plan.sees.heartbeat && !matches!(self.gateway.life, Life::Boot { .. });
        let known = !self.plan.wrapped || beats || self.plan.sees.port && self.open();
        self.gateway.there() && known
    }

    /// Whether it listens.
    pub fn open(&self) -> bool {
        let closed = matches!(self.gateway.life, Life::Boot { closed: true, .. })
            || self.gateway.muted(self.now) == Some(Mute::Closed);
        self.gateway.there() && !closed
    }

    fn process(&self) -> Option<Process> {
        let state = match self.gateway.muted(self.now) {
            Some(Mute::Frozen) => 'T',
            Some(Mute::Blocked) => 'R',
            _ => 'S',
        };
        let pid = self.gateway.pid;
        self.is_met().then(|| Process {
            pid,
            start_ticks: u64::from(pid),
            state,
            cpu_ms: self.gateway.cpu_ms,
            ..Process::default()
        })
    }

    fn port(&self) -> Port {
        let sees_owner = self.plan.sees.owner;
        let held = |pid: u32, name: &str| Port::HeldBy {
            pid,
            start_ticks: u64::from(pid),
            name: name.to_owned(),
            owned: pid != 7 && sees_owner,
        };
        if self.open() {
            return match self.plan.front {
                true => held(self.gateway.pid + 1_000_000, "docker-proxy"),
                false => held(self.gateway.pid, "openclaw"),
            };
        }
        match self.around.stranger {
            Stranger::Answers(until) | Stranger::Silent(until) if until > self.now => held(7, "python3"),
            _ => Port::Free,
        }
    }

    fn owner(&self) -> Owner {
        let g = &self.gateway;
        let active = match g.life {
            Life::Gone if g.left.on_purpose => Active::Stopped,
            Life::Gone => Active::Failed,
            _ if self.stopping() || self.around.owner_drains => Active::Stopping,
            Life::Boot { .. } if self.plan.tells => Active::Starting,
            _ => Active::Running,
        };
        let exit = Exit { code: g.left.code, signal: g.left.signal, out_of_memory: g.left.memory };
        Owner {
            name: "systemd-user openclaw-gateway.service".to_owned(),
            active,
            pid: g.there().then_some(if self.plan.wrapped { g.pid + 2_000_000 } else { g.pid }),
            last_exit: (!g.there()).then_some(exit),
            restarts: Some(self.around.owner_starts),
            stop_ms: Some(330_000),
        }
    }

    fn machine(&self) -> Machine {
        // The pressure is that of the last ten seconds.
        let pressure = |until: u64| Some(if until + 10_000 > self.now { 85 } else { 3 });
        Machine {
            cpu_pressure_percent: pressure(self.around.overload),
            memory_pressure_percent: pressure(self.around.swap),
            memory_available_percent: Some(40),
            oom_kills: Some(self.around.oom_kills),
            oom_kills_of_all: self.plan.ungrouped,
            disk_free_bytes: Some(1 << 30),
            disk_full: self.around.disk_full > self.now,
        }
    }

    fn config(&self) -> Config {
        match self.around.bad_config || self.around.config_broken > self.now {
            true => Config::Broken { error: "expected a comma at 3:1".to_owned() },
            false => Config::Sound { digest: "d1".to_owned() },
        }
    }

    fn guardians(&self) -> Vec<Guardian> {
        let one = || Guardian {
            name: "watchdog.sh".to_owned(),
            pid: Some(9),
            found: "crontab".to_owned(),
            may_be: false,
        };
        if self.around.guardian > self.now { vec![one()] } else { Vec::new() }
    }
}
