//! Compares two runs of one program, step by step, and says in which respect they first differ.

use crate::difference::{self as describe, Difference, Facet};
use program::{Live, Observation, Outcome, Program, Raised, Root, Trace, Value, ViewState};

/// How strict a comparison is about errors. Values and memory are always compared exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Level {
    /// Any error equals any error.
    Value,
    /// The exception's type must be the same.
    Type,
    /// So must its text.
    #[default]
    Message,
}

/// The first difference between two traces of a program, as far as the level sees it.
pub fn compare(program: &Program, expected: &Trace, actual: &Trace, level: Level) -> Option<Difference> {
    let first = expected.first_difference(actual)?;
    let steps = expected.len().max(actual.len());
    let different = (first..steps)
        .filter(|&step| step >= expected.len() || step >= actual.len() || expected.step(step) != actual.step(step));
    different.into_iter().find_map(|step| compare_step(program, step, expected, actual, level))
}

fn compare_step(program: &Program, step: usize, expected: &Trace, actual: &Trace, level: Level) -> Option<Difference> {
    let ran = |there: bool| if there { "the step ran" } else { "the step did not run" }.to_owned();
    let (facet, expected, actual) = match (expected.observation(step), actual.observation(step)) {
        (Some(expected), Some(actual)) => observations(program, &expected, &actual, level)?,
        (expected, actual) => (Facet::Missing, ran(expected.is_some()), ran(actual.is_some())),
    };
    Some(Difference::new(step, facet, expected, actual))
}

/// What differs, and the two sides of it in words.
pub(crate) type Sides = (Facet, String, String);

fn observations(program: &Program, expected: &Observation, actual: &Observation, level: Level) -> Option<Sides> {
    outcomes(program, &expected.outcome, &actual.outcome, level)
        .or_else(|| printed(&expected.printed, &actual.printed))
        .or_else(|| lives(program, expected.live.as_deref()?, actual.live.as_deref()?))
}

/// How two outcomes differ.
pub(crate) fn outcomes(program: &Program, expected: &Outcome, actual: &Outcome, level: Level) -> Option<Sides> {
    let facet = match (expected, actual) {
        (Outcome::Raised(expected), Outcome::Raised(actual)) => {
            return errors(&expected.exception, Some(&expected.message), actual, level);
        }
        (Outcome::Raised(_), _) => Facet::NotRaised,
        (_, Outcome::Raised(_)) => Facet::Raised,
        (Outcome::Value(expected), Outcome::Value(actual)) => return values(program, expected, actual),
        (Outcome::Nothing, Outcome::Nothing) => return None,
        _ => Facet::Value,
    };
    Some((facet, describe::outcome(program, expected), describe::outcome(program, actual)))
}

/// How an error differs from the one expected, of which the text may be left open.
pub(crate) fn errors(exception: &str, message: Option<&str>, actual: &Raised, level: Level) -> Option<Sides> {
    let facet = if level >= Level::Type && exception != actual.exception {
        Facet::Exception
    } else if level >= Level::Message && message.is_some_and(|message| message != actual.message) {
        Facet::Message
    } else {
        return None;
    };
    let message = message.unwrap_or_default().to_owned();
    let expected = describe::raised(&Raised { exception: exception.to_owned(), message });
    Some((facet, expected, describe::raised(actual)))
}

/// How two printed texts differ.
pub(crate) fn printed(expected: &str, actual: &str) -> Option<Sides> {
    let (expected, actual) = (expected.trim_end_matches('\n'), actual.trim_end_matches('\n'));
    let quoted = |text: &str| if text.is_empty() { "nothing printed".into() } else { program::str_literal(text) };
    (expected != actual).then(|| (Facet::Printed, quoted(expected), quoted(actual)))
}

/// How two values differ.
pub(crate) fn values(program: &Program, expected: &Value, actual: &Value) -> Option<Sides> {
    if expected == actual {
        return None;
    }
    if let (Value::View(expected), Value::View(actual)) = (expected, actual) {
        return views(program, expected, actual);
    }
    let facet = if differ_in_type(expected, actual) { Facet::Type } else { Facet::Value };
    Some((facet, describe::value(program, expected), describe::value(program, actual)))
}

/// Whether the first difference in two values is one of types.
fn differ_in_type(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::List(a), Value::List(b)) | (Value::Tuple(a), Value::Tuple(b)) => {
            a.iter().zip(b).find(|(a, b)| a != b).is_some_and(|(a, b)| differ_in_type(a, b))
        }
        (expected, actual) => expected.type_name() != actual.type_name(),
    }
}

