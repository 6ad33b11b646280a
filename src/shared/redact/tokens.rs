//! Secrets that their own form gives away: provider prefixes, JWTs, bot tokens.

use super::{Span, has, in_word, run};

/// What must follow a prefix.
#[derive(Clone, Copy)]
enum Tail {
    /// At least this many bytes.
    Any(usize),
    /// At least this many bytes, with a digit or an upper-case letter among them (the prefix alone could be prose).
    Mixed(usize),
    /// Exactly this many upper-case letters and digits.
    Upper(usize),
}

/// Prefix, what must follow, kind. Longer prefixes first where one begins another.
const PREFIXES: &[(&str, Tail, &str)] = &[
    ("sk-ant-", Tail::Any(8), "anthropic-key"),
    ("sk-cp-", Tail::Any(8), "minimax-key"),
    ("sk-proj-", Tail::Any(8), "openai-key"),
    ("sk-or-", Tail::Any(12), "openrouter-key"),
    ("sk-", Tail::Mixed(16), "api-key"),
    ("sk_live_", Tail::Any(10), "stripe-key"),
    ("sk_test_", Tail::Any(10), "stripe-key"),
    ("rk_live_", Tail::Any(10), "stripe-key"),
    ("whsec_", Tail::Any(16), "webhook-secret"),
    ("AKIA", Tail::Upper(16), "aws-key"),
    ("ASIA", Tail::Upper(16), "aws-key"),
    ("LTAI", Tail::Mixed(12), "aliyun-key"),
    ("AKID", Tail::Mixed(28), "tencent-key"),
    ("AIza", Tail::Mixed(30), "google-key"),
    ("ghp_", Tail::Any(20), "github-token"),
    ("gho_", Tail::Any(20), "github-token"),
    ("ghu_", Tail::Any(20), "github-token"),
    ("ghs_", Tail::Any(20), "github-token"),
    ("ghr_", Tail::Any(20), "github-token"),
    ("github_pat_", Tail::Any(20), "github-token"),
    ("glpat-", Tail::Any(16), "gitlab-token"),
    ("xoxa-", Tail::Any(10), "slack-token"),
    ("xoxb-", Tail::Any(10), "slack-token"),
    ("xoxp-", Tail::Any(10), "slack-token"),
    ("xoxr-", Tail::Any(10), "slack-token"),
    ("xoxs-", Tail::Any(10), "slack-token"),
    ("xoxe-", Tail::Any(10), "slack-token"),
    ("xapp-", Tail::Mixed(16), "slack-token"),
    ("npm_", Tail::Mixed(30), "npm-token"),
    ("pypi-", Tail::Mixed(32), "pypi-token"),
    ("hf_", Tail::Mixed(20), "huggingface-token"),
    ("gsk_", Tail::Mixed(20), "groq-key"),
    ("xai-", Tail::Mixed(24), "xai-key"),
    ("nvapi-", Tail::Mixed(24), "nvidia-key"),
    ("tvly-", Tail::Mixed(16), "tavily-key"),
    ("dop_v1_", Tail::Any(32), "digitalocean-token"),
    ("shpat_", Tail::Any(24), "shopify-token"),
    ("r8_", Tail::Mixed(30), "replicate-token"),
    ("AGE-SECRET-KEY-1", Tail::Any(20), "age-key"),
];

/// By the first byte of a secret of this file the second ones, a bit each: of a prefix, a JWT (`eyJ`), `bot`, or the
/// digits of a bot's id.
static BEGINNINGS: [u128; 128] = beginnings();
/// Fewest bytes of the first word of one: that of a bot's.
const SHORTEST: usize = 6;
/// Shortest first and second part of a JWT that is more than an example of the form.
const SHORTEST_JWT_PART: usize = 8;
/// Parts of an encrypted JWT, the longest form.
const MOST_JWT_PARTS: usize = 5;
/// Digits of a Telegram bot's id, and the shortest secret after the colon.
const BOT_ID: std::ops::RangeInclusive<usize> = 6..=12;
const SHORTEST_BOT_SECRET: usize = 30;

