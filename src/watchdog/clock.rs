//! The machine's clocks. Only the shell reads them; the judge is told.

use crate::shared::time;
use rustix::time::{ClockId, Timespec, clock_gettime};
use std::time::{SystemTime, UNIX_EPOCH};

/// Monotonic time in milliseconds. On Linux it stands still while the machine sleeps, as the gateway's uptime does.
#[must_use]
pub fn monotonic_ms() -> u64 {
    ms(clock_gettime(ClockId::Monotonic))
}

/// Time the machine has slept since its boot, milliseconds; 0 where that is not told.
#[must_use]
pub fn slept_ms() -> u64 {
    #[cfg(target_os = "linux")]
    return ms(clock_gettime(ClockId::Boottime)).saturating_sub(monotonic_ms());
    #[cfg(not(target_os = "linux"))]
    return 0;
}

/// Test only: a file with a number of milliseconds by which the wall clock is off, so that a rehearsal can make it jump
/// without touching the machine's.
const OFFSET_ENV: &str = "ASM_WATCHDOG_CLOCK";

/// The wall clock, epoch milliseconds. It may jump: nothing is timed by it.
#[must_use]
pub fn epoch_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    let Some(file) = std::env::var_os(OFFSET_ENV) else {
        return now;
    };
    let offset = std::fs::read_to_string(file).ok().and_then(|text| text.trim().parse::<i64>().ok());
    now.saturating_add(offset.unwrap_or(0))
}

/// The wall clock, for people: RFC 3339 UTC in whole seconds.
#[must_use]
pub fn utc() -> String {
    time::rfc3339(epoch_ms())
}

/// The wall clock as part of a file name.
#[must_use]
pub fn utc_name() -> String {
    utc().chars().filter(|c| c.is_ascii_alphanumeric()).collect()
}

fn ms(t: Timespec) -> u64 {
    let seconds = u64::try_from(t.tv_sec).unwrap_or_default();
    let nanos = u64::try_from(t.tv_nsec).unwrap_or_default();
    seconds.saturating_mul(1_000).saturating_add(nanos / 1_000_000)
}
