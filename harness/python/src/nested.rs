//! Values that are nested deeply: how deep functions follow them, and how they die.
//!
//! A program can nest lists, tuples and slices as deeply as it has lines (`x = [x]`), and put a list into itself. Functions that follow them stop at
//! [`DEEPEST`] levels and a million items, and dropping them takes no stack, as in CPython, which puts them into its trashcan.

use crate::context::LARGEST;
use crate::object::{List, Object, Slice, Tuple};
use crate::stop::Stop;
use crate::work;
use program::DEEPEST;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use view::Error;

thread_local! {
    /// How many levels are being followed, and how many items were met at all of them.
    static FOLLOWED: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
    /// The objects that died inside of others, while somebody is there to drop them.
    static TRASH: RefCell<Option<Vec<Object>>> = const { RefCell::new(None) };
}

/// Follows one more level, which has so many items; `None` beyond [`DEEPEST`], or where more items were met than a value
/// may have. Every function that looks at the items of an object, and at theirs, does that in here: a list can contain
/// itself, and that several times.
pub(crate) fn within<T>(items: usize, look: impl FnOnce() -> T) -> Option<T> {
    let (depth, met) = FOLLOWED.get();
    let met = if depth == 0 { 0 } else { met };
    if depth >= DEEPEST || met > LARGEST {
        return None;
    }
    FOLLOWED.set((depth + 1, met.saturating_add(items)));
    let result = look();
    FOLLOWED.set((depth, FOLLOWED.get().1));
    Some(result)
}

/// Returns whether more items were met than a value may have.
fn met_too_many() -> bool {
    FOLLOWED.get().1 > LARGEST
}

/// Follows one more level to compare, hash or write a value. CPython goes on until its stack or its recursion limit ends
/// that, and where that is differs between versions and builds.
pub(crate) fn follow<T, E: From<Error>>(items: usize, look: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    work::spend(items.saturating_mul(work::OBJECT))?;
    within(items, look).unwrap_or_else(|| {
        let what = match met_too_many() {
            true => "how long it takes to compare, hash or write a value of more than a million items at all levels",
            false => "how deeply nested a value may be to be compared, hashed or written depends on Python's stack",
        };
        Err(Error::Unspecified { what }.into())
    })
}

/// Ends a search that has come far beyond the number of items that there were at first: what is compared makes it longer.
pub(crate) fn check_end(visited: usize, length: usize) -> Result<(), Error> {
    match visited > length.saturating_add(LONGER) {
        true => Err(Error::Unspecified { what: "a search has no end that makes longer what it searches" }),
        false => Ok(()),
    }
}

/// By how many items something may grow while it is searched.
const LONGER: usize = 1 << 10;

/// Looks at the items of a list, a tuple or a slice; `None` for other objects. Nothing of the program may run meanwhile.
fn look<T>(object: &Object, look: impl FnOnce(&[Object]) -> T) -> Option<T> {
    match object {
        Object::List(list) => Some(list.look(look)),
        Object::Tuple(Tuple(items)) => Some(look(items)),
        Object::Slice(Slice(parts)) => Some(look(&parts[..])),
        _ => None,
    }
}

/// Returns whether an object, or one that is nested in it, is such an object. If there are too many to look at all of
/// them, one of them may be.
pub(crate) fn any(object: &Object, is_such: fn(&Object) -> bool) -> bool {
    let any_of = |items: &[Object]| within(items.len(), || items.iter().any(|item| any(item, is_such)));
    match look(object, any_of) {
        None => is_such(object),
        Some(found) => found.unwrap_or_else(met_too_many),
    }
}

/// Refuses a value with more items, at all levels, than a trace has room for. One that contains itself twice, and so on,
/// has twice as many with each line of a program (`x = [x, x]`).
pub(crate) fn check_size(object: &Object) -> Result<(), Stop> {
    let mut room = LARGEST;
    match fits(object, &mut room) {
        true => Ok(()),
        false => Err(Stop::unsupported("a value with more than a million items at all levels")),
    }
}

fn fits(object: &Object, room: &mut usize) -> bool {
    let fit = |items: &[Object]| {
        match room.checked_sub(items.len()) {
            Some(left) => *room = left,
            None => return false,
        }
        within(items.len(), || items.iter().all(|item| fits(item, room))).unwrap_or(true)
    };
    look(object, fit).unwrap_or(true)
}

/// Returns whether an object can hold others, and therefore itself.
pub(crate) fn can_hold(object: &Object) -> bool {
    matches!(object, Object::List(_) | Object::Tuple(_) | Object::Slice(_) | Object::View(_) | Object::Instance(_))
}

