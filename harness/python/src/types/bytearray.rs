//! `bytearray`.

use crate::buffers::{buffer_of, held};
use crate::changes::{Change, Profile};
use crate::context::Python;
use crate::exporters::Bytearray;
use crate::exporters::bytearray::MOVED;
use crate::object::{Call, Object, Outcome, Type};
use crate::stop::{Stop, type_error};
use crate::subscript::{index, slice};
use crate::types::bytes::{self, Source, contains, source};
use crate::types::hash::Hashed;
use crate::types::hook::is_hook;
use crate::types::instance::{Instance, as_instance, plain};
use crate::types::iterator::Sequence;
use crate::types::numpy::is_ndarray;
use program::{Kind, Trace, bytes_literal};
use std::any::Any;
use std::rc::Rc;
use view::{Buffer, Error, Exception, Export, Flags, Indices};

/// `bytearray(…)`
pub(crate) fn new(python: &Python, call: &Call<'_>) -> Outcome {
    let content = match source(python, call)? {
        Source::Object(object) => python.content(object, false)?,
        Source::Content(content) => content,
    };
    Ok(Object::Bytearray(Bytearray::new(content)))
}

impl Python {
    /// Keeps the length of a bytearray while it asks what it should search for, in the versions that do.
    pub(crate) fn guard(&self, bytearray: &Rc<Bytearray>) -> Result<Option<Export>, Error> {
        let locks = self.has(Change::BytearrayGuard);
        locks.then(|| view::Exporter::export(bytearray.clone(), Flags::SIMPLE)).transpose()
    }
}

/// `bytearray.extend(source)`
fn extend(python: &Python, bytearray: &Bytearray, source: &Object, call: &Call<'_>) -> Result<(), Stop> {
    let (class, end) = (source.class(), bytearray.len());
    let is_iterable = matches!(source, Object::List(_) | Object::Tuple(_));
    match (source, held(source)) {
        _ if is_iterable => bytearray.extend(&python.content(source, false)?)?,
        (Object::Str(text), _) if text.is_empty() => {}
        // The error text for a non-empty str depends on the version.
        (Object::Str(_), _) => return Err(call.unsupported("with a str")),
        // The buffer is held while the bytearray grows, which may be its exporter. Its bytes go where the end was before.
        (_, Ok((added, locked))) => {
            let end = end as isize;
            bytearray.set_slice(Indices { start: end, stop: end, step: 1, count: 0 }, &added)?;
            drop(locked);
        }
        (_, Err(_)) if source.with_buffer().is_none() => {
            let iterator = python.iter(source).map_err(|stop| match stop {
                Stop::Raised(error) if error.exception() == Exception::TypeError => {
                    type_error(format!("can't extend bytearray with {class}")).into()
                }
                stop => stop,
            })?;
            let says_none = source.as_type().length_hint()? == Some(0);
            let (added, error) = python.bytes_until(&iterator, false)?;
            if let Some(error) = &error
                && python.has(Change::BytearrayExtendError)
            {
                return Err(error.clone().into());
            }
            if says_none && !added.is_empty() && !python.has(Change::BytearrayEmptyHint) {
                return Err(Stop::Unspecified("CPython writes the first item over memory that is not the bytearray's"));
            }
            bytearray.extend(&added)?;
            return error.map_or(Ok(()), |error| Err(error.into()));
        }
        (_, Err(_)) => return Err(type_error(format!("can't set bytearray slice from {class}")).into()),
    }
    Ok(())
}

/// Whether a type has conversions to numbers, or is `str`: its objects are not assigned to slices (`PyNumber_Check`).
fn is_number(object: &Object) -> bool {
    let has_conversion = |own: &Instance| ["__index__", "__int__", "__float__"].iter().any(|name| own.has(name));
    matches!(object, Object::Str(_) | Object::Int(_) | Object::Bool(_) | Object::Float(_) | Object::Complex(_))
        || is_hook(object)
        || is_ndarray(object)
        || as_instance(object).is_some_and(has_conversion)
}

impl Type for Rc<Bytearray> {
    fn class(&self) -> &str {
        "bytearray"
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("bytearray")
    }

    fn repr(&self) -> Result<String, Stop> {
        let content = self.to_vec();
        match content.contains(&b'\'') {
            false => Ok(format!("bytearray({})", bytes_literal(&content))),
            // Until Python 3.14 a bytearray is written by its own function (`bytearray_repr`), not as bytes are.
            true => Err(Stop::unsupported("`repr` of a bytearray that contains a single quote")),
        }
    }

    fn length(&self) -> Result<isize, Error> {
        Ok(self.len() as isize)
    }

