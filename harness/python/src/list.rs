//! Lists: reading and changing their items. The methods of Python's lists are in `types/list`.
//!
//! Any code of the program may run when an object dies, and may use the list. Therefore nothing is dropped while items are
//! borrowed, and whoever runs such code goes through a copy of the items, or asks for one after the other.

use crate::context::Python;
use crate::nested::can_hold;
use crate::object::{Items, List, Object};
use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;

impl From<Vec<Object>> for List {
    fn from(items: Vec<Object>) -> List {
        List(Rc::new(Items { held: RefCell::new(items), is_emptied: Cell::new(false) }))
    }
}

impl FromIterator<Object> for List {
    fn from_iter<I: IntoIterator<Item = Object>>(items: I) -> List {
        List::from(items.into_iter().collect::<Vec<_>>())
    }
}

impl List {
    /// How many items there are.
    pub(crate) fn len(&self) -> usize {
        self.0.held.borrow().len()
    }

    /// The item at a position.
    pub(crate) fn get(&self, at: usize) -> Option<Object> {
        self.0.held.borrow().get(at).cloned()
    }

    /// A copy of the items.
    pub fn items(&self) -> Vec<Object> {
        self.0.held.borrow().clone()
    }

    /// Looks at the items, while nothing of the program can run.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&[Object]) -> T) -> T {
        look(&self.0.held.borrow())
    }

    /// Adds an item to the end.
    pub(crate) fn push(&self, item: Object) {
        self.0.held.borrow_mut().push(item);
    }

    /// Puts an item before the one at a position, which is at most the length.
    pub(crate) fn insert(&self, at: usize, item: Object) {
        let mut items = self.0.held.borrow_mut();
        let at = at.min(items.len());
        items.insert(at, item);
    }

    /// Puts an item in the place of another one, which is returned.
    pub(crate) fn replace(&self, at: usize, item: Object) -> Option<Object> {
        self.0.held.borrow_mut().get_mut(at).map(|place| std::mem::replace(place, item))
    }

    /// Puts items in the place of others, which then die, the last one first (`list_ass_slice`).
    pub(crate) fn splice(&self, range: Range<usize>, added: Vec<Object>) {
        let mut removed: Vec<Object> = {
            let mut items = self.0.held.borrow_mut();
            let end = range.end.min(items.len());
            let start = range.start.min(end);
            items.splice(start..end, added).collect()
        };
        while let Some(item) = removed.pop() {
            drop(item);
        }
    }

    /// Removes the items at some positions, which are ascending. The first one dies first.
    pub(crate) fn remove_all(&self, doomed: &[usize]) {
        let mut removed = Vec::with_capacity(doomed.len());
        {
            let mut items = self.0.held.borrow_mut();
            let mut kept = Vec::with_capacity(items.len());
            for (at, item) in items.drain(..).enumerate() {
                let of_these = if doomed.binary_search(&at).is_ok() { &mut removed } else { &mut kept };
                of_these.push(item);
            }
            *items = kept;
        }
        for item in removed {
            drop(item);
        }
    }

    /// Takes all items.
    pub(crate) fn take(&self) -> Vec<Object> {
        self.0.held.take()
    }

    /// Gives the list items that were taken. Returns whether it was changed since: then it has had room for items.
    pub(crate) fn put_back(&self, items: Vec<Object>) -> bool {
        let since = self.0.held.replace(items);
        let is_changed = since.capacity() > 0;
        drop(since);
        is_changed
    }

    /// Puts the items in the opposite order.
    pub(crate) fn reverse(&self) {
        self.0.held.borrow_mut().reverse();
    }

    /// Notes that the list will hold an object. If it may then contain itself, it is emptied when the run has ended.
    pub(crate) fn will_hold(&self, python: &Python, item: &Object) {
        if !can_hold(item) || self.0.is_emptied.replace(true) {
            return;
        }
        python.may_hold_itself(&self.0, |items| drop(items.held.take()));
    }
}

impl Object {
    /// A copy of the items of a list or a tuple.
    pub fn as_items(&self) -> Option<Vec<Object>> {
        match self {
            Object::List(list) => Some(list.items()),
            Object::Tuple(items) => Some(items.to_vec()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::Profile;
    use crate::nested::check_size;
    use crate::stop::Stop;
    use program::Trace;
    use view::{Abi, Error, Version};

    fn python() -> Python {
        Python::new(Profile::from(view::Profile::new(Version::new(3, 13, 0), Abi::Lp64)))
    }

    /// A list that contains itself so many times.
    fn in_itself(python: &Python, times: usize) -> List {
        let list = List::from(vec![]);
        for _ in 0..times {
            let itself = Object::List(list.clone());
            list.will_hold(python, &itself);
            list.push(itself);
        }
        list
    }

    #[test]
    fn a_list_that_contains_itself_is_gone_after_the_run() {
        let python = python();
        let list = in_itself(&python, 2);
        let items = Rc::downgrade(&list.0);
        drop(list);
        assert!(items.upgrade().is_some());
        drop(python);
        assert!(items.upgrade().is_none());
    }

    /// The stack of a thread of tests has two megabytes.
    #[test]
    fn lists_that_were_put_into_each_other_are_dropped() {
        let python = python();
        let deep = (0..1_000_000).fold(Object::None, |object, _| {
            let list = List::from(vec![]);
            list.will_hold(&python, &object);
            list.push(object);
            Object::List(list)
        });
        drop(deep);
    }

    #[test]
    fn a_list_that_contains_itself_once_is_followed_as_deeply_as_any() {
        let python = python();
        let object = Object::List(in_itself(&python, 1));
        assert!(check_size(&object).is_ok());
        assert_eq!(object.as_type().repr().ok().as_deref(), Some("[[...]]"));
        assert!(python.record(&[], &object, &mut Trace::default()).is_ok());
        let other = Object::List(in_itself(&python, 1));
        assert!(matches!(crate::compare::equals(&object, &other), Err(Error::Unspecified { .. })));
    }

    /// Following it to the end would take longer than there is time.
    #[test]
    fn a_list_that_contains_itself_several_times_is_refused() {
        let python = python();
        let object = Object::List(in_itself(&python, 2));
        assert!(check_size(&object).is_err());
        assert!(matches!(python.record(&[], &object, &mut Trace::default()), Err(Stop::Unsupported(_))));
        let other = Object::List(in_itself(&python, 2));
        assert!(matches!(crate::compare::equals(&object, &other), Err(Error::Unspecified { .. })));
        assert!(crate::types::hook::has_hook(&object));
    }
}
