use super::fact::{Fact, Source, Status};
use crate::transcript::message::Message;
use serde::{Deserialize, Serialize};
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FactBook {
    facts: Vec<Fact>,
}
impl FactBook {
    pub fn observe(&mut self, _m: &Message, _s: &Source) {}
    /// Adds a fact that was read elsewhere than in a message, unless it is known.
    pub fn insert(&mut self, fact: Fact) {
        if self.facts.iter().all(|f| f.id != fact.id) {
            self.facts.push(fact);
        }
    }
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }
    pub fn active(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(|f| f.status == Status::Active)
    }
}
