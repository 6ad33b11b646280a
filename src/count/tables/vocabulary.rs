//! The two tables of tokens: open addressing with the empty slots squeezed out.

use crate::layout::{LONG_BITS, LONGEST_TOKEN, SHORT_BITS, ascii_pair, long_slot, short_key, short_slot};

/// Longest run of taken slots a lookup may have to walk, so that no input can make lookups slow.
const LONGEST_RUN: usize = 192;

/// One token in its slot.
struct Entry<'a> {
    token: &'a [u8],
    rank: u32,
}

/// The tables of `tokens`, whose index is their rank: three of the short ones, five of the long ones.
pub fn tables(tokens: &[Vec<u8>]) -> ([Vec<u8>; 4], [Vec<u8>; 6]) {
    let (mut short, mut long) = (Slots::new(SHORT_BITS), Slots::new(LONG_BITS));
    for (rank, token) in (0..).zip(tokens) {
        assert!(!token.is_empty() && token.len() <= LONGEST_TOKEN, "rank {rank} has {} bytes", token.len());
        match short_key(token) {
            Some(key) => short.take(short_slot(key), Entry { token, rank }),
            None => long.take(long_slot(token).0, Entry { token, rank }),
        }
    }
    let bytes_alone = tokens.iter().filter(|token| token.len() == 1).count();
    assert_eq!(bytes_alone, 256, "every byte must be a token, or merging could not begin");
    (short_tables(&short), long_tables(&long))
}

/// The rank of every two ASCII characters that are a token, four bytes each; all bits set where they are none.
pub fn ascii_pairs(tokens: &[Vec<u8>]) -> Vec<u8> {
    let mut table = vec![u32::MAX; 1 << 14];
    for (rank, token) in (0..).zip(tokens) {
        if let [first @ 0..0x80, second @ 0..0x80] = token[..] {
            table[ascii_pair(u16::from_le_bytes([first, second]))] = rank;
        }
    }
    table.into_iter().flat_map(u32::to_le_bytes).collect()
}

fn short_tables(slots: &Slots) -> [Vec<u8>; 4] {
    let keys = slots.entries().map(|entry| short_key(entry.token).expect("short"));
    let [low, high] = slots.ranks();
    [slots.words(), keys.flat_map(u64::to_le_bytes).collect(), low, high]
}

fn long_tables(slots: &Slots) -> [Vec<u8>; 6] {
    let tags = slots.entries().flat_map(|entry| long_slot(entry.token).1.to_le_bytes()).collect();
    let lengths = slots.entries().map(|entry| entry.token.len() as u8).collect();
    let bytes = slots.entries().flat_map(|entry| entry.token.iter().copied()).collect();
    let [low, high] = slots.ranks();
    [slots.words(), tags, low, high, lengths, bytes]
}

/// Slots before squeezing. The last runs may go on beyond the addressable ones; nothing wraps around.
struct Slots<'a> {
    slots: Vec<Option<Entry<'a>>>,
}

impl<'a> Slots<'a> {
    fn new(bits: u32) -> Self {
        Self { slots: (0..(1usize << bits) + LONGEST_RUN).map(|_| None).collect() }
    }

    fn take(&mut self, slot: u64, entry: Entry<'a>) {
        let free = self.slots.iter_mut().skip(slot as usize).take(LONGEST_RUN).find(|slot| slot.is_none());
        *free.expect("no run of taken slots is longer than LONGEST_RUN") = Some(entry);
    }

    fn entries(&self) -> impl Iterator<Item = &Entry<'a>> {
        self.slots.iter().flatten()
    }

    /// One record for 64 slots: which are taken (8 bytes), entries before them (4), bytes of tokens before them (4).
    fn words(&self) -> Vec<u8> {
        let (mut entries, mut bytes, mut out) = (0u32, 0u32, Vec::new());
        for slots in self.slots.chunks(64) {
            let taken = slots.iter().rev().fold(0u64, |bits, slot| bits << 1 | u64::from(slot.is_some()));
            out.extend(taken.to_le_bytes());
            out.extend(entries.to_le_bytes());
            out.extend(bytes.to_le_bytes());
            for entry in slots.iter().flatten() {
                entries += 1;
                bytes += entry.token.len() as u32;
            }
        }
        out
    }

    /// Two bytes for each rank, and four bits above them: kept apart, because the upper ones compress well.
    fn ranks(&self) -> [Vec<u8>; 2] {
        let (mut low, mut high) = (Vec::new(), Vec::new());
        for (entry, at) in self.entries().zip(0usize..) {
            let [first, second, third, fourth] = entry.rank.to_le_bytes();
            assert!(third < 16 && fourth == 0, "rank {} needs more than twenty bits", entry.rank);
            low.extend([first, second]);
            match high.last_mut() {
                Some(last) if at % 2 == 1 => *last |= third << 4,
                _ => high.push(third),
            }
        }
        [low, high]
    }
}
