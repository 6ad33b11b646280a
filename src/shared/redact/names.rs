//! The names that announce a secret.

/// What a name promises about the value after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// A person chose it: may be short, a word, or digits only.
    Password,
    /// A machine made it: long, letters and digits mixed.
    Secret(&'static str),
}

impl Name {
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Secret(kind) => kind,
        }
    }
}

/// What a name ends with once its case, `_` and `-` are folded away. `token_count` and `max_tokens` end otherwise.
pub(super) const ENDINGS: &[(&str, Name)] = &[
    ("password", Name::Password),
    ("passwd", Name::Password),
    ("passphrase", Name::Password),
    ("passcode", Name::Password),
    ("pwd", Name::Password),
    ("clientsecret", Name::Secret("secret")),
    ("secret", Name::Secret("secret")),
    ("token", Name::Secret("token")),
    ("apikey", Name::Secret("api-key")),
    ("accesskey", Name::Secret("api-key")),
    ("accesskeyid", Name::Secret("api-key")),
    ("secretkey", Name::Secret("secret")),
    ("privatekey", Name::Secret("secret")),
    ("signingkey", Name::Secret("secret")),
    ("encryptionkey", Name::Secret("secret")),
    ("accountkey", Name::Secret("secret")),
    ("sharedaccesskey", Name::Secret("secret")),
    ("authkey", Name::Secret("secret")),
];

/// Words before a separate `key` that make it one (`API key: …`).
const BEFORE_KEY: &[&str] = &["api", "access", "secret", "private", "auth", "signing", "encryption"];

/// Names in Chinese.
pub(super) const HAN: &[(&str, Name)] = &[
    ("密码", Name::Password),
    ("口令", Name::Password),
    ("密钥", Name::Secret("secret")),
    ("秘钥", Name::Secret("secret")),
    ("令牌", Name::Secret("token")),
];

/// Longest name looked at: environment variables are shorter, and pasted blobs are not names.
const LONGEST: usize = 64;

/// What `word` announces; `before` is the word in front of it.
pub(super) fn of(word: &str, before: &str) -> Option<Name> {
    if word.len() < 3 || word.len() > LONGEST {
        return None;
    }
    // Nearly no word ends like a name: its last two letters tell.
    let mut letters = word.bytes().rev().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase());
    let (last, before_last) = (letters.next()?, letters.next()?);
    match (before_last, last) {
        (b'r' | b'w' | b'i', b'd') | (b's' | b'd', b'e') | (b'e', b't' | b'n') => {}
        (b'e', b'y') if letters.next() == Some(b'k') => {
            if letters.next().is_none() {
                let named = BEFORE_KEY.iter().any(|w| before.eq_ignore_ascii_case(w));
                return named.then_some(Name::Secret("api-key"));
            }
        }
        _ => return None,
    }
    ENDINGS.iter().find(|(ending, _)| ends_with(word, ending)).map(|(_, name)| *name)
}

/// Whether the letters and digits of `word` end with `ending`, in either case.
fn ends_with(word: &str, ending: &str) -> bool {
    let mut letters = word.bytes().rev().filter(u8::is_ascii_alphanumeric);
    ending.bytes().rev().all(|wanted| letters.next().is_some_and(|b| b.to_ascii_lowercase() == wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ending_passes_the_look_at_its_last_letters() {
        for (ending, _) in ENDINGS {
            assert!(of(ending, "").is_some(), "{ending}");
        }
    }
}
