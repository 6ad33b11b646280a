//! The judge: pure, total, without a clock. Silence of the liveness probe, long enough and often enough, is the only
//! thing that makes it act; everything the gateway says about itself makes it wait.

use super::incident;
use super::observation::{Answer, Observation};
use super::policy::{FEWEST_FAILED, Policy};
use super::state::{Boot, History, MOST_REMEMBERED, ProcessAt, Silence};
use super::verdict::{Action, Judgement, Reason, Verdict};

/// A process that used this share of a core since the look before makes progress.
const BUSY_PERCENT: u64 = 20;

/// What one look alone leads to, before the discipline of acting is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub verdict: Verdict,
    pub reason: Reason,
    /// Whether a restart is called for.
    pub act: bool,
}

const fn wait(verdict: Verdict, reason: Reason) -> Finding {
    let act = false;
    Finding { verdict, reason, act }
}

/// Judges one look. `now_ms` is the monotonic time at which the look ended.
#[must_use]
pub fn judge(
    mut history: History,
    seen: &Observation,
    policy: &Policy,
    now_ms: u64,
) -> (History, Judgement, Option<Action>) {
    let h = &mut history;
    if h.last_look_ms.is_none() {
        h.watching_since_ms = now_ms;
    }
    let stopped = was_stopped(h, seen, policy, now_ms);
    if stopped {
        discard(h, now_ms);
    }
    let new_life = note_boot(h, seen, now_ms);
    if new_life.is_some_and(|lived_ms| lived_ms < policy.short_life_ms) {
        remember(&mut h.short_lives_ms, now_ms);
    }
    let mut finding = look(h, seen, policy, now_ms);
    let flapping = flaps(h, seen, policy, now_ms);
    if flapping {
        finding.verdict = Verdict::Flapping;
        finding.reason = Reason::DiesAgain;
    }
    let action = incident::discipline(h, &finding, flapping, seen, policy, now_ms);
    if stopped && !seen.live() {
        finding = wait(Verdict::Suspended, Reason::WatchdogWasStopped);
    } else if incident::died_after_restarts(h, &finding, policy) {
        finding.verdict = Verdict::Flapping;
        finding.reason = Reason::DiesAgain;
    }
    let judgement = conclude(h, &finding, policy, now_ms);
    note_progress(h, seen, now_ms);
    h.last_look_ms = Some(now_ms);
    h.slept_ms = seen.slept_ms;
    (history, judgement, action)
}

/// Takes up a history again after the watchdog itself was down: what it saw before says nothing about now, what it did
/// before still counts.
#[must_use]
pub fn resume(mut history: History, slept_ms: u64, now_ms: u64) -> History {
    discard(&mut history, now_ms);
    history.last_look_ms = Some(now_ms);
    history.slept_ms = slept_ms;
    history
}

fn was_stopped(h: &History, seen: &Observation, policy: &Policy, now: u64) -> bool {
    let gap = h.last_look_ms.map_or(0, |last| now.saturating_sub(last));
    let slept = h.last_look_ms.is_some() && seen.slept_ms > h.slept_ms.saturating_add(policy.probe_ms);
    slept || gap > policy.gap_ms()
}

/// Voids every window that was open over a gap, and gives a verification the time that passed unseen.
fn discard(h: &mut History, now: u64) {
    let gap = h.last_look_ms.map_or(0, |last| now.saturating_sub(last));
    h.silence = None;
    h.process = None;
    h.heartbeat_ms = None;
    h.starting_since_ms = h.starting_since_ms.map(|_| now);
    h.draining_since_ms = h.draining_since_ms.map(|_| now);
    if !h.armed {
        h.watching_since_ms = now;
    }
    incident::postpone(h, gap);
}

/// Notes which boot answers. For a new one: how long the one before it lived.
fn note_boot(h: &mut History, seen: &Observation, now: u64) -> Option<u64> {
    let next = boot_of(seen, now)?;
    let before = h.boot.replace(next.clone())?;
    let born = |b: &Boot| b.uptime_ms.map(|up| b.seen_ms.saturating_sub(up));
    if !is_new(&next, &before) {
        return None;
    }
    h.starting_since_ms = None;
    Some(born(&next)?.saturating_sub(born(&before)?))
}

