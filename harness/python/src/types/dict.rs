//! `dict`, with keys whose hashes are those of constants: numbers, strs, bytes, and tuples of them.

mod parts;

use crate::changes::{Change, Profile};
use crate::code;
use crate::compare::same;
use crate::context::{LARGEST, Python};
use crate::nested;
use crate::object::{Call, Object, Outcome, Type};
use crate::stop::{Stop, type_error, value_error};
use crate::types::exception::key_error;
use crate::types::hash::Hashed;
use crate::types::instance;
use crate::types::sequence::once;
use parts::Part;
use program::Trace;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use view::Error;

/// The most items of a dict here: each key is compared with the others.
const MOST: usize = 1 << 12;

/// A dict.
pub(crate) struct Dict {
    /// The items in the order in which they came. Nothing of the program runs while they are borrowed.
    items: RefCell<Vec<(Object, Object)>>,
    /// How often an item was added or removed.
    changes: Cell<usize>,
}

impl Drop for Dict {
    fn drop(&mut self) {
        let items = self.items.take().into_iter();
        nested::drop_flat(&mut items.flat_map(|(key, value)| [key, value]).collect::<Vec<_>>());
    }
}

/// `dict(…)`
pub(super) fn new(python: &Python, call: &Call<'_>) -> Outcome {
    let dict = Rc::new(Dict { items: RefCell::default(), changes: Cell::new(0) });
    python.may_hold_itself(&dict, |dict| drop(dict.items.take()));
    dict.update(python, call)?;
    Ok(Object::Instance(dict))
}

/// Returns the dict that an object is.
fn as_dict(object: &Object) -> Option<Rc<Dict>> {
    match object {
        Object::Instance(instance) if object.downcast::<Dict>().is_some() => {
            let any: Rc<dyn Any> = instance.clone();
            any.downcast().ok()
        }
        _ => None,
    }
}

/// Refuses a key that can't be hashed, and one whose hash and comparison are not modelled.
fn check_key(python: &Python, key: &Object) -> Result<(), Stop> {
    fn unhashable(object: &Object) -> Result<Option<String>, Stop> {
        match object {
            Object::None | Object::Bool(_) | Object::Int(_) | Object::Str(_) | Object::Bytes(_) => Ok(None),
            Object::Class(_) => Ok(None),
            Object::Float(value) if !value.is_nan() => Ok(None),
            Object::List(_) | Object::Bytearray(_) | Object::Array(_) => Ok(Some(object.class().to_owned())),
            Object::Tuple(items) => nested::follow(items.len(), || {
                for item in items.iter() {
                    if let Some(class) = unhashable(item)? {
                        return Ok(Some(class));
                    }
                }
                Ok(None)
            }),
            other if as_dict(other).is_some() => Ok(Some("dict".to_owned())),
            other => Err(Stop::unsupported(format!("an object of type {} as a key", other.class()))),
        }
    }
    match unhashable(key)? {
        None => Ok(()),
        Some(inner) => Err(type_error(match python.has(Change::DictKeyText) {
            true => format!("cannot use '{}' as a dict key (unhashable type: '{inner}')", key.class()),
            false => format!("unhashable type: '{inner}'"),
        })
        .into()),
    }
}

impl Dict {
    fn len(&self) -> usize {
        self.items.borrow().len()
    }

    fn items(&self) -> Vec<(Object, Object)> {
        self.items.borrow().clone()
    }

    fn find(&self, python: &Python, key: &Object) -> Result<Option<usize>, Stop> {
        check_key(python, key)?;
        Ok(self.position(key)?)
    }

