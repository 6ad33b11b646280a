//! What of a message's text is the speaker's own.

use crate::shared::redact::redact;
use std::borrow::Cow;

/// Blocks that the host or ASM itself puts into a prompt: not said by anybody.
const FOREIGN: &[(&str, &str)] = &[
    ("<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>", "<<<END_OPENCLAW_INTERNAL_CONTEXT>>>"),
    ("<asm-memory", "</asm-memory>"),
    ("<asm-interrupted", "</asm-interrupted>"),
];

const DAYS: &[&str] = &["Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "];
/// Longest time stamp looked for, in bytes.
const LONGEST_STAMP: usize = 64;

/// `text` without foreign blocks, time stamp and slash command, with secrets redacted (before it is cut into
/// sentences: a key block spans lines).
#[must_use]
pub fn own_words(text: &str) -> Cow<'_, str> {
    let opened = text.contains('<') && FOREIGN.iter().any(|(open, _)| text.contains(open));
    if !opened {
        return said(text);
    }
    let mut own = text.to_owned();
    for (open, close) in FOREIGN {
        own = without(&own, open, close);
    }
    Cow::Owned(said(&own).into_owned())
}

fn said(text: &str) -> Cow<'_, str> {
    let rest = unstamped(text.trim_start());
    redact(if is_command(rest) { rest.split_once('\n').map_or("", |(_, more)| more) } else { rest })
}

/// An opened block that is never closed reaches to the end.
fn without(text: &str, open: &str, close: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, block)) = rest.split_once(open) {
        out.push_str(before);
        out.push('\n');
        rest = block.split_once(close).map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

/// Without the host's `[Fri 2026-11-20 23:14 UTC] `.
fn unstamped(text: &str) -> &str {
    let Some(inner) = text.strip_prefix('[') else { return text };
    let Some(date) = DAYS.iter().find_map(|d| inner.strip_prefix(d)) else { return text };
    match date.find(']') {
        Some(end) if end < LONGEST_STAMP && date.starts_with(|c: char| c.is_ascii_digit()) => {
            date.get(end + 1..).unwrap_or_default().trim_start()
        }
        _ => text,
    }
}

/// `/new`, `/compact now`, and not `/usr/bin/env`.
fn is_command(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('/') else { return false };
    let word = rest.split_whitespace().next().unwrap_or_default();
    word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':' | '@'))
}
