//! The class of every code point, from the Unicode tables that the oracle's regular expressions use.

use std::path::Path;

use regex_syntax::hir::{Class, HirKind};

use crate::layout::{CLASS_BLOCK_BITS, EITHER, LOWER, MARK, NEWLINE, NUMBER, OTHER, SPACE, UPPER};

/// What the pattern names, in its own notation. Disjoint but for the last, which is part of the one before.
const CLASSES: [(&str, u8); 7] = [
    (r"[\p{Lu}\p{Lt}]", UPPER),
    (r"\p{Ll}", LOWER),
    (r"[\p{Lm}\p{Lo}]", EITHER),
    (r"\p{M}", MARK),
    (r"\p{N}", NUMBER),
    (r"\s", SPACE),
    (r"[\r\n]", NEWLINE),
];

/// Writes `class_index` (one byte per block of code points) and `class_blocks` (the distinct blocks).
pub fn write(folder: &Path) {
    let block = 1 << CLASS_BLOCK_BITS;
    let classes = classes();
    let (mut index, mut blocks) = (Vec::new(), Vec::<&[u8]>::new());
    for wanted in classes.chunks(block) {
        let at = blocks.iter().position(|have| *have == wanted).unwrap_or_else(|| {
            blocks.push(wanted);
            blocks.len() - 1
        });
        index.push(u8::try_from(at).expect("at most 256 distinct blocks"));
    }
    crate::write_table(folder, "class_index", &index);
    crate::write_table(folder, "class_blocks", &blocks.concat());
}

fn classes() -> Vec<u8> {
    let mut classes = vec![OTHER; 0x11_0000];
    for (pattern, class) in CLASSES {
        let hir = regex_syntax::parse(pattern).expect("a class of the pattern");
        let HirKind::Class(Class::Unicode(ranges)) = hir.into_kind() else {
            panic!("{pattern} is not a class")
        };
        for range in ranges.ranges() {
            for taken in &mut classes[range.start() as usize..=range.end() as usize] {
                let free = *taken == OTHER || (class == NEWLINE && *taken == SPACE);
                assert!(free, "{pattern} overlaps another class");
                *taken = class;
            }
        }
    }
    classes
}
