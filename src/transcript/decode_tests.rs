use super::*;
use serde_json::json;

fn check_parts(content: Value, expect: &[Part]) {
    let got = message(&json!({"role": "user", "content": content}));
    assert_eq!(got.parts, expect, "{content}");
}

fn said(text: &str) -> Part {
    Part::Text(text.to_owned())
}

fn call(id: &str, name: &str, arguments: &str) -> Part {
    Part::ToolCall { id: id.to_owned(), name: name.to_owned(), arguments: arguments.to_owned() }
}

#[test]
fn roles() {
    for (spelled, expect) in [
        ("user", Role::User),
        ("assistant", Role::Assistant),
        ("toolResult", Role::ToolResult),
        ("tool", Role::ToolResult),
        ("system", Role::System),
        ("developer", Role::System),
        ("compactionSummary", Role::CompactionSummary),
        ("branchSummary", Role::BranchSummary),
        ("custom", Role::Custom),
        ("hookMessage", Role::Custom),
        ("bashExecution", Role::BashExecution),
        ("oracle", Role::Other),
        ("", Role::Other),
    ] {
        assert_eq!(message(&json!({"role": spelled, "content": "x"})).role, expect, "{spelled}");
    }
}

#[test]
fn content_of_every_shape() {
    check_parts(json!("你好"), &[said("你好")]);
    check_parts(json!(""), &[said("")]);
    check_parts(json!(null), &[]);
    check_parts(json!([]), &[]);
    check_parts(json!({"type": "text", "text": "alone"}), &[said("alone")]);
    check_parts(json!(["bare", {"text": "untyped"}]), &[said("bare"), said("untyped")]);
    check_parts(
        json!([{"type": "input_text", "text": "a"}, {"type": "output_text", "text": "b"}]),
        &[said("a"), said("b")],
    );
    check_parts(json!([{"type": "text"}]), &[Part::Other("text".into())]);
    check_parts(json!([{"type": "video", "data": "…"}]), &[Part::Other("video".into())]);
    check_parts(
        json!([7, null, true, [1]]),
        &["number", "null", "boolean", "array"].map(|k| Part::Other(k.into())),
    );
    check_parts(json!(7), &[Part::Other("number".into())]);
}

#[test]
fn thinking_and_images() {
    check_parts(
        json!([{"type": "thinking", "thinking": "hm", "thinkingSignature": "x"}]),
        &[Part::Thinking("hm".into())],
    );
    check_parts(json!([{"type": "thinking", "redacted": true}]), &[Part::Thinking(String::new())]);
    check_parts(json!([{"type": "reasoning", "text": "hm"}]), &[Part::Thinking("hm".into())]);
    check_parts(
        json!([{"type": "image", "data": "AAAA", "mimeType": "image/png"}]),
        &[Part::Image { bytes: 4, size: None }],
    );
    check_parts(
        json!([{"type": "image", "source": {"type": "base64", "data": "AAAAAA"}}]),
        &[Part::Image { bytes: 6, size: None }],
    );
    check_parts(
        json!([{"type": "image_url", "image_url": {"url": "data:x"}}]),
        &[Part::Image { bytes: 6, size: None }],
    );
    check_parts(json!([{"type": "image"}]), &[Part::Image { bytes: 0, size: None }]);
}

#[test]
fn tool_calls_keep_their_arguments_as_json_text() {
    let args = json!({"path": "a.md", "n": [1, 2.5]});
    let written = r#"{"path":"a.md","n":[1,2.5]}"#;
    check_parts(
        json!([{"type": "toolCall", "id": "t1", "name": "read", "arguments": args}]),
        &[call("t1", "read", written)],
    );
    check_parts(
        json!([{"type": "tool_use", "id": "t1", "name": "read", "input": args}]),
        &[call("t1", "read", written)],
    );
    check_parts(
        json!([{"type": "function_call", "call_id": "c", "name": "f", "arguments": "{\"a\":1"}]),
        &[call("c", "f", "{\"a\":1")],
    );
    check_parts(json!([{"type": "toolCall", "id": 9}]), &[call("", "", "{}")]);
}

