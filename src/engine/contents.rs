//! What fills a context, told to a person: `/asm context`, and `breakdown` of a stored session.

use crate::count::contents::{Breakdown, Item, Kind, Means};
use crate::count::load::Load;
use crate::count::meter::{Occupancy, Share};
use crate::shared::language::Language;
use crate::shared::notice::Notice;
use serde_json::{Value, json};

/// Characters of a tool's name that are shown.
const MOST_NAME: usize = 64;
/// Messages listed to a person.
const LISTED: usize = 5;

/// The model's window, tokens.
#[derive(Clone, Copy, Debug)]
pub struct ContextWindow {
    pub tokens: u64,
    /// Nobody told it.
    pub assumed: bool,
}

/// The breakdown, one contributor a line.
#[must_use]
pub fn text(breakdown: &Breakdown, window: Option<ContextWindow>, language: Language) -> String {
    let part = |notice: Notice, name: &str, tokens: u64| {
        let share = Share::of(tokens, breakdown.total).map_or_else(String::new, |s| s.to_string());
        notice.say(language, &[name, &tokens.to_string(), &share])
    };
    let mut lines = vec![head(breakdown, language)];
    // Of messages alone no share of the window can be told.
    if let Some(window) = window.filter(|_| breakdown.occupancy != Occupancy::Unknown) {
        let tokens = window.tokens.to_string();
        lines.push(match (Share::of(breakdown.total, window.tokens), window.assumed) {
            (Some(share), false) => Notice::FillWindow.say(language, &[&tokens, &share.to_string()]),
            (Some(share), true) => Notice::FillWindowAssumed.say(language, &[&tokens, &share.to_string()]),
            (None, false) => Notice::FillWindowOver.say(language, &[&tokens]),
            (None, true) => Notice::FillWindowOverAssumed.say(language, &[&tokens]),
        });
    }
    for (kind, tokens) in &breakdown.kinds {
        lines.push(part(Notice::FillPart, &kind_notice(*kind).say(language, &[]), *tokens));
    }
    if !breakdown.largest.is_empty() {
        lines.push(Notice::FillLargest.say(language, &[]));
    }
    for (item, tokens) in breakdown.largest.iter().take(LISTED) {
        lines.push(part(Notice::FillPart, &item_name(item, language), *tokens));
    }
    if !breakdown.frees.is_empty() {
        lines.push(Notice::FillFrees.say(language, &[]));
    }
    for (means, tokens) in &breakdown.frees {
        lines.push(part(Notice::FillPart, &means_notice(*means).say(language, &[]), *tokens));
    }
    lines.join("\n")
}

fn head(breakdown: &Breakdown, language: Language) -> String {
    let total = breakdown.total.to_string();
    match breakdown.occupancy {
        Occupancy::Known { .. } => Notice::FillHead.say(language, &[&total]),
        Occupancy::Estimated { low, high, .. } => {
            Notice::FillHeadAbout.say(language, &[&total, &low.to_string(), &high.to_string()])
        }
        Occupancy::Unknown => Notice::FillHeadAtLeast.say(language, &[&total]),
    }
}

/// The same as a value: `{version, total_tokens, context, window_tokens, parts, largest, frees}`, tokens with their
/// percent of the total, to a tenth, each. `context` says how far the total can be trusted: `state` `known`, `estimated`
/// (between `low` and `high`), or `unknown`, where it is the messages alone.
#[must_use]
pub fn value(breakdown: &Breakdown, window: Option<u64>) -> Value {
    let percent = |tokens: u64| Share::of(tokens, breakdown.total).map(Share::decimal);
    let parts = breakdown.kinds.iter();
    let parts: Vec<Value> =
        parts.map(|(kind, t)| json!({"kind": kind, "tokens": t, "percent": percent(*t)})).collect();
    let largest = breakdown.largest.iter().map(|(item, t)| {
        json!({"kind": item.kind, "tool": item.name, "line": item.line, "tokens": t, "percent": percent(*t)})
    });
    let frees = breakdown.frees.iter();
    let frees: Vec<Value> =
        frees.map(|(means, t)| json!({"means": means, "tokens": t, "percent": percent(*t)})).collect();
    json!({
        "version": 1,
        "total_tokens": breakdown.total,
        "context": breakdown.occupancy,
        "window_tokens": window,
        "parts": parts,
        "largest": largest.collect::<Vec<_>>(),
        "frees": frees,
    })
}

fn item_name(item: &Item, language: Language) -> String {
    let mut name = item_notice(item.kind).say(language, &[&tool_name(item)]);
    if item.anatomy.pictures != Load::default() {
        name.push_str(&Notice::FillWithPictures.say(language, &[]));
    }
    if let Some(line) = item.line {
        name.push_str(&Notice::FillAtLine.say(language, &[&line.to_string()]));
    } else if let Some(at) = item.at_ms {
        name.push_str(&format!(" {}", crate::shared::time::rfc3339(at)));
    }
    name
}

/// A tool's name as far as it can be shown: names come from files and providers.
fn tool_name(item: &Item) -> String {
    let name = item.name.as_deref().unwrap_or_default();
    let shown: String = name.chars().filter(|c| !c.is_control()).take(MOST_NAME).collect();
    if shown.is_empty() { "?".to_owned() } else { shown }
}

/// One message: all of it, calls and thinking included.
fn item_notice(kind: Kind) -> Notice {
    match kind {
        Kind::User => Notice::FillOneUser,
        Kind::Reply | Kind::Thinking | Kind::ToolCall => Notice::FillOneReply,
        Kind::ToolResult => Notice::FillOneToolResult,
        Kind::Summary => Notice::FillOneSummary,
        Kind::Host | Kind::Fixed | Kind::Picture => Notice::FillOneHost,
    }
}

fn kind_notice(kind: Kind) -> Notice {
    match kind {
        Kind::Fixed => Notice::FillFixed,
        Kind::User => Notice::FillUser,
        Kind::Reply => Notice::FillReply,
        Kind::Thinking => Notice::FillThinking,
        Kind::ToolCall => Notice::FillToolCall,
        Kind::ToolResult => Notice::FillToolResult,
        Kind::Picture => Notice::FillPicture,
        Kind::Summary => Notice::FillSummary,
        Kind::Host => Notice::FillHost,
    }
}

fn means_notice(means: Means) -> Notice {
    match means {
        Means::SoftTrim => Notice::FillSoftTrim,
        Means::HardClear => Notice::FillHardClear,
        Means::Compaction => Notice::FillCompaction,
    }
}
