//! Comparisons and arithmetic between objects, a view on either side or none.

use super::object::{Class, Object};
use super::{Outcome, Python, Stop, type_error, value_error};
use num_bigint::BigInt;
use program::Kind;
use std::cmp::Ordering;
use std::rc::Rc;
use view::{Bytearray, Error, Export, Flags, Int};

impl Python {
    /// `left operator right`
    pub(super) fn infix(&self, operator: &str, left: &Object, right: &Object) -> Outcome {
        Ok(match operator {
            "==" => Object::Bool(equals(left, right)?),
            "!=" => Object::Bool(!equals(left, right)?),
            "is" => Object::Bool(self.is(left, right)?),
            "is not" => Object::Bool(!self.is(left, right)?),
            "in" => Object::Bool(self.contains(right, left)?),
            "not in" => Object::Bool(!self.contains(right, left)?),
            "+" => self.add(left, right, "+")?,
            "*" => self.multiply(left, right, "*")?,
            _ => {
                let ordering = order(operator, left, right)?;
                Object::Bool(ordering.is_some_and(|ordering| match operator {
                    "<" => ordering.is_lt(),
                    "<=" => ordering.is_le(),
                    ">" => ordering.is_gt(),
                    _ => ordering.is_ge(),
                }))
            }
        })
    }

    /// `left is right`. Which equal small values are one object is CPython's own business.
    fn is(&self, left: &Object, right: &Object) -> Result<bool, super::Stop> {
        let is_shared = |object: &Object| match object {
            Object::Bytes(content) => content.len() <= 1,
            Object::Int(_) | Object::Str(_) | Object::Float(_) | Object::Complex(..) => true,
            Object::Tuple(items) => items.is_empty(),
            _ => false,
        };
        if is_shared(left) && is_shared(right) && same(left, right)? {
            return Err(super::Stop::Fault(crate::Fault::Unspecified("whether two equal small values are one object")));
        }
        Ok(left.is(right))
    }

