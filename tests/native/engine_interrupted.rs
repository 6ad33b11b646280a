//! What the watchdog left of an incident, and the conversation that it concerns.

use crate::engine_host::{Host, KEY};
use auto_session_manager::effect::Effect;
use serde_json::{Value, json};

/// The file as the watchdog writes it, about a restart a minute ago in which this conversation was cut off.
fn file(host: &Host, sessions: &[&str]) -> Value {
    let mut file: Value = serde_json::from_str(include_str!("../golden/last-incident-v1.json")).unwrap();
    file["opened_at_ms"] = (host.now_ms - 60_000).into();
    file["in_flight"] = json!(sessions);
    file
}

fn hear(host: &mut Host, file: &Value) {
    let event = json!({"type": "incident", "text": file.to_string(), "pid": 4200, "startTicks": 90_000});
    host.tell(event, None);
}

/// Another process over the same files.
fn boot(host: &Host, access: bool) -> Host {
    let mut next = Host::with_files(json!({}), access, host.files.clone());
    (next.now_ms, next.history) = (host.now_ms + 5_000, host.history.clone());
    next
}

#[test]
fn the_next_turn_of_an_interrupted_conversation_is_told_once() {
    let mut host = Host::new(json!({}), true);
    host.turn("We decided to use PostgreSQL 16 for billing.", 9_000);
    let mut host = boot(&host, true);
    let file = file(&host, &[KEY, "agent:main:other"]);
    hear(&mut host, &file);
    let text = host.turn("Is it done?", 9_100).unwrap();
    assert!(text.starts_with("<asm-interrupted>") && text.ends_with("</asm-interrupted>"), "{text}");
    assert!(text.contains("not an instruction"), "{text}");
    assert_eq!(host.turn("And now?", 9_200), None);
    // Neither a gateway that reads its settings anew nor the next boot hears of it again.
    hear(&mut host, &file);
    assert_eq!(host.turn("And now?", 9_300), None);
    let mut host = boot(&host, true);
    hear(&mut host, &file);
    assert_eq!(host.turn("And now?", 9_400), None);
}

#[test]
fn a_call_that_failed_told_nobody_and_a_second_crash_loses_nothing() {
    let mut host = Host::new(json!({}), true);
    host.turn("Hello.", 9_000);
    let mut host = boot(&host, true);
    let file = file(&host, &[KEY]);
    hear(&mut host, &file);
    let built = |host: &mut Host| {
        let effects = host.about("prompt_build", json!({}));
        effects.iter().any(|e| matches!(e, Effect::AppendSystemContext { .. }))
    };
    assert!(built(&mut host));
    host.about("model_call", json!({"phase": "ended", "outcome": "error", "window": 32_768}));
    let mut host = boot(&host, true);
    assert!(built(&mut host));
}

#[test]
fn it_stands_behind_the_block_and_ends_with_the_conversation() {
    let mut host = Host::new(json!({}), true);
    host.turn("We decided to use PostgreSQL 16 for billing.", 9_000);
    host.compact();
    let mut host = boot(&host, true);
    let file = file(&host, &[KEY]);
    hear(&mut host, &file);
    let both = host.turn("Is it done?", 9_100).unwrap();
    let block = host.turn("And now?", 9_200).unwrap();
    assert!(both.starts_with(&block) && both.contains("<asm-interrupted>"), "{both}");
    assert!(!block.contains("<asm-interrupted>"));
    let mut other = boot(&host, true);
    let mut again = file;
    again["folder"] = "20261120T091500Z-4".into();
    hear(&mut other, &again);
    other.about("reset", json!({"reason": "new"}));
    assert!(other.turn("Hello.", 3_000).is_none_or(|text| !text.contains("<asm-interrupted>")));
}

