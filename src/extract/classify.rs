//! What sort of fact a clause is, if any.

use super::fact::{Kind, Speaker};
use super::fold::{content, fold};
use super::grams::Grams;
use super::phrase::{At, Cue, Who};
use super::{phrases_en as en, phrases_zh as zh};
use crate::shared::language::is_han;

/// A clause on its way to being a fact.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    /// In the form phrases are matched in, quotations masked.
    pub folded: String,
    /// The same, from the first word that says something; one blank before it.
    pub lead: String,
    /// Of `folded`.
    grams: Grams,
    pub asked: bool,
    /// With a question mark, not only by its words.
    pub marked: bool,
}

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
/// Quotations longer than this (in characters, or in words, or in Han characters) are somebody else's words.
const LONGEST_MENTION: (usize, usize, usize) = (20, 2, 3);

impl Clause {
    pub(super) fn new(text: &str, asked: bool) -> Self {
        let folded = fold(&masked(text));
        let lead = format!(" {}", lead(&folded).trim_start());
        let inverted = en::INVERTED.iter().any(|p| starts(&lead, p) || starts(&folded, p));
        let last = folded.trim_end();
        let particle =
            zh::TAGS.iter().any(|p| last.ends_with(p)) || zh::INVERTED.iter().any(|p| folded.contains(p));
        let grams = Grams::of(&folded);
        Self { asked: asked || inverted || particle, marked: asked, folded, lead, grams }
    }

    fn has_en(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|p| self.holds_word(p))
    }

    fn has_zh(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|p| self.holds(p))
    }

    /// `phrase` anywhere.
    pub(super) fn holds(&self, phrase: &str) -> bool {
        self.grams.may_hold(phrase) && self.folded.contains(phrase)
    }

    /// `phrase` as whole words.
    fn holds_word(&self, phrase: &str) -> bool {
        self.grams.may_hold(phrase) && contains_word(&self.folded, phrase)
    }

    pub(super) fn has(&self, english: &[&str], chinese: &[&str]) -> bool {
        self.has_en(english) || self.has_zh(chinese)
    }

    pub(super) fn begins(&self, english: &[&str], chinese: &[&str]) -> bool {
        let begin = |p: &&str| starts(&self.lead, p) || starts(&self.folded, p);
        let han =
            |p: &&str| self.lead.trim_start().starts_with(*p) || self.folded.trim_start().starts_with(*p);
        english.iter().any(begin) || chinese.iter().any(han)
    }

    /// Words, a Han character counted half.
    pub(super) fn weight(&self) -> usize {
        self.halves() / 2
    }

    /// Whether there is Chinese in it.
    fn han(&self) -> bool {
        self.folded.chars().any(is_han)
    }

    fn halves(&self) -> usize {
        let count = |w: &str| match w {
            "" | "," | ":" => 0,
            w if w.chars().next().is_some_and(is_han) => w.chars().count(),
            _ => 2,
        };
        self.folded.split(' ').map(count).sum::<usize>()
    }
}

/// `phrase` as whole words of a folded text.
fn contains_word(folded: &str, phrase: &str) -> bool {
    folded.match_indices(phrase).any(|(at, _)| {
        folded.get(..at).is_some_and(|b| b.ends_with(' '))
            && folded.get(at + phrase.len()..).is_some_and(|a| a.starts_with(' '))
    })
}

fn starts(folded: &str, phrase: &str) -> bool {
    folded.strip_prefix(' ').and_then(|f| f.strip_prefix(phrase)).is_some_and(|rest| rest.starts_with(' '))
}

/// `folded` from its first word that says something.
fn lead(folded: &str) -> &str {
    let mut rest = folded;
    loop {
        let word = rest.trim_start().split(' ').next().unwrap_or_default();
        let after = rest.get(rest.len() - rest.trim_start().len() + word.len()..).unwrap_or_default();
        let next = after.trim_start().split(' ').next().unwrap_or_default();
        if word.chars().next().is_some_and(is_han) {
            return han_lead(rest);
        }
        let strong = en::FILLERS.contains(&word) && !en::WEAK_FILLERS.contains(&word);
        let weak = en::WEAK_FILLERS.contains(&word)
            && (next == "," || word == "i" && next == "think" || word == "think");
        if after.trim().is_empty() || !(strong || weak) {
            return rest;
        }
        rest = after;
    }
}

