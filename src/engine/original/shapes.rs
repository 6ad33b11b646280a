//! The shapes of the original skill's files, and the kinds its entries become.

use crate::extract::fact::{Fact, Kind, Source, Speaker, Status};
use crate::shared::language::Language;
use crate::shared::name::hex;
use crate::shared::redact::redact;
use serde_json::Value;

/// Longest text of a fact, characters.
const LONGEST: usize = 400;
/// How sure we are of what a program wrote that named its kinds loosely, percent.
const CONFIDENCE: u8 = 50;
/// Its own lists of one file were cut at 20 and 10; a longer list is not one of its.
const MOST_ENTRIES: usize = 50;

/// Words by which a type, tag or list of the original names a kind of ours.
const KINDS: &[(&str, Kind)] = &[
    ("goal", Kind::Goal),
    ("topic", Kind::Goal),
    ("constraint", Kind::Constraint),
    ("rule", Kind::Constraint),
    ("limit", Kind::Constraint),
    ("lesson", Kind::Constraint),
    ("correction", Kind::Correction),
    ("decision", Kind::Decision),
    ("task", Kind::Todo),
    ("todo", Kind::Todo),
    ("question", Kind::OpenQuestion),
    ("preference", Kind::Preference),
    ("file", Kind::Artefact),
    ("artifact", Kind::Artefact),
    ("artefact", Kind::Artefact),
    ("identifier", Kind::Identifier),
    ("决定", Kind::Decision),
    ("决策", Kind::Decision),
    ("任务", Kind::Todo),
    ("待办", Kind::Todo),
    ("偏好", Kind::Preference),
    ("规则", Kind::Constraint),
    ("主题", Kind::Goal),
    ("目标", Kind::Goal),
    ("问题", Kind::OpenQuestion),
];

/// Phrases by which an entry without a kind shows what it is; the first that is found decides.
const PHRASES: &[(&str, Kind)] = &[
    ("prefer", Kind::Preference),
    ("喜欢", Kind::Preference),
    ("偏好", Kind::Preference),
    ("never ", Kind::Constraint),
    ("must ", Kind::Constraint),
    ("不要", Kind::Constraint),
    ("必须", Kind::Constraint),
    ("todo", Kind::Todo),
    ("need to", Kind::Todo),
    ("需要", Kind::Todo),
    ("待办", Kind::Todo),
];

/// Facts of one file. `None` where it has not the shape that files of its place had.
pub fn facts(path: &str, json: &Value) -> Option<Vec<Fact>> {
    let top = json.as_object()?;
    let (place, _) = path.split_once('/').unwrap_or((path, ""));
    let id = ["id", "session_id"].iter().find_map(|key| top.get(*key).and_then(Value::as_str));
    let mut out = Out { id, facts: Vec::new() };
    match place {
        ".longterm_memory" => {
            let content = top.get("content")?.as_str()?;
            let kind = top.get("type").and_then(Value::as_str).and_then(named);
            let tags = top.get("tags").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let tagged = || tags.iter().filter_map(Value::as_str).find_map(named);
            out.add(kind.or_else(tagged), content);
        }
        ".sessions" => {
            out.entries(Some(Kind::Goal), top.get("topic")?);
            out.lists(top.get("inherited_context"));
            out.lists(Some(json));
        }
        // What its extractor would have written had anybody called it, and what people wrote with it by hand.
        ".session_memory" => out.lists(Some(json)),
        // Counters and times of a monitor that no longer runs.
        ".asm_state.json" => {}
        _ => return None,
    }
    Some(out.facts)
}

struct Out<'a> {
    id: Option<&'a str>,
    facts: Vec<Fact>,
}

impl Out<'_> {
    /// Lists of an object whose names say what they hold.
    fn lists(&mut self, object: Option<&Value>) {
        for (name, value) in object.and_then(Value::as_object).into_iter().flatten() {
            match name.as_str() {
                "key_points" | "summary" | "summaries" | "memories" => self.entries(None, value),
                // Said already, or not a memory.
                "topic" | "session_id" | "parent_session" | "message_count" => {}
                other if value.is_array() => {
                    if let Some(kind) = named(other) {
                        self.entries(Some(kind), value);
                    }
                }
                _ => {}
            }
        }
    }

    /// A text, or a list of texts or of objects that carry one.
    fn entries(&mut self, kind: Option<Kind>, value: &Value) {
        let one = std::slice::from_ref(value);
        let list = value.as_array().map_or(one, Vec::as_slice);
        for entry in list.iter().take(MOST_ENTRIES) {
            let text = entry.as_str().or_else(|| {
                ["content", "text", "summary"].iter().find_map(|key| entry.get(*key).and_then(Value::as_str))
            });
            if let Some(text) = text {
                self.add(kind, text);
            }
        }
    }

    fn add(&mut self, kind: Option<Kind>, text: &str) {
        // Cut far behind what is kept, so that no half of a secret escapes the redaction.
        let text: String = text.chars().take(LONGEST * 8).collect();
        let line = redact(&text).split_whitespace().collect::<Vec<_>>().join(" ");
        let text: String = line.chars().take(LONGEST).collect();
        if text.is_empty() {
            return;
        }
        let kind = kind.unwrap_or_else(|| guess(&text));
        self.facts.push(Fact {
            id: id(kind, &text),
            kind,
            language: Language::of(&text),
            role: Speaker::User,
            source: Source {
                message_id: self.id.map(|id| redact(id).chars().take(96).collect()),
                ..Source::default()
            },
            status: Status::Active,
            superseded_by: None,
            confidence: CONFIDENCE,
            text,
        });
    }
}

fn id(kind: Kind, text: &str) -> String {
    let kind = serde_json::to_string(&kind).unwrap_or_default();
    format!("f-{}", hex(format!("{kind}\n{}", text.to_lowercase()).as_bytes(), 12))
}

fn named(word: &str) -> Option<Kind> {
    let word = word.to_lowercase();
    KINDS.iter().find(|(name, _)| word.contains(name)).map(|(_, kind)| *kind)
}

fn guess(text: &str) -> Kind {
    if text.ends_with(['?', '？']) {
        return Kind::OpenQuestion;
    }
    let lower = text.to_lowercase();
    let spoken = PHRASES.iter().find(|(phrase, _)| lower.contains(phrase)).map(|(_, kind)| *kind);
    // What is left were things to know: a value if it has one, else something that was settled.
    let value = lower.contains("://") || lower.chars().any(|c| c.is_ascii_digit());
    spoken.unwrap_or(if value { Kind::Identifier } else { Kind::Decision })
}
