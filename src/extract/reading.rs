//! What comparing facts needs of a text, read once: its content words, its values, what it is about.

use super::fact::Fact;
use super::fold::{each_content, fold};
use super::identifiers::identifiers;
use super::index::Index;
use super::needle::Needle;
use super::negation::negated;
use super::sorts::SORTS;
pub(super) use crate::shared::name::print;
use std::cell::OnceCell;
use std::sync::OnceLock;

/// Words as prints of 64 bits: that two different ones share one need not be reckoned with, and two words are compared
/// in one step.
pub(super) type Words = Box<[u64]>;

/// The readings of one text, each made when it is first asked for. Whoever asks brings the text.
#[derive(Debug, Default)]
pub(super) struct Reading {
    words: OnceCell<Words>,
    subject: OnceCell<Subject>,
    thing: OnceCell<Subject>,
    forbids: OnceCell<bool>,
    needle: OnceCell<Box<Needle>>,
}

/// What a text is about: its values and the words around them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Subject {
    /// Members of a sort, numbers, identifiers.
    pub values: Words,
    /// The sorts, a bit each.
    pub sorts: u32,
    pub frame: Words,
}

impl Reading {
    /// The content words.
    pub(super) fn words(&self, text: &str) -> &[u64] {
        self.words.get_or_init(|| words(text))
    }

    /// What the text is about, where members of a sort are values.
    pub(super) fn subject(&self, text: &str) -> &Subject {
        self.subject.get_or_init(|| taken_apart(text, true))
    }

    /// The same where they are words like any other: "Postgres" and "Monday" say of what, and the literal is the value.
    pub(super) fn thing(&self, text: &str) -> &Subject {
        self.thing.get_or_init(|| taken_apart(text, false))
    }

    /// What a text must hold to state the fact.
    pub(super) fn needle(&self, fact: &Fact) -> &Needle {
        self.needle.get_or_init(|| Box::new(Needle::of(fact)))
    }

    /// Says what may not be, other than by a limit.
    pub(super) fn forbids(&self, text: &str) -> bool {
        *self.forbids.get_or_init(|| {
            let folded = fold(text);
            negated(&folded) && !["more than", "exceed", "超过", "少于"].iter().any(|w| folded.contains(w))
        })
    }
}

/// The content words of a text.
pub(super) fn words(text: &str) -> Words {
    let mut out = Vec::new();
    each_content(&fold(text), |word| out.push(print(word)));
    out.into()
}

/// The share of `part` that `whole` has too, in percent; 0 for an empty `part`.
pub(super) fn coverage(part: &[u64], whole: &[u64]) -> usize {
    let common = part.iter().filter(|w| whole.contains(w)).count();
    (common * 100).checked_div(part.len()).unwrap_or(0)
}

fn taken_apart(text: &str, sorted: bool) -> Subject {
    let literals: Vec<String> = identifiers(text).into_iter().map(str::to_lowercase).collect();
    let mut rest = text.to_lowercase();
    for value in &literals {
        rest = rest.replace(value.as_str(), " ");
    }
    let mut values: Vec<u64> = literals.iter().map(|v| print(v)).collect();
    let mut sorts = 0;
    let members = if sorted { members(&fold(&rest)) } else { Vec::new() };
    for (sort, _, member) in members {
        values.push(print(member));
        sorts |= 1 << sort;
        rest = rest.replace(member, " ");
    }
    let (mut frame, mut numbers) = (Vec::new(), Vec::new());
    each_content(&fold(&rest), |word| {
        let number = word.starts_with(|c: char| c.is_ascii_digit());
        if number { &mut numbers } else { &mut frame }.push(print(word));
    });
    values.extend(numbers);
    Subject { values: values.into(), sorts, frame: frame.into() }
}

/// A sort, the place of a member in it, the member.
type Member = (usize, usize, &'static str);

/// The members of sorts that a folded text names, in the order of the table.
fn members(folded: &str) -> Vec<Member> {
    static INDEX: OnceLock<(Index, Vec<Vec<Member>>)> = OnceLock::new();
    let (index, named) = INDEX.get_or_init(|| {
        let all = SORTS.iter().enumerate().flat_map(|(sort, members)| {
            members.iter().enumerate().map(move |(place, member)| (sort, place, *member))
        });
        let index = Index::of(all.clone().map(|(.., member)| member));
        let mut named = vec![Vec::new(); index.len()];
        for member in all {
            let number = index.number(member.2).unwrap_or_default();
            named.iter_mut().skip(number).take(1).for_each(|same: &mut Vec<Member>| same.push(member));
        }
        (index, named)
    });
    let mut out: Vec<Member> = Vec::new();
    index.find(folded, |_, _, number| out.extend(named.get(number).into_iter().flatten()));
    out.sort_unstable();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::language::is_han;

    #[test]
    fn every_sort_has_a_bit_and_every_member_is_of_one_word() {
        assert!(SORTS.len() <= 32);
        for member in SORTS.iter().copied().flatten() {
            let han = member.chars().all(is_han);
            assert!(han || member.chars().all(|c| c.is_ascii_alphanumeric()), "{member}");
        }
    }
}
