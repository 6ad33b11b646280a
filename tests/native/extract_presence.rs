//! Whether a text still states a fact.

use auto_session_manager::extract::fact::{Fact, Kind, Source, Speaker, Status};
use auto_session_manager::extract::{Haystack, normalise, states};
use auto_session_manager::shared::language::Language;
use proptest::prelude::*;

fn fact(kind: Kind, text: &str) -> Fact {
    Fact {
        id: String::new(),
        kind,
        text: text.to_owned(),
        language: Language::of(text),
        role: Speaker::User,
        source: Source::default(),
        status: Status::Active,
        superseded_by: None,
        confidence: 90,
    }
}

#[track_caller]
fn check(kind: Kind, text: &str, haystack: &str, expected: bool) {
    assert_eq!(states(haystack, &fact(kind, text)), expected, "{text:?} in {haystack:?}");
}

#[test]
fn paraphrases_count_and_flips_do_not() {
    use Kind::{Artefact, Constraint, Correction, Decision, Goal, Identifier, Preference, Todo};
    for (kind, text, haystack, expected) in [
        (
            Decision,
            "We decided to use PostgreSQL 16 for the main store.",
            "## Decisions\n- PostgreSQL 16 for the main store",
            true,
        ),
        (
            Decision,
            "We decided to use PostgreSQL 16 for the main store.",
            "- PostgreSQL 15 for the main store",
            false,
        ),
        (
            Decision,
            "We decided to use PostgreSQL 16 for the main store.",
            "- PostgreSQL is nice. Version 16 of the store",
            false,
        ),
        (Decision, "let's use Postgres", "Use Postgres, not MySQL.", true),
        (Decision, "let's use Postgres", "Do not use Postgres.", false),
        (Decision, "let's use Postgres", "We use SQLite instead of Postgres.", false),
        (Constraint, "Never deploy on Friday.", "Constraints: no deployments on Friday", true),
        (Constraint, "Never deploy on Friday.", "Deploys happen on Friday", false),
        (Constraint, "不要动 legacy 目录", "约束：legacy 目录不要动", true),
        (Constraint, "不要动 legacy 目录", "可以动 legacy 目录", false),
        (Constraint, "绝不能在周五上线", "规则：周五不能上线", true),
        (Constraint, "The budget is $500 per month.", "Budget: $500 per month", true),
        (Constraint, "The budget is $500 per month.", "Budget: $5000 per month", false),
        (Decision, "数据库采用 MySQL 8.0。", "已决定：数据库用 MySQL 8.0", true),
        (Decision, "数据库采用 MySQL 8.0。", "数据库不用 MySQL 8.0", false),
        (Correction, "no, not 5432, it's 5433", "The port is 5433.", true),
        (Correction, "no, not 5432, it's 5433", "The port is 5432.", false),
        (Identifier, "The staging DB is at db.internal:5433", "staging: db.internal:5433", true),
        (Identifier, "The staging DB is at db.internal:5433", "staging: db.internal:54331", false),
        (Identifier, "commit 9f3c2ab is good", "the good commit is 9F3C2AB", true),
        (Artefact, "src/a.rs", "Changed src/a.rs and others", true),
        (Artefact, "src/a.rs", "Changed src/a.rs.bak", false),
        (Preference, "always answer in Chinese", "The user prefers answers in Chinese", true),
        (Todo, "Please add tests for the parser", "Open: add parser tests", true),
        (Todo, "Please add tests for the parser", "Open: add a lexer", false),
        (Goal, "我想做一个记账小程序", "目标：做一个记账小程序", true),
        (Goal, "我想做一个记账小程序", "", false),
    ] {
        check(kind, text, haystack, expected);
    }
}

#[test]
fn folds_what_does_not_matter() {
    assert_eq!(normalise("  Ｈｅｌｌｏ,\n  World！！ "), "hello world");
    assert_eq!(normalise("用 Postgres，别用“MySQL”。"), "用 postgres 别用 mysql");
}

#[test]
fn a_megabyte_is_no_trouble() {
    for piece in ["a", "我", ". ", "not ", "不", ","] {
        let text = piece.repeat(1_000_000 / piece.len());
        let haystack = Haystack::new(&text);
        assert!(
            !haystack.states(&fact(Kind::Decision, "We decided to use PostgreSQL 16 for the store")),
            "{piece:?}"
        );
    }
}

proptest! {
    #[test]
    fn a_text_states_itself(words in "[a-z]{4,9} [a-z]{4,9} [a-z]{4,9}( [0-9]{2,8})?") {
        let told = fact(Kind::Decision, &words);
        prop_assert!(states(&words, &told), "{}", words);
        let summary = format!("Summary.\n- {words}\nEnd.");
        prop_assert!(states(&summary, &told));
    }

    #[test]
    fn any_text_is_survived(text in "\\PC{0,200}", other in "\\PC{0,200}") {
        let _ = states(&text, &fact(Kind::Correction, &other));
        let once = normalise(&text);
        prop_assert_eq!(normalise(&once), once.as_str());
    }
}
