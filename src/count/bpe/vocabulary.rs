//! The tokens of an encoding and their ranks, ready to read where the linker put them.
//!
//! Open addressing without its empty slots: a record for every 64 slots says which are taken and how many entries come
//! before, and the entries stand behind one another in slot order. A lookup loads one record and compares the
//! neighbouring entries; equality is always of all bytes, never of hashes.

use super::cuts::Cuts;
use super::layout::{LONGEST_TOKEN, long_slot, short_key, short_slot};

/// One encoding's tables, as the build script lays them out.
pub struct Vocabulary {
    short: Short,
    long: Long,
    /// Where pieces may be cut.
    pub cuts: Cuts,
}

/// Tokens of up to eight bytes: the whole token is in its key.
struct Short {
    words: &'static [[u8; 16]],
    keys: &'static [[u8; 8]],
    ranks: &'static [[u8; 3]],
}

/// Longer tokens: a tag to pass over most strangers, then the bytes.
struct Long {
    words: &'static [[u8; 16]],
    tags: &'static [[u8; 2]],
    ranks: &'static [[u8; 3]],
    lengths: &'static [u8],
    bytes: &'static [u8],
}

macro_rules! table {
    ($encoding:literal, $name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $encoding, "/", $name))
    };
}

macro_rules! vocabulary {
    ($encoding:literal) => {
        Vocabulary {
            short: Short {
                words: table!($encoding, "short_words").as_chunks().0,
                keys: table!($encoding, "short_keys").as_chunks().0,
                ranks: table!($encoding, "short_ranks").as_chunks().0,
            },
            long: Long {
                words: table!($encoding, "long_words").as_chunks().0,
                tags: table!($encoding, "long_tags").as_chunks().0,
                ranks: table!($encoding, "long_ranks").as_chunks().0,
                lengths: table!($encoding, "long_lengths"),
                bytes: table!($encoding, "long_bytes"),
            },
            cuts: Cuts {
                pairs: table!($encoding, "pairs").as_chunks().0,
                partial: table!($encoding, "partial"),
            },
        }
    };
}

/// 199,998 tokens; the special ones are not among them, because in a text they are ordinary text.
pub static O200K_BASE: Vocabulary = vocabulary!("o200k_base");

impl Vocabulary {
    /// The rank of the token that is exactly `piece`.
    #[inline]
    #[must_use]
    pub fn rank(&self, piece: &[u8]) -> Option<u32> {
        match short_key(piece) {
            Some(key) => self.short.rank(key),
            None if piece.len() <= LONGEST_TOKEN => self.long.rank(piece),
            None => None,
        }
    }
}

impl Short {
    #[inline]
    fn rank(&self, key: u64) -> Option<u32> {
        let entry = Runs::from(self.words, short_slot(key)).find_map(|run| {
            let keys = self.keys.get(run.entry..run.entry.saturating_add(run.taken))?;
            let found = keys.iter().position(|have| u64::from_le_bytes(*have) == key)?;
            Some(run.entry.saturating_add(found))
        })?;
        rank_at(self.ranks, entry)
    }
}

impl Long {
    fn rank(&self, piece: &[u8]) -> Option<u32> {
        let (slot, tag) = long_slot(piece);
        let entry = Runs::from(self.words, slot).find_map(|run| {
            let entries = run.entry..run.entry.saturating_add(run.taken);
            let tags = self.tags.get(entries.clone())?;
            let mut candidates = entries.zip(tags).filter(|(_, have)| u16::from_le_bytes(**have) == tag);
            candidates.find_map(|(entry, _)| (self.token(&run, entry)? == piece).then_some(entry))
        })?;
        rank_at(self.ranks, entry)
    }

    fn token(&self, run: &Run, entry: usize) -> Option<&'static [u8]> {
        let before = self.lengths.get(run.record_entry..entry)?;
        let start = before.iter().fold(run.record_byte, |at, &length| at.saturating_add(usize::from(length)));
        let length = usize::from(*self.lengths.get(entry)?);
        self.bytes.get(start..start.saturating_add(length))
    }
}

fn rank_at(ranks: &[[u8; 3]], entry: usize) -> Option<u32> {
    let [low, middle, high] = *ranks.get(entry)?;
    Some(u32::from_le_bytes([low, middle, high, 0]))
}

/// Neighbouring taken slots within one record.
struct Run {
    /// The entry of the first of them, and how many there are.
    entry: usize,
    taken: usize,
    /// The first entry of the record, and where its bytes begin.
    record_entry: usize,
    record_byte: usize,
}

/// The taken slots from one slot up to the next empty one.
struct Runs<'a> {
    words: std::slice::Iter<'a, [u8; 16]>,
    /// Slot to begin at within the next record.
    skip: u32,
}

impl<'a> Runs<'a> {
    #[inline]
    fn from(words: &'a [[u8; 16]], slot: u64) -> Self {
        let words = words.get((slot >> 6) as usize..).unwrap_or_default();
        Self { words: words.iter(), skip: (slot & 63) as u32 }
    }
}

impl Iterator for Runs<'_> {
    type Item = Run;

    #[inline]
    fn next(&mut self) -> Option<Run> {
        let record = u128::from_le_bytes(*self.words.next()?);
        let (taken_slots, record_entry) = (record as u64, (record >> 64) as u32 as usize);
        let before = taken_slots & !(u64::MAX << self.skip);
        let taken = (taken_slots >> self.skip).trailing_ones();
        if taken + self.skip < 64 {
            self.words = [].iter();
        }
        self.skip = 0;
        Some(Run {
            entry: record_entry.saturating_add(before.count_ones() as usize),
            taken: taken as usize,
            record_entry,
            record_byte: (record >> 96) as usize,
        })
    }
}
