//! The judge: pure, total, without a clock. A process is restarted only where silence of the liveness probe, long
//! enough and often enough, and a second, independent signal agree; everything the gateway says about itself makes it
//! wait.

mod alive;
mod channels;
mod ends;
mod finding;
mod grounds;
mod hung;
mod life;
mod network;
mod pace;
mod signals;
mod silence;
mod wants;

pub(super) use channels::{exhausted, moving};
pub(super) use ends::forget_short;
pub(super) use finding::{Call, Finding};
pub(super) use life::{boot_of, is_new};
pub(super) use signals::{at_ease, speaks, still, stopped, stranger};

pub use channels::key;
pub use wants::{Wants, wants};

use super::alert::{self, Alert};
use super::incident;
use super::observation::{Answer, Observation};
use super::policy::Policy;
use super::state::{History, MOST_REMEMBERED, Silence};
use super::verdict::{Action, Judgement, Reason, Verdict};

/// What came of a look.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    pub history: History,
    pub judgement: Judgement,
    /// What is to be done now.
    pub action: Option<Action>,
    /// What the look called for, whatever the discipline made of it.
    pub(super) call: Call,
    /// What a person is to be told now.
    pub alerts: Vec<Alert>,
}

/// Judges one look. `now_ms` is the monotonic time at which the look ended.
#[must_use]
pub fn judge(mut history: History, seen: &Observation, policy: &Policy, now_ms: u64) -> Judged {
    let h = &mut history;
    if h.last_look_ms.is_none() {
        h.watching_since_ms = now_ms;
    }
    let stopped = was_stopped(h, seen, policy, now_ms);
    if stopped {
        discard(h, now_ms);
    }
    life::note(h, seen, policy, now_ms);
    network::note(h, seen, policy, now_ms);
    if seen.starting() || seen.draining() || !seen.live() {
        channels::rest(h, now_ms);
    } else {
        channels::note(h, seen, policy, now_ms);
    }
    let (mut finding, flapping) = find(h, seen, policy, now_ms);
    if stopped {
        // What it was before says nothing: neither is it acted on, nor is anybody called.
        finding.call = Call::Nothing;
    }
    let action = incident::discipline(h, &finding, flapping && !stopped, seen, policy, now_ms);
    if stopped {
        finding = Finding::wait(Verdict::Suspended, Reason::WatchdogWasStopped);
    } else if incident::died_after_restarts(h, &finding, policy) {
        (finding.verdict, finding.reason) = (Verdict::Flapping, Reason::DiesAgain);
    }
    let judgement = conclude(h, &finding, policy, now_ms);
    h.grounds = grounds::of(h, seen, &finding, policy, now_ms);
    let alerts = alert::due(h, seen, &finding, policy, now_ms);
    life::note_progress(h, seen, now_ms);
    h.last_look_ms = Some(now_ms);
    h.slept_ms = seen.slept_ms;
    Judged { history, judgement, action, call: finding.call, alerts }
}

/// Takes up a history again after the watchdog itself was down: what it saw before says nothing about now, what it did
/// before still counts.
#[must_use]
pub fn resume(mut history: History, slept_ms: u64, now_ms: u64) -> History {
    discard(&mut history, now_ms);
    // The end of a command that is no longer awaited is told to nobody after this.
    history.command_running &= incident::awaits_command(&history);
    history.last_look_ms = Some(now_ms);
    history.slept_ms = slept_ms;
    history
}

fn was_stopped(h: &History, seen: &Observation, policy: &Policy, now: u64) -> bool {
    // To its beginning: a look that is slow itself (a tool of the system's hangs) is no suspend.
    let began = seen.began_ms.min(now);
    let gap = h.last_look_ms.map_or(0, |last| began.saturating_sub(last));
    let slept = h.last_look_ms.is_some() && seen.slept_ms > h.slept_ms.saturating_add(policy.probe_ms);
    slept || gap > policy.gap_ms()
}

