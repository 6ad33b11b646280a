//! What somebody wanted, what cannot be told, and what nothing is done about: none of it is a crash, and a person hears of it.

use super::watchdog_cases::plan;
use super::watchdog_world::world::plan::{Fault, Plan, Sees};
use super::watchdog_world::world::watcher::Watcher;
use super::watchdog_world::world::{Deed, World, policy};
use auto_session_manager::watchdog::alert::Code;
use auto_session_manager::watchdog::judge::judge;
use auto_session_manager::watchdog::observation::{
    Active, Answer, Exit, Fields, Guardian, Network, Observation, Owner, Port, Process, Reach,
};
use auto_session_manager::watchdog::state::History;
use auto_session_manager::watchdog::verdict::{Action, Verdict};

const BLIND: Sees =
    Sees { process: false, port: false, owner: false, heartbeat: false, channels: false, machine: false };

fn in_a_row(fault: Fault, apart: u64, count: u64) -> Vec<(u64, Fault)> {
    (0..count).map(|n| (900 + n * apart, fault)).collect()
}

#[test]
fn restarts_in_a_row_by_a_person_are_no_crash_loop() {
    let seen = [Sees::ALL, Sees { owner: false, ..Sees::ALL }, BLIND];
    for (apart, closed) in [(60, false), (90, true), (110, false), (85, true)] {
        let restarted = Fault::Restarted { boot: 14, closed };
        let within = Fault::InProcess { closed: 5, boot: 9 };
        for (sees, fault) in seen.iter().flat_map(|sees| [(*sees, restarted), (*sees, within)]) {
            let of = Plan { sees, ..plan(7, 4_000, &in_a_row(fault, apart, 6)) };
            let world = World::new(of, Watcher::asm()).live();
            let why = format!("{apart} s apart, {fault:?}, {sees:?}: {:?}", world.verdicts);
            assert_eq!(world.mistakes, [], "{why}");
            assert!(world.deeds.iter().all(|(_, d)| !matches!(d, Deed::Act(_))), "{why} {:?}", world.deeds);
            assert!(world.verdicts.iter().all(|(_, v)| *v != Verdict::Flapping), "{why}");
        }
    }
}

fn http(status: u16, word: &str, uptime_ms: u64) -> Answer {
    let ready = Some(status == 200);
    let (status_word, uptime_ms) = (Some(word.to_owned()), Some(uptime_ms));
    let fields = Fields { ok: Some(true), ready, status: status_word, uptime_ms, ..Fields::default() };
    Answer::Http { status, fields: Some(fields) }
}

/// A boot of that age which answers, and its process.
fn up(now: u64, uptime: u64, pid: u32) -> Observation {
    Observation {
        began_ms: now,
        healthz: http(200, "live", uptime),
        startupz: http(200, "started", uptime),
        readyz: http(200, "ready", uptime),
        process: Some(Process { pid, start_ticks: u64::from(pid), state: 'S', ..Process::default() }),
        ..Observation::default()
    }
}

/// Looks each minute at boots that are 20 s old each time; the verdicts, and what was done.
fn young_boots(
    owner: impl Fn(u64) -> Owner,
    between: impl Fn(u64) -> Option<Observation>,
) -> Vec<(Verdict, Option<Action>)> {
    let mut h = History::default();
    let mut all = Vec::new();
    let mut look = |seen: &Observation, now: u64| {
        let judged = judge(std::mem::take(&mut h), seen, &policy(), now);
        h = judged.history;
        all.push((judged.judgement.verdict, judged.action));
    };
    look(&up(10_000_000, 5_000_000, 100), 10_000_000);
    for n in 1..14 {
        let now = 10_000_000 + n * 60_000;
        if let Some(dead) = between(now - 30_000) {
            look(&dead, now - 30_000);
        }
        look(&Observation { owner: owner(n), ..up(now, 20_000, 100 + n as u32) }, now);
    }
    all
}

#[test]
fn what_its_owner_tells_or_a_look_has_met_makes_it_a_crash_loop() {
    let running = |restarts| Owner { active: Active::Running, restarts, ..Owner::default() };
    let flaps = |all: &[(Verdict, Option<Action>)]| all.iter().any(|(v, _)| *v == Verdict::Flapping);
    let none = |_| None;
    assert!(!flaps(&young_boots(|_| running(Some(3)), none)), "its owner has started none of them by itself");
    assert!(flaps(&young_boots(|n| running(Some(n)), none)), "its owner has started each");
    assert!(
        flaps(&young_boots(|n| if n % 3 == 0 { running(Some(n)) } else { Owner::default() }, none)),
        "told later"
    );
    assert!(!flaps(&young_boots(|_| Owner::default(), none)), "nobody tells, and it answers as started");
    let crashed = |now| {
        let last_exit = Some(Exit { code: Some(1), ..Exit::default() });
        let owner = Owner { active: Active::Failed, last_exit, ..Owner::default() };
        let (healthz, port) = (Answer::Refused, Port::Free);
        Some(Observation { began_ms: now, healthz, port, owner, ..Observation::default() })
    };
    assert!(flaps(&young_boots(|_| Owner::default(), crashed)), "each was met dead");
}

