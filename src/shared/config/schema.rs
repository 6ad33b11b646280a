//! The manifest's `configSchema` and `uiHints`, made from the table of keys.

use super::keys::{self, Key, Takes};
use super::read::{accepted, default};
use crate::shared::language::Language;
use serde_json::{Map, Value, json};

/// JSON Schema of the plugin's `config`: names and JSON types only. Ranges are judged by [`super::read`], because a
/// section the host refuses may stop the gateway.
#[must_use]
pub fn config_schema() -> Value {
    let mut top = Map::new();
    for key in keys::all() {
        let leaf = leaf(key);
        match key.path.split_once('.') {
            None => drop(top.insert(key.path.to_owned(), leaf)),
            Some((section, name)) => {
                let object = top.entry(section).or_insert_with(
                    || json!({"type": "object", "additionalProperties": true, "properties": {}}),
                );
                if let Some(properties) = object.pointer_mut("/properties").and_then(Value::as_object_mut) {
                    properties.insert(name.to_owned(), leaf);
                }
            }
        }
    }
    json!({"type": "object", "additionalProperties": true, "properties": top})
}

fn leaf(key: &Key) -> Value {
    let mut leaf = match key.takes {
        Takes::Bool { .. } => json!({"type": "boolean"}),
        Takes::Whole { .. } => json!({"type": "number"}),
        Takes::Word { .. } | Takes::Text { .. } => json!({"type": "string"}),
        Takes::Command => json!({"type": "array", "items": {"type": "string"}}),
    };
    if let Some(map) = leaf.as_object_mut() {
        if !default(key).is_null() {
            map.insert("default".to_owned(), default(key));
        }
        map.insert("description".to_owned(), description(key).into());
    }
    leaf
}

/// What a key is for and what it accepts, in both languages.
fn description(key: &Key) -> String {
    let [en, zh] = key.help;
    format!("{en} {zh} ({}; {})", accepted(key, Language::En), accepted(key, Language::Zh))
}

/// Labels and help for the host's settings page, both languages.
#[must_use]
pub fn ui_hints() -> Value {
    let hints = keys::all().map(|key| {
        let hint = json!({"label": key.label.join(" / "), "help": key.help.join(" "), "advanced": key.env.is_none()});
        (key.path.to_owned(), hint)
    });
    Value::Object(hints.collect())
}