/// A Han beginning without its fillers. The slice begins inside a run, so it has no blank before it; what compares
/// with it trims.
fn han_lead(folded: &str) -> &str {
    let mut rest = folded.trim_start();
    'next: loop {
        for filler in zh::FILLERS.iter().filter(|f| !zh::WEAK_FILLERS.contains(f)) {
            if let Some(more) = rest.strip_prefix(filler)
                && more.trim_start().trim_start_matches(',').trim().chars().count() > 1
            {
                rest = more.trim_start().trim_start_matches(',').trim_start();
                continue 'next;
            }
        }
        return rest;
    }
}

/// `text` with longer quotations replaced: what is quoted is not said.
fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['"', '“', '「', '`']) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let mut inside = from.chars();
        let close = match inside.next() {
            Some('“') => '”',
            Some('「') => '」',
            Some(c) => c,
            None => break,
        };
        let inner = inside.as_str();
        let Some((quoted, after)) = inner.split_once(close) else { break };
        out.push_str(before);
        out.push_str(if mentions(quoted) { quoted } else { " q_ " });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Whether a quotation only names something.
fn mentions(quoted: &str) -> bool {
    let (chars, words, han) = LONGEST_MENTION;
    quoted.chars().count() <= chars
        && quoted.split_whitespace().count() <= words
        && quoted.chars().filter(|c| is_han(*c)).count() <= han
}

/// What `clause` is in the mouth of `speaker`.
pub(super) fn classify(clause: &Clause, speaker: Speaker) -> Option<Verdict> {
    let says = clause.asked || !content(&clause.folded).is_empty();
    if clause.weight() < SHORTEST || !says {
        return None;
    }
    let verdict = if clause.asked { question(clause, speaker) } else { statement(clause, speaker) }?;
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
    if user && clause.has(&["help me"], &["帮我"]) && !clause.has(en::NO_GOAL, zh::NO_GOAL) {
        return Some(Verdict { kind: Kind::Goal, confidence: 78, reply: false });
    }
    if user
        && (clause.begins(en::REQUESTS, &[])
            || clause.has_zh(zh::REQUESTS)
            || clause.has_en(&["can you please", "could you please", "can you"]))
    {
        return Some(Verdict { kind: Kind::Todo, confidence: 74, reply: false });
    }
    let rhetorical = clause.has_zh(zh::RHETORICAL)
        || en::RHETORICAL.iter().any(|p| clause.folded.trim() == *p || clause.lead.trim() == *p);
    let least = if clause.han() { SHORTEST_QUESTION.1 } else { SHORTEST_QUESTION.0 };
    let enough = clause.halves() >= least && !rhetorical;
    enough.then_some(Verdict { kind: Kind::OpenQuestion, confidence: 70, reply: true })
}

fn statement(clause: &Clause, speaker: Speaker) -> Option<Verdict> {
    if speaker == Speaker::User
        && let Some(verdict) = contrast(clause)
    {
        return Some(verdict);
    }
    let tables = en::CUES.iter().map(|c| (c, true)).chain(zh::CUES.iter().map(|c| (c, false)));
    let best = tables
        .filter(|(cue, english)| {
            spoken(cue, speaker)
                && cue.confidence >= 50
                && matches(clause, cue, *english)
                && !vetoed(clause, cue.kind)
        })
        .max_by(|(a, _), (b, _)| a.confidence.cmp(&b.confidence).then(b.kind.cmp(&a.kind)))
        .map(|(cue, _)| Verdict { kind: cue.kind, confidence: cue.confidence, reply: false });
    if speaker == Speaker::User {
        best.or_else(|| imperative(clause)).or_else(|| chosen(clause))
    } else {
        best
    }
}

/// 数据库用 MySQL: a thing with a Latin name that is used.
fn chosen(clause: &Clause) -> Option<Verdict> {
    let named = clause.folded.split_once("用 ").is_some_and(|(before, after)| {
        let verb = ["不", "没", "使", "常", "能", "可", "想", "在", "试"].iter().any(|p| before.ends_with(p));
        !verb && before.trim().chars().count() <= 12 && after.starts_with(|c: char| c.is_ascii_alphabetic())
    });
    let fits = named && !vetoed(clause, Kind::Decision);
    fits.then_some(Verdict { kind: Kind::Decision, confidence: 66, reply: false })
}

fn spoken(cue: &Cue, speaker: Speaker) -> bool {
    match cue.who {
        Who::Both => true,
        Who::User => speaker == Speaker::User,
        Who::Assistant => speaker == Speaker::Assistant,
    }
}

