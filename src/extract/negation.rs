//! Whether a clause is turned round.

use super::index::Index;
use super::{phrases_en as en, phrases_zh as zh};
use crate::shared::language::is_han;
use std::sync::OnceLock;

/// The signs of negation, and behind them the words in which such a sign turns nothing round.
fn signs() -> &'static Index {
    static SIGNS: OnceLock<Index> = OnceLock::new();
    SIGNS.get_or_init(|| Index::of(en::NEGATORS.iter().chain(zh::NEGATORS).chain(zh::NOT_NEGATORS).copied()))
}

/// Whether a folded clause is turned round: an odd number of negators.
pub(super) fn negated(folded: &str) -> bool {
    let from_other = en::NEGATORS.len() + zh::NEGATORS.len();
    let (mut count, mut other) = (0, false);
    // Of two of the same word side by side one counts: where the last one of a word ended, by the word's number.
    let mut counted: Vec<(usize, usize)> = Vec::new();
    signs().find(folded, |at, end, number| {
        if number >= from_other {
            other = true;
        } else if folded.get(at..).is_some_and(|sign| sign.starts_with(is_han)) {
            count += 1;
        } else if !counted.contains(&(number, at.saturating_sub(1))) {
            count += 1;
            counted.push((number, end));
        }
    });
    if other {
        count = count - chinese(folded) + chinese(&without_others(folded));
    }
    count % 2 == 1
}

fn chinese(text: &str) -> usize {
    zh::NEGATORS.iter().map(|n| text.matches(n).count()).sum()
}

fn without_others(folded: &str) -> String {
    let mut out = folded.to_owned();
    for word in zh::NOT_NEGATORS.iter().filter(|word| folded.contains(**word)) {
        out = out.replace(word, " ");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_has_a_number_of_its_own() {
        let mut all: Vec<&str> =
            en::NEGATORS.iter().chain(zh::NEGATORS).chain(zh::NOT_NEGATORS).copied().collect();
        all.sort_unstable();
        assert!(all.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn an_even_number_turns_nothing_round() {
        for (folded, turned) in [
            (" do not deploy ", true),
            (" not never ", false),
            (" not not ", true),
            (" not not not ", false),
            (" 不要动 ", true),
            (" 不错 ", false),
            (" 不是 不错 ", true),
        ] {
            assert_eq!(negated(folded), turned, "{folded}");
        }
    }
}
