//! What holds for every input: no panic, no loss without a word, the same in pieces as whole.

use auto_session_manager::shared::time;
use auto_session_manager::transcript::follow::Follow;
use auto_session_manager::transcript::line::Line;
use auto_session_manager::transcript::scan::{Plan, Scan};
use auto_session_manager::transcript::{decode, entry, value, window};
use proptest::prelude::*;
use serde_json::{Value, json};

fn read(bytes: &[u8], piece: usize, held: usize) -> (Plan, Vec<Line>, Vec<String>) {
    let mut scan = Scan::default();
    bytes.chunks(piece.max(1)).for_each(|chunk| scan.push(chunk));
    let plan = scan.finish();
    let mut follow = Follow::holding(&plan, held);
    let mut lines = Vec::new();
    bytes.chunks(piece.max(1)).for_each(|chunk| follow.push(chunk, |line| lines.push(line)));
    let codes = follow.finish(|line| lines.push(line)).into_iter().map(|d| d.code.to_owned()).collect();
    (plan, lines, codes)
}

/// A chain of messages, each naming the one before.
fn chain(length: usize) -> Vec<String> {
    (0..length)
        .map(|n| {
            let parent = n.checked_sub(1).map(|p| format!("m{p}"));
            json!({"type": "message", "id": format!("m{n}"), "parentId": parent, "message": {"role": "user", "content": format!("say {n}")}}).to_string()
        })
        .collect()
}