/// The look behind a suspend says nothing about what was before it.
#[test]
fn nobody_is_called_at_a_look_behind_a_suspend() {
    let now = 10_000_000;
    let dead = |now, slept_ms| Observation {
        began_ms: now,
        slept_ms,
        healthz: Answer::Refused,
        readyz: Answer::Refused,
        port: Port::Free,
        ..Observation::default()
    };
    let called = |slept_ms| {
        let short_lives_ms = vec![now - 5_000; 5];
        let settled = Some((7, 9));
        let last_look_ms = Some(now - 30_000);
        let h = History {
            armed: true,
            ever_healthy: true,
            short_lives_ms,
            settled,
            last_look_ms,
            ..History::default()
        };
        judge(h, &dead(now, slept_ms), &policy(), now).action
    };
    assert!(matches!(called(0), Some(Action::Escalate { .. })));
    assert_eq!(called(600_000), None);
}

/// What a person was told, with its values.
type Told = Vec<(Code, Vec<String>)>;

/// Silent for so many looks 45 s apart: what was done, the last verdict, and what was told.
fn silent(seen: impl Fn(u64) -> Observation) -> (Vec<Action>, Verdict, Told) {
    let mut h = History { armed: true, ever_healthy: true, settled: Some((7, 9)), ..History::default() };
    let (mut acts, mut verdict, mut told) = (Vec::new(), Verdict::Unknown, Vec::new());
    for n in 0..20 {
        let now = 10_000_000 + n * 45_000;
        let judged =
            judge(std::mem::take(&mut h), &Observation { began_ms: now, ..seen(now) }, &policy(), now);
        (h, verdict) = (judged.history, judged.judgement.verdict);
        acts.extend(judged.action);
        told.extend(judged.alerts.into_iter().map(|a| (a.code, a.values)));
    }
    (acts, verdict, told)
}

fn mute() -> Answer {
    Answer::TimedOut { received_bytes: 0 }
}

fn idle() -> Option<Process> {
    Some(Process { pid: 7, start_ticks: 9, state: 'S', ..Process::default() })
}

#[test]
fn what_is_answered_on_another_probe_is_no_silence() {
    let (process, still) = (idle(), Some(1));
    let seen = |readyz: Answer| Observation {
        healthz: mute(),
        readyz,
        process: process.clone(),
        heartbeat_ms: still,
        ..Observation::default()
    };
    let (acts, verdict, _) = silent(|_| seen(http(200, "ready", 5_000)));
    assert_eq!((acts.len(), verdict), (0, Verdict::Busy));
    assert!(!silent(|_| seen(mute())).0.is_empty());
    assert!(!silent(|_| seen(Answer::Http { status: 502, fields: None })).0.is_empty(), "not its own words");
}

#[test]
fn a_gateway_that_nothing_is_done_about_is_told_of_once() {
    let one = |told: &[(Code, Vec<String>)]| {
        let of: Vec<_> = told.iter().filter(|(code, _)| *code == Code::NotActedOn).cloned().collect();
        assert!(of.len() < 2, "{of:?}");
        of.first().map(|(_, values)| values.clone())
    };
    let alone = Observation { healthz: mute(), process_untold: true, ..Observation::default() };
    let (acts, _, told) = silent(|_| alone.clone());
    let values = one(&told).unwrap();
    assert_eq!((acts.len(), values[0].as_str(), values[2].as_str()), (0, "hung", "one-signal"));
    assert!((180_000..=240_000).contains(&values[1].parse::<u64>().unwrap()), "{values:?}");
    let guardians = vec![Guardian { name: "monit".to_owned(), ..Guardian::default() }];
    let dead =
        Observation { healthz: Answer::Refused, port: Port::Free, guardians, ..Observation::default() };
    let (acts, _, told) = silent(|_| dead.clone());
    let values = one(&told).unwrap();
    assert_eq!((acts.len(), values[0].as_str(), values[2].as_str()), (0, "dead", "monit"));
    let (acts, _, told) = silent(|_| Observation { guardians: Vec::new(), ..dead.clone() });
    assert!(!acts.is_empty() && one(&told).is_none(), "what is acted on is told as that");
}

/// Where no target was ever reached the network may be one that reaches none.
#[test]
fn a_network_that_was_never_up_is_not_down() {
    let closed = || Network { direct: Reach::Failed { error: "blocked".to_owned() }, proxy: Reach::NotAsked };
    let boots_for = |once_up: bool| {
        let mut h = History::default();
        let mut at = 10_000_000;
        let mut network = Network { direct: Reach::Reached, proxy: Reach::NotAsked };
        if !once_up {
            network = closed();
        }
        let first = Observation { network: Some(network), ..up(at, 900_000, 7) };
        h = judge(h, &first, &policy(), at).history;
        let begun = at;
        (0..80).find_map(|_| {
            at += 30_000;
            let boot = Observation {
                healthz: http(200, "live", at - begun),
                startupz: http(503, "starting", at - begun),
                readyz: http(503, "starting", at - begun),
                network: Some(closed()),
                ..up(at, at - begun, 8)
            };
            let judged = judge(std::mem::take(&mut h), &boot, &policy(), at);
            h = judged.history;
            judged.action.map(|_| at - begun)
        })
    };
    assert!((300_000..=400_000).contains(&boots_for(false).unwrap()), "its grace");
    assert!((1_800_000..=1_900_000).contains(&boots_for(true).unwrap()), "the longest grace");
    let mut h = History::default();
    for n in 0..5 {
        let now = 10_000_000 + n * 60_000;
        let judged = judge(h, &Observation { network: Some(closed()), ..up(now, now, 7) }, &policy(), now);
        assert_eq!(judged.judgement.verdict, Verdict::Healthy);
        h = judged.history;
    }
}
