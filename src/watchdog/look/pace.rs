//! How often what is asked.

use crate::shared::config::Watchdog;

/// The gateway builds the status from what it knows; once a minute costs it nothing.
const OFTEN_MS: u64 = 60_000;
/// What costs a search of the machine.
const RARELY_MS: u64 = 600_000;
/// An answer of the network, of the gateway's RPC or of a tool of the system's.
const ANSWER_MS: u64 = 5_000;

/// A stop or start of a channel by the gateway's RPC: the host itself waits up to twice 5 s for a channel to stop.
const CURE_MS: u64 = 15_000;

/// Intervals and deadlines, scaled once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pace {
    pub often_ms: u64,
    pub rarely_ms: u64,
    /// A proxy that is in use: asked although nothing is in doubt, since it alone can be down unseen. Half the timeout,
    /// so that two looks that agree are within one.
    pub proxy_ms: u64,
    pub answer_ms: u64,
    /// An answer of the gateway's RPC: it takes its time whatever the scale of a test.
    pub rpc_ms: u64,
    /// The same for what is done to a channel.
    pub cure_ms: u64,
}

impl Pace {
    /// `scale` multiplies every duration; it is 1 outside tests.
    #[must_use]
    pub fn of(config: &Watchdog, scale: f64) -> Self {
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let ms = |n: u64| ((n as f64 * scale) as u64).max(1);
        let answer_ms = ANSWER_MS.min(config.timeout_seconds.saturating_mul(1_000) / 16);
        Self {
            often_ms: ms(OFTEN_MS.min(config.interval_seconds.saturating_mul(1_000))),
            rarely_ms: ms(RARELY_MS),
            proxy_ms: ms(config.timeout_seconds.saturating_mul(500)),
            // As the probes: a short timeout must not wait for a network that is down; a loaded test machine sets the
            // floor.
            answer_ms: ms(answer_ms).max(250),
            rpc_ms: answer_ms,
            cure_ms: CURE_MS.max(answer_ms),
        }
    }
}

/// When what was asked last, by the monotonic clock.
#[derive(Clone, Debug, Default)]
pub(super) struct Due {
    pub channels: Option<u64>,
    pub network: Option<u64>,
    pub proxy: Option<u64>,
    pub room: Option<u64>,
    pub guardians: Option<u64>,
}

/// Whether it is time again, and if so, that it was now. A tenth early is in time: looks do not come on the dot.
pub(super) fn due(last: &mut Option<u64>, every_ms: u64, now: u64) -> bool {
    let due = last.is_none_or(|at| now.saturating_sub(at) >= every_ms - every_ms / 10);
    if due {
        *last = Some(now);
    }
    due
}
