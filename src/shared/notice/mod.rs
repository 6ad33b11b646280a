//! The catalogue: every text a person or a model reads, in both languages, in one place, by who says it. A missing
//! language does not compile; a test finds one whose placeholders differ.
//!
//! Sections that Rust speaks from are enums; those of the shell are tables, of which the build gives it a copy
//! ([`shell_texts`]).

macro_rules! notices {
    ($(#[$head:meta])* $catalogue:ident; $($(#[$doc:meta])* $name:ident: $en:literal, $zh:literal;)*) => {
        $(#[$head])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $catalogue { $($(#[$doc])* $name,)* }

        impl $catalogue {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// English, Chinese.
            #[must_use]
            pub const fn texts(self) -> [&'static str; 2] {
                match self { $(Self::$name => [$en, $zh],)* }
            }

            /// The text in `language`, with `{0}`, `{1}`, … replaced.
            #[must_use]
            pub fn say(self, language: $crate::shared::language::Language, values: &[&str]) -> String {
                $crate::shared::notice::fill(self.texts(), language, values)
            }
        }
    };
}

mod complaint;
mod help;
mod ledger;
mod offline;
mod plugin;
mod shell;
pub mod watchdog;
mod word;

pub use complaint::Complaint;
pub use ledger::Ledger;
pub use plugin::Notice;
pub use word::Word;

use super::language::Language;

/// What the shell says, by name: English, Chinese.
pub fn shell_texts() -> impl Iterator<Item = (&'static str, [&'static str; 2])> {
    [shell::TEXTS, offline::TEXTS, help::TEXTS].into_iter().flatten().copied()
}

/// Replaces `{n}` by `values[n]`, once, so that a value that looks like a placeholder stays as it is.
fn fill([en, zh]: [&str; 2], language: Language, values: &[&str]) -> String {
    let text = match language {
        Language::En => en,
        Language::Zh => zh,
    };
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}') {
            Some((index, tail)) => {
                let value = index.parse::<usize>().ok().and_then(|i| values.get(i));
                out.push_str(value.copied().unwrap_or_default());
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::language::is_han;
    use std::collections::BTreeSet;

    fn all() -> Vec<(String, [&'static str; 2])> {
        macro_rules! named {
            ($($catalogue:ty),*) => {
                [$(<$catalogue>::ALL.iter().map(|n| (format!("{n:?}"), n.texts())).collect::<Vec<_>>()),*].concat()
            };
        }
        let mut all = named!(Notice, Ledger, Complaint, Word, watchdog::Text);
        all.extend(shell_texts().map(|(name, texts)| (name.to_owned(), texts)));
        all
    }

    #[test]
    fn both_languages_take_the_same_values() {
        for (name, [en, zh]) in all() {
            assert!(!en.is_empty() && !zh.is_empty(), "{name}");
            for n in 0..6 {
                let hole = format!("{{{n}}}");
                assert_eq!(en.contains(&hole), zh.contains(&hole), "{name} {hole}");
            }
        }
    }

    #[test]
    fn each_text_is_in_its_language() {
        // A speaker's texts name what is typed in Chinese as well; a bare form holds no words.
        let bare = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count() == 0;
        for (name, [en, zh]) in all() {
            assert!(zh.chars().any(is_han) || bare(en), "{name} has no Chinese");
            assert!(!en.chars().any(is_han), "{name} has Chinese in its English");
        }
    }

    #[test]
    fn a_name_of_the_shell_stands_for_one_text() {
        let names: BTreeSet<&str> = shell_texts().map(|(name, _)| name).collect();
        assert_eq!(names.len(), shell_texts().count());
    }

    #[test]
    fn a_value_that_looks_like_a_placeholder_stays() {
        assert_eq!(Notice::LastSave.say(Language::En, &["{1}", "x"]), "Last save: {1} (x).");
    }
}
