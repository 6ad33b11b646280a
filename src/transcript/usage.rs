//! Token counts of one model call, in the host's spelling and in the providers'.

use super::message::Usage;
use serde_json::{Map, Value};

/// Largest count that survives a trip through a JavaScript number: 2^53 − 1.
const MOST: f64 = 9_007_199_254_740_991.0;

const INPUT: &[&str] = &[
    "input",
    "inputTokens",
    "input_tokens",
    "promptTokens",
    "prompt_tokens",
    "prompt_n",
    "timings/prompt_n",
];
const OUTPUT: &[&str] = &[
    "output",
    "outputTokens",
    "output_tokens",
    "completionTokens",
    "completion_tokens",
    "predicted_n",
    "timings/predicted_n",
];
/// Cache reads counted beside the input.
const READ_BESIDE: &[&str] = &["cacheRead", "cache_read", "cache_read_input_tokens"];
/// Cache reads a CLI backend counts inside its input, unless the host's own `input` stands there too.
const READ_INSIDE_CLI: &[&str] = &["cached_input_tokens", "cached"];
/// Cache reads the OpenAI shapes count inside the input.
const READ_INSIDE: &[&str] =
    &["cached_tokens", "input_tokens_details/cached_tokens", "prompt_tokens_details/cached_tokens"];
const WRITE_BESIDE: &[&str] = &["cacheWrite", "cache_write", "cache_creation_input_tokens"];
const WRITE_INSIDE: &[&str] = &[
    "cache_write_input_tokens",
    "input_tokens_details/cache_write_tokens",
    "prompt_tokens_details/cache_write_tokens",
    "prompt_tokens_details/cache_creation_input_tokens",
];

/// The counts of the call that made an assistant `message`, `None` where it reports none. `totalTokens` is ignored (it
/// includes output). A `contextUsage` beside sums over several calls is the last call's own snapshot and wins; where
/// the host says the snapshot is unavailable (or a CLI backend gives none) the sums say nothing about the context.
pub(super) fn of_message(message: &Map<String, Value>) -> Option<Usage> {
    let usage = message.get("usage")?.as_object()?;
    let snapshot = usage.get("contextUsage").and_then(Value::as_object);
    match snapshot.and_then(|s| s.get("state")).and_then(Value::as_str) {
        Some("available") => {
            let snapshot = snapshot?;
            let prompt = count(snapshot.get("promptTokens")?)?;
            let total = snapshot.get("totalTokens").and_then(count).unwrap_or(prompt);
            Some(Usage { input: prompt, output: total.saturating_sub(prompt), ..Usage::default() })
        }
        Some("unavailable") => None,
        _ if message.get("api").and_then(Value::as_str) == Some("cli") => None,
        _ => counts(usage),
    }
}

fn counts(usage: &Map<String, Value>) -> Option<Usage> {
    let input = first(usage, INPUT);
    let output = first(usage, OUTPUT);
    let (read_cli, read_inside) = (first(usage, READ_INSIDE_CLI), first(usage, READ_INSIDE));
    let write_inside = first(usage, WRITE_INSIDE);
    let read = first(usage, READ_BESIDE).or(read_cli).or(read_inside);
    let write = first(usage, WRITE_BESIDE).or(write_inside);
    if input.is_none() && output.is_none() && read.is_none() && write.is_none() {
        return None;
    }
    let host_input = first(usage, &["input"]).is_some();
    let mut beside = input.unwrap_or(0);
    if read_inside.is_some() || (read_cli.is_some() && !host_input) {
        beside = beside.saturating_sub(read.unwrap_or(0));
    }
    if write_inside.is_some() && !host_input {
        beside = beside.saturating_sub(write.unwrap_or(0));
    }
    Some(Usage {
        input: beside,
        output: output.unwrap_or(0),
        cache_read: read.unwrap_or(0),
        cache_write: write.unwrap_or(0),
        cost_micros: cost(usage),
    })
}

