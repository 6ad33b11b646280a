//! Whether a value that stands where a secret would stand is one.

use super::names::Name;
use super::{MARK, has};

/// How the value is tied to its name: from the surest to the weakest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `NAME=value`
    Equals,
    /// `name = value`: also ordinary code.
    Spaced,
    /// `name: value`
    Colon,
    /// `--name value`
    Flag,
    /// "the name is value", 名字是…
    Prose,
}

/// Shortest plain word taken for a password, and shortest machine-made one without a digit in it.
const SHORTEST_WORD: usize = 6;
const SHORTEST_MADE: usize = 20;
/// Digits alone: shortest password, shortest of the others (less is a count).
const SHORTEST_PIN: usize = 4;
const SHORTEST_DIGITS: usize = 12;

/// What is written where a secret would be: types, states, stand-ins, encodings.
const ORDINARY: &[&str] = &[
    "true",
    "false",
    "null",
    "none",
    "nil",
    "undefined",
    "string",
    "str",
    "number",
    "bool",
    "boolean",
    "integer",
    "object",
    "any",
    "bytes",
    "option",
    "optional",
    "required",
    "missing",
    "empty",
    "invalid",
    "expired",
    "correct",
    "incorrect",
    "wrong",
    "valid",
    "stored",
    "saved",
    "hidden",
    "unknown",
    "encrypted",
    "hashed",
    "changed",
    "unchanged",
    "rotated",
    "revoked",
    "leaked",
    "needed",
    "here",
    "there",
    "this",
    "that",
    "these",
    "those",
    "below",
    "above",
    "later",
    "your",
    "yours",
    "same",
    "different",
    "weak",
    "strong",
    "changeme",
    "example",
    "placeholder",
    "secret",
    "password",
    "token",
    "redacted",
    "bearer",
    "basic",
    "oauth",
    "oauth2",
    "base64",
    "sha256",
    "sha512",
    "sha1",
    "md5",
    "utf8",
    "utf-8",
    "http2",
    "bcrypt",
    "argon2",
    "argon2id",
    "rfc6750",
    "rfc7519",
    "ed25519",
    "rs256",
    "hs256",
    "es256",
    "ascii",
    "default",
    "disabled",
    "enabled",
    "provided",
    "ignored",
    "rejected",
    "accepted",
    "refreshed",
    "generated",
    "working",
    "broken",
    "unset",
    "self",
    "value",
    "input",
    "prompt",
    "nothing",
    "something",
    "everything",
    "always",
    "never",
    "already",
    "visible",
    "public",
    "private",
    "secure",
    "insecure",
    "important",
    "protected",
    "checked",
    "verified",
    "validated",
    "reused",
    "shared",
    "stripped",
    "removed",
    "deleted",
    "updated",
    "logged",
    "printed",
    "passed",
    "loaded",
];

/// Whether `raw`, followed by `rest`, is the secret that `name` announces.
pub(super) fn plausible(raw: &str, rest: &str, name: Name, form: Form, quoted: bool) -> bool {
    if raw.len() < 3
        || raw.contains(MARK)
        || stands_in(raw)
        || is_path(raw)
        || (!quoted && is_code(raw, rest))
    {
        return false;
    }
    if !has(raw, |b| !b.is_ascii_digit()) {
        return match name {
            Name::Password => raw.len() >= SHORTEST_PIN,
            Name::Secret(_) => raw.len() >= SHORTEST_DIGITS,
        };
    }
    if raw.contains(char::is_whitespace) {
        return quoted && (looks_made(raw) && !raw.contains(". ") && raw.split_whitespace().count() <= 6);
    }
    let word = !has(raw, |b| b.is_ascii_digit());
    match (name, form) {
        (Name::Password, Form::Equals) => true,
        (Name::Password, _) if quoted => true,
        (Name::Password, _) => looks_made(raw) || (raw.len() >= SHORTEST_WORD && ends_here(rest)),
        (Name::Secret(_), Form::Equals) if !word => raw.len() >= 6,
        (Name::Secret(_), Form::Equals) => raw.len() >= SHORTEST_WORD + 2,
        (Name::Secret(_), _) if word => raw.len() >= SHORTEST_MADE && mixed_case(raw) && looks_random(raw),
        (Name::Secret(_), _) => raw.len() >= SHORTEST_WORD && has(raw, |b| b.is_ascii_alphabetic()),
    }
}

