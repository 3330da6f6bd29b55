//! The signature of a finding: the engines, the kind and facet of the difference, the operation, and the canonical
//! outcome on both sides.
//!
//! A signature contains no values, so that all hits of a defect share it whatever the numbers were. It does contain
//! types, exceptions and the words of their messages, so that different defects have different signatures. Where no
//! side raised, the outcomes say little: the [circumstances] of the operands follow in braces.

use super::canonical::canonical_text;
use super::{Symptom, circumstances};
use crate::difference::{Difference, Facet, Kind as Class};
use engine::process::NOT_ALONE;
use program::{
    Gives, Live, Observation, Offset, Operand, Operation, Outcome, Program, Root, Syntax, Target, Trace, Value,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a finding is known by: a line of text that is the same for every hit of a defect, such as
/// `embedded|reference value/type-of-value get memoryview[index]: bool for int {stepped}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Signature(String);

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Signature {
    fn from(text: String) -> Signature {
        Signature(text)
    }
}

/// The longest readable part of a slug.
const LONGEST_SLUG: usize = 56;

impl Signature {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this signature stands for another one, which may have more circumstances.
    pub fn includes(&self, other: &Signature) -> bool {
        cases::known::signature::includes(&self.0, &other.0)
    }

    /// Whether another signature has the same engines, kind and facet, and the same outcome on both sides; the operation and
    /// its circumstances may differ. Where one side raised, what the other gave does not matter.
    pub(super) fn has_outcome_of(&self, other: &Signature) -> bool {
        fn parts(text: &str) -> Option<(&str, &str, &str)> {
            let (before, outcome) = text.split_once(": ")?;
            let mut words = before.splitn(3, ' ');
            let (engines, facet) = (words.next()?, words.next()?);
            let outcome = match (facet, outcome.rsplit_once(" {")) {
                ("error/raised-instead-of-a-value", _) => outcome.rsplit_once(" for ")?.0,
                ("error/a-value-instead-of-an-error", _) => outcome.split_once(" for ")?.1,
                (_, Some((outcome, circumstances))) if circumstances.ends_with('}') => outcome,
                _ => outcome,
            };
            Some((engines, facet, outcome))
        }
        parts(&self.0).is_some_and(|own| Some(own) == parts(&other.0))
    }

    /// The signature where the outcome is not the same each time: what it is, is left out.
    pub fn without_outcome(&self) -> Signature {
        match self.0.split_once(": ") {
            Some((before, _)) => Signature(format!("{before}: unstable")),
            None => self.clone(),
        }
    }

    /// A name for a folder or a case: a readable part and a short hash, of `a-z`, `0-9` and hyphens.
    pub fn slug(&self) -> String {
        let readable = self.0.split_once(' ').map_or(self.0.as_str(), |(_, rest)| rest);
        let mut slug = String::new();
        for char in readable.chars() {
            if slug.len() >= LONGEST_SLUG {
                break;
            }
            match char.to_ascii_lowercase() {
                char @ ('a'..='z' | '0'..='9') => slug.push(char),
                _ if slug.is_empty() || slug.ends_with('-') => {}
                _ => slug.push('-'),
            }
        }
        if slug.len() >= LONGEST_SLUG {
            // Words are not cut in two.
            slug.truncate(slug.rfind('-').unwrap_or(slug.len()));
        }
        format!("{}-{:08x}", slug.trim_matches('-'), hash(&self.0))
    }
}

/// FNV-1a, folded to 32 bits: the same on every machine and in every release.
fn hash(text: &str) -> u32 {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325, mix);
    (hash ^ (hash >> 32)) as u32
}

