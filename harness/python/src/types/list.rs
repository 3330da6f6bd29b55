//! `list`.

use crate::builtins::in_order;
use crate::changes::{Change, Profile};
use crate::compare::{same, same_items};
use crate::context::{LARGEST, Python};
use crate::nested;
use crate::object::{Call, List, Object, Outcome, Type};
use crate::stop::{Stop, type_error, value_error};
use crate::subscript::{index, inside, slice};
use crate::types::hash::Hashed;
use crate::types::iterator::Sequence;
use crate::types::sequence;
use program::{Kind, Trace};
use std::any::Any;
use view::{Error, Indices, search_bound};

impl List {
    /// `list.extend(source)`, `list += source`. Items that were taken before an error stay.
    ///
    /// `list_extend` in C; case: lists-extend-keeps-what-it-took
    pub(crate) fn extend(&self, python: &Python, kind: Kind, source: &Object) -> Result<(), Stop> {
        let add = |item: Object| {
            python.grows_to(kind, self.len() + 1)?;
            self.will_hold(python, &item);
            self.push(item);
            Ok(())
        };
        if let Some(items) = source.as_items() {
            return items.into_iter().try_for_each(add);
        }
        let iterator = python.iter(source)?;
        source.as_type().length_hint()?;
        while let Some(item) = iterator.as_type().next()? {
            add(item)?;
        }
        Ok(())
    }

    /// Replaces all items by those of the list `*=` makes.
    pub(crate) fn become_items(&self, items: Vec<Object>) {
        self.splice(0..usize::MAX, items);
    }

