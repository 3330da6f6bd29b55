//! A difference between two traces, or between a trace and a case or law, and its description in the terms of the
//! program.

use crate::laws;
pub use engine::Facet;
use program::{Offset, Outcome, Program, Raised, Root, Value, ViewState};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// The kinds of difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Another value.
    Value,
    /// Another error, one too many or one too few.
    Error,
    /// Another memory: what a view covers, who is locked, what an object holds.
    Aliasing,
    /// A violated law, in any facet.
    Law,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Value => "value",
            Kind::Error => "error",
            Kind::Aliasing => "aliasing",
            Kind::Law => "law",
        })
    }
}

impl From<Facet> for Kind {
    fn from(facet: Facet) -> Kind {
        use Facet::*;
        match facet {
            Value | Type | Printed | Format | Itemsize | Readonly => Kind::Value,
            Exception | Message | Raised | NotRaised | Missing => Kind::Error,
            Exporter | Offset | Shape | Strides | Suboffsets | Lock | Released | Contents | Alive | Leak
            | Allocated => Kind::Aliasing,
        }
    }
}

/// The name of a law. (An alias, as serde would have a reference borrow from its input.)
pub type LawName = &'static str;

/// The first thing in which two runs differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The index of the step.
    pub step: usize,
    /// What differs.
    pub facet: Facet,
    /// What should have been.
    pub expected: String,
    /// What was.
    pub actual: String,
    /// The violated law, if there is one.
    #[serde(deserialize_with = "law")]
    pub law: Option<LawName>,
}

impl Difference {
    /// A difference, its texts cut to what can be read.
    pub(crate) fn new(step: usize, facet: Facet, expected: String, actual: String) -> Difference {
        let (expected, actual) = cut(&expected, &actual);
        Difference { step, facet, expected, actual, law: None }
    }

    /// The kind of difference.
    pub fn kind(&self) -> Kind {
        if self.law.is_some() { Kind::Law } else { self.facet.into() }
    }

    /// In which respect it differs, in words: the facet, and the law that says so.
    pub fn respect(&self) -> String {
        match self.law {
            Some(law) => format!("the law {law}, {}", self.facet),
            None => self.facet.text().to_owned(),
        }
    }
}

/// The name of a law, as that law has it.
fn law<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<LawName>, D::Error> {
    let name = Option::<String>::deserialize(deserializer)?;
    name.map(|name| laws::named(&name).map(|law| law.name).ok_or_else(|| D::Error::custom("no such law"))).transpose()
}

/// The longest text of a value in a report, in characters.
const LONGEST: usize = 240;

/// Two texts, cut to windows around the first place where they differ if they are long.
fn cut(expected: &str, actual: &str) -> (String, String) {
    let same = expected.chars().zip(actual.chars()).take_while(|(a, b)| a == b).count();
    let window = |text: &str| {
        let count = text.chars().count();
        if count <= LONGEST {
            return text.to_owned();
        }
        let start = same.saturating_sub(LONGEST / 4).min(count - LONGEST);
        let middle: String = text.chars().skip(start).take(LONGEST).collect();
        let (before, after) = (if start > 0 { "…" } else { "" }, if start + LONGEST < count { "…" } else { "" });
        format!("{before}{middle}{after} ({count} characters)")
    };
    (window(expected), window(actual))
}

/// An outcome in words.
pub fn outcome(program: &Program, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Nothing => "no value".to_owned(),
        Outcome::Value(value) => self::value(program, value),
        Outcome::Raised(raised) => self::raised(raised),
    }
}

/// An exception as a traceback's last line has it.
pub fn raised(raised: &Raised) -> String {
    match raised.message.as_str() {
        "" => raised.exception.clone(),
        message => format!("{}: {message}", raised.exception),
    }
}

/// A value, with the program's names for the objects in it.
pub fn value(program: &Program, value: &Value) -> String {
    match value {
        Value::View(view) => self::view(program, view),
        Value::List(items) if items.iter().any(holds_view) => format!("[{}]", list(program, items)),
        Value::Tuple(items) if items.iter().any(holds_view) => format!("({})", list(program, items)),
        value => value.to_string(),
    }
}

fn holds_view(value: &Value) -> bool {
    match value {
        Value::View(_) => true,
        Value::List(items) | Value::Tuple(items) => items.iter().any(holds_view),
        _ => false,
    }
}

fn list(program: &Program, items: &[Value]) -> String {
    items.iter().map(|item| value(program, item)).collect::<Vec<_>>().join(", ")
}

/// A view, with the program's name for its exporter.
pub fn view(program: &Program, view: &ViewState) -> String {
    if view.released {
        return "a released view".to_owned();
    }
    view.layout() + ", " + &place(program, view)
}

/// Where a view starts, in words.
pub fn place(program: &Program, view: &ViewState) -> String {
    let root = root(program, &view.root);
    match view.offset {
        Offset::At(offset) => format!("from byte {offset} of {root}"),
        Offset::Outside => format!("outside the memory of {root}"),
        Offset::Unknown => format!("from somewhere in {root}"),
    }
}

/// An exporter, by its name where it has one.
pub fn root(program: &Program, root: &Root) -> String {
    match root {
        Root::Named(name) => self::name(program, *name),
        Root::Unnamed(type_name) if type_name.is_empty() => "an unknown object".to_owned(),
        Root::Unnamed(type_name) => format!("an unnamed {type_name}"),
    }
}

/// A name as it stands in the program.
pub fn name(program: &Program, name: program::Name) -> String {
    match program.names.get(usize::from(name)) {
        Some(text) => format!("`{text}`"),
        None => format!("name {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_around_the_difference() {
        let a = "x".repeat(1000);
        let b = format!("{}y{}", "x".repeat(700), "x".repeat(299));
        let (a, b) = cut(&a, &b);
        assert_ne!(a, b);
        assert!(a.starts_with('…') && a.ends_with("…  (1000 characters)".replace("  ", " ").as_str()), "{a}");
        assert_eq!(cut("short", "also short"), ("short".to_owned(), "also short".to_owned()));
    }
}
