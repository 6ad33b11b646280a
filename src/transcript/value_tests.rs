use super::*;
use crate::shared::language::Language;
use serde_json::json;

/// The writer's side, as `js-shim/encode.js` does it.
pub(crate) fn encode(value: &Value, out: &mut Vec<u8>) {
    let text = |out: &mut Vec<u8>, t: &str| {
        out.push(STRING);
        out.extend((t.len() as u32).to_le_bytes());
        out.extend(t.as_bytes());
    };
    match value {
        Value::Null => out.push(NULL),
        Value::Bool(b) => out.push(if *b { TRUE } else { FALSE }),
        Value::Number(n) => {
            out.push(NUMBER);
            out.extend(n.as_f64().unwrap().to_le_bytes());
        }
        Value::String(t) => text(out, t),
        Value::Array(items) => {
            out.push(ARRAY);
            out.extend((items.len() as u32).to_le_bytes());
            items.iter().for_each(|item| encode(item, out));
        }
        Value::Object(members) => {
            out.push(OBJECT);
            out.extend((members.len() as u32).to_le_bytes());
            for (key, value) in members {
                text(out, key);
                encode(value, out);
            }
        }
    }
}

fn encoded(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    encode(value, &mut out);
    out
}

fn refused(bytes: &[u8]) -> String {
    decode(bytes).unwrap_err().text(Language::En)
}

#[test]
fn what_was_written_is_read() {
    for value in [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(9_007_199_254_740_991_i64),
        json!(1e300),
        json!(""),
        json!("会话 🧭"),
        json!([]),
        json!({}),
        json!({"role": "user", "content": [{"type": "text", "text": "hi"}], "usage": {"input": 3}, "": null}),
    ] {
        let mut noted = Vec::new();
        assert_eq!(decode_noting(&encoded(&value), &mut noted).unwrap(), value);
        assert_eq!(noted, []);
    }
}

#[test]
fn whole_numbers_are_integers_and_non_numbers_null() {
    let number = |n: f64| decode(&[&[NUMBER][..], &n.to_le_bytes()].concat()).unwrap();
    assert_eq!(number(8446.0).as_u64(), Some(8446));
    assert_eq!(number(-0.0).as_i64(), Some(0));
    assert_eq!(number(f64::NAN), Value::Null);
    assert_eq!(number(f64::INFINITY), Value::Null);
}

#[test]
fn every_truncation_is_refused() {
    let whole = encoded(&json!({"a": [1, "two", {"three": null}], "b": true}));
    for end in 0..whole.len() {
        assert_eq!(decode(&whole[..end]).unwrap_err().code, "broken-value", "{end}");
    }
}

#[test]
fn claims_are_checked_before_anything_is_allocated() {
    for tag in [STRING, ARRAY, OBJECT] {
        assert!(refused(&[tag, 255, 255, 255, 255, 0, 0]).contains("more members"));
    }
    assert!(refused(&[9]).contains("unknown tag"));
    assert!(refused(&[OBJECT, 1, 0, 0, 0, NULL, 0, 0, 0, 0, 0]).contains("no string"));
    assert!(refused(&[]).contains("byte 0"));
}

#[test]
fn invalid_text_is_repaired() {
    let mut noted = Vec::new();
    let value = decode_noting(&[STRING, 3, 0, 0, 0, b'a', 0xff, b'b'], &mut noted).unwrap();
    assert_eq!(value, json!("a\u{fffd}b"));
    assert_eq!(noted[0].code, "invalid-utf8");
}

#[test]
fn what_lies_too_deep_becomes_null_and_the_rest_is_read() {
    let nest = |levels: usize| {
        let mut bytes = vec![ARRAY, 2, 0, 0, 0];
        for _ in 1..levels {
            bytes.extend([OBJECT, 1, 0, 0, 0, STRING, 1, 0, 0, 0, b'k']);
        }
        bytes.extend([
            ARRAY, 4, 0, 0, 0, NULL, NUMBER, 0, 0, 0, 0, 0, 0, 0, 0, STRING, 1, 0, 0, 0, b'x', OBJECT, 0, 0,
            0, 0,
        ]);
        bytes.push(TRUE);
        bytes
    };
    let mut noted = Vec::new();
    assert_eq!(decode_noting(&nest(DEEPEST - 2), &mut noted).unwrap()[1], json!(true));
    assert_eq!(noted, []);
    assert_eq!(decode_noting(&nest(DEEPEST - 1), &mut noted).unwrap()[1], json!(true));
    assert_eq!(noted[0].code, "too-deep");
    noted.clear();
    assert_eq!(decode_noting(&nest(200_000), &mut noted).unwrap()[1], json!(true));
    assert_eq!((noted.len(), noted[0].code), (1, "too-deep"));
}

#[test]
fn bytes_after_the_value_are_ignored_and_said() {
    let mut noted = Vec::new();
    assert_eq!(decode_noting(&[TRUE, 7, 7], &mut noted).unwrap(), json!(true));
    assert_eq!(noted[0].code, "trailing-bytes");
}
