//! Comparisons between objects: `is`, `==`, `<` and `in`.

use crate::address;
use crate::arithmetic::size;
use crate::buffers::buffer_of;
use crate::code::as_error;
use crate::context::Python;
use crate::nested;
use crate::numbers;
use crate::object::{List, Object, Outcome, Tuple};
use crate::stop::{Stop, type_error};
use crate::types::hash::{self, is_hash};
use crate::types::hook::{Hook, is_hook};
use crate::types::instance::{self, as_instance, is_derived, plain};
use crate::types::numpy::is_ndarray;
use std::cmp::Ordering;
use std::rc::Rc;
use view::{Error, Exception};

impl Python {
    /// `left operator right`, for operators that compare. An object of the program may answer with anything.
    pub(crate) fn compared(&self, operator: &str, left: &Object, right: &Object) -> Outcome {
        check_ndarray(operator, left, right)?;
        if is_rich(operator) && !(matches!(operator, "==" | "!=") && is_hash(left) && is_hash(right)) {
            hash::check_operands(left, right)?;
        }
        if matches!(operator, "<" | "<=" | ">" | ">=")
            && self.has(view::Change::BufferClasses)
            && instance::is_ordered_as_bytes([left, right])
        {
            return Err(Stop::unsupported(format!("`{operator}` of a bytearray and an object that exports a buffer")));
        }
        if matches!(operator, "==" | "!=") && (is_hook(left) || is_hook(right)) {
            return with_hook(operator == "==", left, right);
        }
        let is_own = as_instance(left).is_some() || as_instance(right).is_some();
        match is_own && is_rich(operator) {
            true => own(self, operator, left, right),
            false => self.compare_others(operator, left, right).map(Object::Bool),
        }
    }

    /// The truth value of `left operator right`.
    pub(crate) fn compare(&self, operator: &str, left: &Object, right: &Object) -> Result<bool, Stop> {
        Ok(self.compared(operator, left, right)?.as_type().truth()?)
    }

    fn compare_others(&self, operator: &str, left: &Object, right: &Object) -> Result<bool, Stop> {
        Ok(match operator {
            "==" => equals(left, right)?,
            "!=" => !equals(left, right)?,
            "is" => is(left, right)?,
            "is not" => !is(left, right)?,
            "in" => self.contains(right, left)?,
            "not in" => !self.contains(right, left)?,
            _ => {
                let ordering = order(operator, left, right)?;
                ordering.is_some_and(|ordering| match operator {
                    "<" => ordering.is_lt(),
                    "<=" => ordering.is_le(),
                    ">" => ordering.is_gt(),
                    _ => ordering.is_ge(),
                })
            }
        })
    }

