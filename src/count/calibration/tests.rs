//! Tests of what calibration learns, and of what it does not fall for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;
use proptest::prelude::*;

fn load(words: u64, other: u64, non_ascii: u64) -> Load {
    Load { words, other, non_ascii, spoken: 1, ..Load::default() }
}

/// A model whose words cost 0.8, whose Chinese costs 1.5.
fn truth(load: &Load) -> i64 {
    i64::try_from((load.words * 8 + load.other * 10 + load.non_ascii * 15) / 10 + load.spoken * 4).unwrap()
}

#[test]
fn learns_each_kind_apart() {
    let mut c = Calibration::default();
    for turn in 0..40 {
        let load = load(200 + turn * 7, 40 + turn % 5, (turn % 3) * 300);
        assert!(c.learn("fake/m", &load, truth(&load)));
    }
    let english = load(1_000, 200, 0);
    let chinese = load(0, 30, 1_000);
    for load in [english, chinese] {
        let Estimate { tokens, low, high } = c.estimate("fake/m", &load);
        let wanted = u64::try_from(truth(&load)).unwrap();
        assert!(tokens.abs_diff(wanted) * 100 <= wanted * 2, "{tokens} {wanted}");
        assert!(low <= wanted && wanted <= high && high - low < wanted / 5, "{low} {wanted} {high}");
    }
    assert_eq!(c.reports("fake/m"), 40);
}

#[test]
fn one_wild_report_moves_nothing() {
    let mut c = Calibration::default();
    for turn in 0..20 {
        let load = load(500 + turn, 90, 0);
        c.learn("fake/m", &load, truth(&load));
    }
    let text = load(500, 90, 0);
    let before = (c.estimate("fake/m", &text), c.reports("fake/m"));
    for wild in [90_000, 3, -20_000, i64::MAX, i64::MIN] {
        let mut after = c.clone();
        assert!(!after.learn("fake/m", &text, wild), "{wild}");
        assert_eq!((after.estimate("fake/m", &text), after.reports("fake/m")), before);
        assert!(after.learn("fake/m", &text, truth(&text)), "what is usual is still learned from");
    }
    assert!(!c.learn("fake/m", &Load::default(), 12), "nothing said, nothing learned");
}

#[test]
fn a_model_unlike_all_its_family_is_learned_all_the_same() {
    let mut c = Calibration::default();
    for turn in 0..30 {
        let load = load(300 + turn * 11, 60, 0);
        c.learn("ollama/bytes", &load, truth(&load) * 4);
    }
    let load = load(2_000, 300, 0);
    let Estimate { tokens: got, low, high } = c.estimate("ollama/bytes", &load);
    let wanted = u64::try_from(truth(&load)).unwrap() * 4;
    // Its family expected a quarter of that.
    assert!(
        got.abs_diff(wanted) * 100 < wanted * 15 && (low..=high).contains(&wanted),
        "{low} {got} {high} {wanted}"
    );
}

#[test]
fn an_unknown_model_begins_with_its_family_and_a_wide_interval() {
    let c = Calibration::default();
    let chinese = load(0, 0, 1_000);
    let of = |model: &str| c.estimate(model, &chinese);
    assert!((700..800).contains(&of("x/deepseek-v9").tokens), "{:?}", of("x/deepseek-v9"));
    assert!((1_300..1_500).contains(&of("anthropic/claude-sonnet-4-5").tokens));
    let (known, unknown) = (of("openai/gpt-5"), of("who/knows"));
    assert!(known.tokens.abs_diff(1_004) < 3, "{known:?}");
    assert!(unknown.high - unknown.low > 4 * (known.high - known.low), "{known:?} {unknown:?}");
    let wide = c.estimate("anthropic/claude-opus-4-7", &load(1_000, 200, 0));
    assert!(wide.low <= 1_250 && wide.high >= 1_700, "{wide:?}");
}

#[test]
fn the_least_recently_learned_model_is_forgotten() {
    let mut c = Calibration::default();
    let load = load(100, 20, 0);
    for n in 0..=MOST_MODELS {
        c.learn(&format!("p/m{n}"), &load, truth(&load));
    }
    assert_eq!(c.models.len(), MOST_MODELS);
    assert_eq!((c.reports("p/m0"), c.reports("p/m1")), (0, 1));
}

#[test]
fn what_earlier_versions_or_a_fault_left_reads_as_nothing_seen() {
    let fresh = Calibration::default().estimate("p/m", &load(100, 20, 30));
    for model in [
        // A single ratio per model, as first released.
        r#"{"counted": 5210.0, "reported": 4100.5, "missed": 80.0, "last": 7}"#,
        r#"{"gram": [1.0], "moment": [], "surprise": 1.0, "reach": 2.0, "reports": 3, "last": 9}"#,
    ] {
        let text = format!(r#"{{"models": {{"p/m": {model}}}, "reports": 9}}"#);
        let mut c: Calibration = serde_json::from_str(&text).unwrap();
        assert_eq!(c.estimate("p/m", &load(100, 20, 30)), fresh);
        assert!(c.learn("p/m", &load(100, 20, 30), 150));
        assert_eq!(c.reports, 10);
    }
}

#[test]
fn what_was_learned_survives_the_file() {
    let mut c = Calibration::default();
    for turn in 0..9 {
        let load = load(100 + turn * 31, 20, turn * 5);
        c.learn("p/m", &load, truth(&load));
    }
    let text = serde_json::to_string(&c).unwrap();
    let again: Calibration = serde_json::from_str(&text).unwrap();
    assert_eq!(again.estimate("p/m", &load(900, 80, 70)), c.estimate("p/m", &load(900, 80, 70)));
}

prop_compose! {
    fn any_load()(n in prop::array::uniform8(0u64..200_000), ruled in 0u64..5_000, guessed in 0u64..5_000) -> Load {
        let [non_ascii, words, digits, other, spoken, results, replies, calls] = n;
        let few = |n: u64| n / 2_000;
        Load { non_ascii, words, digits, other, spoken: few(spoken), results: few(results), replies: few(replies),
            calls: few(calls), ruled, guessed }
    }
}

proptest! {
    /// Whatever was reported, an estimate is a number inside its own interval, and the same every time.
    #[test]
    fn estimates_are_numbers_whatever_was_reported(
        reports in prop::collection::vec((any_load(), any::<i64>()), 0..30), load in any_load(), near in prop::collection::vec(0u32..4_000, 30)
    ) {
        let mut c = Calibration::default();
        for ((load, wild), near) in reports.iter().zip(near) {
            c.learn("p/m", load, *wild);
            let close = load.text_tokens() * u64::from(near) / 1_000;
            c.learn("p/m", load, i64::try_from(close).unwrap());
        }
        let Estimate { tokens, low, high } = c.estimate("p/m", &load);
        prop_assert!(low <= tokens && tokens <= high);
        prop_assert!(high < 100 * (load.text_tokens() + 10_000) , "{high}");
        prop_assert_eq!(c.estimate("p/m", &load), c.clone().estimate("p/m", &load));
    }

    /// More of the same text is never fewer tokens.
    #[test]
    fn a_longer_text_is_not_fewer_tokens(turns in 1u64..30, words in 10u64..3_000) {
        let mut c = Calibration::default();
        for turn in 0..turns {
            let load = load(50 + turn * 13, 10 + turn, turn * 3);
            c.learn("p/m", &load, truth(&load));
        }
        let of = |words: u64| c.estimate("p/m", &load(words, words / 5, 0)).tokens;
        prop_assert!(of(words) <= of(words * 2));
    }
}
