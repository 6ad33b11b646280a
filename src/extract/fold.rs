//! One form of a text for matching, and its content words for comparing.

use super::index::Index;
use super::{phrases_en, phrases_zh};
use crate::shared::language::is_han;
use std::borrow::Cow;
use std::sync::OnceLock;

/// Full-width ASCII and typographic quotes as their plain forms.
pub(super) fn plain(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        '‘' | '’' | 'ʼ' => '\'',
        '“' | '”' | '«' | '»' => '"',
        _ => c,
    }
}

/// What a character is to `fold`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Blank,
    /// A comma or a colon: a word of its own.
    Mark(char),
    Han,
    Letter,
}

impl Class {
    const fn of_ascii(byte: u8) -> Self {
        match byte {
            b',' => Self::Mark(','),
            b':' => Self::Mark(':'),
            b'\'' => Self::Letter,
            byte if byte.is_ascii_alphanumeric() => Self::Letter,
            _ => Self::Blank,
        }
    }

    fn of(c: char) -> Self {
        match c {
            '，' | '、' => Self::Mark(','),
            c if is_han(c) => Self::Han,
            c if c.is_ascii() => Self::of_ascii(c as u8),
            c if c.is_alphanumeric() => Self::Letter,
            _ => Self::Blank,
        }
    }
}

/// Lower-case letters and digits of ASCII and the apostrophe, in both cases; 0 for what is no letter.
static LETTERS: [u8; 256] = letters();

#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, which would stop")]
const fn letters() -> [u8; 256] {
    let mut out = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        if matches!(Class::of_ascii(byte), Class::Letter) {
            out[byte as usize] = byte.to_ascii_lowercase();
        }
        byte += 1;
    }
    out
}

/// A text being folded.
struct Folding {
    out: String,
    last: Class,
    /// Words twice and Han characters once.
    halves: usize,
    han: bool,
}

impl Folding {
    /// What comes next is of this class.
    fn turn(&mut self, class: Class) {
        if self.last != Class::Blank && (matches!(class, Class::Mark(_)) || class != self.last) {
            self.out.push(' ');
        }
        if class == Class::Han {
            self.halves += 1;
            self.han = true;
        } else if class == Class::Letter && self.last != Class::Letter {
            self.halves += 2;
        }
        self.last = class;
    }

    /// `c` is plain and lower case.
    fn push(&mut self, c: char, class: Class) {
        self.turn(class);
        match class {
            Class::Blank => {}
            Class::Mark(mark) => self.out.push(mark),
            Class::Han | Class::Letter => self.out.push(c),
        }
    }

    /// Letters of ASCII at the beginning of `bytes`; how many.
    fn word(&mut self, bytes: &[u8]) -> usize {
        self.turn(Class::Letter);
        let lower = |byte: &u8| LETTERS.get(usize::from(*byte)).copied().filter(|low| *low != 0);
        let before = self.out.len();
        // Below 128, which the mask tells the compiler.
        self.out.extend(bytes.iter().map_while(lower).map(|low| char::from(low & 0x7f)));
        self.out.len() - before
    }
}

/// The form phrases are matched in: lower case, words parted by single blanks and one at either end, commas and
/// colons as words of their own, other punctuation gone, Han runs parted from Latin ones.
pub(super) fn fold(text: &str) -> String {
    folded(text).text
}

/// A folded text, and what was seen on the way.
pub(super) struct Folded {
    pub text: String,
    /// Its words, counted twice, and its Han characters.
    pub halves: usize,
    /// Whether there is Chinese in it.
    pub han: bool,
}

