use super::*;
use crate::transcript::window::{Context, context};

/// Rows in short: `m:a<b` a message `a` with parent `b`; `m:a<` without one (null); `m:a` that says nothing of it;
/// `c:`/`r:` a compaction or reset, `@k` what it keeps; `l:a<b>t` a leaf row selecting `t`; `b:` a branch summary, `e:`
/// an extension message, `k:` extension state, `t:` a label, `u:` an unknown type; `~` at the end a side row. `h` is a
/// header. Anything else stands as it is.
fn row(short: &str) -> String {
    if short == "h" {
        return r#"{"type":"session","version":3,"id":"s"}"#.to_owned();
    }
    let Some((kind, rest)) = short.split_once(':').filter(|(kind, _)| kind.len() == 1) else {
        return short.to_owned();
    };
    let (rest, side) = rest.strip_suffix('~').map_or((rest, ""), |r| (r, r#","appendMode":"side""#));
    let (rest, kept) = rest
        .split_once('@')
        .map_or((rest, String::new()), |(r, k)| (r, format!(r#","firstKeptEntryId":"{k}""#)));
    let (rest, target) = rest.split_once('>').map_or((rest, ""), |(r, t)| (r, t));
    let (id, parent) = rest.split_once('<').map_or((rest, None), |(id, p)| (id, Some(p)));
    let quoted = |id: &str| {
        if id.is_empty() { "null".to_owned() } else { format!("\"{id}\"") }
    };
    let parent = parent.map(|p| format!(r#","parentId":{}"#, quoted(p))).unwrap_or_default();
    let body = match kind {
        "m" => format!(r#""message","message":{{"role":"user","content":"{id}"}}"#),
        "a" => format!(
            r#""message","message":{{"role":"assistant","content":[{{"type":"toolCall","id":"call-{id}","name":"n"}}]}}"#
        ),
        "o" => format!(
            r#""message","message":{{"role":"toolResult","toolCallId":"call-{}","content":[]}}"#,
            id.trim_start_matches('o')
        ),
        "c" => format!(r#""compaction","summary":"S{id}","tokensBefore":9"#),
        "r" => r#""reset","reason":"new""#.to_owned(),
        "l" => format!(r#""leaf","targetId":{}"#, quoted(target)),
        "b" => format!(r#""branch_summary","summary":"B{id}","fromId":"x""#),
        "e" => format!(r#""custom_message","customType":"x","content":"E{id}","display":true"#),
        "k" => r#""custom","customType":"x""#.to_owned(),
        "t" => format!(r#""label","targetId":"{target}","label":"l""#),
        _ => r#""hologram""#.to_owned(),
    };
    format!(r#"{{"type":{body},"id":"{id}"{parent}{kept}{side}}}"#)
}

/// A row cut off in its middle.
fn cut(short: &str) -> String {
    row(short).chars().take(30).collect()
}

fn file(short: &str) -> String {
    short.split_whitespace().map(|s| row(s) + "\n").collect()
}

fn plan_of(bytes: &[u8]) -> Plan {
    let mut scan = Scan::default();
    scan.push(bytes);
    scan.finish()
}

fn codes(plan: &Plan) -> Vec<String> {
    plan.diagnostics.iter().map(|d| format!("{}@{}", d.code, d.line.unwrap_or(0))).collect()
}

/// The lines of the branch, and the complaints.
fn check(short: &str, branch: &[u64], complaints: &[&str]) {
    let plan = plan_of(file(short).as_bytes());
    assert_eq!(plan.branch().collect::<Vec<_>>(), branch, "branch of {short}");
    assert_eq!(codes(&plan), complaints, "complaints of {short}");
}

/// The ids of the rows in the context, by the plan and by the walk.
fn check_context(short: &str, expect: &str) {
    let Context { messages, .. } = context(file(short).as_bytes());
    let got: Vec<String> = messages.into_iter().filter_map(|(_, m)| m.id).collect();
    assert_eq!(got.join(" "), expect, "context of {short}");
}

#[test]
fn a_chain_is_its_own_branch() {
    check("", &[], &[]);
    check("h", &[], &[]);
    check("h m:a< m:b<a m:c<b", &[2, 3, 4], &[]);
    check("h m:a< k:b<a t:c<b>a e:d<c b:e<d", &[2, 3, 4, 5, 6], &[]);
    check("m:a<", &[1], &[]);
}

#[test]
fn early_files_without_ids_are_linear() {
    check("h m: m: c: m:", &[2, 3, 4, 5], &[]);
    check("h m:a m:b m:c", &[2, 3, 4], &[]);
    let rows = r#"{"type":"session"}
{"type":"message","message":{"role":"user","content":"a"}}
{"type":"message","message":{"role":"user","content":"b"}}
{"type":"compaction","summary":"S","firstKeptEntryIndex":2}
{"type":"message","message":{"role":"user","content":"c"}}"#;
    assert_eq!(plan_of(rows.as_bytes()).context(), [4, 3, 5]);
    let texts: Vec<String> = context(rows.as_bytes())
        .messages
        .iter()
        .flat_map(|(_, m)| m.texts().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    assert_eq!(texts, ["S", "b", "c"]);
}

#[test]
fn the_last_row_is_the_tip_of_the_branch() {
    check("h m:a< m:b<a m:c<a", &[2, 4], &[]);
    check("h m:a< m:b<a m:c<b m:d<a m:e<d", &[2, 5, 6], &[]);
    check("h m:a< m:b<a m:c<", &[4], &[]);
    check("h m:a< m:b<a m:x<a~ m:c<b", &[2, 3, 5], &[]);
    check("h m:a< m:b<a m:x<a~", &[2, 3], &[]);
    check("h m:x<~ m:a<x m:b<a", &[3, 4], &[]);
}

#[test]
fn leaf_rows_move_the_tip() {
    check("h m:a< m:b<a m:c<b l:l<c>a", &[2], &[]);
    check("h m:a< m:b<a m:c<b l:l<c>a m:d<a", &[2, 6], &[]);
    check("h m:a< m:b<a m:c<b l:l<c>a m:d<l", &[2, 6], &[]);
    check("h m:a< m:b<a l:l<b> m:c<l", &[5], &[]);
    check("h m:a< m:b<a l:l<b>", &[], &[]);
    check("h m:a< m:b<a l:l<b>gone m:c<b", &[2, 3, 5], &["bad-leaf@4"]);
    check("h m:a< m:b<a l:l<b>gone l:k<l>l m:c<b", &[2, 3, 6], &["bad-leaf@4", "bad-leaf@5"]);
}

#[test]
fn unknown_rows_are_passed_through() {
    check("h m:a< u:u<a m:b<u", &[2, 4], &["unknown-type@3"]);
    check("h m:a< u:u<a u:v<u m:b<v m:c<b", &[2, 5, 6], &["unknown-type@3", "unknown-type@4"]);
    check("h m:a< u:u", &[2], &["unknown-type@3"]);
    check(r#"h m:a< {"type":"leaf","id":"l"} m:b<a"#, &[2, 4], &[]);
}

#[test]
fn after_a_reset_rows_belong_to_it() {
    check("h m:a< r:r<a m:b<r", &[2, 3, 4], &[]);
    check("h m:a< r:r<a m:b<a", &[2, 3, 4], &[]);
    check("h m:a< r:r<a m:b<r m:c<", &[2, 3, 4, 5], &[]);
    check("h m:a< r:r<a m:b<r l:l<b>a m:c<l", &[2, 3, 4, 6], &[]);
    check("h m:a< r:r<a m:b<r l:l<b>r m:c<l", &[2, 3, 6], &[]);
    check("h m:a< r:r<a r:s<a m:b<r", &[2, 3, 4, 5], &[]);
    check("h r:r< m:a<r m:b<a l:l<b>gone m:c<l m:d<l", &[2, 3, 4, 7], &[]);
}

#[test]
fn damage_is_said_and_survived() {
    check("h m:a< m:b<gone m:c<b", &[2, 3, 4], &["missing-parent@3"]);
    check("h m:b<gone m:c<b", &[2, 3], &["missing-parent@2"]);
    check("h m:a< broken m:c<b", &[2, 4], &["broken-line@3", "missing-parent@4"]);
    check("h m:a<a m:b<a", &[2, 3], &["cycle@2"]);
    check("h m:a< m:a<a m:b<a", &[3, 4], &["duplicate-id@3", "cycle@3"]);
    check("h m:a< m:b<a m:a< m:c<a", &[4, 5], &["duplicate-id@4"]);
    check("h m:a< m:b<a h m:c<b", &[2, 3, 5], &["second-header@4"]);
    check(
        r#"h m:a< [] 7 "x" null m:b<a"#,
        &[2, 7],
        &["broken-line@3", "broken-line@4", "broken-line@5", "broken-line@6"],
    );
}

#[test]
fn rows_out_of_order_are_put_right() {
    check("h m:b<a m:a< m:c<b", &[3, 2, 4], &["reordered-line@2"]);
    check("h m:c<b m:b<a m:a<", &[4, 3, 2], &["reordered-line@2", "reordered-line@3"]);
    check("m:c<b m:a< h m:d<c m:b<a", &[2, 5, 1, 4], &["reordered-line@1"]);
    check("h m:b<a m:r<c r:c<b m:a< m:d<r", &[5, 2, 4, 3, 6], &["reordered-line@2", "reordered-line@3"]);
    let plan = plan_of(file("h m:b<a m:a<b").as_bytes());
    assert_eq!(codes(&plan), ["reordered-line@2", "cycle@2"]);
    assert_eq!(plan.branch().count(), 2);
}

#[test]
fn compaction_leaves_its_summary_and_what_it_keeps() {
    check_context("h m:a< m:b<a c:c<b@b m:d<c", "c b d");
    check_context("h m:a< m:b<a c:c<b@a m:d<c", "c a b d");
    check_context("h m:a< m:b<a c:c<b m:d<c", "c d");
    check_context("h m:a< m:b<a c:c<b@gone m:d<c", "c d");
    check_context("h m:a< m:b<a c:c<b@c m:d<c", "c d");
    check_context("h m:a< m:b<a c:c<b@b m:d<c c:e<d@d m:f<e", "e d f");
    check_context("h m:a< m:b<a c:c<b@b m:d<c c:e<d@b m:f<e", "e b d f");
    check_context("h m:a< k:k<a m:b<k c:c<b@k m:d<c", "c b d");
    check_context("h m:a< m:b<a c:c<b@b m:d<c c:e<d@a m:f<e", "e a b d f");
    check("h m:a< c:c<a@gone m:b<c", &[2, 3, 4], &["missing-first-kept@3"]);
}

#[test]
fn reset_leaves_only_what_was_said() {
    check_context("h m:a< r:r<a m:b<r", "b");
    check_context("h m:a< m:b<a e:x<b r:r<x@b m:c<r", "b c");
    check_context("h m:a< a:t<a o:ot<t o:oz<ot r:r<oz@a m:c<r", "a t ot c");
    check_context("h m:a< a:t<a o:ot<t r:r<ot@ot m:c<r", "c");
    check_context("h m:a< c:c<a@a r:r<c@a m:b<r", "a b");
    check_context("h m:a< r:r<a m:b<r c:c<b@b m:d<c", "c b d");
}

#[test]
fn what_enters_the_context_and_what_does_not() {
    check_context("h m:a< k:k<a e:e<k b:b<e t:t<b>a m:c<t", "a e b c");
    let excluded = r#"{"type":"message","id":"x","parentId":"a","message":{"role":"bashExecution","command":"ls","output":"","excludeFromContext":true}}"#;
    let text = format!("{}{excluded}\n{}", file("h m:a<"), file("m:b<x"));
    let ids: Vec<_> = context(text.as_bytes()).messages.into_iter().filter_map(|(_, m)| m.id).collect();
    assert_eq!(ids, ["a", "b"]);
}

#[test]
fn the_plan_and_the_walk_agree_on_the_context() {
    for short in [
        "h m:a< m:b<a m:c<b",
        "h m:a< m:b<a c:c<b@b m:d<c",
        "h m:a< m:b<a c:c<b@b m:d<c c:e<d@b m:f<e",
        "h m:a< r:r<a m:b<r c:c<b@b m:d<c",
        "h m:a< m:b<a r:r<b@b m:c<r",
        "m:c<b m:a< h m:d<c m:b<a",
    ] {
        let text = file(short);
        let walked: Vec<u64> = context(text.as_bytes()).messages.iter().map(|(line, _)| *line).collect();
        assert_eq!(plan_of(text.as_bytes()).context(), walked, "{short}");
    }
}

#[test]
fn lines_of_every_condition() {
    let good = row("m:a<");
    let check = |bytes: Vec<u8>, branch: &[u64], complaints: &[&str]| {
        let plan = plan_of(&bytes);
        assert_eq!(plan.branch().collect::<Vec<_>>(), branch, "{}", String::from_utf8_lossy(&bytes));
        assert_eq!(codes(&plan), complaints, "{}", String::from_utf8_lossy(&bytes));
    };
    check(format!("\u{feff}{good}\r\n\r\n  \n{}\r\n", row("m:b<a")).into_bytes(), &[1, 4], &[]);
    check(format!("{good}\n{}", row("m:b<a")).into_bytes(), &[1, 2], &[]);
    check(format!("{good}\n{}", cut("m:b<a")).into_bytes(), &[1], &["truncated-line@2"]);
    check(format!("{good}\n{}\n", cut("m:b<a")).into_bytes(), &[1], &["broken-line@2"]);
    check(format!("{good}\n{}{}\n", cut("m:x<a"), row("m:b<a")).into_bytes(), &[1, 2], &["torn-line@2"]);
    check(
        [good.as_bytes(), b"\n\0\0\0\0\n", b"\0\0", row("m:b<a").as_bytes()].concat(),
        &[1, 3],
        &["nul-bytes@2", "nul-bytes@3"],
    );
    check(
        good.replace("\"content\":\"a\"", "\"content\":\"\\ud83d\"").into_bytes(),
        &[1],
        &["lone-surrogate@1"],
    );
    check([&good.as_bytes()[..20], b"\xff", &good.as_bytes()[20..]].concat(), &[1], &["invalid-utf8@1"]);
    let bad = good
        .replace("\"content\":\"a\"", "\"content\":\"@\"")
        .bytes()
        .map(|b| if b == b'@' { 0xff } else { b })
        .collect();
    check(bad, &[1], &["invalid-utf8@1"]);
    check("\n\n\n".into(), &[], &[]);
    check(b"\x00\xff\xfe garbage \x01\n".to_vec(), &[], &["broken-line@1"]);
}

#[test]
fn a_line_too_long_is_skipped_without_being_held() {
    let mut scan = Scan { split: Split::with_longest(200), rows: Rows::default() };
    scan.push(file("h m:a<").as_bytes());
    for _ in 0..1000 {
        scan.push(&[b'x'; 100]);
    }
    scan.push(b"\n");
    scan.push(file("m:b<a").as_bytes());
    let plan = scan.finish();
    assert_eq!(codes(&plan), ["too-long-line@3"]);
    assert_eq!((plan.lines, plan.rows, plan.branch().collect::<Vec<_>>()), (4, 3, vec![2, 4]));
}
