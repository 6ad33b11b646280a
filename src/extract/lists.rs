//! The phrase lists as one index: a clause is gone over once and knows from then on which lists have a phrase in it.

use super::fact::{Kind, Speaker};
use super::index::Index;
use super::phrase::{At, Cue, Who};
use super::{phrases_en as en, phrases_zh as zh};
use std::sync::OnceLock;

/// A list of phrases. Where English and Chinese ones count in different places, there are two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    Undecided,
    Hypothetical,
    HypotheticalHan,
    NoRule,
    NoGoal,
    NoTodo,
    NoPreference,
    RhetoricalHan,
    Requests,
    RequestsHan,
    /// Requests wherever they stand.
    Asks,
    Inverted,
    InvertedHan,
    Imperatives,
    ImperativesHan,
    Switch,
    /// Of those, the ones that need not name what they replace.
    Instead,
    Lift,
    Done,
    DoneHan,
    DoneAfter,
    NotDone,
    /// Reports that a user's words are not.
    Perfect,
    Deferred,
    Named,
    States,
    /// What stands between a name and its number.
    Equals,
    Fillers,
    WeakFillers,
    FillersHan,
    /// A choice that is one even on the way.
    Chooses,
    HelpMe,
    Goal,
    NewGoal,
    /// Parts of "X is so, not Y".
    Is,
    AndNot,
    Not,
    Rather,
    NotHan,
    /// Beginnings of "no, not X", and ends of questions.
    Refusals,
    TagsHan,
    /// Any of the cues.
    Cue,
}

/// Each list with its English and its Chinese phrases.
#[rustfmt::skip]
const LISTS: &[(List, &[&str], &[&str])] = &[
    (List::Undecided, en::UNDECIDED, zh::UNDECIDED),
    (List::Hypothetical, en::HYPOTHETICAL, &[]), (List::HypotheticalHan, &[], zh::HYPOTHETICAL),
    (List::NoRule, en::NO_RULE, zh::NO_RULE), (List::NoGoal, en::NO_GOAL, zh::NO_GOAL),
    (List::NoTodo, en::NO_TODO, zh::NO_TODO), (List::NoPreference, en::NO_PREFERENCE, zh::NO_PREFERENCE),
    (List::RhetoricalHan, &[], zh::RHETORICAL),
    (List::Requests, en::REQUESTS, &[]), (List::RequestsHan, &[], zh::REQUESTS),
    (List::Asks, &["can you please", "could you please", "can you"], &[]),
    (List::Inverted, en::INVERTED, &[]), (List::InvertedHan, &[], zh::INVERTED),
    (List::Imperatives, en::IMPERATIVES, &[]), (List::ImperativesHan, &[], zh::IMPERATIVES),
    (List::Switch, en::SWITCH, zh::SWITCH),
    (List::Instead, &["instead", "switch to", "let's switch", "changed my mind"], &["改用", "换成", "换用"]),
    (List::Lift, en::LIFT, zh::LIFT),
    (List::Done, en::DONE, &[]), (List::DoneHan, &[], zh::DONE),
    (List::DoneAfter, en::DONE_AFTER, zh::DONE_AFTER), (List::NotDone, en::NOT_DONE, zh::NOT_DONE),
    (List::Perfect, &["i have", "complete"], &[]),
    (List::Deferred, en::DEFERRED, zh::DEFERRED),
    (List::Named, en::NAMED, zh::NAMED), (List::States, en::STATES, zh::STATES),
    (List::Equals, &["is", "are", ":", "=", "on", "at"], &["是", "为", ":"]),
    (List::Fillers, en::FILLERS, &[]), (List::WeakFillers, en::WEAK_FILLERS, &[]),
    (List::FillersHan, &[], zh::FILLERS),
    (List::Chooses, &["decided", "going with", "go with", "decision", "settled on", "agreed"], &["决定", "选定", "敲定"]),
    (List::HelpMe, &["help me"], &["帮我"]), (List::Goal, &["goal"], &["目标"]),
    (List::NewGoal, &["new goal", "goal is now", "change of plan", "goal has changed"], &["新的目标", "目标改", "目标变"]),
    (List::Is, &["it's", "its", "is", "should be", "are"], &[]), (List::AndNot, &[", not", "and not"], &[]),
    (List::Not, &["not"], &[]), (List::Rather, &["but rather", ", it's"], &[]), (List::NotHan, &[], &["不是"]),
    (List::Refusals, &["no", "nope", "nah"], &[]), (List::TagsHan, &[], zh::TAGS),
];

/// A set of lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lists(u64);

impl Lists {
    pub(super) fn has(self, list: List) -> bool {
        self.0 >> (list as u32) & 1 == 1
    }

    fn add(&mut self, list: List) {
        self.0 |= 1 << (list as u32);
    }

    pub(super) fn join(&mut self, others: Self) {
        self.0 |= others.0;
    }
}