/// Signs what a program did. `engines` are the names of the tested engine and of the one that says what is expected;
/// `traces` what was expected and what was seen. Without traces the two sides of a difference are taken from its text.
pub fn signature(
    engines: (&str, &str),
    program: &Program,
    symptom: &Symptom,
    traces: Option<(&Trace, &Trace)>,
) -> Signature {
    let (engine, against) = engines;
    let what = match symptom {
        Symptom::Difference(Difference { law: Some(law), facet, actual, .. }) => {
            // No other engine has a part in it, and which operation came last in the program neither.
            let raised = if Class::from(*facet) == Class::Error {
                format!(": {}", canonical_text(actual))
            } else {
                String::new()
            };
            return Signature(format!("{engine}|laws law/{law} {}{raised}", facet.text().replace(' ', "-")));
        }
        Symptom::Difference(difference) => {
            let step = difference.step;
            let seen =
                traces.and_then(|(expected, actual)| Some((expected.observation(step)?, actual.observation(step)?)));
            let (expected, actual) = match seen {
                Some((expected, actual)) => sides(difference.facet, &expected, &actual),
                None => (canonical_text(&difference.expected), canonical_text(&difference.actual)),
            };
            let facet = difference.facet.text().replace(' ', "-");
            let operation = last_operation(program, step, traces.map(|(expected, _)| expected));
            let circumstances = circumstances(program, difference, traces);
            format!("{}/{facet} {operation}: {actual} for {expected}{circumstances}", difference.kind())
        }
        // Which program it is depends on those before it.
        Symptom::Crash(how) if how.contains(NOT_ALONE) => format!("crash/{}", how.replace(' ', "-")),
        Symptom::Crash(how) => format!("crash/{} {}", how.replace(' ', "-"), fatal_operation(program, traces)),
        Symptom::Hang => format!("hang {}", fatal_operation(program, traces)),
        Symptom::Memory => format!("memory {}", fatal_operation(program, traces)),
    };
    Signature(format!("{engine}|{against} {what}"))
}

/// The circumstances of a difference, in braces. Errors are told apart by their texts, and lifetimes do not depend on
/// layouts.
fn circumstances(program: &Program, difference: &Difference, traces: Option<(&Trace, &Trace)>) -> String {
    let raised = |trace: &Trace| matches!(trace.observation(difference.step), Some(seen) if has_raised(&seen.outcome));
    let is_of_lifetimes = matches!(difference.facet, Facet::Lock | Facet::Released | Facet::Alive | Facet::Leak);
    let is_plain = is_of_lifetimes || matches!(difference.kind(), Class::Error | Class::Law);
    match traces.filter(|(expected, actual)| !is_plain && !raised(expected) && !raised(actual)) {
        Some((expected, _)) => {
            let circumstances: Vec<_> = circumstances::of(program, difference.step, expected).into_iter().collect();
            if circumstances.is_empty() { String::new() } else { format!(" {{{}}}", circumstances.join(", ")) }
        }
        None => String::new(),
    }
}

fn has_raised(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Raised(_))
}

/// The operation that ended an engine: that of the step after the last complete one, or else the program's last.
fn fatal_operation(program: &Program, traces: Option<(&Trace, &Trace)>) -> String {
    let last = program.steps.len().saturating_sub(1);
    let complete = traces.map(|(_, actual)| actual.len()).filter(|complete| *complete > 0);
    let step = complete.map_or(last, |complete| complete.min(last));
    last_operation(program, step, traces.map(|(expected, _)| expected))
}

/// The name of the operation that a step ends with, the type of the object that it is done to, and for subscripts the
/// class of the key.
fn last_operation(program: &Program, step: usize, expected: Option<&Trace>) -> String {
    program.last_operation(step).map_or_else(|| "nothing".to_owned(), |at| operation(program, at, step, expected))
}

/// The name of an operation of a step, given by its index, in the same way.
pub(crate) fn operation(program: &Program, at: usize, step: usize, expected: Option<&Trace>) -> String {
    let (before, rest) = program.operations.split_at(at.min(program.operations.len()));
    let [operation, ..] = rest else { return "nothing".to_owned() };
    let row = operation.kind.row();
    let of = || match operation.operands.first() {
        Some(operand) => class(program, operand, step, before, expected),
        None => "nothing".to_owned(),
    };
    match row.syntax {
        Syntax::Get | Syntax::Set | Syntax::Delete | Syntax::Hold => {
            let key = operation.operands.get(1).map_or("nothing", |key| key_class(key, before));
            format!("{} {}[{key}]", row.name, of())
        }
        Syntax::AnyCall | Syntax::Member => format!("{} {}", row.name, operation.own_name(0).unwrap_or_default()),
        Syntax::AnyAttribute
        | Syntax::AnyMethod
        | Syntax::Lookup
        | Syntax::SetAttribute
        | Syntax::DeleteAttribute
        | Syntax::HoldAttribute => {
            format!("{} {}.{}", row.name, of(), operation.own_name(1).unwrap_or_default())
        }
        Syntax::Method(_) | Syntax::Attribute(_) => format!("{} of {}", row.name, of()),
        Syntax::Field => format!("{} of {}", row.name, of()),
        Syntax::InPlace(_) => format!("{} on {}", row.name, of()),
        // What goes wrong where an object is made does not depend on the type of the one that it is made from.
        Syntax::Call(_) if !operation.kind.makes() => format!("{} of {}", row.name, of()),
        _ => row.name.to_owned(),
    }
}

