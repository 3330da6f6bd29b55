//! The context of a run: the version of Python, and the work that is left for the end of the program.

use crate::address;
use crate::changes::{AnyChange, Profile};
use crate::stop::Stop;
use crate::work;
use program::Kind;
use std::cell::RefCell;
use std::rc::{Rc, Weak};

/// The Python of one run.
pub struct Python {
    profile: Profile,
    /// What may hold itself: such cycles are broken at the end of the run, since there is no garbage collector here.
    cyclic: RefCell<Vec<Box<dyn Cyclic>>>,
}

/// An object that may hold itself.
trait Cyclic {
    fn is_there(&self) -> bool;

    fn end(&self);
}

impl<T: ?Sized> Cyclic for (Weak<T>, fn(&T)) {
    fn is_there(&self) -> bool {
        self.0.strong_count() > 0
    }

    fn end(&self) {
        if let Some(object) = self.0.upgrade() {
            (self.1)(&object);
        }
    }
}

/// The most bytes or items to which an operation may let an object grow.
pub(crate) const LARGEST: usize = 1 << 20;

impl Python {
    /// Creates the context for a run on the given version.
    pub fn new(profile: Profile) -> Python {
        address::begin();
        work::begin();
        Python { profile, cyclic: RefCell::default() }
    }

    /// Returns the version, the sizes of C types, and the changes.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// Returns the part of the profile on which memoryview depends.
    pub fn view_profile(&self) -> view::Profile {
        self.profile.view()
    }

    /// Returns whether this version has a change.
    pub(crate) fn has(&self, change: impl Into<AnyChange>) -> bool {
        self.profile.has(change)
    }

    /// Has `empty` take everything out of an object that may hold itself, when the run has ended and it is still there.
    pub(crate) fn may_hold_itself<T: ?Sized + 'static>(&self, object: &Rc<T>, empty: fn(&T)) {
        self.cyclic.borrow_mut().push(Box::new((Rc::downgrade(object), empty)));
    }

    /// Returns whether an object is there that may hold itself, so that only a collector would find it.
    pub(crate) fn has_cyclic(&self) -> bool {
        self.cyclic.borrow().iter().any(|object| object.is_there())
    }

    /// Refuses an operation that would create a large object. A few such operations in a row could exhaust the memory.
    pub(crate) fn grows_to(&self, kind: Kind, size: usize) -> Result<(), Stop> {
        match size {
            0..=LARGEST => Ok(()),
            _ => Err(Stop::unsupported(format!(
                "`{}` with a result of more than a million bytes or items",
                kind.row().name
            ))),
        }
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        self.cyclic.take().into_iter().for_each(|object| object.end());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::rc::Rc;
    use view::{Abi, Version};

    #[test]
    fn what_may_hold_itself_is_emptied_at_the_end() {
        let python = Python::new(Profile::from(view::Profile::new(Version::newest(), Abi::Lp64)));
        let (kept, gone) = (Rc::new(Cell::new(1)), Rc::new(Cell::new(1)));
        python.may_hold_itself(&gone, |gone| gone.set(0));
        drop(gone);
        assert!(!python.has_cyclic());
        python.may_hold_itself(&kept, |kept| kept.set(0));
        assert!(python.has_cyclic());
        assert_eq!(kept.get(), 1);
        drop(python);
        assert_eq!(kept.get(), 0);
    }
}
