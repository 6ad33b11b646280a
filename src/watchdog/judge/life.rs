//! Boots and processes as they come and go.

use super::channels;
use super::ends::{self, Birth};
use super::remember;
use super::signals;
use crate::watchdog::incident;
use crate::watchdog::observation::{Active, Observation};
use crate::watchdog::policy::Policy;
use crate::watchdog::state::{Boot, History, Newest, OwnerStarts, ProcessAt};
use crate::watchdog::verdict::Verdict;

/// Boots nobody met that are counted at once: as many as trip the host's breaker.
const MOST_UNMET: u64 = 3;

/// Notes which boot answers and which process is there, before anything is concluded.
pub(super) fn note(h: &mut History, seen: &Observation, policy: &Policy, now: u64) {
    note_process(h, seen, policy, now);
    if signals::beats(h, seen) || h.beat_ms.is_none() {
        h.beat_ms = seen.heartbeat_ms.map(|_| now);
    }
    let drained = h.judgement.verdict == Verdict::Draining || seen.owner.active == Active::Stopping;
    let (before, counted) = (h.boot.clone(), signals::counted(h, seen));
    let ours = incident::restarting(h);
    let process = |b: Option<&Boot>| b.and_then(|b| b.process);
    let born = note_boot(h, seen, policy, now);
    let within = process(before.as_ref()).is_some_and(|p| process(h.boot.as_ref()) == Some(p));
    match born {
        Some(lived_ms) => {
            let birth = Birth { lived_ms, drained, certain: counted, within, ours };
            note_birth(h, seen, &birth, before, policy, now);
        }
        None => ends::note_bad(h, seen),
    }
    note_starts(h, seen, born.is_some() && !ours && !within, now);
}

/// Takes in a new boot that answers. `before`: the one that answered last.
fn note_birth(
    h: &mut History,
    seen: &Observation,
    birth: &Birth,
    before: Option<Boot>,
    policy: &Policy,
    now: u64,
) {
    channels::reborn(h, now);
    h.settled_owner = seen.owner.pid;
    if birth.certain {
        // It was killed and came back between two looks.
        let next = std::mem::replace(&mut h.boot, before);
        note_memory_death(h, policy, now);
        h.boot = next;
        // It is no part of what comes after it.
        h.oom_kills = seen.machine.oom_kills;
    }
    ends::note(h, seen, birth, policy, now);
}

/// Notes a process that was not there before.
fn note_process(h: &mut History, seen: &Observation, policy: &Policy, now: u64) {
    // Of a wrapper nobody knows when it was started.
    let wrapper = || signals::begun_anew(h, seen).map(|pid| (pid, 0));
    let process = seen.process.as_ref().map(|p| (p.pid, p.start_ticks)).or_else(wrapper);
    let Some(process) = process else { return };
    if h.newest.as_ref().is_some_and(|n| n.process == process) {
        return;
    }
    if !seen.live() && h.newest.is_some() && signals::counted(h, seen) {
        // It was killed and came back, and nobody has heard it yet.
        note_memory_death(h, policy, now);
        // The next death is another one.
        let answered = h.boot.as_ref().map_or(0, |b| b.seen_ms);
        h.memory_deaths_ms.last_mut().into_iter().for_each(|at| *at = answered);
        h.oom_kills = seen.machine.oom_kills;
    }
    h.newest = Some(Newest { process, since_ms: now });
}

/// Counts the boots that its owner began and no look met: the host counts them, too. `met`: a new boot answers that is no
/// restart's of ours, and another process.
fn note_starts(h: &mut History, seen: &Observation, met: bool, now: u64) {
    if let Some(starts) = h.owner_starts.as_mut().filter(|_| met) {
        starts.met = starts.met.saturating_add(1);
    }
    let Some(count) = seen.owner.restarts else { return };
    let Some(last) = h.owner_starts.replace(OwnerStarts { count, ..OwnerStarts::default() }) else { return };
    // It counts anew once somebody else has started or stopped it.
    let grown = count.checked_sub(last.count).unwrap_or(count);
    ends::told(h, grown.saturating_sub(last.bad));
    let more = grown.saturating_sub(last.met);
    let process = seen.process.as_ref().map(|p| (p.pid, p.start_ticks));
    let there = h.newest.as_ref().filter(|n| Some(n.process) == process);
    let at = there.map_or(now, |n| n.since_ms);
    for _ in 0..more.min(MOST_UNMET) {
        remember(&mut h.unclean_ms, at);
    }
}