/// The type of an operand: as it was seen when the name was bound, or else as the operation that makes it says.
pub(crate) fn class(
    program: &Program,
    operand: &Operand,
    step: usize,
    before: &[Operation],
    expected: Option<&Trace>,
) -> String {
    let target = match operand {
        Operand::Value(value) => return value.type_name().to_owned(),
        Operand::Name(name) => Target::Name(*name),
        Operand::Temp(temp) => Target::Temp(*temp),
        Operand::Local(_) | Operand::Body(_) => return "object".to_owned(),
    };
    if let (Some(expected), Target::Name(_)) = (expected, target) {
        let seen = circumstances::bound(program, target, step, expected).map(|value| value.type_name().to_owned());
        let in_step = before.len() - before.len().min(program.step_range(step).start);
        if seen.is_some() || in_step == 0 {
            return seen.unwrap_or_else(|| "nothing".to_owned());
        }
    }
    let Some(at) = before.iter().rposition(|operation| operation.target == target) else {
        return "nothing".to_owned();
    };
    let maker = &before[at];
    let class_of = match (maker.kind.row().gives, maker.operands.first()) {
        (Gives::Same | Gives::Part, Some(operand)) => return class(program, operand, step, &before[..at], expected),
        (Gives::View(_), _) => "memoryview",
        (Gives::Bytes, _) => "bytes",
        (Gives::Bytearray, _) => "bytearray",
        (Gives::Array, _) => "array",
        (Gives::Slice, _) => "slice",
        (Gives::Tuple, _) => "tuple",
        (
            Gives::Exporter | Gives::Iterator | Gives::Hook | Gives::Nothing | Gives::Other | Gives::Same | Gives::Part,
            _,
        ) => "object",
    };
    class_of.to_owned()
}

/// The type of a key in brackets.
pub(crate) fn key_class(key: &Operand, before: &[Operation]) -> &'static str {
    let made_by = |target: Target| before.iter().rev().find(|operation| operation.target == target);
    let maker = match key {
        Operand::Value(value) => return value_class(value),
        Operand::Name(name) => made_by(Target::Name(*name)),
        Operand::Temp(temp) => made_by(Target::Temp(*temp)),
        Operand::Local(_) | Operand::Body(_) => None,
    };
    match maker.map(|maker| (maker.kind.row().gives, maker.operands.first())) {
        Some((Gives::Slice, _)) => "slice",
        Some((Gives::Tuple, _)) => "tuple",
        Some((Gives::Same, Some(Operand::Value(value)))) => value_class(value),
        _ => "object",
    }
}

fn value_class(value: &Value) -> &'static str {
    match value {
        Value::Int(_) | Value::Big(_) | Value::Bool(_) => "index",
        Value::Slice(_) => "slice",
        Value::Tuple(_) => "tuple",
        _ => "object",
    }
}

/// What was expected and what was seen, without the values.
fn sides(facet: Facet, expected: &Observation, actual: &Observation) -> (String, String) {
    let (before, after) = (&expected.outcome, &actual.outcome);
    let both = |text: fn(&Observation) -> String| (text(expected), text(actual));
    match facet {
        Facet::Printed => both(|seen| if seen.printed.is_empty() { "nothing" } else { "text" }.to_owned()),
        Facet::Lock | Facet::Contents | Facet::Alive => states(facet, expected, actual),
        Facet::Released if !has_released(before) && !has_released(after) => states(facet, expected, actual),
        _ => match (before, after) {
            (Outcome::Value(expected), Outcome::Value(actual)) => values(facet, expected, actual),
            _ => (outcome(before), outcome(after)),
        },
    }
}

fn has_released(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Value(Value::View(view)) if view.released)
}

fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Nothing => "nothing".to_owned(),
        Outcome::Value(value) => value.type_name().to_owned(),
        Outcome::Raised(raised) => canonical_text(&crate::difference::raised(raised)),
    }
}

