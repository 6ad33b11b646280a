use super::*;

fn read(text: &str) -> Line {
    parse(7, text.as_bytes()).unwrap()
}

fn texts(message: &Message) -> Vec<&str> {
    message.texts().collect()
}

#[test]
fn a_message_takes_the_rows_id_and_time_where_it_has_none() {
    let line = read(
        r#"{"type":"message","id":"e1","parentId":"e0","timestamp":"1970-01-01T00:00:01Z","message":{"role":"user","content":"hi"}}"#,
    );
    let Body::Message(message) = &line.body else { panic!("{line:?}") };
    assert_eq!((line.number, line.id.as_deref(), line.parent_id.as_deref()), (7, Some("e1"), Some("e0")));
    assert_eq!(
        (message.id.as_deref(), message.timestamp_ms, texts(message)),
        (Some("e1"), Some(1000), vec!["hi"])
    );
    let own = read(
        r#"{"type":"message","id":"e1","timestamp":"1970-01-01T00:00:01Z","message":{"role":"user","content":"hi","timestamp":5}}"#,
    );
    let Body::Message(message) = own.body else { panic!() };
    assert_eq!(message.timestamp_ms, Some(5));
}

#[test]
fn rows_of_every_type() {
    let text = |t: &str| Some(t.to_owned());
    let check = |row: &str, expect: Body| assert_eq!(read(row).body, expect, "{row}");
    let model = Model { provider: text("anthropic"), model: text("claude") };
    check(
        r#"{"type":"session","id":"s","version":3,"cwd":"~/w"}"#,
        Body::Session { id: text("s"), version: 3, cwd: text("~/w"), model: None },
    );
    check(
        r#"{"type":"session","id":"s","provider":"anthropic","modelId":"claude"}"#,
        Body::Session { id: text("s"), version: 1, cwd: None, model: Some(model.clone()) },
    );
    check(r#"{"type":"model_change","provider":"anthropic","modelId":"claude"}"#, Body::ModelChange(model));
    check(
        r#"{"type":"thinking_level_change","thinkingLevel":"off"}"#,
        Body::ThinkingLevelChange { level: text("off") },
    );
    check(r#"{"type":"custom","customType":"x","data":{}}"#, Body::Custom { custom_type: text("x") });
    check(
        r#"{"type":"label","targetId":"a","label":"l"}"#,
        Body::Label { target_id: text("a"), label: text("l") },
    );
    check(r#"{"type":"session_info","name":"n"}"#, Body::SessionInfo { name: text("n") });
    check(r#"{"type":"leaf","targetId":"a"}"#, Body::Leaf { target_id: text("a") });
    check(
        r#"{"type":"reset","reason":"new","firstKeptEntryId":"k"}"#,
        Body::Reset { reason: text("new"), first_kept: text("k") },
    );
    check(r#"{"type":"hologram"}"#, Body::Unknown("hologram".into()));
    check("{}", Body::Unknown(String::new()));
}

#[test]
fn summaries_and_extension_messages_are_messages() {
    let Body::Compaction { summary, first_kept, tokens_before } = read(
        r#"{"type":"compaction","id":"c","summary":"so far","firstKeptEntryId":"k","tokensBefore":900}"#,
    )
    .body
    else {
        panic!()
    };
    assert_eq!(
        (summary.role, texts(&summary), summary.id.as_deref()),
        (Role::CompactionSummary, vec!["so far"], Some("c"))
    );
    assert_eq!((first_kept.as_deref(), tokens_before), (Some("k"), Some(900)));
    let Body::BranchSummary(summary) =
        read(r#"{"type":"branch_summary","summary":"there","fromId":"x"}"#).body
    else {
        panic!()
    };
    assert_eq!((summary.role, texts(&summary)), (Role::BranchSummary, vec!["there"]));
    let row = r#"{"type":"custom_message","customType":"hint","content":[{"type":"text","text":"t"}],"display":false}"#;
    let Body::CustomMessage(custom) = read(row).body else { panic!() };
    assert_eq!(
        (custom.role, custom.custom_type.as_deref(), texts(&custom)),
        (Role::Custom, Some("hint"), vec!["t"])
    );
}

#[test]
fn what_cannot_be_read() {
    for broken in ["", "x", "[]", "null", "{\"a\":", "{}{}", "{'a':1}"] {
        assert_eq!(parse(1, broken.as_bytes()), Err(Unreadable::Broken), "{broken}");
    }
    let deep = format!(r#"{{"type":"message","x":{}{}}}"#, "[".repeat(5000), "]".repeat(5000));
    assert_eq!(parse(1, deep.as_bytes()), Err(Unreadable::TooDeep));
}

#[test]
fn the_types_of_the_tree_are_known() {
    assert!(is_canonical("message") && !is_canonical("leaf") && !is_canonical("session"));
    assert!(is_known("leaf") && is_known("session") && is_known("label") && !is_known("hologram"));
}
