//! Methods of built-in types as values: `read = stream.readinto`, which is called later.

use crate::address;
use crate::arithmetic;
use crate::buffer_methods;
use crate::context::Python;
use crate::nested;
use crate::object::{Call, Object, Outcome, Type, no_attribute};
use crate::stop::Stop;
use crate::types::hook;
use program::names::{self, What};
use program::{Kind, Trace};
use std::any::Any;
use view::{Arguments, Error, Method};

/// The name of the type.
const CLASS: &str = "builtin_function_or_method";

/// A method with the object that it is called on, which it keeps alive.
pub(crate) struct Bound {
    receiver: Object,
    name: Box<str>,
}

impl Drop for Bound {
    fn drop(&mut self) {
        nested::drop_flat(&mut [std::mem::replace(&mut self.receiver, Object::None)]);
    }
}

/// Returns a method of an object as a value; `None` if the object has no such method in this version, or if that is not
/// known. Special methods are objects of other types.
pub(crate) fn bound(python: &Python, receiver: &Object, name: &str) -> Option<Object> {
    if name.starts_with('_') || is_of_a_class(receiver, name) {
        return None;
    }
    let has_method = match receiver {
        Object::View(_) => Method::named(name, python.view_profile()).is_some(),
        _ => {
            let path = receiver.as_type().type_path()?;
            names::member(path, name).is_some_and(|known| known.everywhere && known.what == What::Function)
        }
    };
    has_method.then(|| Object::instance(Bound { receiver: receiver.clone(), name: name.into() }))
}

/// Returns whether a method is told the class that defines it. Such methods are of another type in some versions.
fn is_of_a_class(receiver: &Object, name: &str) -> bool {
    match receiver.class() {
        "array.array" => ["extend", "fromfile", "tofile"].contains(&name),
        "_io.BytesIO" => ["detach", "fileno", "getbuffer"].contains(&name),
        _ => false,
    }
}

impl Bound {
    /// Calls the method.
    pub(crate) fn call(&self, python: &Python, arguments: Arguments<'_, Object>) -> Outcome {
        if arguments.values.iter().any(hook::has_hook) {
            return Err(Stop::unsupported(format!("`{}` as a value, called with a hook", self.name)));
        }
        let kind = Kind::method(&self.name).unwrap_or(Kind::AnyMethod);
        let call = Call { kind, name: &self.name, arguments };
        let result = match kind {
            Kind::GetBuffer | Kind::ReleaseBuffer => buffer_methods::call(python, &self.receiver, &call),
            _ => self.receiver.as_type().method(python, &self.receiver, &call),
        }?;
        if let Kind::Extend | Kind::FromBytes = kind {
            python.grows_to(kind, arithmetic::size(&self.receiver))?;
        }
        Ok(result)
    }
}

impl Type for Bound {
    fn class(&self) -> &str {
        CLASS
    }

    fn repr(&self) -> Result<String, Stop> {
        let address = match &self.receiver {
            Object::View(view) => address::of_view(view),
            _ => address::of_any(),
        };
        Ok(format!("<built-in method {} of {} object at {address}>", self.name, self.receiver.class()))
    }

    fn attribute(&self, _: &Python, name: &str) -> Outcome {
        match name {
            "__name__" => Ok(Object::str(&*self.name)),
            // It has no other names than special ones.
            _ if !name.starts_with('_') => Err(no_attribute(CLASS, name).into()),
            _ => Err(self.missing(name)),
        }
    }

    fn equals(&self, other: &Object) -> Result<Option<bool>, Error> {
        Ok(other.downcast::<Bound>().map(|other| self.name == other.name && self.receiver.is(&other.receiver)))
    }

    fn record(&self, _: &[Option<Object>], trace: &mut Trace) {
        trace.object(CLASS);
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
