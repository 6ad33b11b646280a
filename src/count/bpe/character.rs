//! The class of a character, as the patterns of OpenAI's encodings tell them apart.

use super::layout::{CLASS_BLOCK_BITS, EITHER, LOWER, MARK, NEWLINE, NUMBER, OTHER, SPACE, UPPER};

static INDEX: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/class_index"));
static BLOCKS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/class_blocks"));

/// What a character is to the pre-tokenizer. Every code point has exactly one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `\p{Lu}`, `\p{Lt}`: may stand only before lower-case letters of a word.
    Upper,
    /// `\p{Ll}`: may stand only after upper-case letters of a word.
    Lower,
    /// `\p{Lm}`, `\p{Lo}`: anywhere in a word.
    Either,
    /// `\p{M}`: anywhere in a word, and also where punctuation may stand.
    Mark,
    /// `\p{N}`.
    Number,
    /// CR and LF, the only white space a word may not begin with.
    Newline,
    /// Any other `\s`.
    Space,
    /// Punctuation, symbols, controls, unassigned code points.
    Other,
}

impl Class {
    /// The class of `point`; `Other` for what is no code point.
    #[inline]
    #[must_use]
    pub fn of(point: u32) -> Self {
        let block = INDEX.get((point >> CLASS_BLOCK_BITS) as usize).copied().unwrap_or_default();
        let within = point as usize & ((1 << CLASS_BLOCK_BITS) - 1);
        let class = BLOCKS.get(usize::from(block) << CLASS_BLOCK_BITS | within);
        match class.copied().unwrap_or(OTHER) {
            UPPER => Self::Upper,
            LOWER => Self::Lower,
            EITHER => Self::Either,
            MARK => Self::Mark,
            NUMBER => Self::Number,
            NEWLINE => Self::Newline,
            SPACE => Self::Space,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Class;

    #[test]
    fn odd_characters_have_the_class_of_the_regex_crate() {
        for (character, class) in [
            ('A', Class::Upper),
            ('ǅ', Class::Upper),
            ('ſ', Class::Lower),
            ('ª', Class::Either),
            ('中', Class::Either),
            ('ʰ', Class::Either),
            ('\u{301}', Class::Mark),
            ('\u{fe0f}', Class::Mark),
            ('²', Class::Number),
            ('Ⅷ', Class::Number),
            ('\r', Class::Newline),
            ('\u{b}', Class::Space),
            ('\u{85}', Class::Space),
            ('\u{2028}', Class::Space),
            ('\u{3000}', Class::Space),
            ('\u{feff}', Class::Other),
            ('\u{200b}', Class::Other),
            ('\u{200d}', Class::Other),
            ('_', Class::Other),
            ('\u{378}', Class::Other),
            ('\u{10ffff}', Class::Other),
        ] {
            assert_eq!(Class::of(u32::from(character)), class, "{character:?}");
        }
        assert_eq!(Class::of(u32::MAX), Class::Other);
    }
}
