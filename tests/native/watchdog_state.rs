//! The state file of every version that was ever written can be read.

use auto_session_manager::watchdog::state::{Outcome, Phase};
use auto_session_manager::watchdog::store::Stored;
use auto_session_manager::watchdog::verdict::Verdict;

const V1: &str = include_str!("../golden/watchdog-state-v1.json");

#[test]
fn version_1_is_read_in_full_and_written_the_same() {
    let stored: Stored = serde_json::from_str(V1).unwrap();
    let written = serde_json::to_string_pretty(&stored).unwrap() + "\n";
    assert_eq!(written, V1, "the shape of version 1 has changed: that needs version 2");
    let open = stored.history.incident.unwrap();
    assert_eq!(open.attempts[0].outcome, Outcome::CommandFailed { code: Some(1) });
    assert!(matches!(open.phase, Phase::Commanding { .. }));
    assert_eq!(stored.history.judgement.verdict, Verdict::Dead);
    assert_eq!(stored.command.unwrap().pid, 4242);
}

#[test]
fn another_boot_of_the_machine_or_another_gateway_voids_times_and_keeps_counts() {
    let stored: Stored = serde_json::from_str(V1).unwrap();
    let kept = stored.clone().still_valid("127.0.0.1:18789");
    assert_eq!(kept.totals, stored.totals);
    assert!(kept.history.incident.is_none() && kept.command.is_none() && !kept.history.armed);
    assert_eq!(kept.history.incidents, stored.history.incidents);
}
