//! `exporter(data, …)`: an exporter with any layout that a description can express. It belongs to the language of
//! cases, not to Python.

use crate::changes::Profile;
use crate::context::Python;
use crate::describe::{Argument, EXPORTER, HASH, describe};
use crate::nested::{self, Held};
use crate::object::{Call, Object, Outcome, Type};
use crate::types::hash::{self, Hashed};
use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;
use view::{Buffer, Described, Exporter, Hasher};

/// An object created by `exporter(…)`.
struct Exported {
    memory: Rc<Described>,
    /// The hash of the object that is asked for it, as it was when it was asked last.
    answered: Option<Rc<Cell<Option<u64>>>>,
}

/// Implements [`Exporter`] for a type by the description in its field `memory`.
macro_rules! exports_described {
    ($type:ident) => {
        impl view::Exporter for $type {
            fn owns_format(&self) -> bool {
                self.memory.owns_format()
            }

            fn export(self: std::rc::Rc<Self>, flags: view::Flags) -> Result<view::Export, view::Error> {
                self.memory.clone().export(flags)
            }

            fn hash(&self) -> Result<(), view::Error> {
                self.memory.hash()
            }

            fn buffer(&self) -> Option<&std::rc::Rc<view::Buffer>> {
                self.memory.buffer()
            }

            fn watchers(&self) -> Option<&view::Watchers> {
                self.memory.watchers()
            }

            fn object(self: std::rc::Rc<Self>) -> Option<Box<dyn std::any::Any>> {
                Some(Box::new($crate::object::Object::Instance(self)))
            }

            fn as_any(&self) -> &dyn std::any::Any {
                self
            }
        }
    };
}
pub(crate) use exports_described;

exports_described! { Exported }

/// `exporter(data, …)`
pub(super) fn new(python: &Python, call: &Call<'_>) -> Outcome {
    let (arguments, profile) = (call.arguments, python.profile());
    let keywords = arguments.named().map(|(name, object)| (name, argument(object)));
    let positional = arguments.positional().iter().map(argument).collect();
    let (content, description) = describe(positional, keywords, profile.abi())?;
    let (form, _) = description.check(&content, profile.abi())?;
    let hash = arguments.named().find(|(name, object)| *name == HASH && !matches!(object, Object::None));
    let answered = hash.map(|_| Rc::<Cell<Option<u64>>>::default());
    let hasher = hash.zip(answered.clone()).map(|((_, object), answered)| {
        let object = Held(object.clone());
        Hasher(Box::new(move || {
            answered.set(nested::follow(1, || object.0.as_type().hash(profile))?);
            Ok(())
        }))
    });
    let memory = Described::of_form(EXPORTER, content, form, hasher);
    Ok(Object::instance(Exported { memory, answered }))
}

/// An argument of `exporter`.
fn argument(object: &Object) -> Argument {
    match object {
        Object::None => Argument::None,
        Object::Bool(value) => Argument::Bool(*value),
        Object::Int(value) => {
            let value = value.within(isize::MIN as i128, isize::MAX as i128);
            Argument::Int(value.map(|value| value as isize))
        }
        Object::Str(text) => Argument::Str(text.to_string()),
        Object::Bytes(content) => Argument::Bytes(content.to_vec()),
        other => other.as_items().map_or(Argument::Other, |items| Argument::List(items.iter().map(part).collect())),
    }
}

/// Converts an item of a tuple or a list. Another tuple in it is no size, whatever it contains.
fn part(object: &Object) -> Argument {
    match object {
        Object::Tuple(_) | Object::List(_) => Argument::Other,
        object => argument(object),
    }
}

impl Type for Exported {
    fn class(&self) -> &str {
        EXPORTER
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("object")
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn hash(&self, _: Profile) -> Hashed {
        self.memory.hash()?;
        match &self.answered {
            None => Ok(None),
            Some(answered) => answered.get().map(Some).ok_or(hash::OF_ANOTHER),
        }
    }

    fn exporter(self: Rc<Self>) -> Option<Rc<dyn Exporter>> {
        Some(self)
    }

    fn changing(&self) -> Option<&Rc<Buffer>> {
        self.memory.buffer().filter(|_| !self.memory.is_readonly())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
