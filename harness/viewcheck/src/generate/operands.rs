//! Generates an operand for each parameter of a row: mostly one that the parameter takes, sometimes an invalid one.

use super::state::{Known, State, View};
use super::values::{self, Items};
use super::{Source, hooks, iterators, name};
use program::operation::Takes;
use program::{Kind, Operand, Operation, Target, Value};

/// How often, of a hundred, an operand is of a kind that the operation can't use.
const MISFIT: usize = 3;
/// How often it is a name that was unbound.
const UNBOUND: usize = 1;

/// An operation that makes an exporter; an array only where there are arrays.
pub(crate) fn exporter(has_arrays: bool, source: &mut Source<'_>) -> Operation {
    let kind = source.pick(&[Kind::NewBytearray, Kind::NewBytearray, Kind::NewArray, Kind::NewArray, Kind::NewBytes]);
    operation_of_constants(if has_arrays || kind == Kind::NewBytes { kind } else { Kind::NewBytearray }, source)
}

fn operation_of_constants(kind: Kind, source: &mut Source<'_>) -> Operation {
    let operands = match kind {
        Kind::NewArray => array(source),
        _ => vec![Operand::Value(Value::Bytes(values::bytes(source)))],
    };
    Operation::new(kind, Target::Discard, operands)
}

/// A typecode, and items for it.
fn array(source: &mut Source<'_>) -> Vec<Operand> {
    let code = source.pick(values::TYPECODES);
    let format = values::of_typecode(code);
    let items = match source.below(4) {
        0 => {
            let mut bytes = values::bytes(source).into_vec();
            bytes.truncate(bytes.len() / format.size as usize * format.size as usize);
            Value::Bytes(bytes.into())
        }
        1 => Value::List((0..source.below(6)).map(|_| values::item(source, format.items, format.size)).collect()),
        _ => Value::List((0..source.below(7)).map(|_| small_item(source, format.items)).collect()),
    };
    vec![Operand::Value(Value::Str(code.to_string().into())), Operand::Value(items)]
}

fn small_item(source: &mut Source<'_>, items: Items) -> Value {
    match items {
        Items::Float => Value::Float(values::float(source)),
        _ => Value::Int(source.below(128) as i64),
    }
}

/// A kind, or where there is nothing yet that its operation could be done to, the kind that makes such a thing.
pub(crate) fn possible(kind: Kind, state: &State) -> Kind {
    let is_there = |fits: fn(&Known) -> bool| state.any(fits);
    if let Kind::Slice | Kind::Tuple | Kind::Arm = kind
        && !is_there(|known| *known == Known::Hook)
    {
        return Kind::NewHook;
    }
    match kind.row().parameters.first().map(|parameter| parameter.takes) {
        Some(Takes::Iterator) if !is_there(|known| matches!(known, Known::Iterator(_))) => match is_there(is_live_view)
        {
            true => Kind::Iter,
            false => Kind::NewView,
        },
        Some(Takes::Resizable) if !is_there(is_resizable) => Kind::NewBytearray,
        Some(Takes::Array) if !is_there(|known| matches!(known, Known::Array(..))) => Kind::NewArray,
        Some(Takes::View) if !is_there(is_live_view) => match is_there(is_resizable) {
            true => Kind::NewView,
            false => Kind::NewBytearray,
        },
        _ => kind,
    }
}

fn is_live_view(known: &Known) -> bool {
    matches!(known, Known::View(view) if !view.is_released)
}

fn is_resizable(known: &Known) -> bool {
    matches!(known, Known::Bytearray(_) | Known::Array(..))
}

/// An operation of that kind.
pub(crate) fn operation(kind: Kind, state: &State, source: &mut Source<'_>) -> Operation {
    match kind {
        Kind::NewArray if source.chance(90) => return operation_of_constants(kind, source),
        Kind::NewBytearray | Kind::NewBytes if source.chance(60) => return operation_of_constants(kind, source),
        _ => {}
    }
    let row = kind.row();
    let mut operation = Operation::new(kind, Target::Discard, []);
    for parameter in row.parameters {
        if parameter.optional
            && source.chance(if parameter.takes == Takes::Shape { cast_is_flat(&operation, state) } else { 50 })
        {
            break;
        }
        let operand = self::operand(parameter.takes, &operation, state, source);
        operation.operands.push(operand);
    }
    pass_by_keyword(&mut operation, source);
    operation
}

/// How often, of a hundred, a cast has no shape: from several dimensions there is only a way back to one.
fn cast_is_flat(operation: &Operation, state: &State) -> usize {
    match operation.operands.first().and_then(name).map(|name| state.get(name)) {
        Some(Known::View(view)) if view.shape.len() != 1 => 85,
        _ => 50,
    }
}

