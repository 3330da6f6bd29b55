//! The pass that makes operands simpler, one at a time.

use super::places::{self, Place};
use super::{Search, measure, steps, values};
use program::operation::Takes;
use program::{Kind, Operand, Operation, Syntax, Value};

/// Makes each operand as simple as it gets while the others stay.
pub(super) fn simpler(search: &mut Search<'_>) -> bool {
    let mut progress = false;
    for place in places::backwards(&search.best) {
        let count = place.get(&search.best).map_or(0, |operation| operation.operands.len());
        for at in 0..count {
            while improve(search, place, at) {
                progress = true;
            }
        }
    }
    progress
}

/// Tries the candidates for one operand, the simplest first, until one is taken.
fn improve(search: &mut Search<'_>, place: Place, at: usize) -> bool {
    let Some(operation) = place.get(&search.best) else { return false };
    if is_fixed(operation, at) {
        return false;
    }
    let Some(operand) = operation.operands.get(at) else { return false };
    let candidates = match operand {
        Operand::Value(value) => {
            let takes = operation.kind.row().parameters.get(at).map_or(Takes::Any, |parameter| parameter.takes);
            let mut simpler = values::simpler(value, takes);
            if let (Kind::NewBytearray | Kind::NewBytes, Value::Bytes(bytes)) = (operation.kind, value)
                && bytes.iter().all(|byte| *byte == 0)
            {
                simpler.insert(0, Value::Int(bytes.len() as i64));
            }
            simpler.into_iter().map(Operand::Value).collect()
        }
        Operand::Name(name) => {
            let constants = [Value::Int(0), Value::None, Value::Bytes(Box::from([]))].map(Operand::Value);
            constants.into_iter().chain((0..*name).map(Operand::Name)).collect()
        }
        Operand::Temp(_) => vec![Operand::Value(Value::Int(0)), Operand::Value(Value::None)],
        Operand::Local(_) => [Value::Int(0), Value::None, Value::Bytes(Box::from([]))].map(Operand::Value).into(),
        Operand::Body(_) => return false,
    };
    let name = match operand {
        Operand::Name(name) => Some(*name),
        _ => None,
    };
    candidates.into_iter().any(|candidate| {
        let is_constant = matches!(candidate, Operand::Value(_));
        let mut program = search.with(place, |operation| {
            if let Some(operand) = operation.operands.get_mut(at) {
                *operand = candidate;
            }
        });
        // A name whose last use is gone goes too: bound to a like object, it would still be what views are told by.
        if let Some(name) = name.filter(|_| is_constant) {
            program = steps::without_unused(&program, name);
        }
        search.attempt(program)
    })
}

/// Whether an operand belongs to the operation itself: the name of an attribute, or of what is changed in place.
pub(crate) fn is_fixed(operation: &Operation, at: usize) -> bool {
    match operation.kind.row().syntax {
        Syntax::Unbind => at == 0,
        syntax => syntax.own_name() == Some(at) || (steps::is_in_place(operation) && at == 0),
    }
}

/// Whether a value is simpler than another.
pub(super) fn is_simpler(value: &Value, than: &Value) -> bool {
    measure::value(value) < measure::value(than)
}
