//! Fitting what could be said into a token budget.

use crate::extract::fact::Fact;
use crate::shared::notice::Notice;

/// One line that could stand in the block.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    pub heading: Notice,
    pub fact: Option<&'a Fact>,
    pub line: String,
}

/// Keeps as many items as fit, most important first. A line that does not fit is passed over and a shorter, less
/// important one may still take its place. The result's exact count is within the budget, unless the bare frame alone
/// exceeds it.
pub fn fit<'a>(
    items: Vec<Item<'a>>,
    budget: u64,
    frame: &dyn Fn(&[Item<'a>]) -> String,
    count: &dyn Fn(&str) -> u64,
) -> Vec<Item<'a>> {
    let mut used = count(&frame(&[]));
    let mut headings = Vec::new();
    let mut kept = Vec::new();
    for item in items {
        let heading = if headings.contains(&item.heading) { 0 } else { HEADING_TOKENS };
        let cost = count(&format!("- {}\n", item.line)).saturating_add(heading);
        if used.saturating_add(cost) <= budget {
            used = used.saturating_add(cost);
            headings.push(item.heading);
            kept.push(item);
        }
    }
    // Counts of parts do not add up exactly: the whole is what is promised.
    while !kept.is_empty() && count(&frame(&kept)) > budget {
        kept.pop();
    }
    kept
}

/// Room set aside for a heading and its blank line; the longest of the catalogue takes 8 tokens.
const HEADING_TOKENS: u64 = 10;