#[test]
fn an_assistant_message_whole() {
    let got = message(&json!({
        "role": "assistant", "content": [{"type": "text", "text": "ok 69"}], "api": "openai-completions",
        "provider": "fake", "model": "small",
        "usage": {"input": 8446, "output": 2, "cacheRead": 10, "cacheWrite": 0, "totalTokens": 8458},
        "stopReason": "stop", "timestamp": 1_795_221_029_346_i64, "responseId": "chatcmpl-fake-69",
        "__openclaw": {"id": "f3f43d7d", "recordTimestampMs": 1},
    }));
    assert_eq!(got.texts().collect::<Vec<_>>(), ["ok 69"]);
    assert_eq!(got.usage.unwrap().prompt(), 8456);
    assert_eq!(got.id.as_deref(), Some("f3f43d7d"));
    assert_eq!(got.timestamp_ms, Some(1_795_221_029_346));
    assert_eq!((got.provider.as_deref(), got.model.as_deref()), (Some("fake"), Some("small")));
    assert!(!got.failed() && !got.excluded);
}

#[test]
fn results_summaries_and_custom_rows() {
    let result =
        message(&json!({"role": "toolResult", "toolCallId": "c1", "toolName": "write", "isError": true,
        "content": [{"type": "text", "text": "no"}], "timestamp": "2025-11-20T23:33:50.805Z"}));
    assert_eq!((result.tool_call_id.as_deref(), result.tool_name.as_deref()), (Some("c1"), Some("write")));
    assert!(result.is_error);
    assert_eq!(result.timestamp_ms, Some(1_763_681_630_805));
    let summary = message(&json!({"role": "compactionSummary", "summary": "so far", "tokensBefore": 9}));
    assert_eq!(summary.parts, [said("so far")]);
    assert_eq!(message(&json!({"role": "branchSummary", "summary": "b", "fromId": "x"})).parts, [said("b")]);
    let custom = message(
        &json!({"role": "custom", "customType": "openclaw.runtime-context", "content": "in", "excludeFromContext": true}),
    );
    assert_eq!(custom.custom_type.as_deref(), Some("openclaw.runtime-context"));
    assert!(custom.excluded);
    assert_eq!(message(&json!({"role": "hookMessage", "content": "x"})).custom_type.as_deref(), Some("hook"));
}

#[test]
fn executions_are_worded_as_the_host_words_them() {
    let check = |row: Value, expect: &str| assert_eq!(message(&row).parts, [said(expect)]);
    check(
        json!({"role": "bashExecution", "command": "ls", "output": "a", "exitCode": 0}),
        "Ran `ls`\n```\na\n```",
    );
    check(
        json!({"role": "bashExecution", "command": "x", "output": "", "exitCode": 2}),
        "Ran `x`\n(no output)\n\nCommand exited with code 2",
    );
    check(
        json!({"role": "bashExecution", "command": "x", "output": "o", "cancelled": true, "exitCode": 1, "truncated": true, "fullOutputPath": "p"}),
        "Ran `x`\n```\no\n```\n\n(command cancelled)\n\n[Output truncated. Full output: p]",
    );
}

#[test]
fn nothing_stops_it() {
    for odd in [
        json!(null),
        json!(1),
        json!("text"),
        json!([]),
        json!({}),
        json!({"role": 4, "content": {"type": 4}, "usage": [], "timestamp": {}}),
    ] {
        assert_eq!(message(&odd).role, Role::Other, "{odd}");
    }
    assert_eq!(message(&json!({"id": "own", "__openclaw": {"id": "host"}})).id.as_deref(), Some("own"));
    assert_eq!(message(&json!({"__openclaw": {"recordTimestampMs": 5}})).timestamp_ms, Some(5));
}

#[test]
fn a_picture_whose_beginning_alone_came_is_as_large_as_it_says() {
    let part = json!({"type": "image", "data": "iVBORw0KGgo", "dataLength": 5_000_000});
    let message = message(&json!({"role": "user", "content": [part]}));
    assert!(
        matches!(message.parts.as_slice(), [Part::Image { bytes: 5_000_000, size: None }]),
        "{message:?}"
    );
}
