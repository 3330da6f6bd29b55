//! Compares two traces of one program and describes the first difference.
//!
//! A facet is compared only if the level asks for it and both engines can observe it.

use crate::difference::{self as describe, Difference};
use engine::{About, Facet, Facets, Role};
use program::{Live, Observation, Offset, Outcome, Program, Raised, Root, Trace, Value, ViewState};

pub use cases::Level;

/// The facets of a level. [`Level`] belongs to `cases`, which does not know facets.
pub trait LevelFacets: Sized {
    /// Returns the facets that the level compares.
    fn facets(self) -> Facets;

    /// Returns the facets that the level compares and that all of `engines` can observe.
    fn seen_by<'a>(self, engines: impl IntoIterator<Item = &'a About>) -> Facets {
        engines.into_iter().fold(self.facets(), |facets, about| facets & about.sees)
    }
}

impl LevelFacets for Level {
    fn facets(self) -> Facets {
        match self {
            Level::Value => Level::Type.facets().without(Facet::Exception),
            Level::Type => Facets::ALL.without(Facet::Message),
            Level::Message => Facets::ALL,
        }
    }
}

/// Returns the level at which these engines are compared if nothing else is said. It is `message` for CPython and for the
/// reference, and `type` if one of the engines is another implementation: the wording of errors is CPython's own, and no
/// document asks others to keep it.
pub fn usual_level<'a>(engines: impl IntoIterator<Item = &'a About>) -> Level {
    let is_worded = |about: &About| about.role == Role::Reference || about.implementation == "cpython";
    if engines.into_iter().all(is_worded) { Level::Message } else { Level::Type }
}

/// The first difference between two traces of a program in one of the facets.
pub fn compare(program: &Program, expected: &Trace, actual: &Trace, facets: Facets) -> Option<Difference> {
    let first = expected.first_difference(actual)?;
    let steps = expected.len().max(actual.len());
    let different = (first..steps)
        .filter(|&step| step >= expected.len() || step >= actual.len() || expected.step(step) != actual.step(step));
    different.into_iter().find_map(|step| compare_step(program, step, expected, actual, facets))
}

fn compare_step(
    program: &Program,
    step: usize,
    expected: &Trace,
    actual: &Trace,
    facets: Facets,
) -> Option<Difference> {
    let ran = |there: bool| if there { "the step ran" } else { "the step did not run" }.to_owned();
    let (facet, expected, actual) = match (expected.observation(step), actual.observation(step)) {
        (Some(expected), Some(actual)) => observations(program, &expected, &actual, facets)?,
        (expected, actual) => (Facet::Missing, ran(expected.is_some()), ran(actual.is_some())),
    };
    Some(Difference::new(step, facet, expected, actual))
}

/// What differs, and the two sides of it in words.
pub(crate) type Sides = (Facet, String, String);

fn observations(program: &Program, expected: &Observation, actual: &Observation, facets: Facets) -> Option<Sides> {
    outcomes(program, &expected.outcome, &actual.outcome, facets)
        .or_else(|| printed(&expected.printed, &actual.printed, facets))
        .or_else(|| lives(program, expected.live.as_deref()?, actual.live.as_deref()?, facets))
}

/// How two outcomes differ.
pub(crate) fn outcomes(program: &Program, expected: &Outcome, actual: &Outcome, facets: Facets) -> Option<Sides> {
    let facet = match (expected, actual) {
        (Outcome::Raised(expected), Outcome::Raised(actual)) => {
            return errors(&expected.exception, Some(&expected.message), actual, facets);
        }
        (Outcome::Raised(_), _) => Facet::NotRaised,
        (_, Outcome::Raised(_)) => Facet::Raised,
        (Outcome::Value(expected), Outcome::Value(actual)) => return values(program, expected, actual, facets),
        (Outcome::Nothing, Outcome::Nothing) => return None,
        _ => Facet::Value,
    };
    let sides = || (facet, describe::outcome(program, expected), describe::outcome(program, actual));
    facets.contains(facet).then(sides)
}

