use crate::effect::Effect;
use crate::engine::Engine;
use crate::event::{Context, Event, Input};
use crate::extract::fact::{Fact, Kind};
use crate::record::Read;
use crate::record::conversation;
use crate::record::state::{self, State};
use crate::shared::config::{self, Config};
use crate::shared::language::Language;
use serde_json::{Value, json};

const NOW: i64 = 1_795_224_419_000;

fn step(engine: &mut Engine, event: Event, payload: Option<Value>) -> Vec<Effect> {
    engine.step(Input { now_ms: NOW, day: "2026-11-21".to_owned(), event }, payload)
}

fn boot(engine: &mut Engine, state: Option<String>) {
    step(engine, Event::Boot { state, conversation_access: true, unreadable: None }, None);
}

fn state_of(effects: &[Effect]) -> Option<State> {
    let text = effects.iter().rev().find_map(|e| match e {
        Effect::State { text } => Some(text.as_str()),
        _ => None,
    })?;
    match state::read(Some(text)) {
        Read::Ours(state) => Some(state),
        other => panic!("{other:?}"),
    }
}

fn files() -> Value {
    json!([
        {"path": ".longterm_memory/decision_0a1b2c3d4e5f.json", "json": {
            "id": "decision_0a1b2c3d4e5f", "type": "decision", "content": "决定用 PostgreSQL 16 存储订单",
            "tags": ["db"], "created_at": "2026-02-10T09:00:00"}},
        {"path": ".longterm_memory/general_aaaaaaaaaaaa.json", "json": {
            "id": "general_aaaaaaaaaaaa", "type": "general", "content": "short   answers\nplease", "tags": ["preferences"]}},
        {"path": ".sessions/1a2b3c4d.json", "json": {
            "session_id": "1a2b3c4d", "created_at": "2026-02-11T00:00:00", "topic": "Billing migration",
            "parent_session": null, "inherited_context": {}, "status": "active", "message_count": 0,
            "key_points": ["Never deploy on Friday", "Who owns the staging cluster?", "port 8443"]}},
        {"path": ".session_memory/main.json", "json": {
            "session_id": "main", "decisions": ["决定用 PostgreSQL 16 存储订单"], "tasks": [{"content": "write the runbook"}]}},
        {"path": ".asm_state.json", "json": {"check_count": 7, "sessions_processed": []}},
        {"path": ".longterm_memory/broken_000000000000.json", "json": null},
        {"path": ".longterm_memory/odd_000000000001.json", "json": ["not", "an", "entry"]},
    ])
}

fn read_all() -> (Engine, State) {
    let mut engine = Engine::new(Config::default(), Vec::new());
    boot(&mut engine, None);
    let effects = step(&mut engine, Event::OriginalSkill, Some(files()));
    let state = state_of(&effects).expect("the state is written");
    (engine, state)
}

fn find<'a>(facts: &'a [Fact], text: &str) -> &'a Fact {
    facts.iter().find(|f| f.text == text).unwrap_or_else(|| panic!("{text} in {facts:?}"))
}

#[test]
fn every_shape_becomes_facts_with_kind_language_and_source() {
    let (_, state) = read_all();
    let facts = &state.imported;
    assert_eq!(facts.len(), 7, "{facts:?}");
    let decision = find(facts, "决定用 PostgreSQL 16 存储订单");
    assert_eq!((decision.kind, decision.language), (Kind::Decision, Language::Zh));
    assert_eq!(decision.source.message_id.as_deref(), Some("decision_0a1b2c3d4e5f"));
    assert!(decision.confidence < 80);
    for (text, kind) in [
        ("short answers please", Kind::Preference),
        ("Billing migration", Kind::Goal),
        ("Never deploy on Friday", Kind::Constraint),
        ("Who owns the staging cluster?", Kind::OpenQuestion),
        ("port 8443", Kind::Identifier),
        ("write the runbook", Kind::Todo),
    ] {
        assert_eq!(find(facts, text).kind, kind, "{text}");
    }
    let entry = state.ledger.last().expect("a ledger line");
    assert_eq!(entry.code, "original-skill-read");
    assert!(entry.text.contains("7 facts from 7 files, 2 files"), "{}", entry.text);
}

