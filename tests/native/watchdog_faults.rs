//! The table of faults, run through the judge in virtual time.

use super::watchdog_world::dream;
use super::watchdog_world::rows::{Scenario, limit_ms, row, scenarios};
use super::watchdog_world::world::plan::{Fault, Plan, Sees};
use super::watchdog_world::world::watcher::Watcher;
use super::watchdog_world::world::{BEGIN_MS, Deed, World, policy};
use auto_session_manager::watchdog::alert::Code;
use auto_session_manager::watchdog::judge::judge;
use auto_session_manager::watchdog::observation::{Answer, Observation};
use auto_session_manager::watchdog::state::History;
use auto_session_manager::watchdog::verdict::{Action, Verdict};

/// Rows that the judge alone does not decide, and where they are shown.
const ELSEWHERE: [(u64, &str); 6] = [
    (13, "never_seen_healthy_waits_out_the_grace"),
    (38, "delivery of alerts"),
    (39, "watchdog_live"),
    (40, "watchdog_live"),
    (41, "watchdog_live"),
    (44, "a_gateway_of_another_profile_is_a_stranger"),
];

#[test]
fn every_row_is_there_and_each_is_shown_here_or_elsewhere() {
    let scenarios = scenarios(0);
    for number in 1..=46 {
        assert!(row(number).is_some(), "row {number}");
        let here = scenarios.iter().any(|s| s.row == number);
        assert!(here || ELSEWHERE.iter().any(|(n, _)| *n == number), "row {number}");
    }
}

