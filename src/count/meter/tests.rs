//! Tests of the meter: what it says before, between and after reports.

use super::*;
use crate::transcript::message::Part;

fn row(role: Role, text: &str) -> Message {
    Message { role, parts: vec![Part::Text(text.into())], ..Message::default() }
}

fn user(text: &str) -> Message {
    row(Role::User, text)
}

fn reply_of(model: &str, prompt: u64, output: u64) -> Message {
    let usage = Usage { input: prompt, output, ..Usage::default() };
    let (provider, model) = model.split_once('/').unwrap();
    Message {
        usage: Some(usage),
        provider: Some(provider.into()),
        model: Some(model.into()),
        ..row(Role::Assistant, "done")
    }
}

fn reply(prompt: u64, output: u64) -> Message {
    reply_of("openai/gpt-5", prompt, output)
}

fn text(words: usize) -> String {
    "word ".repeat(words)
}

#[test]
fn unknown_until_a_report_then_known_then_estimated() {
    let (mut m, mut c) = (Meter::default(), Calibration::default());
    m.emptied();
    m.add(&user(&text(50)), &mut c);
    assert_eq!(m.occupancy(&c), Occupancy::Unknown);
    let reported = m.add(&reply(8_055, 5), &mut c).unwrap();
    assert_eq!((reported.reported, reported.new, reported.cause), (8_055, None, Cause::FirstReport));
    assert_eq!(m.occupancy(&c), Occupancy::Known { tokens: 8_060 });
    m.add(&user(&text(40)), &mut c);
    let Occupancy::Estimated { tokens, low, high } = m.occupancy(&c) else { panic!("not estimated") };
    assert!(low < tokens && tokens < high && tokens.abs_diff(8_105) < 3, "{low} {tokens} {high}");
    let reported = m.add(&reply(8_106, 5), &mut c).unwrap();
    assert_eq!(reported.cause, Cause::Reported);
    let (expected, grown) = reported.new.unwrap();
    assert!(grown == 46 && (expected - 45).abs() < 3, "{expected}");
}

#[test]
fn failed_and_zero_usage_rows_report_nothing() {
    let (mut m, mut c) = (Meter::default(), Calibration::default());
    m.add(&reply(5_000, 10), &mut c);
    let failed = Message { stop_reason: Some("error".into()), ..reply(0, 0) };
    assert_eq!(m.add(&failed, &mut c), None);
    assert_eq!(m.occupancy(&c), Occupancy::Known { tokens: 5_010 });
    assert_eq!(m.add(&reply(0, 0), &mut c), None);
    assert_eq!(m.since, 1, "its words count, its report does not");
}

/// A context that was empty, and one report: about 8,000 tokens are none of its messages'.
fn with_fixed_part() -> (Meter, Calibration) {
    let (mut m, mut c) = (Meter::default(), Calibration::default());
    m.emptied();
    m.add(&user(&text(100)), &mut c);
    m.add(&reply(8_104, 5), &mut c);
    (m, c)
}

#[test]
fn after_a_compaction_a_whole_recount_is_an_estimate() {
    let (mut m, mut c) = with_fixed_part();
    m.add(&user(&text(30_000)), &mut c);
    m.add(&reply(38_120, 5), &mut c);
    m.rewritten();
    assert_eq!(m.occupancy(&c), Occupancy::Unknown, "nobody has shown the new history");
    let summary = row(Role::CompactionSummary, &text(500));
    m.recounted(&[&summary], None, true, &c);
    let Occupancy::Estimated { tokens, low, high } = m.occupancy(&c) else { panic!("not estimated") };
    assert!(tokens.abs_diff(8_504) < 30 && low < 8_504 && high > 8_504, "{low} {tokens} {high}");
    assert_eq!(m.fixed(&c).map(|f| f.abs_diff(8_000) < 10), Some(true));
    let reported = m.add(&reply(8_510, 5), &mut c).unwrap();
    assert_eq!((reported.cause, reported.new), (Cause::Reported, None));
}

#[test]
fn an_emptied_context_holds_the_fixed_part() {
    let (mut m, c) = with_fixed_part();
    m.emptied();
    let tokens = m.occupancy(&c).tokens().unwrap();
    assert!(tokens.abs_diff(8_000) < 10, "{tokens}");
}