/// Voids every window that was open over a gap, and gives a verification the time that passed unseen.
fn discard(h: &mut History, now: u64) {
    let gap = h.last_look_ms.map_or(0, |last| now.saturating_sub(last));
    h.silence = None;
    h.process = None;
    h.heartbeat_ms = None;
    h.beat_ms = None;
    h.progress = None;
    if let Some(newest) = h.newest.as_mut() {
        // What came before its drain did so all the same.
        let before = h.draining_since_ms.is_some_and(|at| newest.since_ms < at);
        newest.since_ms = now.saturating_sub(u64::from(before));
    }
    h.starting_since_ms = h.starting_since_ms.map(|_| now);
    h.draining_since_ms = h.draining_since_ms.map(|_| now);
    (h.network.down_looks, h.network.proxy_down_looks) = (0, 0);
    if !h.armed {
        h.watching_since_ms = now;
    }
    channels::postpone(h, gap, now);
    alert::postpone(h, now);
    incident::postpone(h, gap);
}

/// Somebody works on it: nothing is done, and no window grows meanwhile.
fn hold(h: &mut History, finding: &mut Finding, now: u64) {
    finding.call = Call::Nothing;
    if let Some(silence) = h.silence.as_mut() {
        let first_ms = silence.first_ms.or(Some(silence.since_ms));
        *silence = Silence { since_ms: now, failed: silence.failed, first_ms, ..Silence::default() };
    }
    h.starting_since_ms = h.starting_since_ms.map(|_| now);
    h.draining_since_ms = h.draining_since_ms.map(|_| now);
    channels::postpone(h, 0, now);
}

/// What this look and those before it come to, and whether it keeps dying.
fn find(h: &mut History, seen: &Observation, policy: &Policy, now: u64) -> (Finding, bool) {
    let mut finding = look(h, seen, policy, now);
    let flapping = flaps(h, &finding, seen, policy, now) && !settled_down(&finding);
    if flapping {
        finding.verdict = Verdict::Flapping;
        // What it dies of is told, too.
        if finding.reason != Reason::OutOfMemory {
            finding.reason = Reason::DiesAgain;
        }
    }
    if seen.held_ms.is_some() {
        hold(h, &mut finding, now);
    }
    (finding, flapping)
}

fn look(h: &mut History, seen: &Observation, policy: &Policy, now: u64) -> Finding {
    if seen.port_guessed.is_some() {
        // Whoever answers there, or does not, may be anybody.
        h.silence = None;
        return Finding::wait(Verdict::Unknown, Reason::PortGuessed);
    }
    if seen.foreign_holder && matches!(seen.healthz, Answer::Http { .. }) {
        h.silence = None;
        return Finding::wait(Verdict::Unknown, Reason::OtherGateway);
    }
    if seen.live() {
        h.silence = None;
        return alive::alive(h, seen, policy, now);
    }
    match &seen.healthz {
        Answer::Garbage { .. } | Answer::Http { .. } => silence::foreign(h, seen),
        _ => silence::silent(h, seen, policy, now),
    }
}

/// Whether the gateway keeps dying young under an owner that restarts it: as many short lives as restarts are allowed,
/// one more while it happens to answer or to boot. Where nobody tells how they ended, as many again, and never while it
/// answers as started: somebody may have restarted it on purpose.
fn flaps(h: &mut History, finding: &Finding, seen: &Observation, policy: &Policy, now: u64) -> bool {
    h.short_lives_ms.retain(|at| now.saturating_sub(*at) < policy.window_ms);
    h.untold_ends.retain(|end| now.saturating_sub(end.at_ms) < policy.window_ms);
    let starts = finding.verdict == Verdict::Starting;
    let dead = seen.healthz == Answer::Refused && !starts;
    let young = age_ms(h, seen, now).is_none_or(|up| up < policy.short_life_ms);
    let most = usize::try_from(policy.max_restarts).unwrap_or(usize::MAX);
    let lives = h.short_lives_ms.len();
    let untold = h.untold_ends.iter().filter(|end| end.short).count();
    let told = (dead && lives >= most) || (young && (seen.live() || starts) && lives > most);
    told || (dead || young && starts) && lives.saturating_add(untold) > most.saturating_mul(2)
}