/// The boot that answers, where one does and tells anything of itself.
pub(super) fn boot_of(seen: &Observation, now: u64) -> Option<Boot> {
    let boot = Boot {
        uptime_ms: seen.uptime_ms(),
        seen_ms: now,
        process: seen.process.as_ref().map(|p| (p.pid, p.start_ticks)),
    };
    (seen.live() && (boot.uptime_ms.is_some() || boot.process.is_some())).then_some(boot)
}

/// Whether `next` is another boot than `before`: its uptime goes backwards; else another process.
pub(super) fn is_new(next: &Boot, before: &Boot) -> bool {
    match (next.uptime_ms, before.uptime_ms) {
        (Some(n), Some(b)) => n < b,
        _ => next.process.is_some() && before.process.is_some() && next.process != before.process,
    }
}

fn look(h: &mut History, seen: &Observation, policy: &Policy, now: u64) -> Finding {
    if seen.live() {
        h.silence = None;
        return alive(h, seen, policy, now);
    }
    match &seen.healthz {
        Answer::Garbage { .. } | Answer::Http { .. } => {
            h.silence = None;
            h.starting_since_ms = None;
            h.draining_since_ms = None;
            wait(Verdict::Unknown, Reason::Stranger)
        }
        answer => silent(h, seen, policy, now, *answer == Answer::Refused),
    }
}

fn alive(h: &mut History, seen: &Observation, policy: &Policy, now: u64) -> Finding {
    if seen.draining() {
        h.starting_since_ms = None;
        return drains(h, policy, now);
    }
    h.draining_since_ms = None;
    if seen.starting() {
        return starts(h, policy, now);
    }
    h.starting_since_ms = None;
    h.armed = true;
    h.ever_healthy = true;
    let ready = match &seen.readyz {
        Answer::Http { status: 404, .. } => true,
        Answer::Http { status, .. } => *status == 200,
        _ => false,
    };
    if ready { wait(Verdict::Healthy, Reason::Answers) } else { wait(Verdict::Degraded, Reason::PartFails) }
}

fn drains(h: &mut History, policy: &Policy, now: u64) -> Finding {
    let since = *h.draining_since_ms.get_or_insert(now);
    if now.saturating_sub(since) <= policy.drain_ms {
        return wait(Verdict::Draining, Reason::Drains);
    }
    let (verdict, reason, act) = (Verdict::Hung, Reason::DrainsTooLong, true);
    Finding { verdict, reason, act }
}

fn starts(h: &mut History, policy: &Policy, now: u64) -> Finding {
    let since = *h.starting_since_ms.get_or_insert(now);
    if now.saturating_sub(since) <= policy.grace_ms {
        return wait(Verdict::Starting, Reason::Starts);
    }
    let (verdict, reason, act) = (Verdict::Hung, Reason::StartsTooLong, true);
    Finding { verdict, reason, act }
}

fn silent(h: &mut History, seen: &Observation, policy: &Policy, now: u64, refused: bool) -> Finding {
    let progress = h.silence.is_some() && progresses(h, seen, now);
    let silence = h.silence.get_or_insert(Silence { since_ms: seen.began_ms.min(now), failed: 0 });
    silence.failed = silence.failed.saturating_add(1);
    let (failed, silent_ms) = (silence.failed, now.saturating_sub(silence.since_ms));
    if refused {
        // Whatever was starting or draining is gone.
        h.starting_since_ms = None;
        h.draining_since_ms = None;
    } else if h.draining_since_ms.is_some() {
        return drains(h, policy, now);
    } else if h.starting_since_ms.is_some() {
        return starts(h, policy, now);
    }
    if !h.armed {
        if now.saturating_sub(h.watching_since_ms) <= policy.grace_ms {
            return wait(Verdict::Unknown, Reason::NeverSeenHealthy);
        }
        h.armed = true;
    }
    if !h.ever_healthy && seen.heartbeat_ms.is_some() && heartbeat_moves(h, seen) {
        return wait(Verdict::Unknown, Reason::HeartbeatElsewhere);
    }
    let long = failed >= FEWEST_FAILED && silent_ms >= policy.timeout_ms;
    let very_long = silent_ms >= policy.timeout_ms.saturating_mul(2);
    no_answer(seen, refused, progress, failed, (long, very_long), h.judgement)
}

