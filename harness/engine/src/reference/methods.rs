//! Methods and functions without a row of their own: rare ones, and what newer versions have.

use super::compare::{buffer_of, raw};
use super::object::{Class, Object};
use super::{Outcome, Python, Stop, no_attribute, type_error, value_error};
use program::Operation;
use std::rc::Rc;
use view::{Bytearray, Change, Error, Exception, Flags, Int, View, search_bound};

impl Python {
    /// A method that no row has.
    pub(super) fn any_method(&self, name: &str, operation: &Operation, operands: &[Object]) -> Outcome {
        let arguments = operands.get(2..).unwrap_or_default();
        let object = operands.first().unwrap_or(&Object::None);
        match (object, name, arguments) {
            (Object::Bytes(_) | Object::Bytearray(_), "decode" | "join" | "find" | "count", _)
                if operation.keyword_count() > 0 =>
            {
                Err(self.unsupported(operation.kind, format!("keywords of {name}")))
            }
            (Object::Bytes(_) | Object::Bytearray(_), "decode", []) => {
                self.decode(raw(object).unwrap_or_default(), "utf-8", operation.kind)
            }
            (Object::Bytes(_) | Object::Bytearray(_), "decode", [Object::Str(encoding)]) => {
                self.decode(raw(object).unwrap_or_default(), encoding, operation.kind)
            }
            (Object::Bytes(_), "join", [parts]) => Ok(Object::bytes(self.join(object, parts)?)),
            (Object::Bytearray(_), "join", [parts]) => Ok(Object::Bytearray(Bytearray::new(self.join(object, parts)?))),
            (Object::Bytes(_) | Object::Bytearray(_), "find" | "count", [wanted]) => {
                Ok(found(object, name == "count", wanted)?)
            }
            (Object::Type(class), "_from_flags", _) if &**class == "memoryview" => {
                self.view_with_flags(operation, arguments)
            }
            (Object::View(view), "count" | "index", _) if self.profile.has(Change::CountIndex) => {
                Ok(self.search(view, name, operation, arguments)?)
            }
            (Object::View(view), name, _)
                if let Some(outcome) = self.special_method(view, name, operation, arguments) =>
            {
                outcome
            }
            (Object::Iter(_), name, _) if let Some(outcome) = self.iterator_method(object, name, operation) => outcome,
            (Object::View(_), "__reduce_ex__", [Object::Int(Int::Small(2..))]) => Err(self.no_pickle(2).into()),
            (Object::Reference(reference), "__call__", []) => Ok(reference.referent()),
            (Object::Struct(format, _), "pack", values) if operation.keyword_count() == 0 => {
                self.pack(operation.kind, format, values)
            }
            (Object::Exporter(_, Class::Described), name, _) if !name.starts_with("__") => {
                Err(no_attribute(object, name).into())
            }
            (Object::View(_), name, _) if program::Kind::attribute(name).is_some() || name == "_from_flags" => {
                Err(self.unsupported(operation.kind, format!("a call of {name}")))
            }
            (Object::View(_), name, _) if !name.starts_with("__") => Err(no_attribute(object, name).into()),
            _ => Err(self.unsupported(operation.kind, format!("{}.{name}", object.class()))),
        }
    }

    /// `separator.join(parts)`: a list is made of the parts first, unless they are one.
    fn join(&self, separator: &Object, parts: &Object) -> Result<Vec<u8>, Stop> {
        self.check_iterable(parts).map_err(|stop| match stop {
            Stop::Raised(error) if error.exception() == Exception::TypeError => {
                type_error("can only join an iterable").into()
            }
            stop => stop,
        })?;
        let mut joined = Vec::new();
        let separator = raw(separator).unwrap_or_default();
        for (index, part) in self.gather(parts)?.iter().enumerate() {
            if index > 0 {
                joined.extend_from_slice(&separator);
            }
            let Ok(content) = buffer_of(part) else {
                let class = part.class();
                let text = format!("sequence item {index}: expected a bytes-like object, {class} found");
                return Err(type_error(text).into());
            };
            joined.extend(content);
        }
        Ok(joined)
    }