fn matches(clause: &Clause, cue: &Cue, english: bool) -> bool {
    match (cue.at, english) {
        (At::Anywhere, true) => clause.holds_word(cue.text),
        (At::Anywhere, false) => clause.holds(cue.text),
        (At::Start, true) => starts(&clause.folded, cue.text) || starts(&clause.lead, cue.text),
        (At::Start, false) if !clause.grams.may_hold(cue.text) => false,
        (At::Start, false) => [&clause.folded, &clause.lead].iter().any(|f| weakly(f.trim_start(), cue.text)),
    }
}

/// `cue` at the start, or after one pronoun ("我们别…", "请把…").
fn weakly(folded: &str, cue: &str) -> bool {
    let after = |f: &&str| folded.strip_prefix(*f).is_some_and(|rest| rest.trim_start().starts_with(cue));
    folded.starts_with(cue) || zh::WEAK_FILLERS.iter().any(after)
}

/// Whether something in the clause forbids the kind.
fn vetoed(clause: &Clause, kind: Kind) -> bool {
    let imagined = clause.begins(en::HYPOTHETICAL, &[]) || clause.has_zh(zh::HYPOTHETICAL);
    match kind {
        Kind::Decision => imagined || clause.has(en::UNDECIDED, zh::UNDECIDED),
        Kind::Goal => imagined || clause.has(en::NO_GOAL, zh::NO_GOAL),
        Kind::Constraint => clause.has(en::NO_RULE, zh::NO_RULE),
        Kind::Todo => imagined || clause.has(en::NO_TODO, zh::NO_TODO),
        Kind::Preference => imagined || clause.has(en::NO_PREFERENCE, zh::NO_PREFERENCE),
        // A bare "we have not decided" asks nothing.
        Kind::OpenQuestion => clause.weight() <= if clause.han() { 2 } else { 3 },
        _ => false,
    }
}

fn imperative(clause: &Clause) -> Option<Verdict> {
    let lead = clause.lead.trim_start();
    let copula = lead.split(' ').take(4).skip(1).any(|w| matches!(w, "is" | "are" | "was" | "were" | "has"));
    let english =
        !copula && en::IMPERATIVES.iter().any(|v| starts(&clause.lead, v) || starts(&clause.folded, v));
    let verb = |v: &&&str| {
        if !clause.grams.may_hold(v) {
            return false;
        }
        let whole = clause.folded.trim_start();
        let rest = |f: &str| f.split_once(**v).map_or("", |(_, r)| r).to_owned();
        let noun = |f: &str| zh::NOUNS.iter().any(|n| rest(f).starts_with(n));
        weakly(lead, v) && !noun(lead) || weakly(whole, v) && !noun(whole)
    };
    let chinese = zh::IMPERATIVES.iter().find(verb).is_some();
    // "Do it", "kill this": nothing that could be reported done later.
    let fits = (english || chinese) && !vetoed(clause, Kind::Todo) && content(&clause.folded).len() >= 2;
    fits.then_some(Verdict { kind: Kind::Todo, confidence: 68, reply: false })
}

/// "no, not X, it's Y", "X, not Y", 不是X而是Y.
fn contrast(clause: &Clause) -> Option<Verdict> {
    let f = clause.folded.as_str();
    let verdict = |confidence| Some(Verdict { kind: Kind::Correction, confidence, reply: false });
    let refusal = [" no ,", " nope ,", " no no ,", " nah ,"].iter().find_map(|n| f.strip_prefix(n));
    if let Some(rest) = refusal {
        let more = rest.split(' ').filter(|w| !w.is_empty()).count() >= 3;
        let polite = contains_word(rest, "thanks")
            || contains_word(rest, "thank you")
            || contains_word(rest, "worries")
            || contains_word(rest, "need");
        return if more && !polite { verdict(88) } else { None };
    }
    let is = [" it's ", " its ", " is ", " should be ", " are "].iter().any(|w| f.contains(w));
    if is && (f.contains(" , not ") || f.contains(" and not "))
        || f.contains(" not ") && (f.contains(" but rather ") || f.contains(" , it's "))
    {
        return verdict(86);
    }
    if let Some((_, after)) = f.split_once("不是")
        && !f.contains("是不是")
        && (after.contains("而是")
            || after.contains(", 是")
            || after.contains(", 应该是")
            || after.contains("应该是")
            || after.contains(" , 是"))
    {
        return verdict(92);
    }
    let swapped = (f.contains(" 是") || f.contains("应该是") || f.contains("是 "))
        && (f.contains(", 不是") || f.contains("而不是"));
    if swapped { verdict(84) } else { None }
}
