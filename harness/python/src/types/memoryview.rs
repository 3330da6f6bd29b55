//! The type `memoryview`. Views and the argument rules of their methods are implemented in the crate `view`.

use crate::address;
use crate::changes::Profile;
use crate::code;
use crate::context::Python;
use crate::object::{Call, Object, Outcome, Type, no_attribute};
use crate::stop::{Stop, type_error};
use crate::subscript::with_key;
use crate::types::hash::Hashed;
use crate::types::iterator::ViewIterator;
use program::{Kind, Trace};
use std::any::Any;
use std::rc::Rc;
use view::arguments::special::{UNTOLD, fixed_attribute};
use view::{Error, Got, Method, Special, View};

/// `memoryview(object)`
pub(crate) fn new(python: &Python, call: &Call<'_>) -> Outcome {
    Ok(Object::View(python.view_of(View::argument(call.arguments)?)?))
}

/// `memoryview._from_flags(object, flags)`
pub(crate) fn from_flags(python: &Python, call: &Call<'_>) -> Outcome {
    let (object, flags) = View::flagged(call.arguments, python.view_profile())?;
    Ok(Object::View(match object.as_exporter() {
        Some(exporter) => View::from_flags(exporter, flags, python.view_profile())?,
        // For a view the flags are ignored; any other object without a buffer is an error.
        None => python.view_of(object)?,
    }))
}

/// Returns the method that an operation calls: that of its row, otherwise the one with its name.
fn method_of(call: &Call<'_>, profile: view::Profile) -> Option<Method> {
    Some(match call.kind {
        Kind::Cast => Method::Cast,
        Kind::EnterMethod => Method::Enter,
        Kind::ExitMethod => Method::Exit,
        Kind::Hex => Method::Hex,
        Kind::Release => Method::Release,
        Kind::ToBytes => Method::ToBytes,
        Kind::ToList => Method::ToList,
        Kind::ToReadonly => Method::ToReadonly,
        Kind::AnyMethod => return Method::named(call.name, profile),
        _ => return None,
    })
}

/// Calls a method of a view. Bytes and bytearrays use it for methods that they share with views.
pub(crate) fn call(view: &Rc<View>, call: &Call<'_>) -> Outcome {
    match method_of(call, view.profile()) {
        Some(method) => Ok(Object::returned(view.call(method, call.arguments)?, view)),
        None => Err(no_attribute("memoryview", call.name).into()),
    }
}

/// Returns an iterator over a view. In some versions a call on a released view fails with SystemError, and the text
/// names the called function, `callee`; in a program with bodies that depends on how often the body has run.
pub(crate) fn iter_called(python: &Python, view: &Rc<View>, callee: &str) -> Outcome {
    let iterator = view.iter_called(callee).map_err(|error| match error {
        Error::ResultWithError { .. } if code::is_running() => Error::Unspecified {
            what: "CPython no longer checks what a built-in function gives, once a body has called it several times",
        },
        error => error,
    })?;
    Ok(Object::instance(ViewIterator(iterator, iterator_class(python))))
}

fn iterator_class(python: &Python) -> &'static str {
    if python.has(view::Change::OwnIterator) { "memory_iterator" } else { "iterator" }
}

/// Returns the error for pickling a view with `protocol`. Copying a view fails like protocol 2
/// (`copyreg.__reduce_ex__`).
pub(crate) fn no_pickle(python: &Python, protocol: u8) -> Error {
    type_error(match python.has(view::Change::PickleText) && protocol >= 2 {
        true => "cannot pickle memoryview objects",
        false => "cannot pickle 'memoryview' object",
    })
}

/// Calls a special method. The result is `NotImplemented` where an operator would try the other operand.
fn special(python: &Python, view: &Rc<View>, special: Special, call: &Call<'_>) -> Outcome {
    special.check(call.arguments, python.view_profile())?;
    Ok(match (special, call.values()) {
        (Special::Len, _) => Object::size(view.len()?),
        (Special::Iter, _) => iter_called(python, view, "<slot wrapper '__iter__' of 'memoryview' objects>")?,
        (Special::Repr | Special::Str, _) => Object::str(view.repr()?),
        (Special::GetItem, [key]) => view.item(python, key)?,
        (Special::DelItem, [key]) => view.set_item(python, key, None).map(|()| Object::None)?,
        (Special::SetItem, [key, value]) => view.set_item(python, key, Some(value)).map(|()| Object::None)?,
        (Special::SetAttr | Special::DelAttr, [Object::Str(name), ..]) => {
            let fixed = fixed_attribute(name, python.view_profile());
            return Err(fixed.map_or_else(|| call.unsupported(format!("with the attribute `{name}`")), Stop::from));
        }
        (Special::SetAttr | Special::DelAttr, [other, ..]) => {
            return Err(type_error(format!("attribute name must be string, not '{}'", other.class())).into());
        }
        (Special::Eq | Special::Ne, [other]) => match view::View::equals(view, other)? {
            Some(equal) => Object::Bool(equal == (special == Special::Eq)),
            None => Object::NotImplemented,
        },
        _ => Object::NotImplemented,
    })
}