fn views(program: &Program, expected: &ViewState, actual: &ViewState) -> Option<Sides> {
    let sides = |facet, expected: String, actual: String| Some((facet, expected, actual));
    let list = |axis: &[i64]| format!("{axis:?}");
    if expected.released != actual.released {
        return sides(Facet::Released, describe::view(program, expected), describe::view(program, actual));
    }
    if expected.root != actual.root || expected.offset.is_some() != actual.offset.is_some() {
        let named = |root: &Root| matches!(root, Root::Named(_));
        let copied = named(&expected.root) && !named(&actual.root);
        let note = if copied { ", another object or a copy" } else { "" };
        let actual = describe::place(program, actual) + note;
        return sides(Facet::Exporter, describe::place(program, expected), actual);
    }
    if expected.offset != actual.offset {
        return sides(Facet::Offset, describe::place(program, expected), describe::place(program, actual));
    }
    let axes = [
        (Facet::Shape, &expected.shape, &actual.shape),
        (Facet::Strides, &expected.strides, &actual.strides),
        (Facet::Suboffsets, &expected.suboffsets, &actual.suboffsets),
    ];
    for (facet, expected, actual) in axes {
        if expected != actual {
            let text = |axis| format!("{facet} {}", list(axis));
            return sides(facet, text(expected), text(actual));
        }
    }
    if expected.format != actual.format {
        let text = |view: &ViewState| format!("format {}", program::str_literal(&view.format));
        return sides(Facet::Format, text(expected), text(actual));
    }
    if expected.itemsize != actual.itemsize {
        let text = |view: &ViewState| format!("itemsize {}", view.itemsize);
        return sides(Facet::Itemsize, text(expected), text(actual));
    }
    let text = |view: &ViewState| format!("a {} view", if view.readonly { "read-only" } else { "writable" });
    (expected.readonly != actual.readonly).then(|| (Facet::Readonly, text(expected), text(actual)))
}

/// How the objects that are alive differ.
fn lives(program: &Program, expected: &[(u16, Live)], actual: &[(u16, Live)]) -> Option<Sides> {
    for (name, state) in expected {
        let name_text = describe::name(program, *name);
        match actual.iter().find(|(other, _)| other == name) {
            Some((_, other)) => {
                if let Some(sides) = live(&name_text, state, other) {
                    return Some(sides);
                }
            }
            None => return Some((Facet::Alive, live_text(&name_text, state), format!("{name_text} holds no memory"))),
        }
    }
    let added = actual.iter().find(|(name, _)| expected.iter().all(|(other, _)| other != name))?;
    let name_text = describe::name(program, added.0);
    Some((Facet::Alive, format!("{name_text} holds no memory"), live_text(&name_text, &added.1)))
}

fn live(name: &str, expected: &Live, actual: &Live) -> Option<Sides> {
    let (facet, object) = match (expected, actual) {
        (Live::View { released: a }, Live::View { released: b }) => {
            return (a != b).then(|| (Facet::Released, live_text(name, expected), live_text(name, actual)));
        }
        (Live::Exporter { locked: a, .. }, Live::Exporter { locked: b, .. }) if a != b => {
            (Facet::Lock, name.to_owned())
        }
        (Live::ViewOfUnnamed { locked: a, .. }, Live::ViewOfUnnamed { locked: b, .. }) if a != b => {
            (Facet::Lock, format!("the object under {name}"))
        }
        (Live::Exporter { content: a, .. }, Live::Exporter { content: b, .. }) => {
            return contents(name.to_owned(), a, b);
        }
        (Live::ViewOfUnnamed { content: a, .. }, Live::ViewOfUnnamed { content: b, .. }) => {
            return contents(format!("the object under {name}"), a, b);
        }
        _ => return Some((Facet::Alive, live_text(name, expected), live_text(name, actual))),
    };
    let text = |locked: bool| format!("{object} is {}", if locked { "locked" } else { "not locked" });
    let locked =
        |live: &Live| !matches!(live, Live::Exporter { locked: false, .. } | Live::ViewOfUnnamed { locked: false, .. });
    Some((facet, text(locked(expected)), text(locked(actual))))
}

fn contents(object: String, expected: &[u8], actual: &[u8]) -> Option<Sides> {
    let text = |bytes: &[u8]| format!("{object} holds {}", program::bytes_literal(bytes));
    (expected != actual).then(|| (Facet::Contents, text(expected), text(actual)))
}

fn live_text(name: &str, live: &Live) -> String {
    match live {
        Live::Exporter { content, .. } => format!("{name} holds {}", program::bytes_literal(content)),
        Live::View { released: false } => format!("{name} is a view"),
        Live::View { released: true } => format!("{name} is a released view"),
        Live::ViewOfUnnamed { content, .. } => {
            format!("{name} is a view of an unnamed object that holds {}", program::bytes_literal(content))
        }
    }
}
