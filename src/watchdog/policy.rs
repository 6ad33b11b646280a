//! How patient the judge is. All in milliseconds, scaled once, here.

use crate::shared::config::Watchdog;

/// Failed probes in a row below which nothing is concluded from silence.
pub const FEWEST_FAILED: u32 = 3;

/// A probe has this long to connect and answer in full: the upper end of what separated a blocked gateway from a slow
/// one when measured against the real host (three tries of 3 to 5 s).
const PROBE_MS: u64 = 5_000;
/// Time without trouble that closes an incident (Kubernetes resets its back-off after as much).
const STABLE_MS: u64 = 600_000;
/// Sliding window of the restart budget, and the longer one of a day that allows twice as many.
const WINDOW_MS: u64 = 1_800_000;
const DAY_MS: u64 = 86_400_000;
/// First delay between restarts; it doubles up to the cap (Kubernetes' cap).
const BACKOFF_MS: u64 = 30_000;
const BACKOFF_CAP_MS: u64 = 300_000;
/// A boot that is followed by the next one within this time died young (a crash 20 s after each start, seen through
/// probes a minute apart).
const SHORT_LIFE_MS: u64 = 120_000;
/// The host holds its channels down after three bad boots within this time.
const BREAKER_MS: u64 = 300_000;
/// No delay between restarts is shorter (systemd's `RestartSec` in the host's documented unit).
const BACKOFF_FLOOR_MS: u64 = 5_000;
/// A learned boot grace never grows beyond this.
const GRACE_MOST_MS: u64 = 1_800_000;
/// A transport that moves at least every 30 to 60 s while it is well is stale after three times that. The host's own
/// monitor works at 30 minutes, so the two do not meet.
const STALE_MS: u64 = 180_000;
/// Pressure from which a machine counts as busy, percent of the last 10 s.
pub const PRESSED_PERCENT: u8 = 50;
/// So long a stop may go unheard. A gateway that is woken by it (systemd wakes what is stopped) answers within seconds.
/// The look that shows it begins half as long after the stop and is as patient as a probe: with the defaults 7.5 s pass.
const FORCE_MS: u64 = 5_000;
/// A repair agent works for minutes.
const ESCALATE_MS: u64 = 1_800_000;

/// Every number the judge uses.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    pub interval_ms: u64,
    pub timeout_ms: u64,
    pub grace_ms: u64,
    pub drain_ms: u64,
    pub restart_ms: u64,
    pub verify_ms: u64,
    pub max_restarts: u32,
    pub probe_ms: u64,
    pub stable_ms: u64,
    pub window_ms: u64,
    pub day_ms: u64,
    pub backoff_ms: u64,
    pub backoff_cap_ms: u64,
    pub short_life_ms: u64,
    pub escalate_ms: u64,
    pub max_per_day: u32,
    pub breaker_ms: u64,
    pub backoff_floor_ms: u64,
    pub grace_most_ms: u64,
    pub stale_ms: u64,
    pub force_ms: u64,
    /// Act although another program restarts the gateway, too.
    pub beside_others: bool,
    /// Source of the jitter, so that the judge needs no randomness.
    pub seed: u64,
}

impl Policy {
    /// The policy of a configuration. `scale` multiplies every duration; it is 1 outside tests.
    #[must_use]
    pub fn of(config: &Watchdog, scale: f64, seed: u64) -> Self {
        let ms = |n: u64| scaled(n, scale);
        let seconds = |n: u64| scaled(n.saturating_mul(1_000), scale);
        Self {
            interval_ms: seconds(config.interval_seconds),
            timeout_ms: seconds(config.timeout_seconds),
            grace_ms: seconds(config.grace_seconds),
            drain_ms: seconds(config.drain_seconds),
            restart_ms: seconds(config.restart_seconds),
            verify_ms: seconds(config.verify_seconds),
            max_restarts: u32::try_from(config.max_restarts).unwrap_or(u32::MAX),
            // A short timeout must still see three failed probes end. The floor is for scaled times: below it a loaded
            // test machine could miss a deadline that means nothing.
            probe_ms: ms(PROBE_MS).min(seconds(config.timeout_seconds) / 4).max(250),
            stable_ms: ms(STABLE_MS),
            window_ms: ms(WINDOW_MS),
            day_ms: ms(DAY_MS),
            backoff_ms: ms(BACKOFF_MS),
            backoff_cap_ms: ms(BACKOFF_CAP_MS),
            short_life_ms: ms(SHORT_LIFE_MS),
            escalate_ms: ms(ESCALATE_MS),
            max_per_day: u32::try_from(config.max_restarts_per_day).unwrap_or(u32::MAX),
            breaker_ms: ms(BREAKER_MS),
            backoff_floor_ms: ms(BACKOFF_FLOOR_MS),
            grace_most_ms: ms(GRACE_MOST_MS).max(seconds(config.grace_seconds)),
            stale_ms: ms(STALE_MS).max(seconds(config.timeout_seconds)),
            // The floor is for scaled times: a process wakes as fast as it does.
            force_ms: ms(FORCE_MS).max(2_000),
            beside_others: config.beside_others,
            seed,
        }
    }

