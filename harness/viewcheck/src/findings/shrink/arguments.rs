//! Passes that change how an operation is called: fewer arguments, none by keyword, plainer exporters.

use super::{Search, exporter, measure, places};
use program::operation::Takes;
use program::{Kind, Operand, Operation, Program, Syntax, Value};
use smallvec::smallvec;

/// Leaves out the last arguments, and any item of a display.
pub(super) fn fewer(search: &mut Search<'_>) -> bool {
    let mut progress = false;
    for place in places::backwards(&search.best) {
        let Some(operation) = place.get(&search.best) else { continue };
        let count = operation.operands.len();
        let droppable = match operation.kind.row().syntax {
            Syntax::Tuple | Syntax::List => 0..count,
            Syntax::Call(_) => 0..count,
            Syntax::Method(_) | Syntax::AnyCall => 1..count,
            Syntax::AnyMethod => 2..count,
            _ => continue,
        };
        for argument in droppable.rev() {
            let candidate = search.with(place, |operation| remove(operation, argument));
            progress |= search.attempt(candidate);
        }
    }
    progress
}

/// Removes an operand, and its keyword.
fn remove(operation: &mut Operation, argument: usize) {
    if argument >= operation.operands.len() {
        return;
    }
    let positional = operation.operands.len() - operation.keyword_count().min(operation.operands.len());
    operation.operands.remove(argument);
    if let (Some(keywords), Some(at)) = (&mut operation.keywords, argument.checked_sub(positional)) {
        let mut names = std::mem::take(keywords).into_vec();
        if at < names.len() {
            names.remove(at);
        }
        operation.keywords = (!names.is_empty()).then(|| names.into_boxed_slice());
    }
}

/// Passes every argument by position.
pub(super) fn positional(search: &mut Search<'_>) -> bool {
    let mut progress = false;
    for place in places::backwards(&search.best) {
        if place.get(&search.best).is_some_and(|operation| operation.keyword_count() > 0) {
            let candidate = search.with(place, |operation| operation.keywords = None);
            progress |= search.attempt(candidate);
        }
    }
    progress
}

/// Makes plain bytes or a bytearray in place of other exporters.
pub(super) fn simpler_exporters(search: &mut Search<'_>) -> bool {
    let mut progress = false;
    for place in places::backwards(&search.best) {
        let Some(operation) = place.get(&search.best) else { continue };
        let contents = contents(operation);
        let candidates: Vec<Program> = contents
            .into_iter()
            .flat_map(|content| [(Kind::Plain, content.clone()), (Kind::NewBytearray, content)])
            .filter(|(kind, _)| *kind == Kind::Plain || measure::maker_rank(operation.kind) > 1)
            .map(|(kind, content)| {
                search.with(place, |operation| {
                    operation.kind = kind;
                    operation.operands = smallvec![Operand::Value(content)];
                    operation.keywords = None;
                })
            })
            .collect();
        progress |= search.attempt_any(candidates);
    }
    progress
}

/// Bytes that an exporter made by this operation may hold.
pub(super) fn contents(operation: &Operation) -> Vec<Value> {
    if !operation.kind.makes() || !operation.kind.row().gives.is_exporter() {
        return vec![];
    }
    let zeros = |count: usize| Value::Bytes(vec![0; count.min(1024)].into());
    let size = match operation.constant_for(Takes::Typecode) {
        Some(Value::Str(code)) => exporter::item_size(code).unwrap_or(1),
        _ => 1,
    };
    match operation.constant_for(Takes::Bytes).or(operation.constant_for(Takes::Items)) {
        Some(Value::Bytes(bytes)) => vec![Value::Bytes(bytes.clone())],
        Some(Value::Int(count @ 0..=1024)) => vec![zeros(*count as usize)],
        Some(Value::List(items)) => {
            packed(items, size).into_iter().chain([zeros(items.len()), zeros(items.len() * size)]).collect()
        }
        _ => vec![zeros(0), zeros(8)],
    }
}

/// The bytes of ints of that size, with the least first.
fn packed(items: &[Value], size: usize) -> Option<Value> {
    let mut bytes = vec![];
    for item in items.iter().take(1024) {
        let Value::Int(item) = item else { return None };
        bytes.extend_from_slice(item.to_le_bytes().get(..size)?);
    }
    Some(Value::Bytes(bytes.into()))
}