#[test]
fn it_happens_once_over_restarts() {
    let (_, state) = read_all();
    assert_eq!(state.original_skill_read_at.as_deref(), Some("2026-11-21T01:26:59Z"));
    let mut next = Engine::new(Config::default(), Vec::new());
    boot(&mut next, Some(state.text().unwrap()));
    assert_eq!(step(&mut next, Event::OriginalSkill, Some(files())), Vec::new());
}

#[test]
fn not_where_it_is_switched_off_and_not_where_there_is_nothing() {
    let section = json!({"memory": {"importOriginalSkill": false}});
    let mut off = Engine::new(config::read(&section, &|_| None).0, Vec::new());
    boot(&mut off, None);
    assert_eq!(step(&mut off, Event::OriginalSkill, Some(files())), Vec::new());
    let mut on = Engine::new(Config::default(), Vec::new());
    boot(&mut on, None);
    for nothing in [None, Some(json!([])), Some(json!("garbage")), Some(json!({"path": 1}))] {
        assert_eq!(step(&mut on, Event::OriginalSkill, nothing), Vec::new());
    }
}

/// Facts in the record of a conversation that begins now.
fn begun(engine: &mut Engine, key: &str, agent: &str) -> (usize, Vec<Effect>) {
    let ctx = Context {
        agent_id: Some(agent.to_owned()),
        session_key: Some(key.to_owned()),
        session_id: Some(format!("sid-{}", key.len())),
        ..Context::default()
    };
    let start = || Event::SessionStart { ctx: ctx.clone() };
    let name = match step(engine, start(), None).first() {
        Some(Effect::Load { name }) => name.clone(),
        other => panic!("{other:?}"),
    };
    let mut effects = step(engine, Event::Loaded { name, text: None, unreadable: None }, None);
    effects.extend(step(engine, Event::Ask { method: "save".to_owned(), ctx }, None));
    let record = effects.iter().rev().find_map(|e| match e {
        Effect::Record { text, .. } => Some(text.clone()),
        _ => None,
    });
    match conversation::read(record.as_deref()) {
        Read::Ours(record) => (record.generations[0].memory.facts().len(), effects),
        other => panic!("{other:?} from {effects:?}"),
    }
}

#[test]
fn the_first_main_conversation_gets_it_and_no_other() {
    let (mut engine, _) = read_all();
    assert_eq!(begun(&mut engine, "agent:main:telegram:group:-100", "main").0, 0);
    let (given, effects) = begun(&mut engine, "agent:main:main", "main");
    assert_eq!(given, 7);
    let state = state_of(&effects).expect("the state is written");
    assert_eq!(state.imported_to.as_deref(), Some("agent:main:main"));
    assert_eq!(begun(&mut engine, "agent:work:main", "work").0, 0);
    // Its record was lost: the same conversation gets it again.
    let mut next = Engine::new(Config::default(), Vec::new());
    boot(&mut next, Some(State { sessions: Default::default(), ..state }.text().unwrap()));
    assert_eq!(begun(&mut next, "agent:main:main", "main").0, 7);
}

#[test]
fn hostile_files_are_bounded() {
    let long = "x".repeat(10_000);
    let many: Vec<Value> = (0..500)
        .map(|n| json!({"path": ".longterm_memory/a.json", "json": {"content": format!("{n} {long}"), "type": 5, "tags": {}}}))
        .collect();
    let mut engine = Engine::new(Config::default(), Vec::new());
    boot(&mut engine, None);
    let state = state_of(&step(&mut engine, Event::OriginalSkill, Some(Value::from(many)))).expect("state");
    assert_eq!(state.imported.len(), super::MOST_FACTS);
    assert!(state.imported.iter().all(|f| f.text.chars().count() <= 400));
}