/// How an error differs from the one expected, of which the text may be left open.
pub(crate) fn errors(exception: &str, message: Option<&str>, actual: &Raised, facets: Facets) -> Option<Sides> {
    let facet = if facets.contains(Facet::Exception) && exception != actual.exception {
        Facet::Exception
    } else if facets.contains(Facet::Message) && message.is_some_and(|message| message != actual.message) {
        Facet::Message
    } else {
        return None;
    };
    let message = message.unwrap_or_default().to_owned();
    let expected = describe::raised(&Raised { exception: exception.to_owned(), message });
    Some((facet, expected, describe::raised(actual)))
}

/// How two printed texts differ.
pub(crate) fn printed(expected: &str, actual: &str, facets: Facets) -> Option<Sides> {
    let (expected, actual) = (expected.trim_end_matches('\n'), actual.trim_end_matches('\n'));
    let quoted = |text: &str| if text.is_empty() { "nothing printed".into() } else { program::str_literal(text) };
    let differ = facets.contains(Facet::Printed) && expected != actual;
    differ.then(|| (Facet::Printed, quoted(expected), quoted(actual)))
}

/// How two values differ.
pub(crate) fn values(program: &Program, expected: &Value, actual: &Value, facets: Facets) -> Option<Sides> {
    if let (Value::View(expected), Value::View(actual)) = (expected, actual) {
        return views(program, expected, actual, facets);
    }
    let facet = differing(program, expected, actual, facets)?;
    Some((facet, describe::value(program, expected), describe::value(program, actual)))
}

/// Whether two values differ in their types or otherwise; of parts, what the first of them that differs does.
fn differing(program: &Program, expected: &Value, actual: &Value, facets: Facets) -> Option<Facet> {
    let parts = |a: &[Value], b: &[Value]| {
        let differing = a.iter().zip(b).find_map(|(a, b)| differing(program, a, b, facets));
        differing.or((a.len() != b.len()).then_some(Facet::Value))
    };
    let facet = match (expected, actual) {
        (Value::List(a), Value::List(b)) | (Value::Tuple(a), Value::Tuple(b)) => parts(a, b)?,
        (Value::Slice(a), Value::Slice(b)) => parts(&**a, &**b).map(|_| Facet::Value)?,
        (Value::View(a), Value::View(b)) => views(program, a, b, facets).map(|_| Facet::Value)?,
        (a, b) if a == b => return None,
        (Value::Object(a), Value::Object(b)) | (Value::Type(a), Value::Type(b))
            if !facets.contains(Facet::Message) && public(a) == public(b) =>
        {
            return None;
        }
        (a, b) if a.type_name() != b.type_name() => Facet::Type,
        _ => Facet::Value,
    };
    facets.contains(facet).then_some(facet)
}

/// The name of a type without a module that is private to an implementation: CPython's `_struct.unpack_iterator` is an
/// `unpack_iterator` of the builtins elsewhere. Such modules are compared like the wording of errors.
fn public(name: &str) -> &str {
    match name.split_once('.') {
        Some((module, rest)) if module.starts_with('_') => rest,
        _ => name,
    }
}

fn views(program: &Program, expected: &ViewState, actual: &ViewState, facets: Facets) -> Option<Sides> {
    if expected.released != actual.released {
        // Of a view that was released there is nothing else to be seen.
        let sides = || (Facet::Released, describe::view(program, expected), describe::view(program, actual));
        return facets.contains(Facet::Released).then(sides);
    }
    places(program, expected, actual, facets).or_else(|| layouts(expected, actual, facets))
}

/// How the memory differs that two views cover.
fn places(program: &Program, expected: &ViewState, actual: &ViewState, facets: Facets) -> Option<Sides> {
    let sides =
        |facet, note| Some((facet, describe::place(program, expected), describe::place(program, actual) + note));
    let is_offset_seen = facets.contains(Facet::Offset);
    let is_other_place = is_offset_seen && expected.offset.differs(actual.offset);
    let leaves_memory = is_other_place && [expected.offset, actual.offset].contains(&Offset::Outside);
    if facets.contains(Facet::Exporter) && (expected.root != actual.root || leaves_memory) {
        let named = |root: &Root| matches!(root, Root::Named(_));
        let copied = named(&expected.root) && !named(&actual.root);
        return sides(Facet::Exporter, if copied { ", another object or a copy" } else { "" });
    }
    if is_other_place { sides(Facet::Offset, "") } else { None }
}

