//! The smallest plan that still goes wrong in the same way, with what was seen.

use crate::world::plan::{Command, Plan, Sees};
use crate::world::watcher::Watcher;
use crate::world::{BEGIN_MS, Kind, World};

/// Looks shown before the mistake.
const SHOWN: usize = 12;

fn fails(plan: &Plan, cause: &(Kind, String)) -> Option<u64> {
    let world = World::new(plan.clone(), Watcher::asm()).live();
    world.mistakes.iter().find(|m| m.kind == cause.0 && m.what == cause.1).map(|m| (m.at - BEGIN_MS) / 1_000)
}

/// Leaves out and simplifies whatever does not matter.
pub fn least(plan: &Plan, cause: &(Kind, String)) -> Plan {
    let mut plan = plan.clone();
    if let Some(at) = fails(&plan, cause) {
        plan.seconds = at + 60;
    }
    loop {
        let mut tries: Vec<Plan> = Vec::new();
        for n in 0..plan.faults.len() {
            let mut less = plan.clone();
            less.faults.remove(n);
            tries.push(less);
        }
        // Begin sooner: nothing that matters happened before the first fault.
        let first = plan.faults.first().map_or(0, |(at, _)| *at);
        if first > 1_000 {
            let mut sooner = plan.clone();
            sooner.faults.iter_mut().for_each(|(at, _)| *at -= first - 900);
            sooner.seconds = plan.seconds.saturating_sub(first - 900);
            tries.push(sooner);
        }
        tries.push(Plan { sees: Sees::ALL, ..plan.clone() });
        tries.push(Plan { command: Command::Cures, ..plan.clone() });
        tries.push(Plan { channels: 1, ..plan.clone() });
        tries.push(Plan { proxied: false, ..plan.clone() });
        tries.push(Plan { boot: 12, ..plan.clone() });
        tries.push(Plan { wrapped: false, ..plan.clone() });
        tries.push(Plan { tells: false, ..plan.clone() });
        tries.push(Plan { front: false, ..plan.clone() });
        tries.push(Plan { evidence: 0, ..plan.clone() });
        let smaller = tries.into_iter().filter(|t| *t != plan).find(|t| fails(t, cause).is_some());
        match smaller {
            Some(smaller) => plan = smaller,
            None => return plan,
        }
    }
}

/// The case in words and observations.
pub fn show(plan: &Plan, cause: &(Kind, String)) -> String {
    let mut world = World::new(plan.clone(), Watcher::asm());
    world.recording = Some(Vec::new());
    let world = world.live();
    let mistake = world.mistakes.iter().find(|m| m.kind == cause.0 && m.what == cause.1);
    let at = mistake.map_or(world.now, |m| m.at);
    let seconds = |ms: u64| (ms - BEGIN_MS) / 1_000;
    let mut text = format!("{plan:?}\n{cause:?} after {} s: {mistake:?}\n", seconds(at));
    for (at, verdict) in &world.verdicts {
        text.push_str(&format!("  {:>7} s  {}\n", seconds(*at), verdict.name()));
    }
    for (at, deed) in &world.deeds {
        text.push_str(&format!("  {:>7} s  {deed:?}\n", seconds(*at)));
    }
    let seen = world.recording.unwrap_or_default();
    let before: Vec<_> = seen.iter().filter(|(t, _)| *t <= at).collect();
    for (t, seen) in before.iter().skip(before.len().saturating_sub(SHOWN)) {
        let json = serde_json::to_string(seen).unwrap_or_default();
        text.push_str(&format!("  {:>7} s  {json}\n", seconds(*t)));
    }
    text
}
