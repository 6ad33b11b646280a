//! Ids of a file's rows as small numbers: each distinct id is stored once.

use crate::shared::name;
use std::collections::BTreeMap;

/// Longest id stored as it is, bytes; a longer one is stored as its hash, so that no file can make ids cost more.
const LONGEST: usize = 96;

/// Number of an id, counted from zero in the order of first sight.
pub(super) type Id = u32;

#[derive(Clone, Debug, Default)]
pub(super) struct Ids {
    /// All ids, one after the other.
    text: String,
    /// End of each id in `text`, by number.
    ends: Vec<usize>,
    /// From hash to number; a collision takes the next free hash.
    by_hash: BTreeMap<u64, Id>,
}

impl Ids {
    /// The number of `id`, given out at its first sight.
    pub(super) fn intern(&mut self, id: &str) -> Id {
        if id.len() > LONGEST {
            return self.intern_short(&name::name(id));
        }
        self.intern_short(id)
    }

    fn intern_short(&mut self, id: &str) -> Id {
        let mut key = hash(id);
        while let Some(known) = self.by_hash.get(&key).copied() {
            if self.get(known) == id {
                return known;
            }
            key = key.wrapping_add(1);
        }
        // Four billion ids need more lines than a file of any size we read has.
        let number = Id::try_from(self.ends.len()).unwrap_or(Id::MAX);
        self.text.push_str(id);
        self.ends.push(self.text.len());
        self.by_hash.insert(key, number);
        number
    }

    /// The id with this number, as stored; empty for a number never given out.
    pub(super) fn get(&self, number: Id) -> &str {
        let at = number as usize;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(at).and_then(|end| self.text.get(start..*end)).unwrap_or_default()
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }
}

/// FNV-1a, 64 bits: the same on every machine, unlike the standard library's seeded one.
fn hash(id: &str) -> u64 {
    id.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_id_is_stored_once() {
        let mut ids = Ids::default();
        let all: Vec<String> =
            (0..5000).map(|n| format!("id-{n}")).chain([String::new(), "会话".into()]).collect();
        let numbers: Vec<Id> = all.iter().map(|id| ids.intern(id)).collect();
        assert_eq!(numbers, (0..5002).collect::<Vec<_>>());
        for (id, number) in all.iter().zip(numbers) {
            assert_eq!(ids.intern(id), number);
            assert_eq!(ids.get(number), id);
        }
        assert_eq!(ids.len(), 5002);
        assert_eq!(ids.get(9999), "");
    }

    #[test]
    fn a_huge_id_costs_no_more_than_its_hash() {
        let mut ids = Ids::default();
        let huge = "x".repeat(1 << 20);
        let number = ids.intern(&huge);
        assert_eq!(ids.intern(&huge), number);
        assert_ne!(ids.intern(&format!("{huge}y")), number);
        assert!(ids.text.len() < 200);
    }

    #[test]
    fn colliding_hashes_stay_apart() {
        let mut ids = Ids::default();
        ids.by_hash.insert(hash("b"), 0);
        ids.text.push('a');
        ids.ends.push(1);
        let b = ids.intern("b");
        assert_eq!(ids.intern("b"), b);
        assert_eq!((b, ids.get(b)), (1, "b"));
    }
}
