//! Looks without an answer: dead, hung, busy, or still coming or going.

use super::alive::{drains, starts};
use super::finding::{Call, Finding};
use super::{hung, life, signals};
use crate::watchdog::ground::Sign;
use crate::watchdog::incident;
use crate::watchdog::observation::{Active, Answer, Config, Observation};
use crate::watchdog::policy::{FEWEST_FAILED, Policy};
use crate::watchdog::state::{History, Progress, Silence};
use crate::watchdog::verdict::{Reason, Verdict};

/// The host ends with this when its configuration is wrong or another gateway holds the lock.
const EXIT_CONFIG: i32 = 78;

/// A look that something answered which is not a gateway.
pub(super) fn foreign(h: &mut History, seen: &Observation) -> Finding {
    h.silence = None;
    h.starting_since_ms = None;
    h.draining_since_ms = None;
    if !signals::lives(seen) && signals::stranger(h, seen).is_some() && !starting_elsewhere(seen) {
        return port_taken();
    }
    Finding::wait(Verdict::Unknown, Reason::Stranger)
}

/// A look without an answer of the liveness probe.
pub(super) fn silent(h: &mut History, seen: &Observation, policy: &Policy, now: u64) -> Finding {
    if signals::speaks(seen) {
        // It serves: what is silent beside it counts only from here on.
        let first_ms = h.silence.as_ref().map(|s| s.first_ms.unwrap_or(s.since_ms));
        let first_ms = first_ms.or(Some(seen.began_ms.min(now)));
        note_progress(h, seen, now);
        let pressed_ms = signals::pressed(seen).then_some(now);
        h.silence = Some(Silence { since_ms: now, failed: 1, first_ms, pressed_ms, ..Silence::default() });
        return Finding::wait(Verdict::Busy, Reason::InDoubt);
    }
    unanswered(h, seen, policy, now)
}

/// A look without any answer that says that it serves.
fn unanswered(h: &mut History, seen: &Observation, policy: &Policy, now: u64) -> Finding {
    note_progress(h, seen, now);
    count(h, seen, policy, now);
    let refused = seen.healthz == Answer::Refused;
    if let Some(finding) = coming_or_going(h, seen, policy, now, refused) {
        return finding;
    }
    if !h.armed {
        if now.saturating_sub(h.watching_since_ms) <= policy.grace_ms {
            return Finding::wait(Verdict::Unknown, Reason::NeverSeenHealthy);
        }
        h.armed = true;
    }
    if refused && !signals::gone(h, seen) && beats_lately(h, policy, now) && !answered_here(h, seen) {
        return Finding::wait(Verdict::Unknown, Reason::HeartbeatElsewhere);
    }
    if signals::stranger(h, seen).is_some() && !starting_elsewhere(seen) {
        return port_taken();
    }
    if refused || !signals::lives(seen) && h.settled.is_some() {
        return dead(h, seen, policy, now);
    }
    hung::hung(h, seen, policy, now)
}

fn count(h: &mut History, seen: &Observation, policy: &Policy, now: u64) {
    let work = Work {
        now: signals::progress(h, seen, now),
        computes: signals::computes(h, seen, now),
        lately: h
            .progress
            .as_ref()
            .is_some_and(|p| !p.beats && now.saturating_sub(p.at_ms) < policy.timeout_ms / 2),
        since_ms: now
            .saturating_sub(signals::used_ms(h, seen).unwrap_or(0))
            .saturating_add(policy.probe_ms)
            .min(now),
        last_look_ms: h.last_look_ms.unwrap_or(now),
    };
    let refused = seen.healthz == Answer::Refused;
    let broken = matches!(seen.config, Config::Broken { .. });
    // A file that has been put right where nothing ran is somebody's work: what he starts has its time from now on.
    let mended =
        !signals::lives(seen) && h.silence.as_ref().is_some_and(|s| s.refused && s.broken && !broken);
    let since_ms = if mended { now } else { seen.began_ms.min(now) };
    let anew = Silence { since_ms, refused, ..Silence::default() };
    // Where nobody listened and somebody does, something has come: it is silent from now on.
    let came = h.silence.as_ref().is_some_and(|s| s.refused && !refused);
    let silence = if came || mended { h.silence.insert(anew) } else { h.silence.get_or_insert(anew) };
    (silence.refused, silence.broken) = (refused, broken);
    silence.failed = silence.failed.saturating_add(1);
    let dead = refused || !signals::lives(seen) && h.settled.is_some();
    let began = seen.began_ms.min(now);
    // Amid a silence, and where a full machine may have kept the answer, it may have died or been stopped behind the probe.
    let met = if silence.failed > 1 || !signals::at_ease(seen) { now } else { began };
    silence.dead_ms = dead.then(|| silence.dead_ms.unwrap_or(met));
    silence.stopped_ms = signals::stopped(seen).then(|| silence.stopped_ms.unwrap_or(met));
    silence.deaf_ms = unheard(&seen.healthz).then(|| silence.deaf_ms.unwrap_or(met));
    note_work(silence, &work, seen, now);
    // A full machine answers late; that nobody listens it says at once.
    let by_itself = dead || !signals::lives(seen) || signals::stopped(seen);
    if !by_itself && signals::pressed(seen) {
        silence.pressed_ms = Some(now);
    }
}

