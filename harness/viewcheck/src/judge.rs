//! Compares a trace with the expectations of its case.

use crate::compare::{Sides, errors, printed, values};
use crate::difference::{self as describe, Difference, Facet};
use cases::{Bounds, Case, Expectation, Expected};
use engine::{Facets, Version};
use program::operation::Syntax;
use program::{Kind, Live, Name, Observation, Offset, Operand, Outcome, Program, Root, Target, Trace, Value};

/// The first step in which a run on some version of Python is not as its case says, in one of the facets.
pub fn judge(case: &Case, trace: &Trace, version: Version, facets: Facets) -> Option<Difference> {
    for (index, step) in case.steps.iter().enumerate() {
        let Some(seen) = trace.observation(index) else {
            let (ran, not) = ("the step ran".to_owned(), "the step did not run".to_owned());
            return Some(Difference::new(index, Facet::Missing, ran, not));
        };
        // A case that is not about this version is not run on it, so there is an expectation.
        let open = Expectation::default();
        let expectation = step.expectation(version).unwrap_or(&open);
        if let Some((facet, expected, actual)) = judge_step(&case.program, index, expectation, &seen, facets) {
            return Some(Difference::new(index, facet, expected, actual));
        }
        if let Some(bounds) = expectation.allocates.as_ref().filter(|_| facets.contains(Facet::Allocated))
            && let Some((expected, actual)) = allocated(bounds, trace.allocated(index))
        {
            return Some(Difference::new(index, Facet::Allocated, expected, actual));
        }
    }
    None
}

/// What a step may allocate, and what it has allocated, if it may not.
fn allocated(bounds: &Bounds, bytes: Option<u64>) -> Option<(String, String)> {
    let actual = match bytes {
        Some(bytes) if bounds.admit(bytes) => return None,
        Some(1) => "allocates 1 byte".to_owned(),
        Some(bytes) => format!("allocates {} bytes", grouped(bytes)),
        None => "the engine did not count it".to_owned(),
    };
    Some((format!("allocates {bounds}"), actual))
}

/// A number with commas between its thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let is_start = |at: usize| at > 0 && (digits.len() - at).is_multiple_of(3);
    digits
        .char_indices()
        .fold(String::new(), |text, (at, digit)| text + if is_start(at) { "," } else { "" } + &digit.to_string())
}

fn judge_step(
    program: &Program,
    step: usize,
    expectation: &Expectation,
    seen: &Observation,
    facets: Facets,
) -> Option<Sides> {
    let is_seen = |(facet, ..): &Sides| facets.contains(*facet);
    let outcome = match (&expectation.outcome, &seen.outcome) {
        (Expected::Raises(exception, message), Outcome::Raised(raised)) => {
            errors(exception, message.as_deref(), raised, facets)
        }
        (Expected::Raises(exception, message), other) => {
            let expected = match message {
                Some(message) => format!("{exception}: {message}"),
                None => exception.clone(),
            };
            Some((Facet::NotRaised, expected, describe::outcome(program, other)))
        }
        (expected, Outcome::Raised(raised)) => {
            Some((Facet::Raised, expected_text(program, expected), describe::raised(raised)))
        }
        (Expected::NoError, _) => None,
        (expected, Outcome::Nothing) => Some((Facet::Value, expected_text(program, expected), "no value".into())),
        (Expected::Gives(expected), Outcome::Value(value)) => values(program, expected, value, facets),
        (Expected::Shares(name, byte), Outcome::Value(value)) => shares(program, step, (*name, *byte), value, facets),
    };
    outcome
        .filter(is_seen)
        .or_else(|| type_name(expectation.type_name.as_deref()?, &seen.outcome).filter(is_seen))
        .or_else(|| printed(expectation.prints.as_deref()?, &seen.printed, facets))
        .or_else(|| locks(program, expectation.locks.as_deref()?, seen.live.as_deref()?).filter(is_seen))
}

fn expected_text(program: &Program, expected: &Expected) -> String {
    match expected {
        Expected::NoError => "no error".into(),
        Expected::Gives(value) => describe::value(program, value),
        Expected::Shares(name, byte) => format!("a view from byte {byte} of {}", describe::name(program, *name)),
        Expected::Raises(exception, _) => exception.clone(),
    }
}

fn type_name(expected: &str, seen: &Outcome) -> Option<Sides> {
    let plain = expected.rsplit('.').next().unwrap_or(expected);
    let text = |name: &str| format!("a value of type {name}");
    let actual = match seen {
        Outcome::Value(value) if value.type_name() == plain => return None,
        Outcome::Value(value) => text(value.type_name()),
        _ => "no value".into(),
    };
    Some((Facet::Type, text(expected), actual))
}

fn shares(program: &Program, step: usize, (name, byte): (Name, i64), value: &Value, facets: Facets) -> Option<Sides> {
    let expected = format!("from byte {byte} of {}", describe::name(program, name));
    let Value::View(view) = value else {
        return Some((Facet::Type, format!("a view {expected}"), describe::value(program, value)));
    };
    if view.released {
        return Some((Facet::Released, format!("a view {expected}"), describe::view(program, view)));
    }
    let is_other = match view.root {
        Root::Named(root) => !same_object(program, step, root, name),
        Root::Unnamed(_) => true,
    };
    let facet = if is_other && facets.contains(Facet::Exporter) {
        Facet::Exporter
    } else if view.offset.differs(Offset::At(byte)) && facets.contains(Facet::Offset) {
        Facet::Offset
    } else {
        return None;
    };
    Some((facet, expected, describe::place(program, view)))
}

/// Whether two names are bound to one object after a step, as far as the program's text tells: through `b = a`.
fn same_object(program: &Program, step: usize, a: Name, b: Name) -> bool {
    if a == b {
        return true;
    }
    let mut objects: Vec<usize> = (0..program.names.len()).collect();
    let end = program.step_range(step).end;
    for (index, operation) in program.operations[..end].iter().enumerate() {
        let Target::Name(target) = operation.target else { continue };
        let object = match (operation.kind, operation.operands.first()) {
            (Kind::Plain, Some(Operand::Name(source))) => objects.get(usize::from(*source)).copied(),
            // A mutable object stays itself.
            _ if matches!(operation.kind.row().syntax, Syntax::InPlace(_)) => continue,
            _ => None,
        };
        if let Some(slot) = objects.get_mut(usize::from(target)) {
            *slot = object.unwrap_or(program.names.len() + index);
        }
    }
    let object = |name: Name| objects.get(usize::from(name));
    object(a) == object(b)
}

fn locks(program: &Program, expected: &[Name], live: &[(u16, Live)]) -> Option<Sides> {
    let locked: Vec<Name> = live
        .iter()
        .filter(|(_, live)| matches!(live, Live::Exporter { locked: true, .. }))
        .map(|(name, _)| *name)
        .collect();
    let text = |names: &[Name]| match names {
        [] => "nothing is locked".to_owned(),
        names => {
            let names: Vec<String> = names.iter().map(|name| describe::name(program, *name)).collect();
            format!("locked: {}", names.join(", "))
        }
    };
    (expected != locked).then(|| (Facet::Lock, text(expected), text(&locked)))
}