#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, which would stop")]
const fn beginnings() -> [u128; 128] {
    let mut out = [0; 128];
    let mut at = 0;
    while at < PREFIXES.len() {
        let prefix = PREFIXES[at].0.as_bytes();
        out[prefix[0] as usize] |= 1 << prefix[1];
        at += 1;
    }
    let mut digit = b'0';
    while digit <= b'9' {
        out[digit as usize] |= 0x3ff << b'0';
        digit += 1;
    }
    out[b'e' as usize] |= 1 << b'y';
    out[b'b' as usize] |= 1 << b'o';
    out
}

pub(super) fn find(text: &str, out: &mut Vec<Span>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if !in_word(byte) {
            at += 1;
            continue;
        }
        let end = run(bytes, at, in_word);
        let span = at_word(text, at, end);
        at = end.max(span.map_or(end, |s| s.end));
        out.extend(span);
    }
}

/// The secret that begins with the word from `start` to `end`.
pub(super) fn at_word(text: &str, start: usize, end: usize) -> Option<Span> {
    let bytes = text.as_bytes();
    // In text that is still JSON-escaped, the `n` of `\n` is no part of the word.
    let escaped = start > 0 && bytes.get(start - 1) == Some(&b'\\');
    let escaped = escaped && matches!(bytes.get(start), Some(b'n' | b't' | b'r'));
    let start = if escaped { start + 1 } else { start };
    let (first, second) = (*bytes.get(start)?, *bytes.get(start + 1)?);
    if end.saturating_sub(start) < SHORTEST || !begins(first, second) {
        return None;
    }
    prefixed(text, start, end).or_else(|| jwt(text, start, end)).or_else(|| bot(text, start, end))
}

/// Whether a secret of this file may begin with these two bytes.
pub(super) fn begins(first: u8, second: u8) -> bool {
    BEGINNINGS.get(usize::from(first)).is_some_and(|seconds| seconds >> (second & 127) & 1 == 1)
}

fn prefixed(text: &str, start: usize, end: usize) -> Option<Span> {
    let word = text.get(start..end)?;
    PREFIXES.iter().find_map(|(prefix, tail, kind)| {
        let rest = word.strip_prefix(prefix)?;
        let fits = match *tail {
            Tail::Any(least) => rest.len() >= least,
            Tail::Mixed(least) => {
                rest.len() >= least && has(rest, |b| b.is_ascii_digit() || b.is_ascii_uppercase())
            }
            Tail::Upper(exact) => {
                rest.len() == exact && !has(rest, |b| !b.is_ascii_uppercase() && !b.is_ascii_digit())
            }
        };
        fits.then_some(Span { start, end, kind })
    })
}

/// `eyJ….….…`: the first part is base64 of `{"`.
fn jwt(text: &str, start: usize, end: usize) -> Option<Span> {
    let bytes = text.as_bytes();
    if !text.get(start..end)?.starts_with("eyJ") || end - start < SHORTEST_JWT_PART {
        return None;
    }
    let (mut stop, mut parts) = (end, 1);
    while parts < MOST_JWT_PARTS && bytes.get(stop) == Some(&b'.') {
        let next = run(bytes, stop + 1, in_word);
        if next - stop - 1 < SHORTEST_JWT_PART {
            break;
        }
        stop = next;
        parts += 1;
    }
    (parts >= 2).then_some(Span { start, end: stop, kind: "jwt" })
}

/// `123456789:AA…`, also as `bot123456789:AA…` in a URL. A lower-case hex tail is a digest, not a bot's secret.
fn bot(text: &str, start: usize, end: usize) -> Option<Span> {
    let word = text.get(start..end)?;
    let digits = word.strip_prefix("bot").unwrap_or(word);
    if !BOT_ID.contains(&digits.len()) || has(digits, |b| !b.is_ascii_digit()) {
        return None;
    }
    if text.as_bytes().get(end) != Some(&b':') {
        return None;
    }
    let stop = run(text.as_bytes(), end + 1, in_word);
    let secret = text.get(end + 1..stop)?;
    let digest = !has(secret, |b| !matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let fits = secret.len() >= SHORTEST_BOT_SECRET && !digest;
    fits.then_some(Span { start: end - digits.len(), end: stop, kind: "telegram-token" })
}