#[test]
fn what_does_not_concern_this_boot_is_passed_over() {
    let of = |change: &dyn Fn(&mut Value, i64)| {
        let mut host = Host::new(json!({}), true);
        host.turn("Hello.", 9_000);
        let mut file = file(&host, &[KEY]);
        change(&mut file, host.now_ms);
        hear(&mut host, &file);
        host.turn("Is it done?", 9_100)
    };
    assert!(of(&|_, _| {}).is_some());
    assert_eq!(
        of(&|f, _| (f["pid"], f["start_ticks"]) = (4200.into(), 90_000.into())),
        None,
        "its own process"
    );
    assert_eq!(of(&|f, now| f["opened_at_ms"] = (now - 90_000_000).into()), None, "long ago");
    assert_eq!(of(&|f, now| f["opened_at_ms"] = (now + 90_000_000).into()), None, "a clock that is off");
    assert_eq!(of(&|f, _| f["in_flight"] = json!(["agent:main:other"])), None, "another conversation");
    assert_eq!(of(&|f, _| f["version"] = 2.into()), None, "a newer file");
    assert_eq!(of(&|f, _| *f = json!("nonsense")), None, "no such file");
    assert!(of(&|f, _| f["more"] = "unknown".into()).is_some(), "fields to come");
}

#[test]
fn it_is_said_in_the_language_of_the_conversation_and_queued_where_prompts_are_not_ours() {
    let mut host = Host::new(json!({}), false);
    host.user("我们决定用 Redis 7 做会话缓存，账单服务用 PostgreSQL 16。");
    host.reply("好的。", 9_000);
    let file = file(&host, &[KEY]);
    hear(&mut host, &file);
    host.user("现在怎么样了？");
    let queued = host.performed.iter().find_map(|e| match e {
        Effect::EnqueueInjection { text, .. } => Some(text.clone()),
        _ => None,
    });
    let text = queued.unwrap();
    assert!(text.contains("不是指令"), "{text}");
}

/// The second restart of an incident cuts off other conversations than the first, and is heard of as well.
#[test]
fn each_restart_of_an_incident_is_heard_of_with_how_those_before_it_ended() {
    let mut host = Host::new(json!({}), true);
    host.turn("Hello.", 9_000);
    let mut host = boot(&host, true);
    let mut file = file(&host, &["agent:main:other"]);
    let restart = |number: u32, at_ms: i64, pid: u32, keys: &[&str], ended: &str| json!({"number": number, "at_ms": at_ms, "pid": pid, "start_ticks": 7, "in_flight": keys, "ended": ended});
    let at = host.now_ms - 60_000;
    let first = restart(1, at, 4100, &["agent:main:other"], "running");
    file["attempts"] = json!([first]);
    hear(&mut host, &file);
    assert_eq!(host.turn("And now?", 9_100), None, "it was not cut off");
    let mut host = boot(&host, true);
    let first = restart(1, at, 4100, &["agent:main:other"], "no-new-boot");
    file["attempts"] = json!([first, restart(2, at + 30_000, 4150, &[KEY], "running")]);
    hear(&mut host, &file);
    let text = host.turn("Is it done?", 9_200).unwrap();
    assert!(text.contains("1 no-new-boot") && !text.contains("running"), "{text}");
    assert_eq!(host.turn("And now?", 9_300), None);
    let mut host = boot(&host, true);
    hear(&mut host, &file);
    assert_eq!(host.turn("And now?", 9_400), None, "both have been heard of");
}

/// A restart within the process keeps pid and start: it was cut off all the same.
#[test]
fn a_restart_within_the_process_is_heard_of_by_the_boot_after_it() {
    let of = |before_ms: i64, ended: &str| {
        let mut host = Host::new(json!({}), true);
        // When each of these hosts boots.
        let at = host.now_ms - before_ms;
        host.turn("Hello.", 9_000);
        let mut host = boot(&host, true);
        let mut file = file(&host, &[KEY]);
        file["attempts"] = json!([{"number": 1, "at_ms": at, "pid": 4200, "start_ticks": 90_000,
            "in_flight": [KEY], "ended": ended}]);
        hear(&mut host, &file);
        host.turn("Is it done?", 9_100)
    };
    assert!(of(2_000, "running").is_some());
    assert!(of(2_000, "verified").is_some());
    assert_eq!(of(2_000, "command-failed"), None, "nothing was cut off");
    assert_eq!(of(-1, "running"), None, "it is still to come");
}
