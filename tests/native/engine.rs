//! The engine through its public face: events in, effects out.

use crate::engine_host::{Host, KEY, UNREADABLE};
use auto_session_manager::effect::Effect;
use auto_session_manager::shared::language::Language;
use serde_json::json;

const DECISION: &str = "We decided to use PostgreSQL 16 for billing.";

fn is_record(effect: &Effect) -> bool {
    matches!(effect, Effect::Record { .. })
}

#[test]
fn the_save_line_is_taken_once_per_compaction_cycle() {
    let mut host = Host::new(json!({}), true);
    host.turn(DECISION, 10_000);
    assert_eq!(host.count(is_record), 0);
    host.turn("go on", 24_600);
    assert_eq!(host.count(is_record), 1);
    host.turn("and on", 25_000);
    assert_eq!(host.count(is_record), 1);
    assert_eq!(host.record()["generations"][0]["checkpoints"][0]["reason"], "line");
    assert_eq!(host.record()["generations"][0]["checkpoints"][0]["bound"], "host");
}

#[test]
fn after_a_compaction_every_prompt_holds_the_same_block_until_the_next_boundary() {
    let mut host = Host::new(json!({}), true);
    assert_eq!(host.turn(DECISION, 10_000), None);
    host.compact();
    let first = host.turn("what now?", 5_000).unwrap();
    assert!(first.contains("PostgreSQL 16"), "{first}");
    for _ in 0..4 {
        assert_eq!(host.turn("and now?", 6_000).as_deref(), Some(first.as_str()));
    }
    host.compact();
    assert!(host.turn("again", 5_000).unwrap().contains("PostgreSQL 16"));
}

#[test]
fn a_block_whose_facts_are_back_in_the_history_goes() {
    let mut host = Host::new(json!({}), true);
    host.turn(DECISION, 10_000);
    host.compact();
    assert!(host.turn("go on", 5_000).is_some());
    let summary =
        json!({"role": "assistant", "content": [{"type": "text", "text": format!("As agreed: {DECISION}")}]});
    host.row(summary);
    assert_eq!(host.turn("next", 6_000), None);
}

#[test]
fn both_halves_of_a_reset_are_one_boundary_in_either_order() {
    for order in [["session_end", "reset"], ["reset", "session_end"]] {
        let mut host = Host::new(json!({}), true);
        host.turn(DECISION, 10_000);
        for half in order {
            host.about(half, json!({"reason": "new"}));
        }
        let record = host.record();
        assert_eq!(record["generations"].as_array().unwrap().len(), 2, "{order:?}");
        assert_eq!(record["generations"][0]["ended_by"], "new");
        host.history.clear();
        assert!(host.turn("hello", 4_000).unwrap().contains("PostgreSQL 16"));
    }
}

#[test]
fn a_restart_goes_on_with_the_block_that_stood() {
    let mut host = Host::new(json!({}), true);
    host.turn(DECISION, 10_000);
    host.compact();
    let block = host.turn("go on", 5_000);
    let mut next = Host::with_files(json!({}), true, host.files);
    next.history = host.history;
    next.now_ms = host.now_ms;
    assert_eq!(next.turn("still there?", 6_000), block);
}

#[test]
fn without_leave_to_build_prompts_the_block_is_queued_once_per_message() {
    let mut host = Host::new(json!({}), false);
    host.user(DECISION);
    host.reply("ok", 9_000);
    host.compact();
    let queued = |effects: &[Effect]| -> Vec<String> {
        let key = |e: &Effect| match e {
            Effect::EnqueueInjection { idempotency_key, .. } => Some(idempotency_key.clone()),
            _ => None,
        };
        effects.iter().filter_map(key).collect()
    };
    assert!(queued(&host.user("/compact")).is_empty(), "a command runs no call");
    let first = queued(&host.user("go on"));
    assert_eq!(first.len(), 1);
    assert!(queued(&host.reply("ok", 5_000)).is_empty());
    // Two rows before a request: one key, so that the host keeps one.
    assert_eq!(queued(&host.user("and on")), first);
}

