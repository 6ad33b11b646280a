//! tiktoken-rs as wasm.

include!("../../peer.rs");

fn tokens(text: &str, cl100k: bool) -> usize {
    let encoding =
        if cl100k { tiktoken_rs::cl100k_base_singleton() } else { tiktoken_rs::o200k_base_singleton() };
    encoding.count_ordinary(text)
}