    /// `item in container`
    fn contains(&self, container: &Object, item: &Object) -> Result<bool, Stop> {
        match container {
            Object::View(view) => Ok(view.contains(item)?),
            Object::Bytes(_) | Object::Bytearray(_) => {
                let content = raw(container).unwrap_or_default();
                if let Some(byte) = item.as_int() {
                    let byte = byte.within(0, 255).ok_or_else(|| value_error("byte must be in range(0, 256)"))?;
                    return Ok(content.contains(&(byte as u8)));
                }
                let wanted = buffer_of(item)?;
                Ok(wanted.is_empty() || content.windows(wanted.len()).any(|window| window == wanted))
            }
            Object::Iter(iter) => {
                while let Some(candidate) = iter.next()? {
                    if candidate.is(item) || equals(&candidate, item)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Object::List(items) | Object::Tuple(items) => {
                for candidate in items.iter() {
                    if same(candidate, item)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Object::Array(_) | Object::Exporter(_, Class::Mmap | Class::Numpy) => {
                for candidate in self.items(container)? {
                    if candidate.is(item) || equals(&candidate, item)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Object::Str(text) => match item {
                Object::Str(part) => Ok(text.contains(&**part)),
                _ => {
                    let class = item.class();
                    Err(type_error(format!("'in <string>' requires string as left operand, not {class}")).into())
                }
            },
            _ => {
                let text = match self.profile.has(view::Change::ContainerText) {
                    true => "is not a container or iterable",
                    false => "is not iterable",
                };
                Err(type_error(format!("argument of type '{}' {text}", container.class())).into())
            }
        }
    }

    fn add(&self, left: &Object, right: &Object, operator: &str) -> Result<Object, Error> {
        let class = right.class();
        Ok(match (left, right) {
            (Object::Array(a), Object::Array(b)) if a.typecode() == b.typecode() => {
                let content = [a.to_vec(), b.to_vec()].concat();
                Object::Array(view::Array::new(&super::exporters::typecode(a).to_string(), content, self.profile)?)
            }
            (Object::Array(_), Object::Array(_)) => return Err(type_error("bad argument type for built-in operation")),
            (Object::Array(_), _) => {
                return Err(type_error(format!("can only append array (not \"{class}\") to array")));
            }
            (Object::Bytes(_) | Object::Bytearray(_), _) => {
                // Since buffers are asked for first, the error of asking is not the one that is seen.
                let Ok(added) = buffer_of(right) else {
                    let (left, right) = (left.class(), right.class());
                    return Err(type_error(format!("can't concat {right} to {left}")));
                };
                let mut content = raw(left).unwrap_or_default();
                content.extend(added);
                match (left, right) {
                    // Adding nothing to bytes gives the bytes themselves.
                    (Object::Bytes(before), _) if before.len() == content.len() => left.clone(),
                    (Object::Bytes(before), Object::Bytes(_)) if before.is_empty() => right.clone(),
                    (Object::Bytes(_), _) => Object::bytes(content),
                    _ => Object::Bytearray(Bytearray::new(content)),
                }
            }
            (Object::List(a), Object::List(b)) => Object::List(a.iter().chain(b.iter()).cloned().collect()),
            (Object::Tuple(a), Object::Tuple(b)) => Object::Tuple(a.iter().chain(b.iter()).cloned().collect()),
            (Object::Str(a), Object::Str(b)) => Object::str(format!("{a}{b}")),
            (Object::List(_) | Object::Tuple(_) | Object::Str(_), _) => {
                let left = left.class();
                return Err(type_error(format!("can only concatenate {left} (not \"{class}\") to {left}")));
            }
            _ => self.add_numbers(left, right)?.ok_or_else(|| unsupported(operator, left, right))?,
        })
    }

    fn multiply(&self, left: &Object, right: &Object, operator: &str) -> Result<Object, super::Stop> {
        if let Some(product) = self.multiply_numbers(left, right)? {
            return Ok(product);
        }
        let (sequence, times) = match (left.as_int(), right.as_int()) {
            (Some(times), _) => (right, times),
            (None, Some(times)) => (left, times),
            // In place, the right side's repetition is never asked for.
            (None, None) if operator == "*=" && matches!(left, Object::View(_)) => {
                return Err(unsupported(operator, left, right).into());
            }
            (None, None) if is_sequence(left) => return Err(not_a_number(right).into()),
            (None, None) if is_sequence(right) => return Err(not_a_number(left).into()),
            (None, None) => {
                return Err(unsupported(operator, left, right).into());
            }
        };
        let times = times.within(i64::MIN.into(), 1 << 16);
        let times = times.ok_or_else(|| self.unsupported(Kind::Multiply, "it makes no huge objects"))?.max(0) as usize;
        self.grows_to(Kind::Multiply, size(sequence).saturating_mul(times))?;
        Ok(match sequence {
            Object::Bytes(_) if times == 1 => sequence.clone(),
            Object::Bytes(content) => Object::bytes(content.to_vec().repeat(times)),
            Object::Bytearray(content) => Object::Bytearray(Bytearray::new(content.to_vec().repeat(times))),
            Object::List(items) => Object::List(repeat(items, times)),
            Object::Tuple(items) => Object::Tuple(repeat(items, times)),
            Object::Str(text) => Object::str(text.repeat(times)),
            Object::Array(array) => {
                let typecode = super::exporters::typecode(array).to_string();
                Object::Array(view::Array::new(&typecode, array.to_vec().repeat(times), self.profile)?)
            }
            _ => {
                return Err(unsupported(operator, left, right).into());
            }
        })
    }

    /// `left += right`, `left *= right`
    pub(super) fn in_place(&self, kind: Kind, left: &Object, right: &Object) -> Outcome {
        match (kind, left) {
            (Kind::InPlaceAdd, Object::Bytearray(content)) => {
                let Ok(added) = buffer_of(right) else {
                    return Err(type_error(format!("can't concat {} to bytearray", right.class())).into());
                };
                // The right side's buffer is held while the left grows, so a bytearray can't be added to itself.
                if left.is(right) && !added.is_empty() {
                    return Err(Error::BytearrayResize.into());
                }
                content.extend(&added)?;
            }
            (Kind::InPlaceAdd, Object::Array(array)) => match right {
                Object::Array(other) => array.extend(other)?,
                _ => {
                    let class = right.class();
                    return Err(type_error(format!("can only extend array with array (not \"{class}\")")).into());
                }
            },
            // Lists are values here, and this would change one that others hold.
            (_, Object::List(_)) => return Err(self.unsupported(kind, "changing a list in place")),
            (Kind::InPlaceAdd, _) => return Ok(self.add(left, right, "+=")?),
            (_, Object::Bytearray(_) | Object::Array(_)) => {
                let Some(times) = right.as_int() else { return Err(not_a_number(right).into()) };
                // CPython notices a lock before it runs out of memory.
                let times = times.within(isize::MIN as i128, isize::MAX as i128);
                let times = times.ok_or(Error::IndexTooLarge { type_name: right.class().into() });
                let times = times.map_err(|error| Error::raised(view::Exception::OverflowError, error.to_string()))?;
                // What overflows an address is refused everywhere; what does not may find its memory.
                // An old CPython repeats nothing as often as it is told.
                let is_empty = size(left) == 0;
                let grown = size(left).max(1).saturating_mul(usize::try_from(times).unwrap_or(0));
                if grown < 1 << 47 || is_empty {
                    self.grows_to(kind, grown)?;
                }
                match left {
                    Object::Bytearray(content) => content.repeat(times as isize, self.profile)?,
                    Object::Array(array) => array.repeat(times as isize)?,
                    _ => {}
                }
            }
            _ => return self.multiply(left, right, "*="),
        }
        Ok(left.clone())
    }
}

/// The bytes or items of an object that can grow; 0 for others.
pub(super) fn size(object: &Object) -> usize {
    match object {
        Object::Bytes(content) => content.len(),
        Object::Bytearray(content) => content.len(),
        Object::Array(array) => array.len(),
        Object::Str(text) => text.len(),
        Object::List(items) | Object::Tuple(items) => items.len(),
        _ => 0,
    }
}

/// `left == right`
pub(super) fn equals(left: &Object, right: &Object) -> Result<bool, Error> {
    // A bytearray on the left looks at the raw bytes of anything that exports them.
    if let Object::Bytearray(content) = left
        && let Ok(other) = buffer_of(right)
    {
        return Ok(content.to_vec() == other);
    }
    if let Object::View(view) = left
        && let Some(equal) = view.equals(right)?
    {
        return Ok(equal);
    }
    if let Object::View(view) = right
        && let Some(equal) = view.equals(left)?
    {
        return Ok(equal);
    }
    if let Object::Bytearray(content) = right
        && let Ok(other) = buffer_of(left)
    {
        return Ok(content.to_vec() == other);
    }
    Ok(match (left, right) {
        (Object::Bytes(a), Object::Bytes(b)) => a.to_vec() == b.to_vec(),
        (Object::Str(a), Object::Str(b)) => a == b,
        (Object::List(a), Object::List(b)) | (Object::Tuple(a), Object::Tuple(b)) => {
            if a.len() != b.len() {
                return Ok(false);
            }
            for (a, b) in a.iter().zip(b.iter()) {
                if !same(a, b)? {
                    return Ok(false);
                }
            }
            true
        }
        (Object::Array(a), Object::Array(b)) => {
            let list = |items: Vec<view::Item>| Object::List(items.into_iter().map(Object::item).collect());
            return equals(&list(a.items()?), &list(b.items()?));
        }
        (Object::Slice(a), Object::Slice(b)) => {
            for (a, b) in a.iter().zip(b.iter()) {
                if !equals(a, b)? {
                    return Ok(false);
                }
            }
            true
        }
        (Object::Complex(a, b), Object::Complex(c, d)) => a == c && b == d,
        (Object::Complex(a, b), other) | (other, Object::Complex(a, b)) => {
            *b == 0.0 && numbers(&Object::Float(*a), other) == Some(Some(Ordering::Equal))
        }
        _ => match numbers(left, right) {
            Some(ordering) => ordering == Some(Ordering::Equal),
            None => left.is(right),
        },
    })
}

/// Whether two items of lists or tuples are one object or equal. A NaN equals nothing, so for two of them it matters
/// which objects they are, and floats have no identity here.
fn same(left: &Object, right: &Object) -> Result<bool, Error> {
    let is_nan = |object: &Object| matches!(object, Object::Float(value) if value.is_nan());
    if is_nan(left) && is_nan(right) {
        return Err(Error::Unspecified { what: "whether two NaNs are one object" });
    }
    Ok(left.is(right) || equals(left, right)?)
}

/// How two objects are ordered; `None` for a NaN. Errors: those that have no order, of lists the items that have none.
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
        (Object::List(a), Object::List(b)) | (Object::Tuple(a), Object::Tuple(b)) => {
            for (a, b) in a.iter().zip(b.iter()) {
                if !same(a, b)? {
                    return order(operator, a, b);
                }
            }
            Ok(Some(a.len().cmp(&b.len())))
        }
        (Object::Array(a), Object::Array(b)) => {
            let list = |items: Vec<view::Item>| Object::List(items.into_iter().map(Object::item).collect());
            order(operator, &list(a.items()?), &list(b.items()?))
        }
        (Object::Slice(a), Object::Slice(b)) => {
            let tuple = |parts: &[Object; 3]| Object::Tuple(parts.to_vec().into());
            order(operator, &tuple(a), &tuple(b))
        }
        _ => numbers(left, right).ok_or_else(unordered),
    }
}

/// Compares numbers by their exact values. `None` if one is no real number, `Some(None)` for a NaN.
fn numbers(left: &Object, right: &Object) -> Option<Option<Ordering>> {
    match (left.as_int(), right.as_int(), left, right) {
        (Some(a), Some(b), ..) => Some(Some(Object::big(&a).cmp(&Object::big(&b)))),
        (None, None, Object::Float(a), Object::Float(b)) => Some(a.partial_cmp(b)),
        (Some(a), None, _, Object::Float(b)) => Some(int_to_float(&a, *b)),
        (None, Some(b), Object::Float(a), _) => Some(int_to_float(&b, *a).map(Ordering::reverse)),
        _ => None,
    }
}

/// Orders an int and a float exactly.
fn int_to_float(int: &Int, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    let Some(floor) = num_traits::FromPrimitive::from_f64(float.floor()) else {
        return Some(if float > 0.0 { Ordering::Less } else { Ordering::Greater });
    };
    let floor: BigInt = floor;
    let by_floor = Object::big(int).cmp(&floor);
    // Equal to the floor of a float with a fraction means less than the float.
    Some(if by_floor.is_eq() && float.fract() != 0.0 { Ordering::Less } else { by_floor })
}

fn unsupported(operator: &str, left: &Object, right: &Object) -> Error {
    let (left, right) = (left.class(), right.class());
    type_error(format!("unsupported operand type(s) for {operator}: '{left}' and '{right}'"))
}

fn not_a_number(object: &Object) -> Error {
    type_error(format!("can't multiply sequence by non-int of type '{}'", object.class()))
}

/// Whether an object can be repeated by multiplying it. A view can't, though it is a sequence.
fn is_sequence(object: &Object) -> bool {
    matches!(object, Object::Bytes(_) | Object::Bytearray(_) | Object::Array(_) | Object::Str(_))
        || matches!(object, Object::List(_) | Object::Tuple(_))
}

fn repeat(items: &[Object], times: usize) -> Rc<[Object]> {
    std::iter::repeat_n(items, times).flatten().cloned().collect()
}

/// The content of bytes or a bytearray.
pub(super) fn raw(object: &Object) -> Option<Vec<u8>> {
    match object {
        Object::Bytes(content) => Some(content.to_vec()),
        Object::Bytearray(content) => Some(content.to_vec()),
        _ => None,
    }
}

/// The buffer of an object, as consumers in C get it.
pub(super) fn export_of(object: &Object, flags: Flags) -> Result<Export, Error> {
    match object.with_buffer() {
        Some(exporter) => exporter.export(flags),
        None => Err(Error::NoBuffer { type_name: object.class().into() }),
    }
}

/// The memory of a buffer as consumers see it that ask for plain bytes (PyBUF_SIMPLE).
pub(super) fn buffer_of(object: &Object) -> Result<Vec<u8>, Error> {
    if let Some(content) = raw(object) {
        return Ok(content);
    }
    let export = export_of(object, Flags::SIMPLE)?;
    let mut content = vec![0; usize::try_from(export.length).unwrap_or(0)];
    export.memory.read(export.offset, &mut content)?;
    Ok(content)
}
