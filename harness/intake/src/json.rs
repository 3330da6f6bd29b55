//! Reads JSON that others may have written.
//!
//! Deserializers that serde derives take much for a struct: a list of its members by position, too. Here a struct is an
//! object, and an object has each key once. What is wrong is told in the words of JSON, and not in those of Rust.

use crate::strict::Strict;
use crate::text::{cut_lines, short};
use serde::de::DeserializeOwned;
use serde_json::de::{Deserializer, SliceRead};
use serde_json::error::Category;

/// Why a text is not the JSON that was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}, at line {line}, column {column}")]
pub struct JsonError {
    /// The line of the first thing that is wrong, counted from 1.
    pub line: usize,
    /// The column there, counted from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

/// Reads one value, with nothing behind it.
///
/// # Errors
///
/// When the text is no JSON, or not that of a `T`.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, JsonError> {
    let mut from = Deserializer::new(SliceRead::new(bytes));
    let read = T::deserialize(Strict::new(&mut from)).and_then(|value| from.end().map(|()| value));
    read.map_err(|error| JsonError { line: error.line().max(1), column: error.column().max(1), message: told(&error) })
}

/// Reads a value that was parsed already, and whose keys are therefore known once each.
///
/// # Errors
///
/// When it is not that of a `T`; what is wrong, without a place.
pub fn from_value<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, String> {
    T::deserialize(Strict::new(value)).map_err(|error| told(&error))
}

/// What an error says, without its place.
fn told(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    match error.classify() {
        Category::Eof => "the text ends in the middle of a value".to_owned(),
        Category::Syntax => format!("this is not JSON: {text}"),
        Category::Io | Category::Data => cut_lines(&plain(text)).into_owned(),
    }
}

/// An error of serde about a type, in the words of JSON.
fn plain(text: &str) -> String {
    let starts = ["invalid type: ", "invalid value: ", "invalid length "];
    let parts = starts.iter().find_map(|start| text.strip_prefix(start)?.split_once(", expected "));
    let Some((found, expected)) = parts else { return named(text) };
    let found = match found.split_once(' ') {
        None if found == "sequence" => "a list",
        None if found == "map" => "an object",
        Some(("string", _)) => return format!("expected {}, found the {}", wanted(expected), short(found)),
        Some(("integer" | "boolean", value)) => value,
        Some(("floating", value)) => value.trim_start_matches("point "),
        _ => found,
    };
    format!("expected {}, found {found}", wanted(expected))
}

/// An error of serde about a name, in the words of JSON.
fn named(text: &str) -> String {
    if let Some(key) = text.strip_prefix("missing field ") {
        return format!("the key {key} is missing");
    }
    let words = [("unknown field ", "unknown key "), ("unknown variant ", "unknown value ")];
    let word = words.iter().find_map(|(serde, plain)| Some(format!("{plain}{}", text.strip_prefix(serde)?)));
    word.unwrap_or_else(|| text.to_owned())
}

