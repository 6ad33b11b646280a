//! What crosses the boundary, through real JavaScript values: run by `wasm-pack test --node`.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use auto_session_manager::wasm::{Asm, Replay, buffer, count, count_begin, count_finish, count_push};
use js_sys::{Function, JSON, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen(module = "/js-shim/encode.js")]
extern "C" {
    /// The shim's own writer: payloads come the way they come in the gateway.
    #[wasm_bindgen(js_name = encodeInto)]
    fn encode_into(value: &JsValue, grow: &Function) -> usize;
}

/// The kept buffer as JavaScript sees it, from `at` on.
fn view(at: *const u8, len: usize) -> Uint8Array {
    let memory = wasm_bindgen::memory();
    let bytes = Reflect::get(&memory, &"buffer".into()).unwrap();
    Uint8Array::new_with_byte_offset_and_length(&bytes, at as u32, len as u32)
}

/// Writes a payload into the kept buffer, as the shim does; returns its length.
fn payload(value: &JsValue) -> usize {
    let grow = Closure::<dyn Fn(usize, usize) -> Uint8Array>::new(|needed: usize, written: usize| {
        let size = needed.max(65_536);
        view(buffer(size, written), size)
    });
    let grow: &JsValue = grow.as_ref();
    encode_into(value, grow.unchecked_ref())
}

/// Writes bytes into the kept buffer; returns their length.
fn put(bytes: &[u8]) -> usize {
    view(buffer(bytes.len(), 0), bytes.len()).copy_from(bytes);
    bytes.len()
}

fn asm() -> Asm {
    Asm::new(Object::new().into(), Object::new().into())
}

/// One line of a log: `{input, payload?}`. Returns the effects as JSON text.
fn step(asm: &mut Asm, line: &str) -> String {
    let entry = JSON::parse(line).unwrap();
    let value = Reflect::get(&entry, &"payload".into()).unwrap();
    let length = if value.is_undefined() || value.is_null() { 0 } else { payload(&value) };
    let effects = asm.step(Reflect::get(&entry, &"input".into()).unwrap(), length);
    JSON::stringify(&effects.map_err(JsValue::from).unwrap()).unwrap().into()
}

fn check(log: &str, golden: &str) {
    let mut asm = asm();
    for (number, (line, effects)) in log.lines().zip(golden.lines()).enumerate() {
        assert_eq!(step(&mut asm, line), effects, "line {}", number + 1);
    }
    assert_eq!(log.lines().count(), golden.lines().count());
}

#[wasm_bindgen_test]
fn turns_lead_to_the_same_bytes_as_natively() {
    check(include_str!("golden/logs/turns.jsonl"), include_str!("golden/logs/turns.effects.jsonl"));
}

#[wasm_bindgen_test]
fn boundaries_lead_to_the_same_bytes_as_natively() {
    check(include_str!("golden/logs/boundaries.jsonl"), include_str!("golden/logs/boundaries.effects.jsonl"));
}

#[wasm_bindgen_test]
fn hostile_input_leads_to_the_same_bytes_as_natively() {
    check(include_str!("golden/logs/hostile.jsonl"), include_str!("golden/logs/hostile.effects.jsonl"));
}

