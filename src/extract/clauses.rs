//! Sentences into clauses, each with what it is.

use super::classify::{Verdict, classify};
use super::clause::Clause;
use super::fact::{Kind, Speaker};
use super::segment::{Mark, Sentence};
use super::{phrases_en as en, phrases_zh as zh};

/// Confidence of a list item under a heading that names its kind, and of an open box.
const UNDER_HEADING: u8 = 72;
const OPEN_BOX: u8 = 84;

/// A clause of the speaker's own words.
#[derive(Clone, Debug)]
pub(super) struct Said<'a> {
    pub text: &'a str,
    pub clause: Clause,
    pub verdict: Option<Verdict>,
    /// From a checked box: a report of work done.
    pub ticked: bool,
}

/// The clauses of `sentences`, in order.
pub(super) fn clauses<'a>(sentences: &[Sentence<'a>], speaker: Speaker) -> Vec<Said<'a>> {
    let mut out = Vec::new();
    let mut section: Option<Kind> = None;
    for sentence in sentences {
        if sentence.mark == Mark::Heading || sentence.opens && sentence.first {
            let named = heading(sentence.text);
            if named.is_some() || sentence.mark == Mark::Heading {
                section = named;
                continue;
            }
        }
        match sentence.mark {
            Mark::Plain if sentence.first => section = None,
            Mark::Box { checked } => {
                out.push(boxed(sentence, checked));
                continue;
            }
            _ => {}
        }
        let from = out.len();
        split(sentence, speaker, &mut out);
        if let (Some(kind), Mark::Item, true) = (section, sentence.mark, sentence.first) {
            let clause = Clause::new(sentence.text, sentence.asked);
            let verdict = Some(Verdict { kind, confidence: UNDER_HEADING, reply: false });
            out.truncate(from);
            out.push(Said { text: sentence.text, clause, verdict, ticked: false });
        }
    }
    out
}

fn heading(text: &str) -> Option<Kind> {
    let folded = super::fold::fold(text.trim_end_matches([':', '：']));
    let title = folded.replace(" : ", " ");
    let title = title.trim();
    en::SECTIONS.iter().chain(zh::SECTIONS).find(|(name, _)| *name == title).map(|(_, kind)| *kind)
}

fn boxed<'a>(sentence: &Sentence<'a>, checked: bool) -> Said<'a> {
    let verdict = (!checked).then_some(Verdict { kind: Kind::Todo, confidence: OPEN_BOX, reply: false });
    Said { text: sentence.text, clause: Clause::new(sentence.text, false), verdict, ticked: checked }
}

/// One sentence: whole, or parted at the commas after which something of its own begins.
fn split<'a>(sentence: &Sentence<'a>, speaker: Speaker, out: &mut Vec<Said<'a>>) {
    let whole = Clause::new(sentence.text, sentence.asked);
    let verdict = classify(&whole, speaker);
    let keeps = whole.asked || matches!(verdict, Some(Verdict { kind: Kind::Correction, .. }));
    let cuts = if keeps { Vec::new() } else { commas(sentence.text) };
    if cuts.is_empty() {
        out.push(Said { text: sentence.text, clause: whole, verdict, ticked: false });
        return;
    }
    if verdict.is_none() && !whole.may_part() {
        let text = trimmed(sentence.text);
        let clause = if text.len() == sentence.text.len() { whole } else { Clause::new(text, false) };
        out.push(Said { text, clause, verdict: None, ticked: false });
        return;
    }
    let mut groups: Vec<(usize, usize, Option<Verdict>)> = Vec::new();
    let mut from = 0;
    for to in cuts.into_iter().chain([sentence.text.len()]) {
        let part = sentence.text.get(from..to).unwrap_or_default();
        let own = classify(&Clause::new(part, false), speaker);
        // What follows "that's wrong" is what is right.
        if own.is_some_and(|v| v.kind == Kind::Correction) && groups.is_empty() {
            let verdict = verdict.map(|v| Verdict { kind: Kind::Correction, ..v });
            out.push(Said { text: sentence.text, clause: whole, verdict, ticked: false });
            return;
        }
        match groups.last_mut() {
            // What has no sense of its own belongs to what stands beside it.
            Some(last)
                if own.is_none() || last.2.is_none() || last.2.map(|v| v.kind) == own.map(|v| v.kind) =>
            {
                last.1 = to;
                last.2 = last.2.or(own);
            }
            _ => groups.push((from, to, own)),
        }
        from = to;
    }
    for (from, to, own) in groups {
        let text = trimmed(sentence.text.get(from..to).unwrap_or_default());
        let clause = Clause::new(text, false);
        let verdict = classify(&clause, speaker).or(own);
        out.push(Said { text, clause, verdict, ticked: false });
    }
}

fn trimmed(text: &str) -> &str {
    text.trim().trim_end_matches([',', '，']).trim_end()
}

/// Byte offsets after the commas of `text`, and before a "but" without one.
fn commas(text: &str) -> Vec<usize> {
    let mut out = Vec::new();
    for (at, byte) in text.bytes().enumerate() {
        let rest = || text.get(at..).unwrap_or_default();
        match byte {
            b',' if rest().chars().nth(1).is_some_and(char::is_whitespace) => out.push(at + 1),
            // The first byte of some full-width signs.
            0xef if rest().starts_with('，') => out.push(at + '，'.len_utf8()),
            b' ' if rest().starts_with(" but ") && !out.contains(&at) => out.push(at),
            _ => {}
        }
    }
    out
}
