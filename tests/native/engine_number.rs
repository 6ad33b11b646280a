//! The number of tokens through the engine: what is told of it, foretold from it, and how often it is written.

use super::engine_host::Host;
use auto_session_manager::effect::Effect;
use serde_json::{Value, json};

fn reply_text(effects: &[Effect]) -> String {
    let text = |e: &Effect| if let Effect::Reply { text } = e { Some(text.clone()) } else { None };
    effects.iter().find_map(text).unwrap()
}

fn ask(host: &mut Host, words: &str) -> String {
    reply_text(&host.about("command", json!({"words": words})))
}

/// Tokens in use by what `status` says.
fn number(status: &str) -> u64 {
    status.split_whitespace().find_map(|word| word.parse().ok()).unwrap()
}

fn states(host: &Host) -> usize {
    host.performed.iter().filter(|e| matches!(e, Effect::State { .. })).count()
}

fn context(host: &Host) -> Value {
    let state: Value = serde_json::from_str(&host.files["state"]).unwrap();
    state["sessions"]["agent:main:main"]["context"].clone()
}

#[test]
fn after_a_compaction_the_number_is_an_estimate_at_once() {
    let mut host = Host::new(json!({}), true);
    host.turn("a first question about the billing service", 9_000);
    host.turn(&"log line with numbers 12 34\n".repeat(900), 21_000);
    host.compact();
    host.about("prompt_build", json!({}));
    let status = ask(&mut host, "status");
    assert!(status.starts_with("Context: about ") && !status.contains("unknown"), "{status}");
    let tokens: u64 = status.split_whitespace().nth(2).unwrap().parse().unwrap();
    assert!((8_500..9_500).contains(&tokens), "system prompt and a summary: {status}");
    let explained = ask(&mut host, "explain");
    for cause in ["the provider's first report", "the history was replaced", "the whole history was counted"]
    {
        assert!(explained.contains(cause), "{explained}");
    }
}

#[test]
fn another_model_is_seen_before_it_answers() {
    let mut host = Host::new(json!({}), true);
    host.turn("question", 9_000);
    let ctx = json!({"agentId": "main", "sessionKey": "agent:main:main", "sessionId": "s1",
        "modelProviderId": "anthropic", "modelId": "claude-opus-4-7"});
    host.tell(json!({"type": "prompt_build", "ctx": ctx}), None);
    let explained = ask(&mut host, "explain");
    assert!(explained.starts_with("Context: about ") && explained.contains("another model"), "{explained}");
}

#[test]
fn what_fills_the_context_is_told_and_adds_up() {
    let mut host = Host::new(json!({}), true);
    assert!(ask(&mut host, "context").contains("not known yet"));
    host.user("read the log");
    host.turn("and then?", 9_000);
    host.row(json!({"role": "toolResult", "toolCallId": "c", "toolName": "exec",
        "content": [{"type": "text", "text": "line 42 of the log\n".repeat(400)}]}));
    host.turn("and now?", 12_200);
    let told = ask(&mut host, "context");
    let parts: u64 = told
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with("- "))
        .map(|line| line.split(": ").last().unwrap().split(' ').next().unwrap().parse::<u64>().unwrap())
        .sum();
    assert_eq!(parts, 12_250, "{told}");
    assert!(told.contains("a result of the tool exec") && told.contains("system prompt"), "{told}");
    host.user("请用中文说。我们决定使用中文。请总结当前的进度。");
    assert!(ask(&mut host, "上下文").contains("上下文的构成"));
}