/// How the layouts of two views differ.
fn layouts(expected: &ViewState, actual: &ViewState, facets: Facets) -> Option<Sides> {
    let text = |facet, view: &ViewState| match facet {
        Facet::Shape => view.shape_text(),
        Facet::Strides => view.strides_text(),
        Facet::Suboffsets => format!("suboffsets {:?}", view.suboffsets),
        Facet::Format => view.format_text(),
        Facet::Itemsize => view.itemsize_text(),
        _ => format!("a {} view", if view.readonly { "read-only" } else { "writable" }),
    };
    let differ = [
        (Facet::Shape, expected.shape != actual.shape),
        (Facet::Strides, expected.strides != actual.strides),
        (Facet::Suboffsets, expected.suboffsets != actual.suboffsets),
        (Facet::Format, expected.format != actual.format),
        (Facet::Itemsize, expected.itemsize != actual.itemsize),
        (Facet::Readonly, expected.readonly != actual.readonly),
    ];
    let (facet, _) = differ.into_iter().find(|(facet, differ)| *differ && facets.contains(*facet))?;
    Some((facet, text(facet, expected), text(facet, actual)))
}

/// How the objects that are alive differ.
fn lives(program: &Program, expected: &[(u16, Live)], actual: &[(u16, Live)], facets: Facets) -> Option<Sides> {
    // Who does not see what a view is of does not see the object under it.
    let is_seen =
        |state: &Live| facets.contains(Facet::Alive) && (!is_of_view(state) || facets.contains(Facet::Exporter));
    for (name, state) in expected {
        let name_text = describe::name(program, *name);
        match actual.iter().find(|(other, found)| other == name && is_of_view(found) == is_of_view(state)) {
            Some((_, other)) => {
                if let Some(sides) = live(&name_text, state, other, facets) {
                    return Some(sides);
                }
            }
            None if is_seen(state) => {
                return Some((Facet::Alive, live_text(&name_text, state), format!("{name_text} holds no memory")));
            }
            None => {}
        }
    }
    let is_met = |name: &u16, state: &Live| {
        expected.iter().any(|(other, expected)| other == name && is_of_view(expected) == is_of_view(state))
    };
    let is_added = |(name, state): &&(u16, Live)| is_seen(state) && !is_met(name, state);
    let added = actual.iter().find(is_added)?;
    let name_text = describe::name(program, added.0);
    Some((Facet::Alive, format!("{name_text} holds no memory"), live_text(&name_text, &added.1)))
}

/// Whether a state is that of the unnamed object under a view, which is told beside the state of the view itself.
fn is_of_view(state: &Live) -> bool {
    matches!(state, Live::ViewOfUnnamed { .. })
}

/// How the states of an object differ.
fn live(name: &str, expected: &Live, actual: &Live, facets: Facets) -> Option<Sides> {
    let facet = match (expected, actual) {
        (Live::View { released: a }, Live::View { released: b }) if a == b => return None,
        (Live::View { .. }, Live::View { .. }) => Facet::Released,
        (Live::Exporter { locked: a, content: b }, Live::Exporter { locked: c, content: d }) => {
            return memory(name, (*a, b), (*c, d), facets);
        }
        (Live::ViewOfUnnamed { locked: a, content: b }, Live::ViewOfUnnamed { locked: c, content: d }) => {
            return memory(&format!("the object under {name}"), (*a, b), (*c, d), facets);
        }
        _ => Facet::Alive,
    };
    facets.contains(facet).then(|| (facet, live_text(name, expected), live_text(name, actual)))
}