pub(super) fn folded(text: &str) -> Folded {
    let room = text.len() + text.len() / 8 + 8;
    let out = String::with_capacity(room);
    let mut folding = Folding { out, last: Class::Blank, halves: 0, han: false };
    folding.out.push(' ');
    let mut at = 0;
    while let Some(&byte) = text.as_bytes().get(at) {
        if byte.is_ascii() {
            let rest = text.as_bytes().get(at..).unwrap_or_default();
            at += match Class::of_ascii(byte) {
                Class::Letter => folding.word(rest),
                class => {
                    folding.push(' ', class);
                    1
                }
            };
            continue;
        }
        let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { break };
        at += c.len_utf8();
        if is_han(c) {
            folding.push(c, Class::Han);
        } else {
            plain(c).to_lowercase().for_each(|c| folding.push(c, Class::of(c)));
        }
    }
    if folding.last != Class::Blank {
        folding.out.push(' ');
    }
    Folded { text: folding.out, halves: folding.halves, han: folding.han }
}

/// The words of a folded text that carry the meaning: English ones without their endings and without the words every
/// sentence has, Han runs as overlapping pairs, numbers as they are. In order, with repetitions.
pub(super) fn content_of(folded: &str) -> Vec<String> {
    let mut out = Vec::new();
    each_content(folded, |word| out.push(word.to_owned()));
    out
}

/// Shows those words one after another.
pub(super) fn each_content(folded: &str, mut show: impl FnMut(&str)) {
    for word in folded.split(' ') {
        if word.starts_with(is_han) {
            pairs(word, &mut show);
        } else if carries(word) {
            show(stem(word));
        }
    }
}

/// Whether a folded text has any such word.
pub(super) fn has_content(folded: &str) -> bool {
    folded.split(' ').any(|word| {
        if !word.starts_with(is_han) {
            return carries(word);
        }
        let mut any = false;
        pairs(word, &mut |_| any = true);
        any
    })
}

/// Whether an English word is more than what every sentence has.
fn carries(word: &str) -> bool {
    !matches!(word, "" | "," | ":") && stop_words().word(word).is_none()
}

fn stop_words() -> &'static Index {
    static STOP_WORDS: OnceLock<Index> = OnceLock::new();
    STOP_WORDS.get_or_init(|| Index::of(phrases_en::STOP_WORDS.iter().chain(phrases_zh::STOP_WORDS).copied()))
}

/// Overlapping pairs of a Han run, between the words every sentence has. Those are cut out one after another in the
/// order of their table: of two that overlap, the one listed first goes.
fn pairs(run: &str, show: &mut impl FnMut(&str)) {
    let mut common = Vec::new();
    for (at, _) in run.char_indices() {
        stop_words().chinese(run, at, &mut |from, to, number| common.push((number, from, to)));
    }
    common.sort_unstable();
    // Each word is taken out wherever it stands, once.
    common.dedup_by_key(|(number, ..)| *number);
    let mut cut = Cow::Borrowed(run);
    for (_, from, to) in common {
        let word = run.get(from..to).unwrap_or_default();
        if cut.contains(word) {
            cut = Cow::Owned(cut.replace(word, " "));
        }
    }
    for piece in cut.split(' ').filter(|p| !p.is_empty()) {
        let ends = || piece.char_indices().map(|(at, _)| at).chain([piece.len()]);
        let far = if ends().count() == 2 { 1 } else { 2 };
        for (from, to) in ends().zip(ends().skip(far)) {
            show(piece.get(from..to).unwrap_or_default());
        }
    }
}

/// `word` without its English ending: deploy, deploys, deployed and deploying are one word. No dictionary: it only
/// has to be the same on both sides of a comparison.
fn stem(word: &str) -> &str {
    let word = word.trim_matches('\'').trim_end_matches("'s");
    if word.len() < 4 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return word;
    }
    let cut = ["ments", "ment", "ions", "ing", "ion", "ies", "ed", "es", "s"]
        .iter()
        .find_map(|end| {
            word.strip_suffix(end).filter(|rest| rest.len() >= 3 && !(*end == "s" && rest.ends_with('s')))
        })
        .unwrap_or(word);
    let cut = cut.strip_suffix(['e', 'y', 'i']).filter(|rest| rest.len() >= 3).unwrap_or(cut);
    let mut back = cut.bytes().rev();
    match (back.next(), back.next()) {
        (Some(a), Some(b)) if a == b && cut.len() > 3 => cut.get(..cut.len() - 1).unwrap_or(cut),
        _ => cut,
    }
}
