//! What the tree needs of a row: its type, its ids and what it points at. The rest of the row is read over.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// A reference to another row.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) enum Link {
    /// The row does not say.
    #[default]
    Absent,
    /// Null: nothing comes before it.
    Root,
    Id(String),
    /// Neither text nor null.
    Odd,
}

#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) struct Nav {
    pub kind: Option<String>,
    pub id: Option<String>,
    pub parent: Link,
    pub target: Link,
    pub append_parent: Link,
    /// `appendMode: "side"`: the row hangs beside the branch and does not become its tip.
    pub side: bool,
    pub first_kept: Link,
    /// Of files before version 2: index of the first kept row among all rows.
    pub first_kept_index: Option<u64>,
}

/// The navigation facts of a line, or why it is no JSON object.
pub(super) fn read(bytes: &[u8]) -> Result<Nav, serde_json::Error> {
    serde_json::from_slice(bytes)
}

impl<'de> Deserialize<'de> for Nav {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Row)
    }
}

struct Row;

impl<'de> Visitor<'de> for Row {
    type Value = Nav;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    // Written by hand because a key that stands twice is legal for the host (the last one counts).
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Nav, A::Error> {
        let mut nav = Nav::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "type" => nav.kind = map.next_value::<Scalar>()?.text(),
                "id" => nav.id = map.next_value::<Scalar>()?.text().filter(|id| !id.trim().is_empty()),
                "parentId" => nav.parent = map.next_value::<Scalar>()?.link(),
                "targetId" => nav.target = map.next_value::<Scalar>()?.link(),
                "appendParentId" => nav.append_parent = map.next_value::<Scalar>()?.link(),
                "appendMode" => nav.side = map.next_value::<Scalar>()?.text().as_deref() == Some("side"),
                "firstKeptEntryId" => nav.first_kept = map.next_value::<Scalar>()?.link(),
                "firstKeptEntryIndex" => nav.first_kept_index = map.next_value::<Scalar>()?.index(),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(nav)
    }
}

/// A value that should be a text, a number or null, and may be anything.
enum Scalar {
    Text(String),
    Index(u64),
    Null,
    Odd,
}

impl Scalar {
    fn text(self) -> Option<String> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    fn index(self) -> Option<u64> {
        if let Self::Index(n) = self { Some(n) } else { None }
    }

    fn link(self) -> Link {
        match self {
            Self::Text(id) if !id.trim().is_empty() => Link::Id(id),
            Self::Null => Link::Root,
            _ => Link::Odd,
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.to_owned()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
        Ok(Scalar::Index(number))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Scalar, E> {
        Ok(Scalar::Odd)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Scalar, E> {
        Ok(Scalar::Odd)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Scalar, E> {
        Ok(Scalar::Odd)
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Scalar, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Odd)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Scalar, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Odd)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nav(text: &str) -> Nav {
        read(text.as_bytes()).unwrap()
    }

    #[test]
    fn reads_what_the_tree_needs_and_nothing_else() {
        let row = nav(
            r#"{"type":"leaf","id":"a","parentId":null,"targetId":"b","appendParentId":"c","appendMode":"side",
            "firstKeptEntryId":"d","firstKeptEntryIndex":7,"message":{"id":"inner","content":[[[{"a":1}]]]}}"#,
        );
        assert_eq!(row.kind.as_deref(), Some("leaf"));
        assert_eq!(row.id.as_deref(), Some("a"));
        assert_eq!((row.parent, row.target), (Link::Root, Link::Id("b".into())));
        assert_eq!((row.append_parent, row.first_kept), (Link::Id("c".into()), Link::Id("d".into())));
        assert_eq!((row.side, row.first_kept_index), (true, Some(7)));
        assert_eq!(nav("{}"), Nav::default());
    }

    #[test]
    fn odd_values_and_repeated_keys() {
        let row = nav(
            r#"{"type":1,"id":["x"],"parentId":{"a":[1]},"targetId":" ","firstKeptEntryIndex":-1,"appendMode":"up"}"#,
        );
        let expect = Nav { parent: Link::Odd, target: Link::Odd, ..Nav::default() };
        assert_eq!(row, expect);
        assert_eq!(nav(r#"{"id":"a","id":"b","parentId":"x","parentId":null}"#).id.as_deref(), Some("b"));
        for no_row in ["", "[]", "1", "null", "{", "{} {}", r#"{"id":"a"#] {
            assert!(read(no_row.as_bytes()).is_err(), "{no_row}");
        }
    }

    #[test]
    fn depth_outside_its_keys_does_not_matter() {
        let deep = format!(r#"{{"x":{}{},"id":"a"}}"#, "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(nav(&deep).id.as_deref(), Some("a"));
    }
}
