//! One form of a text for matching, and its content words for comparing.

use super::{phrases_en, phrases_zh};
use crate::shared::language::is_han;

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

/// The form phrases are matched in: lower case, words parted by single blanks and one at either end, commas and
/// colons as words of their own, other punctuation gone, Han runs parted from Latin ones.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(' ');
    let mut last = ' ';
    for c in text.chars().map(plain).flat_map(char::to_lowercase) {
        let class = match c {
            ',' | '，' | '、' => ',',
            ':' => ':',
            c if is_han(c) => 'h',
            c if c.is_alphanumeric() || c == '\'' => 'a',
            _ => ' ',
        };
        let mark = matches!(class, ',' | ':');
        if (class != last || mark) && last != ' ' && !out.ends_with(' ') {
            out.push(' ');
        }
        if class == ' ' {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            out.push(if mark { class } else { c });
        }
        last = class;
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

/// The words that carry the meaning: English ones without their endings and without the words every sentence has,
/// Han runs as overlapping pairs, numbers as they are. In order, with repetitions.
pub(super) fn content(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for word in fold(text).split(' ') {
        if word.chars().next().is_some_and(is_han) {
            pairs(word, &mut out);
        } else if !matches!(word, "" | "," | ":") && !phrases_en::STOP_WORDS.contains(&word) {
            out.push(stem(word));
        }
    }
    out
}

fn pairs(run: &str, out: &mut Vec<String>) {
    let mut cut = run.to_owned();
    for word in phrases_zh::STOP_WORDS {
        if cut.contains(word) {
            cut = cut.replace(word, " ");
        }
    }
    for piece in cut.split(' ').filter(|p| !p.is_empty()) {
        let chars: Vec<char> = piece.chars().collect();
        if let [only] = chars.as_slice() {
            out.push(only.to_string());
        }
        out.extend(chars.windows(2).map(String::from_iter));
    }
}

/// `word` without its English ending: deploy, deploys, deployed and deploying are one word. No dictionary: it only
/// has to be the same on both sides of a comparison.
fn stem(word: &str) -> String {
    let word = word.trim_matches('\'').trim_end_matches("'s");
    if word.len() < 4 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return word.to_owned();
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
        (Some(a), Some(b)) if a == b && cut.len() > 3 => cut.get(..cut.len() - 1).unwrap_or(cut).to_owned(),
        _ => cut.to_owned(),
    }
}

/// The share of `part` that `whole` has too, in percent; 0 for an empty `part`.
pub(super) fn coverage(part: &[String], whole: &[String]) -> usize {
    let common = part.iter().filter(|w| whole.contains(w)).count();
    (common * 100).checked_div(part.len()).unwrap_or(0)
}
