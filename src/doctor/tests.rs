use super::{examine, sessions_text};
use crate::count::meter::Occupancy;
use crate::decide::line::{Bound, Line};
use crate::record::state::{Row, State};
use crate::shared::config::{self, Config};
use crate::shared::language::{Language, is_han};
use serde_json::{Value, json};

const NOW: i64 = 1_795_224_419_000;

fn beat(at_ms: i64) -> String {
    json!({"version": 1, "pid": 7, "start_ticks": 1, "boot_id": "", "at_ms": at_ms, "in_flight": []})
        .to_string()
}

/// A machine on which nothing stands in the way.
fn healthy() -> Value {
    json!({
        "lang": "en_US.UTF-8",
        "stateDir": "/home/kim/.openclaw",
        "settings": {"section": {"context": {"thresholdPercent": 70}}, "env": {}},
        "host": {"version": "2026.9.6", "nodeRange": ">=24.16.0 <25 || >=26.1.0"},
        "node": "24.21.0",
        "package": {"version": "0.1.0", "pluginApi": ">=2026.9.6", "nodeRange": null},
        "plugin": {
            "enabled": true, "allowConversationAccess": true, "allowPromptInjection": null, "pluginsEnabled": null,
            "allow": null, "deny": null, "contextEngine": null,
        },
        "gateway": {
            "mode": "local", "port": 18789.0, "healthStatus": 200.0, "hasToken": true,
            "heartbeat": beat(NOW - 2_000), "heartbeatAlive": true,
        },
        "models": {"contextTokens": null, "configured": [{"model": "acme/large", "windowTokens": 200_000.0}]},
        "skills": [{"name": "weather", "path": "/home/kim/.openclaw/skills/weather", "aside": null}],
        "plugins": ["auto-session-manager", "memory-core", "telegram"],
        "processes": [
            {"pid": 11.0, "program": "node", "script": "/home/kim/.openclaw/npm/bin/openclaw.mjs"},
            {"pid": 12.0, "program": "python3", "script": "/srv/app/monitor.py"},
        ],
        "units": ["openclaw-gateway.service", "asm-watchdog.service", "systemd-watchdog.timer"],
        "crontab": ["/usr/bin/backup.sh"],
        "launchAgents": ["ai.openclaw.gateway.plist"],
        "files": {
            "state": {"text": State::default().text().unwrap()},
            "unwritable": [],
            "records": [{"name": "a.json", "readable": true, "json": true, "version": 1.0}],
        },
        "watchdog": {"pid": 99.0, "alive": true},
    })
}

fn with(pointer: &str, value: Value) -> Value {
    let mut facts = healthy();
    *facts.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
    facts
}

fn run(facts: &Value) -> Value {
    examine(facts, &State::default(), &Config::default(), NOW)
}

fn finding<'a>(answer: &'a Value, code: &str) -> Option<&'a Value> {
    answer["findings"].as_array().unwrap().iter().find(|f| f["code"] == code)
}

fn codes(answer: &Value) -> Vec<&str> {
    answer["findings"].as_array().unwrap().iter().filter_map(|f| f["code"].as_str()).collect()
}

#[test]
fn a_healthy_machine_has_nothing_in_the_way() {
    let answer = run(&healthy());
    assert_eq!(codes(&answer), ["watchdog", "protected"]);
    assert_eq!(answer["ok"], true);
    assert!(answer["text"].as_str().unwrap().starts_with("Nothing stands in the way."));
}

