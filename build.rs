//! Makes the tables of the token counter from tiktoken-rs, which itself is never linked into what ships.
//!
//! All output is read-only data in its final form: at run time nothing is parsed, allocated or built.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// A build script reports by stopping the build.

#[path = "src/count/tables/characters.rs"]
mod characters;
#[path = "src/count/tables/cuts.rs"]
mod cuts;
#[path = "src/count/bpe/layout.rs"]
mod layout;
#[path = "src/count/tables/vocabulary.rs"]
mod vocabulary;

use std::path::{Path, PathBuf};

/// The pattern `src/count/bpe/pretokenizer.rs` is written for. Another one in tiktoken-rs must stop the build.
const O200K_BASE_PATTERN: &str = concat!(
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|",
    r"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
);

fn main() {
    for source in ["build.rs", "build", "src/count/bpe/layout.rs"] {
        println!("cargo:rerun-if-changed={source}");
    }
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    characters::write(&out);
    assert_eq!(
        tiktoken_rs::O200K_BASE_PAT_STR,
        O200K_BASE_PATTERN,
        "the pre-tokenizer is for another pattern"
    );
    let encoding = tiktoken_rs::o200k_base().expect("tiktoken-rs carries the ranks");
    write_encoding(&out.join("o200k_base"), &tokens(&encoding));
}

/// The tokens in the order of their ranks, without the special ones, which begin after the first gap.
fn tokens(encoding: &tiktoken_rs::CoreBPE) -> Vec<Vec<u8>> {
    let tokens: Vec<Vec<u8>> = (0..).map_while(|rank| encoding.decode_bytes(&[rank]).ok()).collect();
    assert!(tokens.len() > 100_000, "only {} ranks", tokens.len());
    tokens
}

fn write_encoding(folder: &Path, tokens: &[Vec<u8>]) {
    std::fs::create_dir_all(folder).expect("OUT_DIR is writable");
    vocabulary::write(folder, tokens);
    cuts::write(folder, tokens);
}

/// Writes one table. A file that could not be written is a build that failed.
fn write_table(folder: &Path, name: &str, bytes: &[u8]) {
    std::fs::write(folder.join(name), bytes).expect("OUT_DIR is writable");
}
