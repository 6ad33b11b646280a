//! The state file of every version that was ever written can be read.

use auto_session_manager::watchdog::alert::Code;
use auto_session_manager::watchdog::ground::Sign;
use auto_session_manager::watchdog::judge::resume;
use auto_session_manager::watchdog::state::{History, Incident, Outcome, OwnerStarts, Phase, Trouble};
use auto_session_manager::watchdog::store::Stored;
use auto_session_manager::watchdog::verdict::Verdict;
use serde_json::Value;

const V1: &str = include_str!("../golden/watchdog-state-v1.json");
const V2: &str = include_str!("../golden/watchdog-state-v2.json");
/// With what was added to version 2: what a silence waits for, the wall clock of a boot, its configuration, an end by force.
const KILLED: &str = include_str!("../golden/watchdog-state-v2-killed.json");
/// With a process that is stopped amid a silence.
const STOPPED: &str = include_str!("../golden/watchdog-state-v2-stopped.json");
/// With when it was saved, and an act whose evidence is being gathered.
const GATHERING: &str = include_str!("../golden/watchdog-state-v2-gathering.json");
/// With what began on a full machine, a channel that a cure has stopped, and what its owner told of its starts.
const BEGUN: &str = include_str!("../golden/watchdog-state-v2-begun.json");
/// Also that a restart left the process that it was to end.
const STOOD: &str = include_str!("../golden/watchdog-state-v2-stood.json");
/// With who held its port, since when that says nothing, and when its owner was asked.
const ASKED: &str = include_str!("../golden/watchdog-state-v2-asked.json");
/// With the main process of its owner while it served, and that it has served since it was escalated.
const SERVED: &str = include_str!("../golden/watchdog-state-v2-served.json");

#[test]
fn version_1_is_read_in_full() {
    let stored: Stored = serde_json::from_str(V1).unwrap();
    let open = stored.history.incident.clone().unwrap();
    assert_eq!(open.attempts[0].outcome, Outcome::CommandFailed { code: Some(1) });
    assert!(matches!(open.phase, Phase::Commanding { .. }));
    assert_eq!(stored.history.judgement.verdict, Verdict::Dead);
    assert_eq!(stored.command.as_ref().unwrap().pid, 4242);
    // Nothing of it is lost in the new form.
    let (old, new) = (serde_json::from_str::<Value>(V1).unwrap(), serde_json::to_value(&stored).unwrap());
    assert!(holds(&new, &old), "{new:#}");
}

/// Whether every field of `old` stands in `new` with the same value.
fn holds(new: &Value, old: &Value) -> bool {
    match (new, old) {
        (Value::Object(new), Value::Object(old)) => {
            old.iter().all(|(key, value)| new.get(key).is_some_and(|n| holds(n, value)))
        }
        _ => new == old,
    }
}

#[test]
fn version_2_is_read_in_full_and_written_the_same() {
    let stored: Stored = serde_json::from_str(V2).unwrap();
    let written = serde_json::to_string_pretty(&stored).unwrap() + "\n";
    assert_eq!(written, V2, "the shape of version 2 has changed: that needs version 3");
    let telegram = &stored.history.channels["telegram/default"];
    assert_eq!(telegram.trouble, Trouble::Refused { status: 401 });
    assert_eq!(stored.history.raised[0].code, Code::ChannelRefused);
    assert_eq!(stored.history.grounds.second, Some(Sign::PortFree));
}

