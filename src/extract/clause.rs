//! A clause in the form phrases are matched in, with all that the phrase tables say of it.

use super::fold::{self, Folded};
use super::lists::{Cues, List, Lists, phrases};
use super::phrases_zh as zh;
use crate::shared::language::is_han;

/// Quotations longer than this (in characters, or in words, or in Han characters) are somebody else's words.
const LONGEST_MENTION: (usize, usize, usize) = (20, 2, 3);
/// What opens a quotation.
const QUOTES: [char; 4] = ['"', '“', '「', '`'];

/// A clause on its way to being a fact.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    /// In the form phrases are matched in, quotations masked.
    pub folded: String,
    /// Where in it the first word stands that says something.
    lead: usize,
    pub asked: bool,
    /// With a question mark, not only by its words.
    pub marked: bool,
    /// The lists that have a phrase in it, and those that have one where it begins: at its first word, at its first
    /// word that says something, or (Chinese ones) behind one pronoun there.
    pub lists: Lists,
    first: Lists,
    leading: Lists,
    weakly: Lists,
    pub cues: Cues,
    /// Words, a Han character counted half and others twice.
    pub halves: usize,
    /// Whether there is Chinese in it.
    pub han: bool,
    /// Whether there is a mark of quotation in it.
    quotes: bool,
}

impl Clause {
    pub(super) fn new(text: &str, asked: bool) -> Self {
        let quotes = quotes(text);
        let Folded { text: folded, halves, han } =
            if quotes { fold::folded(&masked(text)) } else { fold::folded(text) };
        let mut clause = Self {
            lead: lead(&folded),
            folded,
            asked,
            marked: asked,
            lists: Lists::default(),
            first: Lists::default(),
            leading: Lists::default(),
            weakly: Lists::default(),
            cues: Cues::default(),
            halves,
            han,
            quotes,
        };
        clause.look_up();
        let last = clause.folded.trim_end();
        let particle = clause.han && zh::TAGS.iter().any(|p| last.ends_with(p));
        clause.asked |= clause.begins(List::Inverted) || particle || clause.has(List::InvertedHan);
        clause
    }

    fn look_up(&mut self) {
        let folded = std::mem::take(&mut self.folded);
        phrases().index.find(&folded, |at, _, number| {
            let Some(meaning) = phrases().meaning(number) else { return };
            let (first, leading) = (at == 1, at == self.lead);
            let han = folded.get(at..).is_some_and(|f| f.starts_with(is_han));
            let weakly = first || leading || han && behind_pronoun(&folded, [1, self.lead], at);
            self.lists.join(meaning.lists);
            for (here, lists) in
                [(first, &mut self.first), (leading, &mut self.leading), (weakly, &mut self.weakly)]
            {
                if here {
                    lists.join(meaning.lists);
                }
            }
            meaning.cue(weakly, &mut self.cues);
        });
        self.folded = folded;
    }

    /// From the first word that says something.
    pub(super) fn lead(&self) -> &str {
        self.folded.get(self.lead..).unwrap_or_default()
    }

    /// A phrase of `list` anywhere.
    pub(super) fn has(&self, list: List) -> bool {
        self.lists.has(list)
    }

    /// A phrase of `list` at the first word, or at the first that says something.
    pub(super) fn begins(&self, list: List) -> bool {
        self.first.has(list) || self.leading.has(list)
    }

    /// A phrase of `list` at the first word that says something.
    pub(super) fn leads(&self, list: List) -> bool {
        self.leading.has(list)
    }

    /// The same, or after one pronoun ("我们别…", "请把…").
    pub(super) fn begins_weakly(&self, list: List) -> bool {
        self.weakly.has(list)
    }

    /// Whether a part of it may be something where the whole is nothing: what makes a part something, wherever it has
    /// to stand in it, is in the whole, too (unless quotations are cut through).
    pub(super) fn may_part(&self) -> bool {
        const MAKERS: [List; 8] = [
            List::Cue,
            List::Imperatives,
            List::ImperativesHan,
            List::Inverted,
            List::InvertedHan,
            List::NotHan,
            List::Refusals,
            List::TagsHan,
        ];
        let contrast =
            self.has(List::Is) && self.has(List::AndNot) || self.has(List::Not) && self.has(List::Rather);
        self.quotes
            || contrast
            || MAKERS.into_iter().any(|list| self.has(list))
            || self.han && self.folded.contains("用 ")
    }

    /// Words, a Han character counted half.
    pub(super) fn weight(&self) -> usize {
        self.halves / 2
    }
}

/// Whether between one of `starts` and `at` there is nothing but a pronoun.
fn behind_pronoun(folded: &str, starts: [usize; 2], at: usize) -> bool {
    starts.into_iter().any(|start| {
        let before = folded.get(start..at).unwrap_or_default();
        !before.is_empty() && before.len() <= 12 && zh::WEAK_FILLERS.contains(&before.trim_end())
    })
}

/// Where `folded` begins to say something.
fn lead(folded: &str) -> usize {
    let mut at = 1;
    loop {
        let rest = folded.get(at..).unwrap_or_default();
        if rest.starts_with(is_han) {
            return folded.len() - han_lead(rest).len();
        }
        let Some((word, after)) = rest.split_once(' ') else { return at };
        let known = phrases().word(word);
        let next = after.split(' ').next().unwrap_or_default();
        let strong = known.has(List::Fillers) && !known.has(List::WeakFillers);
        let weak = known.has(List::WeakFillers)
            && (next == "," || word == "i" && next == "think" || word == "think");
        if after.is_empty() || !(strong || weak) {
            return at;
        }
        at += word.len() + 1;
    }
}

/// A Han beginning without its fillers.
fn han_lead(folded: &str) -> &str {
    let mut rest = folded;
    'next: loop {
        let mut filled = false;
        phrases().index.chinese(rest, 0, &mut |_, _, number| {
            filled |= phrases().meaning(number).is_some_and(|m| m.lists.has(List::FillersHan));
        });
        if !filled {
            return rest;
        }
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

/// Whether anything in `text` opens a quotation.
fn quotes(text: &str) -> bool {
    let looks = |b: u8| matches!(b, b'"' | b'`' | 0xe2 | 0xe3);
    text.bytes().any(looks) && text.contains(QUOTES)
}

/// `text` with longer quotations replaced: what is quoted is not said.
fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(QUOTES) {
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
