//! What others would do: on the same recorded observations for each row, and over the same weeks.

use crate::rows::{row, scenarios};
use crate::world::watcher::Watcher;
use crate::world::{BEGIN_MS, Kind, World};
use auto_session_manager::watchdog::verdict::Action;
use serde_json::{Value, json};

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
        let mut peers = serde_json::Map::new();
        for (name, watcher) in all() {
            let mut watcher = watcher;
            let mut next = BEGIN_MS;
            let (mut restarts, mut wrong, mut first) = (0u64, 0u64, None);
            for (at, seen, why) in &recording {
                if *at < next {
                    continue;
                }
                next = at + watcher.period_ms();
                if !watcher.rule(seen) {
                    continue;
                }
                restarts += 1;
                let excused = matches!(watcher, Watcher::Always { .. })
                    && why.is_some_and(|why| why.contains("too short"));
                let bad = why.is_some() && !excused;
                wrong += u64::from(bad);
                first = first.or((!bad && *at >= onset).then(|| at - onset));
            }
            let must = of.must == "restart" && s.name != "swapping";
            let missed = must && first.is_none_or(|ms| ms > PATIENCE_MS);
            peers.insert(name.to_owned(), json!({"restarts": restarts, "wrong": wrong, "missed": missed}));
        }
        let ours = World::new(s.plan, Watcher::asm()).live();
        let acts = ours.deeds.iter().filter(|(_, d)| matches!(d, crate::world::Deed::Act(_)));
        let restarts =
            ours.deeds.iter().filter(|(_, d)| matches!(d, crate::world::Deed::Act(Action::Restart { .. })));
        peers.insert(
            "asm".to_owned(),
            json!({
                "restarts": restarts.count(),
                "wrong": ours.mistakes.iter().filter(|m| m.kind != Kind::Missed).count(),
                "missed": ours.mistakes.iter().any(|m| m.kind == Kind::Missed),
                "first_act_s": acts.map(|(at, _)| (at - onset) / 1_000).next(),
            }),
        );
        table.push(
            json!({"row": s.row, "fault": of.fault, "case": s.name, "must": of.must, "watchers": peers}),
        );
    }
    table
}
