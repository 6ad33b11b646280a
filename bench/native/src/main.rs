//! The native peers of the benchmark, behind standard input: one JSON request a line, one JSON answer a line. The
//! harness asks them in turn with the peers that run in Node, so that all are measured in the same seconds.
//!
//! - `{"do":"load","name":N,"path":P}`: reads texts, a JSON list of strings.
//! - `{"do":"time","peer":X,"encoding":E,"name":N}`: counts each of them once; answers `{"tokens","ns"}`.
//! - `{"do":"counts","peer":X,"encoding":E,"path":P}`: counts each string of a JSON list; answers a list (null: refused).
//! - `{"do":"classes","path":P}`: our class counts of each string of a JSON list.

mod peers;

use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufRead, Write};

type Texts = HashMap<String, Vec<String>>;

fn main() {
    // tiktoken-rs panics on what its regex engine refuses; the answer says so.
    std::panic::set_hook(Box::new(|_| ()));
    let mut texts = Texts::new();
    let out = std::io::stdout();
    for line in std::io::stdin().lock().lines() {
        let answer = match line.map_err(|e| e.to_string()).and_then(|line| answer(&line, &mut texts)) {
            Ok(value) => value,
            Err(error) => json!({ "error": error }),
        };
        let mut out = out.lock();
        // Nobody to answer: the harness is gone.
        if writeln!(out, "{answer}").and_then(|()| out.flush()).is_err() {
            return;
        }
    }
}

fn answer(line: &str, texts: &mut Texts) -> Result<Value, String> {
    let request: Value = serde_json::from_str(line).map_err(|e| e.to_string())?;
    let field = |name: &str| request[name].as_str().unwrap_or_default();
    match field("do") {
        "load" => {
            texts.insert(field("name").to_owned(), strings(field("path"))?);
            Ok(Value::Null)
        }
        "time" => {
            let count = peers::counter(field("peer"), field("encoding"))?;
            let texts = texts.get(field("name")).ok_or("no such texts")?;
            let begun = on_processor();
            let tokens = texts.iter().map(|text| count(text)).sum::<Option<u64>>();
            let ns = on_processor() - begun;
            Ok(json!({ "tokens": tokens, "ns": ns }))
        }
        "counts" => {
            let count = peers::counter(field("peer"), field("encoding"))?;
            Ok(strings(field("path"))?.iter().map(|text| count(text)).collect())
        }
        "classes" => Ok(strings(field("path"))?.iter().map(|text| peers::classes(text)).collect()),
        other => Err(format!("what is {other:?}?")),
    }
}

/// Nanoseconds this thread has been on a processor.
fn on_processor() -> i64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    now.tv_sec * 1_000_000_000 + now.tv_nsec
}

fn strings(path: &str) -> Result<Vec<String>, String> {
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    serde_json::from_str(&text).map_err(|e| e.to_string())
}
