//! Text that means nothing, made of the phrases: an engine that nobody uses reads it, so that the code is warm before
//! anybody speaks. Compiled code of the gateway's engine starts slow and becomes fast by running.

use super::phrase::Cue;
use super::{phrases_en as en, phrases_zh as zh};
use std::fmt::Write;

/// Sentences in one text; of these every third is Chinese.
const SENTENCES: usize = 12;

/// The text of number `n`, about a kilobyte; another one for every number, in both languages.
pub fn practice(n: usize) -> String {
    let mut text = String::with_capacity(1_500);
    for at in n * SENTENCES..(n + 1) * SENTENCES {
        // A step that shares no divisor with the tables' lengths goes round all of them.
        let cue = |cues: &'static [Cue]| cues.get(at * 101 % cues.len()).map_or("", |cue| cue.text);
        let port = 1_024 + at;
        let written = match at % 3 {
            0 => write!(
                text,
                "{}模块 {at} 的接口，端口是 {port}，配置在 conf/app{at}.toml 里。",
                cue(zh::CUES)
            ),
            1 => write!(
                text,
                "OK, {} part {at} with the server on port {port}, and `src/part_{at}.rs` has it. ",
                cue(en::CUES)
            ),
            _ => write!(
                text,
                "\n- {} what number {at} of https://example.com/{port}/list says, but not today.\n",
                cue(en::CUES)
            ),
        };
        debug_assert!(written.is_ok(), "text takes everything");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::FactBook;
    use crate::extract::fact::Source;
    use crate::transcript::decode;

    #[test]
    fn it_is_read_as_facts_of_many_kinds() {
        let mut book = FactBook::default();
        for n in 0..150 {
            let row = decode::message(&serde_json::json!({ "role": "user", "content": practice(n) }));
            book.observe(&row, &Source::default());
        }
        let kinds: std::collections::BTreeSet<_> = book.active().map(|f| format!("{:?}", f.kind)).collect();
        assert!(kinds.len() >= 6, "{kinds:?}");
        assert!(practice(1) != practice(2));
    }
}
