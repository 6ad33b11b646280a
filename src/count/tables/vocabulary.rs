//! The two tables of tokens: open addressing with the empty slots squeezed out.

use std::path::Path;

use crate::layout::{LONG_BITS, LONGEST_TOKEN, SHORT_BITS, long_slot, short_key, short_slot};

/// Longest run of taken slots a lookup may have to walk, so that no input can make lookups slow.
const LONGEST_RUN: usize = 192;

/// One token in its slot.
struct Entry<'a> {
    token: &'a [u8],
    rank: u32,
}

/// Writes the tables of `tokens`, whose index is their rank.
pub fn write(folder: &Path, tokens: &[Vec<u8>]) {
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
    write_short(folder, &short);
    write_long(folder, &long);
}

fn write_short(folder: &Path, slots: &Slots) {
    let keys: Vec<u64> = slots.entries().map(|entry| short_key(entry.token).expect("short")).collect();
    crate::write_table(folder, "short_words", &slots.words());
    crate::write_table(
        folder,
        "short_keys",
        &keys.into_iter().flat_map(u64::to_le_bytes).collect::<Vec<_>>(),
    );
    crate::write_table(folder, "short_ranks", &slots.ranks());
}

fn write_long(folder: &Path, slots: &Slots) {
    let tags: Vec<u8> = slots.entries().flat_map(|entry| long_slot(entry.token).1.to_le_bytes()).collect();
    let lengths: Vec<u8> = slots.entries().map(|entry| entry.token.len() as u8).collect();
    let bytes: Vec<u8> = slots.entries().flat_map(|entry| entry.token.iter().copied()).collect();
    crate::write_table(folder, "long_words", &slots.words());
    crate::write_table(folder, "long_tags", &tags);
    crate::write_table(folder, "long_ranks", &slots.ranks());
    crate::write_table(folder, "long_lengths", &lengths);
    crate::write_table(folder, "long_bytes", &bytes);
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

    /// Three bytes for each rank, the lowest first.
    fn ranks(&self) -> Vec<u8> {
        let three = |rank: u32| {
            let [low, middle, high, top] = rank.to_le_bytes();
            assert_eq!(top, 0, "rank {rank} needs more than three bytes");
            [low, middle, high]
        };
        self.entries().flat_map(|entry| three(entry.rank)).collect()
    }
}