    fn item(&self, python: &Python, key: &Object) -> Outcome {
        if let Object::Slice(parts) = key {
            let indices = slice(parts).bounds(python.view_profile())?.of(self.len() as isize);
            let content = self.to_vec();
            let part = indices.positions().filter_map(|at| content.get(at)).copied().collect();
            return Ok(Object::Bytearray(Bytearray::new(part)));
        }
        Ok(Object::int(self.get(index(key, "bytearray", true)?)?))
    }

    fn set_item(&self, python: &Python, key: &Object, value: Option<&Object>) -> Result<(), Stop> {
        let (Object::Slice(parts), profile) = (key, python.view_profile()) else {
            let since = self.generation();
            let at = index(key, "bytearray", true)?;
            match value {
                Some(value) => self.set_since(since, at, value, python.profile())?,
                None => self.delete(at)?,
            }
            return Ok(());
        };
        let mut since = self.generation();
        let mut bounds = slice(parts).bounds(profile)?;
        let added = match value {
            None => None,
            // Another bytearray is taken as it is, whatever its class has.
            Some(value)
                if let Object::Bytearray(other) = plain(value)
                    && !Rc::ptr_eq(&other, self) =>
            {
                Some(other.to_vec())
            }
            Some(value) if is_number(value) => {
                let text = "can assign only bytes, buffers, or iterables of ints in range(0, 256)";
                return Err(type_error(text).into());
            }
            // Anything else is made a bytearray first, and then the bounds are asked again.
            Some(value) => {
                let added = python.content(value, false)?;
                since = self.generation();
                bounds = slice(parts).bounds(profile)?;
                Some(added)
            }
        };
        if bounds.step != 1 {
            self.check_memory(since, python.profile())?;
        }
        let indices = bounds.of(self.len() as isize);
        match added {
            Some(added) => {
                python.grows_to(Kind::Set, self.len() + added.len())?;
                self.set_slice(indices, &added)?;
            }
            None => self.delete_slice(indices)?,
        }
        Ok(())
    }

    fn method(&self, python: &Python, this: &Object, call: &Call<'_>) -> Outcome {
        let only = || call.only(python, "bytearray");
        let nothing = || call.nothing(python, "bytearray");
        match call.kind {
            Kind::Append => self.append(only()?)?,
            Kind::Extend => extend(python, self, only()?, call)?,
            Kind::Insert => match call.between(python, "bytearray", 2, 2)? {
                [at, value] => self.insert(python.whole(at)?, value)?,
                _ => return Err(call.other_arguments()),
            },
            Kind::Pop => {
                let at = call.between(python, "bytearray", 0, 1)?.first();
                return Ok(Object::int(self.pop(at.map(|at| python.whole(at)).transpose()?)?));
            }
            Kind::Remove => self.remove(only()?)?,
            Kind::Clear => {
                nothing()?;
                self.clear()?;
            }
            Kind::Reverse => {
                nothing()?;
                self.reverse();
            }
            _ => return bytes::method(python, this, call, |content| Object::Bytearray(Bytearray::new(content))),
        }
        Ok(Object::None)
    }

    fn iterator(&self, _: &Python, this: &Object) -> Outcome {
        Ok(Sequence::forward(this, "bytearray_iterator"))
    }

    fn reverse_iterator(&self, _: &Python, this: &Object) -> Outcome {
        Sequence::backward(this, "reversed", false)
    }

    fn at(&self, position: isize) -> Result<Option<Object>, Error> {
        match usize::try_from(position) {
            Ok(at) if at < self.len() => self.get(position).map(|byte| Some(Object::int(byte))),
            _ => Ok(None),
        }
    }

    /// `bytearray_contains` in C; case: exporters-are-searched-for-what-changes-them
    fn contains(&self, python: &Python, item: &Object) -> Result<Option<bool>, Stop> {
        let locked = python.guard(self)?;
        let since = self.generation();
        let found = contains(item, || match self.generation() == since {
            true => Ok(self.to_vec()),
            false => Err(MOVED),
        });
        drop(locked);
        found
    }

    /// Accepts any object that exports its bytes. It is locked while the other is asked for them (`bytearray_richcompare`).
    fn equals(&self, other: &Object) -> Result<Option<bool>, Error> {
        let locked = view::Exporter::export(self.clone(), Flags::SIMPLE)?;
        let equal = buffer_of(other).ok().map(|other| self.to_vec() == other);
        drop(locked);
        Ok(equal)
    }

    fn hash(&self, _: Profile) -> Hashed {
        Err(Error::Unhashable { type_name: "bytearray".into() })
    }

    fn record(&self, _: &[Option<Object>], trace: &mut Trace) {
        crate::record::whole(&**self, |content| trace.bytearray(content));
    }

    fn changing(&self) -> Option<&Rc<Buffer>> {
        view::Exporter::buffer(&**self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
