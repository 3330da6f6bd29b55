//! Faults around objects of the program's own classes: when they are asked, how often, and what becomes of the answer.

use super::call::{Answer, Call, Done, give, raise, raise_other};
use super::parts::revived;
use super::{Row, called, row};
use program::Kind;
use python::Object;
use python::types::instance::Instance;
use view::Exception;

/// What takes all items of its first operand.
const TAKERS: &[Kind] =
    &[Kind::ListOf, Kind::TupleOf, Kind::NewBytes, Kind::NewBytearray, Kind::Sum, Kind::Max, Kind::Sorted];

pub(super) const ROWS: &[Row] = &[
    row("key-asked-twice", "The key of an item is asked for its index twice.", |call| {
        call.view(&[Kind::Get, Kind::Set])?;
        let _ = own(call, 1)?.as_type().index()?;
        None
    }),
    row("key-asked-for-released", "A released view asks a key for its index before it complains.", |call| {
        call.released(&[Kind::Get, Kind::Set])?;
        let _ = own(call, 1)?.as_type().index()?;
        None
    }),
    row("key-that-releases", "A view that a key releases while it is asked gives the item all the same.", |call| {
        after_release(call, Kind::Get, 1)
    }),
    row("key-of-item-that-releases", "A view that a key releases while it is asked is written all the same.", |call| {
        after_release(call, Kind::Set, 1)
    }),
    row("item-that-releases", "A view that an item releases while it is asked is written all the same.", |call| {
        after_release(call, Kind::Set, 2)
    }),
    row("item-asked-for-read-only", "A read-only view asks an item for its value before it complains.", |call| {
        let view = call.view(&[Kind::Set])?;
        let _ = view.raw_readonly().then(|| own(call, 2).and_then(|item| item.as_type().index()))?;
        None
    }),
    row("item-asked-first", "An item is asked for its value before the index is found to be out of range.", |call| {
        call.view(&[Kind::Set])?;
        let item = own(call, 2)?;
        call.on_error(|_, error| {
            let _ = (error.exception() == Exception::IndexError).then(|| item.as_type().index())?;
            None
        })
    }),
    row(
        "item-asked-twice",
        "An item is asked for its value once to see whether it fits, and again to write it.",
        |call| {
            call.view(&[Kind::Set])?;
            let item = own(call, 2)?;
            let done = call.honest();
            if done.is_ok() {
                let _ = item.as_type().index();
            }
            Some(done)
        },
    ),
    row("error-of-key-replaced", "Whatever a key raises when it is asked becomes a TypeError.", |call| {
        call.view(&[Kind::Get, Kind::Set])?;
        match own(call, 1)?.as_type().index()? {
            Err(error) if error.is_unspecified() => Some(raise(error)),
            Err(error) => Some(raise_other(Exception::TypeError, error.to_string())),
            Ok(index) => Some(call.with(1, Object::Int(index))),
        }
    }),
    row("float-by-index-refused", "An item of a format of floats has to have `__float__`.", |call| {
        let view = call.view(&[Kind::Set])?;
        let item = own(call, 2)?;
        let is_float = matches!(view.raw_format(), "d" | "f" | "e");
        let item = item.as_type();
        if !is_float || !item.has_index() {
            return None;
        }
        Some(match item.float() {
            None => raise_other(Exception::TypeError, "must be real number"),
            Some(Err(error)) => raise(error),
            Some(Ok(float)) => call.with(2, Object::Float(float)),
        })
    }),
    row("truth-by-index", "An item of format `?` is asked for its index, not for its truth value.", |call| {
        let view = call.view(&[Kind::Set])?;
        let index = (view.raw_format() == "?").then(|| own(call, 2).and_then(|item| item.as_type().index()))??;
        Some(match index {
            Ok(index) => call.with(2, Object::Int(index)),
            Err(error) => raise(error),
        })
    }),
    row("reflected-never", "An object on the right of `==` is never asked.", |call| {
        call.any_view(&[Kind::Eq])?;
        own(call, 1).map(|_| give(Object::Bool(false)))
    }),
    row("reflected-twice", "An object on the right of `==` is asked twice.", |call| {
        let view = call.operand(0)?.clone();
        call.any_view(&[Kind::Eq, Kind::Ne])?;
        let _ = own(call, 1)?.as_type().equals(&view);
        None
    }),
    row("unequal-is-equal", "The operator `!=` gives what `__eq__` says.", |call| {
        (call.is(&[Kind::Ne]) && (own(call, 0).is_some() || own(call, 1).is_some())).then_some(())?;
        call.on_value(|_, value| match value {
            Object::Bool(value) => Some(give(Object::Bool(!value))),
            _ => None,
        })
    }),
    row("error-of-eq-ignored", "What `__eq__` raises is taken for a difference.", |call| {
        (call.is(&[Kind::Eq]) && (own(call, 0).is_some() || own(call, 1).is_some())).then_some(())?;
        call.on_error(|_, error| (!error.is_unspecified()).then(|| give(Object::Bool(false))))
    }),
    row(
        "sought-object-not-asked",
        "An object that is sought in a view is not asked whether it equals an item.",
        |call| {
            let is_view = matches!(call.operand(1)?, Object::View(view) if !view.is_released());
            (is_view && call.is(&[Kind::In])).then(|| own(call, 0).map(|_| give(Object::Bool(false))))?
        },
    ),
    row("object-without-items-true", "An object is true whatever its `__len__` says.", |call| {
        own(call, 0).filter(|_| call.is(&[Kind::BoolOf]))?;
        call.on_value(|_, _| Some(give(Object::Bool(true))))
    }),
    row("end-asked-again", "An iterator of the program is asked once more after its end.", |call| {
        let items = own(call, 0).filter(|_| call.is(TAKERS))?;
        call.on_value(|_, _| {
            let _ = items.as_type().next();
            None
        })
    }),
    row("iterator-error-is-end", "What an iterator of the program raises is taken for its end.", |call| {
        own(call, 0).filter(|_| call.is(&[Kind::ListOf, Kind::TupleOf]))?;
        call.on_error(|_, error| match error.exception() {
            Exception::TypeError => None,
            _ if error.is_unspecified() => None,
            _ => Some(give(Object::List(vec![].into()))),
        })
    }),
    called("argument-stays-locked", "A view that was given to a function locks its object for ever.", |call| {
        call.is(&[Kind::CallObject]).then_some(())?;
        for argument in call.operands.iter().skip(1) {
            if let Object::View(view) = argument {
                call.state.kept.extend(view.again());
            }
        }
        None
    }),
    called("argument-copied", "A function is given another view than the one that it is called with.", |call| {
        call.is(&[Kind::CallObject]).then_some(())?;
        match call.operand(1)? {
            Object::View(view) => {
                let again = view.again().ok()?;
                Some(call.with(1, Object::View(again)))
            }
            _ => None,
        }
    }),
    row("attribute-does-not-hold", "A view that is an attribute of an object does not lock its exporter.", |call| {
        match call.operand(2)? {
            Object::View(_) if call.is(&[Kind::SetAttribute]) => Some(call.with(2, Object::None)),
            _ => None,
        }
    }),
    row("attribute-held-twice", "A view that was an attribute of an object locks its exporter for ever.", |call| {
        match call.operand(2)? {
            Object::View(view) if call.is(&[Kind::SetAttribute]) => {
                call.state.kept.extend(view.again());
                None
            }
            _ => None,
        }
    }),
    row("list-does-not-hold", "A view in a list does not lock its exporter.", |call| {
        match (call.operand(0)?, call.operand(1)?) {
            (Object::List(_), Object::View(_)) if call.is(&[Kind::Append]) => Some(call.with(1, Object::None)),
            _ => None,
        }
    }),
];

/// An operand that is an object of a class of the program.
fn own(call: &Call<'_>, index: usize) -> Option<Object> {
    let object = call.operand(index)?;
    object.downcast::<Instance>().map(|_| object.clone())
}

/// The operation on the memory of a view that is gone by the time that the operand has answered.
fn after_release(call: &mut Call<'_>, kind: Kind, index: usize) -> Answer {
    let view = call.view(&[kind])?;
    let object = own(call, index)?;
    let before = revived(&view)?;
    let answer = match object.as_type().index()? {
        Ok(answer) => Object::Int(answer),
        Err(error) => return Some(raise(error)),
    };
    if !view.is_released() {
        return Some(call.with(index, answer));
    }
    let done: Done = call.with_both((0, Object::View(before)), (index, answer));
    Some(done)
}
