//! What sort of fact a clause is, if any.

use super::clause::Clause;
use super::fact::{Kind, Speaker};
use super::fold::{content_of, has_content};
use super::lists::List;
use super::{phrases_en as en, phrases_zh as zh};

/// What a clause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub kind: Kind,
    pub confidence: u8,
    /// A question the next reply answers (and not one that stays open until decided).
    pub reply: bool,
}

/// Fewest words of a question that says something by itself, in halves (a Han character counts half), in English and
/// with Chinese in it; fewest words of anything else.
const SHORTEST_QUESTION: (usize, usize) = (6, 4);
const SHORTEST: usize = 2;
/// Share of a user's confidence that the same words of an assistant get, in percent.
const ASSISTANT_PERCENT: u16 = 75;

/// What `clause` is in the mouth of `speaker`.
pub(super) fn classify(clause: &Clause, speaker: Speaker) -> Option<Verdict> {
    if clause.weight() < SHORTEST {
        return None;
    }
    let verdict = if clause.asked { question(clause, speaker) } else { statement(clause, speaker) }?;
    if !clause.asked && !has_content(&clause.folded) {
        return None;
    }
    let confidence = match speaker {
        Speaker::User => verdict.confidence,
        _ => u8::try_from(u16::from(verdict.confidence) * ASSISTANT_PERCENT / 100).unwrap_or(u8::MAX),
    };
    Some(Verdict { confidence, ..verdict })
}

fn question(clause: &Clause, speaker: Speaker) -> Option<Verdict> {
    let user = speaker == Speaker::User;
    // 检查一下为什么失败: asks for work, whatever word of a question is in it.
    if let (true, false, Some(request)) = (user, clause.marked, imperative(clause)) {
        return Some(request);
    }
    if user && clause.has(List::HelpMe) && !clause.has(List::NoGoal) {
        return Some(Verdict { kind: Kind::Goal, confidence: 78, reply: false });
    }
    if user && (clause.begins(List::Requests) || clause.has(List::RequestsHan) || clause.has(List::Asks)) {
        return Some(Verdict { kind: Kind::Todo, confidence: 74, reply: false });
    }
    let least = if clause.han { SHORTEST_QUESTION.1 } else { SHORTEST_QUESTION.0 };
    let enough = clause.halves >= least && !rhetorical(clause);
    enough.then_some(Verdict { kind: Kind::OpenQuestion, confidence: 70, reply: true })
}

fn rhetorical(clause: &Clause) -> bool {
    let (whole, lead) = (clause.folded.trim(), clause.lead().trim());
    clause.has(List::RhetoricalHan) || en::RHETORICAL.iter().any(|p| whole == *p || lead == *p)
}

fn statement(clause: &Clause, speaker: Speaker) -> Option<Verdict> {
    if speaker == Speaker::User
        && let Some(verdict) = contrast(clause)
    {
        return Some(verdict);
    }
    let best = clause
        .cues
        .of(speaker)
        .filter(|(kind, _)| !vetoed(clause, *kind))
        .max_by(|(a, sure_a), (b, sure_b)| sure_a.cmp(sure_b).then(b.cmp(a)))
        .map(|(kind, confidence)| Verdict { kind, confidence, reply: false });
    if speaker == Speaker::User {
        best.or_else(|| imperative(clause)).or_else(|| chosen(clause))
    } else {
        best
    }
}

/// 数据库用 MySQL: a thing with a Latin name that is used.
fn chosen(clause: &Clause) -> Option<Verdict> {
    let named = clause.han
        && clause.folded.split_once("用 ").is_some_and(|(before, after)| {
            let verb =
                ["不", "没", "使", "常", "能", "可", "想", "在", "试"].iter().any(|p| before.ends_with(p));
            !verb
                && before.trim().chars().count() <= 12
                && after.starts_with(|c: char| c.is_ascii_alphabetic())
        });
    let fits = named && !vetoed(clause, Kind::Decision);
    fits.then_some(Verdict { kind: Kind::Decision, confidence: 66, reply: false })
}

