//! What a message says, before it meets what is known.

use super::classify::Verdict;
use super::clause::Clause;
use super::clauses::{Said, clauses};
use super::clean::own_words;
use super::fact::{Fact, Kind, Source, Speaker, Status};
use super::identifiers::identifiers;
use super::lists::{List, Lists};
use super::segment::{has_paste, sentences};
use crate::shared::language::Language;
use crate::shared::name::hex;
use crate::shared::redact::redact;
use std::borrow::Cow;
use std::cell::OnceCell;

/// Longest text of a fact, in characters.
const LONGEST: usize = 400;
/// Longest clause kept whole beside an identifier, and what is kept before and after it otherwise, in characters.
const WHOLE: usize = 160;
const BEFORE: usize = 80;
const AFTER: usize = 50;
/// Facts taken from one message, and identifiers among them.
const MOST: usize = 64;
const MOST_IDENTIFIERS: usize = 16;
const MOST_IDENTIFIERS_ASSISTANT: usize = 4;
/// Fewest words of a first request that stands for the goal.
const SHORTEST_GOAL: usize = 4;
/// Confidence that such a request is the goal.
const IMPLIED_GOAL: u8 = 62;

/// A fact that a message states, with the lists that have a phrase in the clause that states it.
pub(super) struct Heard {
    pub fact: Fact,
    pub said: Lists,
    pub reply: bool,
}

/// A report that something is done, or nothing but that.
pub(super) struct Report {
    pub text: String,
    pub bare: bool,
}

/// All that a text of a person or an assistant says.
#[derive(Default)]
pub(super) struct Hearing<'a> {
    pub heard: Vec<Heard>,
    pub reports: Vec<Report>,
    /// Said something besides questions.
    pub replies: bool,
    /// Puts the answer off.
    pub deferred: bool,
    /// Short enough to be an answer as it is.
    pub brief: bool,
    pub words: Cow<'a, str>,
}

/// The id of a fact of `kind` with `text`: see [`Fact::id`].
pub(super) fn id(kind: Kind, text: &str) -> String {
    let kind = serde_json::to_string(&kind).unwrap_or_default();
    format!("f-{}", hex(format!("{kind}\n{}", super::presence::normalise(text)).as_bytes(), 12))
}

/// A fact of `text` in its stored form: redacted, one line, cut.
pub(super) fn fact(kind: Kind, text: &str, role: Speaker, source: &Source, confidence: u8) -> Fact {
    let line = redact(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let text = match line.char_indices().nth(LONGEST - 1) {
        Some((cut, _)) if line.chars().nth(LONGEST).is_some() => {
            format!("{}…", line.get(..cut).unwrap_or_default())
        }
        _ => line,
    };
    Fact {
        id: id(kind, &text),
        kind,
        language: Language::of(&text),
        text,
        role,
        source: source.clone(),
        status: Status::Active,
        superseded_by: None,
        confidence,
    }
}

/// Reads `text` of `speaker`. `working`: the message goes on to call tools, so that what it announces is happening
/// already. `goals`: ids of the known ones; while there is none, the first request is one.
pub(super) fn hear<'a>(
    text: &'a str,
    speaker: Speaker,
    source: &Source,
    working: bool,
    goals: &[String],
) -> Hearing<'a> {
    let own = own_words(text);
    let sentences = sentences(&own);
    let said = clauses(&sentences, speaker);
    let mut out = Hearing {
        brief: own.chars().nth(60).is_none() && own.split_whitespace().count() <= 8,
        ..Hearing::default()
    };
    let mut wanted = goals.is_empty() && speaker == Speaker::User;
    let by = (speaker, source);
    let pure = OnceCell::new();
    let pure = || *pure.get_or_init(|| !has_paste(&own));
    let mut named = 0;
    for part in &said {
        out.replies |= !part.clause.asked;
        out.deferred |= part.clause.has(List::Deferred);
        if let Some(report) = report(part, speaker) {
            out.reports.push(report);
            named += identify(part, None, &pure, &by, named, &mut out.heard);
            continue;
        }
        if out.heard.len() >= MOST {
            break;
        }
        let verdict = part.verdict.filter(|v| !(working && narrates(&part.clause, *v)));
        let fact = verdict.map(|v| fact(v.kind, part.text, speaker, source, v.confidence));
        let goal = wanted && part.clause.weight() >= SHORTEST_GOAL;
        let fact = fact.map(|f| promoted(f, goal, goals));
        let kind = fact.as_ref().map(|f| f.kind);
        if let (Some(fact), Some(v)) = (fact, verdict) {
            wanted &= fact.kind != Kind::Goal;
            out.heard.push(Heard { fact, said: part.clause.lists, reply: v.reply });
        }
        named += identify(part, kind, &pure, &by, named, &mut out.heard);
    }
    out.words = own;
    out
}

/// The first request is what the conversation is for, unless something better says so; it stays so when repeated.
fn promoted(fact: Fact, wanted: bool, goals: &[String]) -> Fact {
    if fact.kind != Kind::Todo || !wanted && goals.is_empty() {
        return fact;
    }
    let id = id(Kind::Goal, &fact.text);
    if wanted || goals.contains(&id) {
        return Fact { id, kind: Kind::Goal, confidence: IMPLIED_GOAL, ..fact };
    }
    fact
}