#[test]
fn a_chinese_command_is_answered_in_chinese_from_the_first_row_on() {
    let said = |host: &mut Host, words: &str| {
        let effects = host.about("command", json!({"words": words}));
        effects
            .into_iter()
            .find_map(|e| if let Effect::Reply { text } = e { Some(text) } else { None })
            .unwrap()
    };
    let mut host = Host::new(json!({}), true);
    for word in ["状态", "帮助"] {
        assert!(Language::of(&said(&mut host, word)) == Language::Zh, "{word}");
    }
    assert!(Language::of(&said(&mut host, "status")) == Language::En);
    let mut host = Host::new(json!({"language": "en"}), true);
    assert!(Language::of(&said(&mut host, "状态")) == Language::En, "a set language wins");
}

#[test]
fn without_conversation_access_a_person_who_asks_is_told_what_to_do() {
    for access in [true, false] {
        let mut host = Host::new(json!({}), access);
        host.user(DECISION);
        for words in ["status", "save"] {
            let effects = host.about("command", json!({"words": words}));
            let told = effects
                .iter()
                .any(|e| matches!(e, Effect::Reply { text } if text.contains("openclaw asm doctor --fix")));
            assert_eq!(told, !access, "{words}");
        }
    }
}

#[test]
fn a_new_context_is_asked_for_only_when_told_to_and_only_behind_the_record() {
    for told in [false, true] {
        let mut host = Host::new(json!({"ladder": {"newContext": told, "newContextPercent": 60}}), true);
        host.turn(DECISION, 10_000);
        host.turn("more", 25_000);
        let at = host.performed.iter().position(|e| matches!(e, Effect::ResetSession { .. }));
        assert_eq!(at.is_some(), told);
        if let Some(at) = at {
            let record = host.performed.iter().rposition(is_record).unwrap();
            assert!(record < at, "the reset comes before its record");
            host.about("reset", json!({"reason": "new"}));
            assert_eq!(host.record()["generations"][0]["ended_by"], "new_context");
        }
    }
}

#[test]
fn a_paused_conversation_gets_no_block_and_is_still_saved() {
    let mut host = Host::new(json!({}), true);
    host.turn(DECISION, 10_000);
    host.about("command", json!({"words": "pause"}));
    host.compact();
    assert_eq!(host.turn("go on", 5_000), None);
    assert!(host.count(is_record) > 0);
    host.about("command", json!({"words": "resume"}));
    assert!(host.turn("go on", 5_000).is_some());
}

#[test]
fn damaged_files_are_set_aside_and_newer_ones_left_alone() {
    let files = |record: &str| [("s1".to_owned(), record.to_owned())].into();
    let mut damaged = Host::with_files(json!({}), true, files("{\"version\":1"));
    damaged.turn(DECISION, 10_000);
    assert_eq!(damaged.count(|e| matches!(e, Effect::SetAside { name: Some(n) } if n == "s1")), 1);
    let newer = "{\"version\":99}";
    let mut host = Host::with_files(json!({}), true, files(newer));
    host.turn(DECISION, 10_000);
    host.compact();
    assert_eq!(host.files["s1"], newer);
}

#[test]
fn a_file_that_cannot_be_read_is_left_alone_and_the_rest_goes_on() {
    let files = [("s1".to_owned(), UNREADABLE.to_owned()), ("state".to_owned(), UNREADABLE.to_owned())];
    let mut host = Host::with_files(json!({}), true, files.into());
    host.turn(DECISION, 10_000);
    host.compact();
    assert_eq!((&*host.files["s1"], &*host.files["state"]), (UNREADABLE, UNREADABLE));
    assert!(host.turn("go on", 5_000).is_some(), "the block stands all the same");
    assert_eq!(host.count(|e| matches!(e, Effect::Log { code, .. } if code == "unreadable-file")), 2);
    assert_eq!(host.count(|e| matches!(e, Effect::SetAside { .. } | Effect::Prune { .. })), 0);
    host.about("command", json!({"words": "save"}));
    let told = host.performed.iter().rev().find_map(|e| match e {
        Effect::Reply { text } => Some(text.clone()),
        _ => None,
    });
    assert!(told.unwrap().starts_with("not saved: the record cannot be read"));
}

