//! The table of faults, run through the judge in virtual time.

use super::watchdog_world::{Kind, Owner, World, policy};
use auto_session_manager::watchdog::judge::judge;
use auto_session_manager::watchdog::observation::{Answer, Observation};
use auto_session_manager::watchdog::state::History;
use auto_session_manager::watchdog::verdict::{Action, Verdict};

const TABLE: &str = include_str!("../data/faults.tsv");

struct Row<'a> {
    name: String,
    verdicts: Vec<&'a str>,
    act: &'a str,
    within: &'a str,
    proof: &'a str,
    script: &'a str,
    owner: &'a str,
}

fn rows() -> Vec<Row<'static>> {
    let lines = TABLE.lines().filter(|l| !l.starts_with('#')).skip(1);
    lines
        .map(|line| {
            let c: Vec<&str> = line.split('\t').collect();
            assert_eq!(c.len(), 8, "{line}");
            Row {
                name: format!("{} {}", c[0], c[1]),
                verdicts: c[2].split(',').collect(),
                act: c[3],
                within: c[4],
                proof: c[5],
                script: c[6],
                owner: c[7],
            }
        })
        .collect()
}

fn kind(word: &str) -> Kind {
    match word {
        "healthy" => Kind::Healthy,
        "frozen" => Kind::Frozen,
        "blocked" => Kind::Blocked,
        "mute" => Kind::Mute,
        "refused" => Kind::Refused,
        "boot" => Kind::Boot,
        "draining" => Kind::Draining,
        "garbage" => Kind::Garbage,
        "degraded" => Kind::Degraded,
        "crashloop" => Kind::Crashloop,
        "asleep" => Kind::Asleep,
        other => panic!("no such kind: {other}"),
    }
}

fn owner(word: &str) -> Owner {
    match word {
        "cures" => Owner::Cures,
        "fails" => Owner::Fails,
        "hangs" => Owner::Hangs,
        "lies" => Owner::Lies,
        "dies" => Owner::Dies,
        other => panic!("no such owner: {other}"),
    }
}

/// `2T+I` in milliseconds.
fn limit(formula: &str) -> u64 {
    let p = policy();
    formula
        .split('+')
        .map(|term| {
            let (factor, letter) = term.split_at(term.len() - 1);
            let factor: u64 = if factor.is_empty() { 1 } else { factor.parse().unwrap() };
            factor
                * match letter {
                    "T" => p.timeout_ms,
                    "I" => p.interval_ms,
                    "G" => p.grace_ms,
                    "D" => p.drain_ms,
                    other => panic!("{other}"),
                }
        })
        .sum()
}

/// Runs a row with the fault beginning `shift` seconds later than written. Gives the world and the onset.
fn play(row: &Row, shift: u64) -> (World, u64) {
    let mut world = World::new(owner(row.owner));
    let mut onset = world.now;
    for (n, segment) in row.script.split(", ").enumerate() {
        let (word, amount) = segment.split_once(' ').unwrap();
        if word == "clock" {
            world.clock_offset_s += amount.parse::<i64>().unwrap();
            continue;
        }
        onset = world.now;
        let first = if n == 0 && word == "healthy" { shift } else { 0 };
        world.live(kind(word), amount.parse::<u64>().unwrap() + first);
    }
    (world, onset)
}

fn acts(world: &World) -> (usize, usize) {
    let escalations = world.acts.iter().filter(|(_, a, _)| matches!(a, Action::Escalate { .. }));
    let escalations = escalations.count();
    (world.acts.len() - escalations, escalations)
}

#[test]
fn every_row_is_there_and_each_is_proven_or_owned_up_to() {
    let rows = rows();
    for number in 1..=46 {
        assert!(rows.iter().any(|r| r.name.starts_with(&format!("{number} "))), "row {number}");
    }
    let later = rows.iter().filter(|r| r.proof == "later").count();
    assert!(rows.len() - later >= 28, "{later} rows are left for later");
}

#[test]
fn the_judge_does_what_each_row_says_wherever_the_fault_falls_between_two_looks() {
    for row in rows().iter().filter(|r| r.proof == "judge") {
        for shift in (0..60).step_by(7) {
            check(row, shift);
        }
    }
}

fn check(row: &Row, shift: u64) {
    let (world, onset) = play(row, shift);
    let name = format!("row {} (+{shift} s)", row.name);
    let first_act = world.acts.first().map_or(u64::MAX, |(at, ..)| *at);
    for (at, verdict) in world.verdicts.iter().filter(|(at, _)| *at <= first_act) {
        let allowed = *verdict == Verdict::Healthy || row.verdicts.contains(&verdict.name());
        assert!(allowed, "{name}: {} after {} ms", verdict.name(), at - onset);
    }
    let expected = match row.act {
        "none" => (0, 0),
        "restart" => (1, 0),
        "escalate" => (0, 1),
        "restart 3, escalate" => (3, 1),
        other => panic!("{other}"),
    };
    assert_eq!(acts(&world), expected, "{name}: {:?}", world.acts);
    if row.within != "-" {
        let took = first_act - onset;
        assert!(took <= limit(row.within), "{name}: took {took} ms, allowed {}", limit(row.within));
    }
    if row.owner == "cures" && row.act == "restart" {
        assert_eq!(world.verdicts.last().unwrap().1, Verdict::Healthy, "{name}");
        assert!(world.history.incident.is_none(), "{name}: {:?}", world.history.incident);
    }
    if row.name.contains("crash loop") {
        assert!(world.verdicts.iter().any(|(_, v)| *v == Verdict::Flapping), "{name}");
    }
}

/// The shortest timeout anyone may set, with the shortest and the usual interval.
#[test]
fn short_times_are_kept_too() {
    for interval_ms in [1_000, 60_000] {
        for kind in [Kind::Mute, Kind::Refused] {
            let mut world = World::new(Owner::Cures);
            world.policy.timeout_ms = 10_000;
            world.policy.probe_ms = 2_500;
            world.policy.interval_ms = interval_ms;
            world.live(Kind::Healthy, 600);
            let onset = world.now;
            world.live(kind, 600);
            let took = world.acts[0].0 - onset;
            assert!(took <= 10_000 + interval_ms, "{kind:?}, {interval_ms}: {took}");
        }
    }
}

#[test]
fn after_a_restart_a_second_one_needs_a_whole_timeout_again() {
    let mut world = World::new(Owner::Dies);
    world.live(Kind::Healthy, 600);
    world.live(Kind::Refused, 3_000);
    let restarts: Vec<u64> = world.acts.iter().map(|(at, ..)| *at).collect();
    assert!(restarts.len() >= 2);
    for pair in restarts.windows(2) {
        assert!(pair[1] - pair[0] >= world.policy.timeout_ms, "{restarts:?}");
    }
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
            heartbeat_ms: Some(now),
            ..Observation::default()
        };
        let (next, judgement, action) = judge(history, &seen, &policy, now);
        assert_eq!((judgement.verdict, action), (Verdict::Unknown, None));
        history = next;
    }
}
