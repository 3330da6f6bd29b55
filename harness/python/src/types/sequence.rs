//! Tuples and slices, and what lists have in common with them.

use crate::changes::{Change, Profile};
use crate::compare::{same, same_items};
use crate::context::Python;
use crate::nested;
use crate::object::{Call, Object, Outcome, Slice, Tuple, Type};
use crate::stop::{Stop, type_error, value_error};
use crate::subscript::{index, inside, slice};
use crate::types::hash::Hashed;
use crate::types::iterator::Sequence;
use program::{Kind, Trace};
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;
use view::{Error, Indices, Int};

/// `sequence[index]` and `sequence[a:b:c]`. The items are those after the key was asked. `name` is the type in error texts, and
/// `whole` is told whether these are all items in their order: all of a tuple is the tuple itself (`tuplesubscript`).
pub(super) fn item<S: FromIterator<Object>>(
    items: impl Fn() -> Vec<Object>,
    name: &str,
    python: &Python,
    key: &Object,
    whole: impl Fn(bool, S) -> Object,
) -> Outcome {
    if let Object::Slice(parts) = key {
        let bounds = slice(parts).bounds(python.view_profile())?;
        let items = items();
        let indices = bounds.of(items.len() as isize);
        let is_all = indices.step == 1 && indices.count as usize == items.len();
        return Ok(whole(is_all, indices.positions().filter_map(|at| items.get(at).cloned()).collect()));
    }
    let at = index(key, name, true)?;
    let items = items();
    let at = inside(at, items.len(), &format!("{name} index out of range"))?;
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

pub(super) fn texts(items: &[Object]) -> Result<String, Stop> {
    let texts = || items.iter().map(|item| item.as_type().repr()).collect::<Result<Vec<_>, _>>();
    Ok(nested::follow(items.len(), texts)?.join(", "))
}

thread_local! {
    /// The lists and tuples that are being written.
    static WRITTEN: RefCell<Vec<*const ()>> = const { RefCell::new(Vec::new()) };
}

/// Writes an object, which may contain itself: `again` stands for it in there (`Py_ReprEnter`).
pub(super) fn once(
    address: *const (),
    again: &str,
    write: impl FnOnce() -> Result<String, Stop>,
) -> Result<String, Stop> {
    if WRITTEN.with_borrow(|written| written.contains(&address)) {
        return Ok(again.to_owned());
    }
    WRITTEN.with_borrow_mut(|written| written.push(address));
    let text = write();
    WRITTEN.with_borrow_mut(Vec::pop);
    text
}

/// Returns the hash of an object from its type and the hashes of its items.
fn hash_all(class: &str, items: &[Object], profile: Profile) -> Hashed {
    let hashes = || items.iter().map(|item| item.as_type().hash(profile)).collect::<Result<Option<Vec<u64>>, _>>();
    Ok(nested::follow(items.len(), hashes)?.map(|hashes| {
        let parts = hashes.iter().flat_map(|hash| hash.to_le_bytes());
        view::hash_bytes(&class.bytes().chain(parts).collect::<Vec<u8>>())
    }))
}

/// Records items after `begin` has. As all observers do, it records only the type of what is nested too deeply.
pub(super) fn record(
    items: &[Object],
    class: &str,
    begin: impl FnOnce(&mut Trace),
    names: &[Option<Object>],
    trace: &mut Trace,
) {
    let followed = nested::within(items.len(), || {
        begin(trace);
        items.iter().for_each(|item| item.as_type().record(names, trace));
    });
    if followed.is_none() {
        trace.object(class);
    }
}

impl From<Vec<Object>> for Tuple {
    fn from(items: Vec<Object>) -> Tuple {
        Tuple(items.into())
    }
}

impl FromIterator<Object> for Tuple {
    fn from_iter<I: IntoIterator<Item = Object>>(items: I) -> Tuple {
        Tuple(items.into_iter().collect())
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
        if self.is_empty() {
            return Ok("()".to_owned());
        }
        let comma = if self.0.len() == 1 { "," } else { "" };
        once(self.0.as_ptr().cast(), "(...)", || Ok(format!("({}{comma})", texts(self)?)))
    }

    fn length(&self) -> Result<isize, Error> {
        Ok(self.0.len() as isize)
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn item(&self, python: &Python, key: &Object) -> Outcome {
        item(
            || self.to_vec(),
            "tuple",
            python,
            key,
            |is_all, items| Object::Tuple(if is_all { self.clone() } else { items }),
        )
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

impl Slice {
    /// `slice.indices(length)` (`_PySlice_GetLongIndices`)
    fn indices(&self, python: &Python, call: &Call<'_>) -> Outcome {
        let not_known = || call.unsupported("with bools or large ints");
        let length = view::Object::index(call.only(python, "slice")?)
            .ok_or_else(|| Error::NotInteger { type_name: call.values().first().map_or("", Object::class).into() })??;
        let length = length.within(i64::MIN.into(), 1 << 62).ok_or_else(not_known)?;
        if length < 0 {
            return Err(value_error("length should not be negative").into());
        }
        let [start, stop, step] = self.0.each_ref();
        // Versions before 3.15 have the same words here as everywhere else, and later ones keep them.
        for part in [step, start, stop] {
            match part {
                Object::None | Object::Int(Int::Small(_)) => {}
                Object::Bool(_) | Object::Int(_) | Object::Instance(_) => return Err(not_known()),
                _ => return Err(Error::SliceBound.into()),
            }
            if std::ptr::eq(part, step) && matches!(step, Object::Int(Int::Small(0))) {
                return Err(value_error("slice step cannot be zero").into());
            }
        }
        let Indices { start, stop, step, .. } = slice(self).bounds(python.view_profile())?.of(length as isize);
        Ok(Object::Tuple([start, stop, step].map(Object::size).to_vec().into()))
    }
}

impl Type for Slice {
    fn class(&self) -> &str {
        "slice"
    }

    fn attribute(&self, _: &Python, name: &str) -> Outcome {
        let [start, stop, step] = self.0.each_ref();
        match name {
            "start" => Ok(start.clone()),
            "stop" => Ok(stop.clone()),
            "step" => Ok(step.clone()),
            _ => Err(self.missing(name)),
        }
    }

    fn method(&self, python: &Python, _: &Object, call: &Call<'_>) -> Outcome {
        match (call.kind, call.name) {
            (Kind::AnyMethod, "indices") => self.indices(python, call),
            _ => Err(self.missing(call.name)),
        }
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("slice")
    }

    fn repr(&self) -> Result<String, Stop> {
        Ok(format!("slice({})", texts(&*self.0)?))
    }

    fn equals(&self, other: &Object) -> Result<Option<bool>, Error> {
        let Object::Slice(other) = other else { return Ok(None) };
        if Rc::ptr_eq(&self.0, &other.0) {
            return Ok(Some(true));
        }
        nested::follow(3, || {
            for (a, b) in self.0.iter().zip(other.0.iter()) {
                if !same(a, b)? {
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
