//! What a context is filled with: kept as messages come, a sum for each kind and the largest few.

use super::calibration::Ratios;
use super::family::Family;
use super::framing::{Anatomy, anatomy};
use super::load::Load;
use super::meter::Occupancy;
use crate::transcript::message::{Message, Role};

/// Messages listed by size.
const MOST_LARGEST: usize = 8;
/// Messages kept for that: which of them are the largest depends on how the model counts.
const LARGEST_KEPT: usize = 24;
/// Turns of the model whose tool results the host never trims.
const RECENT_TURNS: usize = 3;
/// The host soft-trims results longer than this, characters, and keeps this much of them.
const SOFT_FROM_CHARS: u64 = 4_000;
const SOFT_KEPT_CHARS: u64 = 3_087;
/// What the host keeps of a conversation when it compacts, tokens (`compaction.keepRecentTokens`).
const KEPT_BY_COMPACTION: u64 = 20_000;

/// What part of a context something belongs to. The order is the order of sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// System prompt, bootstrap files, tool schemas, skills: what no message holds.
    Fixed,
    User,
    /// The model's words.
    Reply,
    Thinking,
    ToolCall,
    ToolResult,
    /// Images and files.
    Picture,
    /// Summaries of what was compacted or abandoned.
    Summary,
    /// Rows of the host and of extensions.
    Host,
}

impl Kind {
    /// All that messages hold.
    pub const OF_MESSAGES: [Self; 8] = [
        Self::User,
        Self::Reply,
        Self::Thinking,
        Self::ToolCall,
        Self::ToolResult,
        Self::Picture,
        Self::Summary,
        Self::Host,
    ];

    fn of(role: Role) -> Self {
        match role {
            Role::User => Self::User,
            Role::Assistant => Self::Reply,
            Role::ToolResult => Self::ToolResult,
            Role::CompactionSummary | Role::BranchSummary => Self::Summary,
            Role::System | Role::Custom | Role::BashExecution | Role::Other => Self::Host,
        }
    }
}

/// One message, as far as its size goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub kind: Kind,
    /// Of a tool result: the tool.
    pub name: Option<String>,
    /// Line of the stored session.
    pub line: Option<u64>,
    pub at_ms: Option<i64>,
    pub anatomy: Anatomy,
    /// Its thinking is sent.
    keeps_thinking: bool,
    /// Characters of its text.
    chars: u64,
    /// A failed call, or a row that the host shows to people alone.
    unsent: bool,
}

impl Item {
    /// `message` as it is sent to a model of `family`.
    #[must_use]
    pub fn of(message: &Message, family: Family, keeps_thinking: bool, line: Option<u64>) -> Self {
        Self {
            kind: Kind::of(message.role),
            name: message.tool_name.clone(),
            line,
            at_ms: message.timestamp_ms,
            anatomy: anatomy(message, family),
            keeps_thinking,
            chars: message.texts().map(|t| t.chars().count() as u64).fold(0, u64::saturating_add),
            unsent: message.failed() || message.by_host(),
        }
    }

    /// All of it that is sent.
    #[must_use]
    pub fn load(&self) -> Load {
        match (self.unsent, self.keeps_thinking) {
            (true, _) => Load::default(),
            (false, true) => self.anatomy.said().plus(self.anatomy.thought),
            (false, false) => self.anatomy.said(),
        }
    }

    /// What a soft trim takes from a tool result.
    fn soft(&self) -> Load {
        if self.chars <= SOFT_FROM_CHARS {
            return Load::default();
        }
        let text = Load { results: 0, ..self.anatomy.spoken };
        text.share(self.chars.saturating_sub(SOFT_KEPT_CHARS), self.chars)
    }
}

/// Tool results of one turn of the model: what trimming and clearing take from them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Results {
    soft: Load,
    text: Load,
}

impl Results {
    fn plus(self, more: Self) -> Self {
        Self { soft: self.soft.plus(more.soft), text: self.text.plus(more.text) }
    }
}

/// What a context is filled with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    sums: [Load; 8],
    largest: Vec<Item>,
    /// Tool results that the host may trim, and those of the last turns.
    old: Results,
    recent: Vec<Results>,
}

