//! Whether a new fact says otherwise about the same thing.

use super::fact::{Fact, Kind, Speaker, Status};
use super::fold::{content_of, fold};
use super::lists::{List, Lists};
use super::reading::{Reading, Subject, Words, coverage, print};
use super::shelf::Shelf;

/// Share of common frame words (what is left without the values) from which two facts are about the same thing.
const SAME_FRAME: usize = 60;
/// The same of two statements of where or what a thing is, which differ in little when they differ at all.
const SAME_THING: usize = 75;
/// The same where the new one announces that it replaces something.
const SAME_ON_SWITCH: usize = 34;
/// Share of a rule's words that lifting it has to repeat.
const SAME_RULE: usize = 50;

fn rank(speaker: Speaker) -> u8 {
    match speaker {
        Speaker::User => 2,
        Speaker::Assistant => 1,
        Speaker::Tool => 0,
    }
}

/// A fact that is new, what was read out of it, and which lists have a phrase in the clause that states it.
#[derive(Clone, Copy)]
pub(super) struct New<'a> {
    pub fact: &'a Fact,
    pub reading: &'a Reading,
    pub said: Lists,
}

type Old<'a> = (usize, &'a Fact, &'a Reading);

impl New<'_> {
    fn subject(&self) -> &Subject {
        self.reading.subject(&self.fact.text)
    }
}

/// The active facts of `kinds` that a word of the speaker of `new` may supersede.
fn open<'a>(new: &Fact, facts: &'a Shelf, kinds: &[Kind]) -> Vec<Old<'a>> {
    let open = |f: &Fact| {
        f.status == Status::Active
            && kinds.contains(&f.kind)
            && rank(f.role) <= rank(new.role)
            && f.id != new.id
    };
    facts.known().filter(|(_, f, _)| open(f)).collect()
}

/// The positions in `facts` of those that `new` supersedes.
pub(super) fn superseded(new: New<'_>, facts: &Shelf) -> Vec<usize> {
    use Kind::{Constraint, Correction, Decision, Goal, Identifier, Preference, Todo};
    let old = |kinds: &[Kind]| open(new.fact, facts, kinds);
    match new.fact.kind {
        Decision => {
            let mut out = decision(new, &old(&[Decision, Correction]));
            out.extend(lifted(new, || old(&[Constraint])));
            out
        }
        Constraint | Preference => {
            let mut out = revalued(new, &old(&[Constraint, Preference]));
            out.extend(lifted(new, || old(&[Constraint, Preference])));
            out
        }
        Identifier => revalued(new, &old(&[Identifier])),
        Correction => {
            corrected(new, &old(&[Decision, Constraint, Preference, Identifier, Correction, Todo, Goal]))
        }
        Goal => retargeted(new.said, || old(&[Goal])),
        _ => Vec::new(),
    }
}

/// A goal that is stated as such replaces those stated as such; one that is said to be new replaces all.
fn retargeted<'a>(said: Lists, old: impl Fn() -> Vec<Old<'a>>) -> Vec<usize> {
    if !said.has(List::Goal) {
        return Vec::new();
    }
    let all = said.has(List::NewGoal);
    let explicit = |f: &Fact| f.text.to_lowercase().contains("goal") || f.text.contains("目标");
    old().iter().filter(|(_, f, _)| all || explicit(f)).map(|(at, ..)| *at).collect()
}

/// The user's decision that stands against one of the assistant's.
pub(super) fn outranked(new: New<'_>, facts: &Shelf) -> Option<String> {
    if new.fact.kind != Kind::Decision {
        return None;
    }
    let stands = |f: &Fact| {
        f.status == Status::Active
            && f.kind == Kind::Decision
            && f.id != new.fact.id
            && rank(f.role) > rank(new.fact.role)
    };
    let above: Vec<Old<'_>> = facts.known().filter(|(_, f, _)| stands(f)).collect();
    let against = decision(new, &above);
    against.first().and_then(|at| facts.facts().get(*at)).map(|f| f.id.clone())
}

fn decision(new: New<'_>, old: &[Old<'_>]) -> Vec<usize> {
    let fresh = new.subject();
    let switch = new.said.has(List::Switch);
    let mut out = Vec::new();
    let mut last_resort = None;
    for (at, fact, reading) in old.iter().rev() {
        let stale = reading.subject(&fact.text);
        if same_sort(fresh, stale, switch)
            || same_frame(fresh, stale, switch)
            || switch && names_value(fresh, stale)
        {
            out.push(*at);
        } else if fact.kind == Kind::Decision && last_resort.is_none() && fresh.sorts == 0 && stale.sorts == 0
        {
            last_resort = Some(*at);
        }
    }
    // "Let's switch to X instead" that names nothing known: it answers what was decided last.
    if out.is_empty() && new.said.has(List::Instead) && fresh.frame.len() <= 3 {
        out.extend(last_resort);
    }
    out
}

