//! A pass that makes the signature plainer, not the program smaller: it tries to lose circumstances that the smallest
//! programs tend to have, whatever differs. Without bytes a program is smaller, and `view[::-1]` is a short way to another
//! offset.

use super::places::{self, Place};
use super::{Search, arguments};
use program::{Kind, Operand, Program, Value};
use smallvec::smallvec;

/// Fills empty memory, and replaces slices with a step.
pub(super) fn plainer(search: &mut Search<'_>) -> bool {
    let mut progress = false;
    for place in places::backwards(&search.best).into_iter().rev() {
        let mut candidates = filled(search, place);
        candidates.extend(without_steps(search, place));
        progress |= candidates.into_iter().any(|candidate| search.attempt_plainer(candidate));
    }
    let all = all_filled(search.best.clone());
    search.attempt_plainer(all) || progress
}

fn is_empty(value: &Value) -> bool {
    matches!(value, Value::Bytes(bytes) if bytes.is_empty())
}

fn zeros(count: usize) -> Value {
    Value::Bytes(vec![0; count].into())
}

/// The sizes that are tried in place of none: the least, and one that all formats divide.
const SIZES: [usize; 2] = [1, 8];

/// The program with something in what an operation has empty.
fn filled(search: &Search<'_>, place: Place) -> Vec<Program> {
    let Some(operation) = place.get(&search.best) else { return vec![] };
    if arguments::contents(operation).iter().any(is_empty) {
        let exporter = |(kind, size)| {
            search.with(place, |operation| {
                operation.kind = kind;
                operation.operands = smallvec![Operand::Value(zeros(size))];
                operation.keywords = None;
            })
        };
        let kinds = [Kind::Plain, Kind::NewBytearray].into_iter();
        let mut found: Vec<Program> = kinds.flat_map(|kind| SIZES.map(|size| (kind, size))).map(exporter).collect();
        if operation.kind == Kind::NewArray {
            // It has a format, which the difference may need.
            found.push(search.with(place, |operation| {
                operation.operands.truncate(1);
                operation.operands.push(Operand::Value(zeros(8)));
                operation.keywords = None;
            }));
        }
        return found;
    }
    with(search, place, |value| if is_empty(value) { SIZES.map(zeros).into() } else { vec![] })
}

/// The program with a slice of an operation replaced by one that has no step.
fn without_steps(search: &Search<'_>, place: Place) -> Vec<Program> {
    let slice = |start, stop| Value::Slice(Box::new([start, stop, Value::None]));
    let plain = || vec![slice(Value::Int(1), Value::None), slice(Value::None, Value::Int(1))];
    with(search, place, |value| match value {
        Value::Slice(parts) if parts[2] != Value::None => plain(),
        _ => vec![],
    })
}

/// The programs with a constant of an operation replaced by others.
fn with(search: &Search<'_>, place: Place, others: impl Fn(&Value) -> Vec<Value>) -> Vec<Program> {
    let operands = place.get(&search.best).into_iter().flat_map(|operation| operation.operands.iter());
    let mut found = vec![];
    for (at, operand) in operands.enumerate() {
        let Operand::Value(value) = operand else { continue };
        found.extend(others(value).into_iter().map(|other| {
            search.with(place, |operation| {
                if let Some(operand) = operation.operands.get_mut(at) {
                    *operand = Operand::Value(other);
                }
            })
        }));
    }
    found
}

/// The program with bytes in all that is empty, and with ones for the zeros of shapes.
fn all_filled(mut program: Program) -> Program {
    for operand in program.operations.iter_mut().flat_map(|operation| &mut operation.operands) {
        match operand {
            Operand::Value(value) if is_empty(value) => *value = zeros(8),
            Operand::Value(Value::List(items) | Value::Tuple(items)) => {
                items.iter_mut().filter(|item| **item == Value::Int(0)).for_each(|item| *item = Value::Int(1));
            }
            _ => {}
        }
    }
    program
}
