//! Which encoding to count in.

use std::fmt;
use std::str::FromStr;

use super::tables;
use super::vocabulary::Vocabulary;
use crate::shared::language::Language;

/// An encoding of OpenAI's, by which texts are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// `o200k_base`: GPT-4o and everything later.
    #[default]
    O200kBase,
    /// `cl100k_base`: GPT-3.5, GPT-4 and the embeddings of their time.
    Cl100kBase,
}

impl Encoding {
    /// All that are supported.
    pub const ALL: &'static [Self] = &[Self::O200kBase, Self::Cl100kBase];

    /// The name tiktoken has for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::O200kBase => "o200k_base",
            Self::Cl100kBase => "cl100k_base",
        }
    }

    /// The one that stands at `index` of [`Self::ALL`], by which JavaScript names it.
    #[must_use]
    pub fn at(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }

    /// Its tables; `None` where they come from a file and have not come yet.
    pub(super) fn vocabulary(self) -> Option<&'static Vocabulary> {
        tables::of(self)
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
