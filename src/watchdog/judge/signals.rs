//! What speaks besides the liveness probe. Nothing is done unless one of these agrees with its silence.

use crate::watchdog::ground::Sign;
use crate::watchdog::observation::{Active, Answer, Observation, Port};
use crate::watchdog::policy::{PRESSED_PERCENT, Policy};
use crate::watchdog::state::{History, Progress};

/// A process that used this share of a core since the look before makes progress.
const BUSY_PERCENT: u64 = 20;
/// So does one that is met running and used this share: on a full machine it gets no more. What only wakes up for its
/// timers uses less, and is met running now and then.
const RUNNING_PERCENT: u64 = 5;

/// Whether the process did anything since the look before, which found no answer either.
pub(super) fn progress(h: &History, seen: &Observation, now: u64) -> Option<Progress> {
    let beats = beats(h, seen) || drips(h, seen);
    (beats || computes(h, seen, now)).then_some(Progress { at_ms: now, beats })
}

/// Whether the heartbeat is another one than at the look before.
pub(super) fn beats(h: &History, seen: &Observation) -> bool {
    matches!((seen.heartbeat_ms, h.heartbeat_ms), (Some(now), Some(before)) if now != before)
}

/// Whether somebody writes an answer, if too slowly, where no heartbeat tells who: the process works, or is not seen.
fn drips(h: &History, seen: &Observation) -> bool {
    let some = matches!(seen.healthz, Answer::TimedOut { received_bytes } if received_bytes > 0);
    some && seen.heartbeat_ms.is_none() && used_ms(h, seen).is_none_or(|ms| ms > 0)
}

/// Nothing is seen of the gateway but its answers.
pub(super) fn eyeless(seen: &Observation) -> bool {
    let owner = seen.owner.active == Active::Untold;
    seen.process.is_none() && seen.heartbeat_ms.is_none() && seen.port == Port::Unseen && owner
}

/// Processor time of the process since the look before, where both saw the same one.
pub(super) fn used_ms(h: &History, seen: &Observation) -> Option<u64> {
    let (p, before) = (seen.process.as_ref()?, h.process.as_ref()?);
    let same = (p.pid, p.start_ticks) == (before.pid, before.start_ticks);
    same.then(|| p.cpu_ms.saturating_sub(before.cpu_ms))
}

pub(super) fn computes(h: &History, seen: &Observation, now: u64) -> bool {
    let (Some(p), Some(before)) = (&seen.process, &h.process) else {
        return false;
    };
    let passed = now.saturating_sub(before.at_ms).max(1);
    let share = if p.state == 'R' { RUNNING_PERCENT } else { BUSY_PERCENT };
    used_ms(h, seen).is_some_and(|used| used.saturating_mul(100) / passed >= share)
}

/// Whether there is a process that could still do anything; one that could not be looked for may be there.
pub(super) fn lives(seen: &Observation) -> bool {
    let process = seen.process.as_ref();
    process.map_or(seen.process_untold, |p| !matches!(p.state, 'Z' | 'X' | 'x'))
}

/// Whether it is stopped by a signal.
pub(crate) fn stopped(seen: &Observation) -> bool {
    seen.process.as_ref().is_some_and(|p| matches!(p.state, 'T' | 't'))
}

/// Whether its process is another one than the one that last answered.
pub(super) fn is_new(h: &History, seen: &Observation) -> bool {
    let process = seen.process.as_ref().map(|p| (p.pid, p.start_ticks));
    process.is_some() && process != h.settled
}

/// The process that its owner runs, if it is another one than while the gateway served, nobody listens and the gateway's
/// own is not seen: a wrapper, behind which it boots.
pub(super) fn begun_anew(h: &History, seen: &Observation) -> Option<u32> {
    let unseen = seen.healthz == Answer::Refused && !lives(seen) && seen.owner.active == Active::Running;
    seen.owner.pid.filter(|pid| unseen && h.settled_owner.is_some_and(|then| then != *pid))
}

/// Whether the machine is so busy that a late answer says little.
pub(super) fn pressed(seen: &Observation) -> bool {
    let high = |p: Option<u8>| p.is_some_and(|p| p >= PRESSED_PERCENT);
    high(seen.machine.cpu_pressure_percent) || high(seen.machine.memory_pressure_percent)
}

/// Whether the machine tells that it is not busy.
pub(crate) fn at_ease(seen: &Observation) -> bool {
    let told = seen.machine.cpu_pressure_percent.or(seen.machine.memory_pressure_percent);
    told.is_some() && !pressed(seen)
}