/// What the call cost, millionths of a dollar, as the host worked it out (`cost.total`, dollars).
fn cost(usage: &Map<String, Value>) -> u64 {
    let dollars = usage.get("cost").and_then(|cost| cost.get("total")).and_then(Value::as_f64).unwrap_or(0.0);
    if dollars.is_finite() { (dollars * 1e6).clamp(0.0, MOST).round() as u64 } else { 0 }
}

/// The first of the spellings that is a number; `a/b` is `b` inside `a`.
fn first(usage: &Map<String, Value>, spellings: &[&str]) -> Option<u64> {
    spellings.iter().find_map(|spelling| match spelling.split_once('/') {
        None => usage.get(*spelling).and_then(count),
        Some((outer, inner)) => usage.get(outer)?.get(inner).and_then(count),
    })
}

/// A count: a number, whole, never below zero, never beyond what a JavaScript number holds exactly.
pub(super) fn count(value: &Value) -> Option<u64> {
    let number = value.as_f64()?;
    number.is_finite().then(|| number.clamp(0.0, MOST) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(usage: Value, expect: Option<(u64, u64, u64, u64)>) {
        let message = json!({"role": "assistant", "usage": usage});
        let got = of_message(message.as_object().unwrap())
            .map(|u| (u.input, u.output, u.cache_read, u.cache_write));
        assert_eq!(got, expect, "{usage}");
    }

    #[test]
    fn every_spelling() {
        check(
            json!({"input": 5, "output": 2, "cacheRead": 7, "cacheWrite": 1, "totalTokens": 15}),
            Some((5, 2, 7, 1)),
        );
        check(json!({"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0}), Some((0, 0, 0, 0)));
        check(
            json!({"input_tokens": 5, "output_tokens": 2, "cache_read_input_tokens": 7, "cache_creation_input_tokens": 1}),
            Some((5, 2, 7, 1)),
        );
        check(
            json!({"prompt_tokens": 12, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 7}}),
            Some((5, 2, 7, 0)),
        );
        check(
            json!({"input_tokens": 12, "input_tokens_details": {"cached_tokens": 7, "cache_write_tokens": 2}}),
            Some((3, 0, 7, 2)),
        );
        check(json!({"input_tokens": 12, "cached_input_tokens": 7}), Some((5, 0, 7, 0)));
        check(json!({"input": 12, "cached": 7}), Some((12, 0, 7, 0)));
        check(json!({"inputTokens": 3, "outputTokens": 4}), Some((3, 4, 0, 0)));
        check(json!({"promptTokens": 3, "completionTokens": 4}), Some((3, 4, 0, 0)));
        check(json!({"timings": {"prompt_n": 3, "predicted_n": 4}}), Some((3, 4, 0, 0)));
        check(json!({"cached_tokens": 9, "prompt_tokens": 3}), Some((0, 0, 9, 0)));
    }

    #[test]
    fn what_is_no_count_is_no_report() {
        for usage in [
            json!({}),
            json!(null),
            json!("12"),
            json!([1]),
            json!({"totalTokens": 9}),
            json!({"input": "9"}),
        ] {
            check(usage, None);
        }
        check(json!({"input": -5, "output": 2.9}), Some((0, 2, 0, 0)));
        check(json!({"input": 1e300}), Some((9_007_199_254_740_991, 0, 0, 0)));
    }

    #[test]
    fn a_context_snapshot_outranks_sums() {
        let sums = |context| json!({"input": 900, "output": 90, "cacheRead": 800, "contextUsage": context});
        check(
            sums(json!({"state": "available", "promptTokens": 400, "totalTokens": 410})),
            Some((400, 10, 0, 0)),
        );
        check(sums(json!({"state": "unavailable"})), None);
        check(sums(json!({"state": "available"})), None);
        let cli = json!({"api": "cli", "usage": {"input": 900}});
        assert_eq!(of_message(cli.as_object().unwrap()), None);
    }
}