/// How long this boot has been there: as it tells, else as its process has been seen, else as it has been well. The host
/// counts by the wall clock, and tells nothing where that was set to before the boot.
fn age_ms(h: &History, seen: &Observation, now: u64) -> Option<u64> {
    let process = seen.process.as_ref().map(|p| (p.pid, p.start_ticks));
    let there = || h.newest.as_ref().filter(|n| Some(n.process) == process).map(|n| n.since_ms);
    let well = || (h.judgement.verdict == Verdict::Healthy).then_some(h.verdict_since_ms);
    let passed = |since: u64| now.saturating_sub(since);
    seen.uptime_ms().or_else(|| there().or_else(well).map(passed))
}

/// Whether what is seen explains itself, however often it died before.
fn settled_down(finding: &Finding) -> bool {
    let known = [
        Reason::StoppedOnPurpose,
        Reason::ConfigRefused,
        Reason::PortTaken,
        Reason::PortGuessed,
        Reason::InDoubt,
    ];
    known.contains(&finding.reason) || finding.verdict == Verdict::Draining
}

fn conclude(h: &mut History, finding: &Finding, policy: &Policy, now: u64) -> Judgement {
    if h.judgement.verdict != finding.verdict || h.last_look_ms.is_none() {
        h.verdict_since_ms = now;
    }
    let silent_ms = h.silence.as_ref().map_or(0, |s| now.saturating_sub(s.since_ms));
    let judgement = Judgement {
        verdict: finding.verdict,
        reason: finding.reason,
        silent_ms: h.silence.as_ref().map_or(0, |s| now.saturating_sub(s.first_ms.unwrap_or(s.since_ms))),
        failed_probes: h.silence.as_ref().map_or(0, |s| s.failed),
        next_ms: pace::next_ms(h, policy, silent_ms, now),
    };
    h.judgement = judgement;
    judgement
}

