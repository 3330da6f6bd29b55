//! Functions of modules that look at an object from outside: weak references, copying, pickling, garbage collection.

use super::hook::Hook;
use super::iterators::Iter;
use super::object::Object;
use super::{Outcome, Python, type_error, value_error};
use program::Operation;
use std::any::Any;
use std::rc::{Rc, Weak};
use view::{Change, Error, Exporter, Int, Watcher};

/// `weakref.ref(object, callback)`
pub(super) struct Reference {
    referent: Weak<dyn Exporter>,
    callback: Option<Rc<Hook>>,
    /// The name of its type.
    class: &'static str,
}

impl Watcher for Reference {
    fn died(&self) {
        if let Some(hook) = &self.callback {
            hook.call();
        }
    }
}

impl Reference {
    /// The name of its type.
    pub(super) fn class(&self) -> &'static str {
        self.class
    }

    /// What it says when it is called.
    pub(super) fn referent(&self) -> Object {
        self.referent.upgrade().map_or(Object::None, |referent| super::exporters::object_of(&referent))
    }

    /// Its text; reports show the addresses as `0x...`.
    pub(super) fn repr(&self) -> String {
        match self.referent() {
            Object::None => "<weakref at 0x0; dead>".into(),
            referent => format!("<weakref at 0x0; to '{}' at 0x0>", referent.class()),
        }
    }
}

/// An object as something that weak references can refer to.
fn as_referent(object: &Object) -> Option<Rc<dyn Exporter>> {
    object.with_buffer().filter(|referent| referent.watchers().is_some())
}

/// The weak references to an object that are there.
fn references(object: &dyn Exporter) -> Vec<Rc<Reference>> {
    let living = object.watchers().map(|watchers| watchers.living()).unwrap_or_default();
    living.into_iter().filter_map(|watcher| (watcher as Rc<dyn Any>).downcast().ok()).collect()
}

impl Python {
    /// A function that no row has.
    pub(super) fn any_call(&self, path: &str, operation: &Operation, operands: &[Object]) -> Outcome {
        let arguments = operands.get(1..).unwrap_or_default();
        match (path, arguments, operation.keywords.as_deref().unwrap_or_default()) {
            ("weakref.ref", _, []) => self.new_reference(operation, arguments),
            ("weakref.getweakrefcount", [object], []) if !matches!(object, Object::Type(_)) => {
                let count = as_referent(object).map_or(0, |object| references(&*object).len());
                Ok(Object::size(count as isize))
            }
            ("copy.copy" | "copy.deepcopy", [Object::View(_)], []) => Err(self.no_pickle(2).into()),
            ("copy.copy" | "copy.deepcopy" | "pickle.dumps", [Object::Iter(iter)], []) => match &**iter {
                Iter::View(_, class @ "memory_iterator") => {
                    Err(type_error(format!("cannot pickle '{class}' object")).into())
                }
                _ => Err(self.unsupported(operation.kind, path)),
            },
            ("pickle.dumps", [Object::View(_)], []) => Err(self.no_pickle(2).into()),
            ("pickle.dumps", [Object::View(_), Object::Int(Int::Small(protocol))], names)
                if names.iter().all(|name| &**name == "protocol") =>
            {
                match protocol {
                    6.. => Err(value_error("pickle protocol must be <= 5").into()),
                    0 | 1 => Err(self.no_pickle(1).into()),
                    _ => Err(self.no_pickle(2).into()),
                }
            }
            ("gc.is_tracked", [Object::View(_)], []) => Ok(Object::Bool(true)),
            ("gc.get_referents", [Object::View(_)], []) => Ok(Object::List(vec![Object::Managed].into())),
            _ => Err(self.unsupported(operation.kind, path)),
        }
    }

    /// The error of pickling a view by a protocol, or of copying it, which takes the way of protocol 2.
    pub(super) fn no_pickle(&self, protocol: u8) -> Error {
        type_error(match self.profile.has(Change::PickleText) && protocol >= 2 {
            true => "cannot pickle memoryview objects",
            false => "cannot pickle 'memoryview' object",
        })
    }

    fn new_reference(&self, operation: &Operation, arguments: &[Object]) -> Outcome {
        let (object, callback) = match arguments {
            [object] | [object, Object::None] => (object, None),
            [object, Object::Hook(hook)] if hook.is_known() => (object, Some(hook.clone())),
            // What can't be called is refused when the object dies, and nobody hears of it.
            [_, _] => return Err(self.unsupported(operation.kind, "a callback that is no hook")),
            [] => return Err(type_error("__new__ expected at least 1 argument, got 0").into()),
            _ => {
                let given = arguments.len();
                return Err(type_error(format!("__new__ expected at most 2 arguments, got {given}")).into());
            }
        };
        let Some(referent) = as_referent(object) else {
            return match object {
                Object::Bytes(_) | Object::Bytearray(_) | Object::Iter(_) | Object::Int(_) | Object::None => {
                    let class = object.class();
                    Err(type_error(format!("cannot create weak reference to '{class}' object")).into())
                }
                _ => Err(self.unsupported(operation.kind, format!("a weak reference to {}", object.class()))),
            };
        };
        // Without a callback there is one reference to an object, which all share.
        if let (None, Some(reference)) =
            (&callback, references(&*referent).into_iter().find(|reference| reference.callback.is_none()))
        {
            return Ok(Object::Reference(reference));
        }
        let class = if self.profile.has(Change::WeakrefModule) { "weakref.ReferenceType" } else { "weakref" };
        let reference = Rc::new(Reference { referent: Rc::downgrade(&referent), callback, class });
        if let Some(watchers) = referent.watchers() {
            watchers.add(&(reference.clone() as Rc<dyn Watcher>));
        }
        Ok(Object::Reference(reference))
    }
}
