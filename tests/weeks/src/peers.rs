//! What others would do: on the same recorded observations for each row, and over the same weeks.

use crate::rows::{row, scenarios};
use crate::world::plan::Plan;
use crate::world::watcher::Watcher;
use crate::world::{BEGIN_MS, Deed, Kind, World};
use auto_session_manager::watchdog::observation::Observation;
use auto_session_manager::watchdog::verdict::Action;
use serde_json::{Map, Value, json};

/// The others by name.
pub fn all() -> [(&'static str, Watcher); 3] {
    [
        ("restart-always", Watcher::Always { there: true }),
        ("curl-cron", Watcher::Cron),
        ("readyz-loop", Watcher::Readyz { failed: 0 }),
    ]
}

/// A fault counts as missed by the others when half an hour has passed.
const PATIENCE_MS: u64 = 1_800_000;

/// Each row, watched by nobody and recorded; the rules are then asked about the recording.
pub fn on_rows() -> Vec<Value> {
    let mut table = Vec::new();
    for s in scenarios(17) {
        let Some(of) = row(s.row) else { continue };
        let onset = BEGIN_MS + s.onset * 1_000;
        let recording = World::new(s.plan.clone(), Watcher::Nobody).live().watched;
        let must = of.must == "restart" && s.name != "swapping";
        let theirs = all().map(|(name, rule)| (name.to_owned(), asked(rule, &recording, onset, must)));
        let mut watchers: Map<String, Value> = theirs.into_iter().collect();
        watchers.insert("asm".to_owned(), ours(s.plan, onset));
        let case =
            json!({"row": s.row, "fault": of.fault, "case": s.name, "must": of.must, "watchers": watchers});
        table.push(case);
    }
    table
}

/// What a rule does by the recording.
fn asked(
    mut rule: Watcher,
    recording: &[(u64, Observation, Option<&'static str>)],
    onset: u64,
    must: bool,
) -> Value {
    let mut next = BEGIN_MS;
    let (mut restarts, mut wrong, mut first) = (0u64, 0u64, None);
    for (at, seen, why) in recording {
        if *at < next {
            continue;
        }
        next = at + rule.period_ms();
        if !rule.rule(seen) {
            continue;
        }
        restarts += 1;
        let excused =
            matches!(rule, Watcher::Always { .. }) && why.is_some_and(|why| why.contains("too short"));
        let bad = why.is_some() && !excused;
        wrong += u64::from(bad);
        first = first.or((!bad && *at >= onset).then(|| at - onset));
    }
    let missed = must && first.is_none_or(|ms| ms > PATIENCE_MS);
    json!({"restarts": restarts, "wrong": wrong, "missed": missed})
}

/// What the judge does in the same plan.
fn ours(plan: Plan, onset: u64) -> Value {
    let world = World::new(plan, Watcher::asm()).live();
    let acts = || world.deeds.iter().filter(|(_, d)| matches!(d, Deed::Act(_)));
    let restarts = acts().filter(|(_, d)| matches!(d, Deed::Act(Action::Restart { .. })));
    json!({
        "restarts": restarts.count(),
        "wrong": world.mistakes.iter().filter(|m| m.kind != Kind::Missed).count(),
        "missed": world.mistakes.iter().any(|m| m.kind == Kind::Missed),
        "first_act_s": acts().map(|(at, _)| (at - onset) / 1_000).next(),
    })
}