#[test]
fn another_model_is_an_estimate_until_it_reports() {
    let (mut m, mut c) = (Meter::default(), Calibration::default());
    m.emptied();
    m.add(&user(&text(1_000)), &mut c);
    m.add(&reply(9_004, 5), &mut c);
    assert!(!m.switch("openai/gpt-5") && !m.switch(""));
    assert!(m.switch("anthropic/claude-opus-4-7"));
    let Occupancy::Estimated { tokens, low, high } = m.occupancy(&c) else { panic!("not estimated") };
    assert!((10_800..12_500).contains(&tokens) && low < 11_000 && high > 12_000, "{low} {tokens} {high}");
    let reported = m.add(&reply_of("anthropic/claude-opus-4-7", 11_900, 9), &mut c).unwrap();
    assert_eq!((reported.cause, reported.new), (Cause::ModelSwitch, None));
    assert_eq!(m.occupancy(&c), Occupancy::Known { tokens: 11_909 });
    assert!(m.switch("openai/gpt-5"), "and back");
    let tokens = m.occupancy(&c).tokens().unwrap();
    assert!(tokens.abs_diff(9_010) < 40, "{tokens}");
}

#[test]
fn what_the_host_trimmed_is_said() {
    let (mut m, mut c) = (Meter::default(), Calibration::default());
    m.add(&reply(60_000, 10), &mut c);
    m.add(&user("go on"), &mut c);
    assert_eq!(m.add(&reply(31_000, 10), &mut c).unwrap().cause, Cause::Pruned);
    m.add(&user("go on"), &mut c);
    assert_eq!(m.add(&reply(45_000, 10), &mut c).unwrap().cause, Cause::Corrected);
    let learned = c.estimate("openai/gpt-5", &Load { words: 1_000, ..Load::default() }).tokens;
    assert!(learned.abs_diff(1_000) < 20, "neither taught anything: {learned}");
}

#[test]
fn thinking_leaves_the_context_with_its_turn_where_the_provider_drops_it() {
    let think = |model: &str, prompt| {
        let mut message = reply_of(model, prompt, 2_005);
        message.parts.insert(0, Part::Thinking(text(900)));
        message
    };
    for (model, dropped) in [("deepseek/deepseek-reasoner", true), ("anthropic/claude-opus-4-7", false)] {
        let (mut m, mut c) = (Meter::default(), Calibration::default());
        m.add(&think(model, 5_000), &mut c);
        m.add(&row(Role::ToolResult, "ok"), &mut c);
        let within = m.occupancy(&c).tokens().unwrap();
        assert!(within > 7_000, "within the turn it stays: {within}");
        m.add(&user("next"), &mut c);
        let behind = m.occupancy(&c).tokens().unwrap();
        assert_eq!(behind < 5_100, dropped, "{model}: {behind}");
    }
}

#[test]
fn a_history_counted_in_whole_stands_on_its_last_report() {
    let (mut m, c) = (Meter::default(), Calibration::default());
    let rows = [user(&text(10)), reply(8_014, 1), user(&text(200))];
    let rows: Vec<&Message> = rows.iter().collect();
    m.recounted(&rows, Some(1), false, &c);
    let tokens = m.occupancy(&c).tokens().unwrap();
    assert!(tokens.abs_diff(8_219) < 4, "{tokens}");
    assert_eq!(m.fixed(&c).map(|f| f.abs_diff(8_000) < 5), Some(true));
    // The same rows counted again, after an edit that no report covers.
    m.recounted(&rows[..1], None, true, &c);
    let tokens = m.occupancy(&c).tokens().unwrap();
    assert!(tokens.abs_diff(8_014) < 5, "{tokens}");
}

#[test]
fn what_an_earlier_version_stored_is_read() {
    let old = r#"{"window": 32768, "anchor": {"prompt": 5000, "output": 50, "model": "p/m"}, "since": 0,
        "counted": 21, "growth": {"turns": [14600]}, "turn_start": 5050}"#;
    let m: Meter = serde_json::from_str(old).unwrap();
    assert_eq!(m.occupancy(&Calibration::default()), Occupancy::Known { tokens: 5_050 });
    assert_eq!(m.held(), None, "what is in the context was not stored");
}

