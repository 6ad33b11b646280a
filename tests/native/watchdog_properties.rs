//! What holds for every life of a gateway, under every owner, with the watchdog itself killed at any moment.

use super::watchdog_world::{Kind, Owner, World};
use auto_session_manager::watchdog::verdict::{Action, Verdict};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn kinds() -> impl Strategy<Value = Kind> {
    prop::sample::select(vec![
        Kind::Healthy,
        Kind::Healthy,
        Kind::Frozen,
        Kind::Blocked,
        Kind::Mute,
        Kind::Refused,
        Kind::Boot,
        Kind::Draining,
        Kind::Garbage,
        Kind::Degraded,
        Kind::Crashloop,
        Kind::Asleep,
    ])
}

fn owners() -> impl Strategy<Value = Owner> {
    prop::sample::select(vec![Owner::Cures, Owner::Fails, Owner::Hangs, Owner::Lies, Owner::Dies])
}

/// Whatever lasts shorter than a look may go unseen, and what is unseen cannot be asked of the judge.
fn lives() -> impl Strategy<Value = Vec<(Kind, u64, bool)>> {
    prop::collection::vec((kinds(), 70u64..2_500, prop::bool::weighted(0.15)), 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn acts_are_rare_spaced_and_never_against_a_gateway_that_asks_to_wait(owner in owners(), life in lives()) {
        let mut world = World::new(owner);
        let mut before = Kind::Healthy;
        for (kind, seconds, watchdog_dies) in life {
            let acts = world.acts.len();
            world.live(kind, seconds);
            let began = world.kind_since;
            let silent = matches!(before, Kind::Frozen | Kind::Blocked | Kind::Mute | Kind::Asleep);
            before = kind;
            // A drain that was silent for a while is still the same drain.
            let budget = match kind {
                Kind::Draining if silent => 0,
                Kind::Draining => world.policy.drain_ms,
                Kind::Boot => world.policy.grace_ms,
                _ => 0,
            };
            for (at, action, actual) in &world.acts[acts..] {
                let restart = matches!(action, Action::Restart { .. });
                prop_assert!(!(restart && *actual == Kind::Healthy), "restarted a healthy gateway");
                prop_assert!(!(restart && *actual == kind && at - began < budget), "{kind:?} after {}", at - began);
                let answers = matches!(actual, Kind::Garbage | Kind::Degraded);
                prop_assert!(!(restart && answers), "{actual:?}");
            }
            if watchdog_dies {
                world.restart_watchdog();
            }
        }
        let restarts: Vec<u64> = world.acts.iter().filter(|(_, a, _)| matches!(a, Action::Restart { .. }))
            .map(|(at, ..)| *at).collect();
        for pair in restarts.windows(2) {
            prop_assert!(pair[1] - pair[0] >= world.policy.backoff_ms / 2, "{restarts:?}");
        }
        let most = world.policy.max_restarts as usize;
        for window in restarts.windows(most + 1) {
            prop_assert!(window[most] - window[0] >= world.policy.window_ms, "{restarts:?}");
        }
        for day in restarts.windows(2 * most + 1) {
            prop_assert!(day[2 * most] - day[0] >= world.policy.day_ms, "{restarts:?}");
        }
        let mut escalations: BTreeMap<u64, u32> = BTreeMap::new();
        for (_, action, _) in &world.acts {
            if let Action::Escalate { incident } = action {
                *escalations.entry(*incident).or_default() += 1;
            }
        }
        prop_assert!(escalations.values().all(|n| *n == 1), "{escalations:?}");
    }

    #[test]
    fn a_lasting_death_is_always_found(owner in owners(), life in lives()) {
        let mut world = World::new(owner);
        for (kind, seconds, _) in life {
            world.live(kind, seconds);
        }
        world.live(Kind::Healthy, 100);
        let death = world.now;
        world.live(Kind::Refused, 3_600);
        let acted = world.acts.iter().any(|(at, ..)| *at > death);
        let healthy = matches!(world.verdicts.last().unwrap().1, Verdict::Healthy);
        let escalated = world.history.incident.as_ref().is_some_and(|i| i.escalated);
        prop_assert!(healthy || escalated || acted);
    }
}