#[test]
fn no_context_is_emptied_whose_record_is_not_ours_to_write() {
    let ladder = json!({"ladder": {"newContext": true, "newContextPercent": 60}});
    let resets = |files: &[(&str, &str)]| {
        let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let mut host = Host::with_files(ladder.clone(), true, files);
        host.turn(DECISION, 10_000);
        host.turn("more", 25_000);
        host.count(|e| matches!(e, Effect::ResetSession { .. }))
    };
    assert_eq!(resets(&[]), 1);
    assert_eq!(resets(&[("s1", UNREADABLE)]), 0);
    assert_eq!(resets(&[("s1", "{\"version\":99}")]), 0);
}

#[test]
fn two_agents_with_one_session_id_have_two_records() {
    let mut host = Host::new(json!({}), true);
    host.turn(DECISION, 10_000);
    host.compact();
    let other = json!({"agentId": "ops", "sessionKey": "agent:ops:main", "sessionId": "s1"});
    let message =
        json!({"role": "user", "content": "Rule: never deploy on a Friday.", "timestamp": host.now_ms});
    host.tell(json!({"type": "message", "ctx": other}), Some(message));
    host.tell(json!({"type": "compacting", "ctx": other}), None);
    let names: Vec<_> = host.files.keys().filter(|k| *k != "state").collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert_eq!(host.record()["agent_id"], "main");
}

#[test]
fn sessions_of_the_hosts_own_housekeeping_leave_no_trace() {
    let mut host = Host::new(json!({}), true);
    let before = host.performed.len();
    let ctx = json!({"sessionKey": "agent:main:internal-session-effects:x-1", "sessionId": "i"});
    host.tell(json!({"type": "message", "ctx": ctx}), Some(json!({"role": "user", "content": DECISION})));
    host.tell(
        json!({"type": "prompt_build", "ctx": {"sessionKey": KEY, "sessionId": "s1", "trigger": "memory"}}),
        None,
    );
    assert_eq!(host.performed.len(), before);
}

#[test]
fn other_peoples_sessions_write_no_notes_in_the_shared_workspace() {
    let mut host = Host::new(json!({}), true);
    let ctx = json!({"agentId": "main", "sessionKey": "agent:main:telegram:group:-1", "sessionId": "g", "workspaceDir": "/ws"});
    host.tell(json!({"type": "message", "ctx": ctx}), Some(json!({"role": "user", "content": DECISION})));
    host.tell(json!({"type": "compacting", "ctx": ctx}), None);
    assert_eq!(host.count(|e| matches!(e, Effect::MemoryNote { .. })), 0);
    assert!(host.files["state"].contains("not the agent's main session"));
    host.turn(DECISION, 10_000);
    host.compact();
    assert_eq!(host.count(|e| matches!(e, Effect::MemoryNote { .. })), 1);
}

#[test]
fn a_conversation_found_again_learns_its_history_before_its_newest_message() {
    let mut host = Host::new(json!({}), true);
    host.history = vec![
        json!({"role": "user", "content": "We decided to use MySQL 8 for billing.", "timestamp": host.now_ms - 9_000}),
        json!({"role": "assistant", "content": [{"type": "text", "text": "Understood."}], "timestamp": host.now_ms - 8_000}),
    ];
    // The row comes before the prompt that shows what came before it.
    host.user("Actually, let's switch to PostgreSQL 16 instead of MySQL 8.");
    host.about("prompt_build", json!({}));
    host.reply("Done.", 9_000);
    host.compact();
    let block = host.turn("go on", 5_000).unwrap();
    assert!(block.contains("PostgreSQL 16"), "{block}");
    assert!(!block.contains("We decided to use MySQL"), "what was superseded came back:\n{block}");
}

#[test]
fn a_compaction_of_a_conversation_nobody_has_shown_yet_reads_it_first() {
    let mut host = Host::new(json!({}), true);
    host.history = vec![json!({"role": "user", "content": DECISION, "timestamp": host.now_ms - 9_000})];
    host.about("compacting", json!({}));
    assert!(host.files["s1"].contains("PostgreSQL 16"));
}
