//! Host values as they cross into wasm: a tag byte, then its payload. JavaScript writes it (`js-shim/encode.js`), Rust
//! reads it. Text crosses as UTF-8 bytes, never as JSON text: one lone surrogate would make the whole unreadable.
//!
//! | tag | value | payload |
//! | --- | --- | --- |
//! | 0, 1, 2 | null, false, true | – |
//! | 3 | number | 8 bytes, `f64` little endian |
//! | 4 | string | `u32` little endian length in bytes, UTF-8 |
//! | 5 | array | `u32` count, then that many values |
//! | 6 | object | `u32` count, then that many pairs of a string (with its tag) and a value |

use crate::shared::diagnostic::Diagnostic;
use crate::shared::notice::Complaint;
use serde_json::{Map, Number, Value};

/// Containers inside containers; what lies deeper is read over and becomes null. The writer has the same limit.
pub const DEEPEST: usize = 64;

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const NUMBER: u8 = 3;
const STRING: u8 = 4;
const ARRAY: u8 = 5;
const OBJECT: u8 = 6;

/// Bytes of the shortest pair of an object: an empty key with its tag and length, and a null.
const SHORTEST_PAIR: usize = 6;

/// Whole numbers up to 2^53 are the same in JavaScript and here.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The value in `bytes`.
///
/// # Errors
/// A diagnostic `broken-value` where the bytes end early, hold an unknown tag or claim more than is there.
pub fn decode(bytes: &[u8]) -> Result<Value, Diagnostic> {
    decode_noting(bytes, &mut Vec::new())
}

/// The value in `bytes`; what was repaired on the way is added to `noted` (`invalid-utf8`, `too-deep`,
/// `trailing-bytes`).
///
/// # Errors
/// As [`decode`].
pub fn decode_noting(bytes: &[u8], noted: &mut Vec<Diagnostic>) -> Result<Value, Diagnostic> {
    let mut reader = Reader { rest: bytes, repaired: 0, cut: 0 };
    let value = reader.value(0).map_err(|what| {
        let at = bytes.len().saturating_sub(reader.rest.len());
        Diagnostic::whole(Complaint::BrokenValue, &[&at.to_string(), what])
    })?;
    if reader.repaired > 0 {
        noted.push(Diagnostic::whole(Complaint::InvalidTexts, &[&reader.repaired.to_string()]));
    }
    if reader.cut > 0 {
        let values = [reader.cut.to_string(), DEEPEST.to_string()];
        let values = values.each_ref().map(String::as_str);
        noted.push(Diagnostic::whole(Complaint::TooDeepValues, &values));
    }
    if !reader.rest.is_empty() {
        noted.push(Diagnostic::whole(Complaint::TrailingBytes, &[&reader.rest.len().to_string()]));
    }
    Ok(value)
}

type Fault = &'static str;

const SHORT: Fault = "it ends too early";
const UNKNOWN: Fault = "it holds an unknown tag";
const BAD_KEY: Fault = "a key is no string";
const TOO_MANY: Fault = "it claims more members than there are bytes";

struct Reader<'a> {
    rest: &'a [u8],
    repaired: u32,
    cut: u32,
}

impl<'a> Reader<'a> {
    /// Recursion is bounded by [`DEEPEST`].
    fn value(&mut self, depth: usize) -> Result<Value, Fault> {
        match self.byte()? {
            NULL => Ok(Value::Null),
            FALSE => Ok(Value::Bool(false)),
            TRUE => Ok(Value::Bool(true)),
            NUMBER => Ok(number(f64::from_le_bytes(self.array()?))),
            STRING => Ok(Value::String(self.string()?)),
            ARRAY => self.list(depth),
            OBJECT => self.members(depth),
            _ => Err(UNKNOWN),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, Fault> {
        let count = self.count(1)?;
        if depth >= DEEPEST {
            return self.skip(count as u64);
        }
        let mut items = Vec::with_capacity(count);
        for _ in 0..count {
            items.push(self.value(depth + 1)?);
        }
        Ok(Value::Array(items))
    }

    fn members(&mut self, depth: usize) -> Result<Value, Fault> {
        let count = self.count(SHORTEST_PAIR)?;
        if depth >= DEEPEST {
            return self.skip(count as u64 * 2);
        }
        let mut members = Map::new();
        for _ in 0..count {
            if self.byte()? != STRING {
                return Err(BAD_KEY);
            }
            let key = self.string()?;
            let value = self.value(depth + 1)?;
            members.insert(key, value);
        }
        Ok(Value::Object(members))
    }

    /// Reads over that many values, whatever is inside them, without recursion. Every value takes at least a byte, so
    /// the input bounds the work.
    fn skip(&mut self, mut values: u64) -> Result<Value, Fault> {
        self.cut = self.cut.saturating_add(1);
        while values > 0 {
            values -= 1;
            match self.byte()? {
                NULL | FALSE | TRUE => {}
                NUMBER => drop(self.take(8)?),
                STRING => {
                    let length = self.count(1)?;
                    self.take(length)?;
                }
                ARRAY => values = values.saturating_add(self.count(1)? as u64),
                OBJECT => values = values.saturating_add(self.count(SHORTEST_PAIR)? as u64 * 2),
                _ => return Err(UNKNOWN),
            }
        }
        Ok(Value::Null)
    }

    fn string(&mut self) -> Result<String, Fault> {
        let length = self.count(1)?;
        let bytes = self.take(length)?;
        Ok(match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => {
                self.repaired = self.repaired.saturating_add(1);
                String::from_utf8_lossy(bytes).into_owned()
            }
        })
    }

    /// A count of members of at least `least` bytes each: never more than what is left can hold, so that a claim
    /// allocates nothing.
    fn count(&mut self, least: usize) -> Result<usize, Fault> {
        let count = u32::from_le_bytes(self.array()?) as usize;
        if count > self.rest.len() / least { Err(TOO_MANY) } else { Ok(count) }
    }

    fn byte(&mut self) -> Result<u8, Fault> {
        let (first, rest) = self.rest.split_first().ok_or(SHORT)?;
        self.rest = rest;
        Ok(*first)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or(SHORT)?;
        self.rest = rest;
        Ok(*head)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Fault> {
        let (head, rest) = self.rest.split_at_checked(length).ok_or(SHORT)?;
        self.rest = rest;
        Ok(head)
    }
}

/// Whole numbers as integers (JSON text would give the same); what JSON cannot say becomes null.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() <= EXACT {
        return Value::Number(Number::from(value as i64));
    }
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
#[path = "value_tests.rs"]
mod tests;