    fn find(&self, value: &Object, range: std::ops::Range<usize>) -> Result<Option<usize>, Error> {
        let length = self.len();
        for at in range {
            let Some(item) = self.get(at) else { break };
            nested::check_end(at, length)?;
            if same(&item, value)? {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// `list.index(value, start, stop)`
    fn position(&self, python: &Python, call: &Call<'_>) -> Outcome {
        let [value, bounds @ ..] = call.between(python, "list", 1, 3)? else { return Err(call.other_arguments()) };
        let bound = |at: usize, otherwise: isize| {
            bounds.get(at).map_or(Ok(otherwise), |bound| search_bound(bound, python.profile().abi()))
        };
        let (start, stop) = (bound(0, 0)?, bound(1, isize::MAX)?);
        let place = |bound: isize| {
            let bound = if bound < 0 { bound.saturating_add_unsigned(self.len()) } else { bound };
            usize::try_from(bound).unwrap_or(0)
        };
        match self.find(value, place(start)..place(stop))? {
            Some(at) => Ok(Object::size(at as isize)),
            None => Err(value_error(match python.has(Change::ListIndexText) {
                true => "list.index(x): x not in list".to_owned(),
                false => format!("{} is not in list", value.as_type().repr()?),
            })
            .into()),
        }
    }

    fn count(&self, value: &Object) -> Outcome {
        let mut count = 0;
        let (mut at, length) = (0, self.len());
        while let Some(item) = self.get(at) {
            nested::check_end(at, length)?;
            count += isize::from(same(&item, value)?);
            at += 1;
        }
        Ok(Object::size(count))
    }

    /// `list.pop(index)`, the last one by default.
    fn pop(&self, python: &Python, call: &Call<'_>) -> Outcome {
        let at = call.between(python, "list", 0, 1)?.first().map_or(Ok(-1), |at| python.whole(at))?;
        if self.len() == 0 {
            return Err(Error::Index("pop from empty list").into());
        }
        let at = inside(at, self.len(), "pop index out of range")?;
        let item = self.get(at).unwrap_or(Object::None);
        self.splice(at..at + 1, vec![]);
        Ok(item)
    }

    /// `list.sort(key=…, reverse=…)`
    ///
    /// `list_sort_impl` in C; case: lists-sort-by-keys
    fn sort(&self, python: &Python, call: &Call<'_>) -> Result<(), Stop> {
        if !call.arguments.positional().is_empty() {
            return Err(type_error("sort() takes no positional arguments").into());
        }
        let (_, [key, reverse]) = call.split(["key", "reverse"])?;
        // The function that is the key finds the list empty.
        let items = self.take();
        let count = items.len();
        let sorted = python.with_keys(call, key, items.clone()).and_then(|keyed| {
            in_order(python, call, keyed, reverse).map_err(|stop| match stop {
                // The list is in an order that depends on the algorithm.
                Stop::Raised(_) if count > 2 => call.unsupported("of items that have no order"),
                stop => stop,
            })
        });
        let (items, outcome) = match sorted {
            Ok(sorted) => (sorted, Ok(())),
            Err(stop) => (items, Err(stop)),
        };
        match self.put_back(items) {
            true => outcome.and_then(|()| Err(value_error("list modified during sort").into())),
            false => outcome,
        }
    }

    /// `list[slice] = value`, `del list[slice]`
    ///
    /// `list_ass_subscript` in C; case: lists-slices-are-assigned
    fn set_slice(&self, python: &Python, indices: Indices, value: Option<&Object>) -> Result<(), Stop> {
        let length = self.len();
        let items = value.map(|value| assigned(python, value, indices.step == 1)).transpose()?;
        let (start, count) = (indices.start.unsigned_abs(), indices.count.unsigned_abs());
        let Some(items) = items else {
            match indices.step {
                1 => self.splice(start..start + count, vec![]),
                _ => {
                    let mut doomed: Vec<usize> = indices.positions().collect();
                    doomed.sort_unstable();
                    self.remove_all(&doomed);
                }
            }
            return Ok(());
        };
        python.grows_to(Kind::Set, self.len() + items.len())?;
        items.iter().for_each(|item| self.will_hold(python, item));
        if indices.step == 1 {
            // The list may have become shorter since.
            self.splice(start..start + count, items);
            return Ok(());
        }
        if self.len() != length {
            return Err(Stop::unsupported("assigning to a slice of a list whose length changes meanwhile"));
        }
        if items.len() != count {
            let given = items.len();
            let text = format!("attempt to assign sequence of size {given} to extended slice of size {count}");
            return Err(value_error(text).into());
        }
        let replaced: Vec<_> = indices.positions().zip(items).map(|(at, item)| self.replace(at, item)).collect();
        drop(replaced);
        Ok(())
    }
}

/// Returns the items that are assigned to a slice (`PySequence_Fast`).
fn assigned(python: &Python, value: &Object, is_plain: bool) -> Result<Vec<Object>, Stop> {
    let refusal = match is_plain && !python.has(Change::ListSliceText) {
        true => "can only assign an iterable",
        false => "must assign iterable to extended slice",
    };
    python.fast(value, refusal)
}

/// Returns the position at which `insert` puts an item.
fn insertion(at: isize, length: usize) -> usize {
    let at = if at < 0 { at.saturating_add_unsigned(length) } else { at };
    usize::try_from(at).map_or(0, |at| at.min(length))
}

impl Type for List {
    fn class(&self) -> &str {
        "list"
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("list")
    }

    fn repr(&self) -> Result<String, Stop> {
        let address = std::rc::Rc::as_ptr(&self.0).cast();
        sequence::once(address, "[...]", || Ok(format!("[{}]", sequence::texts(&self.items())?)))
    }

    fn length(&self) -> Result<isize, Error> {
        Ok(self.len() as isize)
    }

    fn item(&self, python: &Python, key: &Object) -> Outcome {
        match key {
            Object::Slice(_) => sequence::item(|| self.items(), "list", python, key, |_, items| Object::List(items)),
            key => {
                let at = inside(index(key, "list", true)?, self.len(), "list index out of range")?;
                Ok(self.get(at).unwrap_or(Object::None))
            }
        }
    }

    fn set_item(&self, python: &Python, key: &Object, value: Option<&Object>) -> Result<(), Stop> {
        if let Object::Slice(parts) = key {
            let bounds = slice(parts).bounds(python.view_profile())?;
            return self.set_slice(python, bounds.of(self.len() as isize), value);
        }
        let at = inside(index(key, "list", true)?, self.len(), "list assignment index out of range")?;
        match value {
            Some(value) => {
                self.will_hold(python, value);
                let before = self.replace(at, value.clone());
                drop(before);
            }
            None => self.splice(at..at + 1, vec![]),
        }
        Ok(())
    }

    fn method(&self, python: &Python, _: &Object, call: &Call<'_>) -> Outcome {
        let only = || call.only(python, "list");
        let nothing = || call.nothing(python, "list");
        let has_room = || python.grows_to(call.kind, self.len() + 1);
        match call.name {
            "append" => {
                let item = only()?;
                has_room()?;
                self.will_hold(python, item);
                self.push(item.clone());
            }
            "extend" => self.extend(python, call.kind, only()?)?,
            "insert" => match call.between(python, "list", 2, 2)? {
                [at, item] => {
                    let at = python.whole(at)?;
                    has_room()?;
                    self.will_hold(python, item);
                    self.insert(insertion(at, self.len()), item.clone());
                }
                _ => return Err(call.other_arguments()),
            },
            "pop" => return self.pop(python, call),
            "remove" => match self.find(only()?, 0..usize::MAX)? {
                Some(at) => self.splice(at..at + 1, vec![]),
                None => return Err(value_error("list.remove(x): x not in list").into()),
            },
            "clear" => {
                nothing()?;
                self.splice(0..usize::MAX, vec![]);
            }
            "reverse" => {
                nothing()?;
                self.reverse();
            }
            "sort" => self.sort(python, call)?,
            "copy" => {
                nothing()?;
                return Ok(Object::List(self.items().into()));
            }
            "index" => return self.position(python, call),
            "count" => return self.count(only()?),
            name => return Err(self.missing(name)),
        }
        Ok(Object::None)
    }

    fn iterator(&self, _: &Python, this: &Object) -> Outcome {
        Ok(Sequence::forward(this, "list_iterator"))
    }

    fn reverse_iterator(&self, python: &Python, this: &Object) -> Outcome {
        Sequence::backward(this, "list_reverseiterator", python.has(Change::ReversedListKept))
    }

    fn at(&self, position: isize) -> Result<Option<Object>, Error> {
        Ok(usize::try_from(position).ok().and_then(|at| self.get(at)))
    }

    fn contains(&self, _: &Python, item: &Object) -> Result<Option<bool>, Stop> {
        Ok(Some(self.find(item, 0..LARGEST)?.is_some()))
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
        self.look(|items| sequence::record(items, "list", |trace| trace.list(items.len()), names, trace));
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
