//! What a gateway says of itself in one look, where one probe says something else than the next or has no answer.

use super::watchdog_world::world::policy;
use auto_session_manager::watchdog::alert::Code;
use auto_session_manager::watchdog::judge::judge;
use auto_session_manager::watchdog::observation::{Answer, Fields, Observation};
use auto_session_manager::watchdog::state::History;
use auto_session_manager::watchdog::verdict::Verdict;

fn http(status: u16, fields: Fields) -> Answer {
    Answer::Http { status, fields: Some(fields) }
}

fn live(readyz: Answer, startup: &str, uptime_ms: u64) -> Observation {
    let healthz = http(200, Fields { ok: Some(true), ..Fields::default() });
    let says = Fields { status: Some(startup.to_owned()), uptime_ms: Some(uptime_ms), ..Fields::default() };
    Observation { healthz, readyz, startupz: http(200, says), ..Observation::default() }
}

fn well() -> History {
    History { armed: true, ever_healthy: true, ..History::default() }
}

/// Looks at it every 20 s: the verdicts, and when a person is told of a part that fails.
fn watch(mut h: History, all: &[Observation]) -> (Vec<Verdict>, Option<u64>) {
    let (mut verdicts, mut told) = (Vec::new(), None);
    for (n, seen) in (0u64..).zip(all) {
        let now = 1_000_000 + n * 20_000;
        let judged = judge(h, &Observation { began_ms: now, ..seen.clone() }, &policy(), now);
        verdicts.push(judged.judgement.verdict);
        let part = judged.alerts.iter().any(|a| a.code == Code::PartFails);
        told = told.or(part.then_some(n * 20_000));
        h = judged.history;
    }
    (verdicts, told)
}

#[test]
fn a_readiness_that_comes_too_late_is_no_failure_of_a_part() {
    let late = Answer::TimedOut { received_bytes: 0 };
    let ready = || live(http(200, Fields::default()), "started", 900_000);
    let slow = || live(late.clone(), "started", 900_000);
    let (verdicts, told) = watch(well(), &[ready(), slow(), slow(), slow(), ready()]);
    assert_eq!(verdicts[1..4], [Verdict::Busy; 3]);
    assert_eq!((verdicts[4], told), (Verdict::Healthy, None));
    let mut full = slow();
    full.machine.cpu_pressure_percent = Some(90);
    let (verdicts, _) = watch(well(), &vec![full; 40]);
    assert!(verdicts.iter().all(|v| *v == Verdict::Busy), "{verdicts:?}");
}

#[test]
fn a_readiness_that_never_comes_is_told_in_time() {
    let mut slow = live(Answer::TimedOut { received_bytes: 0 }, "started", 900_000);
    let (verdicts, told) = watch(well(), &vec![slow.clone(); 60]);
    assert!(
        verdicts.iter().all(|v| *v == Verdict::Busy),
        "nobody knows how full the machine is: {verdicts:?}"
    );
    assert_eq!(told, None);
    slow.machine.cpu_pressure_percent = Some(3);
    let (verdicts, told) = watch(well(), &vec![slow; 20]);
    assert_eq!(verdicts.last(), Some(&Verdict::Degraded));
    let policy = policy();
    assert!(told.is_some_and(|at| at <= policy.timeout_ms + policy.interval_ms), "{told:?}");
}

#[test]
fn a_boot_that_ends_between_two_probes_starts() {
    let sidecars = Fields { failing: vec!["startup-sidecars".to_owned()], ..Fields::default() };
    let ends = || live(http(503, sidecars.clone()), "started", 20_000);
    let boots = live(http(503, sidecars.clone()), "starting", 9_000);
    let ready = live(http(200, Fields::default()), "started", 40_000);
    let (verdicts, _) = watch(well(), &[boots, ends(), ready]);
    assert_eq!(verdicts, [Verdict::Starting, Verdict::Starting, Verdict::Healthy]);
    assert_eq!(watch(well(), &[ends()]).0, [Verdict::Starting], "it is young");
    let old = live(http(503, sidecars.clone()), "started", 900_000);
    assert_eq!(watch(well(), &[old]).0, [Verdict::Degraded], "what has long started has a part that fails");
}
