//! Typed facts from messages, without asking any model: the same messages give the same facts, in every process.
//!
//! A message becomes the speaker's own words (`clean`), sentences (`segment`), clauses (`clauses`) and verdicts
//! (`classify`, over the phrase tables); [`FactBook`] keeps what follows from them. What tools and quotations say is
//! never taken for anybody's will.

mod artefacts;
pub mod book;
mod classify;
mod clause;
mod clauses;
mod clean;
pub mod fact;
mod fold;
mod hear;
pub mod identifiers;
mod index;
mod lists;
mod needle;
mod negation;
mod phrase;
mod phrases_en;
mod phrases_zh;
mod practice;
pub mod presence;
mod reading;
mod segment;
pub mod shelf;
mod sorts;
mod subject;

pub use book::FactBook;
pub use clean::own_words;
pub use identifiers::identifiers;
pub use practice::practice;
pub use presence::{Haystack, normalise, states};
pub use shelf::{MOST_FACTS, most};
