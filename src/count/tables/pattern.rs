//! Whether tiktoken-rs still splits by the patterns that `src/count/bpe` is written for.

use fancy_regex::Regex;

/// The pattern of `o200k_base`.
pub const O200K_BASE: &str = concat!(
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|",
    r"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
);
/// The pattern of `cl100k_base`, which tiktoken-rs keeps to itself.
pub const CL100K_BASE: &str = concat!(
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|",
    r"\s+(?!\S)|\s",
);

/// Parts of texts on which any two different patterns of this kind would differ.
const PARTS: [&str; 30] = [
    "a", "Ab", "B", "don't", "'S", "'ſ", "'ll", "1", "1234", "²", " ", "  ", "\t", "\n", "\r\n", " \n ", "/",
    "!/\n", "()", "'", "あ", "中A", "e\u{301}", "\u{301}", "ǅ", "ʰ", "\u{a0}", "\u{3000}", "\u{feff}", "🧭",
];

/// Stops the build if the oracle splits any text of two or three parts in another way than `pattern`.
///
/// Splitting cannot be seen from outside; tokens can. A piece that `pattern` finds must be tokens by itself.
pub fn check(oracle: &tiktoken_rs::CoreBPE, pattern: &str) {
    let regex = Regex::new(pattern).expect("the pattern is one");
    for text in texts() {
        let pieces = regex.find_iter(&text).map(|piece| piece.expect("short texts never fail").as_str());
        let tokens: Vec<u32> = pieces.flat_map(|piece| merged(oracle, &regex, piece)).collect();
        assert_eq!(
            oracle.encode_ordinary(&text),
            tokens,
            "the pre-tokenizer is for another pattern: {text:?}"
        );
    }
}

/// Tokens of a piece that stays one by itself. `\s+(?!\S)` may not: then all but its end stands for it.
fn merged(oracle: &tiktoken_rs::CoreBPE, regex: &Regex, piece: &str) -> Vec<u32> {
    let first = regex.find(piece).expect("short texts never fail").expect("a piece has a piece");
    assert_eq!(first.as_str(), piece, "{piece:?} is not one piece by itself");
    oracle.encode_ordinary(piece)
}

fn texts() -> impl Iterator<Item = String> {
    let pairs = PARTS.iter().flat_map(|first| PARTS.iter().map(move |second| [*first, *second].concat()));
    pairs.flat_map(|pair| ["", "x", " ", "\n", "9", "!"].map(|third| format!("{pair}{third}")))
}
