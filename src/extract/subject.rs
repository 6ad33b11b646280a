//! Whether a new fact says otherwise about the same thing.

use super::fact::{Fact, Kind, Speaker, Status};
use super::fold::{content, coverage, fold};
use super::identifiers::identifiers;
use super::lists::{List, Lists};
use super::presence::negated;
use super::sorts::SORTS;

/// Share of common frame words (what is left without the values) from which two facts are about the same thing.
const SAME_FRAME: usize = 60;
/// The same of two statements of where or what a thing is, which differ in little when they differ at all.
const SAME_THING: usize = 75;
/// The same where the new one announces that it replaces something.
const SAME_ON_SWITCH: usize = 34;
/// Share of a rule's words that lifting it has to repeat.
const SAME_RULE: usize = 50;

/// What a text is about: its values and the words around them.
#[derive(Debug, PartialEq, Eq)]
struct Subject {
    /// Members of a sort, numbers, identifiers.
    values: Vec<String>,
    sorts: Vec<usize>,
    frame: Vec<String>,
}

fn subject(text: &str) -> Subject {
    taken_apart(text, SORTS)
}

fn taken_apart(text: &str, all: &[&[&str]]) -> Subject {
    let mut values: Vec<String> = identifiers(text).into_iter().map(str::to_lowercase).collect();
    let mut rest = text.to_lowercase();
    for value in &values {
        rest = rest.replace(value.as_str(), " ");
    }
    let mut sorts = Vec::new();
    let folded = fold(&rest);
    for (sort, members) in all.iter().enumerate() {
        for member in members.iter().filter(|m| names(&folded, m)) {
            values.push((*member).to_owned());
            sorts.push(sort);
            rest = rest.replace(member, " ");
        }
    }
    let (numbers, frame): (Vec<_>, Vec<_>) =
        content(&rest).into_iter().partition(|w| w.starts_with(|c: char| c.is_ascii_digit()));
    values.extend(numbers);
    Subject { values, sorts, frame }
}

fn names(folded: &str, member: &str) -> bool {
    if member.is_ascii() { folded.contains(&format!(" {member} ")) } else { folded.contains(member) }
}

fn rank(speaker: Speaker) -> u8 {
    match speaker {
        Speaker::User => 2,
        Speaker::Assistant => 1,
        Speaker::Tool => 0,
    }
}

/// The active facts of `kinds` that a word of the speaker of `new` may supersede.
fn open<'a>(new: &Fact, facts: &'a [Fact], kinds: &[Kind]) -> Vec<Old<'a>> {
    let open = |f: &Fact| f.status == Status::Active && f.id != new.id && rank(f.role) <= rank(new.role);
    facts.iter().enumerate().filter(|(_, f)| open(f) && kinds.contains(&f.kind)).collect()
}

/// The positions in `facts` of those that `new`, of which the lists say `said`, supersedes.
pub(super) fn superseded(new: &Fact, said: Lists, facts: &[Fact]) -> Vec<usize> {
    use Kind::{Constraint, Correction, Decision, Goal, Identifier, Preference, Todo};
    let old = |kinds: &[Kind]| open(new, facts, kinds);
    match new.kind {
        Decision => {
            let mut out = decision(new, said, old(&[Decision, Correction]));
            out.extend(lifted(new, said, old(&[Constraint])));
            out
        }
        Constraint | Preference => {
            let mut out = revalued(new, &old(&[Constraint, Preference]));
            out.extend(lifted(new, said, old(&[Constraint, Preference])));
            out
        }
        Identifier => revalued(new, &old(&[Identifier])),
        Correction => {
            corrected(new, &old(&[Decision, Constraint, Preference, Identifier, Correction, Todo, Goal]))
        }
        Goal => retargeted(said, &old(&[Goal])),
        _ => Vec::new(),
    }
}

/// A goal that is stated as such replaces those stated as such; one that is said to be new replaces all.
fn retargeted(said: Lists, old: &[Old<'_>]) -> Vec<usize> {
    if !said.has(List::Goal) {
        return Vec::new();
    }
    let all = said.has(List::NewGoal);
    let explicit = |f: &Fact| f.text.to_lowercase().contains("goal") || f.text.contains("目标");
    old.iter().filter(|(_, f)| all || explicit(f)).map(|(at, _)| *at).collect()
}

/// The user's decision that stands against one of the assistant's.
pub(super) fn outranked(new: &Fact, said: Lists, facts: &[Fact]) -> Option<String> {
    let stands = |f: &Fact| {
        f.status == Status::Active
            && f.kind == Kind::Decision
            && f.id != new.id
            && rank(f.role) > rank(new.role)
    };
    let above: Vec<Old<'_>> = facts.iter().enumerate().filter(|(_, f)| stands(f)).collect();
    if new.kind != Kind::Decision {
        return None;
    }
    let against = decision(new, said, above);
    against.first().and_then(|at| facts.get(*at)).map(|f| f.id.clone())
}

type Old<'a> = (usize, &'a Fact);

fn decision(new: &Fact, said: Lists, old: Vec<Old<'_>>) -> Vec<usize> {
    let fresh = subject(&new.text);
    let switch = said.has(List::Switch);
    let mut out = Vec::new();
    let mut last_resort = None;
    for (at, fact) in old.iter().rev() {
        let stale = subject(&fact.text);
        if same_sort(&fresh, &stale, switch)
            || same_frame(&fresh, &stale, switch)
            || switch && names_value(&fresh, &stale)
        {
            out.push(*at);
        } else if fact.kind == Kind::Decision
            && last_resort.is_none()
            && fresh.sorts.is_empty()
            && stale.sorts.is_empty()
        {
            last_resort = Some(*at);
        }
    }
    // "Let's switch to X instead" that names nothing known: it answers what was decided last.
    let bare = said.has(List::Instead);
    if out.is_empty() && bare && fresh.frame.len() <= 3 {
        out.extend(last_resort);
    }
    out
}