#[test]
fn each_finding_appears_with_its_cause_in_both_languages() {
    let text = |t: &str| json!(t);
    let skill = json!([{"name": "auto-session-manager", "path": "/s/skills/auto-session-manager", "aside": "/s/asm.original-skill"}]);
    let original = json!([{"pid": 4242.0, "program": "python3", "script": "/h/.openclaw/skills/auto-session-manager/scripts/monitor.py"}]);
    let newer = json!({"text": "{\"version\": 9}"});
    let record = |version: Value, json: bool, readable: bool| json!([{"name": "r.json", "readable": readable, "json": json, "version": version}]);
    let cases: Vec<(&str, Value, &str, &str)> = vec![
        ("/plugin/allowConversationAccess", Value::Null, "conversation-access", "problem"),
        ("/plugin/allowConversationAccess", json!(false), "conversation-access", "problem"),
        ("/plugin/allowPromptInjection", json!(false), "prompt-injection", "problem"),
        ("/plugin/enabled", json!(false), "plugin-disabled", "problem"),
        ("/plugin/pluginsEnabled", json!(false), "plugins-off", "problem"),
        ("/plugin/deny", json!(["auto-session-manager"]), "plugin-denied", "problem"),
        ("/plugin/allow", json!(["telegram"]), "plugin-denied", "problem"),
        ("/plugin/contextEngine", text("lossless-claw"), "context-engine", "info"),
        ("/models/configured", json!([{"model": "acme/x", "windowTokens": null}]), "no-window", "info"),
        ("/gateway/mode", text("remote"), "remote-mode", "problem"),
        ("/skills", skill, "original-skill", "problem"),
        ("/processes", original, "original-skill-running", "problem"),
        (
            "/crontab",
            json!(["~/.openclaw/skills/auto-session-manager/scripts/monitor.py"]),
            "original-skill-scheduled",
            "problem",
        ),
        ("/units", json!(["openclaw-watchdog.timer"]), "guardian", "warning"),
        ("/launchAgents", json!(["com.me.openclaw.self-heal.plist"]), "guardian", "warning"),
        ("/plugins", json!(["openclaw-session-guard"]), "guardian", "warning"),
        ("/package/pluginApi", text(">=2027.1.0"), "host-version", "problem"),
        ("/node", text("24.15.0"), "node-version", "problem"),
        ("/files/state", newer, "newer-file", "problem"),
        ("/files/state/text", text("{\"check_count\": 1"), "damaged-file", "warning"),
        ("/files/state", json!({"unreadable": true}), "state-unreadable", "problem"),
        ("/files/records", record(json!(9.0), true, true), "newer-file", "problem"),
        ("/files/records", record(Value::Null, false, true), "damaged-file", "warning"),
        ("/files/records", record(Value::Null, false, false), "record-unreadable", "warning"),
        ("/files/unwritable", json!(["/home/kim/.openclaw"]), "unwritable", "problem"),
        ("/settings/section", json!({"context": {"thresholdPercent": 150}}), "bad-setting", "warning"),
        ("/settings/section", json!({"contxt": 1}), "unknown-setting", "warning"),
        ("/settings/env", json!({"ASM_GATEWAY_TIMEOUT": "soon"}), "bad-setting", "warning"),
        ("/gateway/heartbeat", text(&beat(NOW - 90_000)), "no-heartbeat", "warning"),
        ("/gateway/heartbeat", Value::Null, "no-heartbeat", "warning"),
        ("/gateway/heartbeatAlive", json!(false), "no-heartbeat", "warning"),
        ("/watchdog", Value::Null, "no-watchdog", "info"),
    ];
    for (pointer, value, code, level) in cases {
        assert!(finding(&run(&healthy()), code).is_none(), "{code} on a healthy machine");
        let mut facts = with(pointer, value);
        for lang in ["en_US.UTF-8", "zh_CN.UTF-8"] {
            facts["lang"] = json!(lang);
            let answer = run(&facts);
            let found = finding(&answer, code).unwrap_or_else(|| panic!("{code} for {pointer} in {answer}"));
            assert_eq!(found["level"], level, "{code}");
            assert_eq!(answer["ok"], level != "problem", "{code}");
            let text = found["text"].as_str().unwrap();
            assert!(answer["text"].as_str().unwrap().contains(text));
            assert_eq!(text.chars().any(is_han), lang.starts_with("zh"), "{text}");
            assert!(!text.contains('{') || code == "damaged-file", "{text}");
        }
    }
}

