//! What happens to a gateway: faults with their times, and the surroundings they happen in.

/// How a channel's trouble ends before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CuredBy {
    /// Stopping and starting the channel.
    Channel,
    /// A new process only.
    Process,
    /// Nothing.
    Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ill {
    /// The poll hangs; the host calls it ready.
    Hang(CuredBy),
    /// It does not come up; the readiness probe says so.
    Fails(CuredBy),
    Unauthorized,
    Conflict,
    RateLimited,
    StoppedByOperator,
}

/// One thing that happens. Times in seconds; `None`: until a restart, or until a person comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Freeze(Option<u64>),
    Block(Option<u64>),
    Mute(Option<u64>),
    /// It accepts and never answers a byte, while its event loop turns.
    Unheard(Option<u64>),
    Drip {
        seconds: Option<u64>,
        beats: bool,
    },
    Garbage(u64),
    /// Its port is closed; its event loop turns.
    Deaf,
    /// The process is killed; its supervisor brings it back, or has given up.
    Kill {
        supervised: bool,
    },
    OutOfMemory {
        supervised: bool,
    },
    /// Another program is killed for want of memory.
    #[allow(dead_code, reason = "no week has it, a case does")]
    OtherKilled,
    /// It ends with 78 until a person repairs the configuration.
    BadConfig,
    /// Each boot dies 20 s after its start.
    CrashLoop {
        seconds: u64,
        supervised: bool,
    },
    /// The process dies and another program takes the port.
    Stranger {
        seconds: u64,
        answers: bool,
    },
    /// A planned restart: a drain, then a boot. A closed boot has no port until it is done.
    Planned {
        drain: u64,
        boot: u64,
        closed: bool,
    },
    /// A person restarts it, and nobody meets how it stops. In order, whatever it was at; a closed boot has no port.
    Restarted {
        boot: u64,
        closed: bool,
    },
    StuckDrain,
    StuckBoot {
        closed: bool,
    },
    /// A restart inside the process: its port is closed for a moment.
    InProcess {
        closed: u64,
        boot: u64,
    },
    OperatorStops(u64),
    Overload(u64),
    Swap(u64),
    /// Each look takes 20 s to a minute: a tool of the system's hangs.
    SlowLooks(u64),
    DiskFull(u64),
    NetworkDown(u64),
    ProxyDown(u64),
    Suspend(u64),
    ClockJump(i64),
    WatchdogDown(u64),
    Channel {
        index: usize,
        ill: Ill,
        seconds: u64,
    },
    /// Its operator stops a channel, whatever is the matter with it.
    ChannelStopped {
        index: usize,
        seconds: u64,
    },
    Breaker(u64),
    ConfigBreaks(u64),
    Guardian(u64),
    Hold(u64),
    LogFlood(u64),
    /// A person repairs whatever is wrong.
    Repair,
}

/// What the restart command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Cures,
    Fails,
    Hangs,
    Lies,
    /// It works from the given attempt on.
    CuresAt(u32),
}

/// What the watchdog can see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sees {
    pub process: bool,
    pub port: bool,
    pub owner: bool,
    pub heartbeat: bool,
    pub channels: bool,
    pub machine: bool,
}

impl Sees {
    pub const ALL: Self =
        Self { process: true, port: true, owner: true, heartbeat: true, channels: true, machine: true };
}

#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub seed: u64,
    pub seconds: u64,
    pub sees: Sees,
    pub command: Command,
    /// Channels: those on telegram first.
    pub channels: usize,
    pub proxied: bool,
    /// How long a boot takes, seconds.
    pub boot: u64,
    /// Its port is held by another process than its own: a proxy before a container, a child of a wrapper.
    pub front: bool,
    /// How long evidence takes before its owner is asked, seconds.
    pub evidence: u64,
    /// Its owner starts a wrapper, whose child it is: it is seen by its port and by its heartbeat alone.
    pub wrapped: bool,
    /// Its owner says that it starts and stops while it does, and lets it drain when a person stops it.
    pub tells: bool,
    /// It has no control group of its own: kills for want of memory are those of the whole machine.
    pub ungrouped: bool,
    /// In order of time.
    pub faults: Vec<(u64, Fault)>,
}

impl Plan {
    pub fn calm(seconds: u64) -> Self {
        Self {
            seed: 1,
            seconds,
            sees: Sees::ALL,
            command: Command::Cures,
            channels: 1,
            proxied: false,
            boot: 12,
            front: false,
            evidence: 0,
            wrapped: false,
            tells: false,
            ungrouped: false,
            faults: Vec::new(),
        }
    }

    pub fn with(mut self, at: u64, fault: Fault) -> Self {
        self.faults.push((at, fault));
        self.faults.sort_by_key(|(at, _)| *at);
        self
    }
}

/// splitmix64.
#[derive(Clone, Debug)]
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.roll() % n.max(1)
    }

    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    pub fn percent(&mut self, n: u64) -> bool {
        self.below(100) < n
    }
}
