//! What each thread keeps from one count to the next: memory for merging, and what short pieces were counted as.
//!
//! It is a cache and nothing more: no count depends on what was counted before.

use std::cell::RefCell;

use super::cl100k::Cl100k;
use super::encoding::Encoding;
use super::o200k::O200k;
use super::tally::{Classes, Tally};
use super::walk::{Coming, Stopped};

thread_local! {
    static O200K: RefCell<Option<Tally>> = const { RefCell::new(None) };
    static CL100K: RefCell<Option<Tally>> = const { RefCell::new(None) };
}

/// Counts the pieces of `text` into `classes`, and returns where the first uncounted one begins; see [`Tally::add`].
/// Without tables nothing is counted; see [`is_ready`].
pub fn add(
    encoding: Encoding,
    text: &[u8],
    coming: Coming,
    stopped: &mut Stopped,
    classes: &mut Classes,
) -> usize {
    let place = match encoding {
        Encoding::O200kBase => &O200K,
        Encoding::Cl100kBase => &CL100K,
    };
    place.with_borrow_mut(|tally| {
        if tally.is_none() {
            *tally = encoding.vocabulary().map(Tally::new);
        }
        let Some(tally) = tally else {
            return text.len();
        };
        match encoding {
            Encoding::O200kBase => tally.add::<O200k>(text, coming, stopped, classes),
            Encoding::Cl100kBase => tally.add::<Cl100k>(text, coming, stopped, classes),
        }
    })
}

/// Whether `encoding` has its tables, without which it counts nothing. Natively it always has.
#[must_use]
pub fn is_ready(encoding: Encoding) -> bool {
    encoding.vocabulary().is_some()
}
