//! What fills a context, told to a person: `/asm context`, and `breakdown` of a stored session.

use crate::count::contents::{Breakdown, Item, Kind, Means};
use crate::count::meter::Share;
use crate::shared::language::Language;
use crate::shared::notice::Notice;
use serde_json::{Value, json};

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
    let mut lines = vec![Notice::FillHead.say(language, &[&breakdown.total.to_string()])];
    if let Some(window) = window {
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

/// The same as a value: `{version, total_tokens, window_tokens, parts, largest, frees}`, tokens with their percent of the
/// total, to a tenth, each.
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
        "window_tokens": window,
        "parts": parts,
        "largest": largest.collect::<Vec<_>>(),
        "frees": frees,
    })
}

fn item_name(item: &Item, language: Language) -> String {
    let mut name = kind_notice(item.kind).say(language, &[]);
    if let Some(tool) = &item.name {
        name.push_str(&format!(" {tool}"));
    }
    if let Some(line) = item.line {
        name.push_str(&Notice::FillAtLine.say(language, &[&line.to_string()]));
    } else if let Some(at) = item.at_ms {
        name.push_str(&format!(" {}", crate::shared::time::rfc3339(at)));
    }
    name
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
