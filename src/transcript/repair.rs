//! Makes the bytes of one line fit for a strict JSON reader. What was done has a name; nothing is guessed.

use std::borrow::Cow;

/// What had to be repaired in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct Repairs {
    /// NUL bytes were dropped (a file system gives them for blocks it never wrote).
    pub nul: bool,
    /// Invalid UTF-8 became U+FFFD.
    pub utf8: bool,
    /// Escapes of lone surrogates became U+FFFD: legal in JSON text, refused by strict readers.
    pub surrogate: bool,
}

/// The line without line end, byte order mark and surrounding blanks, repaired.
pub(super) fn line(raw: &[u8]) -> (Cow<'_, [u8]>, Repairs) {
    let mut repairs = Repairs::default();
    let mut bytes = Cow::Borrowed(raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw).trim_ascii());
    if bytes.contains(&0) {
        repairs.nul = true;
        let kept: Vec<u8> = bytes.iter().copied().filter(|b| *b != 0).collect();
        bytes = Cow::Owned(kept.trim_ascii().to_vec());
    }
    if std::str::from_utf8(&bytes).is_err() {
        repairs.utf8 = true;
        bytes = Cow::Owned(String::from_utf8_lossy(&bytes).into_owned().into_bytes());
    }
    if let Some(fixed) = surrogates(&bytes) {
        repairs.surrogate = true;
        bytes = Cow::Owned(fixed);
    }
    (bytes, repairs)
}

/// The bytes with every escape of a lone surrogate replaced, `None` where there is none.
fn surrogates(bytes: &[u8]) -> Option<Vec<u8>> {
    if !bytes.windows(3).any(|w| matches!(w, [b'\\', b'u', b'd' | b'D'])) {
        return None;
    }
    let (mut out, mut rest, mut changed) = (Vec::with_capacity(bytes.len()), bytes, false);
    while let Some(at) = rest.iter().position(|b| *b == b'\\') {
        let (before, escape) = rest.split_at_checked(at)?;
        out.extend_from_slice(before);
        let taken = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                out.extend_from_slice(b"\\ufffd");
                changed = true;
                rest = escape.get(6..).unwrap_or_default();
                continue;
            }
            _ => 2,
        };
        let (kept, after) = escape.split_at_checked(taken).unwrap_or((escape, &[]));
        out.extend_from_slice(kept);
        rest = after;
    }
    out.extend_from_slice(rest);
    changed.then_some(out)
}

/// Where a row was cut off and the next one appended without a line end, the last row of the line. Every host writes
/// `type` first, and inside a row's own texts the quotes of such a beginning would be escaped.
pub(super) fn after_tear(bytes: &[u8]) -> Option<&[u8]> {
    const BEGINNING: &[u8] = b"{\"type\":";
    let at = bytes.windows(BEGINNING.len()).rposition(|w| w == BEGINNING).filter(|at| *at > 0)?;
    bytes.get(at..)
}

/// The code unit of the `\uXXXX` that `bytes` starts with.
fn unit(bytes: &[u8]) -> Option<u32> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |n, b| char::from(*b).to_digit(16).map(|d| n * 16 + d))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &[u8], expect: &str, nul: bool, utf8: bool, surrogate: bool) {
        let (bytes, repairs) = line(raw);
        assert_eq!(String::from_utf8_lossy(&bytes), expect);
        assert_eq!(repairs, Repairs { nul, utf8, surrogate }, "{expect}");
    }

    #[test]
    fn repairs_and_says_which() {
        check(b"{}", "{}", false, false, false);
        check(b"\xef\xbb\xbf {} \r", "{}", false, false, false);
        check(b"\0\0{}\0", "{}", true, false, false);
        check(b"\0\0\0", "", true, false, false);
        check(b"\"\xff\"", "\"\u{fffd}\"", false, true, false);
        check(br#""\ud800""#, r#""\ufffd""#, false, false, true);
        check(br#""a\uDC00b""#, r#""a\ufffdb""#, false, false, true);
        check(br#""\ud83d\ude00""#, r#""\ud83d\ude00""#, false, false, false);
        check(br#""\ud800\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#, false, false, true);
        check(br#""\ud83d\n""#, r#""\ufffd\n""#, false, false, true);
        check(br#""\\ud800""#, r#""\\ud800""#, false, false, false);
        check(br#""\\\ud800""#, r#""\\\ufffd""#, false, false, true);
        check(br#""\ud8""#, r#""\ud8""#, false, false, false);
        check(b"\\ud800\\", "\\ufffd\\", false, false, true);
    }
}