#[test]
fn access_shows_the_diff_and_the_commands_that_apply_it() {
    let facts = with("/plugin/allowConversationAccess", Value::Null);
    let answer = run(&facts);
    let found = finding(&answer, "conversation-access").unwrap();
    let key = "plugins.entries.auto-session-manager.hooks.allowConversationAccess";
    assert_eq!(found["diff"], format!("- {key}: (not set)\n+ {key}: true"));
    let set = json!(["openclaw", "config", "set", key, "true"]);
    let reload = json!(["openclaw", "plugins", "reload", "auto-session-manager"]);
    assert_eq!(found["fix"]["commands"], json!([set, reload]));
    // Without a gateway a reload would fail; there is nothing to reload.
    let mut down = facts;
    down["gateway"]["healthStatus"] = Value::Null;
    down["gateway"]["heartbeat"] = Value::Null;
    let answer = run(&down);
    assert_eq!(finding(&answer, "conversation-access").unwrap()["fix"]["commands"], json!([set]));
    assert_eq!(finding(&answer, "gateway-down").unwrap()["level"], "info");
}

#[test]
fn a_reinstalled_plugin_is_enabled_and_then_granted() {
    let mut facts = with("/plugin/enabled", json!(false));
    facts["plugin"]["allowConversationAccess"] = Value::Null;
    let answer = run(&facts);
    assert_eq!(codes(&answer)[..2], ["plugin-disabled", "conversation-access"]);
    let enable = json!([["openclaw", "plugins", "enable", "auto-session-manager"]]);
    assert_eq!(finding(&answer, "plugin-disabled").unwrap()["fix"]["commands"], enable);
}

#[test]
fn what_belongs_to_others_is_named_and_never_touched() {
    let mut facts = healthy();
    facts["skills"] = json!([{"name": "auto-session-manager", "path": "/h/my skills/auto-session-manager", "aside": "/h/aside"}]);
    facts["processes"] = json!([{"pid": 4242.0, "program": "python3", "script": "/x/auto-session-manager/scripts/gateway_monitor.py"}]);
    let answer = run(&facts);
    let moved = &finding(&answer, "original-skill").unwrap()["fix"]["commands"];
    assert_eq!(*moved, json!([["mv", "--", "/h/my skills/auto-session-manager", "/h/aside"]]));
    assert!(
        answer["text"].as_str().unwrap().contains("$ mv -- '/h/my skills/auto-session-manager' /h/aside")
    );
    let running = finding(&answer, "original-skill-running").unwrap();
    assert!(running["text"].as_str().unwrap().contains("4242"));
    assert_eq!(running["fix"]["commands"], json!([]));
}

#[test]
fn in_remote_mode_nothing_else_is_judged() {
    let mut facts = with("/gateway/mode", json!("remote"));
    facts["plugin"]["allowConversationAccess"] = Value::Null;
    assert_eq!(codes(&run(&facts)), ["remote-mode"]);
}

#[test]
fn a_token_is_needed_only_to_open_new_contexts() {
    let facts = with("/gateway/hasToken", json!(false));
    assert!(finding(&run(&facts), "no-operator-token").is_none());
    let on = config::read(&json!({"ladder": {"newContext": true}}), &|_| None).0;
    let answer = examine(&facts, &State::default(), &on, NOW);
    assert_eq!(finding(&answer, "no-operator-token").unwrap()["level"], "problem");
    let silent = config::read(&json!({"continuation": {"enabled": false}}), &|_| None).0;
    let no_injection = with("/plugin/allowPromptInjection", json!(false));
    assert_eq!(examine(&no_injection, &State::default(), &silent, NOW)["ok"], true);
}

