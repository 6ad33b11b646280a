//! The real transcript, read whole and in pieces, and small trees with what the host itself makes of them.

use auto_session_manager::shared::time;
use auto_session_manager::transcript::follow::Follow;
use auto_session_manager::transcript::line::{Body, Line};
use auto_session_manager::transcript::message::{Part, Role};
use auto_session_manager::transcript::scan::{Plan, Scan};
use auto_session_manager::transcript::walk::{ContextWalk, Event};
use auto_session_manager::transcript::window;
use std::collections::BTreeMap;

const FILE: &[u8] = include_bytes!("../data/large-session.jsonl");

fn scan(pieces: &[&[u8]]) -> Plan {
    let mut scan = Scan::default();
    pieces.iter().for_each(|piece| scan.push(piece));
    scan.finish()
}

fn follow(plan: &Plan, pieces: &[&[u8]]) -> Vec<Line> {
    let mut follow = Follow::new(plan);
    let mut lines = Vec::new();
    pieces.iter().for_each(|piece| follow.push(piece, |line| lines.push(line)));
    assert_eq!(follow.finish(|line| lines.push(line)), []);
    lines
}

#[test]
fn its_lines_are_all_on_the_branch() {
    let plan = scan(&[FILE]);
    assert_eq!((plan.lines, plan.rows, plan.header), (1019, 1019, Some(1)));
    assert_eq!(plan.branch().collect::<Vec<_>>(), (2..=1019).collect::<Vec<_>>());
    assert!(plan.in_file_order() && plan.boundaries.is_empty());
    assert_eq!(plan.diagnostics, []);
}

#[test]
fn its_summary() {
    let lines = follow(&scan(&[FILE]), &[FILE]);
    let mut kinds: BTreeMap<&str, u32> = BTreeMap::new();
    let (mut calls, mut thinking, mut reported, mut prompt, mut errors) = (0, 0, 0, 0u64, 0);
    for line in &lines {
        let kind = match &line.body {
            Body::Session { .. } => "session",
            Body::ModelChange(_) => "model",
            Body::ThinkingLevelChange { .. } => "thinking",
            Body::Message(m) => match m.role {
                Role::User => "user",
                Role::Assistant => "assistant",
                Role::ToolResult => "result",
                _ => "other",
            },
            _ => "other",
        };
        *kinds.entry(kind).or_default() += 1;
        let Body::Message(m) = &line.body else { continue };
        assert!(!m.parts.iter().any(|p| matches!(p, Part::Other(_))), "line {}", line.number);
        calls += m.parts.iter().filter(|p| matches!(p, Part::ToolCall { .. })).count();
        thinking += m.parts.iter().filter(|p| matches!(p, Part::Thinking(_))).count();
        reported += u32::from(m.usage.is_some_and(|u| u.prompt() > 0));
        prompt = prompt.max(m.usage.map_or(0, |u| u.prompt()));
        errors += u32::from(m.is_error);
    }
    insta::assert_debug_snapshot!((kinds, calls, thinking, reported, prompt, errors));
}

#[test]
fn its_first_and_last_rows() {
    let lines = follow(&scan(&[FILE]), &[FILE]);
    let said = |line: &Line| {
        let Body::Message(m) = &line.body else { panic!("line {} is no message", line.number) };
        (line.number, m.role, m.texts().collect::<String>(), m.timestamp_ms.map(time::format))
    };
    let messages: Vec<&Line> = lines.iter().filter(|l| matches!(l.body, Body::Message(_))).collect();
    assert_eq!(said(messages[0]), (2, Role::User, "/mode".into(), Some("2025-11-20T23:33:01.544Z".into())));
    let (number, role, text, at) = said(messages[messages.len() - 1]);
    insta::assert_debug_snapshot!((number, role, text.chars().take(120).collect::<String>(), at));
}

#[test]
fn pieces_of_any_size_give_the_same() {
    let whole = follow(&scan(&[FILE]), &[FILE]);
    for size in [1021, 4096, 65_536] {
        let pieces: Vec<&[u8]> = FILE.chunks(size).collect();
        let plan = scan(&pieces);
        assert_eq!(plan.branch().len(), 1018);
        assert_eq!(follow(&plan, &pieces), whole, "{size}");
    }
}

#[test]
fn its_model_and_its_context() {
    let plan = scan(&[FILE]);
    let walk = ContextWalk::new(&plan);
    let events: Vec<Event> = follow(&plan, &[FILE]).into_iter().filter_map(|line| walk.step(line)).collect();
    let models: Vec<(u64, Option<String>)> = events
        .iter()
        .filter_map(|e| {
            if let Event::ModelChange { line, model } = e { Some((*line, model.model.clone())) } else { None }
        })
        .collect();
    let claude = Some("claude-sonnet-4-5".to_owned());
    assert_eq!(models, [(1, claude.clone()), (4, claude)]);
    assert_eq!(window::context(FILE).messages.len(), 914);
}

#[test]
fn its_beginning_cut_anywhere_is_still_read() {
    let beginning: Vec<u8> = FILE.split_inclusive(|b| *b == b'\n').take(6).flatten().copied().collect();
    for end in 0..beginning.len() {
        let cut = &beginning[..end];
        let plan = scan(&[cut]);
        let whole = cut.iter().filter(|b| **b == b'\n').count() as u64;
        let complete = cut.last().is_some_and(|b| *b == b'}') && beginning[end] == b'\n';
        assert_eq!(plan.rows, whole + u64::from(complete), "cut at {end}");
        let partial = end > 0 && cut[end - 1] != b'\n' && !complete;
        let codes: Vec<&str> = plan.diagnostics.iter().map(|d| d.code).collect();
        assert_eq!(codes, if partial { vec!["truncated-line"] } else { vec![] }, "cut at {end}");
    }
}

/// Each line holds the rows of a small session and the ids that OpenClaw 2026.9.6 puts on the branch and in the context.
#[test]
fn small_trees_are_read_as_the_host_reads_them() {
    let cases = include_str!("../data/host-trees.jsonl");
    assert_eq!(cases.lines().count(), 120);
    for (number, case) in cases.lines().enumerate() {
        let case: serde_json::Value = serde_json::from_str(case).unwrap();
        let rows = case["rows"].as_array().unwrap();
        let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
        let id = |line: u64| rows[line as usize - 1]["id"].clone();
        let context = window::context(text.as_bytes());
        let branch: Vec<_> = context.plan.branch().map(id).collect();
        let messages: Vec<_> = context.messages.iter().map(|(line, _)| id(*line)).collect();
        assert_eq!(branch, *case["branch"].as_array().unwrap(), "branch of case {number}");
        assert_eq!(messages, *case["context"].as_array().unwrap(), "context of case {number}");
    }
}
