//! Which objects run code of the program when they are asked for something, and which operations are modelled with those
//! of classes that are derived from built-in types: C takes such an object for one of the built-in type in some places, and
//! asks its methods in others.

use super::parent::is_parent;
use super::{Instance, as_class, as_instance, is_derived};
use crate::nested;
use crate::object::Object;
use crate::types::bytesio::BytesIo;
use crate::types::hook;
use program::{Kind, Operation, Syntax};

/// What is asked of an object whose buffer is requested.
const BUFFER: &str = "__buffer__";

/// The methods by which an object is converted while something else is in the middle of its work.
const CONVERSIONS: &[&str] = &[
    "__bool__",
    BUFFER,
    "__bytes__",
    "__complex__",
    "__eq__",
    "__float__",
    "__ge__",
    "__getitem__",
    "__gt__",
    "__hash__",
    "__index__",
    "__int__",
    "__iter__",
    "__le__",
    "__len__",
    "__lt__",
    "__ne__",
    "__next__",
    "__repr__",
    "__str__",
];

/// Returns whether an object is one that code of the program converts.
pub(crate) fn is_converted(object: &Object) -> bool {
    let is_asked = |instance: &Instance| CONVERSIONS.iter().any(|name| instance.has(name));
    as_instance(object).is_some_and(|instance| instance.payload.is_some() || is_asked(instance))
}

/// Returns whether an operation has an operand of a class that is derived from a built-in type, or one that contains such an
/// object, and is not modelled with it.
pub(crate) fn is_unknown_of_derived(operation: &Operation, operands: &[Object]) -> bool {
    // Asked of every operand: most can neither be one nor contain any.
    let can_be =
        |object: &Object| matches!(object, Object::Instance(_) | Object::List(_) | Object::Tuple(_) | Object::Slice(_));
    operands.iter().any(|operand| can_be(operand) && nested::any(operand, is_derived)) && !is_known(operation, operands)
}

fn is_known(operation: &Operation, operands: &[Object]) -> bool {
    let is_alone_in = || match (operation.kind, operands) {
        (Kind::In | Kind::NotIn, [item, container]) => as_instance(container).is_some() && !hook::has_hook(item),
        (Kind::ListOf | Kind::TupleOf | Kind::Sum | Kind::Sorted | Kind::Max | Kind::Min, [items]) => {
            as_instance(items).is_some()
        }
        _ => false,
    };
    is_used_by_view(operation, operands) || is_own_business(operation, operands) || is_alone_in()
}

/// Whether a view is what asks, or nothing is asked at all.
fn is_used_by_view(operation: &Operation, operands: &[Object]) -> bool {
    match operation.kind {
        Kind::Get | Kind::Set | Kind::Hold => matches!(operands, [Object::View(_), ..]),
        Kind::In | Kind::NotIn => matches!(operands, [_, Object::View(_)]),
        Kind::NewHook | Kind::Arm | Kind::Hash | Kind::NewView | Kind::Lookup => true,
        Kind::Tuple | Kind::List | Kind::Slice | Kind::TypeOf => true,
        _ => false,
    }
}