    /// `view.count(value)` and `view.index(value, start, stop)`
    fn search(&self, view: &Rc<View>, name: &str, operation: &Operation, arguments: &[Object]) -> Outcome {
        let given = arguments.len();
        if operation.keyword_count() > 0 {
            return Err(type_error(format!("memoryview.{name}() takes no keyword arguments")).into());
        }
        let bound = |bound: Option<&Object>, default: isize| match bound {
            Some(bound) => search_bound(bound, self.profile.abi()),
            None => Ok(default),
        };
        Ok(match (name, arguments) {
            ("count", [value]) => Object::size(view.count(value)? as isize),
            ("count", _) => {
                return Err(type_error(format!("memoryview.count() takes exactly one argument ({given} given)")).into());
            }
            (_, []) => return Err(type_error("index expected at least 1 argument, got 0").into()),
            (_, [value, bounds @ ..]) if bounds.len() <= 2 => {
                let start = bound(bounds.first(), 0)?;
                let stop = bound(bounds.get(1), self.profile.abi().ssize_max())?;
                Object::size(view.index(value, start, stop)?)
            }
            _ => return Err(type_error(format!("index expected at most 3 arguments, got {given}")).into()),
        })
    }

    /// `memoryview._from_flags(object, flags)`
    fn view_with_flags(&self, operation: &Operation, arguments: &[Object]) -> Outcome {
        match arguments {
            _ if !self.profile.has(Change::BufferClasses) => {
                Err(no_attribute(&Object::Type("memoryview".into()), "_from_flags").into())
            }
            [object, flags] if operation.keyword_count() == 0 => {
                let flags = flags_of(flags)?;
                Ok(Object::View(match object.as_exporter() {
                    Some(exporter) => View::from_flags(exporter, flags, self.profile)?,
                    // The flags are ignored where the object is a view; of anything else there is none.
                    None => self.view_of(object)?,
                }))
            }
            _ => Err(self.unsupported(operation.kind, "these arguments")),
        }
    }

    /// `memoryview[item]`
    pub(super) fn generic_alias(&self) -> Outcome {
        match self.profile.has(Change::GenericAlias) {
            true => Ok(Object::Alias),
            false if self.profile.has(Change::TypeText) => {
                Err(type_error("type 'memoryview' is not subscriptable").into())
            }
            false => Err(type_error("'type' object is not subscriptable").into()),
        }
    }
}

/// `content.find(wanted)` and `content.count(wanted)`, of bytes or a bytearray.
fn found(object: &Object, is_counting: bool, wanted: &Object) -> Result<Object, Error> {
    let wanted = match (wanted.as_int(), buffer_of(wanted)) {
        (Some(byte), _) => {
            let byte = byte.within(0, 255).ok_or_else(|| value_error("byte must be in range(0, 256)"))?;
            vec![byte as u8]
        }
        (None, Err(Error::NoBuffer { type_name })) => {
            let text = format!("argument should be integer or bytes-like object, not '{type_name}'");
            return Err(type_error(text));
        }
        (None, content) => content?,
    };
    let content = raw(object).unwrap_or_default();
    let find = |from: usize| (from..=content.len()).find(|at| content[*at..].starts_with(&wanted));
    if !is_counting {
        return Ok(Object::size(find(0).map_or(-1, |at| at as isize)));
    }
    // Those that overlap with one that was found are not.
    let matches = std::iter::successors(find(0), |at| find(at + wanted.len().max(1)));
    Ok(Object::size(matches.count() as isize))
}

/// Request flags, as a C int.
fn flags_of(object: &Object) -> Result<Flags, Error> {
    let int = object.as_int().ok_or_else(|| object.as_size().err().unwrap_or(Error::Memory))?;
    let too_large = || Error::raised(Exception::OverflowError, "Python int too large to convert to C int");
    let flags = int.within(i32::MIN.into(), i32::MAX.into()).ok_or_else(too_large)?;
    Ok(Flags(flags as i32))
}
