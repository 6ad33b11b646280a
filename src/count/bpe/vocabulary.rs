//! The tokens of an encoding and their ranks, ready to read where the file of tables was put.
//!
//! Open addressing without its empty slots: a record for every 64 slots says which are taken and how many entries come
//! before, and the entries stand behind one another in slot order. A lookup loads one record and compares the
//! neighbouring entries; equality is always of all bytes, never of hashes.

use super::cuts::Cuts;
use super::layout::{
    HEADER, LONG_BITS, LONGEST_TOKEN, MAGIC, SECTIONS, SHORT_BITS, ascii_pair, long_slot, short_key,
    short_key_of_word, short_slot,
};

/// Records of 64 slots. The runs of the last ones may go on behind these.
type ShortRecords = [[u8; 16]; 1 << (SHORT_BITS - 6)];
type LongRecords = [[u8; 16]; 1 << (LONG_BITS - 6)];

/// One encoding's tables, as the build script lays them out.
pub struct Vocabulary {
    short: Short,
    long: Long,
    /// Where pieces may be cut.
    pub cuts: Cuts,
    /// Ranks of two ASCII characters, where merging begins.
    ascii_pairs: &'static [[u8; 4]; 1 << 14],
}

/// Tokens of up to eight bytes: the whole token is in its key.
struct Short {
    records: &'static ShortRecords,
    behind: &'static [[u8; 16]],
    keys: &'static [[u8; 8]],
    ranks: Ranks,
}

/// Longer tokens: a tag to pass over most strangers, then the bytes.
struct Long {
    records: &'static LongRecords,
    behind: &'static [[u8; 16]],
    tags: &'static [[u8; 2]],
    ranks: Ranks,
    lengths: &'static [u8],
    bytes: &'static [u8],
}

/// Two bytes for each rank, and four bits above them.
struct Ranks {
    low: &'static [[u8; 2]],
    high: &'static [u8],
}

impl Vocabulary {
    /// The tables of a file; `None` unless it is one of this version of the tables and of this build.
    #[must_use]
    pub fn from_file(file: &'static [u8], fingerprint: [u8; 8]) -> Option<Self> {
        let (magic, rest) = file.split_first_chunk::<8>()?;
        let (stated, rest) = rest.split_first_chunk::<8>()?;
        let lengths = rest.get(..4 * SECTIONS)?.as_chunks::<4>().0;
        let total = lengths
            .iter()
            .fold(HEADER as u64, |sum, length| sum.saturating_add(u64::from(u32::from_le_bytes(*length))));
        if *magic != MAGIC || *stated != fingerprint || total != file.len() as u64 {
            return None;
        }
        let mut rest = file.get(HEADER..)?;
        let mut sections = lengths.iter().map(|length| {
            let (section, behind) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            rest = behind;
            Some(section)
        });
        let mut next = || sections.next().flatten();
        Some(Self {
            short: Short::from_sections(&mut next)?,
            long: Long::from_sections(&mut next)?,
            cuts: Cuts::from_sections(&mut next)?,
            ascii_pairs: next()?.as_chunks().0.first_chunk()?,
        })
    }

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

    /// Whether a token is exactly `piece`.
    #[inline]
    #[must_use]
    pub fn holds(&self, piece: &[u8]) -> bool {
        match short_key(piece) {
            Some(key) => self.short.entry(key).is_some(),
            None => piece.len() <= LONGEST_TOKEN && self.long.entry(piece).is_some(),
        }
    }

    /// The rank of the token that is the first `length` bytes of `word`, at most eight.
    #[inline]
    #[must_use]
    pub fn rank_of_word(&self, word: u64, length: usize) -> Option<u32> {
        match short_key_of_word(word, length) {
            Some(key) => self.short.rank(key),
            None => self.long.rank(word.to_le_bytes().get(..length)?),
        }
    }

    /// The rank of two bytes, the first one lowest.
    #[inline]
    #[must_use]
    pub fn rank_of_two(&self, two: u16) -> Option<u32> {
        if two & 0x8080 != 0 {
            return self.rank_of_word(u64::from(two), 2);
        }
        let rank = u32::from_le_bytes(*self.ascii_pairs.get(ascii_pair(two))?);
        (rank != u32::MAX).then_some(rank)
    }
}

/// The sections of a file, one after another.
pub type Next<'a> = &'a mut dyn FnMut() -> Option<&'static [u8]>;

impl Short {
    fn from_sections(next: Next<'_>) -> Option<Self> {
        let (records, behind) = next()?.as_chunks().0.split_first_chunk()?;
        Some(Self { records, behind, keys: next()?.as_chunks().0, ranks: Ranks::from_sections(next)? })
    }