#[test]
fn the_judge_does_what_each_row_says_wherever_the_fault_falls_between_two_looks() {
    let mut failures = Vec::new();
    for shift in (0..60).step_by(7) {
        for scenario in scenarios(shift) {
            let world = World::new(scenario.plan.clone(), Watcher::asm()).live();
            if let Err(why) = check(&scenario, &world) {
                failures.push(format!("row {} {} (+{shift} s): {why}", scenario.row, scenario.name));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The name of what was done; none for what is only told for the record.
fn deed(deed: &Deed) -> Option<&'static str> {
    match deed {
        Deed::Act(Action::Restart { .. }) => Some("restart"),
        Deed::Act(Action::Escalate { .. }) => Some("escalate"),
        Deed::Act(Action::Channel { .. }) => Some("channel"),
        // Part of a restart.
        Deed::Act(Action::Kill { .. }) | Deed::Alert(Code::Restarted | Code::Recovered) | Deed::Plain => None,
        Deed::Alert(_) => Some("alert"),
    }
}

fn check(s: &Scenario, world: &World) -> Result<(), String> {
    let row = row(s.row).ok_or("no such row")?;
    let none = s.name == "429" || s.name == "swapping";
    let must = if none { "none" } else { row.must.as_str() };
    let onset = BEGIN_MS + s.onset * 1_000;
    if let Some(m) = world.mistakes.first() {
        return Err(format!("{m:?} after {} s", (m.at - onset) / 1_000));
    }
    let deeds: Vec<(u64, &str)> = world.deeds.iter().filter_map(|(at, d)| Some((*at, deed(d)?))).collect();
    let first = deeds.first().map_or(u64::MAX, |(at, _)| *at);
    for (at, verdict) in world.verdicts.iter().filter(|(at, _)| *at <= first) {
        // Rows that are played as a planned restart drain first, and boot.
        let coming = matches!(verdict, Verdict::Starting | Verdict::Draining) && [11, 14].contains(&s.row);
        let stalls = s.row == 42 && *verdict == Verdict::Dead;
        let named = *verdict == Verdict::Healthy || row.verdicts.iter().any(|v| v == verdict.name());
        if !(coming || stalls || named) {
            return Err(format!("{} after {} s", verdict.name(), at.saturating_sub(onset) / 1_000));
        }
    }
    for (at, deed) in &deeds {
        if *deed != must && !row.may.iter().any(|may| may == deed) {
            return Err(format!("{deed} after {} s: {:?}", (at - onset) / 1_000, world.deeds));
        }
    }
    if must == "none" {
        // That it is left alone has to be for the reason that the row names.
        let named = |v: &Verdict| row.verdicts.iter().any(|name| name == v.name() && name != "healthy");
        let met = world.verdicts.iter().any(|(at, v)| *at >= onset && named(v));
        let demanded = [33, 34, 36].contains(&s.row) && !met;
        return if demanded { Err(format!("never: {:?}", world.verdicts)) } else { Ok(()) };
    }
    let done = deeds.iter().find(|(_, d)| *d == must).map(|(at, _)| at - onset);
    let done = done.ok_or_else(|| format!("never: {:?} {:?}", world.deeds, world.verdicts))?;
    let limit = s.within.or(row.within.as_deref()).and_then(limit_ms).unwrap_or(u64::MAX);
    if done > limit {
        return Err(format!("{must} took {} s of {} s", done / 1_000, limit / 1_000));
    }
    if must == "restart" && deeds.iter().filter(|(_, d)| *d == "restart").count() != 1 {
        return Err(format!("{deeds:?}"));
    }
    Ok(())
}

#[test]
fn never_seen_healthy_waits_out_the_grace() {
    let policy = policy();
    let mut history = History::default();
    let (mut now, begin) = (BEGIN_MS, BEGIN_MS);
    loop {
        let seen = Observation {
            began_ms: now,
            healthz: Answer::Refused,
            readyz: Answer::Refused,
            ..Observation::default()
        };
        let judged = judge(history, &seen, &policy, now);
        history = judged.history;
        if judged.action.is_some() {
            break;
        }
        assert!(matches!(judged.judgement.verdict, Verdict::Unknown | Verdict::Dead));
        now += judged.judgement.next_ms;
        assert!(now - begin <= policy.grace_ms + policy.interval_ms, "never");
    }
    assert!(now - begin > policy.grace_ms);
}

/// Its process is gone, and who holds the port is the gateway of another profile: it is named and left alone.
#[test]
fn a_gateway_of_another_profile_is_a_stranger() {
    let plan = scenarios(0).into_iter().find(|s| s.row == 23).map(|s| s.plan).unwrap();
    let world = World::new(plan, Watcher::asm()).live();
    assert!(world.deeds.iter().all(|(_, d)| !matches!(d, Deed::Act(_))), "{:?}", world.deeds);
    assert!(world.deeds.iter().any(|(_, d)| *d == Deed::Alert(Code::PortTaken)));
}

#[test]
fn a_wrong_port_beside_a_beating_heart_is_not_a_dead_gateway() {
    let policy = policy();
    let mut history = History::default();
    for n in 0..200u64 {
        let now = 1_000_000 + n * 45_000;
        let seen = Observation {
            began_ms: now,
            healthz: Answer::Refused,
            readyz: Answer::Refused,
            heartbeat_ms: Some(now),
            ..Observation::default()
        };
        let judged = judge(history, &seen, &policy, now);
        assert_eq!((judged.judgement.verdict, judged.action), (Verdict::Unknown, None));
        history = judged.history;
    }
}

/// One silent probe is one signal, however long: nothing is done on it alone.
#[test]
fn without_a_second_signal_nothing_is_done() {
    let policy = policy();
    let mut history = History { armed: true, ever_healthy: true, ..History::default() };
    for n in 0..200u64 {
        let now = 1_000_000 + n * 45_000;
        let healthz = Answer::TimedOut { received_bytes: 0 };
        let seen = Observation { began_ms: now, healthz, ..Observation::default() };
        let judged = judge(history, &seen, &policy, now);
        assert_eq!(judged.action, None);
        assert!(judged.history.grounds.second.is_none());
        history = judged.history;
    }
}

/// The first of the thousands that `make weeks` lives through.
#[test]
fn whole_weeks_pass_without_a_wrong_act_or_a_missed_fault() {
    for seed in 0..150 {
        let world = World::new(dream::week(seed), Watcher::asm()).live();
        assert_eq!(world.mistakes, [], "seed {seed}");
    }
}

/// When the first restart was asked for, and when the process was ended by us.
fn times(plan: Plan) -> (u64, Option<u64>) {
    let world = World::new(plan, Watcher::asm()).live();
    assert!(world.mistakes.is_empty(), "{:?}", world.mistakes);
    let at = |is: fn(&Action) -> bool| {
        world.deeds.iter().find(|(_, d)| matches!(d, Deed::Act(act) if is(act))).map(|(at, _)| *at)
    };
    let restart = at(|act| matches!(act, Action::Restart { .. })).expect("a restart");
    (restart, at(|act| matches!(act, Action::Kill { .. })))
}

/// Its owner would wait 330 s for a process that hears nothing.
#[test]
fn what_cannot_hear_its_owner_is_ended_within_seconds_and_what_can_is_not() {
    let full = |fault: Fault, sees: Sees| {
        times(Plan { sees, ..Plan::calm(4_000).with(990, Fault::Swap(2_000)).with(1_000, fault) })
    };
    let times = |fault: Fault, sees: Sees| times(Plan { sees, ..Plan::calm(4_000).with(1_000, fault) });
    for fault in [Fault::Freeze(None), Fault::Block(None)] {
        let (restart, kill) = times(fault, Sees::ALL);
        let after = kill.expect("it is ended") - restart;
        assert!((5_000..=8_000).contains(&after), "{after} ms");
    }
    for sees in [Sees::ALL, Sees { machine: false, ..Sees::ALL }] {
        let (restart, kill) = full(Fault::Freeze(None), sees);
        let after = kill.expect("it is ended on a full machine, too") - restart;
        assert!((20_000..=35_000).contains(&after), "{after} ms");
    }
    let (_, kill) = times(Fault::Block(None), Sees { heartbeat: false, ..Sees::ALL });
    assert_eq!(kill, None, "nobody can tell it from one that drains");
    let (_, kill) = times(Fault::Freeze(None), Sees { owner: false, ..Sees::ALL });
    assert_eq!(kill, None, "nobody knows that its owner was asked");
}
