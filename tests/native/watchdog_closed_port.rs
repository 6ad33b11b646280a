//! A port that is closed while its process lives: a boot within the process, or death in parts.

use super::watchdog_world::world::policy;
use auto_session_manager::watchdog::judge::judge;
use auto_session_manager::watchdog::observation::{Answer, Observation, Process};
use auto_session_manager::watchdog::state::History;
use auto_session_manager::watchdog::verdict::{Action, Verdict};

/// Looks at it every 20 s for ten minutes; the process uses `cpu_percent` of a core.
fn watch(state: char, cpu_percent: u64) -> Vec<(u64, Verdict, Option<Action>)> {
    let policy = policy();
    let settled = Some((7, 70));
    let mut history = History { armed: true, ever_healthy: true, settled, ..History::default() };
    let mut told = Vec::new();
    for n in 0..30u64 {
        let now = 1_000_000 + n * 20_000;
        let cpu_ms = n * 200 * cpu_percent;
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

#[test]
fn a_process_at_work_behind_a_closed_port_boots_until_the_timeout() {
    let told = watch('R', 90);
    let timeout_ms = policy().timeout_ms;
    for (at, verdict, action) in told.iter().filter(|(at, ..)| (60_000..timeout_ms).contains(at)) {
        assert_eq!((*verdict, action), (Verdict::Starting, &None), "after {at} ms");
    }
    assert!(told.iter().any(|(_, v, a)| *v == Verdict::Dead && a.is_some()), "{told:?}");
}

#[test]
fn a_process_that_only_wakes_for_its_timers_is_dead_in_parts() {
    let told = watch('R', 2);
    assert!(told.iter().all(|(_, v, _)| *v != Verdict::Starting), "{told:?}");
    assert!(told.iter().any(|(_, v, a)| *v == Verdict::Dead && a.is_some()), "{told:?}");
}
