//! The crate `tiktoken` as wasm.

include!("../../peer.rs");

fn tokens(text: &str, cl100k: bool) -> usize {
    let name = if cl100k { "cl100k_base" } else { "o200k_base" };
    tiktoken::get_encoding(name).map_or(usize::MAX, |encoding| encoding.count(text))
}