/// Names the last operand of a method that allows it, now and then.
fn pass_by_keyword(operation: &mut Operation, source: &mut Source<'_>) {
    if !matches!(operation.kind, Kind::Cast | Kind::ToBytes | Kind::Hex) || !source.chance(15) {
        return;
    }
    let last = operation.operands.len() - 1;
    if let Some(parameter) = operation.kind.row().parameters.get(last).filter(|_| last > 0) {
        operation.keywords = Some(Box::new([parameter.name.into()]));
    }
}

pub(crate) fn operand(takes: Takes, operation: &Operation, state: &State, source: &mut Source<'_>) -> Operand {
    // What the operation is done to, as far as it is known.
    let receiver = operation.operands.first().and_then(name).map_or(&Known::Other, |name| state.get(name));
    let view = match receiver {
        Known::View(view) => Some(view),
        _ => None,
    };
    let value = match takes {
        Takes::View if operation.kind == Kind::ReleaseBuffer && source.chance(80) => {
            let exporter = operation.operands.first().and_then(name);
            return named(state, source, |known| matches!(known, Known::View(view) if view.root == exporter));
        }
        Takes::View | Takes::Bytes | Takes::Exporter
            if let Some(iterator) = iterators::taken(operation.kind, state, source) =>
        {
            return Operand::Name(iterator);
        }
        Takes::View if operation.kind != Kind::Delete || source.chance(40) => {
            return a_view(operation.kind, state, source);
        }
        Takes::View => return a_resizable(state, source),
        Takes::Exporter if operation.kind == Kind::FromBytes && source.chance(60) => {
            let size = match receiver {
                Known::Array(code, _) => values::of_typecode(*code).size as usize,
                _ => 1,
            };
            Value::Bytes((0..size * source.below(4)).map(|_| source.byte()).collect())
        }
        Takes::Exporter if operation.kind == Kind::ReleaseBuffer && source.chance(80) => {
            return exporter_of_a_view(state, source);
        }
        Takes::Exporter => return an_exporter(state, source),
        Takes::Resizable if matches!(operation.kind, Kind::Clear | Kind::Reverse) && source.chance(80) => {
            return named(state, source, |known| matches!(known, Known::Bytearray(_)));
        }
        Takes::Resizable => return a_resizable(state, source),
        Takes::Array => return named(state, source, |known| matches!(known, Known::Array(..))),
        Takes::Iterator => return named(state, source, |known| matches!(known, Known::Iterator(_))),
        Takes::Any if operation.kind == Kind::GetContiguous => Value::Bool(source.chance(30)),
        Takes::Any if operation.kind == Kind::Unbind => return named(state, source, |known| *known != Known::Unbound),
        Takes::Any => return any(state, source),
        Takes::Bytes => match source.below(4) {
            0 => Value::Int(source.below(33) as i64),
            1 => Value::Bytes(values::bytes(source)),
            // No number of bytes that a machine would try to find the memory for.
            _ => match an_exporter(state, source) {
                Operand::Value(Value::Int(count)) => Value::Int(count.min(64)),
                operand => return operand,
            },
        },
        Takes::Key | Takes::Item | Takes::Element
            if let Some(hook) = hooks::asked(operation.kind, receiver, state, source) =>
        {
            return Operand::Name(hook);
        }
        Takes::Key => key(receiver, source),
        Takes::Flags => Value::Int(values::flags(source)),
        Takes::Index => values::index(source, length(receiver)),
        Takes::Item => match operation.operands.get(1) {
            Some(Operand::Value(Value::Slice(_))) => return slice_source(view, operation, state, source),
            _ => item(receiver, source),
        },
        Takes::Element => match operation.operands.first() {
            // `item in container` is asked before the container is known.
            None => match source.below(4) {
                0 => values::wrong(source),
                1 => Value::Float(values::float(source)),
                _ => Value::Int(source.below(10) as i64),
            },
            // Most exporters hold small numbers.
            Some(_) if operation.kind == Kind::Remove && source.chance(70) => Value::Int(source.below(4) as i64),
            Some(_) => item(receiver, source),
        },
        // From anything but bytes only bytes can be had.
        Takes::Format if view.is_some_and(|view| view.format.size > 1) && source.chance(75) => {
            Value::Str(source.pick(&["B", "B", "b", "c", "@B"]).into())
        }
        Takes::Format => Value::Str(values::format_text(source, view.map(View::bytes)).into()),
        Takes::Shape => shape(view, operation, source),
        Takes::Order if operation.kind == Kind::GetContiguous => Value::Str(source.pick(&["C", "F", "A"]).into()),
        Takes::Order => match source.below(10) {
            0..=2 => Value::Str("C".into()),
            3..=5 => Value::Str("F".into()),
            6 | 7 => Value::Str("A".into()),
            8 => Value::None,
            _ => source
                .pick(&[Some("c"), Some(""), Some("CC"), None])
                .map_or(Value::Int(1), |text| Value::Str(text.into())),
        },
        // No number that a machine would try to find the memory for.
        Takes::Times => match source.below(12) {
            0 => Value::Int(i64::MAX),
            1 => Value::None,
            times => Value::Int(times as i64 % 5 - 1),
        },
        Takes::Byteorder => Value::Str(source.pick(&["little", "big", "little", "middle"]).into()),
        Takes::Class => Value::Type(source.pick(&["memoryview", "bytes", "bytearray", "object"]).into()),
        Takes::Separator => match source.below(8) {
            0..=3 => Value::Str(source.pick(&[":", "-", " ", "_"]).into()),
            4 | 5 => Value::Bytes(Box::from(*b"-")),
            _ => source
                .pick(&[Some("::"), Some(""), Some("\u{e9}"), None])
                .map_or(Value::Int(1), |text| Value::Str(text.into())),
        },
        Takes::Group => match source.below(12) {
            0 => values::wrong(source),
            1 => values::int(source, 4),
            _ => Value::Int(source.below(9) as i64 - 4),
        },
        Takes::Typecode => match source.chance(90) {
            true => Value::Str(source.pick(values::TYPECODES).to_string().into()),
            false => Value::Str(source.pick(&["c", "?", "n", "@", "x"]).into()),
        },
        Takes::Items => match source.chance(50) {
            true => Value::Bytes(values::bytes(source)),
            false => Value::List((0..source.below(4)).map(|_| values::int(source, 4)).collect()),
        },
    };
    Operand::Value(value)
}

