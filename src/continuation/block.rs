//! Composing a continuation block: what the model is told after a boundary.

use super::fit::{self, Item};
use crate::extract::fact::{Fact, Kind};
use crate::record::conversation::Boundary;
use crate::shared::language::Language;
use crate::shared::name;
use crate::shared::notice::Notice;

/// What a block is made from.
pub struct Ingredients<'a> {
    pub boundary: Boundary,
    pub language: Language,
    /// The block's exact size never exceeds this, in tokens.
    pub budget_tokens: u64,
    /// Facts that hold, in the order in which they came up.
    pub facts: Vec<&'a Fact>,
    pub last_request: Option<&'a str>,
    pub last_reply: Option<&'a str>,
    /// Ask the agent to say that a new context was opened.
    pub announce: bool,
}

/// A composed block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// `b-` and 12 hex digits of the text's SHA-256.
    pub id: String,
    pub text: String,
    pub tokens: u64,
    /// Facts in it, by id.
    pub facts: Vec<String>,
}

/// Headings in the order in which a reader needs them.
const ORDER: [(Kind, Notice); 9] = [
    (Kind::Goal, Notice::HeadGoal),
    (Kind::Constraint, Notice::HeadConstraint),
    (Kind::Correction, Notice::HeadCorrection),
    (Kind::Decision, Notice::HeadDecision),
    (Kind::Todo, Notice::HeadTodo),
    (Kind::OpenQuestion, Notice::HeadOpenQuestion),
    (Kind::Preference, Notice::HeadPreference),
    (Kind::Identifier, Notice::HeadIdentifier),
    (Kind::Artefact, Notice::HeadArtefact),
];

/// Opening and closing of every block; extraction never reads between them, so memory does not feed on itself.
pub const OPENING: &str = "<asm-memory";
pub const CLOSING: &str = "</asm-memory>";

/// Composes the block, or `None` where there is nothing to carry. Deterministic: the same ingredients give the same
/// bytes.
#[must_use]
pub fn compose(from: &Ingredients, count: &dyn Fn(&str) -> u64) -> Option<Block> {
    if from.facts.is_empty() && from.last_request.is_none() {
        return None;
    }
    let frame = |kept: &[Item]| render(from, kept);
    let kept = fit::fit(items(from), from.budget_tokens, &frame, count);
    let text = frame(&kept);
    let facts = kept.iter().filter_map(|item| item.fact.map(|f| f.id.clone())).collect();
    let id = format!("b-{}", name::hex(text.as_bytes(), 12));
    let tokens = count(&text);
    Some(Block { id, tokens, text, facts })
}

/// Everything that could be said, most important first: kinds in order of importance, newest first within a kind.
fn items<'a>(from: &Ingredients<'a>) -> Vec<Item<'a>> {
    let quote = |heading, text: &str| Item { heading, fact: None, line: safe(text) };
    let mut out = Vec::new();
    out.extend(from.last_request.map(|text| quote(Notice::HeadLastRequest, text)));
    let mut sections: Vec<_> = ORDER.to_vec();
    sections.sort_by_key(|(kind, _)| *kind);
    for (kind, heading) in sections {
        let of_kind = from.facts.iter().rev().filter(|f| f.kind == kind);
        out.extend(of_kind.map(|fact| Item { heading, fact: Some(*fact), line: safe(&fact.text) }));
    }
    out.extend(from.last_reply.map(|text| quote(Notice::HeadLastReply, text)));
    out
}

fn render(from: &Ingredients, kept: &[Item]) -> String {
    let say = |notice: Notice| notice.say(from.language, &[]);
    let mut out = format!(
        "{OPENING} boundary=\"{}\">\n{}\n{}\n",
        boundary_word(from.boundary),
        say(Notice::BlockIntro),
        say(Notice::BlockRules)
    );
    if from.announce {
        out.push_str(&say(Notice::BlockAnnounce));
        out.push('\n');
    }
    let tail = [Notice::HeadLastRequest, Notice::HeadLastReply];
    for heading in ORDER.iter().map(|(_, heading)| *heading).chain(tail) {
        // Kept newest first; read oldest first, as it happened.
        let lines: Vec<_> = kept.iter().rev().filter(|item| item.heading == heading).collect();
        if lines.is_empty() {
            continue;
        }
        out.push_str(&format!("\n{}:\n", say(heading)));
        for item in lines {
            out.push_str(&format!("- {}\n", item.line));
        }
    }
    out.push_str(CLOSING);
    out
}

fn boundary_word(boundary: Boundary) -> &'static str {
    match boundary {
        Boundary::Compaction => "compaction",
        Boundary::Overflow => "overflow",
        Boundary::New => "new",
        Boundary::Reset => "reset",
        Boundary::NewContext => "new_context",
    }
}

/// One line that cannot close the block, open another, or pass for markup of the host.
fn safe(text: &str) -> String {
    let one_line: Vec<&str> = text.split_whitespace().collect();
    one_line.join(" ").replace('<', "‹").replace('>', "›")
}
