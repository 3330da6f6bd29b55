//! Whether an operation will succeed, as far as the generator knows.
//!
//! Programs in a valid mood are made of what is believed to succeed (`mood.rs`), and what an operation is not believed to
//! give gets no name of its own, so that no later operation reads a name that nothing was bound to. What is said here of an
//! operation is what memoryview's documentation says of it, for the kinds of objects that programs have. Of a kind that
//! this file does not mention nothing is known, and it is believed to succeed.

use super::state::{Known, State, View};
use super::values::{self, Format, Items};
use super::{constant, name};
use program::{Kind, Operand, Operation, Value};

/// Whether an operation is believed to succeed.
pub(crate) fn succeeds(operation: &Operation, state: &State) -> bool {
    let asked = Asked { operation, state };
    match operation.kind {
        Kind::Plain | Kind::Tuple | Kind::List | Kind::Slice | Kind::NewHook | Kind::TypeOf | Kind::IsInstance => true,
        Kind::Is | Kind::IsNot | Kind::Eq | Kind::Ne | Kind::BoolOf | Kind::Arm | Kind::Unbind => true,
        Kind::NewExporter => state.described.as_ref().is_some_and(is_viewable),
        Kind::NewBytes | Kind::NewBytearray => asked.makes_bytes(),
        Kind::NewArray => asked.makes_an_array(),
        Kind::NewView => asked.bytes_like(0).is_some(),
        Kind::Request | Kind::GetBuffer => asked.gives_a_buffer(),
        Kind::GetContiguous => asked.gives_contiguous(),
        Kind::ReleaseBuffer => {
            let root = operation.operands.first().and_then(name);
            let has_method = matches!(asked.known(0), Known::Bytearray(_) | Known::Array(..) | Known::Exporter(_));
            has_method && asked.view_at(1).is_some_and(|view| view.root.is_some() && view.root == root)
        }
        Kind::Unpack | Kind::UnpackFrom | Kind::IterUnpack => asked.unpacks(),
        Kind::Get => asked.is_in_range(false),
        Kind::Set => asked.is_set(),
        Kind::Delete => asked.is_deleted(),
        Kind::Cast => asked.is_cast(),
        Kind::ToList => asked.view().is_some_and(is_native),
        Kind::ToBytes => asked.view().is_some() && asked.has_order(1),
        Kind::Hex => asked.view().is_some() && asked.is_separated(),
        Kind::Len => asked.view().is_some_and(|view| !view.shape.is_empty()) || asked.length(0).is_some(),
        Kind::ListOf | Kind::TupleOf if operation.operands.is_empty() => true,
        Kind::ListOf | Kind::TupleOf | Kind::Iter | Kind::Reversed => asked.items(0).is_some(),
        Kind::All | Kind::AnyOf => asked.items(0).is_some(),
        Kind::Sum => asked.items(0).is_some_and(|(format, _)| format.items != Items::Byte),
        Kind::Max | Kind::Min => asked.items(0).is_some_and(|(_, length)| length > 0),
        Kind::Sorted => asked.items(0).is_some(),
        Kind::Next => asked.has_next(),
        Kind::In | Kind::NotIn => asked.is_sought(),
        Kind::Hash => asked.is_hashed(),
        Kind::IntFromBytes => {
            let is_known = matches!(asked.value(1), Some(Value::Str(text)) if matches!(&**text, "little" | "big"));
            asked.bytes_like(0).is_some() && is_known
        }
        // Views have no order, and nothing that a program has is compared in another way.
        Kind::Lt | Kind::Le | Kind::Gt | Kind::Ge => false,
        Kind::Add => asked.is_joined(),
        Kind::InPlaceAdd | Kind::Extend => asked.is_extended(),
        Kind::InPlaceMultiply => asked.is_free(0) && matches!(asked.value(1), Some(Value::Int(0..=8))),
        Kind::Append => asked.is_free(0) && asked.is_element(1),
        Kind::Insert => asked.is_free(0) && matches!(asked.value(1), Some(Value::Int(_))) && asked.is_element(2),
        Kind::Pop => asked.is_free(0) && asked.is_popped(),
        Kind::Clear => asked.is_free(0) && matches!(asked.known(0), Known::Bytearray(_)),
        // Which items there are is not known.
        Kind::Remove => false,
        Kind::Reverse => matches!(asked.known(0), Known::Bytearray(_) | Known::Array(..)),
        Kind::Byteswap => matches!(asked.known(0), Known::Array(..)),
        Kind::FromBytes => asked.is_free(0) && asked.is_whole(),
        kind => match kind.row().parameters.first().map(|parameter| parameter.takes) {
            Some(program::operation::Takes::View) => asked.view().is_some(),
            _ => true,
        },
    }
}

