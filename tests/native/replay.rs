//! Replaying the real transcript, natively: the packaging tests compare the same golden with what the wasm says.

use super::golden;
use auto_session_manager::replay::reader::Reader;
use serde_json::{Value, json};

const FILE: &[u8] = include_bytes!("../data/large-session.jsonl");

fn replay(section: &Value, file: &[u8], piece: usize) -> String {
    let (mut reader, rejected) = Reader::new(section, &|_| None);
    assert_eq!(rejected, []);
    file.chunks(piece).for_each(|bytes| reader.scan(bytes));
    reader.scanned();
    let mut out: String = file.chunks(piece).map(|bytes| reader.follow(bytes)).collect();
    out.push_str(&reader.finish());
    out
}

#[test]
fn the_real_transcript() {
    golden::check("tests/golden/replay-large-session.ndjson", &replay(&Value::Null, FILE, 1 << 20));
}

#[test]
fn pieces_of_any_size_give_the_same() {
    let whole = replay(&Value::Null, FILE, usize::MAX);
    assert_eq!(replay(&Value::Null, FILE, 4093), whole);
}

#[test]
fn every_reported_prompt_has_its_line() {
    let out = replay(&json!({"context": {"windowTokens": 180_000}}), FILE, 1 << 20);
    let rows: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let reported: Vec<(u64, u64)> = String::from_utf8_lossy(FILE)
        .lines()
        .zip(1..)
        .filter_map(|(line, number)| {
            let row: Value = serde_json::from_str(line).unwrap();
            let usage = row["message"]["usage"].as_object()?;
            let prompt =
                ["input", "cacheRead", "cacheWrite"].iter().map(|k| usage[*k].as_u64().unwrap()).sum();
            (prompt > 0).then_some((number, prompt))
        })
        .collect();
    let turns: Vec<&Value> = rows.iter().filter(|row| row["type"] == "turn").collect();
    assert_eq!(reported.len(), 439);
    let told: Vec<(u64, u64)> =
        turns.iter().map(|t| (t["line"].as_u64().unwrap(), t["prompt_tokens"].as_u64().unwrap())).collect();
    assert_eq!(told, reported);
    assert!(turns[0]["predicted_tokens"].is_null(), "nothing was known before the first report");
    for turn in &turns[1..] {
        let error = turn["predicted_tokens"].as_i64().unwrap() - turn["prompt_tokens"].as_i64().unwrap();
        assert_eq!(turn["error_tokens"], error, "line {}", turn["line"]);
    }
    let summary = rows.last().unwrap();
    assert_eq!((summary["calls"].as_u64(), summary["predictions"].as_u64()), (Some(439), Some(438)));
    assert_eq!((&summary["window_tokens"], &summary["window_assumed"]), (&json!(180_000), &json!(false)));
    assert!(summary["error_percent_p95"].as_f64().unwrap() < 1.0, "{summary}");
}

#[test]
fn a_session_with_a_compaction_and_a_reset() {
    let row = |value: Value| format!("{value}\n");
    let said = |role: &str, text: &str, prompt: u64| {
        let usage = json!({"input": prompt, "output": 5, "cacheRead": 0, "cacheWrite": 0});
        let usage = if prompt > 0 { usage } else { Value::Null };
        row(
            json!({"type": "message", "message": {"role": role, "content": text, "usage": usage, "provider": "p",
            "model": "m", "stopReason": "stop"}}),
        )
    };
    let file = [
        row(json!({"type": "session", "id": "s", "timestamp": "2026-01-01T00:00:00Z"})),
        said("user", "one", 0),
        said("assistant", "two", 100),
        row(json!({"type": "compaction", "summary": "what was said", "tokensBefore": 105})),
        said("user", "three", 0),
        said("assistant", "four", 60),
        "{ no row\n".to_owned(),
        row(json!({"type": "reset", "reason": "new"})),
        said("user", "five", 0),
    ]
    .concat();
    let out = replay(&Value::Null, file.as_bytes(), 7);
    let rows: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let summary = rows.last().unwrap();
    let numbers =
        ["messages", "calls", "compactions", "resets", "diagnostics"].map(|k| summary[k].as_u64().unwrap());
    assert_eq!(numbers, [5, 2, 1, 1, 1]);
    let compaction = rows.iter().find(|row| row["type"] == "compaction").unwrap();
    assert_eq!((&compaction["line"], &compaction["tokens_before"]), (&json!(4), &json!(105)));
    assert_eq!(rows[rows.len() - 2]["code"], "broken-line");
    assert_eq!(rows[rows.len() - 2]["line"], 7);
}

