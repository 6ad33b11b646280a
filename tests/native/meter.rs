//! The meter on the real transcript: each request predicted from what came before it, nothing fitted to the file.

use auto_session_manager::count::gauge::Gauge;
use auto_session_manager::replay::reader::Reader;
use auto_session_manager::transcript::message::{Message, Part, Role, Usage};
use serde_json::Value;

const FILE: &[u8] = include_bytes!("../data/large-session.jsonl");

fn turns() -> (Vec<Value>, Value) {
    let (mut reader, _) = Reader::new(&Value::Null, &|_| None);
    reader.scan(FILE);
    reader.scanned();
    let out = reader.follow(FILE) + &reader.finish();
    let rows: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let summary = rows.last().unwrap().clone();
    (rows.into_iter().filter(|row| row["type"] == "turn").skip(1).collect(), summary)
}

fn nearest(mut errors: Vec<f64>, percent: usize) -> f64 {
    errors.sort_by(f64::total_cmp);
    errors[(errors.len() - 1) * percent / 100]
}

/// Characters over three and ten for each message, standing on the report before: what a plugin without a tokenizer does.
fn heuristic() -> (Vec<f64>, Vec<f64>) {
    let (mut shares, mut new_shares) = (Vec::new(), Vec::new());
    let (mut base, mut since) = (None::<u64>, 0u64);
    for line in std::str::from_utf8(FILE).unwrap().lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let message = &row["message"];
        let count = |k: &str| message["usage"][k].as_u64().unwrap_or(0);
        let failed = matches!(message["stopReason"].as_str(), Some("error" | "aborted"));
        let prompt = count("input") + count("cacheRead") + count("cacheWrite");
        if prompt > 0 {
            if let Some(base) = base {
                let (error, new) = ((base + since).abs_diff(prompt) as f64, prompt as f64 - base as f64);
                shares.push(error / prompt as f64 * 100.0);
                if new > 0.0 {
                    new_shares.push(error / new * 100.0);
                }
            }
            if !failed {
                (base, since) = (Some(prompt + count("output")), 0);
            }
        } else if message.is_object() && !failed {
            let chars = message["content"].to_string().chars().count() as u64;
            since += chars / 3 + 10;
        }
    }
    (shares, new_shares)
}

#[test]
fn each_next_request_is_predicted() {
    let (turns, summary) = turns();
    let of = |key: &str| summary[key].as_f64().unwrap();
    let ours = [of("error_percent_median"), of("error_percent_p95"), of("new_error_percent_median")];
    assert!(ours[0] <= 0.010 && ours[1] <= 0.08 && ours[2] <= 15.0, "{ours:?}");
    let (shares, new_shares) = heuristic();
    assert_eq!(shares.len(), turns.len(), "both predict the same requests");
    let theirs = [nearest(shares.clone(), 50), nearest(shares, 95), nearest(new_shares, 50)];
    assert!(ours.iter().zip(theirs).all(|(ours, theirs)| *ours < theirs), "{ours:?} {theirs:?}");
}

#[test]
fn intervals_hold_as_often_as_they_say() {
    let (turns, summary) = turns();
    let held = summary["interval_held_percent"].as_f64().unwrap();
    assert!((85.0..=96.0).contains(&held), "{held}");
    // And they say something: wide ones would hold as well.
    let wide = |turn: &Value| {
        let edge = |side: &str| turn[format!("predicted_{side}_tokens")].as_f64().unwrap();
        (edge("high") - edge("low")) / turn["prompt_tokens"].as_f64().unwrap() * 100.0
    };
    let widths: Vec<f64> = turns.iter().map(wide).collect();
    assert!(nearest(widths.clone(), 50) < 0.05 && nearest(widths, 95) < 1.0);
}

/// Words that a made-up tokenizer sees differently from ours: every word of more than six letters is two tokens to it.
fn made_up(text: &str) -> u64 {
    text.split_whitespace().map(|w| if w.len() > 6 { 2 } else { 1 }).sum()
}

fn said(role: Role, text: &str) -> Message {
    Message { role, parts: vec![Part::Text(text.into())], ..Message::default() }
}

#[test]
fn after_eight_reports_a_whole_recount_needs_no_anchor() {
    const FIXED: u64 = 7_000;
    let sentences =
        ["the file was read again", "configuration directories remain unchanged", "we go on with it now"];
    let mut gauge = Gauge::new("who", "knows");
    let (mut messages, mut truth) = (Vec::new(), FIXED);
    assert_eq!(gauge.recount(&[]), None);
    for turn in 0..60usize {
        let ask = sentences[turn % 3].repeat(3 + turn % 7).replace("nthe", "n the");
        let ask = said(Role::User, &ask);
        truth += made_up(ask.texts().next().unwrap()) + 6;
        let mut reply =
            said(Role::Assistant, &format!("{} {}", sentences[(turn + 1) % 3], sentences[turn % 2]));
        let output = made_up(reply.texts().next().unwrap()) + 6;
        if turn < 8 {
            reply.usage = Some(Usage { input: truth, output, ..Usage::default() });
        }
        truth += output;
        messages.extend([ask.clone(), reply.clone()]);
        if turn < 8 {
            gauge.add(ask);
            gauge.add(reply);
        }
    }
    let estimate = gauge.recount(&messages).unwrap();
    let error = estimate.tokens.abs_diff(truth) as f64 / truth as f64 * 100.0;
    assert!(error < 3.0 && (estimate.low..=estimate.high).contains(&truth), "{estimate:?} {truth}");
}