#[test]
fn a_turn_that_is_likely_to_cross_the_hosts_line_is_said_once_before_it_does() {
    let mut host = Host::new(json!({"context": {"thresholdPercent": 99}}), true);
    let ahead = |host: &Host| {
        let log = |e: &&Effect| matches!(e, Effect::Log { code, .. } if code == "crossing-ahead");
        host.performed.iter().filter(log).count()
    };
    // The line of a window of 32,768 lies at 24,576; each turn adds 3,000.
    for prompt in [9_000, 12_000, 15_000, 18_000, 21_000] {
        assert_eq!(ahead(&host), 0);
        host.turn("go on", prompt);
    }
    assert_eq!(ahead(&host), 0, "21,050 and 3,000 is still below");
    host.turn("go on", 22_000);
    let status = ask(&mut host, "status");
    assert!(ahead(&host) == 1 && status.contains("likely to cross"), "{status}");
    assert!(status.contains("A turn adds about ") && status.contains("To OpenClaw's compaction"), "{status}");
    host.turn("go on", 22_500);
    assert_eq!(ahead(&host), 1, "once in a cycle");
    let state: Value = serde_json::from_str(&host.files["state"]).unwrap();
    let ledger = state["ledger"].as_array().unwrap();
    assert!(ledger.iter().any(|e| e["code"] == "crossing-ahead"));
}

#[test]
fn costs_are_told_where_prices_are_known() {
    let mut host = Host::new(json!({}), true);
    let facts = json!({"prices": {"p/m": {"input": 3, "output": 15, "cacheRead": 0.3}}});
    host.tell(json!({"type": "boot", "state": null, "conversationAccess": true}), Some(facts));
    host.turn("question", 10_000);
    let status = ask(&mut host, "status");
    // 10,000 in and 50 out; then 10,050 in the cache.
    assert!(
        status.contains("so far: $0.0308.") && status.contains("pays about $0.0302 "),
        "nothing was cached: {status}"
    );
    let mut other = Host::new(json!({}), true);
    other.turn("question", 10_000);
    assert!(!ask(&mut other, "status").contains('$'));
}

#[test]
fn old_tool_results_that_the_host_will_trim_are_not_expected_in_the_next_request() {
    let after_idling = |model: &str, minutes: i64| {
        let mut host = Host::new(json!({}), true);
        let facts = json!({"pruning": {"mode": "cache-ttl", "ttl": "5m"}});
        host.tell(json!({"type": "boot", "state": null, "conversationAccess": true}), Some(facts));
        let reply = |host: &mut Host, prompt: u64| {
            let usage = json!({"input": prompt, "output": 50, "cacheRead": 0, "cacheWrite": 0});
            let id = format!("c{prompt}");
            let call = json!({"type": "toolCall", "id": id, "name": "exec", "arguments": {}});
            host.row(
                json!({"role": "assistant", "content": [call], "usage": usage, "provider": "openrouter",
                "model": model, "api": "openai-completions", "stopReason": "toolUse"}),
            );
            host.row(json!({"role": "toolResult", "toolCallId": id, "toolName": "exec",
                "content": [{"type": "text", "text": "The roses want water in the evening. ".repeat(800)}]}));
        };
        host.about("prompt_build", json!({}));
        host.user("read the logs");
        host.about("model_call", json!({"phase": "started", "window": 100_000}));
        for n in 0..8u64 {
            reply(&mut host, 9_000 + n * 6_500);
        }
        let before = number(&ask(&mut host, "status"));
        host.now_ms += minutes * 60_000;
        let history = json!({"rows": 17, "sum": 5, "rowsBefore": 0, "sumBefore": 0});
        host.about("prompt_build", json!({"history": history}));
        (before, number(&ask(&mut host, "status")))
    };
    let (before, after) = after_idling("deepseek/deepseek-chat", 6);
    // Five results of 29,600 characters keep 3,005 each; the last three turns keep theirs.
    assert!(after < before - 20_000 && after > before - 40_000, "{before} {after}");
    let (before, after) = after_idling("deepseek/deepseek-chat", 4);
    assert_eq!(before, after, "its cache is still warm");
    let (before, after) = after_idling("qwen/qwen3", 6);
    assert_eq!(before, after, "the host does not trim for it");
}

#[test]
fn numbers_alone_are_written_every_five_seconds_at_most_and_at_the_end() {
    let mut host = Host::new(json!({}), true);
    host.turn("question", 9_000);
    host.now_ms += 10_000;
    host.reply("one", 9_100);
    let before = states(&host);
    for prompt in [9_200, 9_300, 9_400] {
        host.reply("more", prompt);
    }
    assert_eq!(states(&host), before, "three rows in three seconds");
    assert_eq!(context(&host)["tokens"], 9_150);
    host.tell(json!({"type": "stopping"}), None);
    assert_eq!(context(&host)["tokens"], 9_450);
}