/// Whether a view of so many dimensions can be made.
fn is_viewable(view: &View) -> bool {
    view.shape.len() <= 64
}

/// Whether items of the view can be read: their format is one of `cast`, and so is their size.
fn is_native(view: &View) -> bool {
    values::known(view.format.text) == Some(view.format)
}

/// Whether an item of a format can be set to a value.
pub(crate) fn fits(format: Format, value: &Value) -> bool {
    let bits = (format.size * 8).min(64) as u32;
    match (format.items, value) {
        (Items::Bool, _) => true,
        (Items::Byte, Value::Bytes(bytes)) => bytes.len() == 1,
        (Items::Signed | Items::Unsigned, Value::Bool(_)) => true,
        (Items::Signed, Value::Int(int)) => bits == 64 || (-(1 << (bits - 1))..1 << (bits - 1)).contains(int),
        (Items::Unsigned, Value::Int(int)) => *int >= 0 && (bits == 64 || *int < 1 << bits),
        (Items::Unsigned, Value::Big(int)) => bits == 64 && int.sign() == num_bigint::Sign::Plus && int.bits() <= 64,
        (Items::Float, Value::Int(int)) => int.unsigned_abs() < 60_000,
        (Items::Float, Value::Bool(_)) => true,
        (Items::Float, Value::Float(float)) => match format.size {
            _ if !float.is_finite() => true,
            2 => float.abs() < 65_520.0,
            4 => (*float as f32).is_finite(),
            _ => true,
        },
        _ => false,
    }
}

/// Whether an index is one of a dimension.
fn is_index(value: &Value, length: i64) -> bool {
    match value {
        Value::Int(index) => (length.saturating_neg()..length).contains(index),
        Value::Bool(index) => i64::from(*index) < length,
        _ => false,
    }
}

/// Whether a slice can be taken of something.
fn is_slice(parts: &[Value; 3]) -> bool {
    let is_part = |part: &Value| matches!(part, Value::None | Value::Int(_) | Value::Bool(_) | Value::Big(_));
    parts.iter().all(is_part) && !matches!(parts[2], Value::Int(0) | Value::Bool(false))
}

/// An operation, and what is known of its operands.
struct Asked<'a> {
    operation: &'a Operation,
    state: &'a State,
}

