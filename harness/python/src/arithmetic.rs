//! `+`, `*`, `+=` and `*=` on numbers and sequences. Other operators are in `operators`.

use crate::buffers::{buffer_of, export_of, held, raw};
use crate::context::Python;
use crate::exporters::Bytearray;
use crate::numbers;
use crate::object::{Object, Outcome};
use crate::operators;
use crate::stop::{Stop, overflow_error, type_error};
use crate::types::hash;
use crate::types::hook::has_hook;
use crate::types::instance::{as_instance, calculated, is_derived, plain};
use crate::types::numpy::is_ndarray;
use program::Kind;
use view::{Error, Flags};

impl Python {
    /// `left operator right`, for operators that do not compare
    pub(crate) fn calculate(&self, operator: &str, left: &Object, right: &Object) -> Outcome {
        check_ndarray(operator, left, right)?;
        hash::check_operands(left, right)?;
        if is_derived(left) || is_derived(right) {
            check_derived(operator, left, right)?;
            return calculated(operator, left, right, |left, right| self.calculate(operator, left, right));
        }
        match operator {
            "+" => Ok(self.add(left, right, operator)?),
            "*" => self.multiply(left, right, operator),
            _ => self.operate(operator, operator, left, right),
        }
    }

    fn add(&self, left: &Object, right: &Object, operator: &str) -> Result<Object, Error> {
        let class = right.class();
        Ok(match (left, right) {
            (Object::Array(a), Object::Array(b)) if a.typecode() == b.typecode() => {
                let content = [a.to_vec(), b.to_vec()].concat();
                Object::Array(a.like(content)?)
            }
            (Object::Array(_), Object::Array(_)) => return Err(type_error("bad argument type for built-in operation")),
            (Object::Array(_), _) => {
                return Err(type_error(format!("can only append array (not \"{class}\") to array")));
            }
            (Object::Bytes(_) | Object::Bytearray(_), _) => {
                // The left operand is locked while the right one is asked (`PyByteArray_Concat`).
                let locked = export_of(left, Flags::SIMPLE)?;
                // CPython replaces the error of the request for a buffer by this one.
                let Ok(added) = buffer_of(right) else {
                    let (left, right) = (left.class(), right.class());
                    return Err(type_error(format!("can't concat {right} to {left}")));
                };
                let mut content = raw(left).unwrap_or_default();
                drop(locked);
                content.extend(added);
                match (left, right) {
                    // Adding no bytes returns the other operand itself (`bytes_concat`).
                    (Object::Bytes(before), _) if before.len() == content.len() => left.clone(),
                    (Object::Bytes(before), Object::Bytes(_)) if before.is_empty() => right.clone(),
                    (Object::Bytes(_), _) => Object::bytes(content),
                    _ => Object::Bytearray(Bytearray::new(content)),
                }
            }
            (Object::List(a), Object::List(b)) => Object::List([a.items(), b.items()].concat().into()),
            // Adding no items returns the other operand itself (`tuple_concat`).
            (Object::Tuple(_), Object::Tuple(b)) if b.is_empty() => left.clone(),
            (Object::Tuple(a), Object::Tuple(_)) if a.is_empty() => right.clone(),
            (Object::Tuple(a), Object::Tuple(b)) => Object::Tuple(a.iter().chain(b.iter()).cloned().collect()),
            (Object::Str(a), Object::Str(b)) => Object::str(format!("{a}{b}")),
            (Object::List(_) | Object::Tuple(_) | Object::Str(_), _) => {
                let left = left.class();
                return Err(type_error(format!("can only concatenate {left} (not \"{class}\") to {left}")));
            }
            _ => numbers::add(left, right)?.ok_or_else(|| unsupported(operator, left, right))?,
        })
    }

    fn multiply(&self, left: &Object, right: &Object, operator: &str) -> Result<Object, Stop> {
        if let (Some(a), Some(b)) = (left.as_int(), right.as_int()) {
            operators::check_bits(operators::bits(&a) + operators::bits(&b))?;
        }
        if let Some(product) = numbers::multiply(left, right)? {
            return Ok(product);
        }
        let (sequence, times) = match () {
            () if is_sequence(left) => (left, right),
            // `*=` never tries the right operand's `sq_repeat`.
            () if is_sequence(right) && !(operator == "*=" && has_sequence_room(left)) => (right, left),
            () => return Err(unsupported(operator, left, right).into()),
        };
        let times = view::Object::index(times).ok_or_else(|| not_a_number(times))??;
        let times = times.within(i64::MIN.into(), 1 << 16);
        let times =
            times.ok_or_else(|| Stop::unsupported("repeating a sequence more than 65,536 times"))?.max(0) as usize;
        self.grows_to(Kind::Multiply, size(sequence).saturating_mul(times))?;
        Ok(match sequence {
            Object::Bytes(_) | Object::Tuple(_) if times == 1 => sequence.clone(),
            Object::Bytes(content) => Object::bytes(content.to_vec().repeat(times)),
            Object::Bytearray(content) => Object::Bytearray(Bytearray::new(content.to_vec().repeat(times))),
            Object::List(items) => Object::List(repeat(&items.items(), times)),
            Object::Tuple(items) => Object::Tuple(repeat(items, times)),
            Object::Str(text) => Object::str(text.repeat(times)),
            Object::Array(array) => Object::Array(array.like(array.to_vec().repeat(times))?),
            _ => {
                return Err(unsupported(operator, left, right).into());
            }
        })
    }