fn no_answer(
    seen: &Observation,
    refused: bool,
    progress: bool,
    failed: u32,
    (long, very_long): (bool, bool),
    before: Judgement,
) -> Finding {
    let stopped = seen.process.as_ref().is_some_and(|p| matches!(p.state, 'T' | 't'));
    let (verdict, reason, act) = if progress {
        let act = long && very_long;
        let verdict = if act { Verdict::Hung } else { Verdict::Busy };
        (verdict, Reason::ProgressWithoutAnswer, act)
    } else if refused {
        (Verdict::Dead, Reason::Refused, long)
    } else if stopped {
        (Verdict::Hung, Reason::ProcessStopped, long)
    } else if failed >= FEWEST_FAILED {
        (Verdict::Hung, Reason::NoAnswer, long)
    } else {
        // One or two missed answers change no verdict.
        (before.verdict, Reason::InDoubt, false)
    };
    Finding { verdict, reason, act }
}

/// Whether the process did anything since the look before, which found no answer either.
fn progresses(h: &History, seen: &Observation, now: u64) -> bool {
    heartbeat_moves(h, seen) || computes(h, seen, now)
}

fn heartbeat_moves(h: &History, seen: &Observation) -> bool {
    matches!((seen.heartbeat_ms, h.heartbeat_ms), (Some(now), Some(before)) if now != before)
}

fn computes(h: &History, seen: &Observation, now: u64) -> bool {
    let (Some(p), Some(before)) = (&seen.process, &h.process) else {
        return false;
    };
    let used = p.cpu_ms.saturating_sub(before.cpu_ms);
    let passed = now.saturating_sub(before.at_ms).max(1);
    (p.pid, p.start_ticks) == (before.pid, before.start_ticks)
        && used > 0
        && (p.state == 'R' || used.saturating_mul(100) / passed >= BUSY_PERCENT)
}

fn note_progress(h: &mut History, seen: &Observation, now: u64) {
    h.process = seen.process.as_ref().map(|p| ProcessAt {
        pid: p.pid,
        start_ticks: p.start_ticks,
        cpu_ms: p.cpu_ms,
        at_ms: now,
    });
    h.heartbeat_ms = seen.heartbeat_ms;
}

/// Whether the gateway keeps dying young under an owner that restarts it: as many short lives as restarts are allowed,
/// one more while it happens to answer.
fn flaps(h: &mut History, seen: &Observation, policy: &Policy, now: u64) -> bool {
    h.short_lives_ms.retain(|at| now.saturating_sub(*at) < policy.window_ms);
    let dead = seen.healthz == Answer::Refused;
    let old_enough = seen.uptime_ms().is_some_and(|up| up >= policy.short_life_ms);
    let most = usize::try_from(policy.max_restarts).unwrap_or(usize::MAX);
    let lives = h.short_lives_ms.len();
    (dead && lives >= most) || (!old_enough && seen.live() && lives > most)
}

fn conclude(h: &mut History, finding: &Finding, policy: &Policy, now: u64) -> Judgement {
    if h.judgement.verdict != finding.verdict || h.last_look_ms.is_none() {
        h.verdict_since_ms = now;
    }
    let silent_ms = h.silence.as_ref().map_or(0, |s| now.saturating_sub(s.since_ms));
    let judgement = Judgement {
        verdict: finding.verdict,
        reason: finding.reason,
        silent_ms,
        failed_probes: h.silence.as_ref().map_or(0, |s| s.failed),
        next_ms: next_ms(h, policy, silent_ms, now),
    };
    h.judgement = judgement;
    judgement
}

/// In doubt, while a restart is awaited, and when a grace ends, the next look comes sooner.
fn next_ms(h: &History, policy: &Policy, silent_ms: u64, now: u64) -> u64 {
    let over =
        |since: Option<u64>, grace: u64| Some((since? + grace + 1).saturating_sub(now)).filter(|ms| *ms > 0);
    let starts = over(h.starting_since_ms, policy.grace_ms).unwrap_or(u64::MAX);
    let drains = over(h.draining_since_ms, policy.drain_ms).unwrap_or(u64::MAX);
    usual_ms(h, policy, silent_ms).min(starts).min(drains)
}

fn usual_ms(h: &History, policy: &Policy, silent_ms: u64) -> u64 {
    if incident::restarting(h) {
        policy.interval_ms.min(policy.verify_ms / 20).max(1)
    } else if h.silence.is_some() {
        policy.doubt_ms(silent_ms)
    } else {
        policy.interval_ms
    }
}

/// Appends a moment to a bounded list.
pub(super) fn remember(list: &mut Vec<u64>, now: u64) {
    if list.len() >= MOST_REMEMBERED {
        list.remove(0);
    }
    list.push(now);
}
