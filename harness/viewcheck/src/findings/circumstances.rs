//! The circumstances of a difference: what is particular about the views that its operation takes.
//!
//! An operation can be wrong for several reasons, such as one for floats and another one for views with a negative
//! stride. The outcome is then the same, for example `False` for `True`, and only the operands tell the causes apart.
//! A view of one dimension and of format `B` whose items lie side by side has no circumstances.

use program::{Observation, Operand, Operation, Outcome, Program, Syntax, Target, Trace, Value, ViewState};
use std::collections::BTreeSet;

/// The circumstances of the last operation of a step: those of the views that its names were bound to, and of a
/// subscript that is a slice.
pub(super) fn of(program: &Program, step: usize, expected: &Trace) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    let Some(operation) = program.last_operation(step).and_then(|at| program.operations.get(at)) else { return found };
    for operand in &operation.operands {
        if let Operand::Name(name) = operand
            && let Some(Value::View(view)) = bound(program, Target::Name(*name), step, expected)
        {
            found.extend(of_view(&view));
        }
    }
    if has_step(program, operation, step, expected) {
        found.insert("step");
    }
    found
}

/// The value that a target had before a step: the one that was seen when it was bound. What raised has bound nothing.
pub(super) fn bound(program: &Program, target: Target, step: usize, expected: &Trace) -> Option<Value> {
    let binds = |step: &usize| program.step(*step).last().is_some_and(|operation| operation.target == target);
    (0..step).rev().filter(binds).find_map(|step| {
        match expected.observation(step).map(|Observation { outcome, .. }| outcome) {
            Some(Outcome::Value(value)) => Some(value),
            _ => None,
        }
    })
}

fn of_view(view: &ViewState) -> Vec<&'static str> {
    if view.released {
        return vec![];
    }
    let is_reversed = view.strides.iter().any(|stride| *stride < 0);
    [
        (view.shape.is_empty(), "0-d"),
        (view.shape.len() > 1, "n-d"),
        (is_reversed, "reversed"),
        (!is_reversed && !is_contiguous(view), "stepped"),
        (view.shape.contains(&0), "empty"),
        (!view.suboffsets.is_empty(), "suboffsets"),
    ]
    .into_iter()
    .filter_map(|(is_so, circumstance)| is_so.then_some(circumstance))
    .chain(of_format(&view.format))
    .collect()
}

/// Whether the items lie side by side in the order of their indices. The stride of a dimension of one item does not matter.
fn is_contiguous(view: &ViewState) -> bool {
    let mut distance = view.itemsize;
    let side_by_side = view.shape.iter().zip(&view.strides).rev().all(|(length, stride)| {
        let fits = *length == 1 || *stride == distance;
        distance = distance.saturating_mul(*length);
        fits
    });
    side_by_side || view.shape.contains(&0)
}

fn of_format(format: &str) -> Option<&'static str> {
    Some(match format.strip_prefix('@').unwrap_or(format) {
        "B" => return None,
        "?" => "bool",
        "c" => "char",
        "b" | "h" | "H" | "i" | "I" | "l" | "L" | "q" | "Q" | "n" | "N" | "P" => "int",
        "e" | "f" | "d" => "float",
        _ => "other",
    })
}

/// Whether an operation has a subscript with a slice whose step is not 1.
fn has_step(program: &Program, operation: &Operation, step: usize, expected: &Trace) -> bool {
    let takes_key = matches!(operation.kind.row().syntax, Syntax::Get | Syntax::Set | Syntax::Delete);
    match operation.operands.get(1).filter(|_| takes_key) {
        Some(Operand::Value(key)) => is_stepping(key),
        Some(Operand::Name(name)) => {
            bound(program, Target::Name(*name), step, expected).is_some_and(|key| is_stepping(&key))
        }
        _ => false,
    }
}

fn is_stepping(key: &Value) -> bool {
    match key {
        Value::Slice(parts) => !matches!(parts[2], Value::None | Value::Int(1) | Value::Bool(true)),
        Value::Tuple(keys) => keys.iter().any(is_stepping),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::reference::Reference;
    use engine::{Abi, Engine, Profile, Version, Watch};
    use program::Parser;
    use rstest::rstest;

    #[rstest]
    #[case::plain(&["m = memoryview(b'ab')", "m[0]"], &[])]
    #[case::no_view(&["data = b'ab'", "data[::2]"], &["step"])]
    #[case::scalar(&["m = memoryview(b'a').cast('B', ())", "m.tolist()"], &["0-d"])]
    #[case::dimensions(&["m = memoryview(b'abcd').cast('B', (2, 2))", "m.tolist()"], &["n-d"])]
    #[case::backwards(&["m = memoryview(b'abcd')[::-1]", "m.tolist()"], &["reversed"])]
    #[case::with_gaps(&["m = memoryview(b'abcd')[::2]", "m.tolist()"], &["stepped"])]
    #[case::one_item(&["m = memoryview(b'abcd')[::4]", "m.tolist()"], &[])]
    #[case::nothing(&["m = memoryview(b'abcd')[2:2]", "m.tolist()"], &["empty"])]
    #[case::native_bytes(&["m = memoryview(b'abcd').cast('@B')", "m.tolist()"], &[])]
    #[case::bools(&["m = memoryview(b'abcd').cast('?')", "m.tolist()"], &["bool"])]
    #[case::chars(&["m = memoryview(b'abcd').cast('c')", "m.tolist()"], &["char"])]
    #[case::ints(&["m = memoryview(b'abcd').cast('h')", "m.tolist()"], &["int"])]
    #[case::floats(&["m = memoryview(b'abcd').cast('@f')", "m.tolist()"], &["float"])]
    #[case::other_format(&["m = exporter(b'abcd', format='<i', itemsize=4, shape=(1,))", "v = memoryview(m)", "v.format"], &["other"])]
    #[case::both_operands(
        &["m = memoryview(b'abcd').cast('f')", "n = memoryview(b'abcd')[::2]", "m == n"],
        &["float", "stepped"]
    )]
    #[case::other_view(&["m = memoryview(b'abcd').cast('f')", "n = memoryview(b'abcd')", "n.tolist()"], &[])]
    #[case::bound_again(&["m = memoryview(b'abcd').cast('f')", "m = memoryview(b'abcd')", "m.tolist()"], &[])]
    #[case::not_bound_again(&["m = memoryview(b'abcd').cast('f')", "m = memoryview(1)", "m.tolist()"], &["float"])]
    #[case::released(&["m = memoryview(b'abcd')[::2]", "m.release()", "m.release()"], &["stepped"])]
    #[case::step(&["m = memoryview(b'abcd')", "m[::2]"], &["step"])]
    #[case::step_of_one(&["m = memoryview(b'abcd')", "m[::1]"], &[])]
    #[case::named_key(&["m = memoryview(b'abcd')", "key = slice(0, 4, -1)", "m[key]"], &["step"])]
    fn circumstances_are_those_of_the_operands(#[case] steps: &[&str], #[case] expected: &[&str]) {
        let mut parser = Parser::new();
        steps.iter().for_each(|step| parser.step(step).unwrap());
        let program = parser.finish();
        let mut trace = Trace::new();
        Reference::new(Profile::new(Version::new(3, 13, 0), Abi::Lp64)).run(&program, Watch::End, &mut trace).unwrap();
        let found: Vec<_> = of(&program, program.steps.len() - 1, &trace).into_iter().collect();
        assert_eq!(found, expected);
    }
}