    /// A gap between two looks longer than this means that the watchdog itself was stopped.
    #[must_use]
    pub fn gap_ms(&self) -> u64 {
        3 * (self.interval_ms + self.probe_ms)
    }

    /// Delay after the `attempt`th act of an incident: full jitter between the floor and a doubling, capped time.
    #[must_use]
    pub fn backoff_ms(&self, incident: u64, attempt: u32) -> u64 {
        let doubled =
            self.backoff_ms.saturating_mul(1u64.checked_shl(attempt.saturating_sub(1)).unwrap_or(u64::MAX));
        let whole = doubled.min(self.backoff_cap_ms).max(2);
        let floor = self.backoff_floor_ms.min(whole);
        let draw = mix(self.seed ^ incident.rotate_left(32) ^ u64::from(attempt));
        floor + draw % (whole - floor + 1)
    }

    /// How long a boot may take: the floor as set, or twice what 95 % of the boots seen took.
    #[must_use]
    pub fn grace_ms(&self, boots_ms: &[u64]) -> u64 {
        let mut boots = boots_ms.to_vec();
        boots.sort_unstable();
        let at = (boots.len() * 95).div_ceil(100).saturating_sub(1);
        let learned = boots.get(at).map_or(0, |ms| ms.saturating_mul(2));
        learned.clamp(self.grace_ms, self.grace_most_ms)
    }

    /// When to look again while `silent_ms` of silence have passed: sooner than usual, and so that a look ends when
    /// the timeout does, or a multiple of it: that of a process that makes progress, or of a machine under pressure.
    #[must_use]
    pub fn doubt_ms(&self, silent_ms: u64) -> u64 {
        let usual = self.interval_ms.min(self.timeout_ms / 4);
        let left = self.timeout_ms - silent_ms % self.timeout_ms.max(1);
        let wait = match left {
            0 => usual,
            l if l <= self.probe_ms => l,
            // One more look would end past the goal: let the next one end on it.
            l if l <= usual + 2 * self.probe_ms => l - self.probe_ms,
            _ => usual,
        };
        wait.max(self.interval_ms.min(20))
    }
}

fn scaled(ms: u64, scale: f64) -> u64 {
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let n = (ms as f64 * scale) as u64;
    n.max(1)
}

/// splitmix64: a value as good as random for each input.
fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::config::Config;

    #[test]
    fn backoff_is_full_jitter_under_a_doubling_and_capped_time() {
        let policy = Policy::of(&Config::default().watchdog, 1.0, 7);
        for (attempt, whole) in
            [(1, 30_000), (2, 60_000), (3, 120_000), (4, 240_000), (9, 300_000), (200, 300_000)]
        {
            for incident in 0..50 {
                let ms = policy.backoff_ms(incident, attempt);
                assert!((5_000..=whole).contains(&ms), "{attempt}: {ms}");
            }
        }
        let other = Policy { seed: 8, ..policy.clone() };
        assert_ne!(policy.backoff_ms(1, 1), other.backoff_ms(1, 1));
        assert_eq!(policy.backoff_ms(1, 1), policy.backoff_ms(1, 1));
    }

    #[test]
    fn grace_is_learned_between_floor_and_bound() {
        let policy = Policy::of(&Config::default().watchdog, 1.0, 7);
        assert_eq!(policy.grace_ms(&[]), 300_000);
        assert_eq!(policy.grace_ms(&[20_000, 30_000]), 300_000);
        assert_eq!(policy.grace_ms(&[20_000, 250_000, 30_000]), 500_000);
        assert_eq!(policy.grace_ms(&[9_000_000]), 1_800_000);
    }

    #[test]
    fn a_look_ends_with_the_timeout() {
        let policy = Policy::of(&Config::default().watchdog, 1.0, 7);
        assert_eq!(policy.doubt_ms(0), 45_000);
        assert_eq!(policy.doubt_ms(130_000), 45_000);
        assert_eq!(policy.doubt_ms(150_000), 25_000);
        assert_eq!(policy.doubt_ms(176_000), 4_000);
        assert_eq!(policy.doubt_ms(340_000), 15_000);
        assert_eq!(policy.doubt_ms(480_000), 45_000);
        assert_eq!(policy.doubt_ms(500_000), 35_000);
        assert_eq!(policy.doubt_ms(180_000), 45_000);
    }
}
