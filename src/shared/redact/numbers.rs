//! Numbers that identify a person or an account, told by their checksums.

use super::{Span, has, run};

/// Words that say the number after them is something else.
const OTHER_NUMBERS: &[&str] = &["order", "订单", "单号", "tracking", "invoice", "issue", "编号", "流水"];
/// How far before the number such a word is looked for, in bytes.
const REACH: usize = 24;
/// Digits of a group of a card number, and the fewest of a number in one run.
const GROUP: usize = 4;
const SHORTEST: usize = 13;
/// Length of a resident identity number of the PRC, and the weights of its first 17 digits (GB 11643-1999).
const ID_LENGTH: usize = 18;
const ID_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

pub(super) fn find(text: &str, out: &mut Vec<Span>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if !byte.is_ascii_digit() {
            at += 1;
            continue;
        }
        let end = run(bytes, at, |b| b.is_ascii_digit());
        let span = at_digits(text, at, end);
        at = end.max(span.map_or(end, |s| s.end));
        out.extend(span);
    }
}

/// The number that begins with the digits from `start` to `end`.
pub(super) fn at_digits(text: &str, start: usize, end: usize) -> Option<Span> {
    let open = start == 0 || text.as_bytes().get(start - 1).is_some_and(|b| free(*b));
    let length = end - start;
    let fits = open && (length == GROUP || length >= SHORTEST);
    fits.then(|| identity(text, start, end).or_else(|| card(text, start, end))).flatten()
}

/// Whether a number may stand beside this byte (else it is a piece of something longer).
fn free(byte: u8) -> bool {
    !byte.is_ascii_alphanumeric() && !matches!(byte, b'.' | b'_' | b'-' | b'/')
}

fn closed(text: &str, end: usize) -> bool {
    match text.as_bytes().get(end) {
        None => true,
        // A full stop after the number is fine, a decimal point is not.
        Some(b'.') => text.as_bytes().get(end + 1).is_none_or(|b| !b.is_ascii_digit()),
        Some(b) => free(*b),
    }
}

fn identity(text: &str, start: usize, end: usize) -> Option<Span> {
    let last = match text.as_bytes().get(end) {
        Some(b'X' | b'x') if end - start == ID_LENGTH - 1 => 1,
        _ => 0,
    };
    let stop = end + last;
    if stop - start != ID_LENGTH || !closed(text, stop) {
        return None;
    }
    let digits = text.get(start..stop)?;
    let year: u32 = digits.get(6..10)?.parse().ok()?;
    let month: u32 = digits.get(10..12)?.parse().ok()?;
    let day: u32 = digits.get(12..14)?.parse().ok()?;
    let sum: u32 = digits.bytes().zip(ID_WEIGHTS).map(|(b, w)| u32::from(b.saturating_sub(b'0')) * w).sum();
    let check = "10X98765432".as_bytes().get(usize::try_from(sum % 11).ok()?)?;
    let real = (1900..=2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    let fits = real && digits.bytes().last().is_some_and(|b| b.to_ascii_uppercase() == *check);
    fits.then_some(Span { start, end: stop, kind: "prc-id" })
}

/// A card number: 13 to 19 digits in one run, or in groups of four (or 4-6-5) with one separator throughout.
fn card(text: &str, start: usize, end: usize) -> Option<Span> {
    let bytes = text.as_bytes();
    let (mut digits, mut stop) = (text.get(start..end)?.to_owned(), end);
    let grouped = digits.len() == GROUP;
    if grouped {
        let separator = *bytes.get(end).filter(|b| matches!(b, b' ' | b'-'))?;
        while digits.len() < 19 && bytes.get(stop) == Some(&separator) {
            let next = run(bytes, stop + 1, |b| b.is_ascii_digit());
            let group = text.get(stop + 1..next)?;
            if group.is_empty() || group.len() > 6 {
                break;
            }
            digits.push_str(group);
            stop = next;
        }
    }
    let fits =
        closed(text, stop) && issued(&digits) && luhn(&digits) && (grouped || !named_otherwise(text, start));
    fits.then_some(Span { start, end: stop, kind: "card-number" })
}

/// Whether a card network issues numbers of this beginning and length (ISO/IEC 7812 ranges of Visa, Mastercard,
/// American Express, JCB, Discover and UnionPay).
fn issued(digits: &str) -> bool {
    let lead = |n: usize| digits.get(..n).and_then(|d| d.parse::<u32>().ok()).unwrap_or(0);
    match digits.len() {
        13 => lead(1) == 4,
        15 => matches!(lead(2), 34 | 37),
        16 => {
            lead(1) == 4
                || (51..=55).contains(&lead(2))
                || (2221..=2720).contains(&lead(4))
                || matches!(lead(2), 35 | 62 | 65)
                || lead(4) == 6011
        }
        17..=19 => lead(2) == 62,
        _ => false,
    }
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, b)| {
            let d = u32::from(b.saturating_sub(b'0')) * if place % 2 == 1 { 2 } else { 1 };
            if d > 9 { d - 9 } else { d }
        })
        .sum();
    sum.is_multiple_of(10) && has(digits, |b| b != b'0')
}

fn named_otherwise(text: &str, at: usize) -> bool {
    let mut from = at.saturating_sub(REACH);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let before = text.get(from..at).unwrap_or_default().to_ascii_lowercase();
    before.ends_with('#') || OTHER_NUMBERS.iter().any(|w| before.contains(w))
}
