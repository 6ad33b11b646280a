//! Secrets out of texts, before anything is stored, shown or hashed.
//!
//! Hand-written scanners, each one pass over the bytes: no pattern engine, so no text can make them slow (about
//! 50 kB of optimised wasm). What is recognised is recognised by its own form (provider prefixes, key blocks, checksums) or
//! by the name it is given ("password: …", 密码是…); a name alone is not enough, the value must look like one.

mod assign;
mod blocks;
mod names;
mod numbers;
mod quiet;
mod tokens;
mod value;

use std::borrow::Cow;

/// How a replaced secret begins; the kind and `]` follow.
pub(crate) const MARK: &str = "[redacted:";

/// A replacement changes what stands beside it, which may uncover another secret. More rounds than this were never
/// needed; the limit keeps the work linear.
const ROUNDS: usize = 8;

/// A secret: byte range in the text and the kind shown in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    start: usize,
    end: usize,
    kind: &'static str,
}

/// `text` with every secret replaced by `[redacted:<kind>]`. Borrowed where there is none. Linear in the length of
/// the text, and a second application changes nothing.
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    let Some(mut clean) = once(text) else {
        return Cow::Borrowed(text);
    };
    for _ in 0..ROUNDS {
        match once(&clean) {
            Some(cleaner) => clean = cleaner,
            None => break,
        }
    }
    Cow::Owned(clean)
}

/// Whether a field of this name holds a secret, whatever the value looks like.
#[must_use]
pub fn names_secret(name: &str) -> bool {
    names::of(name, "").is_some()
}

/// Whether [`redact`] would change `text`.
#[must_use]
pub fn contains_secret(text: &str) -> bool {
    !spans(text).is_empty()
}

fn once(text: &str) -> Option<String> {
    let spans = spans(text);
    if spans.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for span in spans {
        out.push_str(text.get(from..span.start).unwrap_or_default());
        out.push_str(MARK);
        out.push_str(span.kind);
        out.push(']');
        from = span.end;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    Some(out)
}

/// The secrets of `text`, in order, none overlapping: of two that overlap the one that begins first names the kind
/// and both are covered.
fn spans(text: &str) -> Vec<Span> {
    if quiet::quiet(text) {
        return Vec::new();
    }
    let mut found = Vec::new();
    blocks::find(text, &mut found);
    tokens::find(text, &mut found);
    assign::find(text, &mut found);
    numbers::find(text, &mut found);
    found.sort_by(|a, b| a.start.cmp(&b.start).then(b.end.cmp(&a.end)));
    let mut out: Vec<Span> = Vec::with_capacity(found.len());
    for span in found {
        match out.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => out.push(span),
        }
    }
    out
}

/// Bytes that keys and tokens are made of.
fn in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// The end of the run of bytes from `from` that `keep` accepts.
fn run(bytes: &[u8], from: usize, keep: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().position(|&b| !keep(b)).unwrap_or(rest.len())
}

fn has(text: &str, test: impl Fn(u8) -> bool) -> bool {
    text.bytes().any(test)
}
