//! Views in the place of exporters that are no part of Python: a cast gives any native format and any shape.

use program::{Kind, Operand, Operation, Program, Target, Value, bytes_literal, str_literal};

/// The sizes of the native formats that a view can be cast to, on the systems that programs are run on.
const SIZES: &[(&str, usize)] = &[("bBc?", 1), ("hH", 2), ("iIf", 4), ("lLqQnNd", 8)];

/// The text of a step that binds a name to an exporter, with a view instead. `None` if no view is like it.
pub(super) fn view_instead(program: &Program, step: usize) -> Option<String> {
    let [operation] = program.step(step) else { return None };
    let (Kind::NewExporter, Target::Name(name)) = (operation.kind, operation.target) else { return None };
    let Some(Operand::Value(Value::Bytes(data))) = operation.operands.first() else { return None };
    let (mut format, mut shape) = ("B", None);
    for (key, value) in named(operation) {
        match (key, value) {
            ("format", Operand::Value(Value::Str(text))) => format = text,
            ("shape", Operand::Value(Value::Tuple(axes) | Value::List(axes))) => shape = Some(lengths(axes)?),
            _ => return None,
        }
    }
    let is_of = |(codes, _): &&(&str, usize)| format.len() == 1 && codes.contains(format);
    let (_, size) = SIZES.iter().find(is_of)?;
    let count = match &shape {
        Some(shape) => shape.iter().product::<i64>(),
        None => (data.len() / size).max(1) as i64,
    };
    let mut data = data.to_vec();
    data.resize(usize::try_from(count).ok()? * size, 0);
    let cast = match (format, shape) {
        ("B", None) => String::new(),
        (format, None) => format!(".cast({})", str_literal(format)),
        (format, Some(shape)) => {
            let shape = Value::Tuple(shape.into_iter().map(Value::Int).collect());
            format!(".cast({}, {shape})", str_literal(format))
        }
    };
    Some(format!("{} = memoryview(bytearray({})){cast}", program.name_text(name), bytes_literal(&data)))
}

fn named(operation: &Operation) -> impl Iterator<Item = (&str, &Operand)> {
    let names = operation.keywords.as_deref().unwrap_or_default();
    let first = operation.operands.len().saturating_sub(names.len());
    names.iter().map(|name| &**name).zip(operation.operands.iter().skip(first))
}

/// The lengths of a shape. A cast refuses zeros, so that each is one then.
fn lengths(axes: &[Value]) -> Option<Vec<i64>> {
    let length = |axis: &Value| match axis {
        Value::Int(length) if (0..=64).contains(length) => Some((*length).max(1)),
        _ => None,
    };
    let lengths: Vec<i64> = axes.iter().map(length).collect::<Option<_>>()?;
    (lengths.iter().product::<i64>() <= 4096).then_some(lengths)
}
