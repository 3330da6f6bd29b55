//! Tuples, lists and slices. Lists are immutable here: nothing changes one in place.

use crate::changes::{Change, Profile};
use crate::compare::{equals, same, same_items};
use crate::context::Python;
use crate::nested;
use crate::object::{List, Object, Outcome, Slice, Tuple, Type};
use crate::stop::{Stop, type_error};
use crate::subscript::{index, inside, slice};
use crate::types::hash::Hashed;
use crate::types::iterator::Sequence;
use program::Trace;
use std::any::Any;
use view::Error;

/// `sequence[index]` and `sequence[a:b:c]`. `name` is the type in error texts.
fn item<S: FromIterator<Object>>(
    items: &[Object],
    name: &str,
    python: &Python,
    key: &Object,
    whole: impl Fn(S) -> Object,
) -> Outcome {
    if let Object::Slice(parts) = key {
        let indices = slice(parts).bounds(python.view_profile())?.of(items.len() as isize);
        return Ok(whole(indices.positions().filter_map(|at| items.get(at).cloned()).collect()));
    }
    let at = inside(index(key, name, true)?, items.len(), &format!("{name} index out of range"))?;
    Ok(items.get(at).cloned().unwrap_or(Object::None))
}

/// Returns whether one of the items is identical or equal to `wanted`.
fn contains(items: &[Object], wanted: &Object) -> Result<Option<bool>, Stop> {
    for candidate in items {
        if same(candidate, wanted)? {
            return Ok(Some(true));
        }
    }
    Ok(Some(false))
}

fn texts(items: &[Object]) -> Result<String, Stop> {
    let texts = || items.iter().map(|item| item.as_type().repr()).collect::<Result<Vec<_>, _>>();
    Ok(nested::follow(texts)?.join(", "))
}

/// Returns the hash of an object from its type and the hashes of its items.
fn hash_all(class: &str, items: &[Object], profile: Profile) -> Hashed {
    let hashes = || items.iter().map(|item| item.as_type().hash(profile)).collect::<Result<Option<Vec<u64>>, _>>();
    Ok(nested::follow(hashes)?.map(|hashes| {
        let parts = hashes.iter().flat_map(|hash| hash.to_le_bytes());
        view::hash_bytes(&class.bytes().chain(parts).collect::<Vec<u8>>())
    }))
}

/// Records items after `begin` has. As all observers do, it records only the type of what is nested too deeply.
fn record(items: &[Object], class: &str, begin: impl FnOnce(&mut Trace), names: &[Option<Object>], trace: &mut Trace) {
    let followed = nested::within(|| {
        begin(trace);
        items.iter().for_each(|item| item.as_type().record(names, trace));
    });
    if followed.is_none() {
        trace.object(class);
    }
}

impl Type for Tuple {
    fn class(&self) -> &str {
        "tuple"
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("tuple")
    }

    fn repr(&self) -> Result<String, Stop> {
        let comma = if self.0.len() == 1 { "," } else { "" };
        Ok(format!("({}{comma})", texts(self)?))
    }

    fn length(&self) -> Result<isize, Error> {
        Ok(self.0.len() as isize)
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn item(&self, python: &Python, key: &Object) -> Outcome {
        item(self, "tuple", python, key, Object::Tuple)
    }

    fn iterator(&self, _: &Python, this: &Object) -> Outcome {
        Ok(Sequence::forward(this, "tuple_iterator"))
    }

    fn reverse_iterator(&self, _: &Python, this: &Object) -> Outcome {
        Sequence::backward(this, "reversed", false)
    }

    fn at(&self, position: isize) -> Result<Option<Object>, Error> {
        Ok(usize::try_from(position).ok().and_then(|at| self.get(at).cloned()))
    }

    fn contains(&self, _: &Python, item: &Object) -> Result<Option<bool>, Stop> {
        contains(self, item)
    }

    fn equals(&self, other: &Object) -> Result<Option<bool>, Error> {
        match other {
            Object::Tuple(other) => same_items(self, other).map(Some),
            _ => Ok(None),
        }
    }

    fn hash(&self, profile: Profile) -> Hashed {
        hash_all("tuple", self, profile)
    }

    fn record(&self, names: &[Option<Object>], trace: &mut Trace) {
        record(self, "tuple", |trace| trace.tuple(self.0.len()), names, trace);
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Type for List {
    fn class(&self) -> &str {
        "list"
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("list")
    }

    fn repr(&self) -> Result<String, Stop> {
        Ok(format!("[{}]", texts(self)?))
    }

    fn length(&self) -> Result<isize, Error> {
        Ok(self.0.len() as isize)
    }

    fn item(&self, python: &Python, key: &Object) -> Outcome {
        item(self, "list", python, key, Object::List)
    }

    fn set_item(&self, _: &Python, _: &Object, _: Option<&Object>) -> Result<(), Stop> {
        Err(Stop::unsupported("setting or deleting items of a list"))
    }

    fn iterator(&self, _: &Python, this: &Object) -> Outcome {
        Ok(Sequence::forward(this, "list_iterator"))
    }

    fn reverse_iterator(&self, python: &Python, this: &Object) -> Outcome {
        Sequence::backward(this, "list_reverseiterator", python.has(Change::ReversedListKept))
    }

    fn at(&self, position: isize) -> Result<Option<Object>, Error> {
        Ok(usize::try_from(position).ok().and_then(|at| self.get(at).cloned()))
    }

    fn contains(&self, _: &Python, item: &Object) -> Result<Option<bool>, Stop> {
        contains(self, item)
    }

    fn equals(&self, other: &Object) -> Result<Option<bool>, Error> {
        match other {
            Object::List(other) => same_items(self, other).map(Some),
            _ => Ok(None),
        }
    }

    fn hash(&self, _: Profile) -> Hashed {
        Err(Error::Unhashable { type_name: "list".into() })
    }

    fn record(&self, names: &[Option<Object>], trace: &mut Trace) {
        record(self, "list", |trace| trace.list(self.0.len()), names, trace);
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Type for Slice {
    fn class(&self) -> &str {
        "slice"
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("slice")
    }

    fn repr(&self) -> Result<String, Stop> {
        Ok(format!("slice({})", texts(&*self.0)?))
    }

    fn equals(&self, other: &Object) -> Result<Option<bool>, Error> {
        let Object::Slice(other) = other else { return Ok(None) };
        nested::follow(|| {
            for (a, b) in self.0.iter().zip(other.0.iter()) {
                if !equals(a, b)? {
                    return Ok(Some(false));
                }
            }
            Ok(Some(true))
        })
    }

    fn hash(&self, profile: Profile) -> Hashed {
        match profile.has(Change::SliceHash) {
            true => hash_all("slice", &*self.0, profile),
            false => Err(type_error("unhashable type: 'slice'")),
        }
    }

    fn record(&self, names: &[Option<Object>], trace: &mut Trace) {
        record(&*self.0, "slice", Trace::slice, names, trace);
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