/// What a visitor of serde expects, in the words of JSON.
fn wanted(expected: &str) -> String {
    let items = || expected.split(' ').find_map(|word| word.parse::<usize>().ok());
    match expected {
        "a map" => "an object".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "u8" | "u16" | "u32" | "u64" | "u128" | "usize" => "a whole number from 0 on".to_owned(),
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        text if text.starts_with("struct ") => "an object".to_owned(),
        text if text.contains("tuple") || text.starts_with("an array of") => {
            items().map_or("a list".to_owned(), |items| format!("a list of {items} items"))
        }
        text => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only what is refused is looked at")]
    struct Thing {
        name: String,
        #[serde(default)]
        parts: Vec<Part>,
        counts: Option<BTreeMap<u8, i64>>,
        kind: Option<Kind>,
        by_kind: Option<BTreeMap<Plain, u8>>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only what is refused is looked at")]
    struct Part {
        size: u32,
        at: (f64, bool),
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    #[allow(dead_code, reason = "only what is refused is looked at")]
    enum Kind {
        Small,
        Large(Part),
        Other { part: Part },
    }

    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Plain {
        Small,
    }

    #[rstest]
    #[case::empty("", "the text ends in the middle of a value, at line 1, column 1")]
    #[case::cut(r#"{"name": "x""#, "the text ends in the middle of a value, at line 1, column 12")]
    #[case::no_json("name: x", "this is not JSON: expected ident, at line 1, column 2")]
    #[case::more(r#"{"name": "x"} {}"#, "this is not JSON: trailing characters, at line 1, column 15")]
    #[case::text(r#""x""#, "expected an object, found the string \"x\", at line 1, column 3")]
    #[case::null("null", "expected an object, found null, at line 1, column 4")]
    #[case::list(r#"["x", [], null, null]"#, "expected an object, found a list, at line 1, column 1")]
    #[case::missing("{\n}", "the key `name` is missing, at line 2, column 1")]
    #[case::number(r#"{"name": 1}"#, "expected a string, found `1`, at line 1, column 10")]
    #[case::twice(r#"{"name": "x", "name": "x"}"#, "the key `name` is there twice, at line 1, column 20")]
    #[case::unknown_twice(r#"{"name": "x", "a": 1, "a": 2}"#, "the key `a` is there twice, at line 1, column 25")]
    #[case::object(r#"{"name": "x", "parts": {}}"#, "expected a list, found an object, at line 1, column 23")]
    #[case::inner(
        r#"{"name": "x", "parts": [[1, [2.0, true]]]}"#,
        "expected an object, found a list, at line 1, column 24"
    )]
    #[case::negative(
        r#"{"name": "x", "parts": [{"size": -1}]}"#,
        "expected a whole number from 0 on, found `-1`, at line 1, column 35"
    )]
    #[case::short(
        r#"{"name": "x", "parts": [{"size": 1, "at": [1]}]}"#,
        "expected a list of 2 items, found 1, at line 1, column 45"
    )]
    #[case::flag(
        r#"{"name": "x", "parts": [{"size": 1, "at": [1, 1]}]}"#,
        "expected true or false, found `1`, at line 1, column 47"
    )]
    #[case::map(r#"{"name": "x", "counts": [1]}"#, "expected an object, found a list, at line 1, column 24")]
    #[case::key_twice(
        r#"{"name": "x", "counts": {"1": 1, "1": 2}}"#,
        "the key `1` is there twice, at line 1, column 35"
    )]
    #[case::word_twice(
        r#"{"name": "x", "by_kind": {"small": 1, "small": 2}}"#,
        "the key `small` is there twice, at line 1, column 45"
    )]
    #[case::word(
        r#"{"name": "x", "kind": "smal"}"#,
        "unknown value `smal`, expected one of `small`, `large`, `other`, at line 1, column 28"
    )]
    #[case::in_variant(
        r#"{"name": "x", "kind": {"large": [1, [1.5, true]]}}"#,
        "expected an object, found a list, at line 1, column 32"
    )]
    #[case::struct_variant(
        r#"{"name": "x", "kind": {"other": [{"size": 1, "at": [1.5, true]}]}}"#,
        "expected an object, found a list, at line 1, column 32"
    )]
    fn what_is_wrong_is_told_in_plain_words(#[case] text: &str, #[case] words: &str) {
        assert_eq!(read::<Thing>(text.as_bytes()).unwrap_err().to_string(), words);
    }

    #[rstest]
    #[case(r#"{"name": "x", "kind": "small", "counts": {"1": -1, "2": 0}, "of-the-future": [{"a": [1]}]}"#)]
    #[case(
        r#"{"name": "x", "kind": {"large": {"size": 1, "at": [1, true]}}, "parts": [{"size": 1, "at": [1, true]}]}"#
    )]
    #[case(r#"{"name": "x", "kind": {"other": {"part": {"size": 1, "at": [1, true]}}}}"#)]
    fn what_is_right_is_read(#[case] text: &str) {
        read::<Thing>(text.as_bytes()).unwrap();
        from_value::<Thing>(serde_json::from_str(text).unwrap()).unwrap();
    }

    /// What is quoted of a text is as long as whoever wrote it likes.
    #[rstest]
    #[case::text(r#"{"name": "x", "parts": "LONG"}"#, "expected a list, found the string \"kkk")]
    #[case::name(r#"{"name": "x", "kind": "LONG"}"#, "unknown value `kkk")]
    #[case::key(r#"{"LONG": 1, "LONG": 1}"#, "the key `kkk")]
    fn what_is_quoted_is_shortened(#[case] text: &str, #[case] words: &str) {
        let said = read::<Thing>(text.replace("LONG", &"k".repeat(1 << 20)).as_bytes()).unwrap_err().to_string();
        assert!(said.starts_with(words) && said.len() < 1200, "{}", said.len());
    }

    #[test]
    fn a_value_is_read_as_strictly() {
        let list = serde_json::json!(["x", [], null, null]);
        assert_eq!(from_value::<Thing>(list).unwrap_err(), "expected an object, found a list");
    }

    #[test]
    fn depth_is_bounded() {
        for open in ["[", "{\"a\":"] {
            let deep = open.repeat(100_000);
            let refused = read::<serde_json::Value>(deep.as_bytes()).unwrap_err();
            assert!(refused.message.contains("recursion limit"), "{refused}");
        }
    }
}