#[test]
fn what_was_added_to_version_2_is_read_in_full_and_written_the_same() {
    let stored: Stored = serde_json::from_str(KILLED).unwrap();
    let written = serde_json::to_string_pretty(&stored).unwrap() + "\n";
    assert_eq!(written, KILLED, "the shape of version 2 has changed: that needs version 3");
    let (silence, boot) = (stored.history.silence.unwrap(), stored.history.boot.unwrap());
    assert_eq!((silence.pressed_ms, silence.dead_ms), (Some(640_000), Some(700_000)));
    assert_eq!(boot.wall_ms, Some(1_795_162_499_000));
    assert_eq!(stored.history.settled_config.as_deref(), Some("5f70bf18a0860070"));
    let killed: Vec<bool> = stored.history.incident.unwrap().attempts.iter().map(|a| a.killed).collect();
    assert_eq!(killed, [true, false]);
    let stored: Stored = serde_json::from_str(STOPPED).unwrap();
    let written = serde_json::to_string_pretty(&stored).unwrap() + "\n";
    assert_eq!(written, STOPPED, "the shape of version 2 has changed: that needs version 3");
    assert_eq!(stored.history.silence.unwrap().stopped_ms, Some(700_000));
    let stored: Stored = serde_json::from_str(GATHERING).unwrap();
    let written = serde_json::to_string_pretty(&stored).unwrap() + "\n";
    assert_eq!(written, GATHERING, "the shape of version 2 has changed: that needs version 3");
    assert_eq!((stored.saved_ms, stored.gathering), (712_000, true));
    let stored: Stored = serde_json::from_str(BEGUN).unwrap();
    let written = serde_json::to_string_pretty(&stored).unwrap() + "\n";
    assert_eq!(written, BEGUN, "the shape of version 2 has changed: that needs version 3");
    let silence = stored.history.silence.unwrap();
    assert_eq!((silence.busy_ms, silence.drip_ms), (Some(655_000), Some(660_000)));
    assert_eq!(stored.history.owner_starts, Some(OwnerStarts { count: 4, met: 1, bad: 0 }));
    let stored: Stored = serde_json::from_str(STOOD).unwrap();
    let written = serde_json::to_string_pretty(&stored).unwrap() + "\n";
    assert_eq!(written, STOOD, "the shape of version 2 has changed: that needs version 3");
    let stood: Vec<bool> = stored.history.incident.unwrap().attempts.iter().map(|a| a.stood).collect();
    assert_eq!(stood, [true, false]);
    let stopped = |text: &str| {
        let stored: Stored = serde_json::from_str(text).unwrap();
        stored.history.channels["telegram/default"].stopped_by_us
    };
    assert!(stopped(BEGUN) && !stopped(STOPPED), "not told: not by us");
}

#[test]
fn who_held_the_port_and_when_its_owner_was_asked_is_read_and_written_the_same() {
    let stored: Stored = serde_json::from_str(ASKED).unwrap();
    let written = serde_json::to_string_pretty(&stored).unwrap() + "\n";
    assert_eq!(written, ASKED, "the shape of version 2 has changed: that needs version 3");
    assert_eq!(stored.history.holder, Some((777, 4_321)));
    assert_eq!(stored.history.silence.unwrap().deaf_ms, Some(665_000));
    assert_eq!(stored.history.incident.unwrap().asked_ms, Some(703_000));
    let before: Stored = serde_json::from_str(BEGUN).unwrap();
    assert_eq!((before.history.holder, before.history.incident.unwrap().asked_ms), (None, None));
}

#[test]
fn whom_its_owner_ran_and_that_it_has_served_since_is_read_and_written_the_same() {
    let stored: Stored = serde_json::from_str(SERVED).unwrap();
    let written = serde_json::to_string_pretty(&stored).unwrap() + "\n";
    assert_eq!(written, SERVED, "the shape of version 2 has changed: that needs version 3");
    assert_eq!(stored.history.settled_owner, Some(4_099));
    assert!(stored.history.incident.unwrap().served);
    let before: Stored = serde_json::from_str(ASKED).unwrap();
    assert_eq!(before.history.settled_owner, None);
    assert!(!before.history.incident.unwrap().served);
}

#[test]
fn another_boot_of_the_machine_or_another_gateway_voids_times_and_keeps_counts() {
    let stored: Stored = serde_json::from_str(V1).unwrap();
    let kept = stored.clone().still_valid("127.0.0.1:18789");
    assert_eq!(kept.totals, stored.totals);
    assert!(kept.history.incident.is_none() && kept.command.is_none() && !kept.history.armed);
    assert_eq!(kept.history.incidents, stored.history.incidents);
}

/// Its incident was decided before its command ended, and the watchdog ended before both: nobody will tell of that command.
#[test]
fn a_command_that_nobody_awaits_does_not_keep_the_next_restart_from_its_time() {
    let resumed = |phase| {
        let open = Incident { number: 1, phase, ..Incident::default() };
        let history = History { command_running: true, incident: Some(open), ..History::default() };
        resume(history, 0, 1_000).command_running
    };
    assert!(!resumed(Phase::Watching));
    assert!(!resumed(Phase::Verifying { began_ms: 1, until_ms: 2, before: None }));
    assert!(resumed(Phase::Commanding { began_ms: 1, before: None }), "its end is told at once");
    assert!(!resume(History { command_running: true, ..History::default() }, 0, 1_000).command_running);
}