/// How the memory of an object differs: whether it is locked, and what it holds.
fn memory(object: &str, expected: (bool, &[u8]), actual: (bool, &[u8]), facets: Facets) -> Option<Sides> {
    if facets.contains(Facet::Lock) && expected.0 != actual.0 {
        let text = |locked: bool| format!("{object} is {}", if locked { "locked" } else { "not locked" });
        return Some((Facet::Lock, text(expected.0), text(actual.0)));
    }
    let text = |bytes: &[u8]| format!("{object} holds {}", program::bytes_literal(bytes));
    let differ = facets.contains(Facet::Contents) && expected.1 != actual.1;
    differ.then(|| (Facet::Contents, text(expected.1), text(actual.1)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use engine::reference::Reference;
    use engine::{Abi, Engine, Profile, Version};
    use rstest::rstest;

    #[rstest]
    #[case::reference(&[("reference", Role::Reference)], Level::Message)]
    #[case::cpython(&[("cpython", Role::Tested)], Level::Message)]
    #[case::both(&[("cpython", Role::Tested), ("reference", Role::Reference)], Level::Message)]
    #[case::another(&[("pypy", Role::Tested)], Level::Type)]
    #[case::one_of_two(&[("reference", Role::Reference), ("pypy", Role::Tested)], Level::Type)]
    fn the_wording_is_compared_with_cpythons_own(#[case] engines: &[(&str, Role)], #[case] level: Level) {
        let honest = Reference::new(Profile::new(Version::newest(), Abi::Lp64)).about().clone();
        let about = |(implementation, role): &(&str, Role)| About {
            implementation: (*implementation).to_owned(),
            role: *role,
            ..honest.clone()
        };
        let abouts: Vec<About> = engines.iter().map(about).collect();
        assert_eq!(usual_level(&abouts), level);
    }

    #[rstest]
    #[case::private_module("_struct.unpack_iterator", "unpack_iterator", Level::Type, None)]
    #[case::another_private_module("_struct.Struct", "_cffi.Struct", Level::Value, None)]
    #[case::as_strict_as_wording("_struct.unpack_iterator", "unpack_iterator", Level::Message, Some(Facet::Value))]
    #[case::public_module("array.arrayiterator", "arrayiterator", Level::Type, Some(Facet::Value))]
    #[case::another_name("_struct.unpack_iterator", "iterator", Level::Type, Some(Facet::Type))]
    fn private_modules_are_wording(
        #[case] expected: &str,
        #[case] actual: &str,
        #[case] level: Level,
        #[case] facet: Option<Facet>,
    ) {
        let object = |name: &str| Value::Object(name.into());
        let found = values(&Program::default(), &object(expected), &object(actual), level.facets());
        assert_eq!(found.map(|(facet, ..)| facet), facet);
    }

    /// A view and the unnamed object under it are two states of one name.
    #[rstest]
    #[case::alike(b"ab", true, None)]
    #[case::other_bytes(b"xy", true, Some(Facet::Contents))]
    #[case::not_there(b"ab", false, Some(Facet::Alive))]
    fn states_of_one_name_are_kept_apart(#[case] content: &[u8], #[case] is_there: bool, #[case] facet: Option<Facet>) {
        let program = Program { names: vec!["view".into()], ..Program::default() };
        let of_view = |content: &[u8]| (0, Live::ViewOfUnnamed { locked: true, content: content.into() });
        let expected = [(0, Live::View { released: false }), of_view(b"ab")];
        let actual: Vec<_> = expected[..1].iter().cloned().chain(is_there.then(|| of_view(content))).collect();
        let found = lives(&program, &expected, &actual, Facets::ALL).map(|(facet, ..)| facet);
        assert_eq!(found, facet);
        let found = lives(&program, &actual, &expected, Facets::ALL).map(|(facet, ..)| facet);
        assert_eq!(found, facet);
    }

    /// The object under a view is seen by those who see what it is a view of.
    #[test]
    fn what_is_under_a_view_is_not_seen_without_its_exporter() {
        let program = Program { names: vec!["view".into()], ..Program::default() };
        let view = (0, Live::View { released: false });
        let under = (0, Live::ViewOfUnnamed { locked: true, content: (*b"ab").into() });
        let (both, one) = (&[view.clone(), under][..], &[view][..]);
        for (expected, actual) in [(both, one), (one, both)] {
            assert!(lives(&program, expected, actual, Facets::ALL).is_some());
            assert_eq!(lives(&program, expected, actual, Facets::ALL.without(Facet::Exporter)), None);
        }
    }
}