fn named(state: &State, source: &mut Source<'_>, fits: impl Fn(&Known) -> bool) -> Operand {
    let found = if source.errs(MISFIT) { None } else { state.find(source, fits) };
    match (state.unbound, found.or_else(|| state.find(source, Known::is_operand))) {
        (Some(unbound), _) if source.chance(UNBOUND) => Operand::Name(unbound),
        (_, Some(name)) => Operand::Name(name),
        // There is nothing that could be used.
        (_, None) => Operand::Name(state.find(source, |known| *known != Known::Unbound).unwrap_or(0)),
    }
}

fn a_view(kind: Kind, state: &State, source: &mut Source<'_>) -> Operand {
    let is_usual = |view: &View| match kind {
        Kind::Set => !view.is_readonly,
        Kind::Hash => view.is_readonly && matches!(view.format.text, "B" | "b" | "c" | "@B"),
        Kind::Cast => view.is_contiguous,
        Kind::Iter | Kind::Reversed | Kind::In | Kind::NotIn => view.shape.len() == 1,
        _ => true,
    };
    // What takes items treats a view without any as a case of its own.
    if matches!(kind, Kind::Iter | Kind::Reversed) && source.chance(20) {
        let is_empty = |view: &View| !view.is_released && view.shape.as_slice() == [0];
        if let Some(name) = state.find(source, |known| matches!(known, Known::View(view) if is_empty(view))) {
            return Operand::Name(name);
        }
    }
    // A view that has given its hash has it for ever.
    if kind == Kind::Hash && source.chance(20) {
        let is_kept = |view: &View| view.is_released && view.is_hashed;
        if let Some(name) = state.find(source, |known| matches!(known, Known::View(view) if is_kept(view))) {
            return Operand::Name(name);
        }
    }
    let wants_released = source.errs(5);
    let wants_usual = source.chance(80);
    named(state, source, |known| match known {
        Known::View(view) => view.is_released == wants_released && (!wants_usual || is_usual(view)),
        _ => false,
    })
}

/// A view that was not released, if there is one.
pub(crate) fn a_live_view(state: &State, source: &mut Source<'_>) -> Operand {
    named(state, source, is_live_view)
}

/// A bytearray or an array, mostly one that no view locks.
pub(crate) fn a_resizable(state: &State, source: &mut Source<'_>) -> Operand {
    if source.chance(60)
        && let Some(name) = state.find_named(source, |name, known| is_resizable(known) && !state.is_viewed(name))
    {
        return Operand::Name(name);
    }
    named(state, source, is_resizable)
}

/// What a view belongs to, if there is one.
fn exporter_of_a_view(state: &State, source: &mut Source<'_>) -> Operand {
    match state.find_named(source, |name, _| state.is_viewed(name)) {
        Some(name) => Operand::Name(name),
        None => an_exporter(state, source),
    }
}

fn an_exporter(state: &State, source: &mut Source<'_>) -> Operand {
    match source.below(10) {
        0 => Operand::Value(Value::Bytes(values::bytes(source))),
        1 if source.errs(100) => Operand::Value(values::wrong(source)),
        _ => named(state, source, |known| known.is_object() && known.is_operand()),
    }
}

