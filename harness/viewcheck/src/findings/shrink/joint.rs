//! Passes that change two related operands together, because changing one would invalidate the other: a shape and its
//! memory, a format and the bytes that it divides, a slice and the value assigned to it.

use super::values::cuts;
use super::{Search, exporter, measure};
use program::operation::Takes;
use program::{Kind, Operand, Program, Value};

/// The place of an operand, or of a value in a constant: operation, operand, and the way down from there.
type Place = (usize, usize, Vec<usize>);

/// A constant as it stands in the program.
fn constant<'a>(program: &'a Program, place: &Place) -> Option<&'a Value> {
    let Operand::Value(value) = program.operations.get(place.0)?.operands.get(place.1)? else { return None };
    place.2.iter().try_fold(value, |value, index| match value {
        Value::Tuple(items) | Value::List(items) => items.get(*index),
        Value::Slice(parts) => parts.get(*index),
        _ => None,
    })
}

fn replace(program: &mut Program, place: &Place, by: Value) {
    let operand = program.operations.get_mut(place.0).and_then(|operation| operation.operands.get_mut(place.1));
    let Some(Operand::Value(value)) = operand else { return };
    let found = place.2.iter().try_fold(value, |value, index| match value {
        Value::Tuple(items) | Value::List(items) => items.get_mut(*index),
        Value::Slice(parts) => parts.get_mut(*index),
        _ => None,
    });
    if let Some(value) = found {
        *value = by;
    }
}

/// All constants that have a length or are a number, with those inside of them.
fn places(program: &Program) -> Vec<Place> {
    fn inside(value: &Value, place: &Place, found: &mut Vec<Place>) {
        let items = match value {
            Value::Tuple(items) | Value::List(items) => items.as_slice(),
            Value::Slice(parts) => &parts[..],
            Value::Int(_) | Value::Bytes(_) => &[],
            _ => return,
        };
        found.push(place.clone());
        for (index, item) in items.iter().enumerate() {
            let way = place.2.iter().copied().chain([index]).collect();
            inside(item, &(place.0, place.1, way), found);
        }
    }
    let mut found = vec![];
    for (index, operation) in program.operations.iter().enumerate() {
        for (at, operand) in operation.operands.iter().enumerate() {
            if let Operand::Value(value) = operand {
                inside(value, &(index, at, vec![]), &mut found);
            }
        }
    }
    found
}

/// A value that is shorter, or nearer to zero, by that much.
fn shorter(value: &Value, cut: u64) -> Option<Value> {
    let keep = |length: usize| length.checked_sub(cut as usize);
    Some(match value {
        Value::Int(value) if value.unsigned_abs() >= cut => Value::Int(value - value.signum() * cut as i64),
        Value::Bytes(bytes) => Value::Bytes(bytes[..keep(bytes.len())?].into()),
        Value::List(items) => Value::List(items[..keep(items.len())?].to_vec()),
        Value::Tuple(items) => Value::Tuple(items[..keep(items.len())?].to_vec()),
        _ => return None,
    })
}

fn size(value: &Value) -> u64 {
    match value {
        Value::Int(value) => value.unsigned_abs(),
        Value::Bytes(bytes) => bytes.len() as u64,
        Value::List(items) | Value::Tuple(items) => items.len() as u64,
        _ => 0,
    }
}

/// The bytes of an item of a native format; 1 for what is none.
fn item_size(format: &str) -> usize {
    exporter::item_size(format).unwrap_or(1)
}

/// The most places of which all pairs are tried.
const MOST: usize = 40;

/// Takes the same off two lengths or numbers.
pub(super) fn lengths(search: &mut Search<'_>) -> bool {
    let mut progress = false;
    let places = places(&search.best);
    for (index, first) in places.iter().enumerate().take(MOST) {
        for second in places.iter().take(MOST).skip(index + 1) {
            progress |= shorten_both(search, first, second);
        }
    }
    progress
}

fn shorten_both(search: &mut Search<'_>, first: &Place, second: &Place) -> bool {
    let mut progress = false;
    while let (Some(a), Some(b)) = (constant(&search.best, first), constant(&search.best, second)) {
        let candidates: Vec<Program> = cuts(size(a).min(size(b)))
            .filter_map(|cut| {
                let mut program = search.best.clone();
                replace(&mut program, first, shorter(a, cut)?);
                replace(&mut program, second, shorter(b, cut)?);
                Some(program)
            })
            .collect();
        if !search.attempt_any(candidates) {
            break;
        }
        progress = true;
    }
    progress
}

/// Makes the shape of a cast smaller, and the memory under it with it.
pub(super) fn shapes(search: &mut Search<'_>) -> bool {
    let mut progress = false;
    for index in (0..search.best.operations.len()).rev() {
        while shrink_shape(search, index) {
            progress = true;
        }
    }
    progress
}

