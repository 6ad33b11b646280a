//! Secrets that stand in a frame: key blocks, authorisation and cookie headers, credentials in URLs.

use super::{MARK, Span, has, in_word, run};

/// Shortest credential after `Bearer` in prose; with the header's name before it, anything of four counts.
const SHORTEST_BEARER: usize = 16;
const SHORTEST_HEADER: usize = 4;
/// A lone user part of a URL at least this long is a token (`https://<token>@host`).
const SHORTEST_URL_TOKEN: usize = 20;

pub(super) fn find(text: &str, out: &mut Vec<Span>) {
    private_keys(text, out);
    url_credentials(text, out);
    hooks(text, out);
    schemes(text, out);
    cookies(text, out);
}

fn private_keys(text: &str, out: &mut Vec<Span>) {
    let mut from = 0;
    // Looked for once more only while there is one: many headers without a footer would cost a pass each.
    let last_footer = text.rfind("-----END ");
    while let Some(at) = text.get(from..).and_then(|t| t.find("-----BEGIN ")).map(|p| p + from) {
        let label_end =
            run(text.as_bytes(), at + 11, |b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b' ');
        let label = text.get(at + 11..label_end).unwrap_or_default();
        from = label_end.max(at + 11);
        if !label.contains("PRIVATE KEY") {
            continue;
        }
        // The footer may be missing: then the key is what follows without a blank in its lines.
        let footers = last_footer.filter(|last| *last >= from);
        let close = footers.and_then(|_| text.get(from..)?.find("-----END ")).map(|p| p + from + 9);
        let end = match close {
            Some(footer) => {
                let name = run(text.as_bytes(), footer, |b| b.is_ascii_uppercase() || b == b' ');
                run(text.as_bytes(), name, |b| b == b'-')
            }
            None => unclosed(text, from),
        };
        out.push(Span { start: at, end, kind: "private-key" });
        from = end;
    }
}

/// The end of a key block without a footer: the lines after `from` that hold no blank.
fn unclosed(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let (mut end, mut at) = (run(bytes, from, |b| b == b'-'), from);
    while let Some(byte) = bytes.get(at) {
        if *byte == b' ' || !byte.is_ascii() {
            return end;
        }
        at += 1;
        if *byte == b'\n' {
            end = at;
        }
    }
    at
}

fn url_credentials(text: &str, out: &mut Vec<Span>) {
    out.extend(text.match_indices("://").filter_map(|(at, _)| credentials(text, at)));
}

/// The credentials of the address whose `://` stands at `at`.
pub(super) fn credentials(text: &str, at: usize) -> Option<Span> {
    let start = at + 3;
    let end = run(text.as_bytes(), start, |b| {
        !b.is_ascii_whitespace() && !matches!(b, b'/' | b'?' | b'#' | b'"' | b'\'' | b'`' | b'<' | b'>')
    });
    let authority = text.get(start..end).unwrap_or_default();
    let host = authority.rfind('@')?;
    let user = authority.get(..host).unwrap_or_default();
    let (from, kind, secret) = match user.split_once(':') {
        Some((name, password)) => (start + name.len() + 1, "url-password", password),
        None => (start, "url-token", user),
    };
    let long =
        kind == "url-password" || (secret.len() >= SHORTEST_URL_TOKEN && has(secret, |b| b.is_ascii_digit()));
    let stands = !secret.is_empty() && !secret.starts_with(MARK) && !secret.starts_with(['$', '{', '<', '*']);
    (long && stands).then_some(Span { start: from, end: start + host, kind })
}

/// Webhook addresses whose path is the secret.
const HOOKS: &[&str] = &[
    "hooks.slack.com/services/",
    "discord.com/api/webhooks/",
    "discordapp.com/api/webhooks/",
    "open.feishu.cn/open-apis/bot/v2/hook/",
    "open.larksuite.com/open-apis/bot/v2/hook/",
    "qyapi.weixin.qq.com/cgi-bin/webhook/send?key=",
];

fn hooks(text: &str, out: &mut Vec<Span>) {
    for hook in HOOKS {
        for (at, _) in text.match_indices(hook) {
            let start = at + hook.len();
            let end = run(text.as_bytes(), start, |b| in_word(b) || b == b'/');
            if end > start + 8 {
                out.push(Span { start, end, kind: "webhook" });
            }
        }
    }
}

/// `Bearer …` anywhere, `Basic …` and `Token …` after `Authorization:`.
fn schemes(text: &str, out: &mut Vec<Span>) {
    out.extend(words(text).filter_map(|(at, word)| scheme(text, at, word)));
}

/// The credential after `word`, which stands at `at`.
pub(super) fn scheme(text: &str, at: usize, word: &str) -> Option<Span> {
    let schemes = [("bearer", "bearer"), ("basic", "basic-auth"), ("token", "token")];
    let (_, kind) = schemes.into_iter().find(|(scheme, _)| word.eq_ignore_ascii_case(scheme))?;
    let gap = at + word.len();
    let start = run(text.as_bytes(), gap, |b| b == b' ');
    if start == gap {
        return None;
    }
    let end = run(text.as_bytes(), start, |b| in_word(b) || matches!(b, b'.' | b'~' | b'+' | b'/' | b'='));
    let value = text.get(start..end).unwrap_or_default();
    let header = after_header(text, at);
    let plain = !has(value, |b| b.is_ascii_digit());
    let fits = if header { value.len() >= SHORTEST_HEADER } else { value.len() >= SHORTEST_BEARER && !plain };
    (fits && (header || kind == "bearer")).then_some(Span { start, end, kind })
}

fn after_header(text: &str, at: usize) -> bool {
    let head = text.get(..at).unwrap_or_default().trim_end_matches([' ', '"', '\'', ':', '=', '\\']);
    let tail = head.get(head.len().saturating_sub(13)..).unwrap_or_default();
    tail.eq_ignore_ascii_case("authorization")
}

fn cookies(text: &str, out: &mut Vec<Span>) {
    let mut done = 0;
    for (at, word) in words(text) {
        if let Some((span, end)) = cookie(text, at, word, done) {
            done = end;
            out.extend(span);
        }
    }
}

/// The header whose name is `word`, which stands at `at` behind `done`: its value if that is a secret, and its end.
pub(super) fn cookie(text: &str, at: usize, word: &str, done: usize) -> Option<(Option<Span>, usize)> {
    let bytes = text.as_bytes();
    if !word.eq_ignore_ascii_case("cookie") && !word.eq_ignore_ascii_case("set-cookie") {
        return None;
    }
    let colon = run(bytes, at + word.len(), |b| matches!(b, b'"' | b'\'' | b' '));
    if bytes.get(colon) != Some(&b':') {
        return None;
    }
    let start = run(bytes, colon + 1, |b| matches!(b, b' ' | b'"' | b'\''));
    // A header is `name=value`; prose about cookies is not.
    let name = run(bytes, start, |b| in_word(b) || b == b'.');
    if name == start || start < done || bytes.get(name) != Some(&b'=') {
        return None;
    }
    let end = run(bytes, name, |b| !matches!(b, b'\n' | b'\r' | b'"' | b'\'' | b'`'));
    let value = text.get(name + 1..end).unwrap_or_default();
    let secret = !value.is_empty() && !value.contains(MARK);
    Some((secret.then_some(Span { start: name + 1, end, kind: "cookie" }), end))
}

/// The words of `text`, with where they begin.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = run(text.as_bytes(), from, |b| !in_word(b));
        let end = run(text.as_bytes(), start, in_word);
        from = end;
        (end > start).then(|| (start, text.get(start..end).unwrap_or_default()))
    })
}
