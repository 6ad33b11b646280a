//! One file for all tables of an encoding: read as it lies into memory, and used there.

use std::path::Path;

use crate::layout::{HEADER, MAGIC, SECTIONS, SPREAD};

/// Writes `<name>.tables` with its sections in the order in which `src/count/bpe/vocabulary.rs` reads them, and
/// `<name>.fingerprint`, which goes into the code: tables of another build must not be taken for these.
pub fn write(folder: &Path, name: &str, sections: [Vec<u8>; SECTIONS]) {
    let lengths = sections.iter().flat_map(|section| {
        let length = u32::try_from(section.len()).expect("far below 4 GiB");
        length.to_le_bytes()
    });
    let lengths: Vec<u8> = lengths.collect();
    let fingerprint = fingerprint(&lengths, &sections).to_le_bytes();
    let file = [&MAGIC[..], &fingerprint, &lengths, &sections.concat()].concat();
    assert_eq!(file.len() - sections.iter().map(Vec::len).sum::<usize>(), HEADER);
    crate::write_table(folder, &format!("{name}.tables"), &file);
    crate::write_table(folder, &format!("{name}.fingerprint"), &fingerprint);
}

fn fingerprint(lengths: &[u8], sections: &[Vec<u8>]) -> u64 {
    let bytes = lengths.iter().chain(sections.iter().flatten());
    bytes.fold(SPREAD, |hash, &byte| (hash.rotate_left(5) ^ u64::from(byte)).wrapping_mul(SPREAD))
}
