//! The JSON report: the model itself, which is also what a run stores.

use super::Format;
use super::escape::json;
use super::model::Results;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use std::io::{self, Write};

/// JSON, with a line for each engine, claim and case.
pub struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn file(&self) -> Option<&'static str> {
        Some("results.json")
    }

    fn needs_cases(&self) -> bool {
        false
    }

    fn render(&self, results: &Results, out: &mut dyn Write) -> io::Result<()> {
        results.serialize(&mut Serializer::with_formatter(&mut *out, Lines::default()))?;
        out.write_all(b"\n")
    }
}

/// Anything else that is written for machines, as text.
pub fn render(value: &impl Serialize) -> String {
    // Strings, numbers and maps with string keys: writing them can't fail.
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    json(&text).into_owned() + "\n"
}

/// Breaks lines between the elements of outer arrays only: a changed case is a changed line, and a file of many
/// thousand cases stays small.
#[derive(Default)]
struct Lines {
    depth: usize,
}

/// The depth of the steps of a case and of the claims of a document.
const DEEPEST: usize = 4;

impl Lines {
    fn is_broken(&self) -> bool {
        self.depth <= DEEPEST
    }
}

impl Formatter for Lines {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        out.write_all(json(fragment).as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth += 1;
        out.write_all(b"[")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        match (first, self.is_broken()) {
            (true, true) => out.write_all(b"\n"),
            (false, true) => out.write_all(b",\n"),
            (true, false) => Ok(()),
            (false, false) => out.write_all(b", "),
        }
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth -= 1;
        out.write_all(b"]")
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth += 1;
        out.write_all(b"{")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        match (first, self.depth) {
            (true, 1) => out.write_all(b"\n"),
            (false, 1) => out.write_all(b",\n"),
            (true, _) => Ok(()),
            (false, _) => out.write_all(b", "),
        }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        let is_last = self.depth == 1;
        self.depth -= 1;
        out.write_all(if is_last { b"\n}" } else { b"}" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outer_arrays_have_a_line_for_each_element() {
        let value = serde_json::json!({ "a": [], "b": [{ "c": 1, "d": [2, 3] }, { "e": [[4, 5], [6]] }], "f": { "g": 7, "h": 8 } });
        let mut out = vec![];
        value.serialize(&mut Serializer::with_formatter(&mut out, Lines::default())).unwrap();
        let text = String::from_utf8(out).unwrap();
        let expected = "{\n\"a\": [],\n\"b\": [\n{\"c\": 1, \"d\": [\n2,\n3]},\n{\"e\": [\n[4, 5],\n[6]]}],\n\
                        \"f\": {\"g\": 7, \"h\": 8}\n}";
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
