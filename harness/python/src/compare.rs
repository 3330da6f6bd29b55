//! Comparisons between objects: `is`, `==`, `<` and `in`.

use crate::buffers::buffer_of;
use crate::context::Python;
use crate::nested;
use crate::numbers;
use crate::object::{List, Object, Tuple};
use crate::stop::{Stop, type_error};
use std::cmp::Ordering;
use view::{Error, Exception};

impl Python {
    /// `left operator right`, for operators that return a bool.
    pub(crate) fn compare(&self, operator: &str, left: &Object, right: &Object) -> Result<bool, Stop> {
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
        while let Some(candidate) = iterator.as_type().next()? {
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
    if let Some(equal) = left.as_type().equals(right)? {
        return Ok(equal);
    }
    let mirrored = right.as_type().equals(left)?;
    Ok(mirrored.unwrap_or_else(|| left.is(right)))
}

/// What `left == right` gives, which need not be a bool.
///
/// case: class-comparison-gives-what-the-method-returns
pub(crate) fn equality(left: &Object, right: &Object) -> Result<Object, Error> {
    if let Some(answer) = left.as_type().compared(right)? {
        return Ok(answer);
    }
    let mirrored = right.as_type().compared(left)?;
    Ok(mirrored.unwrap_or_else(|| Object::Bool(left.is(right))))
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
    let unordered = || {
        let (left, right) = (left.class(), right.class());
        type_error(format!("'{operator}' not supported between instances of '{left}' and '{right}'"))
    };
    match (left, right) {
        (Object::Bytes(a), Object::Bytes(b)) => Ok(Some(a.to_vec().cmp(&b.to_vec()))),
        (Object::Bytearray(_), other) | (other, Object::Bytearray(_)) => match buffer_of(other) {
            Ok(_) => Ok(Some(buffer_of(left)?.cmp(&buffer_of(right)?))),
            Err(_) => Err(unordered()),
        },
        (Object::Str(a), Object::Str(b)) => Ok(Some(a.cmp(b))),
        (Object::List(a), Object::List(b)) => order_items(operator, a, b),
        (Object::Tuple(a), Object::Tuple(b)) => order_items(operator, a, b),
        (Object::Array(a), Object::Array(b)) => {
            let list = |items: Vec<view::Item>| Object::List(items.into_iter().map(Object::item).collect());
            order(operator, &list(a.items()?), &list(b.items()?))
        }
        (Object::Slice(a), Object::Slice(b)) => {
            order(operator, &Object::Tuple(a.0.to_vec().into()), &Object::Tuple(b.0.to_vec().into()))
        }
        _ => numbers::order(left, right).ok_or_else(unordered),
    }
}
