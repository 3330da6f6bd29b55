//! Generates hooks: objects whose special methods release or resize the object that is in use.
//!
//! A hook is bound to a name, and then used as an index, as the bound of a slice, in a tuple, as an item, or for the
//! hash of an exporter. A view of such an exporter is created after the hook, so that only a hook that is armed later
//! can release it.

use super::operands::{a_live_view, a_resizable};
use super::state::{Known, State, View};
use super::{Source, values};
use program::{Kind, Name, Operand, Operation, Target, Value};

/// How often, of a hundred, an index or an item is a hook where there is one.
const CHANCE: usize = 25;

/// Whether operations of that kind make hooks, or are about them.
pub(crate) fn is_about(kind: Kind) -> bool {
    matches!(kind, Kind::NewHook | Kind::Arm | Kind::Tuple | Kind::Slice)
}

/// A hook, or a key with one in it.
pub(crate) fn operation(kind: Kind, state: &State, source: &mut Source<'_>) -> Operation {
    match (kind, state.find(source, |known| *known == Known::Hook)) {
        (Kind::Slice, Some(hook)) => {
            let place = source.below(3);
            let bound = |source: &mut Source<'_>| match source.below(3) {
                0 => Operand::Name(hook),
                1 => Operand::Value(Value::Int(source.below(4) as i64)),
                _ => Operand::Value(Value::None),
            };
            let mut operands = [bound(source), bound(source), bound(source)];
            operands[place] = Operand::Name(hook);
            Operation::new(kind, Target::Discard, operands)
        }
        (Kind::Tuple, Some(hook)) => {
            let index = |source: &mut Source<'_>| Operand::Value(Value::Int(source.below(3) as i64));
            let mut operands: Vec<Operand> = (0..source.below(3)).map(|_| index(source)).collect();
            operands.insert(source.below(operands.len() + 1), Operand::Name(hook));
            Operation::new(kind, Target::Discard, operands)
        }
        _ => hook(state, source),
    }
}

/// A hook is armed with a view of the exporter that asks it for its hash, or a step is made towards that; `None` if
/// such an exporter comes first.
pub(crate) fn arm(state: &State, source: &mut Source<'_>) -> Option<Operation> {
    let is_hook = |name: Name| *state.get(name) == Known::Hook;
    let asks = |view: &View| !view.is_released && view.hash.is_some_and(is_hook);
    // Armed with no more than the one: what a cycle holds beside its own exporter would stay locked for ever.
    let arm = |hook, view| Operation::new(Kind::Arm, Target::Discard, [Operand::Name(hook), view]);
    if source.chance(25) {
        let hook = state.find(source, |known| *known == Known::Hook)?;
        return Some(arm(hook, a_live_view(state, source)));
    }
    if let Some(name) = state.find(source, |known| matches!(known, Known::View(view) if asks(view)))
        && let Known::View(View { hash: Some(hook), .. }) = state.get(name)
    {
        return Some(arm(*hook, Operand::Name(name)));
    }
    let exporter = state.find(source, |known| matches!(known, Known::Exporter(view) if asks(view)))?;
    Some(Operation::new(Kind::NewView, Target::Discard, [Operand::Name(exporter)]))
}

/// The hash of the view that a hook was just armed with, mostly.
pub(crate) fn hash_of_armed(state: &mut State, source: &mut Source<'_>) -> Option<Operation> {
    let view = state.armed.take().filter(|_| source.chance(60))?;
    Some(Operation::new(Kind::Hash, Target::Discard, [Operand::Name(view)]))
}

/// A hook for the hash of an exporter, now and then, if there is one.
pub(crate) fn of_a_hash(state: &State, source: &mut Source<'_>) -> Option<Name> {
    state.find(source, |known| *known == Known::Hook).filter(|_| source.chance(2 * CHANCE))
}

fn hook(state: &State, source: &mut Source<'_>) -> Operation {
    let answer = match source.below(10) {
        0..=4 => Value::Int(source.below(4) as i64),
        5 => values::int(source, 8),
        6 => Value::Float(values::float(source)),
        7 => Value::Bool(source.chance(50)),
        _ => values::wrong(source),
    };
    let mut operation = Operation::new(Kind::NewHook, Target::Discard, [Operand::Value(answer)]);
    let mut keywords: Vec<Box<str>> = vec![];
    if source.chance(80) {
        operation.operands.push(a_live_view(state, source));
        keywords.push("releases".into());
    }
    if source.chance(40) {
        operation.operands.push(a_resizable(state, source));
        keywords.push("appends".into());
    }
    operation.keywords = (!keywords.is_empty()).then(|| keywords.into());
    operation
}

/// A hook for a view to ask, now and then, if there is one.
pub(crate) fn asked(kind: Kind, receiver: &Known, state: &State, source: &mut Source<'_>) -> Option<Name> {
    let is_asked = matches!((kind, receiver), (Kind::Get | Kind::Set, Known::View(_)) | (Kind::In, _));
    if !is_asked || !state.any(|known| *known == Known::Hook) || !source.chance(CHANCE) {
        return None;
    }
    state.find(source, |known| *known == Known::Hook)
}