impl Contents {
    /// A message joins.
    pub fn add(&mut self, item: Item) {
        if item.unsent {
            return;
        }
        let of = item.anatomy;
        self.sum(item.kind, of.spoken);
        self.sum(Kind::ToolCall, of.calls);
        self.sum(Kind::Picture, of.pictures);
        if item.keeps_thinking {
            self.sum(Kind::Thinking, of.thought);
        }
        self.follow_results(&item);
        let size = |item: &Item| (item.load().text_tokens(), item.load().ruled, item.load().guessed);
        let place = self.largest.partition_point(|other| size(other) >= size(&item));
        if place < LARGEST_KEPT {
            self.largest.insert(place, item);
            self.largest.truncate(LARGEST_KEPT);
        }
    }

    fn follow_results(&mut self, item: &Item) {
        if item.kind == Kind::Reply {
            self.recent.push(Results::default());
            if self.recent.len() > RECENT_TURNS {
                self.old = self.old.plus(self.recent.remove(0));
            }
        }
        if item.kind == Kind::ToolResult {
            let of = Results { soft: item.soft(), text: Load { results: 0, ..item.anatomy.spoken } };
            let turn = self.recent.last_mut().unwrap_or(&mut self.old);
            *turn = turn.plus(of);
        }
    }

    fn sum(&mut self, kind: Kind, load: Load) {
        let at = Kind::OF_MESSAGES.iter().position(|k| *k == kind);
        if let Some(sum) = at.and_then(|at| self.sums.get_mut(at)) {
            *sum = sum.plus(load);
        }
    }

    /// Images and files are sent no longer.
    pub fn without_pictures(&mut self, gone: Load) {
        let at = Kind::OF_MESSAGES.iter().position(|k| *k == Kind::Picture);
        if let Some(sum) = at.and_then(|at| self.sums.get_mut(at)) {
            *sum = sum.without(gone);
        }
    }

    /// All of it.
    #[must_use]
    pub fn total(&self) -> Load {
        self.sums.iter().copied().fold(Load::default(), Load::plus)
    }
}

/// A way to make room, as a person or the host can do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// Long old tool results cut to both their ends.
    SoftTrim,
    /// Old tool results replaced by a placeholder.
    HardClear,
    /// A summary in place of all but the newest part.
    Compaction,
}

/// A context told in tokens of its model. Shares can be taken of `total` alone: no part is larger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breakdown {
    pub total: u64,
    /// How far `total` can be trusted. Unknown: it is the messages alone, and there is more.
    pub occupancy: Occupancy,
    /// Largest first; nothing that is nothing.
    pub kinds: Vec<(Kind, u64)>,
    /// Largest first.
    pub largest: Vec<(Item, u64)>,
    /// What each means would free, most first.
    pub frees: Vec<(Means, u64)>,
}

/// The breakdown of `contents`, with `occupancy` in use where that is known better than by counting.
#[must_use]
pub fn breakdown(
    contents: &Contents,
    ratios: &Ratios,
    occupancy: Occupancy,
    fixed: Option<u64>,
) -> Breakdown {
    let tokens = |load: &Load| ratios.estimate(load).tokens;
    let kinds = Kind::OF_MESSAGES.into_iter().zip(contents.sums.iter().map(tokens));
    let mut kinds: Vec<(Kind, u64)> = kinds.filter(|(_, tokens)| *tokens > 0).collect();
    let counted = kinds.iter().map(|(_, t)| *t).fold(0, u64::saturating_add);
    let total = occupancy.tokens().unwrap_or_else(|| counted.saturating_add(fixed.unwrap_or(0)));
    // What was reported and is in no message is the fixed part. Where that is known, the messages share what is left.
    let fixed = fixed.filter(|_| counted > 0).unwrap_or(total.saturating_sub(counted)).min(total);
    let room = total.saturating_sub(fixed);
    fit(&mut kinds, counted, room);
    if fixed > 0 {
        kinds.push((Kind::Fixed, fixed));
    }
    kinds.sort_by_key(|(kind, tokens)| (std::cmp::Reverse(*tokens), *kind));
    // One scale for both lists: a message is never larger than the messages of its kind.
    let mut largest: Vec<_> =
        contents.largest.iter().map(|i| (i, scaled(tokens(&i.load()), room, counted))).collect();
    largest.sort_by_key(|(_, tokens)| std::cmp::Reverse(*tokens));
    largest.truncate(MOST_LARGEST);
    let compacted = room.saturating_sub(KEPT_BY_COMPACTION);
    let frees = [
        (Means::SoftTrim, scaled(tokens(&contents.old.soft), room, counted)),
        (Means::HardClear, scaled(tokens(&contents.old.text), room, counted)),
        (Means::Compaction, compacted),
    ];
    let mut frees: Vec<_> =
        frees.into_iter().map(|(m, t)| (m, t.min(total))).filter(|(_, t)| *t > 0).collect();
    frees.sort_by_key(|(_, tokens)| std::cmp::Reverse(*tokens));
    Breakdown {
        total,
        occupancy,
        largest: largest.into_iter().map(|(i, t)| (i.clone(), t)).collect(),
        kinds,
        frees,
    }
}

