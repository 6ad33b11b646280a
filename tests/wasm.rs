//! What crosses the boundary, through real JavaScript values: run by `wasm-pack test --node`.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use auto_session_manager::count::bpe::{self, Encoding};
use auto_session_manager::count::text_tokens;
use auto_session_manager::wasm::{Asm, Replay, buffer, load, tables};
use js_sys::{Array, Function, JSON, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen(module = "/js-shim/encode.js")]
extern "C" {
    /// The shim's own writer: payloads come the way they come in the gateway.
    #[wasm_bindgen(js_name = encodeInto)]
    fn encode_into(value: &JsValue, grow: &Function) -> usize;
}

#[allow(dead_code, reason = "the native tests use the rest")]
#[path = "native/count_exact/hostile.rs"]
mod hostile;

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

/// The tables come the way they come in the gateway: written to where there is room for them.
fn load_tables() {
    let file = include_bytes!(concat!(env!("OUT_DIR"), "/o200k_base.tables"));
    view(tables(file.len()), file.len()).copy_from(file);
    assert!(load());
}

fn asm() -> Asm {
    load_tables();
    Asm::new(Object::new().into(), Object::new().into())
}

/// One line of a log: `{input, payload?}`. Returns the effects as JSON text.
fn step(asm: &mut Asm, line: &str) -> String {
    let entry = JSON::parse(line).unwrap();
    let value = Reflect::get(&entry, &"payload".into()).unwrap();
    let length = if value.is_undefined() || value.is_null() { 0 } else { payload(&value) };
    let effects = asm.step(Reflect::get(&entry, &"input".into()).unwrap(), length);
    let effects = Array::from(&effects.map_err(JsValue::from).unwrap());
    effects.for_each(&mut |effect, _, _| read_record(&effect));
    JSON::stringify(&effects).unwrap().into()
}

/// The text of a record crosses as bytes; here it is read, as natively.
fn read_record(effect: &JsValue) {
    let kind = Reflect::get(effect, &"type".into()).unwrap();
    if kind.as_string().as_deref() != Some("record") {
        return;
    }
    let bytes = Reflect::get(effect, &"text".into()).unwrap().dyn_into::<Uint8Array>();
    let text = String::from_utf8(bytes.expect("bytes").to_vec()).unwrap();
    Reflect::set(effect, &"text".into(), &text.into()).unwrap();
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
fn counts_are_exact_and_tables_of_another_build_are_refused() {
    let file = include_bytes!(concat!(env!("OUT_DIR"), "/cl100k_base.tables"));
    view(tables(file.len()), file.len()).copy_from(file);
    let before = text_tokens("hello world");
    assert!(before == 2 || !load(), "tables of another encoding were taken");
    load_tables();
    for (text, tokens) in [
        ("", 0),
        ("hello world", 2),
        ("你好，世界", 3),
        ("tiktoken is great!", 6),
        ("\u{fffd}", 1),
        ("a\u{301}", 2),
    ] {
        assert_eq!(text_tokens(text), tokens, "{text}");
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
    load_tables();
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

/// The native tests prove it of two words at once (`src/count/bpe/lanes.rs`); here it is vector instructions.
#[wasm_bindgen_test]
fn hostile_texts_count_as_tiktoken_counts_them() {
    load_tables();
    let file = include_bytes!(concat!(env!("OUT_DIR"), "/cl100k_base.tables"));
    assert!(bpe::load(Encoding::Cl100kBase, file.to_vec()));
    let oracles = [tiktoken_rs::o200k_base_singleton(), tiktoken_rs::cl100k_base_singleton()];
    for case in 0..20_000 {
        let mut hostile = hostile::Hostile::new(3, case);
        let text = if case % 2 == 0 { hostile.ascii() } else { hostile.text() };
        for (&encoding, oracle) in Encoding::ALL.iter().zip(oracles) {
            let tokens = oracle.encode_ordinary(&text).len() as u64;
            assert_eq!(bpe::count(&text, encoding), tokens, "{encoding}, case {case}: {text:?}");
        }
    }
}