/// "I'll read the file" before the call that reads it: no promise, no choice, and a question to itself.
fn narrates(clause: &Clause, verdict: Verdict) -> bool {
    match verdict.kind {
        Kind::Todo | Kind::OpenQuestion => true,
        Kind::Decision => !clause.has(List::Chooses),
        _ => false,
    }
}

fn report(part: &Said<'_>, speaker: Speaker) -> Option<Report> {
    let clause = &part.clause;
    if part.ticked {
        return Some(Report { text: part.text.to_owned(), bare: false });
    }
    let decides =
        matches!(part.verdict, Some(v) if matches!(v.kind, Kind::Decision | Kind::Correction | Kind::Goal));
    let not = decides || clause.has(List::NotDone);
    let begins = clause.begins(List::Done) || clause.leads(List::DoneHan);
    let ends = clause.has(List::DoneAfter);
    // A user's "add" words are requests in any tense; only plain reports count.
    let plain = speaker == Speaker::Assistant || !clause.begins(List::Perfect);
    if clause.asked || not || !plain || !(begins || ends) {
        return None;
    }
    let bare = clause.weight() <= 2;
    Some(Report { text: part.text.to_owned(), bare })
}

/// Identifiers of a clause, each with the words around it; `pure`: nothing in the message is pasted. A clause that is a lasting fact holds them already.
fn identify(
    part: &Said<'_>,
    kind: Option<Kind>,
    pure: &impl Fn() -> bool,
    by: &(Speaker, &Source),
    named: usize,
    out: &mut Vec<Heard>,
) -> usize {
    let (speaker, source) = *by;
    let user = speaker == Speaker::User;
    let lasting = kind.is_some_and(|k| !matches!(k, Kind::Todo | Kind::OpenQuestion));
    if lasting || named >= if user { MOST_IDENTIFIERS } else { MOST_IDENTIFIERS_ASSISTANT } {
        return 0;
    }
    let stated = user || states_place(&part.clause);
    let found = if stated { identifiers(part.text) } else { Vec::new() };
    let passing = || {
        kind.is_some()
            || part.clause.asked
            || !user
            || !(states_place(&part.clause) || bare_line(part) && pure())
    };
    let passing = !found.is_empty() && passing();
    let wanted = |i: &&str| (!passing || durable(i)) && !i.contains("://example.");
    let found: Vec<&str> = found.into_iter().filter(wanted).collect();
    let named_number = user && kind.is_none() && !part.clause.asked && names_number(&part.clause);
    if found.is_empty() && !named_number {
        return 0;
    }
    let texts = if part.text.chars().count() <= WHOLE || found.is_empty() {
        vec![part.text]
    } else {
        windows(part.text, &found)
    };
    let count = texts.len();
    for text in texts.into_iter().take(MOST_IDENTIFIERS) {
        let fact = fact(Kind::Identifier, text, speaker, source, if user { 70 } else { 48 });
        out.push(Heard { fact, said: part.clause.lists, reply: false });
    }
    count
}

/// Worth keeping when the sentence around it is not: an address, a hash, a key, but no file name.
fn durable(identifier: &str) -> bool {
    let host = identifier
        .rsplit_once(':')
        .is_some_and(|(h, p)| !h.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
    let hash = identifier.len() >= 7
        && identifier.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
        && identifier.bytes().any(|b| b.is_ascii_alphabetic());
    let key = identifier.split_once('-').is_some_and(|(p, n)| {
        p.bytes().all(|b| b.is_ascii_uppercase()) && n.bytes().all(|b| b.is_ascii_digit())
    });
    identifier.contains("://") || host || hash || key && !identifier.starts_with('-')
}

/// Says of something where or what it is.
fn states_place(clause: &Clause) -> bool {
    clause.has(List::States)
}

/// Nothing but the identifier, or a name and the identifier: a line that hands it over.
fn bare_line(part: &Said<'_>) -> bool {
    part.text.split_whitespace().count() <= 4
}

/// "port is 5433", 端口是 5433.
fn names_number(clause: &Clause) -> bool {
    let number = |w: &str| w.bytes().filter(u8::is_ascii_digit).count() >= 2;
    clause.has(List::Named) && clause.has(List::Equals) && clause.folded.split(' ').any(number)
}

/// The words around each identifier of a long clause; neighbours share one window.
fn windows<'a>(text: &'a str, found: &[&'a str]) -> Vec<&'a str> {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    let base = text.as_ptr() as usize;
    for literal in found {
        let start = (literal.as_ptr() as usize).saturating_sub(base);
        let end = start + literal.len();
        let head = text.get(..start).unwrap_or_default();
        let from = head.char_indices().rev().take(BEFORE).last().map_or(start, |(at, _)| at);
        let from = if from == 0 {
            0
        } else {
            head.get(from..).and_then(|h| h.find([' ', '，'])).map_or(from, |p| from + p)
        };
        let tail = text.get(end..).unwrap_or_default();
        let to = end
            + tail
                .char_indices()
                .nth(AFTER)
                .map_or(tail.len(), |(at, _)| tail.get(..at).and_then(|t| t.rfind(' ')).unwrap_or(at));
        match ranges.last_mut() {
            Some(last) if from <= last.1 => last.1 = to,
            _ => ranges.push((from, to)),
        }
    }
    ranges
        .into_iter()
        .filter_map(|(from, to)| text.get(from..to))
        .map(|t| t.trim_matches([' ', ',', '，']))
        .collect()
}