fn row(used_at_ms: i64, window: Option<u64>) -> Row {
    Row {
        agent_id: "main".to_owned(),
        session_id: "s".to_owned(),
        record: "s".to_owned(),
        generation: 1,
        context: Occupancy::Known { tokens: 8_409 },
        window_tokens: window,
        model: Some("x".to_owned()),
        saved_in_cycle: false,
        next_save: window.map(|_| Line { tokens: 24_576, bound: Bound::Host }),
        active_facts: 12,
        saved_at_ms: window.map(|_| NOW),
        used_at_ms,
        paused: false,
        record_bytes: 1,
        frozen: false,
    }
}

#[test]
fn a_window_seen_in_a_conversation_is_known_and_one_never_seen_is_a_warning() {
    let facts = with("/models/configured", json!([{"model": "acme/x", "windowTokens": null}]));
    let mut state = State::default();
    state.sessions.insert("agent:main:main".to_owned(), row(1, None));
    let answer = examine(&facts, &state, &Config::default(), NOW);
    assert_eq!(finding(&answer, "no-window").unwrap()["level"], "warning");
    state.sessions.insert("agent:main:two".to_owned(), row(2, Some(32_768)));
    assert!(finding(&examine(&facts, &state, &Config::default(), NOW), "no-window").is_none());
    let set = config::read(&json!({"context": {"windowTokens": 32_000}}), &|_| None).0;
    assert!(finding(&examine(&facts, &State::default(), &set, NOW), "no-window").is_none());
}

#[test]
fn success_says_what_is_protected_and_when_the_next_save_comes() {
    let mut state = State::default();
    for n in 0..7 {
        state.sessions.insert(format!("agent:main:{n}"), row(n, Some(32_768)));
    }
    state.sessions.insert("agent:main:main".to_owned(), row(100, None));
    let text = examine(&healthy(), &state, &Config::default(), NOW)["text"].as_str().unwrap().to_owned();
    assert!(
        text.contains("conversations seen 8, records 1 in /home/kim/.openclaw/.session_memory"),
        "{text}"
    );
    assert!(
        text.contains("agent:main:main: 8409 tokens in use, 12 facts kept, not saved yet. Next save: before"),
        "{text}"
    );
    let next = "agent:main:6: 8409 of 32768 tokens in use, 12 facts kept, saved 2026-11-21T01:26:59Z. Next save at 24576 tokens (before OpenClaw would compact).";
    assert!(text.contains(next), "{text}");
    assert!(text.contains("… and 3 more."), "{text}");
    let zh = examine(&with("/lang", json!("zh_CN.UTF-8")), &state, &Config::default(), NOW);
    assert!(zh["text"].as_str().unwrap().contains("下次保存在 24576 token 处"));
    assert_eq!(sessions_text(&state, Language::En).lines().count(), 8);
    assert_eq!(sessions_text(&State::default(), Language::Zh), "ASM 还没有见到任何对话。");
}

#[test]
fn a_configured_language_outranks_the_terminal() {
    let zh = config::read(&json!({"language": "zh"}), &|_| None).0;
    assert_eq!(examine(&healthy(), &State::default(), &zh, NOW)["language"], "zh");
}

#[test]
fn facts_that_are_missing_or_nonsense_stop_nothing() {
    for facts in
        [Value::Null, json!([]), json!("x"), json!({"plugin": 1, "gateway": [], "files": {"records": 7}})]
    {
        assert!(run(&facts)["text"].is_string());
    }
    // A machine that shows nothing gives no cause for a problem.
    assert_eq!(run(&Value::Null)["ok"], true);
    let mut facts = healthy();
    let names: Vec<String> = facts.as_object().unwrap().keys().cloned().collect();
    for name in names {
        for odd in [Value::Null, json!(-1.5), json!("\u{0}"), json!([null, {}, 3]), json!({"a": []})] {
            let kept = std::mem::replace(&mut facts[&name], odd);
            assert!(run(&facts)["text"].is_string(), "{name}");
            facts[&name] = kept;
        }
    }
}
