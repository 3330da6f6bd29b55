//! The context of a run: the version of Python, and the work that is left for the end of the program.

use crate::changes::{AnyChange, Profile};
use crate::stop::Stop;
use program::Kind;
use std::cell::RefCell;

/// The Python of one run.
pub struct Python {
    profile: Profile,
    /// Actions that break reference cycles at the end of the run, since there is no garbage collector here.
    at_end: RefCell<Vec<Box<dyn FnOnce()>>>,
}

/// The most bytes or items to which an operation may let an object grow.
pub(crate) const LARGEST: usize = 1 << 20;

impl Python {
    /// Creates the context for a run on the given version.
    pub fn new(profile: Profile) -> Python {
        Python { profile, at_end: RefCell::default() }
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

    /// Calls `act` when the run has ended.
    pub(crate) fn at_end(&self, act: impl FnOnce() + 'static) {
        self.at_end.borrow_mut().push(Box::new(act));
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
        self.at_end.take().into_iter().for_each(|act| act());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::rc::Rc;
    use view::{Abi, Version};

    #[test]
    fn what_was_left_for_the_end_is_done_then() {
        let done = Rc::new(Cell::new(false));
        let python = Python::new(Profile::from(view::Profile::new(Version::new(3, 13, 0), Abi::Lp64)));
        let mark = done.clone();
        python.at_end(move || mark.set(true));
        assert!(!done.get());
        drop(python);
        assert!(done.get());
    }
}
