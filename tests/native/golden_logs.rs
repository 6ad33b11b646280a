//! Event logs and the effects they lead to. Each line of `tests/golden/logs/NAME.jsonl` is `{input, payload?}`; the
//! same line of `NAME.effects.jsonl` is the list of effects. `tests/wasm.rs` runs the same logs through JavaScript.

use super::golden;
use auto_session_manager::engine::Engine;
use auto_session_manager::event::Input;
use auto_session_manager::shared::config;
use serde_json::Value;

fn run(log: &str) -> String {
    let (config, rejected) = config::read(&Value::Null, &|_| None);
    let mut engine = Engine::new(config, rejected);
    let mut out = String::new();
    for line in log.lines() {
        let mut entry: Value = serde_json::from_str(line).unwrap();
        let payload = entry.get_mut("payload").map(Value::take);
        let input: Input = serde_json::from_value(entry["input"].take()).unwrap();
        out.push_str(&serde_json::to_string(&engine.step(input, payload)).unwrap());
        out.push('\n');
    }
    out
}

#[test]
fn logs_lead_to_the_same_effects_for_ever() {
    for name in ["turns", "boundaries", "hostile"] {
        let log =
            std::fs::read_to_string(format!("{}/tests/golden/logs/{name}.jsonl", env!("CARGO_MANIFEST_DIR")));
        golden::check(&format!("tests/golden/logs/{name}.effects.jsonl"), &run(&log.unwrap()));
    }
}
