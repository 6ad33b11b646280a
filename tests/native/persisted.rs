//! Every persisted shape reads the files of every version it ever had. These files are kept for ever: a new version adds
//! one, none is ever changed.

use super::engine_host::Host;
use auto_session_manager::effect::Effect;
use auto_session_manager::record::{Read, conversation, state};
use auto_session_manager::shared::heartbeat::Heartbeat;
use serde_json::{Value, json};

const RECORD: &str = include_str!("../golden/record-v1.json");
const STATE: &str = include_str!("../golden/state-v1.json");
const HEARTBEAT: &str = include_str!("../golden/heartbeat-v1.json");

/// A conversation that fills every part of the shapes: a save at the line, a compaction, a fresh context.
fn lived() -> Host {
    let mut host = Host::new(json!({}), true);
    host.turn("We decided to use PostgreSQL 16 for billing. Rule: never deploy on a Friday.", 10_000);
    host.turn("我们决定用 Redis 7 做会话缓存。", 24_600);
    host.compact();
    host.turn("what now?", 5_000);
    host.about("session_end", json!({"reason": "new"}));
    host.turn("and here?", 4_000);
    host.tell(json!({"type": "tick", "pid": 4242, "startTicks": 99, "bootId": "b", "loopLagMsMax": 7}), None);
    host
}

fn heartbeat(host: &Host) -> String {
    let beat = |e: &Effect| if let Effect::Heartbeat { text } = e { Some(text.clone()) } else { None };
    host.performed.iter().find_map(beat).unwrap()
}

/// Writes the files of a new version; an existing file is never replaced.
#[test]
fn what_is_written_today_has_its_golden_file() {
    let host = lived();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for (name, text) in [
        (format!("record-v{}.json", conversation::VERSION), &host.files["s1"]),
        (format!("state-v{}.json", state::VERSION), &host.files["state"]),
        ("record-v1-loads.json".to_owned(), &host.files["s1"]),
        ("state-v1-loads.json".to_owned(), &host.files["state"]),
        ("heartbeat-v1.json".to_owned(), &heartbeat(&host)),
    ] {
        let path = folder.join(&name);
        if !path.exists() && std::env::var_os("ASM_UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, text).unwrap();
        }
        assert!(path.exists(), "{name} is missing: run with ASM_UPDATE_GOLDEN=1");
    }
}

#[test]
fn records_of_every_version_are_read_and_lose_nothing() {
    let Read::Ours(record) = conversation::read(Some(RECORD)) else { panic!("record v1 is not read") };
    assert_eq!(record.generations.len(), 2);
    let facts: Vec<_> = record.generations[1].memory.active().map(|f| f.text.as_str()).collect();
    assert!(facts.iter().any(|t| t.contains("PostgreSQL 16")) && facts.iter().any(|t| t.contains("Redis 7")));
    assert_superset(
        &serde_json::from_str(&record.text().unwrap()).unwrap(),
        &serde_json::from_str(RECORD).unwrap(),
        "record",
    );
}

#[test]
fn states_of_every_version_are_read_and_lose_nothing() {
    let Read::Ours(state) = state::read(Some(STATE)) else { panic!("state v1 is not read") };
    assert_eq!(state.armed.len(), 1);
    assert_superset(
        &serde_json::from_str(&state.text().unwrap()).unwrap(),
        &serde_json::from_str(STATE).unwrap(),
        "state",
    );
}

/// Version 1 as it is since meters keep what a context is made of and calibration keeps ratios by kind of text.
#[test]
fn what_was_learned_is_read_and_loses_nothing() {
    let text = std::fs::read_to_string(golden("state-v1-loads.json")).unwrap();
    let Read::Ours(state) = state::read(Some(&text)) else { panic!("state v1 with loads is not read") };
    assert!(state.calibration.reports("p/m") > 0);
    assert_superset(
        &serde_json::from_str(&state.text().unwrap()).unwrap(),
        &serde_json::from_str(&text).unwrap(),
        "state",
    );
    let text = std::fs::read_to_string(golden("record-v1-loads.json")).unwrap();
    let Read::Ours(record) = conversation::read(Some(&text)) else {
        panic!("record v1 with loads is not read")
    };
    let meter = &record.generations[1].meter;
    assert!(meter.held().is_some() && meter.changes.iter().count() > 0);
    assert_superset(
        &serde_json::from_str(&record.text().unwrap()).unwrap(),
        &serde_json::from_str(&text).unwrap(),
        "record",
    );
}

/// Version 1 as it is since the watchdog's restarts are heard of.
#[test]
fn what_was_interrupted_is_read_and_loses_nothing() {
    let text = std::fs::read_to_string(golden("state-v1-interrupted.json")).unwrap();
    let Read::Ours(state) = state::read(Some(&text)) else {
        panic!("state v1 with interruptions is not read")
    };
    assert_eq!(state.interrupted[0].session_key, "agent:main:main");
    assert_eq!(state.incident_heard.as_deref(), Some("20261118-110647-3"));
    assert_superset(
        &serde_json::from_str(&state.text().unwrap()).unwrap(),
        &serde_json::from_str(&text).unwrap(),
        "state",
    );
}

fn golden(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

#[test]
fn heartbeats_of_every_version_are_read() {
    let beat: Heartbeat = serde_json::from_str(HEARTBEAT).unwrap();
    assert_eq!((beat.pid, beat.start_ticks, beat.loop_lag_ms_max), (4242, 99, 7));
}

/// Everything in `old` is in `new`; fields added since may stand beside it.
fn assert_superset(new: &Value, old: &Value, at: &str) {
    match (new, old) {
        (Value::Object(new), Value::Object(old)) => {
            for (key, value) in old {
                assert_superset(new.get(key).unwrap_or(&Value::Null), value, &format!("{at}.{key}"));
            }
        }
        (Value::Array(new), Value::Array(old)) => {
            assert_eq!(new.len(), old.len(), "{at}");
            new.iter().zip(old).for_each(|(new, old)| assert_superset(new, old, at));
        }
        _ => assert_eq!(new, old, "{at}"),
    }
}
