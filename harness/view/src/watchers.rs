//! Who wants to know when an object dies: the list behind `x.__weakref__`.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::rc::{Rc, Weak};

/// A weak reference, as the object that it refers to knows it.
pub trait Watcher: Any {
    /// The object is gone: nothing can reach it any more, and what it held is given back.
    fn died(&self);
}

/// The weak references to an object. Make it the object's last field: the others are dropped before it, as a view gives
/// its buffer back before it tells anyone (measured).
#[derive(Default)]
pub struct Watchers(RefCell<Vec<Weak<dyn Watcher>>>);

impl Watchers {
    /// One more, which is told only if it is still there then.
    pub fn add(&self, watcher: &Rc<dyn Watcher>) {
        let mut watchers = self.0.borrow_mut();
        watchers.retain(|watcher| watcher.strong_count() > 0);
        watchers.push(Rc::downgrade(watcher));
    }

    /// Those that are still there, the newest first.
    pub fn living(&self) -> Vec<Rc<dyn Watcher>> {
        self.0.borrow().iter().rev().filter_map(Weak::upgrade).collect()
    }
}

impl Drop for Watchers {
    fn drop(&mut self) {
        // Whoever is there now is told, even if one that is told before drops it.
        self.living().iter().for_each(|watcher| watcher.died());
    }
}

impl fmt::Debug for Watchers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Watchers").field(&self.living().len()).finish()
    }
}