/// Not a byte came.
pub(super) fn unheard(answer: &Answer) -> bool {
    *answer == Answer::TimedOut { received_bytes: 0 }
}

/// What is known of the work of a silent process.
struct Work {
    now: Option<Progress>,
    computes: bool,
    /// Whether it was at work not long ago.
    lately: bool,
    /// Since when it is, at the latest, by the processor it took.
    since_ms: u64,
    last_look_ms: u64,
}

/// Notes since when it is at work, or writes without working.
fn note_work(silence: &mut Silence, work: &Work, seen: &Observation, now: u64) {
    silence.busy_ms = match &work.now {
        // Its loop may have turned until the work began.
        Some(_) if work.computes && silence.failed == 1 => Some(work.since_ms),
        Some(p) if !p.beats => silence.busy_ms.or(Some(work.since_ms)),
        None if work.lately => silence.busy_ms,
        _ => None,
    };
    let bytes = matches!(seen.healthz, Answer::TimedOut { received_bytes } if received_bytes > 0);
    let met = work.last_look_ms.max(silence.since_ms).min(now);
    silence.drip_ms = (bytes && work.now.is_none()).then(|| silence.drip_ms.unwrap_or(met));
}

fn note_progress(h: &mut History, seen: &Observation, now: u64) {
    if h.silence.is_none() {
        h.progress = None;
    } else if let Some(progress) = signals::progress(h, seen, now) {
        h.progress = Some(progress);
    }
}

/// How many probes failed, and for how long there was no answer.
pub(super) fn extent(h: &History, now: u64) -> (u32, u64) {
    h.silence.as_ref().map_or((0, 0), |s| (s.failed, now.saturating_sub(s.since_ms)))
}

pub(super) fn lasts(h: &History, now: u64, ms: u64) -> bool {
    let (failed, silent_ms) = extent(h, now);
    failed >= FEWEST_FAILED && silent_ms >= ms
}

/// The same for what is wrong whatever the machine does: silence of a machine too busy to answer does not count.
pub(super) fn lasts_by_itself(h: &History, now: u64, ms: u64) -> bool {
    let since = h.silence.as_ref().map_or(now, |s| own_beginning(s).unwrap_or(0).max(s.since_ms));
    lasts(h, now, ms) && now.saturating_sub(since) >= ms
}

/// Whether this silence is that of a machine too full to answer, which says little for so long: a drain may have ended
/// in it.
pub(super) fn of_full_machine(h: &History, seen: &Observation, policy: &Policy, now: u64) -> bool {
    let pressed = h.silence.as_ref().is_some_and(|s| s.pressed_ms.is_some());
    let heard = seen.live() || seen.healthz == Answer::Refused;
    let over =
        lasts_by_itself(h, now, policy.timeout_ms) || lasts(h, now, policy.timeout_ms.saturating_mul(4));
    pressed && !heard && !over
}

/// Whether it has been at work, or has written without working, for so long: what a full machine kept from answering
/// before that is no part of it.
pub(super) fn worked(h: &History, now: u64, ms: u64) -> bool {
    let since = h.silence.as_ref().and_then(|s| s.busy_ms.or(s.drip_ms));
    since.is_some_and(|at| now.saturating_sub(at) >= ms)
}

/// When what is the matter now began amid a silence of another kind.
pub(super) fn own_beginning(silence: &Silence) -> Option<u64> {
    silence.pressed_ms.max(silence.dead_ms).max(silence.stopped_ms)
}

fn starting_elsewhere(seen: &Observation) -> bool {
    seen.owner.active == Active::Starting
}

/// A boot or a stop under way explains the silence, for as long as either may take.
fn coming_or_going(
    h: &mut History,
    seen: &Observation,
    policy: &Policy,
    now: u64,
    refused: bool,
) -> Option<Finding> {
    let alive = signals::lives(seen);
    let owner = seen.owner.active;
    let new = h.ever_healthy && signals::is_new(h, seen);
    // A process that came after the one that drained is what it drained for.
    let came = alive && new;
    let drained = h.draining_since_ms.zip(h.newest.as_ref()).is_some_and(|(at, n)| n.since_ms <= at);
    let there = alive || !refused && !signals::gone(h, seen);
    if owner == Active::Stopping || (h.draining_since_ms.is_some() && (!came || drained) && there) {
        h.starting_since_ms = None;
        return Some(drains(h, seen, policy, now));
    }
    h.draining_since_ms = None;
    let anew = signals::begun_anew(h, seen).is_some();
    let young = h.newest.as_ref().filter(|_| came || anew).map(|n| n.since_ms);
    if owner == Active::Starting || young.is_some() || (h.starting_since_ms.is_some() && there) {
        let since = h.starting_since_ms.max(young);
        h.starting_since_ms = Some(since.unwrap_or(now));
        // A boot that is past its time may have ended unheard: from then on a silence has its own time, like any other.
        return Some(starts(h, seen, policy, now)).filter(|f| refused || f.call == Call::Nothing);
    }
    h.starting_since_ms = None;
    None
}