    /// `item in container`
    fn contains(&self, container: &Object, item: &Object) -> Result<bool, Stop> {
        if let Some(found) = container.as_type().contains(self, item)? {
            return Ok(found);
        }
        let iterator = self.iter(container).map_err(|stop| match stop {
            Stop::Raised(error) if error.exception() == Exception::TypeError => {
                let text = match self.has(view::Change::ContainerText) {
                    true => "is not a container or iterable",
                    false => "is not iterable",
                };
                type_error(format!("argument of type '{}' {text}", container.class())).into()
            }
            stop => stop,
        })?;
        let (mut visited, length) = (0, size(container));
        while let Some(candidate) = iterator.as_type().next()? {
            // What an iterator makes itself is as long as it likes.
            if length > 0 {
                nested::check_end(visited, length)?;
            }
            visited += 1;
            if candidate.is(item) || equals(&candidate, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// `left is right`. Whether equal small values are the same object is an implementation detail of CPython.
fn is(left: &Object, right: &Object) -> Result<bool, Stop> {
    let is_shared = |object: &Object| match object {
        Object::Bytes(content) => content.len() <= 1,
        Object::Int(_) | Object::Str(_) | Object::Float(_) | Object::Complex(_) => true,
        Object::Tuple(items) => items.is_empty(),
        _ => false,
    };
    if is_shared(left) && is_shared(right) && same(left, right)? {
        return Err(Stop::Unspecified("CPython decides which equal immutable values are one object"));
    }
    Ok(left.is(right))
}

/// `left == right`: tries the left operand, then the right one, then compares identities (`do_richcompare`).
pub(crate) fn equals(left: &Object, right: &Object) -> Result<bool, Error> {
    // An object of a derived class is asked first.
    let (first, second) = if instance::is_below(right, left) { (right, left) } else { (left, right) };
    if let Some(equal) = first.as_type().equals(second)? {
        return Ok(equal);
    }
    let mirrored = second.as_type().equals(first)?;
    Ok(mirrored.unwrap_or_else(|| left.is(right)))
}

/// Refuses a comparison that numpy would make. Some objects compare themselves with the bytes of an array before it is
/// asked.
fn check_ndarray(operator: &str, left: &Object, right: &Object) -> Result<(), Stop> {
    let is_first = match operator {
        "is" | "is not" | "in" | "not in" => return Ok(()),
        "==" | "!=" => matches!(left, Object::View(_) | Object::Bytearray(_) | Object::Instance(_)),
        _ => matches!(left, Object::Bytearray(_)),
    };
    match is_ndarray(left) || is_ndarray(right) && !is_first {
        true => Err(Stop::unsupported(format!("`{operator}` with numpy.ndarray"))),
        false => Ok(()),
    }
}

/// Whether any object may say what an operator gives.
fn is_rich(operator: &str) -> bool {
    matches!(operator, "==" | "!=" | "<" | "<=" | ">" | ">=")
}

/// Compares two objects of which one is of a class of the program: each is asked in turn, and then identity decides.
///
/// `do_richcompare` in C; case: classes-order-their-objects
fn own(python: &Python, operator: &str, left: &Object, right: &Object) -> Outcome {
    let mirrored = match operator {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        operator => operator,
    };
    if (is_derived(left) || is_derived(right)) && !matches!(operator, "==" | "!=") {
        return own_order(python, operator, left, right);
    }
    let mut sides = [(operator, left, right), (mirrored, right, left)];
    // An object of a derived class is asked first.
    if instance::is_below(right, left) {
        sides.reverse();
    }
    for (operator, one, other) in sides {
        let answer = match as_instance(one) {
            Some(instance) => instance.compares(operator, other)?,
            // Built-in types know no order with such an object.
            None if !matches!(operator, "==" | "!=") => None,
            None => one.as_type().equals(&plain(other))?.map(|equal| Object::Bool(equal == (operator == "=="))),
        };
        if let Some(answer) = answer {
            return Ok(answer);
        }
    }
    match operator {
        "==" => Ok(Object::Bool(left.is(right))),
        "!=" => Ok(Object::Bool(!left.is(right))),
        _ => Err(unordered(operator, left, right).into()),
    }
}

/// Compares two objects of which one is a hook. It gives its answer for `==`, and the opposite for `!=`.
fn with_hook(is_equality: bool, left: &Object, right: &Object) -> Outcome {
    let answered = |answer: &Object| match is_equality {
        true => Ok(answer.clone()),
        false => Ok(Object::Bool(!answer.as_type().truth()?)),
    };
    let says = |equal: bool| Ok(Object::Bool(equal == is_equality));
    for (one, other) in [(left, right), (right, left)] {
        if let Some(hook) = one.downcast::<Hook>() {
            match hook.asked()? {
                Object::NotImplemented => {}
                answer => return answered(answer),
            }
        } else if let Some(own) = as_instance(one) {
            if let Some(answer) = own.compares(if is_equality { "==" } else { "!=" }, other)? {
                return Ok(answer);
            }
        } else if let Some(equal) = one.as_type().equals(other)? {
            return says(equal);
        }
    }
    says(left.is(right))
}

/// Orders two objects of which one is of a class that is derived from a built-in type.
fn own_order(python: &Python, operator: &str, left: &Object, right: &Object) -> Outcome {
    let has_own =
        |object: &Object| as_instance(object).is_some_and(|instance| instance.has_order() || !is_derived(object));
    if has_own(left) || has_own(right) {
        return Err(Stop::unsupported(
            "the order of objects of which one has a method for it and a built-in type as its base",
        ));
    }
    match python.compare_others(operator, &plain(left), &plain(right)) {
        Err(Stop::Raised(error)) if error.exception() == Exception::TypeError => {
            Err(unordered(operator, left, right).into())
        }
        outcome => outcome.map(Object::Bool),
    }
}

/// Returns the error for two objects that have no order.
fn unordered(operator: &str, left: &Object, right: &Object) -> Error {
    let (left, right) = (left.class(), right.class());
    type_error(format!("'{operator}' not supported between instances of '{left}' and '{right}'"))
}

/// Returns whether two items of lists or tuples are identical or equal (`PyObject_RichCompareBool`). A NaN does not
/// equal itself, so comparing two NaNs depends on their identity, which floats do not have here.
pub(crate) fn same(left: &Object, right: &Object) -> Result<bool, Error> {
    let is_nan = |object: &Object| matches!(object, Object::Float(value) if value.is_nan());
    if is_nan(left) && is_nan(right) {
        return Err(Error::Unspecified {
            what: "the result depends on whether two NaNs are one object, which the reference does not model",
        });
    }
    Ok(left.is(right) || equals(left, right)?)
}

/// Items that are read one after the other, as a comparison goes on.
pub(crate) trait Items {
    /// How many there are at the moment.
    fn count(&self) -> usize;

    /// The item at a position.
    fn item(&self, at: usize) -> Option<Object>;
}

impl Items for Tuple {
    fn count(&self) -> usize {
        self.len()
    }

    fn item(&self, at: usize) -> Option<Object> {
        self.get(at).cloned()
    }
}

impl Items for List {
    fn count(&self) -> usize {
        self.len()
    }

    fn item(&self, at: usize) -> Option<Object> {
        self.get(at)
    }
}

/// Returns the first items in which two sequences differ.
fn difference(left: &impl Items, right: &impl Items) -> Result<Option<(Object, Object)>, Error> {
    let mut at = 0;
    while let (Some(left), Some(right)) = (left.item(at), right.item(at)) {
        if !same(&left, &right)? {
            return Ok(Some((left, right)));
        }
        at += 1;
    }
    Ok(None)
}

/// Returns whether two sequences have equal items.
pub(crate) fn same_items<S: Items>(left: &S, right: &S) -> Result<bool, Error> {
    if left.count() != right.count() {
        return Ok(false);
    }
    nested::follow(left.count(), || Ok(difference(left, right)?.is_none() && left.count() == right.count()))
}

/// Orders two sequences by their first items that differ, or else by their lengths.
fn order_items<S: Items>(operator: &str, left: &S, right: &S) -> Result<Option<Ordering>, Error> {
    nested::follow(left.count(), || match difference(left, right)? {
        Some((left, right)) => order(operator, &left, &right),
        None => Ok(Some(left.count().cmp(&right.count()))),
    })
}

/// Orders two objects; `None` if one is NaN. Raises TypeError for objects that have no order, and for lists whose first
/// differing items have none.
fn order(operator: &str, left: &Object, right: &Object) -> Result<Option<Ordering>, Error> {
    let unordered = || unordered(operator, left, right);
    hash::check_operands(left, right)?;
    if let Err(stop) = check_ndarray(operator, left, right) {
        return Err(as_error(stop));
    }
    if as_instance(left).is_some() || as_instance(right).is_some() {
        return Err(as_error(Stop::unsupported("the order of what contains objects of the program")));
    }
    match (left, right) {
        (Object::Bytes(a), Object::Bytes(b)) => Ok(Some(a.to_vec().cmp(&b.to_vec()))),
        (Object::Bytearray(_), other) | (other, Object::Bytearray(_)) => match buffer_of(other) {
            Ok(_) => Ok(Some(buffer_of(left)?.cmp(&buffer_of(right)?))),
            Err(_) => Err(unordered()),
        },
        (Object::Str(a), Object::Str(b)) => address::order(a, b).map(Some),
        (Object::List(a), Object::List(b)) => order_items(operator, a, b),
        (Object::Tuple(a), Object::Tuple(b)) => order_items(operator, a, b),
        (Object::Array(a), Object::Array(b)) => {
            let list = |items: Vec<view::Item>| Object::List(items.into_iter().map(Object::item).collect());
            order(operator, &list(a.items()?), &list(b.items()?))
        }
        (Object::Slice(a), Object::Slice(b)) if Rc::ptr_eq(&a.0, &b.0) => Ok(Some(Ordering::Equal)),
        (Object::Slice(a), Object::Slice(b)) => {
            order(operator, &Object::Tuple(a.0.to_vec().into()), &Object::Tuple(b.0.to_vec().into()))
        }
        _ => numbers::order(left, right).ok_or_else(unordered),
    }
}
