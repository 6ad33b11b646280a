//! Whether any finder would find anything: one pass over the words of a text, and nearly all prose ends here.
//!
//! Each finder is asked at the places where it would begin. A "no" for a text without a secret costs time, a "yes" for
//! one with one would be a leak: a finder that is added is asked here, too.

use super::{assign, blocks, names, numbers, tokens};

/// What a byte is to this pass.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Plain,
    Word,
    Colon,
    /// First byte of a Han character, among others.
    Wide,
}

static CLASSES: [Class; 256] = classes();

#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, which would stop")]
const fn classes() -> [Class; 256] {
    let mut out = [Class::Plain; 256];
    let mut byte = 0;
    while byte < 256 {
        out[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' => Class::Word,
            b':' => Class::Colon,
            0xe0..=0xff => Class::Wide,
            _ => Class::Plain,
        };
        byte += 1;
    }
    out
}

fn class(byte: u8) -> Class {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(Class::Plain)
}

/// How the words end that frame or announce a secret, in either case.
const FRAMES: [&str; 9] =
    ["bearer", "basic", "token", "cookie", "services", "webhooks", "hook", "webhook", "-----BEGIN"];

/// By the last byte of such a word the ones before it, a bit each.
static ENDS: [u128; 128] = ends();

#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, which would stop")]
const fn ends() -> [u128; 128] {
    let mut out = [0; 128];
    let (mut at, mut name) = (0, 0);
    while at < FRAMES.len() + names::ENDINGS.len() {
        let word = if at < FRAMES.len() { FRAMES[at] } else { names::ENDINGS[name].0 }.as_bytes();
        name += if at < FRAMES.len() { 0 } else { 1 };
        at += 1;
        let (last, before) = (word[word.len() - 1], word[word.len() - 2]);
        let both = 1 << before.to_ascii_lowercase() | 1 << before.to_ascii_uppercase();
        out[last.to_ascii_lowercase() as usize] |= both;
        out[last.to_ascii_uppercase() as usize] |= both;
    }
    // Behind the letters of a name may stand signs.
    let mut last = 0;
    while last < 128 {
        out[last] |= 1 << b'_' | 1 << b'-';
        last += 1;
    }
    out[b'_' as usize] = u128::MAX;
    out[b'-' as usize] = u128::MAX;
    out
}

pub(super) fn quiet(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut at, mut before) = (0, 0..0);
    while let Some(&byte) = bytes.get(at) {
        let mut end = at + 1;
        let loud = match class(byte) {
            Class::Plain => false,
            Class::Colon => {
                bytes.get(at + 1..at + 3) == Some(b"//") && blocks::credentials(text, at).is_some()
            }
            Class::Wide => assign::at_han(text, at).is_some(),
            Class::Word => {
                while bytes.get(end).is_some_and(|b| class(*b) == Class::Word) {
                    end += 1;
                }
                let before = std::mem::replace(&mut before, at..end);
                may_be_loud(bytes, at, end) && loud_word(text, at, end, text.get(before).unwrap_or_default())
            }
        };
        if loud {
            return false;
        }
        at = end;
    }
    true
}

/// Whether the word from `start` to `end` has the beginning or the end of one that matters.
fn may_be_loud(bytes: &[u8], start: usize, end: usize) -> bool {
    let (Some(&first), Some(&second)) = (bytes.get(start), bytes.get(start + 1)) else { return false };
    let (Some(&last), Some(&before)) = (bytes.get(end - 1), bytes.get(end.wrapping_sub(2))) else {
        return false;
    };
    let escaped = start > 0 && bytes.get(start - 1) == Some(&b'\\');
    let ends = ENDS.get(usize::from(last)).is_some_and(|befores| befores >> (before & 127) & 1 == 1);
    end - start > 1 && (ends || escaped || tokens::begins(first, second))
}

/// Whether a finder finds something that begins with the word from `start` to `end`.
fn loud_word(text: &str, start: usize, end: usize, before: &str) -> bool {
    let word = text.get(start..end).unwrap_or_default();
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    digits > 0 && numbers::at_digits(text, start, start + digits).is_some()
        || end - start >= SHORTEST && framed(text, start, word)
        || tokens::at_word(text, start, end).is_some()
        || assign::at_word(text, start, end, before).is_some()
}

/// Shortest word of which a frame is made: `hook`.
const SHORTEST: usize = 4;

/// Whether the word is part of what frames a secret, and nothing tells that there is none in it.
fn framed(text: &str, at: usize, word: &str) -> bool {
    match word.as_bytes().last().map(u8::to_ascii_lowercase) {
        // The last folder in the path of a webhook.
        Some(b's' | b'k') => {
            let folder = matches!(word, "services" | "webhooks" | "hook" | "webhook");
            folder && text.as_bytes().get(at + word.len()) == Some(&b'/')
        }
        Some(b'n') if word.ends_with("-----BEGIN") => true,
        Some(b'r' | b'c' | b'n') => blocks::scheme(text, at, word).is_some(),
        Some(b'e') => blocks::cookie(text, at, word, 0).is_some(),
        _ => false,
    }
}
