//! Whether any finder would find anything: one pass over the words of a text, and nearly all prose ends here.
//!
//! Each finder is asked at the places where it would begin. A "no" for a text without a secret costs time, a "yes" for
//! one with one would be a leak: a finder that is added is asked here, too.

use super::{assign, blocks, numbers, tokens};

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

pub(super) fn quiet(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut at, mut before) = (0, "");
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
                loud_word(
                    text,
                    at,
                    end,
                    std::mem::replace(&mut before, text.get(at..end).unwrap_or_default()),
                )
            }
        };
        if loud {
            return false;
        }
        at = end;
    }
    true
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
