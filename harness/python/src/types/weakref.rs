//! `weakref.ref`.

use crate::address;
use crate::changes::{Change, Profile};
use crate::context::Python;
use crate::object::{Call, Object, Outcome, Type};
use crate::stop::{Stop, type_error};
use crate::types::hash::Hashed;
use crate::types::hook::Hook;
use crate::types::iterator::{Sequence, ViewIterator};
use program::Kind;
use std::any::Any;
use std::rc::{Rc, Weak};
use view::{Error, Exporter, Watcher};

/// A weak reference, `weakref.ref`.
pub(crate) struct WeakRef {
    referent: Weak<dyn Exporter>,
    callback: Option<Object>,
    /// The name of its type.
    class: &'static str,
}

impl Watcher for WeakRef {
    fn died(&self) {
        if let Some(hook) = self.callback.as_ref().and_then(Object::downcast::<Hook>) {
            hook.call();
        }
    }
}

impl WeakRef {
    /// `reference()`: returns the referent, or `None` if it is dead.
    fn referent(&self) -> Object {
        self.referent.upgrade().map_or(Object::None, |referent| Object::of_exporter(&referent))
    }
}

/// Returns the object as a referent; `None` if its type does not support weak references.
fn as_referent(object: &Object) -> Option<Rc<dyn Exporter>> {
    let referent = match object {
        Object::Instance(instance) => instance.clone().watched(),
        _ => object.with_buffer(),
    };
    referent.filter(|referent| referent.watchers().is_some())
}

/// Returns the living weak references to an object.
fn references(object: &dyn Exporter) -> Vec<Rc<WeakRef>> {
    let living = object.watchers().map(|watchers| watchers.living()).unwrap_or_default();
    living.into_iter().filter_map(|watcher| (watcher as Rc<dyn Any>).downcast().ok()).collect()
}

/// `weakref.getweakrefcount(object)`
pub(crate) fn count(object: &Object) -> usize {
    as_referent(object).map_or(0, |object| references(&*object).len())
}

/// `weakref.ref(object, callback)`
pub(super) fn new(python: &Python, call: &Call<'_>) -> Outcome {
    let (object, callback) = match call.by_position().ok_or_else(|| call.other_arguments())? {
        [object] | [object, Object::None] => (object, None),
        [object, callback] if callback.downcast::<Hook>().is_some_and(Hook::is_known) => (object, Some(callback)),
        // A callback that can't be called fails when the referent dies, and that error is ignored.
        [_, _] => return Err(call.unsupported("with a callback that is not a hook")),
        [] => return Err(type_error("__new__ expected at least 1 argument, got 0").into()),
        others => {
            let given = others.len();
            return Err(type_error(format!("__new__ expected at most 2 arguments, got {given}")).into());
        }
    };
    let referent = as_referent(object).ok_or_else(|| no_reference(object, call))?;
    // All references to an object without a callback are the same object.
    let mut others = references(&*referent).into_iter();
    if let (None, Some(reference)) = (callback, others.find(|reference| reference.callback.is_none())) {
        return Ok(Object::Instance(reference));
    }
    let class = if python.has(Change::WeakrefModule) { "weakref.ReferenceType" } else { "weakref" };
    let callback = callback.cloned();
    let reference = Rc::new(WeakRef { referent: Rc::downgrade(&referent), callback, class });
    if let Some(watchers) = referent.watchers() {
        watchers.add(&(reference.clone() as Rc<dyn Watcher>));
    }
    Ok(Object::Instance(reference))
}

/// Returns the TypeError for an object that does not support weak references, if that is certain.
fn no_reference(object: &Object, call: &Call<'_>) -> Stop {
    let class = object.class();
    match object {
        Object::Bytes(_) | Object::Bytearray(_) | Object::List(_) | Object::Int(_) | Object::None => {
            type_error(format!("cannot create weak reference to '{class}' object")).into()
        }
        _ if object.as_exporter().is_some_and(|exporter| exporter.watchers().is_none()) => {
            type_error(format!("cannot create weak reference to '{class}' object")).into()
        }
        _ if object.downcast::<Sequence>().is_some() || object.downcast::<ViewIterator>().is_some() => {
            type_error(format!("cannot create weak reference to '{class}' object")).into()
        }
        _ => call.unsupported(format!("of an object of type {class}")),
    }
}

impl Type for WeakRef {
    fn class(&self) -> &str {
        self.class
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("object")
    }

    fn repr(&self) -> Result<String, Stop> {
        let address = address::of_any();
        Ok(match self.referent() {
            Object::None => format!("<weakref at {address}; dead>"),
            referent => format!("<weakref at {address}; to '{}' at {}>", referent.class(), address::of_any()),
        })
    }

    fn method(&self, _: &Python, _: &Object, call: &Call<'_>) -> Outcome {
        match (call.kind, call.name, call.values()) {
            (Kind::AnyMethod | Kind::CallObject, "__call__", []) => Ok(self.referent()),
            _ => Err(self.missing(call.name)),
        }
    }

    /// The hash of the referent, cached on first use.
    fn hash(&self, _: Profile) -> Hashed {
        Err(Error::Unspecified { what: "the hash of a weak reference depends on when it was first computed" })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
