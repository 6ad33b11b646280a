//! What a look at the world shows, as far as this watchdog can see.

use super::gateway::{Life, Mute};
use super::plan::Ill;
use super::{Stranger, World};
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
        i64::try_from(at + self.slept_ms).unwrap_or_default() + self.clock_offset_ms + EPOCH
    }

    /// How long an answer takes now, milliseconds.
    pub fn latency(&mut self) -> u64 {
        let pressed = self.overload > self.now || self.swap > self.now;
        if pressed && self.dice.percent(70) { self.dice.between(1_000, 40_000) } else { 0 }
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

    /// What a look sees that ends now: whatever began to answer meanwhile has answered.
    pub fn observe(&mut self, ask: &Ask, began_ms: u64, latency: u64) -> Observation {
        let wants = &ask.wants;
        let healthz = self.healthz(latency > ask.probe_ms(&self.policy));
        let answered = matches!(healthz, Answer::Http { .. });
        let (startupz, mut readyz) =
            if answered { self.told() } else { (Answer::NotAsked, Answer::NotAsked) };
        if !answered {
            readyz = healthz.clone();
        }
        let live = answered && !matches!(self.gateway.life, Life::Gone);
        // One that starts or drains is not asked for its channels.
        let up = live && self.gateway.life == Life::Up;
        let channels = if up { self.channels_told() } else { Channels::NotAsked };
        let network = self.asks_network(ask).then(|| self.network());
        let sees = self.plan.sees;
        Observation {
            began_ms,
            slept_ms: self.slept_ms,
            wall_ms: Some(self.wall(self.now)),
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
            held_ms: (self.hold > self.now).then(|| self.hold - self.now),
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
            return match self.stranger {
                Stranger::Answers(until) if until > self.now => Answer::Garbage { received_bytes: 9 },
                Stranger::Silent(until) if until > self.now => Answer::TimedOut { received_bytes: 0 },
                _ => Answer::Refused,
            };
        }
        match self.gateway.muted(self.now) {
            Some(Mute::Frozen | Mute::Blocked | Mute::Silent | Mute::Unheard) => {
                Answer::TimedOut { received_bytes: 0 }
            }
            Some(Mute::Drip { .. }) => Answer::TimedOut { received_bytes: 40 },
            Some(Mute::Garbage) => Answer::Garbage { received_bytes: 12 },
            Some(Mute::Closed) => Answer::Refused,
            None if matches!(self.gateway.life, Life::Boot { closed: true, .. }) => Answer::Refused,
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
                parts.dedup();
                let suppressed: Vec<String> =
                    if self.breaker > self.now { vec!["telegram".to_owned()] } else { Vec::new() };
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
        if !self.plan.sees.channels || self.now < self.next_channels || self.breaker > self.now {
            return Channels::NotAsked;
        }
        self.next_channels = self.now + 55_000;
        let accounts = (0..self.accounts.len()).filter_map(|n| self.account(n)).collect();
        Channels::Told { accounts }
    }

    fn account(&self, n: usize) -> Option<Account> {
        let a = self.accounts.get(n)?;
        let (lifecycle, state, connected, error) = match a.illness(self.now) {
            None | Some(Ill::Hang(_)) => ("ready", "", true, None),
            Some(Ill::Fails(_)) => ("recovering", "disconnected", false, None),
            Some(Ill::Unauthorized) => ("blocked", "terminal-disconnect", false, Some(401)),
            Some(Ill::Conflict) => ("recovering", "disconnected", false, Some(409)),
            Some(Ill::RateLimited) => ("recovering", "disconnected", false, Some(429)),
            Some(Ill::StoppedByOperator) => ("stopped", "", false, None),
        };
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
        let direct = self.network_down <= self.now;
        let proxy =
            if self.plan.proxied { reach(direct && self.proxy_down <= self.now) } else { Reach::NotAsked };
        Network { direct: reach(direct), proxy }
    }

    fn process(&self) -> Option<Process> {
        let state = match self.gateway.muted(self.now) {
            Some(Mute::Frozen) => 'T',
            Some(Mute::Blocked) => 'R',
            _ => 'S',
        };
        let pid = self.gateway.pid;
        self.gateway.there().then(|| Process {
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
        let closed = matches!(self.gateway.life, Life::Boot { closed: true, .. })
            || self.gateway.muted(self.now) == Some(Mute::Closed);
        if self.gateway.there() && !closed {
            return match self.plan.front {
                true => held(self.gateway.pid + 1_000_000, "docker-proxy"),
                false => held(self.gateway.pid, "openclaw"),
            };
        }
        match self.stranger {
            Stranger::Answers(until) | Stranger::Silent(until) if until > self.now => held(7, "python3"),
            _ => Port::Free,
        }
    }

    fn owner(&self) -> Owner {
        let g = &self.gateway;
        let active = match g.life {
            Life::Gone if g.left.on_purpose => Active::Stopped,
            Life::Gone => Active::Failed,
            _ if self.stopping() => Active::Stopping,
            _ => Active::Running,
        };
        let exit = Exit { code: g.left.code, signal: g.left.signal, out_of_memory: g.left.memory };
        Owner {
            name: "systemd-user openclaw-gateway.service".to_owned(),
            active,
            pid: g.there().then_some(g.pid),
            last_exit: (!g.there()).then_some(exit),
            restarts: Some(self.owner_starts),
            stop_ms: Some(330_000),
        }
    }

    fn machine(&self) -> Machine {
        // The pressure is that of the last ten seconds.
        let pressure = |until: u64| Some(if until + 10_000 > self.now { 85 } else { 3 });
        Machine {
            cpu_pressure_percent: pressure(self.overload),
            memory_pressure_percent: pressure(self.swap),
            memory_available_percent: Some(40),
            oom_kills: Some(self.oom_kills),
            oom_kills_of_all: self.plan.ungrouped,
            disk_free_bytes: Some(1 << 30),
            disk_full: self.disk_full > self.now,
        }
    }

    fn config(&self) -> Config {
        match self.bad_config || self.config_broken > self.now {
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
        if self.guardian > self.now { vec![one()] } else { Vec::new() }
    }
}
