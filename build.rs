//! Makes the tables of the token counter from tiktoken-rs, which itself is never linked into what ships.
//!
//! All output is read-only data in its final form: at run time nothing is parsed, allocated or built.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// A build script reports by stopping the build.

#[path = "src/count/tables/characters.rs"]
mod characters;
#[path = "src/count/tables/cuts.rs"]
mod cuts;
#[path = "src/count/tables/file.rs"]
mod file;
#[allow(dead_code, reason = "what only a lookup needs")]
#[path = "src/count/bpe/layout.rs"]
mod layout;
#[path = "src/count/tables/pattern.rs"]
mod pattern;
#[path = "src/count/tables/singles.rs"]
mod singles;
#[path = "src/count/tables/vocabulary.rs"]
mod vocabulary;

use std::path::{Path, PathBuf};

fn main() {
    leave_out_unwind_tables();
    for source in ["build.rs", "src/count/tables", "src/count/bpe/layout.rs"] {
        println!("cargo:rerun-if-changed={}", repository().join(source).display());
    }
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    characters::write(&out);
    assert_eq!(
        tiktoken_rs::O200K_BASE_PAT_STR,
        pattern::O200K_BASE,
        "the pre-tokenizer is for another pattern"
    );
    let encodings = [
        ("o200k_base", tiktoken_rs::o200k_base(), pattern::O200K_BASE),
        ("cl100k_base", tiktoken_rs::cl100k_base(), pattern::CL100K_BASE),
    ];
    for (name, oracle, pattern) in encodings {
        let oracle = oracle.expect("tiktoken-rs carries the ranks");
        pattern::check(&oracle, pattern);
        write_encoding(&out, name, &oracle);
    }
}

/// The folder this file is in: the counter's own package, which is one level below, builds with it as well.
fn repository() -> PathBuf {
    let package =
        PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let above = package.ancestors().find(|folder| folder.join("src/count/tables").is_dir());
    above.expect("the sources are there").to_path_buf()
}

/// The tokens in the order of their ranks, without the special ones, which begin after the first gap.
fn tokens(oracle: &tiktoken_rs::CoreBPE) -> Vec<Vec<u8>> {
    let tokens: Vec<Vec<u8>> = (0..).map_while(|rank| oracle.decode_bytes(&[rank]).ok()).collect();
    assert!(tokens.len() > 100_000, "only {} ranks", tokens.len());
    tokens
}

fn write_encoding(folder: &Path, name: &str, oracle: &tiktoken_rs::CoreBPE) {
    let tokens = tokens(oracle);
    let ([short_words, keys, short_low, short_high], [long_words, tags, long_low, long_high, lengths, bytes]) =
        vocabulary::tables(&tokens);
    let [pairs, partial] = cuts::tables(&tokens);
    let singles = singles::table(oracle);
    let sections = [
        short_words,
        keys,
        short_low,
        short_high,
        long_words,
        tags,
        long_low,
        long_high,
        lengths,
        bytes,
        pairs,
        partial,
        singles,
        vocabulary::ascii_pairs(&tokens),
    ];
    file::write(folder, name, sections);
}

/// Writes one table. A file that could not be written is a build that failed.
fn write_table(folder: &Path, name: &str, bytes: &[u8]) {
    std::fs::write(folder.join(name), bytes).expect("OUT_DIR is writable");
}

/// The static asm-watchdog ends at a panic and never unwinds: tables for that would be a tenth of it. Cargo tells a build
/// script of no profile but by where it writes.
fn leave_out_unwind_tables() {
    let script = repository().join("scripts/no-unwind.ld");
    println!("cargo:rerun-if-changed={}", script.display());
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let ours = out.components().any(|part| part.as_os_str() == "watchdog");
    if ours && std::env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|env| env == "musl") {
        println!("cargo:rustc-link-arg-bins=-Wl,--no-eh-frame-hdr,-T,{}", script.display());
    }
}