#[test]
fn a_report_that_cannot_be_true_changes_nothing() {
    let (mut m, mut c) = (Meter { window: Some(32_768), ..Meter::default() }, Calibration::default());
    m.emptied();
    m.add(&user("hello"), &mut c);
    for (prompt, output) in [(50_000, 5), (9_000_000_000_000_000, 5), (900, 60_000)] {
        let reported = m.add(&reply(prompt, output), &mut c).unwrap();
        assert_eq!((reported.cause, reported.expected), (Cause::Implausible, None));
        assert_eq!(m.occupancy(&c), Occupancy::Unknown);
    }
    m.add(&reply(8_010, 5), &mut c);
    m.turn_ended(&c);
    let paid =
        Message { usage: Some(Usage { input: 50_000, cost_micros: 900, ..Usage::default() }), ..reply(0, 0) };
    let reported = m.add(&paid, &mut c).unwrap();
    assert_eq!(reported.cause, Cause::Implausible);
    m.turn_ended(&c);
    assert!(m.occupancy(&c).tokens().unwrap() < 8_030 && m.growth.next_turn() < 20 && m.cost_micros == 0);
    assert!(m.fixed(&c).unwrap() < 8_010);
    let endless = Meter::default();
    assert!(!endless.believes(Usage { input: u64::MAX, ..Usage::default() }));
}

#[test]
fn thinking_that_no_row_shows_is_billed_and_not_sent_again() {
    let (mut m, mut c) = (Meter::default(), Calibration::default());
    m.emptied();
    let mut prompt = 8_000;
    for n in 0..40 {
        m.add(&user(&text(20)), &mut c);
        prompt += 25;
        let said = Message { parts: vec![Part::Text(text(180))], ..reply(prompt, 600 + n) };
        m.add(&said, &mut c);
        prompt += 185;
        let next = m.occupancy(&c).tokens().unwrap();
        assert!(next.abs_diff(prompt) < 40, "turn {n}: {next} for {prompt}");
    }
    let rows: Vec<Message> =
        (0..40).flat_map(|_| [user(&text(20)), row(Role::Assistant, &text(180))]).collect();
    m.recounted(&rows.iter().collect::<Vec<_>>(), None, true, &c);
    let whole = m.occupancy(&c).tokens().unwrap();
    assert!(whole.abs_diff(prompt) < prompt / 50, "{whole} for {prompt}");
}

#[test]
fn images_leave_with_their_turn() {
    let (mut m, mut c) = (Meter::default(), Calibration::default());
    m.emptied();
    m.next_model = Some("openai/gpt-5".into());
    let shown = |n: u64| {
        let image = Part::Image { bytes: 90_000, size: Some((1_000, 1_000)) };
        Message { parts: vec![Part::Text("look".into()), image], timestamp_ms: Some(n as i64), ..user("") }
    };
    let (mut prompt, mut errors) = (8_000, 0);
    for turn in 0..10 {
        m.add(&shown(turn), &mut c);
        // Four turns are sent with their images, 765 tokens each by OpenAI's rule.
        prompt += 5 + if turn < 4 { 765 } else { 0 };
        let reported = m.add(&reply(prompt, 5), &mut c).unwrap();
        prompt += 5;
        errors += u64::from(turn > 0 && reported.cause != Cause::Reported);
        assert!(
            turn == 0 || reported.expected.unwrap().abs_diff(reported.reported) < 40,
            "{turn} {reported:?}"
        );
    }
    assert_eq!(errors, 0);
    let images = |m: &Meter| {
        m.breakdown(&c).unwrap().kinds.iter().find(|(k, _)| *k == contents::Kind::Picture).unwrap().1
    };
    assert!(images(&m).abs_diff(4 * 765) < 200, "{}", images(&m));
}

#[test]
fn what_is_ours_in_the_system_prompt_comes_and_goes() {
    let (mut m, mut c) = (Meter::default(), Calibration::default());
    m.emptied();
    m.add(&user(&text(50)), &mut c);
    m.add(&reply(8_055, 5), &mut c);
    m.block = Load { words: 1_000, ..Load::default() };
    let with = m.occupancy(&c).tokens().unwrap();
    assert!(with.abs_diff(9_060) < 30, "{with}");
    m.add(&user("go on"), &mut c);
    m.add(&reply(9_066, 5), &mut c);
    assert_eq!(m.occupancy(&c), Occupancy::Known { tokens: 9_071 });
    m.block = Load::default();
    let without = m.occupancy(&c).tokens().unwrap();
    assert!(without.abs_diff(8_071) < 30, "{without}");
    assert!(m.fixed(&c).unwrap().abs_diff(8_000) < 30);
}