/// Appends a moment to a bounded list.
pub(super) fn remember(list: &mut Vec<u64>, now: u64) {
    if list.len() >= MOST_REMEMBERED {
        list.remove(0);
    }
    list.push(now);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::config::Config;

    /// Dead, hung, flapping: by a port that is only guessed it may be anybody's.
    #[test]
    fn by_a_guessed_port_nothing_is_concluded_and_nothing_done() {
        let policy = Policy::of(&Config::default().watchdog, 1.0, 1);
        let judged = |guess: Option<u16>| {
            let short_lives_ms = vec![1_000; 9];
            let mut h = History { armed: true, ever_healthy: true, short_lives_ms, ..History::default() };
            let (mut acts, mut told, mut last) = (0, Vec::new(), Judgement::default());
            for look in 1..30 {
                let seen = Observation {
                    began_ms: look * 60_000,
                    healthz: Answer::Refused,
                    port: crate::watchdog::observation::Port::Free,
                    port_guessed: guess,
                    ..Observation::default()
                };
                let judged = judge(h, &seen, &policy, look * 60_000 + 10);
                (h, last) = (judged.history, judged.judgement);
                acts += usize::from(judged.action.is_some());
                told.extend(judged.alerts.into_iter().map(|a| (a.code, a.values)));
            }
            (acts, last.verdict, last.reason, told)
        };
        let (acts, verdict, reason, told) = judged(Some(18_789));
        assert_eq!((acts, verdict, reason), (0, Verdict::Unknown, Reason::PortGuessed));
        assert_eq!(told, [(alert::Code::PortGuessed, vec!["18789".to_owned(), String::new()])]);
        assert!(judged(None).0 > 0, "one that is known is acted on");
    }

    /// The kernel may hold whoever looks at it: then only its silence speaks, and that has to last.
    #[test]
    fn a_process_that_could_not_be_looked_for_is_not_taken_for_gone() {
        let policy = Policy::of(&Config::default().watchdog, 1.0, 1);
        let acted_at = |process_untold: bool| {
            let mut h =
                History { armed: true, ever_healthy: true, settled: Some((7, 9)), ..History::default() };
            (1..30_u64).find(|look| {
                let silent = || Answer::TimedOut { received_bytes: 0 };
                let (began_ms, healthz, readyz) = (look * 60_000, silent(), silent());
                let seen =
                    Observation { began_ms, healthz, readyz, process_untold, ..Observation::default() };
                let judged = judge(std::mem::take(&mut h), &seen, &policy, began_ms + 5_000);
                h = judged.history;
                judged.action.is_some()
            })
        };
        let (gone, untold) = (acted_at(false).unwrap(), acted_at(true).unwrap());
        assert!((3..=5).contains(&gone), "{gone}");
        assert!(untold >= 12, "four times the timeout: {untold}");
    }

    #[test]
    fn only_a_guardian_that_is_certain_stops_us() {
        use crate::watchdog::observation::{Guardian, Port};
        let policy = Policy::of(&Config::default().watchdog, 1.0, 1);
        let acts = |may_be: bool| {
            let mut h =
                History { armed: true, ever_healthy: true, settled: Some((7, 9)), ..History::default() };
            (1..20).any(|look| {
                let guardian =
                    Guardian { name: "openclaw-monitor".to_owned(), may_be, ..Guardian::default() };
                let (healthz, port) = (Answer::Refused, Port::Free);
                let began_ms = look * 60_000;
                let guardians = vec![guardian];
                let seen = Observation { began_ms, healthz, port, guardians, ..Observation::default() };
                let judged = judge(std::mem::take(&mut h), &seen, &policy, began_ms + 10);
                h = judged.history;
                judged.action.is_some()
            })
        };
        assert!(acts(true) && !acts(false));
    }

    #[test]
    fn a_slow_look_is_no_suspend_and_a_late_one_is() {
        let policy = Policy::of(&Config::default().watchdog, 1.0, 1);
        let h = History { last_look_ms: Some(1_000), ..History::default() };
        let at = |began_ms| Observation { began_ms, ..Observation::default() };
        let end = 2_000 + policy.gap_ms();
        assert!(!was_stopped(&h, &at(2_000), &policy, end));
        assert!(was_stopped(&h, &at(end), &policy, end));
    }

    /// The monotonic clock stands still while the machine sleeps: the time that it has slept tells.
    #[test]
    fn a_machine_that_slept_between_two_looks_voids_what_was_silent_before() {
        let policy = Policy::of(&Config::default().watchdog, 1.0, 1);
        let silent = |began_ms, slept_ms| Observation {
            began_ms,
            slept_ms,
            healthz: Answer::TimedOut { received_bytes: 0 },
            readyz: Answer::TimedOut { received_bytes: 0 },
            ..Observation::default()
        };
        let mut h = History { armed: true, ever_healthy: true, ..History::default() };
        for n in 0..4u64 {
            let now = 1_000_000 + n * 45_000;
            h = judge(h, &silent(now, 7), &policy, now).history;
        }
        let woken = judge(h, &silent(1_180_000, 600_007), &policy, 1_180_000);
        assert_eq!((woken.judgement.verdict, woken.action), (Verdict::Suspended, None));
        let next = judge(woken.history, &silent(1_225_000, 600_007), &policy, 1_225_000);
        assert_eq!(next.action, None);
        assert!(next.judgement.silent_ms <= 45_000, "{}", next.judgement.silent_ms);
    }
}