#[test]
fn a_block_is_written_at_once() {
    let mut host = Host::new(json!({}), true);
    host.turn("We decided to use PostgreSQL 16.", 9_000);
    host.about("compacted", json!({}));
    let state: Value = serde_json::from_str(&host.files["state"]).unwrap();
    assert_eq!(state["armed"].as_array().unwrap().len(), 1);
}

#[test]
fn conversations_idle_for_long_are_put_away_and_come_back() {
    let mut host = Host::new(json!({}), true);
    host.turn("We decided to use PostgreSQL 16.", 9_000);
    ask(&mut host, "save");
    let loads = |host: &Host| {
        host.performed.iter().filter(|e| matches!(e, Effect::Load { name } if name == "s1")).count()
    };
    assert_eq!(loads(&host), 1);
    host.now_ms += 3_600_000;
    for n in 0..64 {
        let ctx = json!({"agentId": "main", "sessionKey": format!("agent:main:t{n}"), "sessionId": format!("t{n}")});
        host.tell(json!({"type": "session_start", "ctx": ctx}), None);
    }
    let status = ask(&mut host, "status");
    assert_eq!(loads(&host), 2, "its record brought it back");
    assert!(status.contains("Decisions 1"), "{status}");
    assert_eq!(host.turn("and now?", 9_200), None, "no block where no boundary was");
}

#[test]
fn what_is_not_saved_is_saved_before_a_conversation_is_put_away() {
    let mut host = Host::new(json!({}), true);
    host.turn("We decided to use PostgreSQL 16.", 9_000);
    host.now_ms += 3_600_000;
    let notes =
        |host: &Host| host.performed.iter().filter(|e| matches!(e, Effect::MemoryNote { .. })).count();
    assert_eq!(notes(&host), 0);
    for n in 0..66 {
        let ctx = json!({"agentId": "main", "sessionKey": format!("agent:main:t{n}"), "sessionId": format!("t{n}")});
        host.tell(json!({"type": "session_start", "ctx": ctx}), None);
    }
    assert_eq!(notes(&host), 1);
    let record: Value = serde_json::from_str(&host.files["s1"]).unwrap();
    assert_eq!(record["generations"][0]["checkpoints"].as_array().unwrap().len(), 1);
}

#[test]
fn a_history_that_is_another_one_is_not_heard_again() {
    let mut host = Host::new(json!({}), true);
    host.turn("We decided to use PostgreSQL 16 for billing.", 9_000);
    host.turn("Correction: we decided to use MySQL 8 for billing instead of PostgreSQL 16.", 9_200);
    ask(&mut host, "save");
    let known = |host: &mut Host| {
        ask(host, "save");
        let record: Value = serde_json::from_str(&host.files["s1"]).unwrap();
        let generation = &record["generations"][0];
        let state: Value = serde_json::from_str(&host.files["state"]).unwrap();
        (generation["memory"]["facts"].clone(), state["calibration"].clone())
    };
    host.about("prompt_build", json!({"history": {"rows": 4, "sum": 5, "rowsBefore": 0, "sumBefore": 0}}));
    let before = known(&mut host);
    // The host now leaves the correction out.
    host.history.truncate(2);
    host.about("prompt_build", json!({"history": {"rows": 2, "sum": 3, "rowsBefore": 4, "sumBefore": 0}}));
    assert_eq!(known(&mut host), before);
}

#[test]
fn a_row_that_the_history_does_not_show_yet_is_counted_with_it() {
    let mut host = Host::new(json!({}), true);
    host.turn("question", 9_000);
    host.about("prompt_build", json!({"history": {"rows": 2, "sum": 5, "rowsBefore": 0, "sumBefore": 0}}));
    let shown = host.history.clone();
    host.user(&"The roses want water in the evening. ".repeat(100));
    let before = number(&ask(&mut host, "status"));
    // The history is another one, as it was before this row.
    host.history = shown;
    host.about("prompt_build", json!({"history": {"rows": 2, "sum": 6, "rowsBefore": 2, "sumBefore": 4}}));
    let after = number(&ask(&mut host, "status"));
    assert!(after.abs_diff(before) < 50, "{before} {after}");
}

