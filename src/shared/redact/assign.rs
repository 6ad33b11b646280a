//! Secrets by name: `password=…`, `"token": "…"`, `--api-key …`, "the password is …", 密码是…

use super::names::{self, Name};
use super::value::{self, Form};
use super::{MARK, Span, in_word, run};

/// Longest run of blanks looked over on either side of a separator.
const BLANKS: usize = 8;
/// Longest value that is judged, in bytes.
const LONGEST: usize = 4096;

/// Separators of prose, English ones with the blank that must follow. Longer ones first.
const PROSE: &[&str] = &[
    "is now ",
    "is set to ",
    "is ",
    "was ",
    "to ",
    "设置为",
    "设置成",
    "改成了",
    "改为",
    "改成",
    "设为",
    "设成",
    "换成",
    "就是",
    "是",
    "为",
];

pub(super) fn find(text: &str, out: &mut Vec<Span>) {
    let bytes = text.as_bytes();
    let (mut at, mut before) = (0, "");
    while let Some(byte) = bytes.get(at) {
        if !in_word(*byte) {
            at += 1;
            continue;
        }
        let end = run(bytes, at, in_word);
        let word = text.get(at..end).unwrap_or_default();
        let span = at_word(text, at, end, before);
        before = word;
        at = end.max(span.map_or(end, |s| s.end));
        out.extend(span);
    }
    for (word, name) in names::HAN {
        out.extend(
            text.match_indices(word).filter_map(|(at, _)| assigned(text, at + word.len(), *name, false)),
        );
    }
}

/// The secret assigned to the word from `start` to `end`, if that is a name; `before` is the word in front of it.
pub(super) fn at_word(text: &str, start: usize, end: usize, before: &str) -> Option<Span> {
    let word = text.get(start..end)?;
    let name = names::of(word, before)?;
    assigned(text, end, name, word.starts_with("--"))
}

/// The secret assigned to the Chinese name that stands at `at`.
pub(super) fn at_han(text: &str, at: usize) -> Option<Span> {
    let rest = text.as_bytes().get(at..)?;
    let first = rest.first_chunk::<3>()?;
    let mut names = names::HAN.iter().filter(|(word, _)| word.as_bytes().first_chunk() == Some(first));
    names.find_map(|(word, name)| {
        let named = rest.starts_with(word.as_bytes());
        named.then(|| assigned(text, at + word.len(), *name, false)).flatten()
    })
}

/// The secret assigned to a name that ends at `end`.
fn assigned(text: &str, end: usize, name: Name, flag: bool) -> Option<Span> {
    let (after, form) = separator(text, end, flag)?;
    let (start, stop, quoted) = bounds(text, after)?;
    let raw = text.get(start..stop)?;
    if text.get(after..)?.trim_start_matches([' ', '"', '\'']).starts_with(MARK) {
        return None;
    }
    let rest = text.get(stop..)?;
    if !value::plausible(raw, rest, name, form, quoted) {
        return None;
    }
    // What was judged is limited; what is taken out is all of it.
    let long = stop - start >= LONGEST && !quoted;
    let end =
        if long { run(text.as_bytes(), stop, |b| b.is_ascii_graphic() && !ends_value(b)) } else { stop };
    Some(Span { start, end, kind: name.kind() })
}

/// Where the value begins, and how it is assigned.
fn separator(text: &str, end: usize, flag: bool) -> Option<(usize, Form)> {
    let bytes = text.as_bytes();
    let closed = limited(bytes, end, 4, |b| matches!(b, b'"' | b'\'' | b'`' | b'*' | b'\\' | b']'));
    let gap = limited(bytes, closed, BLANKS, |b| matches!(b, b' ' | b'\t'));
    let rest = text.get(gap..)?;
    let spaced = gap > closed;
    if let Some(word) = PROSE.iter().find(|w| rest.starts_with(**w)) {
        let ascii = word.is_ascii();
        let from = gap + word.len();
        let colon = text.get(from..)?;
        let skip = if colon.starts_with('：') { 3 } else { usize::from(colon.starts_with(':')) };
        return (!ascii || spaced).then_some((blanks(bytes, from + skip), Form::Prose));
    }
    for (mark, form) in
        [("=>", Form::Equals), (":=", Form::Spaced), ("：", Form::Colon), ("＝", Form::Equals)]
    {
        if rest.starts_with(mark) {
            return Some((blanks(bytes, gap + mark.len()), form));
        }
    }
    match rest.as_bytes().first() {
        Some(b'=') => {
            let from = limited(bytes, gap, 3, |b| b == b'=');
            let value = blanks(bytes, from);
            Some((value, if spaced || value > from { Form::Spaced } else { Form::Equals }))
        }
        Some(b':') if bytes.get(gap + 1) != Some(&b':') => Some((blanks(bytes, gap + 1), Form::Colon)),
        _ if flag && spaced => Some((gap, Form::Flag)),
        _ => None,
    }
}

/// The value from `from`: between its quotes, or up to the first byte that ends an unquoted one.
fn bounds(text: &str, from: usize) -> Option<(usize, usize, bool)> {
    let bytes = text.as_bytes();
    let open = limited(bytes, from, 2, |b| b == b'\\');
    let rest = text.get(open..)?;
    for (left, right) in [("\"", '"'), ("'", '\''), ("`", '`'), ("“", '”'), ("‘", '’'), ("「", '」')]
    {
        if let Some(inner) = rest.strip_prefix(left) {
            let start = open + left.len();
            let length = inner.char_indices().take_while(|(at, c)| {
                *at < LONGEST
                    && *c != right
                    && !matches!(c, '\n' | '\r')
                    && !(*c == '\\' && right == '"' && open > from)
            });
            let stop = start + length.last().map_or(0, |(at, c)| at + c.len_utf8());
            return Some((start, stop, true));
        }
    }
    let stop = unquoted_end(bytes, from);
    let value = text.get(from..stop)?;
    // A full stop, an exclamation or a question mark at the end belongs to the sentence.
    Some((from, from + value.trim_end_matches(['.', '!', '?', ':']).len(), false))
}

/// Where an unquoted value ends. `&` and `;` end one only where the next parameter follows (`token=…&user=…`, `a=b; c=d`):
/// in a password they are letters like any other, and half a password is a leak.
fn unquoted_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    loop {
        at +=
            limited(bytes, at, LONGEST.saturating_sub(at - from), |b| b.is_ascii_graphic() && !ends_value(b))
                - at;
        let joint = matches!(bytes.get(at), Some(b'&' | b';')) && !next_parameter(bytes, at + 1);
        let goes_on = bytes.get(at + 1).is_some_and(|b| b.is_ascii_graphic() && !ends_value(*b));
        if !joint || !goes_on || at - from >= LONGEST {
            return at;
        }
        at += 1;
    }
}

/// Whether `name=` stands at `from`, blanks before it allowed.
fn next_parameter(bytes: &[u8], from: usize) -> bool {
    let start = blanks(bytes, from);
    let stop = limited(bytes, start, 64, |b| {
        b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'[' | b']')
    });
    stop > start && bytes.get(stop) == Some(&b'=')
}

fn ends_value(byte: u8) -> bool {
    matches!(byte, b',' | b';' | b'"' | b'\'' | b'`' | b')' | b'}' | b']' | b'&' | b'<' | b'>' | b'|' | b'\\')
}

fn blanks(bytes: &[u8], from: usize) -> usize {
    limited(bytes, from, BLANKS, |b| matches!(b, b' ' | b'\t' | b'*'))
}

fn limited(bytes: &[u8], from: usize, most: usize, keep: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().take(most).take_while(|b| keep(**b)).count()
}