/// How sure the cues of a clause are of each kind, in whose mouth.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cues {
    user: [u8; KINDS.len()],
    assistant: [u8; KINDS.len()],
}

/// The kinds that have cues, the most important first.
const KINDS: [Kind; 7] = [
    Kind::Goal,
    Kind::Constraint,
    Kind::Correction,
    Kind::Decision,
    Kind::Todo,
    Kind::OpenQuestion,
    Kind::Preference,
];

impl Cues {
    fn add(&mut self, cue: &Cue) {
        let Some(at) = KINDS.iter().position(|k| *k == cue.kind) else { return };
        let raise = |sure: &mut [u8; KINDS.len()]| {
            if let Some(known) = sure.get_mut(at) {
                *known = cue.confidence.max(*known);
            }
        };
        if cue.who != Who::Assistant {
            raise(&mut self.user);
        }
        if cue.who != Who::User {
            raise(&mut self.assistant);
        }
    }

    /// The kinds that `speaker` gives cues of, with their confidence.
    pub(super) fn of(&self, speaker: Speaker) -> impl Iterator<Item = (Kind, u8)> {
        let sure = match speaker {
            Speaker::User => self.user,
            Speaker::Assistant => self.assistant,
            Speaker::Tool => [0; KINDS.len()],
        };
        KINDS.into_iter().zip(sure).filter(|(_, confidence)| *confidence > 0)
    }
}

/// What a phrase is to a clause.
#[derive(Default)]
pub(super) struct Meaning {
    pub lists: Lists,
    cues: Vec<&'static Cue>,
}

impl Meaning {
    /// Adds the cues that count: those of anywhere, and those of the start where the phrase stands at the start.
    pub(super) fn cue(&self, at_start: bool, cues: &mut Cues) {
        for cue in self.cues.iter().filter(|cue| at_start || cue.at == At::Anywhere) {
            cues.add(cue);
        }
    }
}

/// All phrases, and what each of them is.
pub(super) struct Phrases {
    pub index: Index,
    meanings: Vec<Meaning>,
}

impl Phrases {
    pub(super) fn meaning(&self, number: usize) -> Option<&Meaning> {
        self.meanings.get(number)
    }

    /// The lists in which `word` alone is a phrase.
    pub(super) fn word(&self, word: &str) -> Lists {
        self.index.word(word).and_then(|n| self.meaning(n)).map_or(Lists::default(), |m| m.lists)
    }

    fn new() -> Self {
        let listed = LISTS.iter().flat_map(|(list, en, zh)| en.iter().chain(*zh).map(|p| (*p, *list)));
        let cues = || en::CUES.iter().chain(zh::CUES);
        let index = Index::of(listed.clone().map(|(p, _)| p).chain(cues().map(|c| c.text)));
        let mut meanings: Vec<Meaning> = Vec::new();
        meanings.resize_with(index.len(), Meaning::default);
        let mut with = |phrase: &'static str, set: &mut dyn FnMut(&mut Meaning)| {
            if let Some(meaning) = index.number(phrase).and_then(|n| meanings.get_mut(n)) {
                set(meaning);
            }
        };
        for (phrase, list) in listed {
            with(phrase, &mut |meaning| meaning.lists.add(list));
        }
        for cue in cues() {
            with(cue.text, &mut |meaning| {
                meaning.lists.add(List::Cue);
                // What is less sure is as good as nothing.
                if cue.confidence >= LEAST {
                    meaning.cues.push(cue);
                }
            });
        }
        Self { index, meanings }
    }
}

/// Least confidence of a cue that makes a fact.
const LEAST: u8 = 50;

/// The phrases, put in order when the first text is read.
pub(super) fn phrases() -> &'static Phrases {
    static PHRASES: OnceLock<Phrases> = OnceLock::new();
    PHRASES.get_or_init(Phrases::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::language::is_han;

    #[test]
    fn a_set_has_room_for_every_list() {
        assert!((List::Cue as u32) < u64::BITS);
        for (at, (list, ..)) in LISTS.iter().enumerate() {
            assert_eq!(*list as usize, at, "{list:?}");
        }
        assert_eq!(List::Cue as usize, LISTS.len());
    }

    /// The index finds phrases of Han characters anywhere and others as whole words: every phrase must be of one sort.
    #[test]
    fn phrases_are_in_their_languages_form() {
        let cues = |cues: &'static [Cue]| cues.iter().map(|c| c.text);
        let english = LISTS.iter().flat_map(|l| l.1).copied().chain(cues(en::CUES));
        for phrase in english {
            assert!(!phrase.contains(is_han) && phrase.trim() == phrase, "{phrase}");
        }
        let chinese = LISTS.iter().flat_map(|l| l.2).copied().chain(cues(zh::CUES));
        for phrase in chinese.filter(|p| *p != ":") {
            assert!(phrase.starts_with(is_han), "{phrase}");
        }
    }
}