/// Whether somebody else listens on the port: neither the gateway's process nor anything that its owner runs, nor who held
/// it while the gateway answered (a proxy before a container, a child of a wrapper).
pub(crate) fn stranger<'a>(h: &History, seen: &'a Observation) -> Option<&'a str> {
    let Port::HeldBy { pid, start_ticks, name, owned } = &seen.port else {
        return None;
    };
    let known = *owned || h.holder == Some((*pid, *start_ticks));
    let ours = known || seen.process.as_ref().is_some_and(|p| p.pid == *pid) || seen.owner.pid == Some(*pid);
    (!ours).then_some(name.as_str())
}

/// Whether the last process was killed for want of memory.
pub(super) fn out_of_memory(h: &History, seen: &Observation) -> bool {
    let exit = seen.owner.last_exit.as_ref();
    exit.is_some_and(|e| e.out_of_memory) || (counted(h, seen) && (killed(seen) || exit.is_none()))
}

/// Whether its owner says that it was killed, by whomever.
fn killed(seen: &Observation) -> bool {
    seen.owner.last_exit.as_ref().is_some_and(|e| e.code == Some(137) || e.signal == Some(9))
}

/// Whether something of the gateway was killed for want of memory since it last answered. A count of the whole machine may
/// be any program's: then its owner has to say that the gateway was killed.
pub(super) fn counted(h: &History, seen: &Observation) -> bool {
    let more = matches!((seen.machine.oom_kills, h.oom_kills), (Some(now), Some(before)) if now > before);
    more && (!seen.machine.oom_kills_of_all || killed(seen))
}

/// The first signal that agrees that nobody serves the port.
pub(super) fn second_refused(h: &History, seen: &Observation, policy: &Policy, now: u64) -> Option<Sign> {
    let gone = gone(h, seen);
    let signs = [
        (gone, Sign::ProcessGone),
        (seen.port == Port::Free, Sign::PortFree),
        (seen.owner.active == Active::Failed, Sign::OwnerFailed),
        (still(h, seen, policy, now), Sign::HeartbeatStill),
        (other_probe(seen, |a| *a == Answer::Refused), Sign::OtherProbeSilent),
    ];
    signs.into_iter().find(|(holds, _)| *holds).map(|(_, sign)| sign)
}

/// The first signal that agrees that what holds the port will not answer.
pub(super) fn second_silent(h: &History, seen: &Observation, policy: &Policy, now: u64) -> Option<Sign> {
    let there = seen.process.is_some() && lives(seen);
    let idle = h.silence.as_ref().is_some_and(|s| s.failed > 2) && there && !computes(h, seen, now);
    let signs = [
        (stopped(seen), Sign::ProcessStopped),
        (gone(h, seen), Sign::ProcessGone),
        (seen.port == Port::Free, Sign::PortFree),
        (seen.owner.active == Active::Failed, Sign::OwnerFailed),
        (still(h, seen, policy, now), Sign::HeartbeatStill),
        (idle && h.process.is_some(), Sign::ProcessIdle),
        (other_probe(seen, silent), Sign::OtherProbeSilent),
    ];
    signs.into_iter().find(|(holds, _)| *holds).map(|(_, sign)| sign)
}

/// Whether the process that last answered is not there any more.
pub(super) fn gone(h: &History, seen: &Observation) -> bool {
    h.settled.is_some() && !lives(seen)
}

/// Whether the heartbeat has stood still for half the timeout.
pub(crate) fn still(h: &History, seen: &Observation, policy: &Policy, now: u64) -> bool {
    seen.heartbeat_ms.is_some()
        && !beats(h, seen)
        && h.beat_ms.is_some_and(|at| now.saturating_sub(at) >= policy.timeout_ms / 2)
}

/// Whether another probe was answered in the gateway's own words, and not that it comes or goes.
pub(crate) fn speaks(seen: &Observation) -> bool {
    let own = |a: &Answer| a.fields().is_some_and(|f| f.ready.is_some() || f.status.is_some());
    let boots = seen.starting() || seen.failing().iter().any(|part| part.starts_with("startup"));
    (own(&seen.readyz) || own(&seen.startupz)) && !boots && !seen.draining()
}

fn silent(answer: &Answer) -> bool {
    matches!(answer, Answer::TimedOut { .. } | Answer::Closed { .. } | Answer::Failed { .. })
}

fn other_probe(seen: &Observation, is: impl Fn(&Answer) -> bool) -> bool {
    is(&seen.readyz) || is(&seen.startupz)
}
