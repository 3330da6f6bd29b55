//! Which Python a program runs in: its version, and what has to be done when the program has ended.

use crate::changes::{AnyChange, Profile};
use crate::stop::Stop;
use program::Kind;
use std::cell::RefCell;

/// The Python of one run.
pub struct Python {
    profile: Profile,
    /// What breaks cycles of objects at the end: nothing collects garbage here.
    at_end: RefCell<Vec<Box<dyn FnOnce()>>>,
}

/// The most bytes or items that an operation may make an object grow to.
const LARGEST: usize = 1 << 20;

impl Python {
    /// A Python of that version, in which nothing has happened yet.
    pub fn new(profile: Profile) -> Python {
        Python { profile, at_end: RefCell::default() }
    }

    /// The version, the sizes of C types and all changes.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// The same, as memoryview depends on it.
    pub fn view_profile(&self) -> view::Profile {
        self.profile.view()
    }

    /// Whether this version behaves as it does since a change.
    pub(crate) fn has(&self, change: impl Into<AnyChange>) -> bool {
        self.profile.has(change)
    }

    /// Has something done when the run has ended.
    pub(crate) fn at_end(&self, act: impl FnOnce() + 'static) {
        self.at_end.borrow_mut().push(Box::new(act));
    }

    /// Leaves open what an operation would give that makes an object large: a few of them in a row fill any memory.
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