/// Another member of the same sort, about the same part of the work or without saying which.
fn same_sort(fresh: &Subject, stale: &Subject, switch: bool) -> bool {
    let shared = fresh.sorts & stale.sorts != 0;
    let other = fresh.values.iter().any(|v| !stale.values.contains(v));
    let frame = fresh.frame.is_empty()
        || stale.frame.is_empty()
        || fresh.frame.iter().any(|w| stale.frame.contains(w));
    shared && other && (switch || frame)
}

/// The same words around another value.
fn same_frame(fresh: &Subject, stale: &Subject, switch: bool) -> bool {
    let (small, large) = if fresh.frame.len() <= stale.frame.len() { (fresh, stale) } else { (stale, fresh) };
    let share = || coverage(&small.frame, &large.frame);
    let valued = !fresh.values.is_empty() && !stale.values.is_empty() && fresh.values != stale.values;
    let apart = fresh.sorts == 0 || stale.sorts == 0 || fresh.sorts & stale.sorts != 0;
    if switch {
        small.frame.len() >= 2 && apart && share() >= SAME_ON_SWITCH && fresh.frame != stale.frame
    } else {
        valued
            && apart
            && !small.frame.is_empty()
            && share() >= SAME_FRAME
            && coverage(&large.frame, &small.frame) >= SAME_ON_SWITCH
    }
}

/// The old value is named ("instead of Postgres", 不用 Postgres 了).
fn names_value(fresh: &Subject, stale: &Subject) -> bool {
    stale.values.iter().any(|v| fresh.values.contains(v)) && !fresh.values.is_empty()
        || fresh.sorts == 0
            && stale.values.is_empty()
            && !stale.frame.is_empty()
            && coverage(&stale.frame, &fresh.frame) == 100
}

/// Facts that say the same with another value.
fn revalued(new: New<'_>, old: &[Old<'_>]) -> Vec<usize> {
    old.iter().filter(|(_, f, reading)| revalues(new, f, reading)).map(|(at, ..)| *at).collect()
}

fn revalues(new: New<'_>, f: &Fact, reading: &Reading) -> bool {
    let kind = new.fact.kind;
    if kind == Kind::Constraint && f.kind != Kind::Constraint {
        return false;
    }
    let (fresh, stale, least) = if kind == Kind::Identifier {
        (new.reading.thing(&new.fact.text), reading.thing(&f.text), SAME_THING)
    } else {
        (new.subject(), reading.subject(&f.text), SAME_FRAME)
    };
    let differs = fresh.values.iter().any(|v| !stale.values.contains(v)) && !stale.values.is_empty();
    if !differs || !same_subject(fresh, stale, least) {
        return false;
    }
    // "Never on Friday" and "never on Monday" both hold; "at most 5" and "at most 8" do not.
    kind != Kind::Constraint || !(new.reading.forbids(&new.fact.text) || reading.forbids(&f.text))
}

fn same_subject(fresh: &Subject, stale: &Subject, least: usize) -> bool {
    let both = coverage(&fresh.frame, &stale.frame).min(coverage(&stale.frame, &fresh.frame));
    let alone = fresh.frame.is_empty() || stale.frame.is_empty();
    let sort = fresh.sorts & stale.sorts != 0 && (alone || both >= SAME_ON_SWITCH);
    sort || both >= least && (fresh.sorts == 0 || stale.sorts == 0)
}

/// Rules that the clause lifts.
fn lifted<'a>(new: New<'_>, old: impl Fn() -> Vec<Old<'a>>) -> Vec<usize> {
    if !new.said.has(List::Lift) {
        return Vec::new();
    }
    let words = new.reading.words(&new.fact.text);
    old()
        .into_iter()
        .filter(|(_, f, reading)| coverage(reading.words(&f.text), words) >= SAME_RULE)
        .map(|(at, ..)| at)
        .collect()
}

/// Facts that hold the value a correction rejects.
fn corrected(new: New<'_>, old: &[Old<'_>]) -> Vec<usize> {
    let wrong: Words = rejected(&new.fact.text).iter().map(|w| print(w)).collect();
    let holds = |f: &Fact, reading: &Reading| match f.kind {
        Kind::Goal => false,
        _ if !wrong.is_empty() => coverage(&wrong, reading.words(&f.text)) == 100,
        Kind::Todo => false,
        _ => same_frame(new.subject(), reading.subject(&f.text), false),
    };
    old.iter().filter(|(_, f, reading)| holds(f, reading)).map(|(at, ..)| *at).collect()
}

/// The content words of what a correction says is not so: after "not", 不是, up to the next comma or turn.
pub(super) fn rejected(text: &str) -> Vec<String> {
    let folded = fold(text);
    let after =
        [" not ", "不是"].iter().find_map(|n| folded.split_once(n).map(|(_, rest)| rest)).unwrap_or_default();
    let end =
        [" , ", " but ", "而是", " it's "].iter().filter_map(|e| after.find(e)).min().unwrap_or(after.len());
    content_of(&fold(after.get(..end).unwrap_or_default()))
}
