//! What holds of extraction whatever is said: no time without end, sound facts, the same twice.

use super::extract_cases::{call, observed, result, say};
use auto_session_manager::extract::fact::{Fact, Source, Status};
use auto_session_manager::extract::{MOST_FACTS, identifiers};
use auto_session_manager::shared::redact::contains_secret;
use auto_session_manager::transcript::message::{Message, Role};
use proptest::prelude::*;

/// Large enough that anything quadratic would take minutes.
const LARGE: usize = 250_000;

#[test]
fn hostile_texts() {
    for piece in [
        "a",
        "我",
        ".",
        "? ",
        "\n",
        "-",
        "#",
        "```\n",
        "\"",
        "“",
        "not ",
        "不是",
        "never x. ",
        "https://",
        "a/",
        "/我",
        "1月",
        ",",
        "use x, ",
        "<asm-memory",
        "- [x] a b c\n",
        "fix bug q. ",
    ] {
        let text = piece.repeat(LARGE / piece.len());
        let book = observed(&[
            say(Role::User, &text),
            say(Role::Assistant, &text),
            result("1", "bash", &text, false),
        ]);
        assert!(book.facts().len() <= MOST_FACTS, "{piece:?}");
    }
    let deep = "[".repeat(1_000_000);
    assert!(observed(&[call("1", "write", &deep)]).facts().is_empty());
}

const PIECES: &[&str] = &[
    "we decided to use ",
    "actually ",
    "let's switch to ",
    "never ",
    "不是",
    "而是",
    "，",
    ", ",
    ". ",
    "。",
    "?",
    "\n",
    "- [ ] ",
    "- [x] ",
    "> ",
    "```",
    "\"",
    "Postgres",
    "SQLite",
    "MySQL 8.0",
    "https://a.b/c",
    "src/x.rs",
    "9f3c2ab",
    "5432",
    "done: ",
    "已完成",
    "改用",
    "决定",
    "帮我",
    "the goal is ",
    "no, ",
    "port is ",
    "password=hunter2",
    "/new",
    "[Fri 2026-11-20 23:14 UTC] ",
    "<asm-memory>",
    "</asm-memory>",
    "\u{0}",
    "é",
    "𠀀",
    "\u{202e}",
    "## Decisions\n",
    "- ",
];

fn sound(fact: &Fact) -> bool {
    fact.id.len() == 14
        && !fact.text.is_empty()
        && fact.text.chars().count() <= 400
        && !fact.text.contains('\n')
        && !contains_secret(&fact.text)
        && fact.confidence <= 100
        && (fact.status == Status::Superseded) == fact.superseded_by.is_some()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn sound_deterministic_and_idempotent(
        messages in prop::collection::vec((any::<bool>(), prop::collection::vec(prop::sample::select(PIECES), 0..12)), 0..8),
    ) {
        let messages: Vec<Message> = messages
            .iter()
            .map(|(user, pieces)| say(if *user { Role::User } else { Role::Assistant }, &pieces.concat()))
            .collect();
        let book = observed(&messages);
        prop_assert_eq!(&book, &observed(&messages));
        prop_assert!(book.facts().iter().all(sound), "{:?}", book.facts());
        let mut ids: Vec<&str> = book.facts().iter().map(|f| f.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        prop_assert_eq!(ids.len(), book.facts().len());
        if let Some(last) = messages.last() {
            let mut again = book.clone();
            again.observe(last, &Source::default());
            prop_assert_eq!(again.facts().len(), book.facts().len());
        }
    }

    #[test]
    fn any_text_is_survived(text in "\\PC{0,300}") {
        let book = observed(&[say(Role::User, &text), say(Role::Assistant, &text)]);
        prop_assert!(book.facts().iter().all(sound), "{:?}", book.facts());
        prop_assert!(identifiers(&text).iter().all(|i| text.contains(i)));
    }
}
