//! `zip` and `enumerate`, which take the items of other iterators.

use crate::changes::Change;
use crate::context::Python;
use crate::object::{Call, Object, Outcome, Type};
use crate::stop::{Stop, type_error, value_error};
use crate::types::{iterator, memoryview};
use std::any::Any;
use std::cell::Cell;
use view::arguments::Named;
use view::{Error, Exception, Signature};

/// An iterator from `zip`.
struct Zip {
    iterators: Vec<Object>,
    is_strict: bool,
}

/// An iterator from `enumerate`.
struct Enumerate {
    iterator: Object,
    next: Cell<i64>,
}

/// `zip(…)`
pub(super) fn zip(python: &Python, call: &Call<'_>) -> Outcome {
    let names = call.arguments.names;
    let (iterables, keywords) = call.values().split_at(call.values().len() - names.len());
    let is_strict = match (keywords, names) {
        ([], _) => false,
        _ if !python.has(Change::ZipStrict) => return Err(type_error("zip() takes no keyword arguments").into()),
        ([strict], [name]) if &**name == "strict" => strict.as_type().truth()?,
        _ => return Err(call.other_arguments()),
    };
    let last = iterables.len().saturating_sub(1);
    let iterators = iterables.iter().enumerate();
    let iterators = iterators.map(|(index, object)| started(python, object, "<class 'zip'>", index == last));
    Ok(Object::instance(Zip { iterators: iterators.collect::<Result<_, _>>()?, is_strict }))
}

/// `enumerate(iterable, start)`
pub(super) fn enumerate(python: &Python, call: &Call<'_>) -> Outcome {
    const ENUMERATE: Signature =
        Signature { name: "enumerate", parameters: &["iterable", "start"], required: 1, named: Named::Always };
    if !(1..=2).contains(&call.values().len()) {
        return Err(call.other_arguments());
    }
    let [iterable, start] = ENUMERATE.bind(call.arguments, python.view_profile())?;
    let start = match start.map(view::Object::index) {
        None => 0,
        Some(Some(start)) => {
            let start = start?;
            let start = start.within(i32::MIN.into(), i32::MAX.into()).map(|start| start as i64);
            start.ok_or_else(|| call.unsupported("from a number so large"))?
        }
        Some(None) => {
            let type_name = start.map_or("object", Object::class).into();
            return Err(Error::NotInteger { type_name }.into());
        }
    };
    let iterator = started(python, iterable.unwrap_or(&Object::None), "<class 'enumerate'>", true)?;
    Ok(Object::instance(Enumerate { iterator, next: Cell::new(start) }))
}

/// Makes an iterator for a type that is called. For a released view, some versions find the error only when the call has
/// ended, so that what comes between the two is not modelled.
fn started(python: &Python, object: &Object, callee: &str, is_last: bool) -> Outcome {
    let Object::View(view) = object else { return python.iter(object) };
    match memoryview::iter_called(python, view, callee) {
        Err(Stop::Raised(error)) if error.exception() == Exception::SystemError && !is_last => {
            Err(Stop::unsupported("`zip` of a released view and what follows it"))
        }
        outcome => outcome,
    }
}

impl Zip {
    /// Returns the error for iterators of different lengths, of which the one with this index ended first or last.
    fn unequal(index: usize, how: &str) -> Error {
        let others = if index == 1 { "argument 1".to_owned() } else { format!("arguments 1-{index}") };
        value_error(format!("zip() argument {} is {how} than {others}", index + 1))
    }
}

impl Type for Zip {
    fn class(&self) -> &str {
        "zip"
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("object")
    }

    fn method(&self, _: &Python, this: &Object, call: &Call<'_>) -> Outcome {
        iterator::method(self, this, call)
    }

    fn iterator(&self, _: &Python, this: &Object) -> Outcome {
        Ok(this.clone())
    }

    fn is_iterator(&self) -> bool {
        true
    }

    /// `zip_next` in C; case: builtins-zip-strict
    fn next(&self) -> Result<Option<Object>, Error> {
        let mut items = Vec::with_capacity(self.iterators.len());
        for (index, iterator) in self.iterators.iter().enumerate() {
            match (iterator.as_type().next()?, self.is_strict, index) {
                (Some(item), ..) => items.push(item),
                (None, true, 1..) => return Err(Zip::unequal(index, "shorter")),
                (None, true, 0) => {
                    for (index, other) in self.iterators.iter().enumerate().skip(1) {
                        if other.as_type().next()?.is_some() {
                            return Err(Zip::unequal(index, "longer"));
                        }
                    }
                    return Ok(None);
                }
                (None, false, _) => return Ok(None),
            }
        }
        Ok((!items.is_empty()).then(|| Object::Tuple(items.into())))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Type for Enumerate {
    fn class(&self) -> &str {
        "enumerate"
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("object")
    }

    fn method(&self, _: &Python, this: &Object, call: &Call<'_>) -> Outcome {
        iterator::method(self, this, call)
    }

    fn iterator(&self, _: &Python, this: &Object) -> Outcome {
        Ok(this.clone())
    }

    fn is_iterator(&self) -> bool {
        true
    }

    fn next(&self) -> Result<Option<Object>, Error> {
        let Some(item) = self.iterator.as_type().next()? else { return Ok(None) };
        let index = self.next.replace(self.next.get() + 1);
        Ok(Some(Object::Tuple(vec![Object::int(index), item].into())))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
