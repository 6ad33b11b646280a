//! The languages ASM speaks.

use serde::{Deserialize, Serialize};

/// Language of a text: of a fact, or of what a person is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English, and every text that is not Chinese.
    #[default]
    En,
    /// Chinese.
    Zh,
}

impl Language {
    /// Chinese where at least a fifth of the letters (Han characters count twice: one stands for about two Latin
    /// words' worth of letters) are Han; English otherwise.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let (mut han, mut other) = (0usize, 0usize);
        for c in text.chars() {
            if is_han(c) {
                han += 2;
            } else if c.is_alphabetic() {
                other += 1;
            }
        }
        if han > 0 && han * 5 >= han + other { Self::Zh } else { Self::En }
    }
}

impl Language {
    /// The language of a POSIX locale name (`zh_CN.UTF-8`, `zh-Hans`); English for every other.
    #[must_use]
    pub fn of_locale(locale: &str) -> Self {
        let tag = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        if tag.eq_ignore_ascii_case("zh") { Self::Zh } else { Self::En }
    }
}

/// Whether `c` is a Han character (CJK unified ideographs, extension A, compatibility ideographs, the SIP).
#[must_use]
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_locale_names() {
        assert_eq!(Language::of_locale("zh_CN.UTF-8"), Language::Zh);
        assert_eq!(Language::of_locale("ZH-hant"), Language::Zh);
        assert_eq!(Language::of_locale("zha_CN"), Language::En);
        assert_eq!(Language::of_locale("C"), Language::En);
        assert_eq!(Language::of_locale(""), Language::En);
    }

    #[test]
    fn tells_chinese_from_english_in_mixed_text() {
        assert_eq!(Language::of("我们决定用 PostgreSQL 16"), Language::Zh);
        assert_eq!(Language::of("We use 微信 for login and keep everything else in English"), Language::En);
        assert_eq!(Language::of("12345 --- !!"), Language::En);
    }
}
