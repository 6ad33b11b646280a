//! The manifest says what the Rust table of settings says, and all places that state a version state the same.

use super::golden;
use auto_session_manager::shared::config::keys;
use auto_session_manager::shared::config::schema::{config_schema, ui_hints};
use serde_json::{Map, Value};

const FILE: &str = "openclaw-plugin.json";

fn read(path: &str) -> Map<String, Value> {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let value: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    value.as_object().unwrap().clone()
}

/// What the table decides stands in the file as the table has it; everything else is the file's own.
#[test]
fn settings_are_those_of_the_table() {
    let mut manifest = read(FILE);
    manifest.insert("configSchema".into(), config_schema());
    manifest.insert("uiHints".into(), ui_hints());
    manifest.insert("version".into(), env!("CARGO_PKG_VERSION").into());
    manifest.insert("description".into(), env!("CARGO_PKG_DESCRIPTION").into());
    golden::check(FILE, &format!("{}\n", serde_json::to_string_pretty(&manifest).unwrap()));
}

/// The tables for persons are written by hand; they say of each key what the table in the sources says.
#[test]
fn the_readme_says_of_each_setting_what_its_table_says() {
    for (file, language) in [("README.md", 0), ("README.zh-CN.md", 1)] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let text = std::fs::read_to_string(path).unwrap();
        for key in keys::all() {
            let begins = format!("| `{}` |", key.path);
            let row = text.lines().find(|l| l.starts_with(&begins)).unwrap_or_default();
            assert!(row.contains(key.help[language]), "{file}: {}", key.path);
            assert!(key.env.is_none_or(|name| row.contains(name)), "{file}: {}", key.path);
        }
    }
}

#[test]
fn name_version_and_licence_are_stated_once() {
    let (manifest, package) = (read(FILE), read("js-shim/package.json"));
    for (of, name, stated) in [
        (&manifest, "id", env!("CARGO_PKG_NAME")),
        (&package, "name", env!("CARGO_PKG_NAME")),
        (&manifest, "version", env!("CARGO_PKG_VERSION")),
        (&package, "version", env!("CARGO_PKG_VERSION")),
        (&manifest, "description", env!("CARGO_PKG_DESCRIPTION")),
        (&package, "description", env!("CARGO_PKG_DESCRIPTION")),
        (&package, "license", env!("CARGO_PKG_LICENSE")),
    ] {
        assert_eq!(of[name], stated, "{name}");
    }
    assert!(!package.contains_key("dependencies"), "a user's install needs nothing else");
}

/// A section the host refuses may stop the gateway: only names and JSON types, and nothing unknown is refused.
#[test]
fn the_schema_refuses_no_value_for_its_range() {
    fn walk(schema: &Value, path: &str) {
        for (name, value) in schema.as_object().unwrap() {
            match name.as_str() {
                "type" | "default" | "description" => {}
                "additionalProperties" => assert_eq!(value, true, "{path}"),
                "items" => walk(value, path),
                "properties" => value.as_object().unwrap().iter().for_each(|(key, inner)| walk(inner, key)),
                other => panic!("{path}: {other} judges more than a type"),
            }
        }
    }
    walk(&config_schema(), "");
}
