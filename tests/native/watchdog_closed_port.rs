//! A port that is closed while its process lives: a boot within the process, or death in parts.

use super::watchdog_world::world::policy;
use auto_session_manager::watchdog::judge::judge;
use auto_session_manager::watchdog::observation::{Answer, Observation, Process};
use auto_session_manager::watchdog::state::History;
use auto_session_manager::watchdog::verdict::{Action, Verdict};

/// Looks at it every 20 s for ten minutes; the process uses `cpu_percent` of a core for so long, and then nothing.
fn watch(cpu_percent: u64, for_ms: u64) -> Vec<(u64, Verdict, Option<Action>)> {
    let policy = policy();
    let settled = Some((7, 70));
    let mut history = History { armed: true, ever_healthy: true, settled, ..History::default() };
    let mut told = Vec::new();
    for n in 0..30u64 {
        let now = 1_000_000 + n * 20_000;
        let state = if n * 20_000 < for_ms { 'R' } else { 'S' };
        let cpu_ms = (n * 20_000).min(for_ms) * cpu_percent / 100;
        let process = Process { pid: 7, start_ticks: 70, state, cpu_ms, ..Process::default() };
        let (healthz, readyz) = (Answer::Refused, Answer::Refused);
        let seen =
            Observation { began_ms: now, healthz, readyz, process: Some(process), ..Observation::default() };
        let judged = judge(history, &seen, &policy, now);
        told.push((n * 20_000, judged.judgement.verdict, judged.action));
        history = judged.history;
    }
    told
}

fn acted_at(told: &[(u64, Verdict, Option<Action>)]) -> u64 {
    told.iter().find(|(_, _, action)| action.is_some()).map_or(u64::MAX, |(at, ..)| *at)
}

#[test]
fn a_process_at_work_behind_a_closed_port_has_the_time_of_a_boot() {
    let told = watch(90, 600_000);
    let (grace_ms, at) = (policy().grace_ms, acted_at(&told));
    assert!((grace_ms..=grace_ms + 40_000).contains(&at), "{told:?}");
    for (at, verdict, _) in told.iter().filter(|(at, ..)| (60_000..grace_ms).contains(at)) {
        assert_eq!(*verdict, Verdict::Starting, "after {at} ms");
    }
}

#[test]
fn one_that_stops_working_is_dead_after_the_timeout() {
    let (timeout_ms, at) = (policy().timeout_ms, acted_at(&watch(90, 90_000)));
    assert!((timeout_ms..=timeout_ms + 40_000).contains(&at), "{at}");
}

#[test]
fn a_process_that_only_wakes_for_its_timers_is_dead_in_parts() {
    let told = watch(2, 600_000);
    assert!(told.iter().all(|(_, v, _)| *v != Verdict::Starting), "{told:?}");
    assert!(acted_at(&told) <= policy().timeout_ms + 40_000, "{told:?}");
}

/// It has been well, its port closes, and its loop turns on: its heart is seen to beat now and then, and between two beats
/// it works.
#[test]
fn a_heart_that_beats_behind_a_closed_port_boots_nothing() {
    let policy = policy();
    let settled = Some((7, 70));
    let mut history = History { armed: true, ever_healthy: true, settled, ..History::default() };
    let (mut acted, mut verdicts) = (None, Vec::new());
    for n in 0..120u64 {
        let now = 1_000_000 + n * 2_000;
        let process = Process { pid: 7, start_ticks: 70, state: 'R', cpu_ms: n * 900, ..Process::default() };
        // It beats each 50 s as late as a slow machine may write it: half of the timeout is 90 s.
        let heartbeat_ms = Some(1 + n / 25);
        let seen = Observation {
            began_ms: now,
            healthz: Answer::Refused,
            readyz: Answer::Refused,
            process: Some(process),
            heartbeat_ms,
            ..Observation::default()
        };
        let judged = judge(history, &seen, &policy, now);
        verdicts.push(judged.judgement.verdict);
        acted = acted.or(judged.action.map(|_| now - 1_000_000));
        history = judged.history;
    }
    assert!(!verdicts.contains(&Verdict::Starting), "{verdicts:?}");
    assert!(acted.is_some_and(|at| (180_000..=200_000).contains(&at)), "{acted:?}");
}
