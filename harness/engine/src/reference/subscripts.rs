//! Subscripts: of views, which the view itself knows, and of bytes, bytearrays, arrays, lists and tuples.

use super::object::{Class, Object};
use super::{Outcome, Python, Stop, type_error};
use crate::describe::EXPORTER;
use program::Kind;
use std::rc::Rc;
use view::{Error, Exception, Got, Indices, Key, Slice};

/// Runs `use_key` with an object as the view takes keys.
fn with_key<T>(object: &Object, use_key: impl FnOnce(&Key) -> T) -> T {
    match object {
        Object::Ellipsis => use_key(&Key::Ellipsis),
        Object::Slice(parts) => use_key(&Key::Slice(slice(parts))),
        Object::Tuple(items) => {
            let items: Vec<Key> = items.iter().map(element).collect();
            use_key(&Key::Tuple(&items))
        }
        other => use_key(&Key::Object(other)),
    }
}

/// An element of a tuple as a key. What is in a tuple in a tuple makes no difference: it is no index.
fn element(object: &Object) -> Key<'_> {
    match object {
        Object::Ellipsis => Key::Ellipsis,
        Object::Slice(parts) => Key::Slice(slice(parts)),
        Object::Tuple(_) => Key::Tuple(&[]),
        other => Key::Object(other),
    }
}

pub(super) fn slice(parts: &[Object; 3]) -> Slice<'_> {
    let [start, stop, step] = parts.each_ref().map(|part| match part {
        Object::None => None,
        part => Some(part as &dyn view::Object),
    });
    Slice { start, stop, step }
}

impl Python {
    /// `container[key]`
    pub(super) fn get(&self, container: &Object, key: &Object) -> Outcome {
        if let Object::View(view) = container {
            return Ok(match with_key(key, |key| view.get(key))? {
                Got::Item(item) => Object::item(item),
                Got::View(view) => Object::View(view),
                Got::Itself => container.clone(),
            });
        }
        let (length, name, out_of_range) = match container {
            Object::Exporter(map, Class::Mmap) => {
                (map.buffer().map_or(0, |memory| memory.len()), "mmap", "mmap index out of range")
            }
            Object::Bytes(content) => (content.len(), "byte", "index out of range"),
            Object::Bytearray(content) => (content.len(), "bytearray", "bytearray index out of range"),
            Object::Array(array) => (array.len(), "array", "array index out of range"),
            Object::List(items) => (items.len(), "list", "list index out of range"),
            Object::Tuple(items) => (items.len(), "tuple", "tuple index out of range"),
            Object::Exporter(_, Class::Described) => {
                return Err(type_error(format!("'{EXPORTER}' object is not subscriptable")).into());
            }
            Object::Type(class) if &**class == "memoryview" => return self.generic_alias(),
            Object::Exporter(..) | Object::Type(_) | Object::Str(_) => {
                return Err(self.unsupported(Kind::Get, format!("subscripts of {}", container.class())));
            }
            _ => return Err(type_error(format!("'{}' object is not subscriptable", container.class())).into()),
        };
        if let Object::Slice(parts) = key {
            if matches!(container, Object::Exporter(..)) {
                return Err(self.unsupported(Kind::Get, "parts of a memory map"));
            }
            let indices = slice(parts).bounds(self.profile)?.of(length as isize);
            return Ok(self.part(container, indices)?);
        }
        let index = self.position(key, name)?;
        let at = if index < 0 { index + length as isize } else { index };
        let at = usize::try_from(at).ok().filter(|at| *at < length);
        let at = at.ok_or_else(|| Error::raised(Exception::IndexError, out_of_range))?;
        Ok(match container {
            Object::Bytes(content) => Object::int(content.to_vec()[at]),
            Object::Bytearray(content) => Object::int(content.get(at as isize)?),
            Object::Array(array) => Object::item(array.get(at as isize)?),
            Object::List(items) | Object::Tuple(items) => items[at].clone(),
            Object::Exporter(map, _) => {
                let mut byte = [0];
                if let Some(memory) = map.buffer() {
                    memory.read(at as isize, &mut byte)?;
                }
                Object::int(byte[0])
            }
            _ => Object::None,
        })
    }

    /// The items of a sequence at some positions, as a new one.
    fn part(&self, container: &Object, indices: Indices) -> Result<Object, Error> {
        let pick = |content: Vec<u8>, size: usize| -> Vec<u8> {
            indices.positions().flat_map(|at| content[at * size..(at + 1) * size].to_vec()).collect()
        };
        let items = |items: &Rc<[Object]>| indices.positions().map(|at| items[at].clone()).collect();
        Ok(match container {
            Object::Bytes(content) => {
                let all = indices.step == 1 && indices.count as usize == content.len();
                if all { container.clone() } else { Object::bytes(pick(content.to_vec(), 1)) }
            }
            Object::Bytearray(content) => Object::Bytearray(view::Bytearray::new(pick(content.to_vec(), 1))),
            Object::Array(array) => {
                let content = pick(array.to_vec(), array.itemsize());
                let typecode = super::exporters::typecode(array).to_string();
                Object::Array(view::Array::new(&typecode, content, self.profile)?)
            }
            Object::List(all) => Object::List(items(all)),
            Object::Tuple(all) => Object::Tuple(items(all)),
            _ => Object::None,
        })
    }

