//! Generates what becomes of an iterator: something happens to its view, and then something takes its items.
//!
//! Left to chance, an iterator over a view that was released or is empty would meet hardly anything but `next`: a program
//! has a dozen operations, and three of them would have to be these, in this order. Functions differ in whether they ask an
//! iterator for its length before they ask for an item, and in what they do with what they have taken before an error.

use super::operands::a_resizable;
use super::state::{Known, State};
use super::{Abilities, Source, values};
use program::{Kind, Name, Operand, Operation, Target, Value};

/// How often, of a hundred, something happens to an iterator that was just made, or to its view.
const CHANGE: usize = 60;
/// How often something more happens to one to which something just did.
const ANOTHER: usize = 25;
/// How often something takes the items of an iterator then.
const TAKE: usize = 75;
/// How often a function that goes through a view goes through an iterator, if there is one.
const INSTEAD: usize = 8;

/// What takes the items of an iterator. `AnyMethod` stands for `join`.
const TAKERS: &[Kind] = &[
    Kind::ListOf,
    Kind::TupleOf,
    Kind::NewBytes,
    Kind::NewBytearray,
    Kind::NewBytearray,
    Kind::NewArray,
    Kind::Sum,
    Kind::Max,
    Kind::Min,
    Kind::Sorted,
    Kind::IntFromBytes,
    Kind::In,
    Kind::NotIn,
    Kind::Extend,
    Kind::Extend,
    Kind::Set,
    Kind::Set,
    Kind::AnyMethod,
    Kind::AnyMethod,
    Kind::InPlaceAdd,
    Kind::Next,
];

/// What happens next to an iterator that was just made, mostly.
pub(super) fn follow(state: &mut State, abilities: &Abilities, source: &mut Source<'_>) -> Option<Operation> {
    let iterator = state.fresh.take()?;
    let Known::Iterator(view) = *state.get(iterator) else { return None };
    let is_live = |name: &Name| matches!(state.get(*name), Known::View(view) if !view.is_released);
    let chance = if state.is_changed { ANOTHER } else { CHANGE };
    let change = if source.chance(chance) { change(iterator, view.filter(is_live), source) } else { None };
    state.is_changed = false;
    if let Some(change) = change.filter(|change| abilities.has(change.kind)) {
        (state.fresh, state.is_changed) = (Some(iterator), true);
        return Some(change);
    }
    let kind = source.pick(TAKERS);
    (source.chance(TAKE) && abilities.has(kind)).then(|| taker(kind, iterator, state, source))
}

/// Something that happens to an iterator, or to the view that it goes through, if that is alive.
fn change(iterator: Name, view: Option<Name>, source: &mut Source<'_>) -> Option<Operation> {
    let (kind, name) = match (source.below(10), view) {
        (0..=5, view) => (Kind::Release, view?),
        (6, view) => (Kind::Unbind, view?),
        (7 | 8, _) => (Kind::Next, iterator),
        _ => (Kind::ListOf, iterator),
    };
    Some(Operation::new(kind, Target::Discard, [Operand::Name(name)]))
}

/// An operation that takes the items of an iterator.
fn taker(kind: Kind, iterator: Name, state: &State, source: &mut Source<'_>) -> Operation {
    let items = Operand::Name(iterator);
    let value = |value: Value| Operand::Value(value);
    let text = |text: &str| Operand::Value(Value::Str(text.into()));
    let bytearray = state.find(source, |known| matches!(known, Known::Bytearray(_))).map(Operand::Name);
    let operands = match (kind, bytearray) {
        (Kind::NewArray, _) => vec![text(source.pick(&["B", "B", "b", "h", "q", "d"])), items],
        (Kind::IntFromBytes, _) => vec![items, text(source.pick(&["little", "big"]))],
        (Kind::In | Kind::NotIn, _) => vec![value(Value::Int(source.below(4) as i64)), items],
        (Kind::Extend | Kind::InPlaceAdd, _) => vec![a_resizable(state, source), items],
        (Kind::Set, Some(bytearray)) => vec![bytearray, value(values::slice(source, 3)), items],
        // There is nothing yet that items could be written to.
        (Kind::Set, None) => return Operation::new(Kind::NewBytearray, Target::Discard, [items]),
        (Kind::AnyMethod, bytearray) => {
            let constant = value(Value::Bytes(source.pick(&[&b""[..], b","]).into()));
            let separator = bytearray.filter(|_| source.chance(30)).unwrap_or(constant);
            vec![separator, text("join"), items]
        }
        _ => vec![items],
    };
    Operation::new(kind, Target::Discard, operands)
}

/// An iterator for a function that goes through a view, now and then, if there is one.
pub(super) fn taken(kind: Kind, state: &State, source: &mut Source<'_>) -> Option<Name> {
    let takes = matches!(
        kind,
        Kind::ListOf
            | Kind::TupleOf
            | Kind::Sum
            | Kind::Max
            | Kind::Min
            | Kind::Sorted
            | Kind::IntFromBytes
            | Kind::NewBytes
            | Kind::NewBytearray
            | Kind::Extend
    );
    let is_iterator = |known: &Known| matches!(known, Known::Iterator(_));
    if !takes || !state.any(is_iterator) || !source.chance(INSTEAD) {
        return None;
    }
    state.find(source, is_iterator)
}
