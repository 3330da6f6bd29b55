//! `range`, of ints of 64 bits.

use crate::changes::Profile;
use crate::context::Python;
use crate::object::{Call, Object, Outcome, Type};
use crate::stop::{Stop, type_error, value_error};
use crate::subscript::{index, inside, slice};
use crate::types::hash::Hashed;
use crate::types::iterator::Sequence;
use std::any::Any;
use view::{Error, Int};

/// A `range`.
struct Range {
    start: i64,
    stop: i64,
    step: i64,
}

/// `range(stop)`, `range(start, stop)`, `range(start, stop, step)`
pub(super) fn new(_: &Python, call: &Call<'_>) -> Outcome {
    let values = call.no_keywords("range")?;
    let number = |object: &Object| match object {
        Object::Int(Int::Small(value)) => Ok(*value),
        // Some versions keep a bool as it is.
        Object::Bool(_) | Object::Int(_) => Err(call.other_arguments()),
        other if let Some(value) = view::Object::index(other) => match value? {
            Int::Small(value) => Ok(value),
            Int::Big(_) => Err(call.other_arguments()),
        },
        other => Err(Error::NotInteger { type_name: other.class().into() }.into()),
    };
    let range = match values {
        [stop] => Range { start: 0, stop: number(stop)?, step: 1 },
        [start, stop] => Range { start: number(start)?, stop: number(stop)?, step: 1 },
        [start, stop, step] => Range { start: number(start)?, stop: number(stop)?, step: number(step)? },
        _ => return Err(call.other_arguments()),
    };
    match range.step {
        0 => Err(value_error("range() arg 3 must not be zero").into()),
        _ => Ok(Object::instance(range)),
    }
}

impl Range {
    /// Returns the number of items, which may be more than an `isize` can be.
    fn count(&self) -> i128 {
        let (start, stop, step) = (i128::from(self.start), i128::from(self.stop), i128::from(self.step));
        let distance = if step > 0 { stop - start } else { start - stop };
        if distance <= 0 { 0 } else { (distance - 1) / step.abs() + 1 }
    }

    fn get(&self, position: i128) -> i128 {
        i128::from(self.start) + position * i128::from(self.step)
    }

    /// Returns what two equal ranges have in common: their items.
    fn items(&self) -> (i128, Option<i64>, Option<i64>) {
        let count = self.count();
        (count, (count > 0).then_some(self.start), (count > 1).then_some(self.step))
    }
}

impl Type for Range {
    fn class(&self) -> &str {
        "range"
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("range")
    }

    fn repr(&self) -> Result<String, Stop> {
        let Range { start, stop, step } = self;
        Ok(if *step == 1 { format!("range({start}, {stop})") } else { format!("range({start}, {stop}, {step})") })
    }

    fn length(&self) -> Result<isize, Error> {
        isize::try_from(self.count()).map_err(|_| Error::Overflow("Python int too large to convert to C ssize_t"))
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn item(&self, python: &Python, key: &Object) -> Outcome {
        let length = self.length()?;
        if let Object::Slice(parts) = key {
            let indices = slice(parts).bounds(python.view_profile())?.of(length);
            let fits = |value: i128| i64::try_from(value).map_err(|_| Stop::unsupported("a slice of a large range"));
            let (start, stop) = (self.get(indices.start as i128), self.get(indices.stop as i128));
            let step = i128::from(self.step) * indices.step as i128;
            return Ok(Object::instance(Range { start: fits(start)?, stop: fits(stop)?, step: fits(step)? }));
        }
        let at = inside(index(key, "range", true)?, length.unsigned_abs(), "range object index out of range")?;
        Ok(Object::int(self.get(at as i128)))
    }

    fn attribute(&self, _: &Python, name: &str) -> Outcome {
        match name {
            "start" => Ok(Object::int(self.start)),
            "stop" => Ok(Object::int(self.stop)),
            "step" => Ok(Object::int(self.step)),
            _ => Err(self.missing(name)),
        }
    }

    fn iterator(&self, _: &Python, this: &Object) -> Outcome {
        self.length().map_err(|_| Stop::unsupported("an iterator over a range of so many items"))?;
        Ok(Sequence::forward(this, "range_iterator"))
    }

    fn reverse_iterator(&self, _: &Python, this: &Object) -> Outcome {
        self.length().map_err(|_| Stop::unsupported("an iterator over a range of so many items"))?;
        Sequence::backward(this, "range_iterator", false)
    }

    fn at(&self, position: isize) -> Result<Option<Object>, Error> {
        let is_inside = (0..self.count()).contains(&(position as i128));
        Ok(is_inside.then(|| Object::int(self.get(position as i128))))
    }

    fn contains(&self, _: &Python, item: &Object) -> Result<Option<bool>, Stop> {
        let Some(item) = item.as_int() else { return Ok(None) };
        let Some(item) = item.within(i64::MIN.into(), i64::MAX.into()) else { return Ok(Some(false)) };
        let distance = item - i128::from(self.start);
        let position = distance / i128::from(self.step);
        Ok(Some(distance % i128::from(self.step) == 0 && (0..self.count()).contains(&position)))
    }

    fn equals(&self, other: &Object) -> Result<Option<bool>, Error> {
        Ok(other.downcast::<Range>().map(|other| self.items() == other.items()))
    }

    fn hash(&self, _: Profile) -> Hashed {
        Ok(Some(view::hash_bytes(format!("{:?}", self.items()).as_bytes())))
    }

    fn set_item(&self, _: &Python, _: &Object, value: Option<&Object>) -> Result<(), Stop> {
        let what = if value.is_some() { "does not support item assignment" } else { "doesn't support item deletion" };
        Err(type_error(format!("'range' object {what}")).into())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