/// Whether the event loop turned not long ago.
pub(super) fn beats_lately(h: &History, policy: &Policy, now: u64) -> bool {
    h.progress.as_ref().is_some_and(|p| p.beats && now.saturating_sub(p.at_ms) < policy.timeout_ms / 2)
}

/// The same, whatever else it has done since, where it was seen behind the port that is closed.
fn turned(h: &History, policy: &Policy, now: u64) -> bool {
    let closed = h.silence.as_ref().map_or(now, |s| s.since_ms);
    let behind = h.beat_ms.is_some_and(|at| at > closed && now.saturating_sub(at) < policy.timeout_ms / 2);
    behind || beats_lately(h, policy, now)
}

/// Whether its heartbeat may yet be seen to go on behind the closed port.
fn may_beat(h: &History, seen: &Observation, policy: &Policy, now: u64) -> bool {
    seen.heartbeat_ms.is_some() && extent(h, now).1 < policy.timeout_ms / 3
}

/// Whether this very process answered on this port, and nothing was said since of another.
fn answered_here(h: &History, seen: &Observation) -> bool {
    let same = matches!(&seen.config, Config::Sound { digest } if h.settled_config.as_ref() == Some(digest));
    same && signals::lives(seen) && h.settled.is_some() && !signals::is_new(h, seen)
}

/// Whether the process has been at work since not long ago: at this look, or at one before it while it was taken to boot.
fn works_lately(h: &History, policy: &Policy, now: u64) -> bool {
    let boots = h.judgement.verdict == Verdict::Starting;
    let since = if boots { policy.timeout_ms / 4 } else { 0 };
    h.progress.as_ref().is_some_and(|p| now.saturating_sub(p.at_ms) <= since)
}

/// No start can succeed while somebody else holds the port, and who that is is for a person to judge.
fn port_taken() -> Finding {
    Finding { second: Some(Sign::PortTaken), ..Finding::wait(Verdict::Dead, Reason::PortTaken) }
}

fn dead(h: &mut History, seen: &Observation, policy: &Policy, now: u64) -> Finding {
    // Who sees neither a process nor an owner cannot tell a boot with its port still closed from death.
    let blind = h.settled.is_none() && seen.process.is_none() && seen.owner.active == Active::Untold;
    // An in-process restart boots behind a closed port: as long as it works, it has the time of a boot. The heartbeat begins
    // behind the port: where it beats nothing boots, and only the server is dead.
    let works = signals::lives(seen) && works_lately(h, policy, now) && !turned(h, policy, now);
    let patience =
        if blind || works { policy.timeout_ms.max(policy.grace_ms(&h.boots_ms)) } else { policy.timeout_ms };
    let long = lasts_by_itself(h, now, patience);
    let second = signals::second_refused(h, seen, policy, now);
    if seen.owner.active == Active::Stopped && !incident::attempted(h) {
        return Finding::wait(Verdict::Dead, Reason::StoppedOnPurpose);
    }
    let exit = seen.owner.last_exit.as_ref().and_then(|e| e.code);
    if !signals::lives(seen) && (exit == Some(EXIT_CONFIG) || matches!(seen.config, Config::Broken { .. })) {
        return Finding::wait(Verdict::Dead, Reason::ConfigRefused);
    }
    if !signals::lives(seen) && signals::out_of_memory(h, seen) {
        return killed_for_memory(h, seen, policy, now, long, second);
    }
    let (failed, _) = extent(h, now);
    let boots = works && h.judgement.verdict == Verdict::Starting;
    if signals::lives(seen) && (failed < FEWEST_FAILED || works && !boots && may_beat(h, seen, policy, now)) {
        // An in-process restart closes the port for a moment.
        return Finding::wait(h.judgement.verdict, Reason::InDoubt);
    }
    if works && !long {
        return Finding::wait(Verdict::Starting, Reason::Starts);
    }
    Finding::restart(Verdict::Dead, Reason::Refused, long, second)
}

/// Once it is restarted; if it is killed again soon, a restart would only meet the same end.
fn killed_for_memory(
    h: &mut History,
    seen: &Observation,
    policy: &Policy,
    now: u64,
    long: bool,
    second: Option<Sign>,
) -> Finding {
    life::note_memory_death(h, policy, now);
    life::note_unmet_memory_deaths(h, seen, policy, now);
    let again = h.memory_deaths_ms.len() > 1;
    Finding::restart(Verdict::Dead, Reason::OutOfMemory, long && !again, second)
}