    #[inline]
    fn rank(&self, key: u64) -> Option<u32> {
        self.ranks.get(self.entry(key)?)
    }

    #[inline]
    fn entry(&self, key: u64) -> Option<usize> {
        let slot = short_slot(key);
        let at = (slot >> 6) as usize;
        let run = Run::from(self.records.get(at)?, slot as u32 & 63)?;
        let keys = self.keys.get(run.entry..run.entry.saturating_add(run.taken))?;
        for (have, entry) in keys.iter().zip(run.entry..) {
            if u64::from_le_bytes(*have) == key {
                return Some(entry);
            }
        }
        if run.ends { None } else { self.entry_behind(at, key) }
    }

    /// Looks in the records behind the one at `at`, whose last slot is taken.
    #[cold]
    fn entry_behind(&self, at: usize, key: u64) -> Option<usize> {
        for record in self.records.iter().chain(self.behind).skip(at.saturating_add(1)) {
            let run = Run::from(record, 0)?;
            let keys = self.keys.get(run.entry..run.entry.saturating_add(run.taken))?;
            if let Some(found) = keys.iter().position(|have| u64::from_le_bytes(*have) == key) {
                return Some(run.entry.saturating_add(found));
            }
            if run.ends {
                return None;
            }
        }
        None
    }
}

impl Long {
    fn from_sections(next: Next<'_>) -> Option<Self> {
        let (records, behind) = next()?.as_chunks().0.split_first_chunk()?;
        Some(Self {
            records,
            behind,
            tags: next()?.as_chunks().0,
            ranks: Ranks::from_sections(next)?,
            lengths: next()?,
            bytes: next()?,
        })
    }

    fn rank(&self, piece: &[u8]) -> Option<u32> {
        self.ranks.get(self.entry(piece)?)
    }

    fn entry(&self, piece: &[u8]) -> Option<usize> {
        let (slot, tag) = long_slot(piece);
        let mut skip = slot as u32 & 63;
        for record in self.records.iter().chain(self.behind).skip((slot >> 6) as usize) {
            let run = Run::from(record, skip)?;
            let entries = run.entry..run.entry.saturating_add(run.taken);
            let tags = self.tags.get(entries.clone())?;
            let mut candidates = entries.zip(tags).filter(|(_, have)| u16::from_le_bytes(**have) == tag);
            let found = candidates.find(|(entry, _)| self.token(record, *entry) == Some(piece));
            if let Some((entry, _)) = found {
                return Some(entry);
            }
            if run.ends {
                return None;
            }
            skip = 0;
        }
        None
    }

    /// The bytes of an entry of `record`.
    fn token(&self, record: &[u8; 16], entry: usize) -> Option<&'static [u8]> {
        let record = u128::from_le_bytes(*record);
        let before = self.lengths.get((record >> 64) as u32 as usize..entry)?;
        let first = (record >> 96) as usize;
        let start = before.iter().fold(first, |at, &length| at.saturating_add(usize::from(length)));
        let length = usize::from(*self.lengths.get(entry)?);
        self.bytes.get(start..start.saturating_add(length))
    }
}

impl Ranks {
    fn from_sections(next: Next<'_>) -> Option<Self> {
        Some(Self { low: next()?.as_chunks().0, high: next()? })
    }

    #[inline]
    fn get(&self, entry: usize) -> Option<u32> {
        let low = u16::from_le_bytes(*self.low.get(entry)?);
        let high = self.high.get(entry >> 1)? >> (4 * (entry & 1)) & 15;
        Some(u32::from(high) << 16 | u32::from(low))
    }
}

/// Neighbouring taken slots within one record.
struct Run {
    /// The entry of the first of them, and how many there are.
    entry: usize,
    taken: usize,
    /// Whether an empty slot of the same record ends them.
    ends: bool,
}

impl Run {
    /// The run that holds slot `skip` of a record; `None` if that slot is empty.
    #[inline]
    fn from(record: &[u8; 16], skip: u32) -> Option<Self> {
        let record = u128::from_le_bytes(*record);
        let slots = record as u64;
        let from_here = slots >> skip;
        if from_here & 1 == 0 {
            return None;
        }
        let before = slots & !(u64::MAX << skip);
        let taken = from_here.trailing_ones();
        Some(Self {
            entry: ((record >> 64) as u32).wrapping_add(before.count_ones()) as usize,
            taken: taken as usize,
            ends: taken.wrapping_add(skip) < 64,
        })
    }
}