    fn position(&self, key: &Object) -> Result<Option<usize>, Error> {
        for (at, (known, _)) in self.items.borrow().iter().enumerate() {
            if same(known, key)? {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    fn value(&self, python: &Python, key: &Object) -> Result<Option<Object>, Stop> {
        let at = self.find(python, key)?;
        Ok(at.and_then(|at| self.items.borrow().get(at).map(|(_, value)| value.clone())))
    }

    fn set(&self, python: &Python, key: &Object, value: &Object) -> Result<(), Stop> {
        let before = match self.find(python, key)? {
            Some(at) => self.items.borrow_mut().get_mut(at).map(|item| std::mem::replace(&mut item.1, value.clone())),
            None if self.len() == MOST => return Err(Stop::unsupported("a dict of more than 4096 items")),
            None => {
                self.items.borrow_mut().push((key.clone(), value.clone()));
                self.changes.set(self.changes.get() + 1);
                None
            }
        };
        drop(before);
        Ok(())
    }

    fn remove(&self, python: &Python, key: &Object) -> Result<Option<Object>, Stop> {
        let Some(at) = self.find(python, key)? else { return Ok(None) };
        let (_, value) = self.items.borrow_mut().remove(at);
        self.changes.set(self.changes.get() + 1);
        Ok(Some(value))
    }

    /// Adds what `dict` and `update` are given: a dict or pairs, and then what has a name.
    fn update(&self, python: &Python, call: &Call<'_>) -> Result<(), Stop> {
        let names = call.arguments.names;
        let (positional, named) = call.values().split_at(call.values().len().saturating_sub(names.len()));
        match positional {
            [] => {}
            [source] => self.merge(python, source, call)?,
            others => {
                let given = others.len();
                return Err(type_error(format!("{} expected at most 1 argument, got {given}", call.name)).into());
            }
        }
        names.iter().zip(named).try_for_each(|(name, value)| self.set(python, &Object::str(&**name), value))
    }

    fn merge(&self, python: &Python, source: &Object, call: &Call<'_>) -> Result<(), Stop> {
        if let Some(other) = as_dict(source) {
            return other.items().iter().try_for_each(|(key, value)| self.set(python, key, value));
        }
        if instance::as_instance(source).is_some() || instance::as_class(source).is_some() {
            // It may have a method `keys`.
            return Err(call.other_arguments());
        }
        let mut index = 0;
        python.for_each(source, |pair| {
            if instance::as_instance(&pair).is_some() || python.iter(&pair).is_err() {
                return Err(call.unsupported("with items that may be no pairs"));
            }
            match python.items(&pair)?.as_slice() {
                [key, value] => self.set(python, key, value)?,
                others => {
                    let given = others.len();
                    let text = format!("dictionary update sequence element #{index} has length {given}; 2 is required");
                    return Err(value_error(text).into());
                }
            }
            index += 1;
            match index > LARGEST {
                true => Err(Stop::unsupported("an iterable of more than a million items")),
                false => Ok(()),
            }
        })
    }
}

impl Type for Dict {
    fn class(&self) -> &str {
        "dict"
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("dict")
    }

    fn repr(&self) -> Result<String, Stop> {
        let items = self.items();
        let write = || {
            let texts =
                items.iter().map(|(key, value)| Ok(format!("{}: {}", key.as_type().repr()?, value.as_type().repr()?)));
            texts.collect::<Result<Vec<_>, Stop>>()
        };
        let whole = || Ok(format!("{{{}}}", nested::follow(items.len(), write)?.join(", ")));
        once(std::ptr::from_ref(self).cast(), "{...}", whole)
    }

    fn length(&self) -> Result<isize, Error> {
        Ok(self.len() as isize)
    }

    fn has_operators(&self) -> bool {
        true
    }

    fn item(&self, python: &Python, key: &Object) -> Outcome {
        self.value(python, key)?.ok_or_else(|| key_error(key))
    }

    fn set_item(&self, python: &Python, key: &Object, value: Option<&Object>) -> Result<(), Stop> {
        match value {
            Some(value) => self.set(python, key, value),
            None => self.remove(python, key)?.map(drop).ok_or_else(|| key_error(key)),
        }
    }

    fn method(&self, python: &Python, this: &Object, call: &Call<'_>) -> Outcome {
        let part = |part: Part| {
            call.nothing(python, "dict")?;
            as_dict(this).map(|dict| part.of(&dict)).ok_or(Stop::Malformed("a dict is none"))
        };
        match call.name {
            "items" => part(Part::Items),
            "keys" => part(Part::Keys),
            "values" => part(Part::Values),
            "get" | "pop" | "setdefault" => match call.between(python, "dict", 1, 2)? {
                [key, default @ ..] => self.with_default(python, call.name, key, default.first()),
                [] => Err(call.other_arguments()),
            },
            "update" => self.update(python, call).map(|()| Object::None),
            "clear" => {
                call.nothing(python, "dict")?;
                let items = self.items.take();
                self.changes.set(self.changes.get() + items.len());
                drop(items);
                Ok(Object::None)
            }
            _ => Err(self.missing(call.name)),
        }
    }

    fn iterator(&self, python: &Python, this: &Object) -> Outcome {
        match as_dict(this) {
            Some(dict) => Part::Keys.of(&dict).as_type().iterator(python, this),
            None => Err(Stop::Malformed("a dict is none")),
        }
    }

    fn reverse_iterator(&self, _: &Python, _: &Object) -> Outcome {
        Err(Stop::unsupported("`reversed` of a dict"))
    }

    fn contains(&self, python: &Python, key: &Object) -> Result<Option<bool>, Stop> {
        self.find(python, key).map(|at| Some(at.is_some()))
    }

    fn equals(&self, other: &Object) -> Result<Option<bool>, Error> {
        let Some(other) = as_dict(other) else { return Ok(None) };
        if self.len() != other.len() {
            return Ok(Some(false));
        }
        let items = self.items();
        if items.iter().any(|(_, value)| instance::is_converted(value)) {
            return Err(code::as_error(Stop::unsupported("`==` of dicts with objects that compare themselves")));
        }
        nested::follow(items.len(), || {
            for (key, value) in &items {
                let Some(at) = other.position(key)? else { return Ok(Some(false)) };
                let theirs = other.items.borrow().get(at).map(|(_, value)| value.clone());
                if !theirs.map_or(Ok(false), |theirs| same(value, &theirs))? {
                    return Ok(Some(false));
                }
            }
            Ok(Some(true))
        })
    }

    fn hash(&self, _: Profile) -> Hashed {
        Err(Error::Unhashable { type_name: "dict".into() })
    }

    fn record(&self, _: &[Option<Object>], trace: &mut Trace) {
        trace.object("dict");
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Dict {
    /// `get`, `pop` and `setdefault`
    fn with_default(&self, python: &Python, name: &str, key: &Object, default: Option<&Object>) -> Outcome {
        let otherwise = default.cloned().unwrap_or(Object::None);
        Ok(match name {
            "get" => self.value(python, key)?.unwrap_or(otherwise),
            "pop" => match self.remove(python, key)? {
                Some(value) => value,
                None if default.is_none() => return Err(key_error(key)),
                None => otherwise,
            },
            _ => match self.value(python, key)? {
                Some(value) => value,
                None => {
                    self.set(python, key, &otherwise)?;
                    otherwise
                }
            },
        })
    }
}
