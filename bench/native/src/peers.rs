//! The peers by name. Each counts a text without special tokens; `None` where it refuses the text.

use auto_session_manager::count::bpe::{self, Encoding};
use serde_json::{Value, json};

type Count = Box<dyn Fn(&str) -> Option<u64>>;

fn wide(tokens: usize) -> Option<u64> {
    u64::try_from(tokens).ok()
}

/// The counter of a peer in an encoding. Of `tiktoken`, also the encodings of other providers.
pub fn counter(peer: &str, encoding: &str) -> Result<Count, String> {
    let unknown = || format!("{peer} has no {encoding}");
    match (peer, encoding) {
        ("ours", _) => {
            let encoding: Encoding = encoding.parse().map_err(|_| unknown())?;
            Ok(Box::new(move |text| Some(bpe::count(text, encoding))))
        }
        ("tiktoken-rs", "o200k_base") => Ok(tiktoken_rs(tiktoken_rs::o200k_base_singleton())),
        ("tiktoken-rs", "cl100k_base") => Ok(tiktoken_rs(tiktoken_rs::cl100k_base_singleton())),
        ("bpe-openai", "o200k_base") => Ok(Box::new(|text| wide(bpe_openai::o200k_base().count(text)))),
        ("bpe-openai", "cl100k_base") => Ok(Box::new(|text| wide(bpe_openai::cl100k_base().count(text)))),
        ("tiktoken", name) => {
            let encoding = tiktoken::get_encoding(name).ok_or_else(unknown)?;
            Ok(Box::new(move |text| wide(encoding.count(text))))
        }
        _ => Err(unknown()),
    }
}

/// It panics on white space beyond its regex engine's limit; that is a refusal.
fn tiktoken_rs(encoding: &'static tiktoken_rs::CoreBPE) -> Count {
    Box::new(move |text| {
        let count = || encoding.encode_ordinary(text).len();
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(count)).ok().and_then(wide)
    })
}

/// What our counter says a text is made of.
pub fn classes(text: &str) -> Value {
    let classes = bpe::count_classes(text, Encoding::O200kBase);
    json!({ "nonAscii": classes.non_ascii, "words": classes.words, "digits": classes.digits, "other": classes.other })
}