/// A row that may be anything a damaged or foreign file holds, over few ids so that they meet.
fn any_row() -> impl Strategy<Value = String> {
    let id = || prop_oneof![Just(json!(null)), "[a-d]".prop_map(Value::from), Just(json!(7))];
    let kind = prop::sample::select(vec![
        "message",
        "compaction",
        "reset",
        "leaf",
        "custom",
        "label",
        "branch_summary",
        "hologram",
        "session",
    ]);
    let row = (kind, id(), id(), id(), id(), any::<bool>()).prop_map(|(kind, own, parent, target, kept, side)| {
        let mut row = json!({"type": kind, "id": own, "parentId": parent, "targetId": target, "firstKeptEntryId": kept,
            "summary": "s", "message": {"role": "user", "content": "x"}});
        if side {
            row["appendMode"] = json!("side");
        }
        row.to_string()
    });
    prop_oneof![8 => row, 1 => "\\PC{0,20}", 1 => Just("\0\0".to_owned()), 1 => Just("{\"type\":\"mess".to_owned())]
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    let keys = prop::sample::select(vec![
        "role",
        "content",
        "type",
        "text",
        "usage",
        "input",
        "id",
        "timestamp",
        "message",
        "summary",
        "__openclaw",
        "totalTokens",
    ]);
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((keys.clone(), inner), 0..6)
                .prop_map(|m| Value::Object(m.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn garbage_never_stops_a_reading(bytes in prop::collection::vec(any::<u8>(), 0..400), piece in 1usize..50) {
        let (plan, lines, _) = read(&bytes, piece, 1 << 20);
        prop_assert!(lines.len() as u64 <= plan.rows);
        let _ = value::decode(&bytes);
    }

    #[test]
    fn rows_of_every_kind_are_read_alike_in_pieces_and_whole(rows in prop::collection::vec(any_row(), 0..30), piece in 1usize..200) {
        let text = rows.join("\n");
        let (plan, lines, codes) = read(text.as_bytes(), usize::MAX, 1 << 20);
        let (_, pieces, _) = read(text.as_bytes(), piece, 1 << 20);
        prop_assert_eq!(&lines, &pieces);
        prop_assert_eq!(codes, Vec::<String>::new());
        let mut branch: Vec<u64> = plan.branch().collect();
        let given: Vec<u64> = lines.iter().map(|l| l.number).filter(|n| plan.header != Some(*n)).collect();
        prop_assert_eq!(&given, &branch, "the branch is given whole and in order");
        branch.sort_unstable();
        branch.dedup();
        prop_assert_eq!(branch.len(), given.len(), "no row twice");
        for boundary in &plan.boundaries {
            prop_assert!(given.contains(&boundary.line));
            prop_assert!(boundary.first_kept.is_none_or(|line| given.contains(&line)));
        }
        prop_assert!(window::context(text.as_bytes()).messages.len() <= given.len());
    }

    #[test]
    fn a_shuffled_chain_is_put_right(order in Just((0..24usize).collect::<Vec<_>>()).prop_shuffle()) {
        let rows = chain(24);
        let text: String = order.iter().map(|n| format!("{}\n", rows[*n])).collect();
        let (_, lines, codes) = read(text.as_bytes(), 100, 1 << 20);
        let ids: Vec<String> = lines.into_iter().filter_map(|l| l.id).collect();
        prop_assert_eq!(ids, (0..24).map(|n| format!("m{n}")).collect::<Vec<_>>());
        prop_assert_eq!(codes, Vec::<String>::new());
    }

    #[test]
    fn held_lines_are_bounded_and_none_is_lost(order in Just((0..24usize).collect::<Vec<_>>()).prop_shuffle(), held in 0usize..600) {
        let rows = chain(24);
        let text: String = order.iter().map(|n| format!("{}\n", rows[*n])).collect();
        let (_, lines, _) = read(text.as_bytes(), 100, held);
        let mut ids: Vec<String> = lines.into_iter().filter_map(|l| l.id).collect();
        ids.sort_by_key(|id| id[1..].parse::<u32>().unwrap());
        prop_assert_eq!(ids, (0..24).map(|n| format!("m{n}")).collect::<Vec<_>>());
    }

    #[test]
    fn values_of_any_shape_are_messages_and_entries(value in any_value()) {
        let message = decode::message(&value);
        prop_assert!(message.texts().count() <= message.parts.len());
        let counters = entry::counters(&value);
        prop_assert!(counters.prompt != Some(0) && counters.window != Some(0));
    }

    #[test]
    fn times_go_both_ways(ms in -62_167_219_200_000i64..=253_402_300_799_999) {
        prop_assert_eq!(time::parse(&time::format(ms)), Some(ms));
    }

    #[test]
    fn texts_are_times_or_not(text in "\\PC{0,30}") {
        let _ = time::parse(&text);
    }
}

#[test]
fn a_small_file_cut_at_every_byte() {
    let text = chain(5).join("\n");
    for end in 0..text.len() {
        let (plan, lines, codes) = read(&text.as_bytes()[..end], 7, 1 << 20);
        assert_eq!(lines.len() as u64, plan.rows, "cut at {end}");
        assert!(
            codes.is_empty() && plan.diagnostics.iter().all(|d| d.code == "truncated-line"),
            "cut at {end}"
        );
    }
}

#[test]
fn a_row_lost_in_the_middle_costs_only_itself() {
    let rows = chain(9);
    for lost in 0..9 {
        let text: String =
            rows.iter().enumerate().filter(|(n, _)| *n != lost).map(|(_, r)| format!("{r}\n")).collect();
        let (plan, lines, _) = read(text.as_bytes(), 64, 1 << 20);
        assert_eq!(lines.len(), 8, "without row {lost}");
        assert_eq!(plan.diagnostics.len(), usize::from(lost < 8), "without row {lost}");
    }
}

#[test]
fn a_row_nested_too_deep_keeps_its_place() {
    let mut rows = chain(3);
    rows[1] = rows[1].replace("\"say 1\"", &format!("{}{}", "[".repeat(90_000), "]".repeat(90_000)));
    let (plan, lines, codes) = read(rows.join("\n").as_bytes(), 4096, 1 << 20);
    assert_eq!(plan.branch().collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(lines.iter().map(|l| l.number).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(codes, ["too-deep"]);
}

#[test]
fn a_file_that_changed_between_its_readings() {
    let text = chain(3).join("\n");
    let mut scan = Scan::default();
    scan.push(text.as_bytes());
    let mut follow = Follow::new(&scan.finish());
    follow.push(text.replace("m1\",\"parentId", "m1\" \"parentId").as_bytes(), |_| ());
    let codes: Vec<String> = follow.finish(|_| ()).into_iter().map(|d| d.code.to_owned()).collect();
    assert_eq!(codes, ["changed-file"]);
}