fn shrink_shape(search: &mut Search<'_>, index: usize) -> bool {
    let Some(operation) = search.best.operations.get(index).filter(|operation| operation.kind == Kind::Cast) else {
        return false;
    };
    let at = operation.operands.len() - 1;
    let shape = match operation.operands.get(at) {
        Some(Operand::Value(shape @ (Value::List(_) | Value::Tuple(_)))) => shape.clone(),
        _ => return false,
    };
    let format = match operation.operands.get(1) {
        Some(Operand::Value(Value::Str(format))) => item_size(format),
        _ => 1,
    };
    let Some(sizes) = sizes(&shape) else { return false };
    let bytes = |sizes: &[i64]| sizes.iter().try_fold(format as i64, |all, size| all.checked_mul(*size));
    let mut candidates = vec![];
    for smaller in smaller_shapes(&sizes) {
        let (Some(before), Some(after)) = (bytes(&sizes), bytes(&smaller)) else { continue };
        let items: Vec<Value> = smaller.into_iter().map(Value::Int).collect();
        let shape = if matches!(shape, Value::List(_)) { Value::List(items) } else { Value::Tuple(items) };
        let mut reshaped = search.best.clone();
        replace(&mut reshaped, &(index, at, vec![]), shape);
        candidates.extend(resized(&reshaped, index, before, after));
    }
    search.attempt_any(candidates)
}

fn sizes(shape: &Value) -> Option<Vec<i64>> {
    let (Value::List(items) | Value::Tuple(items)) = shape else { return None };
    let size = |item: &Value| match item {
        Value::Int(size @ 0..=4096) => Some(*size),
        _ => None,
    };
    items.iter().map(size).collect()
}

fn smaller_shapes(sizes: &[i64]) -> Vec<Vec<i64>> {
    let mut found = vec![];
    for (index, size) in sizes.iter().enumerate() {
        found.push([&sizes[..index], &sizes[index + 1..]].concat());
        let smaller = [0, 1].into_iter().chain(cuts(*size as u64).map(|cut| size - cut as i64));
        for smaller in smaller.filter(|smaller| smaller < size) {
            let mut sizes = sizes.to_vec();
            sizes[index] = smaller;
            found.push(sizes);
        }
    }
    found
}

/// The program with each of the constants before an operation, of so many bytes, made to be of fewer.
fn resized(program: &Program, index: usize, before: i64, after: i64) -> Vec<Program> {
    let mut found = vec![];
    let (Ok(length), Ok(shorter)) = (usize::try_from(before), usize::try_from(after)) else { return found };
    for (at, operation) in program.operations.iter().enumerate().take(index) {
        let code = match operation.operands.first() {
            Some(Operand::Value(Value::Str(code))) if operation.kind == Kind::NewArray => item_size(code),
            _ => 1,
        };
        for (position, operand) in operation.operands.iter().enumerate() {
            let Operand::Value(value) = operand else { continue };
            let value = match value {
                Value::Bytes(bytes) if bytes.len() == length && shorter <= length => {
                    Value::Bytes(bytes[..shorter].into())
                }
                Value::List(items)
                    if items.len() * code == length && shorter.is_multiple_of(code) && shorter <= length =>
                {
                    Value::List(items[..shorter / code].to_vec())
                }
                Value::Int(size) if *size == before => Value::Int(after),
                _ => continue,
            };
            let mut smaller = program.clone();
            replace(&mut smaller, &(at, position, vec![]), value);
            found.push(smaller);
        }
    }
    found
}

/// Makes a format plainer, and bytes shorter by as much as an item is smaller.
pub(super) fn formats(search: &mut Search<'_>) -> bool {
    let mut progress = false;
    for index in 0..search.best.operations.len() {
        let Some(operation) = search.best.operations.get(index) else { continue };
        let parameters = operation.kind.row().parameters.iter();
        let is_format = |takes: Takes| matches!(takes, Takes::Format | Takes::Typecode);
        let Some(at) = parameters.clone().position(|parameter| is_format(parameter.takes)) else { continue };
        let format = match operation.operands.get(at) {
            Some(Operand::Value(Value::Str(format))) => format.clone(),
            _ => continue,
        };
        let mut candidates = vec![];
        for plainer in measure::FORMATS.chars().map(String::from) {
            let (size, smaller) = (item_size(&format), item_size(&plainer));
            let mut program = search.best.clone();
            replace(&mut program, &(index, at, vec![]), Value::Str(plainer.into()));
            for place in places(&search.best) {
                if let Some(Value::Bytes(bytes)) = constant(&search.best, &place)
                    && smaller < size
                {
                    let mut program = program.clone();
                    let length = bytes.len() / size * smaller;
                    replace(&mut program, &place, Value::Bytes(bytes[..length].into()));
                    candidates.push(program);
                }
            }
        }
        progress |= search.attempt_any(candidates);
    }
    progress
}