impl<'a> Asked<'a> {
    fn operand(&self, index: usize) -> Option<&'a Operand> {
        self.operation.operands.get(index)
    }

    fn known(&self, index: usize) -> &'a Known {
        self.operand(index).and_then(name).map_or(&Known::Other, |name| self.state.get(name))
    }

    fn value(&self, index: usize) -> Option<&'a Value> {
        self.operand(index).and_then(constant)
    }

    /// The view that the operation is done to, if it was not released.
    fn view(&self) -> Option<&'a View> {
        self.view_at(0)
    }

    fn view_at(&self, index: usize) -> Option<&'a View> {
        match self.known(index) {
            Known::View(view) if !view.is_released => Some(view),
            _ => None,
        }
    }

    /// The length of something that is no view.
    fn length(&self, index: usize) -> Option<i64> {
        match self.known(index) {
            Known::Bytes(length) | Known::Bytearray(length) | Known::Array(_, length) => Some(*length),
            _ => None,
        }
    }

    /// How many bytes something has of which a view can be made.
    fn bytes_like(&self, index: usize) -> Option<i64> {
        match (self.value(index), self.known(index)) {
            (Some(Value::Bytes(bytes)), _) => Some(bytes.len() as i64),
            (Some(_), _) => None,
            (None, Known::View(view)) if view.is_released => None,
            (None, Known::View(view) | Known::Exporter(view)) => is_viewable(view).then(|| view.bytes()),
            (None, Known::Bytes(length) | Known::Bytearray(length)) => Some(*length),
            (None, Known::Array(code, length)) => Some(length * values::of_typecode(*code).size),
            (None, _) => None,
        }
    }

    /// The format of the items that something gives, and their number.
    fn items(&self, index: usize) -> Option<(Format, i64)> {
        match (self.value(index), self.known(index)) {
            (Some(Value::Bytes(bytes)), _) => Some((values::FORMATS[0], bytes.len() as i64)),
            (Some(_), _) => None,
            (None, Known::View(view)) if !view.is_released && view.shape.len() == 1 && is_native(view) => {
                Some((view.format, view.length()))
            }
            (None, Known::Bytes(length) | Known::Bytearray(length)) => Some((values::FORMATS[0], *length)),
            (None, Known::Array(code, length)) => Some((values::of_typecode(*code), *length)),
            (None, _) => None,
        }
    }

    fn makes_bytes(&self) -> bool {
        match (self.operation.operands.len(), self.value(0)) {
            (0, _) => true,
            (1, Some(Value::Int(count))) => (0..=256).contains(count),
            (1, Some(Value::List(items) | Value::Tuple(items))) => {
                items.iter().all(|item| matches!(item, Value::Int(0..=255)))
            }
            (1, _) => self.bytes_like(0).is_some(),
            _ => false,
        }
    }

    fn makes_an_array(&self) -> bool {
        let Some(Value::Str(code)) = self.value(0) else { return false };
        let Some(format) = code.chars().next().filter(|code| values::TYPECODES.contains(code)) else { return false };
        let format = values::of_typecode(format);
        match (self.operand(1), self.value(1)) {
            (None, _) => true,
            (_, Some(Value::Bytes(bytes))) => bytes.len() as i64 % format.size == 0,
            (_, Some(Value::List(items))) => items.iter().all(|item| fits(format, item)),
            _ => matches!(self.known(1), Known::Bytes(length) | Known::Bytearray(length) if length % format.size == 0),
        }
    }

    /// What a consumer asks for is there.
    fn gives_a_buffer(&self) -> bool {
        // As of `PyBUF_WRITABLE` and its like; each includes those that it needs.
        let [writable, format, nd, strides, c, f, any] = [1, 4, 8, 0x18, 0x38, 0x58, 0x98];
        let Some(Value::Int(flags)) = self.value(1) else { return false };
        let has = |flag: i64| flags & flag == flag;
        match self.known(0) {
            Known::Bytes(_) => !has(writable),
            Known::Bytearray(_) | Known::Array(..) => true,
            Known::View(view) | Known::Exporter(view) => {
                let is_simple = view.is_contiguous && view.shape.len() == 1;
                !(view.is_released || view.is_readonly && has(writable))
                    && (is_simple || view.is_contiguous && has(nd) && !has(f) || has(0x118))
                    && (has(nd) || !has(format))
                    && (has(strides) || !(has(c) || has(any)) || is_simple)
            }
            _ => false,
        }
    }

    fn gives_contiguous(&self) -> bool {
        let is_known = matches!(self.value(2), Some(Value::Str(text)) if matches!(&**text, "C" | "F" | "A"));
        is_known && self.value(1) == Some(&Value::Bool(false)) && self.bytes_like(0).is_some()
    }

    fn unpacks(&self) -> bool {
        let Some(Value::Str(text)) = self.value(0) else { return false };
        let (Some(format), Some(bytes)) = (values::known(text), self.bytes_like(1)) else { return false };
        if matches!(self.known(1), Known::View(view) | Known::Exporter(view) if !view.is_contiguous) {
            return false;
        }
        match (self.operation.kind, self.operand(2)) {
            (Kind::Unpack, _) => bytes == format.size,
            (Kind::IterUnpack, _) => bytes % format.size == 0,
            (_, None) => bytes >= format.size,
            (_, Some(_)) => match self.value(2) {
                Some(Value::Int(offset)) => *offset >= 0 && offset.saturating_add(format.size) <= bytes,
                _ => false,
            },
        }
    }

    /// The key of a subscript is one that the container has. For a part that is written, more is needed than for one that is
    /// read.
    fn is_in_range(&self, is_written: bool) -> bool {
        match (self.known(0), self.value(1)) {
            // Most hooks answer with an index.
            (Known::View(view), None) => !view.is_released && *self.known(1) == Known::Hook,
            (_, None) => false,
            (Known::View(view), Some(key)) if !view.is_released => match key {
                Value::Int(_) | Value::Bool(_) => {
                    view.shape.len() == 1 && is_native(view) && is_index(key, view.length())
                }
                Value::Slice(parts) => {
                    is_slice(parts) && if is_written { view.shape.len() == 1 } else { !view.shape.is_empty() }
                }
                Value::Tuple(keys) => {
                    keys.len() == view.shape.len()
                        && is_native(view)
                        && keys.iter().zip(&view.shape).all(|(key, length)| is_index(key, *length))
                }
                Value::Ellipsis => view.shape.is_empty() && !is_written,
                _ => false,
            },
            (Known::View(_), _) => false,
            (Known::Bytes(length) | Known::Bytearray(length) | Known::Array(_, length), Some(key)) => match key {
                Value::Slice(parts) => is_slice(parts) && !is_written,
                key => is_index(key, *length),
            },
            _ => false,
        }
    }

    fn is_set(&self) -> bool {
        if !self.is_in_range(true) {
            return false;
        }
        match (self.known(0), self.value(1), self.value(2)) {
            (Known::View(view), _, _) if view.is_readonly => false,
            (Known::View(view), Some(Value::Slice(_)), given) => {
                let read = Operation::new(Kind::Get, program::Target::Discard, self.operation.operands.iter().cloned());
                let Known::View(part) = self.state.result(&read) else { return false };
                let takes = |format: Format, length| view.format.is_same(format) && length == part.length();
                match (given, self.known(2)) {
                    (Some(Value::Bytes(bytes)), _) => takes(values::FORMATS[0], bytes.len() as i64),
                    (Some(_), _) => false,
                    (None, Known::View(other)) => {
                        !other.is_released && view.format.is_same(other.format) && other.shape == part.shape
                    }
                    (None, Known::Bytes(length) | Known::Bytearray(length)) => takes(values::FORMATS[0], *length),
                    (None, Known::Array(code, length)) => takes(values::of_typecode(*code), *length),
                    _ => false,
                }
            }
            (Known::View(view), _, Some(item)) => fits(view.format, item),
            (Known::Bytearray(_), _, Some(item)) => matches!(item, Value::Int(0..=255)),
            (Known::Array(code, _), _, Some(item)) => fits(values::of_typecode(*code), item),
            _ => false,
        }
    }

    fn is_deleted(&self) -> bool {
        match (self.known(0), self.value(1)) {
            (Known::Bytearray(length) | Known::Array(_, length), Some(key)) if self.is_free(0) => match key {
                Value::Slice(parts) => is_slice(parts),
                key => is_index(key, *length),
            },
            _ => false,
        }
    }

    fn is_cast(&self) -> bool {
        let Some(view) = self.view() else { return false };
        let Known::View(cast) = self.state.result(self.operation) else { return false };
        let is_flat = |view: &View| view.shape.len() == 1;
        is_native(view)
            && !view.shape.contains(&0)
            && (is_flat(view) || is_flat(&cast))
            && (view.shape.len() < 65 && cast.shape.len() < 65)
    }

    fn has_order(&self, index: usize) -> bool {
        match self.value(index) {
            None | Some(Value::None) => true,
            Some(Value::Str(order)) => matches!(&**order, "C" | "F" | "A"),
            Some(_) => false,
        }
    }

    fn is_separated(&self) -> bool {
        let separator = match self.value(1) {
            None => true,
            Some(Value::Str(text)) => text.len() == 1 && text.is_ascii(),
            Some(Value::Bytes(bytes)) => bytes.len() == 1,
            Some(_) => false,
        };
        separator && matches!(self.value(2), None | Some(Value::Int(_) | Value::Bool(_)))
    }

    fn has_next(&self) -> bool {
        match self.known(0) {
            Known::Iterator(Some(view)) => {
                matches!(self.state.get(*view), Known::View(view) if !view.is_released && view.length() > 0)
            }
            Known::Iterator(None) => true,
            _ => false,
        }
    }

    fn is_sought(&self) -> bool {
        let is_comparable = match self.operand(0) {
            Some(Operand::Value(value)) => match self.known(1) {
                Known::View(_) | Known::Array(..) => true,
                Known::Bytes(_) | Known::Bytearray(_) => matches!(value, Value::Int(0..=255) | Value::Bytes(_)),
                _ => false,
            },
            _ => false,
        };
        is_comparable && self.items(1).is_some()
    }

    fn is_hashed(&self) -> bool {
        let view = match self.known(0) {
            Known::View(view) if view.is_hashed => return true,
            Known::View(view) if !view.is_released => view,
            known => return matches!(known, Known::Bytes(_)),
        };
        let root = view.root.map_or(&Known::Other, |root| self.state.get(root));
        view.is_readonly
            && matches!(view.format.text, "B" | "b" | "c")
            && view.hash.is_none()
            && matches!(root, Known::Bytes(_) | Known::Exporter(_))
    }

    fn is_joined(&self) -> bool {
        let is_left = matches!(
            (self.value(0), self.known(0)),
            (Some(Value::Bytes(_)), _) | (None, Known::Bytes(_) | Known::Bytearray(_))
        );
        is_left && self.bytes_like(1).is_some()
    }

    /// What an operation is done to can get longer: nothing is known to lock it.
    fn is_free(&self, index: usize) -> bool {
        matches!(self.known(index), Known::Bytearray(_) | Known::Array(..))
            && self.operand(index).and_then(name).is_some_and(|name| !self.state.is_locked(name))
    }

    fn is_extended(&self) -> bool {
        if !self.is_free(0) {
            return false;
        }
        match (self.known(0), self.known(1), self.value(1)) {
            (Known::Bytearray(_), _, _) => self.bytes_like(1).is_some(),
            (Known::Array(code, _), Known::Array(other, _), _) => code == other,
            (Known::Array(code, _), _, Some(Value::Bytes(bytes))) if self.operation.kind == Kind::Extend => {
                let format = values::of_typecode(*code);
                bytes.iter().all(|byte| fits(format, &Value::Int(i64::from(*byte))))
            }
            _ => false,
        }
    }

    fn is_element(&self, index: usize) -> bool {
        match (self.known(0), self.value(index)) {
            (Known::Bytearray(_), Some(value)) => matches!(value, Value::Int(0..=255) | Value::Bool(_)),
            (Known::Array(code, _), Some(value)) => fits(values::of_typecode(*code), value),
            _ => false,
        }
    }

    fn is_popped(&self) -> bool {
        let length = self.length(0).unwrap_or(0);
        match self.operand(1) {
            None => length > 0,
            Some(_) => self.value(1).is_some_and(|index| is_index(index, length)),
        }
    }

    fn is_whole(&self) -> bool {
        let Known::Array(code, _) = self.known(0) else { return false };
        self.bytes_like(1).is_some_and(|bytes| bytes % values::of_typecode(*code).size == 0)
    }
}