fn values(facet: Facet, expected: &Value, actual: &Value) -> (String, String) {
    match (expected, actual) {
        (Value::View(expected), Value::View(actual)) => {
            let text = |view: &program::ViewState| match facet {
                _ if view.released => "released".to_owned(),
                Facet::Readonly => if view.readonly { "read-only" } else { "writable" }.to_owned(),
                Facet::Exporter | Facet::Offset => match (&view.root, view.offset) {
                    (_, Offset::Outside) => "outside".to_owned(),
                    (Root::Named(_), _) => "named".to_owned(),
                    (Root::Unnamed(class), _) => format!("unnamed {class}"),
                },
                _ => "memoryview".to_owned(),
            };
            (text(expected), text(actual))
        }
        (Value::List(a), Value::List(b)) | (Value::Tuple(a), Value::Tuple(b)) if a.len() == b.len() => {
            let Some((a, b)) = a.iter().zip(b).find(|(a, b)| a != b) else { return ("?".into(), "?".into()) };
            let (a, b) = values(facet, a, b);
            (format!("{} of {a}", expected.type_name()), format!("{} of {b}", actual.type_name()))
        }
        (Value::Object(a), Value::Object(b)) if expected.type_name() == actual.type_name() => {
            (a.to_string(), b.to_string())
        }
        (expected, actual) => (expected.type_name().to_owned(), actual.type_name().to_owned()),
    }
}

/// The first named object whose state differs.
fn states(facet: Facet, expected: &Observation, actual: &Observation) -> (String, String) {
    let (expected, actual) = (expected.live.as_deref().unwrap_or_default(), actual.live.as_deref().unwrap_or_default());
    let find =
        |live: &[(u16, Live)], name: u16| live.iter().find(|(other, _)| *other == name).map(|(_, live)| live.clone());
    let mut names: Vec<u16> = expected.iter().chain(actual).map(|(name, _)| *name).collect();
    names.sort_unstable();
    let differing = names.into_iter().find(|name| find(expected, *name) != find(actual, *name));
    let lock = |locked: bool| match (facet, locked) {
        (Facet::Lock, true) => " locked",
        (Facet::Lock, false) => " not locked",
        _ => "",
    };
    let text = |live: &[(u16, Live)]| match differing.and_then(|name| find(live, name)) {
        None => "no memory".to_owned(),
        Some(Live::Exporter { locked, .. }) => format!("exporter{}", lock(locked)),
        Some(Live::View { released }) => if released { "released view" } else { "view" }.to_owned(),
        Some(Live::ViewOfUnnamed { locked, .. }) => format!("unnamed exporter{}", lock(locked)),
    };
    (text(expected), text(actual))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("a|b error/message for: X: text for Y: text", "a|b error/message list of bytes: X: text for Y: text", true)]
    #[case("a|b error/message for: X: text for Y: text", "a|b error/message for: X: text for Y: other", false)]
    #[case("a|b error/message for: X: text", "a|b error/exception-type for: X: text", false)]
    #[case("a|b error/message for: X: text", "c|b error/message for: X: text", false)]
    #[case("a|b value/value get nothing[index]: int for float {n-d}", "a|b value/value +: int for float", true)]
    #[case(
        "a|b error/raised-instead-of-a-value try: X: text for nothing",
        "a|b error/raised-instead-of-a-value iter of bytes: X: text for iterator",
        true
    )]
    #[case(
        "a|b error/a-value-instead-of-an-error try: nothing for X: for a",
        "a|b error/a-value-instead-of-an-error len: int for X: for a",
        true
    )]
    #[case("a|b crash/SIGSEGV for", "a|b crash/SIGSEGV for", false)]
    fn the_outcome_is_the_same_for_another_operation(#[case] one: &str, #[case] other: &str, #[case] is_same: bool) {
        let [one, other] = [one, other].map(|text| Signature(text.to_owned()));
        assert_eq!(one.has_outcome_of(&other), is_same);
        assert_eq!(other.has_outcome_of(&one), is_same);
    }

    #[test]
    fn a_slug_is_readable_and_an_id() {
        let slug = Signature("embedded|reference value/type-of-value get[index]: bool for int".into()).slug();
        assert!(slug.starts_with("value-type-of-value-get-index-bool-for-int-"), "{slug}");
        assert!(slug.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-'));
        let long = Signature(format!("a|b error/message cast: {}", "word ".repeat(40))).slug();
        assert!(long.len() <= LONGEST_SLUG + 9, "{long}");
    }
}