/// Remembers that it was killed for want of memory: once for each time that it had answered or come anew.
pub(super) fn note_memory_death(h: &mut History, policy: &Policy, now: u64) {
    let answered = h.boot.as_ref().map_or(0, |b| b.seen_ms);
    if h.memory_deaths_ms.last().is_none_or(|at| *at <= answered) {
        remember(&mut h.memory_deaths_ms, now);
    }
    h.memory_deaths_ms.retain(|at| now.saturating_sub(*at) < policy.window_ms);
}

/// Remembers deaths for want of memory between which no look was taken: that as many were killed is counted, and its owner
/// tells that it began another boot for each of them but the last.
pub(super) fn note_unmet_memory_deaths(h: &mut History, seen: &Observation, policy: &Policy, now: u64) {
    let answered = h.boot.as_ref().map_or(0, |b| b.seen_ms);
    let lately = |at: u64| at > answered && now.saturating_sub(at) < policy.window_ms;
    let since = |times: &[u64]| times.iter().filter(|at| lately(**at)).count();
    let kills = seen.machine.oom_kills.zip(h.oom_kills).map_or(0, |(now, before)| now.saturating_sub(before));
    let starts = since(&h.unclean_ms).saturating_add(1);
    let deaths = usize::try_from(kills).unwrap_or(usize::MAX).min(starts);
    for _ in since(&h.memory_deaths_ms)..deaths {
        remember(&mut h.memory_deaths_ms, now);
    }
}

/// For a new boot: how long the one before it lived, where both tell.
fn note_boot(h: &mut History, seen: &Observation, policy: &Policy, now: u64) -> Option<Option<u64>> {
    let next = boot_of(seen, now)?;
    let before = h.boot.replace(next.clone())?;
    let born = |b: &Boot| b.uptime_ms.map(|up| b.seen_ms.saturating_sub(up));
    if !is_new(&next, &before, policy) {
        return None;
    }
    // It may have been there for a while before it answered, unless it is a boot within the same process.
    let came = next.process != before.process && signals::is_new(h, seen);
    let young = h.newest.as_ref().filter(|_| seen.starting() && came);
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
        // When it answered: whatever else the look asked after that may have taken a while.
        seen_ms: seen.probe_ms.map_or(now, |ms| seen.began_ms.saturating_add(ms)).min(now),
        wall_ms: seen.wall_ms,
        process: seen.process.as_ref().map(|p| (p.pid, p.start_ticks)),
    };
    (seen.live() && (boot.uptime_ms.is_some() || boot.process.is_some())).then_some(boot)
}

/// An uptime that went backwards by less is two answers at once.
const BACKWARDS_MS: u64 = 1_000;

/// Whether `next` is another boot than `before`: its uptime goes backwards, or is not what it would have become; where no
/// uptime is told, another process. Where it is told the process alone says nothing: who starts the gateway may be seen in
/// its place, and a restart may keep it.
pub(crate) fn is_new(next: &Boot, before: &Boot, policy: &Policy) -> bool {
    let (Some(n), Some(b)) = (next.uptime_ms, before.uptime_ms) else {
        return next.process.is_some() && before.process.is_some() && next.process != before.process;
    };
    let wrong = off_ms(n, b, next, before);
    // The moment of an answer is known as well as a look is long. Where the process is another one, too, its three probes
    // are all that it may have lasted: one that dies after each start may be met a little older at each look.
    let other = next.process.is_some() && before.process.is_some() && next.process != before.process;
    let known = policy.timeout_ms / 4;
    let known = if other { known.min(policy.probe_ms.saturating_mul(3)) } else { known };
    if n < b { wrong > BACKWARDS_MS } else { wrong > known }
}

/// By how much the uptime is not what it would have become, milliseconds. It may be told by the monotonic clock or by the
/// wall clock, which may have been set meanwhile: what either explains is no other boot.
fn off_ms(n: u64, b: u64, next: &Boot, before: &Boot) -> u64 {
    let grown = i64::try_from(n).unwrap_or(i64::MAX).saturating_sub_unsigned(b);
    let passed = i64::try_from(next.seen_ms.saturating_sub(before.seen_ms)).unwrap_or(i64::MAX);
    let wall = next.wall_ms.zip(before.wall_ms).map(|(n, b)| n.saturating_sub(b));
    let off = |passed: i64| passed.saturating_sub(grown).unsigned_abs();
    off(passed).min(wall.map_or(u64::MAX, off))
}