/// Whether an operation is about an object of the program alone, which is asked when everything else is done.
fn is_own_business(operation: &Operation, operands: &[Object]) -> bool {
    let is_object = |at: usize| operands.get(at).is_some_and(|operand| as_instance(operand).is_some());
    let is_own = is_object(0) || operands.first().is_some_and(|first| as_class(first).is_some() || is_parent(first));
    // A method of a built-in type says itself what it has not modelled.
    let is_of_base = operands.first().is_some_and(|first| is_derived(first) || is_parent(first));
    let is_its_own = match operation.kind {
        Kind::CallObject => true,
        Kind::GetBuffer | Kind::ReleaseBuffer => is_own,
        Kind::AnyMethod | Kind::AnyAttribute | Kind::HoldAttribute | Kind::SetAttribute | Kind::DeleteAttribute => {
            is_own
        }
        Kind::Len | Kind::BoolOf | Kind::Hash | Kind::Iter | Kind::Next | Kind::TypeOf | Kind::IsInstance => is_own,
        Kind::Set if let [Object::Bytearray(_), Object::Slice(_), value] = operands => is_derived(value),
        Kind::Get | Kind::Hold | Kind::Set | Kind::Delete => is_own,
        Kind::Is | Kind::IsNot => true,
        Kind::Str | Kind::Repr | Kind::Field => {
            operands.first().is_some_and(|first| !nested::any(first, hook::is_hook))
        }
        Kind::IntOf => is_alone(operands) && !operands.iter().any(is_derived),
        Kind::Reversed | Kind::NewBytes | Kind::NewBytearray => is_alone(operands),
        // What they take from it one after the other.
        Kind::ListOf | Kind::TupleOf | Kind::Sum | Kind::Sorted | Kind::All | Kind::AnyOf => is_alone(operands),
        Kind::Max | Kind::Min => operation.keywords.is_none() && operands.iter().all(is_direct),
        Kind::Extend if !is_of_base => matches!(operands, [Object::Bytearray(_) | Object::List(_), _]) && is_object(1),
        Kind::In | Kind::NotIn => is_object(1) && operands.first().is_some_and(|item| !hook::has_hook(item)),
        Kind::Add | Kind::Multiply | Kind::InPlaceAdd | Kind::InPlaceMultiply if operands.iter().any(is_derived) => {
            operands.iter().all(|operand| is_derived(operand) || !hook::has_hook(operand))
        }
        Kind::Eq | Kind::Ne => operands.iter().all(is_direct),
        Kind::Lt | Kind::Le | Kind::Gt | Kind::Ge => operands.iter().all(is_direct),
        _ if is_of_base => matches!(operation.kind.row().syntax, Syntax::Method(_) | Syntax::Attribute(_)),
        _ => false,
    };
    is_its_own || requests(operation, operands)
}

/// Whether an operation asks one of its operands for nothing but its buffer, once, and has nothing else to ask.
///
/// case: classes-are-asked-for-buffers
fn requests(operation: &Operation, operands: &[Object]) -> bool {
    let is_raw = |object: &Object| matches!(object, Object::Bytes(_) | Object::Bytearray(_));
    let mut hooks = (0..).zip(operands).filter(|(_, operand)| hook::has_hook(operand));
    let (Some((at, object)), None) = (hooks.next(), hooks.next()) else { return false };
    if as_instance(object).is_none_or(|instance| CONVERSIONS.iter().any(|name| *name != BUFFER && instance.has(name))) {
        return false;
    }
    match (operation.kind, operands) {
        (Kind::Add | Kind::InPlaceAdd, [left, _]) => at == 1 && is_raw(left),
        (Kind::In | Kind::NotIn, [_, right]) => at == 0 && is_raw(right),
        (Kind::Set, [Object::Bytearray(_), Object::Slice(_), _]) => at == 2,
        (Kind::Request | Kind::IntFromBytes, _) => at == 0,
        (Kind::Unpack | Kind::UnpackFrom | Kind::PackInto, _) => at == 1,
        (Kind::AnyMethod, [stream, ..]) => {
            at == 2 && stream.downcast::<BytesIo>().is_some() && operation.own_name(1) == Some("readinto")
        }
        _ => false,
    }
}

/// Whether objects are ordered by their bytes, one of which would be asked for its buffer.
pub(crate) fn is_ordered_as_bytes(operands: [&Object; 2]) -> bool {
    let exports = |object: &Object| as_instance(object).is_some_and(|instance| instance.has(BUFFER));
    operands.iter().any(|operand| matches!(operand, Object::Bytearray(_))) && operands.into_iter().any(exports)
}

/// Whether an object of the program is the only operand.
fn is_alone(operands: &[Object]) -> bool {
    matches!(operands, [object] if as_instance(object).is_some())
}

/// Whether an operand is such an object or has nothing to do with one.
fn is_direct(object: &Object) -> bool {
    as_instance(object).is_some() || !hook::has_hook(object)
}