fn any(state: &State, source: &mut Source<'_>) -> Operand {
    match source.chance(50) {
        true => named(state, source, |known| known.is_object() && *known != Known::Hook),
        false => Operand::Value(values::wrong(source)),
    }
}

fn length(known: &Known) -> i64 {
    match known {
        Known::Bytes(length) | Known::Bytearray(length) | Known::Array(_, length) => *length,
        Known::View(view) => view.length(),
        _ => 3,
    }
}

fn key(receiver: &Known, source: &mut Source<'_>) -> Value {
    let dimensions: &[i64] = match receiver {
        Known::View(view) => &view.shape,
        _ => &[],
    };
    match (dimensions, source.below(20)) {
        (_, 0) if source.errs(100) => values::wrong(source),
        (_, 1) if source.errs(100) => Value::Ellipsis,
        ([], 2..=10) if matches!(receiver, Known::View(_)) => Value::Tuple(vec![]),
        ([_, _, ..], 2..=11) | (_, 2) => {
            let mut items: Vec<Value> = dimensions.iter().map(|length| values::index(source, *length)).collect();
            match source.below(12) {
                0..=3 if !source.errs(100) => {}
                0 => _ = items.pop(),
                1 => items.push(Value::Int(0)),
                2 => items
                    .iter_mut()
                    .for_each(|item| *item = Value::Slice(Box::new([Value::None, Value::None, Value::None]))),
                3 => items.push(Value::Slice(Box::new([Value::None, Value::Int(1), Value::None]))),
                _ => {}
            }
            Value::Tuple(items)
        }
        ([_, _, ..], 12..=16) | (_, 3..=11) => values::slice(source, length(receiver)),
        _ => values::index(source, length(receiver)),
    }
}

fn item(receiver: &Known, source: &mut Source<'_>) -> Value {
    let format = match receiver {
        Known::View(view) => view.format,
        Known::Array(code, _) => values::of_typecode(*code),
        _ => values::FORMATS[0],
    };
    values::item(source, format.items, format.size)
}

/// Something to assign to a part of a view: bytes of the right number, or a view that may well overlap it.
fn slice_source(view: Option<&View>, operation: &Operation, state: &State, source: &mut Source<'_>) -> Operand {
    let Some(view) = view else { return an_exporter(state, source) };
    let count = match state.result(&Operation::new(Kind::Get, Target::Discard, operation.operands.iter().cloned())) {
        Known::View(part) => part.length(),
        _ => view.length(),
    };
    if source.chance(45) {
        let fits = |known: &Known| match known {
            Known::View(other) => {
                !other.is_released && view.format.is_same(other.format) && other.shape.as_slice() == [count]
            }
            Known::Array(code, length) => view.format.is_same(values::of_typecode(*code)) && *length == count,
            _ => false,
        };
        if let Some(name) = state.find(source, fits) {
            return Operand::Name(name);
        }
    }
    if view.format.is_same(values::FORMATS[0]) && source.chance(60) {
        let length = if source.chance(90) { count } else { count + 1 };
        return Operand::Value(Value::Bytes((0..length.clamp(0, 64)).map(|_| source.byte()).collect()));
    }
    an_exporter(state, source)
}

/// A shape for a cast: the sizes multiply to the number of items, mostly.
fn shape(view: Option<&View>, operation: &Operation, source: &mut Source<'_>) -> Value {
    let size = match operation.operands.get(1) {
        Some(Operand::Value(Value::Str(text))) => values::known(text).map_or(1, |format| format.size),
        _ => 1,
    };
    let mut rest = view.map_or(6, View::bytes) / size;
    let mut sizes = Vec::new();
    let dimensions = match source.below(40) {
        0 => source.pick(&[0, 63, 64, 65]),
        1..=5 => 0,
        6..=14 => 1,
        15..=30 => 2,
        _ => 3,
    };
    for dimension in 1..=dimensions {
        let last = dimension == dimensions;
        let divisors =
            [1, 2, 3, 4, 5, 8].map(|divisor| if rest % divisor == 0 && dimensions < 9 { divisor } else { 1 });
        let factor = if last { rest } else { source.pick(&divisors) };
        rest /= factor.max(1);
        sizes.push(Value::Int(factor));
    }
    match source.below(24) {
        0..=2 if !source.errs(100) => Value::List(sizes),
        0 => values::wrong(source),
        1 => {
            let wrong = values::int(source, 4);
            if let Some(first) = sizes.first_mut() {
                *first = wrong;
            }
            Value::List(sizes)
        }
        2 => {
            sizes.push(values::wrong(source));
            Value::List(sizes)
        }
        3..=8 => Value::Tuple(sizes),
        _ => Value::List(sizes),
    }
}