/// Another member of the same sort, about the same part of the work or without saying which.
fn same_sort(fresh: &Subject, stale: &Subject, switch: bool) -> bool {
    let shared = fresh.sorts.iter().any(|s| stale.sorts.contains(s));
    let other = fresh.values.iter().any(|v| !stale.values.contains(v));
    let frame = fresh.frame.is_empty()
        || stale.frame.is_empty()
        || fresh.frame.iter().any(|w| stale.frame.contains(w));
    shared && other && (switch || frame)
}

/// The same words around another value.
fn same_frame(fresh: &Subject, stale: &Subject, switch: bool) -> bool {
    let (small, large) = if fresh.frame.len() <= stale.frame.len() { (fresh, stale) } else { (stale, fresh) };
    let share = coverage(&small.frame, &large.frame);
    let valued = !fresh.values.is_empty() && !stale.values.is_empty() && fresh.values != stale.values;
    let apart = fresh.sorts.is_empty()
        || stale.sorts.is_empty()
        || fresh.sorts.iter().any(|s| stale.sorts.contains(s));
    if switch {
        small.frame.len() >= 2 && share >= SAME_ON_SWITCH && apart && fresh.frame != stale.frame
    } else {
        valued
            && apart
            && !small.frame.is_empty()
            && share >= SAME_FRAME
            && coverage(&large.frame, &small.frame) >= SAME_ON_SWITCH
    }
}

/// The old value is named ("instead of Postgres", 不用 Postgres 了).
fn names_value(fresh: &Subject, stale: &Subject) -> bool {
    stale.values.iter().any(|v| fresh.values.contains(v)) && !fresh.values.is_empty()
        || fresh.sorts.is_empty()
            && stale.values.is_empty()
            && !stale.frame.is_empty()
            && coverage(&stale.frame, &fresh.frame) == 100
}

/// Facts that say the same with another value.
fn revalued(new: &Fact, old: &[Old<'_>]) -> Vec<usize> {
    // Where a thing is: "Postgres" and "Monday" say of what, and the literal is the value.
    let sorts = if new.kind == Kind::Identifier { &[] } else { SORTS };
    let fresh = taken_apart(&new.text, sorts);
    let least = if new.kind == Kind::Identifier { SAME_THING } else { SAME_FRAME };
    let differs =
        |stale: &Subject| fresh.values.iter().any(|v| !stale.values.contains(v)) && !stale.values.is_empty();
    let same = |stale: &Subject| {
        let both = coverage(&fresh.frame, &stale.frame).min(coverage(&stale.frame, &fresh.frame));
        let alone = fresh.frame.is_empty() || stale.frame.is_empty();
        let sort = fresh.sorts.iter().any(|s| stale.sorts.contains(s)) && (alone || both >= SAME_ON_SWITCH);
        sort || both >= least && (fresh.sorts.is_empty() || stale.sorts.is_empty())
    };
    let hit = |f: &Fact| {
        let stale = taken_apart(&f.text, sorts);
        // "Never on Friday" and "never on Monday" both hold; "at most 5" and "at most 8" do not.
        let additive = new.kind == Kind::Constraint && forbids(&new.text) && forbids(&f.text);
        let turned = new.kind == Kind::Constraint && forbids(&new.text) != forbids(&f.text);
        !additive
            && !turned
            && differs(&stale)
            && same(&stale)
            && (new.kind != Kind::Constraint || f.kind == Kind::Constraint)
    };
    old.iter().filter(|(_, f)| hit(f)).map(|(at, _)| *at).collect()
}

fn forbids(text: &str) -> bool {
    let folded = fold(text);
    negated(&folded) && !["more than", "exceed", "超过", "少于"].iter().any(|w| folded.contains(w))
}

/// Rules that the clause lifts.
fn lifted(new: &Fact, said: Lists, old: Vec<Old<'_>>) -> Vec<usize> {
    if !said.has(List::Lift) {
        return Vec::new();
    }
    let words = content(&new.text);
    old.into_iter()
        .filter(|(_, f)| coverage(&content(&f.text), &words) >= SAME_RULE)
        .map(|(at, _)| at)
        .collect()
}

/// Facts that hold the value a correction rejects.
fn corrected(new: &Fact, old: &[Old<'_>]) -> Vec<usize> {
    let wrong = rejected(&new.text);
    let fresh = subject(&new.text);
    let holds = |f: &Fact| {
        let words = content(&f.text);
        let by_name = !wrong.is_empty() && coverage(&wrong, &words) == 100;
        let stale = subject(&f.text);
        by_name && f.kind != Kind::Goal
            || f.kind != Kind::Todo
                && f.kind != Kind::Goal
                && wrong.is_empty()
                && same_frame(&fresh, &stale, false)
    };
    old.iter().filter(|(_, f)| holds(f)).map(|(at, _)| *at).collect()
}

/// The content words of what a correction says is not so: after "not", 不是, up to the next comma or turn.
pub(super) fn rejected(text: &str) -> Vec<String> {
    let folded = fold(text);
    let after =
        [" not ", "不是"].iter().find_map(|n| folded.split_once(n).map(|(_, rest)| rest)).unwrap_or_default();
    let end =
        [" , ", " but ", "而是", " it's "].iter().filter_map(|e| after.find(e)).min().unwrap_or(after.len());
    content(after.get(..end).unwrap_or_default())
}