impl Python {
    /// Creates a view of an object (`PyMemoryView_FromObject`).
    pub fn view_of(&self, object: &Object) -> Result<Rc<View>, Error> {
        match (object, object.as_exporter()) {
            (Object::View(view), _) => view.again(),
            (_, Some(exporter)) => View::new(exporter, self.view_profile()),
            _ => Err(Error::NotBytesLike { type_name: object.class().into() }),
        }
    }
}

impl Type for Rc<View> {
    fn class(&self) -> &str {
        "memoryview"
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("memoryview")
    }

    fn repr(&self) -> Result<String, Stop> {
        let kind = if self.is_released() { "released memory" } else { "memory" };
        Ok(format!("<{kind} at {}>", address::of_view(self)))
    }

    fn length(&self) -> Result<isize, Error> {
        View::len(self)
    }

    fn item(&self, _: &Python, key: &Object) -> Outcome {
        Ok(match with_key(key, |key| self.get(key))? {
            Got::Item(item) => Object::item(item),
            Got::View(view) => Object::View(view),
            Got::Itself => Object::View(self.clone()),
        })
    }

    fn set_item(&self, _: &Python, key: &Object, value: Option<&Object>) -> Result<(), Stop> {
        match value {
            Some(value) => Ok(with_key(key, |key| self.set(key, value))?),
            None => Err(self.delete().into()),
        }
    }

    fn method(&self, python: &Python, _: &Object, call: &Call<'_>) -> Outcome {
        let profile = python.view_profile();
        if let Some(method) = method_of(call, profile) {
            if let (Method::ToList, Ok(bytes), Ok(size @ 1..)) = (method, self.nbytes(), self.itemsize()) {
                python.grows_to(Kind::ToList, (bytes / size).unsigned_abs())?;
            }
            return Ok(Object::returned(View::call(self, method, call.arguments)?, self));
        }
        if let Some(special) = Special::named(call.name, profile) {
            return self::special(python, self, special, call);
        }
        match (call.name, call.by_position()) {
            ("__reduce_ex__", Some([Object::Int(view::Int::Small(2..))])) => Err(no_pickle(python, 2).into()),
            ("_from_flags", _) if python.has(view::Change::BufferClasses) => from_flags(python, call),
            (name, _) if UNTOLD.contains(&name) => Err(Stop::unsupported(format!("`memoryview.{name}`"))),
            (name, _) if view::ATTRIBUTES.contains(&name) => {
                // It is read before anything is called.
                let value = self.attribute(python, name)?;
                Err(type_error(format!("'{}' object is not callable", value.class())).into())
            }
            (name, _) => Err(no_attribute("memoryview", name).into()),
        }
    }

    fn attribute(&self, python: &Python, name: &str) -> Outcome {
        match View::attribute(self, name)? {
            Some(value) => Ok(Object::returned(value, self)),
            None if name.starts_with("__")
                || Method::named(name, python.view_profile()).is_some()
                || name == "_from_flags" && python.has(view::Change::BufferClasses) =>
            {
                Err(Stop::unsupported(format!("`memoryview.{name}` as a value")))
            }
            None => Err(no_attribute("memoryview", name).into()),
        }
    }

    fn iterator(&self, python: &Python, _: &Object) -> Outcome {
        Ok(Object::instance(ViewIterator(View::iter(self)?, iterator_class(python))))
    }

    fn reverse_iterator(&self, _: &Python, _: &Object) -> Outcome {
        Ok(Object::instance(ViewIterator(View::reversed(self)?, "reversed")))
    }

    fn contains(&self, _: &Python, item: &Object) -> Result<Option<bool>, Stop> {
        Ok(View::contains(self, item).map(Some)?)
    }

    fn enter(&self, this: &Object) -> Option<Outcome> {
        Some(View::enter(self).map(|()| this.clone()).map_err(Stop::from))
    }

    fn exit(&self) -> Result<(), Stop> {
        Ok(View::exit(self)?)
    }

    fn equals(&self, other: &Object) -> Result<Option<bool>, Error> {
        View::equals(self, other)
    }

    fn hash(&self, _: Profile) -> Hashed {
        View::hash(self).map(Some)
    }

    fn record(&self, names: &[Option<Object>], trace: &mut Trace) {
        crate::record::view(names, self, trace);
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