    /// `left operator= right`
    pub(crate) fn in_place(&self, kind: Kind, left: &Object, right: &Object) -> Outcome {
        check_ndarray(kind.row().name, left, right)?;
        hash::check_operands(left, right)?;
        if is_derived(left) || is_derived(right) {
            check_derived(kind.row().name, left, right)?;
            let act = |left: &Object, right: &Object| self.in_place(kind, left, right);
            let changed = calculated(kind.row().name, left, right, act)?;
            return Ok(if matches!(plain(left), Object::Bytes(_)) || !is_derived(left) {
                changed
            } else {
                left.clone()
            });
        }
        match (kind, left) {
            (Kind::InPlaceAdd | Kind::InPlaceMultiply, _) => {}
            _ => return self.operate(kind.row().name, kind.row().name.trim_end_matches('='), left, right),
        }
        match (kind, left) {
            (Kind::InPlaceAdd, Object::Bytearray(content)) => {
                let Ok((added, locked)) = held(right) else {
                    return Err(type_error(format!("can't concat {} to bytearray", right.class())).into());
                };
                // The right operand's buffer is exported while the left grows, so a bytearray can't be added to itself.
                if left.is(right) && !added.is_empty() {
                    return Err(Error::BytearrayResize.into());
                }
                content.extend(&added)?;
                drop(locked);
            }
            (Kind::InPlaceAdd, Object::Array(array)) => match right {
                Object::Array(other) => array.extend(other)?,
                _ => {
                    let class = right.class();
                    return Err(type_error(format!("can only extend array with array (not \"{class}\")")).into());
                }
            },
            (Kind::InPlaceAdd, Object::List(list)) => list.extend(self, kind, right)?,
            (Kind::InPlaceMultiply, Object::List(list)) => match self.multiply(left, right, "*=")? {
                Object::List(product) => list.become_items(product.items()),
                _ => return Err(Stop::Malformed("a list was repeated, and is none")),
            },
            (Kind::InPlaceAdd, _) => return Ok(self.add(left, right, "+=")?),
            (_, Object::Bytearray(_) | Object::Array(_)) => {
                let times = view::Object::index(right).ok_or_else(|| not_a_number(right))??;
                // CPython checks for exports before it allocates memory.
                let times = times.within(isize::MIN as i128, isize::MAX as i128);
                let times = times.ok_or(Error::IndexTooLarge { type_name: right.class().into() });
                let times = times.map_err(|error| overflow_error(error.to_string()))?;
                // A size that overflows `Py_ssize_t` is refused everywhere; whether a smaller one can be allocated
                // depends on the machine.
                // Some old versions do not check for the overflow here.
                let is_empty = size(left) == 0;
                let grown = size(left).max(1).saturating_mul(usize::try_from(times).unwrap_or(0));
                if grown < 1 << 47 || is_empty {
                    self.grows_to(kind, grown)?;
                }
                match left {
                    Object::Bytearray(content) => content.repeat(times as isize, self.profile())?,
                    Object::Array(array) => array.repeat(times as isize)?,
                    _ => {}
                }
            }
            _ => return self.multiply(left, right, "*="),
        }
        Ok(left.clone())
    }
}

/// Refuses an operand that is an array of numpy: numpy has all operators, and is asked before a sequence joins or repeats
/// itself. Only what fills in a format comes first.
fn check_ndarray(operator: &str, left: &Object, right: &Object) -> Result<(), Stop> {
    let is_format = operators::formats(operator.trim_end_matches('='), left);
    match is_ndarray(left) || is_ndarray(right) && !is_format {
        true => Err(Stop::unsupported(format!("`{operator}` with numpy.ndarray"))),
        false => Ok(()),
    }
}

/// Refuses an object of a class that is derived from a built-in type, together with another one that runs code: the errors
/// of that code could not be told from those of the operator.
fn check_derived(operator: &str, left: &Object, right: &Object) -> Result<(), Stop> {
    match [left, right].into_iter().any(|object| !is_derived(object) && has_hook(object)) {
        true => Err(Stop::unsupported(format!("`{operator}` of an object of the program and one of a derived class"))),
        false => Ok(()),
    }
}

/// Returns the number of bytes or items of an object that can grow; 0 for other objects.
pub(crate) fn size(object: &Object) -> usize {
    match object {
        Object::Bytes(content) => content.len(),
        Object::Bytearray(content) => content.len(),
        Object::Array(array) => array.len(),
        Object::Str(text) => text.len(),
        Object::List(items) => items.len(),
        Object::Tuple(items) => items.len(),
        _ if is_derived(object) => size(&plain(object)),
        _ => 0,
    }
}

/// Returns the error for an operator that objects of these types do not have.
pub(crate) fn unsupported(operator: &str, left: &Object, right: &Object) -> Error {
    let (left, right) = (left.class(), right.class());
    type_error(format!("unsupported operand type(s) for {operator}: '{left}' and '{right}'"))
}

fn not_a_number(object: &Object) -> Error {
    type_error(format!("can't multiply sequence by non-int of type '{}'", object.class()))
}

/// Returns whether a type has slots for sequence methods although it can't repeat its objects.
fn has_sequence_room(object: &Object) -> bool {
    match object {
        Object::View(_) => true,
        Object::Instance(_) if as_instance(object).is_some() => true,
        Object::Instance(instance) => instance.is_sequence(),
        _ => false,
    }
}

/// Returns whether an object supports `sq_repeat`. A view does not, although it is a sequence.
fn is_sequence(object: &Object) -> bool {
    matches!(object, Object::Bytes(_) | Object::Bytearray(_) | Object::Array(_) | Object::Str(_))
        || matches!(object, Object::List(_) | Object::Tuple(_))
}

fn repeat<S: FromIterator<Object>>(items: &[Object], times: usize) -> S {
    std::iter::repeat_n(items, times).flatten().cloned().collect()
}