/// `cue` at the start, or after one pronoun ("我们别…", "请把…").
fn weakly(folded: &str, cue: &str) -> bool {
    let after = |f: &&str| folded.strip_prefix(*f).is_some_and(|rest| rest.trim_start().starts_with(cue));
    folded.starts_with(cue) || zh::WEAK_FILLERS.iter().any(after)
}

/// Whether something in the clause forbids the kind.
fn vetoed(clause: &Clause, kind: Kind) -> bool {
    let imagined = clause.begins(List::Hypothetical) || clause.has(List::HypotheticalHan);
    match kind {
        Kind::Decision => imagined || clause.has(List::Undecided),
        Kind::Goal => imagined || clause.has(List::NoGoal),
        Kind::Constraint => clause.has(List::NoRule),
        Kind::Todo => imagined || clause.has(List::NoTodo),
        Kind::Preference => imagined || clause.has(List::NoPreference),
        // A bare "we have not decided" asks nothing.
        Kind::OpenQuestion => clause.weight() <= if clause.han { 2 } else { 3 },
        _ => false,
    }
}

fn imperative(clause: &Clause) -> Option<Verdict> {
    let fits = (commands(clause) || commands_in_chinese(clause)) && !vetoed(clause, Kind::Todo);
    // "Do it", "kill this": nothing that could be reported done later.
    let fits = fits && content_of(&clause.folded).len() >= 2;
    fits.then_some(Verdict { kind: Kind::Todo, confidence: 68, reply: false })
}

fn commands(clause: &Clause) -> bool {
    let copula = |w: &str| matches!(w, "is" | "are" | "was" | "were" | "has");
    clause.begins(List::Imperatives) && !clause.lead().split(' ').take(4).skip(1).any(copula)
}

fn commands_in_chinese(clause: &Clause) -> bool {
    let (lead, whole) = (clause.lead(), clause.folded.trim_start());
    let verb = |v: &&str| {
        let rest = |f: &str| f.split_once(*v).map_or("", |(_, r)| r).to_owned();
        let noun = |f: &str| zh::NOUNS.iter().any(|n| rest(f).starts_with(n));
        weakly(lead, v) && !noun(lead) || weakly(whole, v) && !noun(whole)
    };
    clause.begins_weakly(List::ImperativesHan) && zh::IMPERATIVES.iter().any(verb)
}

/// "no, not X, it's Y", "X, not Y", 不是X而是Y.
fn contrast(clause: &Clause) -> Option<Verdict> {
    let f = clause.folded.as_str();
    let verdict = |confidence| Some(Verdict { kind: Kind::Correction, confidence, reply: false });
    let refusal = [" no ,", " nope ,", " no no ,", " nah ,"].iter().find_map(|n| f.strip_prefix(n));
    if let Some(rest) = refusal {
        return if refuses(rest) { verdict(88) } else { None };
    }
    if clause.has(List::Is) && clause.has(List::AndNot) || clause.has(List::Not) && clause.has(List::Rather) {
        return verdict(86);
    }
    if !clause.has(List::NotHan) {
        return None;
    }
    if let Some((_, after)) = f.split_once("不是")
        && !f.contains("是不是")
        && ["而是", ", 是", ", 应该是", "应该是", " , 是"].iter().any(|w| after.contains(w))
    {
        return verdict(92);
    }
    let swapped = [" 是", "应该是", "是 "].iter().any(|w| f.contains(w))
        && [", 不是", "而不是"].iter().any(|w| f.contains(w));
    if swapped { verdict(84) } else { None }
}

/// Whether what follows a "no," says what is so, and is not only polite.
fn refuses(rest: &str) -> bool {
    let words = || rest.split(' ').filter(|w| !w.is_empty());
    let polite = words().any(|w| matches!(w, "thanks" | "worries" | "need")) || rest.contains(" thank you ");
    words().count() >= 3 && !polite
}