    fn position(&self, key: &Object, name: &str) -> Result<isize, Error> {
        match (key.as_int(), name) {
            (Some(_), _) => key.as_size(),
            (None, "array" | "mmap") => Err(type_error(format!("{name} indices must be integers"))),
            (None, _) => Err(type_error(format!("{name} indices must be integers or slices, not {}", key.class()))),
        }
    }

    /// `container[key] = value`
    pub(super) fn set(&self, container: &Object, key: &Object, value: &Object) -> Result<(), Stop> {
        match container {
            Object::View(view) => Ok(with_key(key, |key| view.set(key, value))?),
            Object::Bytearray(bytearray) => match key {
                Object::Slice(parts) => {
                    let bounds = slice(parts).bounds(self.profile)?;
                    let added = match value {
                        Object::Str(_) | Object::Int(_) | Object::Bool(_) | Object::Float(_) | Object::Complex(..) => {
                            let text = "can assign only bytes, buffers, or iterables of ints in range(0, 256)";
                            return Err(type_error(text).into());
                        }
                        value => self.content(value, false)?,
                    };
                    let indices = bounds.of(bytearray.len() as isize);
                    Ok(bytearray.set_slice(indices, &added)?)
                }
                _ => Ok(bytearray.set(self.position(key, "bytearray")?, value, self.profile)?),
            },
            Object::Array(array) => match key {
                Object::Slice(parts) => {
                    let bounds = slice(parts).bounds(self.profile)?;
                    let Object::Array(other) = value else {
                        let text = format!("can only assign array (not \"{}\") to array slice", value.class());
                        return Err(type_error(text).into());
                    };
                    if other.typecode() != array.typecode() {
                        return Err(type_error("bad argument type for built-in operation").into());
                    }
                    Ok(array.set_slice(bounds.of(array.len() as isize), other)?)
                }
                _ => Ok(array.set(self.position(key, "array")?, value)?),
            },
            Object::Exporter(_, Class::Described) => {
                Err(fixed(container, key, "does not support item assignment").into())
            }
            Object::Exporter(..) | Object::List(_) => {
                Err(self.unsupported(Kind::Set, format!("subscripts of {}", container.class())))
            }
            other => Err(fixed(other, key, "does not support item assignment").into()),
        }
    }

    /// `del container[key]`
    pub(super) fn delete(&self, container: &Object, key: &Object) -> Result<(), Stop> {
        match (container, key) {
            (Object::View(view), _) => Err(view.delete().into()),
            (Object::Bytearray(bytearray), Object::Slice(parts)) => {
                let indices = slice(parts).bounds(self.profile)?.of(bytearray.len() as isize);
                Ok(bytearray.delete_slice(indices)?)
            }
            (Object::Bytearray(bytearray), _) => Ok(bytearray.delete(self.position(key, "bytearray")?)?),
            (Object::Array(array), Object::Slice(parts)) => {
                let indices = slice(parts).bounds(self.profile)?.of(array.len() as isize);
                Ok(array.delete_slice(indices)?)
            }
            (Object::Array(array), _) => Ok(array.delete(self.position(key, "array")?)?),
            (Object::Exporter(_, Class::Described), _) => {
                Err(fixed(container, key, "does not support item deletion").into())
            }
            (Object::Exporter(..) | Object::List(_), _) => {
                Err(self.unsupported(Kind::Delete, format!("subscripts of {}", container.class())))
            }
            (other, _) => Err(fixed(other, key, "does not support item deletion").into()),
        }
    }
}

/// The error of changing an object that has no items to change. A sequence looks at an index before it says so.
fn fixed(object: &Object, key: &Object, text: &str) -> Error {
    let is_sequence = match object {
        // A type that is made at run time has room for sequence methods, whether it has any or not.
        Object::Iter(iter) => ["array.arrayiterator", "_struct.unpack_iterator"].contains(&iter.class()),
        Object::Exporter(_, class) => *class == Class::Described,
        _ => matches!(object, Object::Bytes(_) | Object::Str(_) | Object::Tuple(_)),
    };
    match key.as_int() {
        Some(view::Int::Big(_)) if is_sequence => Error::IndexTooLarge { type_name: key.class().into() },
        Some(_) if is_sequence && text.ends_with("deletion") => {
            type_error(format!("'{}' object doesn't support item deletion", object.class()))
        }
        _ => type_error(format!("'{}' object {text}", object.class())),
    }
}
