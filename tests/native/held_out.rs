//! The extractor against phrases it was not written from. The floors are what it reached when they were first measured:
//! a change may raise them, never lower them, and nobody tunes on single lines of the bank.

use auto_session_manager::extract::book::FactBook;
use auto_session_manager::extract::fact::{Fact, Source};
use auto_session_manager::transcript::decode;
use serde_json::{Value, json};

const CLAUSES: &str = include_str!("../data/held-out/clauses.jsonl");
const CHAINS: &str = include_str!("../data/held-out/chains.jsonl");

fn rows(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn heard(messages: &[Value]) -> Vec<Fact> {
    let mut book = FactBook::default();
    for message in messages {
        let content = json!([{"type": "text", "text": message["text"]}]);
        let message = decode::message(&json!({"role": message["role"], "content": content, "stopReason": "stop"}));
        book.observe(&message, &Source::default());
    }
    book.active().cloned().collect()
}

fn holds(fact: &Fact, wanted: &Value) -> bool {
    fact.text.contains(wanted["must"].as_str().unwrap())
}

fn of_kind(fact: &Fact, wanted: &Value) -> bool {
    serde_json::to_value(fact.kind).unwrap() == wanted["kind"]
}

/// Share of `part` in `whole`, percent, rounded down.
fn percent(part: usize, whole: usize) -> usize {
    part * 100 / whole.max(1)
}

#[test]
fn clauses() {
    let (mut wanted, mut kept, mut right, mut quiet, mut negatives) = (0, 0, 0, 0, 0);
    for row in rows(CLAUSES) {
        let facts = heard(std::slice::from_ref(&row));
        let expect = row["expect"].as_array().unwrap();
        for want in expect {
            wanted += 1;
            kept += usize::from(facts.iter().any(|f| holds(f, want)));
            let found = facts.iter().any(|f| holds(f, want) && of_kind(f, want));
            right += usize::from(found);
            if !found && std::env::var_os("ASM_SHOW").is_some() {
                println!("missed {want} in {}", row["text"]);
            }
        }
        if expect.is_empty() {
            negatives += 1;
            quiet += usize::from(facts.is_empty());
            if !facts.is_empty() && std::env::var_os("ASM_SHOW").is_some() {
                println!("false {:?} in {}", facts.iter().map(|f| (&f.kind, &f.text)).collect::<Vec<_>>(), row["text"]);
            }
        }
    }
    let (kept, right, quiet) = (percent(kept, wanted), percent(right, wanted), percent(quiet, negatives));
    println!("kept {kept} %, with the right kind {right} %, nothing heard where nothing is {quiet} %");
    assert!(kept >= 51 && right >= 40 && quiet >= 74);
}

#[test]
fn chains() {
    let (mut wanted, mut kept, mut gone, mut silent) = (0, 0, 0, 0);
    for row in rows(CHAINS) {
        let facts = heard(row["messages"].as_array().unwrap());
        for want in row["active"].as_array().unwrap() {
            wanted += 1;
            kept += usize::from(facts.iter().any(|f| holds(f, want)));
        }
        for literal in row["gone"].as_array().unwrap() {
            gone += 1;
            let literal = literal.as_str().unwrap();
            silent += usize::from(!facts.iter().any(|f| f.text.contains(literal)));
        }
    }
    let (kept, silent) = (percent(kept, wanted), percent(silent, gone));
    println!("still known {kept} %, no longer said {silent} %");
    assert!(kept >= 51 && silent >= 57);
}