fn stands_in(raw: &str) -> bool {
    let plain = raw.trim_matches(['*', '_', '-', '.', '!', '?']);
    let same = raw.chars().next().is_some_and(|first| raw.chars().all(|c| c == first));
    let opens = raw.starts_with(['$', '<', '{', '%', '(', '[', '@', '#']) && !raw.starts_with("$2");
    // A sigil at the front is a reference unless a password of mixed signs follows.
    let reference =
        opens && (raw.starts_with(['<', '{', '(', '[']) || raw.starts_with("${") || !odd_password(raw));
    same || reference
        || plain.is_empty()
        || ORDINARY.iter().any(|w| plain.eq_ignore_ascii_case(w))
        || worn(plain)
}

fn odd_password(raw: &str) -> bool {
    has(raw, |b| b.is_ascii_digit()) && has(raw, |b| b.is_ascii_lowercase()) && !raw.starts_with(['$', '%'])
}

/// `your-token-here`, `xxxx-xxxx`, `my_password`: what documentation writes.
fn worn(plain: &str) -> bool {
    let low = plain.to_ascii_lowercase();
    low.starts_with("your")
        || low.starts_with("xxx")
        || low.contains("example")
        || low.starts_with("process.env")
        || low.starts_with("os.environ")
        || low.starts_with("env.")
}

fn is_path(raw: &str) -> bool {
    raw.starts_with("./")
        || raw.starts_with("../")
        || raw.starts_with("~/")
        || raw.contains("://")
        || (raw.starts_with('/') && raw.len() > 1 && !has(raw, |b| matches!(b, b'+' | b'=' | b'!' | b'@')))
}

/// A call, an index or a member: `getToken()`, `user.password`, `args[0]`, `Option<String>`.
fn is_code(raw: &str, rest: &str) -> bool {
    let member = raw.contains('.')
        && raw.split('.').all(|p| p.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
        && !has(raw, |b| b.is_ascii_digit() || !(super::in_word(b) || b == b'.'));
    raw.contains('(')
        || raw.contains('[')
        || rest.starts_with(['(', '[', '<'])
        || rest.starts_with("::")
        || member
        || raw.starts_with('&')
}

/// Letters mixed with digits or signs.
fn looks_made(raw: &str) -> bool {
    let digit = has(raw, |b| b.is_ascii_digit());
    let letter = has(raw, |b| b.is_ascii_alphabetic());
    let sign =
        has(raw, |b| matches!(b, b'!' | b'@' | b'#' | b'$' | b'%' | b'^' | b'&' | b'*' | b'+' | b'~' | b'?'));
    raw.len() >= SHORTEST_PIN && letter && (digit || sign)
}

fn mixed_case(raw: &str) -> bool {
    has(raw, |b| b.is_ascii_uppercase()) && has(raw, |b| b.is_ascii_lowercase())
}

/// Case changes more often than in a name made of words.
fn looks_random(raw: &str) -> bool {
    let changes = raw.as_bytes().windows(2).filter(|w| match w {
        [a, b] => a.is_ascii_uppercase() != b.is_ascii_uppercase(),
        _ => false,
    });
    changes.count() * 3 >= raw.len()
}

/// Whether the sentence or the line ends after the value.
fn ends_here(rest: &str) -> bool {
    let rest = rest.trim_start_matches(['.', '!', '?', ')', '"', '\'']);
    let rest = rest.trim_start_matches([' ', '\t']);
    rest.chars().next().is_none_or(|c| {
        matches!(c, '\n' | '\r' | ',' | ';' | '。' | '，' | '；' | '！' | '？' | '、' | '}' | '#')
    })
}
