//! Replaces exporters that are no part of Python: by a bytearray or bytes and a cast, or else by one that `ctypes` gives.

use super::places::{self, Place};
use super::{Search, exporter};
use exporter::{CTYPES, Described};
use program::{Kind, Operand, Operation, Program, Target, Value};
use std::iter::once;

/// Makes views of plain memory in place of exporters, or exporters that are nearer to what Python has.
pub(super) fn plain(search: &mut Search<'_>) -> bool {
    let mut progress = false;
    for place in places::backwards(&search.best) {
        let Some(operation) = place.get(&search.best).filter(|operation| operation.kind == Kind::NewExporter) else {
            continue;
        };
        let Some(described) = Described::of(operation) else { continue };
        let mut candidates = casts(&search.best, place, &described);
        candidates.extend(by_ctypes(&described).into_iter().map(|other| {
            let target = operation.target;
            search.with(place, |operation| *operation = Operation { target, ..other })
        }));
        progress |= search.attempt_any(candidates);
    }
    progress
}

/// The shapes to try: its own as far as it has items, fewer items in as many dimensions, and those of one dimension and none.
fn shapes(described: &Described<'_>) -> Vec<Vec<usize>> {
    let own: Vec<usize> = described.shape.iter().map(|axis| (*axis).max(1)).collect();
    let mut shapes = vec![own.clone(), vec![1; own.len()], vec![1], vec![]];
    shapes.retain(|shape| shape.len() <= 64 && shape.iter().product::<usize>() <= 4096);
    shapes.dedup();
    shapes
}

/// So many bytes of the content, with zeros for what it lacks.
fn content(described: &Described<'_>, length: usize) -> Value {
    let mut content = described.data.to_vec();
    content.resize(length, 0);
    Value::Bytes(content.into())
}

fn axes(shape: &[usize]) -> Operand {
    Operand::Value(Value::Tuple(shape.iter().map(|axis| Value::Int(*axis as i64)).collect()))
}

fn str(text: &str) -> Operand {
    Operand::Value(Value::Str(text.into()))
}

/// The program with views of a bytearray or bytes that are cast.
fn casts(program: &Program, place: Place, described: &Described<'_>) -> Vec<Program> {
    let native = described.format.filter(|format| exporter::item_size(format).is_some()).unwrap_or("B");
    let size = exporter::item_size(native).unwrap_or(1);
    let mut found = vec![];
    for shape in shapes(described) {
        let is_one = matches!(shape.as_slice(), [_]);
        let cast = match (native, is_one) {
            ("B", true) => None,
            (native, true) => Some(vec![str(native)]),
            (native, false) => Some(vec![str(native), axes(&shape)]),
        };
        let step = described.strides.as_deref().and_then(|strides| match strides {
            [stride] if is_one && *stride != 0 && stride % size as i64 == 0 => Some(stride / size as i64),
            _ => None,
        });
        for step in once(None).chain(step.filter(|step| *step != 1).map(Some)) {
            let items = shape.iter().product::<usize>();
            let gaps = step.map_or(1, |step| step.unsigned_abs().min(64) as usize);
            let data = content(described, size * (items.saturating_sub(1) * gaps + items.min(1)));
            let plain = Plain { data, is_readonly: described.is_readonly, cast: cast.clone(), step };
            found.extend(plain.cast_where_it_is_viewed(program, place));
            found.extend(plain.cast_at_once(program, place));
        }
    }
    found
}

/// Plain memory, and how a view of it is cast and sliced to be like an exporter.
struct Plain {
    data: Value,
    is_readonly: bool,
    cast: Option<Vec<Operand>>,
    step: Option<i64>,
}

impl Plain {
    /// The operation that makes the memory.
    fn memory(&self, target: Target) -> Operation {
        let kind = if self.is_readonly { Kind::Plain } else { Kind::NewBytearray };
        Operation::new(kind, target, [Operand::Value(self.data.clone())])
    }

    /// A view of something, cast and sliced. `temp` is the first temporary that nothing has.
    fn view(&self, of: Operand, mut temp: u16, target: Target) -> Vec<Operation> {
        let mut made = vec![Operation::new(Kind::NewView, target, [of])];
        let mut then = |kind: Kind, rest: Vec<Operand>| {
            if let Some(last) = made.last_mut() {
                last.target = Target::Temp(temp);
            }
            made.push(Operation::new(kind, target, once(Operand::Temp(temp)).chain(rest)));
            temp += 1;
        };
        if let Some(cast) = &self.cast {
            then(Kind::Cast, cast.clone());
        }
        if let Some(step) = self.step {
            let slice = Value::Slice(Box::new([Value::None, Value::None, Value::Int(step)]));
            then(Kind::Get, vec![Operand::Value(slice)]);
        }
        made
    }

    /// The program with a view of the memory in the place of the exporter.
    fn cast_at_once(&self, program: &Program, place: Place) -> Option<Program> {
        let (temp, target) = (free_temp(program), place.get(program)?.target);
        let mut operations = vec![self.memory(Target::Temp(temp))];
        operations.extend(self.view(Operand::Temp(temp), temp + 1, target));
        places::spliced(program, place, place.index, operations)
    }

    /// The program with the memory in the place of the exporter, and a cast where a view of it is made.
    fn cast_where_it_is_viewed(&self, program: &Program, place: Place) -> Option<Program> {
        let Target::Name(name) = place.get(program)?.target else { return None };
        let mut found = program.clone();
        *place.list_mut(&mut found)?.get_mut(place.index)? = self.memory(Target::Name(name));
        for viewed in places::backwards(program) {
            let Some(operation) = viewed.get(program) else { continue };
            if operation.kind == Kind::NewView && operation.operands.as_slice() == [Operand::Name(name)] {
                let operations = self.view(Operand::Name(name), free_temp(&found), operation.target);
                found = places::spliced(&found, viewed, viewed.index, operations)?;
            }
        }
        Some(found)
    }
}

/// The first temporary that no operation has.
fn free_temp(program: &Program) -> u16 {
    program.all_operations().map(|operation| operation.temps().end).max().unwrap_or(0)
}

/// Exporters that `ctypes` gives, of the same kind first.
fn by_ctypes(described: &Described<'_>) -> Vec<Operation> {
    let code = described.format.map_or("B", |format| format.trim_start_matches(['@', '=', '<', '>', '!']));
    let own = [format!("<{code}"), format!(">{code}")];
    let (mut rows, others): (Vec<_>, Vec<_>) =
        CTYPES.iter().partition(|(format, ..)| own.iter().any(|own| own == format));
    rows.extend(others);
    let mut found = vec![];
    for shape in shapes(described) {
        for (format, _, size) in &rows {
            let data = content(described, size * shape.iter().product::<usize>());
            let mut operands = vec![Operand::Value(data), str(format), Operand::Value(Value::Int(*size as i64))];
            let mut keywords: Vec<Box<str>> = vec!["format".into(), "itemsize".into()];
            if shape.len() != 1 {
                operands.push(axes(&shape));
                keywords.push("shape".into());
            }
            if described.is_readonly {
                operands.push(Operand::Value(Value::Bool(true)));
                keywords.push("readonly".into());
            }
            let mut operation = Operation::new(Kind::NewExporter, Target::Discard, operands);
            operation.keywords = Some(keywords.into());
            found.push(operation);
        }
    }
    found
}