#[test]
fn what_fills_the_context_is_not_guessed_after_a_start() {
    let mut host = Host::new(json!({}), true);
    host.turn("We decided to use PostgreSQL 16 for billing.", 9_000);
    ask(&mut host, "save");
    assert!(ask(&mut host, "context").contains("system prompt"));
    let mut again = Host::with_files(json!({}), true, host.files.clone());
    again.history = host.history.clone();
    assert!(ask(&mut again, "context").contains("not known yet"));
    again.turn("go on", 9_100);
    assert!(ask(&mut again, "context").contains("system prompt"));
}

#[test]
fn a_history_that_is_another_one_is_counted_once() {
    let mut host = Host::new(json!({}), true);
    let counted = |host: &mut Host, rows: u32, before: (u32, u32), sum: u32| {
        let history = json!({"rows": rows, "sum": sum, "rowsBefore": before.0, "sumBefore": before.1});
        // Only what asks for the history counts it.
        let at = host.performed.len();
        host.about("prompt_build", json!({"history": history}));
        host.performed.iter().skip(at).filter(|e| matches!(e, Effect::NeedHistory)).count()
    };
    host.turn("question", 9_000);
    assert_eq!(counted(&mut host, 2, (0, 0), 77), 0, "grown as it was followed");
    assert_eq!(counted(&mut host, 4, (2, 77), 99), 0);
    assert_eq!(counted(&mut host, 4, (4, 98), 98), 1, "an earlier row is another one");
    assert_eq!(counted(&mut host, 5, (4, 98), 55), 0, "and was counted");
    assert_eq!(counted(&mut host, 3, (5, 0), 44), 1, "rows are gone");
    let explained = ask(&mut host, "explain");
    assert!(explained.contains("the history was replaced"), "{explained}");
    // A host that shows another history every time is not followed for ever.
    for n in 0..9 {
        counted(&mut host, 4, (4, n), 1_000 + n);
    }
    assert_eq!(counted(&mut host, 4, (4, 7), 8), 0);
}

#[test]
fn a_report_above_the_window_decides_nothing_and_says_why() {
    let mut host = Host::new(json!({"ladder": {"newContext": true}}), true);
    host.turn("question", 9_000);
    let before = host.performed.len();
    host.turn("and now?", 50_000);
    let acted = |e: &Effect| matches!(e, Effect::Record { .. } | Effect::ResetSession { .. });
    assert!(!host.performed[before..].iter().any(acted), "{:?}", &host.performed[before..]);
    let status = ask(&mut host, "status");
    assert!(status.starts_with("Context: about 9") && !status.contains("50000"), "{status}");
    let explained = ask(&mut host, "explain");
    assert!(explained.contains("was not believed"), "{explained}");
    host.turn("and then?", 9_300);
    assert!(ask(&mut host, "status").starts_with("Context: 9350 of 32768"), "{}", ask(&mut host, "status"));
}

#[test]
fn trimming_is_named_as_a_means_only_where_the_host_trims() {
    let told = |provider: &str, api: &str| {
        let mut host = Host::new(json!({}), true);
        for n in 0..8u64 {
            let usage = json!({"input": 9_000 + n * 2_500, "output": 50, "cacheRead": 0, "cacheWrite": 0});
            let call = json!({"type": "toolCall", "id": format!("c{n}"), "name": "exec", "arguments": {}});
            host.row(json!({"role": "assistant", "content": [call], "usage": usage, "provider": provider,
                "model": "m", "api": api, "stopReason": "toolUse"}));
            host.row(json!({"role": "toolResult", "toolCallId": format!("c{n}"), "toolName": "exec",
                "content": [{"type": "text", "text": "The roses want water. ".repeat(400)}]}));
        }
        host.about("prompt_build", json!({}));
        ask(&mut host, "context")
    };
    assert!(told("minimax", "anthropic-messages").contains("old tool results"));
    assert!(!told("deepseek", "openai-completions").contains("old tool results"));
}
