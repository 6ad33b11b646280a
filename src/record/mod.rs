//! What the plugin keeps on disk: the record of a conversation, and its own state. Each shape has a version and a
//! golden file of every version it ever had.

pub mod conversation;
pub mod incident;
mod layout;
pub mod ledger;
pub mod state;

use layout::Layout;

/// What became of reading a stored file.
#[derive(Debug, PartialEq)]
pub enum Read<T> {
    /// No such file yet.
    Absent,
    Ours(T),
    /// Written by a newer version of ASM: left alone.
    Newer(u64),
    /// Not what we write: set aside, never overwritten.
    Corrupt(String),
}

/// Reads a versioned JSON text whose newest known version is `newest`.
pub(crate) fn read<T: serde::de::DeserializeOwned>(text: Option<&str>, newest: u64) -> Read<T> {
    let Some(text) = text else { return Read::Absent };
    let value: serde_json::Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => return Read::Corrupt(error.to_string()),
    };
    match value.get("version").and_then(serde_json::Value::as_u64) {
        None => Read::Corrupt("no version".to_owned()),
        Some(version) if version > newest => Read::Newer(version),
        Some(_) => match serde_json::from_value(value) {
            Ok(read) => Read::Ours(read),
            Err(error) => Read::Corrupt(error.to_string()),
        },
    }
}

/// JSON text of a persisted shape, laid out for people, ending in a newline.
///
/// # Errors
/// It cannot be written as JSON: then there is no text, and nothing may be overwritten with one.
pub(crate) fn write<T: serde::Serialize>(shape: &T) -> Result<String, serde_json::Error> {
    let mut text = Vec::with_capacity(4_096);
    let mut writer = serde_json::Serializer::with_formatter(&mut text, Layout::default());
    shape.serialize(&mut writer)?;
    text.push(b'\n');
    String::from_utf8(text).map_err(serde::ser::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::ser::{Error, Serialize, SerializeMap, Serializer};

    /// Fails when half of it is written.
    struct Halting;

    impl Serialize for Halting {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(None)?;
            map.serialize_entry("version", &1)?;
            Err(S::Error::custom("no more of it"))
        }
    }

    #[test]
    fn what_cannot_be_serialised_is_no_text() {
        assert_eq!(write(&Halting).unwrap_err().to_string(), "no more of it");
        assert_eq!(write(&1).unwrap(), "1\n");
    }
}