#[test]
fn what_fills_the_real_transcript() {
    let told = |language: &str| {
        let (mut reader, _) = Reader::new(&json!({"language": language}), &|_| None);
        reader.scan(FILE);
        reader.scanned();
        reader.follow(FILE);
        reader.finish();
        reader.breakdown()
    };
    let chinese = told("zh");
    let told = told("en");
    let data = &told["data"];
    assert_eq!(data["total_tokens"], 177_657, "what the last report says is in use");
    assert_eq!(data["context"], json!({"state": "known", "tokens": 177_657}));
    let parts = data["parts"].as_array().unwrap();
    let sum: u64 = parts.iter().map(|p| p["tokens"].as_u64().unwrap()).sum();
    assert_eq!(sum, 177_657);
    assert_eq!(parts[0]["kind"], "tool_result");
    let fixed = parts.iter().find(|p| p["kind"] == "fixed").unwrap()["tokens"].as_u64().unwrap();
    assert!((300..12_000).contains(&fixed), "the first request had 1,687 tokens: {fixed}");
    // The largest message is the file read in line 28.
    assert_eq!((&data["largest"][0]["line"], &data["largest"][0]["tool"]), (&json!(28), &json!("read")));
    // The host trims nothing for Anthropic's own route; a summary is what is left.
    assert_eq!(data["frees"].as_array().unwrap().len(), 1);
    assert_eq!(data["frees"][0]["means"], "compaction");
    assert!(chinese["text"].as_str().unwrap().contains("工具 read 的一个结果（第 28 行）"));
    let (mut empty, _) = Reader::new(&Value::Null, &|_| None);
    empty.scanned();
    assert_eq!(empty.breakdown(), Value::Null);
}

#[test]
fn what_the_host_shows_to_people_alone_fills_nothing() {
    let row = |role: &str, text: &str, by: [&str; 2], prompt: u64| {
        let usage = json!({"input": prompt, "output": 5, "cacheRead": 0, "cacheWrite": 0});
        let message = json!({"role": role, "content": text, "provider": by[0], "model": by[1],
            "usage": if prompt > 0 { usage } else { Value::Null }, "stopReason": "stop"});
        format!("{}\n", json!({"type": "message", "message": message}))
    };
    let told = |with: bool| {
        let shown = if with {
            row("assistant", &"Context: 9000 tokens. ".repeat(200), ["openclaw", "gateway-injected"], 0)
        } else {
            String::new()
        };
        let file = [
            row("user", "hello", ["", ""], 0),
            row("assistant", "hi", ["p", "m"], 9_000),
            shown,
            row("user", "go on", ["", ""], 0),
        ]
        .concat();
        let (mut reader, _) = Reader::new(&Value::Null, &|_| None);
        reader.scan(file.as_bytes());
        reader.scanned();
        reader.follow(file.as_bytes());
        reader.finish();
        reader.breakdown()["data"].clone()
    };
    assert_eq!(told(true)["parts"], told(false)["parts"]);
    assert_eq!(told(true)["total_tokens"], told(false)["total_tokens"]);
}

/// What `breakdown` says of rows of `[role, text, tool, prompt tokens]`.
fn breakdown_of(rows: &[(&str, &str, &str, u64)]) -> Value {
    let file: String = rows
        .iter()
        .map(|(role, text, tool, prompt)| {
            let mut message = json!({"role": role, "content": [{"type": "text", "text": text}]});
            if !tool.is_empty() {
                message["toolName"] = json!(tool);
            }
            if *prompt > 0 {
                message["provider"] = json!("p");
                message["model"] = json!("m");
                message["stopReason"] = json!("stop");
                message["usage"] = json!({"input": prompt, "output": 5, "cacheRead": 0, "cacheWrite": 0});
            }
            format!("{}\n", json!({"type": "message", "message": message}))
        })
        .collect();
    let (mut reader, _) = Reader::new(&json!({"language": "en"}), &|_| None);
    reader.scan(file.as_bytes());
    reader.scanned();
    reader.follow(file.as_bytes());
    reader.finish();
    reader.breakdown()
}

#[test]
fn a_breakdown_says_how_far_its_total_can_be_trusted() {
    let asked = ("user", "hello", "", 0);
    let answered = ("assistant", "hi", "", 9_000);
    let unknown = breakdown_of(&[asked]);
    assert_eq!(unknown["data"]["context"]["state"], "unknown");
    let text = unknown["text"].as_str().unwrap();
    assert!(text.contains("not known before") && !text.contains("in use"), "{text}");
    let known = breakdown_of(&[asked, answered]);
    assert_eq!(known["data"]["context"]["state"], "known");
    let about = breakdown_of(&[asked, answered, ("user", "and then?", "", 0)]);
    assert_eq!(about["data"]["context"]["state"], "estimated");
    assert!(about["text"].as_str().unwrap().contains("about 90"), "{about}");
}

#[test]
fn names_from_a_file_reach_the_terminal_harmless() {
    let name = format!("evil\n\u{1b}[31m{}", "x".repeat(300));
    let told = breakdown_of(&[("user", "go", "", 0), ("toolResult", "result", &name, 0)]);
    let text = told["text"].as_str().unwrap();
    assert!(!text.contains('\u{1b}') && !text.contains(&"x".repeat(80)), "{text}");
    assert!(text.contains("a result of the tool evil[31mxx"), "{text}");
}

#[test]
fn a_window_that_was_assumed_gives_way_to_what_is_reported() {
    let told = breakdown_of(&[("user", "go", "", 0), ("assistant", "ok", "", 260_000)]);
    assert_eq!(told["data"]["window_tokens"], 400_000);
    assert_eq!(told["data"]["total_tokens"], 260_005);
    let nonsense = breakdown_of(&[("user", "go", "", 0), ("assistant", "ok", "", 9_000_000_000)]);
    assert_eq!(nonsense["data"]["window_tokens"], 200_000);
    assert_eq!(nonsense["data"]["context"]["state"], "unknown");
}