#[wasm_bindgen_test]
fn boot_message_and_prompt() {
    let mut asm = asm();
    let ctx = r#""ctx":{"agentId":"main","sessionKey":"agent:main:main","sessionId":"s-1"}"#;
    let mut tell = |event: &str, payload: &str| {
        let entry =
            format!(r#"{{"input":{{"nowMs":1763000000000,"event":{{{event}}}}},"payload":{payload}}}"#);
        JSON::parse(&step(&mut asm, &entry)).unwrap()
    };
    let kind = |effects: &JsValue, at: u32| {
        let effect = Reflect::get_u32(effects, at).unwrap();
        Reflect::get(&effect, &"type".into()).unwrap().as_string()
    };
    let boot = tell(r#""type":"boot","conversationAccess":true"#, "null");
    assert_eq!(kind(&boot, 0).as_deref(), Some("log"));
    let said = tell(&format!(r#""type":"message",{ctx}"#), r#"{"role":"user","content":"Never on Friday."}"#);
    assert_eq!(kind(&said, 0).as_deref(), Some("load"));
    tell(r#""type":"loaded","name":"s-1""#, "null");
    let prompt = tell(&format!(r#""type":"prompt_build",{ctx}"#), "null");
    assert_eq!(kind(&prompt, 0).as_deref(), Some("need_history"));
}

#[wasm_bindgen_test]
fn what_is_no_event_is_refused_and_the_engine_goes_on() {
    let mut asm = asm();
    for odd in ["null", "7", "{}", r#"{"nowMs":1,"event":{"type":"unheard of"}}"#] {
        assert!(asm.step(JSON::parse(odd).unwrap(), 0).is_err(), "{odd}");
    }
    let boot = r#"{"input":{"nowMs":1,"event":{"type":"boot","conversationAccess":true}}}"#;
    assert!(step(&mut asm, boot).contains("\"ready\""));
}

#[wasm_bindgen_test]
fn counts_are_exact() {
    let tokens = |bytes: &[u8]| count(put(bytes), "o200k_base").map_err(JsValue::from).unwrap();
    let cases: [(&[u8], f64); 6] = [
        (b"", 0.0),
        (b"hello world", 2.0),
        ("你好，世界".as_bytes(), 3.0),
        (b"tiktoken is great!", 6.0),
        ("\u{fffd}".as_bytes(), 1.0),
        (b"\xff", 1.0),
    ];
    for (text, expect) in cases {
        assert_eq!(tokens(text), expect, "{}", String::from_utf8_lossy(text));
    }
    assert!(count(0, "cl100k").is_err());
}

#[wasm_bindgen_test]
fn a_text_in_pieces_counts_as_in_one() {
    let text = "一段 mixed 文本 with words, 12345 and 🧭\r\n".repeat(200);
    let whole = count(put(text.as_bytes()), "o200k_base").map_err(JsValue::from).unwrap();
    for size in [1, 7, 1000] {
        count_begin("o200k_base").map_err(JsValue::from).unwrap();
        text.as_bytes().chunks(size).for_each(|piece| count_push(put(piece)));
        assert_eq!(count_finish(), whole, "{size}");
    }
}

#[wasm_bindgen_test]
fn a_small_session_is_replayed() {
    let file = concat!(
        r#"{"type":"session","id":"s"}"#,
        "\n",
        r#"{"type":"message","message":{"role":"user","content":"hello"}}"#,
        "\n",
        r#"{"type":"message","message":{"role":"assistant","content":"hi","usage":{"input":9,"output":1}}}"#,
        "\n{\"type\":\"mess",
    );
    let section = JSON::parse(r#"{"context":{"windowTokens":32768}}"#).unwrap();
    let env = JSON::parse(r#"{"ASM_CONTEXT_THRESHOLD":"120"}"#).unwrap();
    let mut replay = Replay::new(section, env);
    assert!(replay.rejected().contains("ASM_CONTEXT_THRESHOLD"));
    replay.scan(put(file.as_bytes()));
    assert_eq!(replay.scanned(), r#"{"lines":4,"rows":3}"#);
    let turn = replay.follow(put(file.as_bytes()));
    assert!(turn.starts_with(r#"{"type":"turn","line":3,"call":1,"#), "{turn}");
    let end = replay.finish();
    assert!(end.starts_with(r#"{"type":"diagnostic","code":"truncated-line","line":4,"#), "{end}");
    assert!(end.ends_with("\"window_tokens\":32768,\"window_assumed\":false}\n"), "{end}");
    assert!(replay.block().contains("- hello"));
}
