//! Boots and processes as they come and go.

use super::channels;
use super::remember;
use super::signals;
use crate::watchdog::observation::{Active, Observation};
use crate::watchdog::policy::Policy;
use crate::watchdog::state::{Boot, History, Newest, ProcessAt};
use crate::watchdog::verdict::Verdict;

/// Notes which boot answers and which process is there, before anything is concluded.
pub(super) fn note(h: &mut History, seen: &Observation, policy: &Policy, now: u64) {
    if let Some(process) = seen.process.as_ref().map(|p| (p.pid, p.start_ticks))
        && h.newest.as_ref().is_none_or(|n| n.process != process)
    {
        h.newest = Some(Newest { process, since_ms: now });
    }
    if signals::beats(h, seen) || h.beat_ms.is_none() {
        h.beat_ms = seen.heartbeat_ms.map(|_| now);
    }
    let drained = h.judgement.verdict == Verdict::Draining || seen.owner.active == Active::Stopping;
    let (before, counted) = (h.boot.clone(), signals::counted(h, seen));
    let Some(lived_ms) = note_boot(h, seen, now) else {
        return;
    };
    channels::reborn(h, now);
    if counted {
        // It was killed and came back between two looks.
        let next = std::mem::replace(&mut h.boot, before);
        note_memory_death(h, policy, now);
        h.boot = next;
    }
    if !drained && seen.held_ms.is_none() {
        remember(&mut h.unclean_ms, now);
        if lived_ms.is_some_and(|ms| ms < policy.short_life_ms) {
            remember(&mut h.short_lives_ms, now);
        }
    }
}

/// Remembers that it was killed for want of memory: once for each time that it had answered.
pub(super) fn note_memory_death(h: &mut History, policy: &Policy, now: u64) {
    let answered = h.boot.as_ref().map_or(0, |b| b.seen_ms);
    if h.memory_deaths_ms.last().is_none_or(|at| *at < answered) {
        remember(&mut h.memory_deaths_ms, now);
    }
    h.memory_deaths_ms.retain(|at| now.saturating_sub(*at) < policy.window_ms);
}

/// For a new boot: how long the one before it lived, where both tell.
fn note_boot(h: &mut History, seen: &Observation, now: u64) -> Option<Option<u64>> {
    let next = boot_of(seen, now)?;
    let before = h.boot.replace(next.clone())?;
    let born = |b: &Boot| b.uptime_ms.map(|up| b.seen_ms.saturating_sub(up));
    if !is_new(&next, &before) {
        return None;
    }
    // It may have been there for a while before it answered.
    let young = h.newest.as_ref().filter(|_| seen.starting() && signals::is_new(h, seen));
    h.starting_since_ms = young.map(|n| n.since_ms);
    let lived = || Some(born(&next)?.saturating_sub(born(&before)?));
    Some(lived())
}

/// Notes what the next look is compared with.
pub(super) fn note_progress(h: &mut History, seen: &Observation, now: u64) {
    h.process = seen.process.as_ref().map(|p| ProcessAt {
        pid: p.pid,
        start_ticks: p.start_ticks,
        cpu_ms: p.cpu_ms,
        at_ms: now,
    });
    h.heartbeat_ms = seen.heartbeat_ms;
}

/// The boot that answers, where one does and tells anything of itself.
pub(crate) fn boot_of(seen: &Observation, now: u64) -> Option<Boot> {
    let boot = Boot {
        uptime_ms: seen.uptime_ms(),
        seen_ms: now,
        process: seen.process.as_ref().map(|p| (p.pid, p.start_ticks)),
    };
    (seen.live() && (boot.uptime_ms.is_some() || boot.process.is_some())).then_some(boot)
}

/// Whether `next` is another boot than `before`: its uptime goes backwards; else another process.
pub(crate) fn is_new(next: &Boot, before: &Boot) -> bool {
    match (next.uptime_ms, before.uptime_ms) {
        (Some(n), Some(b)) => n < b,
        _ => next.process.is_some() && before.process.is_some() && next.process != before.process,
    }
}