/// `tokens` of `counted`, where all of them come to `room`.
fn scaled(tokens: u64, room: u64, counted: u64) -> u64 {
    let scaled = u128::from(tokens) * u128::from(room) / u128::from(counted.max(1));
    u64::try_from(scaled).unwrap_or(room).min(room)
}

/// Scales parts that come to `counted` so that they come to `room`; what rounding leaves goes to the largest.
fn fit(kinds: &mut Vec<(Kind, u64)>, counted: u64, room: u64) {
    for (_, tokens) in kinds.iter_mut() {
        *tokens = scaled(*tokens, room, counted);
    }
    let left = room.saturating_sub(kinds.iter().map(|(_, t)| *t).fold(0, u64::saturating_add));
    if let Some((_, tokens)) = kinds.iter_mut().max_by_key(|(_, tokens)| *tokens) {
        *tokens = tokens.saturating_add(left);
    }
    kinds.retain(|(_, tokens)| *tokens > 0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::count::calibration::Calibration;
    use crate::transcript::message::Part;

    fn item(role: Role, words: usize) -> Item {
        let parts = vec![Part::Text("word ".repeat(words))];
        Item::of(&Message { role, parts, ..Message::default() }, Family::OpenAi, false, None)
    }

    fn of(contents: &Contents, total: Option<u64>) -> Breakdown {
        let occupancy = total.map_or(Occupancy::Unknown, |tokens| Occupancy::Known { tokens });
        breakdown(contents, &Calibration::default().ratios("openai/gpt-5"), occupancy, None)
    }

    #[test]
    fn parts_add_up_and_the_largest_come_first() {
        let mut c = Contents::default();
        c.add(item(Role::User, 100));
        for n in 0..20 {
            c.add(item(Role::Assistant, 10));
            c.add(item(Role::ToolResult, 100 + n * 100));
        }
        let b = of(&c, Some(40_000));
        assert_eq!(b.kinds.iter().map(|(_, t)| t).sum::<u64>(), 40_000);
        assert_eq!(b.kinds.first().map(|(k, _)| *k), Some(Kind::ToolResult));
        assert!(b.kinds.iter().any(|(k, t)| *k == Kind::Fixed && *t > 10_000), "{b:?}");
        assert_eq!(b.largest.len(), MOST_LARGEST);
        assert!(b.largest.windows(2).all(|pair| pair[0].1 >= pair[1].1));
        // The last three turns hold the results of 1,800 words and more.
        let clear = b.frees.iter().find(|(m, _)| *m == Means::HardClear).unwrap().1;
        assert!(clear.abs_diff((1..=17).map(|n| n * 100).sum::<u64>()) < 60, "{clear}");
        let soft = b.frees.iter().find(|(m, _)| *m == Means::SoftTrim).unwrap().1;
        assert!(soft > 2_000 && soft < clear, "{soft} {clear}");
    }

    #[test]
    fn more_counted_than_reported_is_no_negative_part() {
        let mut c = Contents::default();
        c.add(item(Role::User, 1_000));
        let b = of(&c, Some(10));
        assert_eq!((b.total, b.kinds), (10, vec![(Kind::User, 10)]));
        assert_eq!(of(&Contents::default(), None).total, 0);
    }
}
