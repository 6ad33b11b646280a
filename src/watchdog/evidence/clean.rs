//! Nothing of evidence is kept unredacted.

use crate::shared::redact::{names_secret, redact};
use serde_json::Value;

/// A JSON value with every text redacted, and what stands under a secret's name replaced.
#[must_use]
pub fn value(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(redact(&text).into_owned()),
        Value::Array(items) => items.into_iter().map(self::value).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, inner)| {
                let secret = names_secret(&name) && !inner.is_null() && !inner.is_boolean();
                let inner = if secret { Value::String("[redacted]".to_owned()) } else { self::value(inner) };
                (redact(&name).into_owned(), inner)
            })
            .collect(),
        other => other,
    }
}

/// Lines of a log: those that are JSON by their fields, the others as text. As a whole first: a key may be many lines long.
#[must_use]
pub fn lines(text: &str) -> String {
    let clean = |line: &str| match serde_json::from_str::<Value>(line) {
        Ok(parsed @ (Value::Object(_) | Value::Array(_))) => value(parsed).to_string(),
        _ => redact(line).into_owned(),
    };
    redact(text).lines().map(|line| clean(line) + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secrets_leave_neither_fields_nor_lines() {
        let token = "123456789:AAHfiqksKZ8WmR2zSjiQ7_v4TMAKdiHm9T0";
        let clean = value(json!({"msg": format!("poll https://api.telegram.org/bot{token}/x"), "n": 5,
            "auth": {"password": "correct horse"}}));
        let text = clean.to_string();
        assert!(!text.contains("AAHfiq") && !text.contains("horse") && text.contains("\"n\":5"), "{text}");
        let log = lines(&format!("{{\"token\": \"abc\", \"ok\": true}}\nplain bot{token}\n{{broken"));
        assert!(!log.contains("abc") && !log.contains("AAHfiq"), "{log}");
        assert_eq!(log.lines().count(), 3);
    }

    #[test]
    fn a_key_of_many_lines_and_a_list_of_secrets_leave_nothing() {
        let key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\nqL8xY2zPf3Hn0Q==\n-----END PRIVATE KEY-----";
        let log = lines(&format!("before\n{key}\nafter"));
        assert!(!log.contains("MIIEv") && !log.contains("qL8x"), "{log}");
        assert!(log.starts_with("before\n") && log.ends_with("after\n"), "{log}");
        let clean = value(json!({"password": ["horse"], "botToken": {"a": {"b": "staple"}}, "token": null,
            "secret": true}));
        let redacted = "[redacted]";
        assert_eq!(clean, json!({"password": redacted, "botToken": redacted, "token": null, "secret": true}));
    }
}