/// Takes the objects that can nest out of a container that dies, and drops them one after the other.
pub(crate) fn drop_flat(items: &mut [Object]) {
    let nests = |item: &&mut Object| can_hold(item);
    let mut dead = items.iter_mut().filter(nests).map(|item| std::mem::replace(item, Object::None)).peekable();
    if dead.peek().is_none() {
        return;
    }
    // While a thread ends there is no trash any more, and the objects are dropped where they are.
    let is_first = TRASH.try_with(|trash| {
        let mut trash = trash.borrow_mut();
        let is_first = trash.is_none();
        trash.get_or_insert_default().extend(&mut dead);
        is_first
    });
    if is_first != Ok(true) {
        return;
    }
    // What is dropped here may put its own items into the trash.
    while let Some(object) = TRASH.with_borrow_mut(|trash| trash.as_mut().and_then(Vec::pop)) {
        drop(object);
    }
    TRASH.set(None);
}

/// Runs code of the program while something is dropped: what dies in it dies at once.
pub(crate) fn afresh(run: impl FnOnce()) {
    let trash = TRASH.try_with(|trash| trash.take()).ok().flatten();
    run();
    // Nothing is left over in between: whoever is first to put something into the trash takes it all out again.
    if trash.is_some() {
        TRASH.set(trash);
    }
}

macro_rules! drops_flat {
    ($($name:ident)+) => { $(
        impl Drop for $name {
            fn drop(&mut self) {
                // Whoever holds the last reference drops the items.
                if let Some(items) = Rc::get_mut(&mut self.0) {
                    drop_flat(items);
                }
            }
        }
    )+ };
}

drops_flat! { Tuple Slice }

impl Drop for List {
    fn drop(&mut self) {
        // Who empties the list at the end of the run does not hold it.
        if Rc::strong_count(&self.0) == 1 {
            drop_flat(&mut self.0.held.take());
        }
    }
}

/// An object that belongs to another one, which is no list, tuple or slice.
pub(crate) struct Held(pub(crate) Object);

impl Drop for Held {
    fn drop(&mut self) {
        drop_flat(std::slice::from_mut(&mut self.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::Profile;
    use crate::context::Python;
    use rstest::rstest;
    use view::{Abi, Version};

    fn list(item: Object) -> Object {
        Object::List(List::from(vec![item]))
    }

    fn tuple(item: Object) -> Object {
        Object::Tuple(Tuple::from(vec![Object::None, item]))
    }

    fn slice(item: Object) -> Object {
        Object::Slice(Slice(Rc::new([Object::None, item, Object::None])))
    }

    fn iterator(item: Object) -> Object {
        let python = Python::new(Profile::from(view::Profile::new(Version::new(3, 13, 0), Abi::Lp64)));
        list(python.iter(&list(item)).ok().unwrap_or(Object::None))
    }

    fn nest(make: fn(Object) -> Object, levels: usize) -> Object {
        (0..levels).fold(Object::None, |object, _| make(object))
    }

    /// The stack of a thread of tests has two megabytes, and that of a case's child may have less.
    #[rstest]
    #[case::lists(list)]
    #[case::tuples(tuple)]
    #[case::slices(slice)]
    #[case::iterators(iterator)]
    fn values_nested_a_million_times_are_dropped(#[case] make: fn(Object) -> Object) {
        drop(nest(make, 1_000_000));
    }

    #[test]
    fn what_others_hold_does_not_die() {
        let inner = list(Object::int(7));
        let outer = list(list(inner.clone()));
        drop(outer);
        assert_eq!(inner.as_type().repr().ok().as_deref(), Some("[7]"));
    }

    /// A value that is nested twice in each level would have more items than there are atoms.
    #[test]
    fn values_with_too_many_items_at_all_levels_are_refused() {
        let twice = |object: Object| Object::List(List::from(vec![object.clone(), object]));
        let wide = |levels: usize| (0..levels).fold(Object::None, |object, _| twice(object));
        assert!(check_size(&wide(19)).is_ok());
        assert!(check_size(&wide(20)).is_err());
        assert!(check_size(&wide(1000)).is_err());
        assert!(check_size(&nest(list, 1_000_000)).is_ok());
    }

    #[rstest]
    #[case::lists(list)]
    #[case::tuples(tuple)]
    #[case::slices(slice)]
    fn deep_values_are_not_followed(#[case] make: fn(Object) -> Object) {
        let compared = |levels: usize| crate::compare::equals(&nest(make, levels), &nest(make, levels));
        assert_eq!(compared(DEEPEST).ok(), Some(true));
        assert!(matches!(compared(100_000), Err(Error::Unspecified { .. })));
        assert!(nest(make, DEEPEST).as_type().repr().is_ok());
        assert!(nest(make, 100_000).as_type().repr().is_err());
        // A failure leaves no levels behind.
        assert_eq!(compared(DEEPEST).ok(), Some(true));
    }
}
