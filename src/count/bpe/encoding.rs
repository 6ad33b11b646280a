//! Which encoding to count in.

use std::fmt;
use std::str::FromStr;

use super::vocabulary::{O200K_BASE, Vocabulary};
use crate::shared::language::Language;

/// An encoding of OpenAI's, by which texts are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// `o200k_base`: GPT-4o and everything later.
    #[default]
    O200kBase,
}

impl Encoding {
    /// All that are supported.
    pub const ALL: &'static [Self] = &[Self::O200kBase];

    /// The name tiktoken has for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::O200kBase => "o200k_base",
        }
    }

    pub(super) fn vocabulary(self) -> &'static Vocabulary {
        match self {
            Self::O200kBase => &O200K_BASE,
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Encoding {
    type Err = UnknownEncoding;

    fn from_str(name: &str) -> Result<Self, UnknownEncoding> {
        let known = Self::ALL.iter().find(|encoding| encoding.name() == name);
        known.copied().ok_or_else(|| UnknownEncoding { name: name.to_owned() })
    }
}

/// A name that no supported encoding has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownEncoding {
    /// The name as it was given.
    pub name: String,
}

impl UnknownEncoding {
    /// What to tell a person: the name and what is supported instead.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let supported: Vec<&str> = Encoding::ALL.iter().map(|encoding| encoding.name()).collect();
        match language {
            Language::En => format!("unknown encoding {:?}; supported: {}", self.name, supported.join(", ")),
            Language::Zh => format!("未知的编码 {:?}；支持：{}", self.name, supported.join("、")),
        }
    }
}

impl fmt::Display for UnknownEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::En))
    }
}

impl std::error::Error for UnknownEncoding {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_exact_and_an_unknown_one_says_what_is_supported() {
        for encoding in Encoding::ALL {
            assert_eq!(encoding.name().parse(), Ok(*encoding));
        }
        for unknown in ["", "o200k", "O200K_BASE", "p50k_base", "o200k_base "] {
            let error = unknown.parse::<Encoding>().unwrap_err();
            for language in [Language::En, Language::Zh] {
                let text = error.text(language);
                assert!(text.contains("o200k_base") && text.contains(&format!("{unknown:?}")), "{text}");
            }
        }
    }
}
