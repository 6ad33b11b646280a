use super::fact::{Fact, Source, Status};
use crate::transcript::message::Message;
use serde::{Deserialize, Serialize};
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FactBook {
    facts: Vec<Fact>,
}
impl FactBook {
    pub fn observe(&mut self, _m: &Message, _s: &Source) {}
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }
    pub fn active(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(|f| f.status == Status::Active)
    }
}
