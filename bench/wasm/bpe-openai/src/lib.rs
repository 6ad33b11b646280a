//! bpe-openai as wasm.

include!("../../peer.rs");

fn tokens(text: &str, cl100k: bool) -> usize {
    let encoding = if cl100k { bpe_openai::cl100k_base() } else { bpe_openai::o200k_base() };
    encoding.count(text)
}
