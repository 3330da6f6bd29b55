//! An operation, as a fault sees it: what is done with which objects, and the honest answer to it.

use super::Stop;
use super::parts::bounds;
use engine::machine::Performed;
use engine::reference::Variant;
use program::{Kind, Operation};
use python::{Object, Python};
use std::rc::{Rc, Weak};
use view::Error;
use view::{Bounds, Exception, Profile, View};

/// What an operation gave.
pub(super) type Done = Performed<Python>;

/// What a fault makes of an operation; `None` if it leaves it to the honest runtime.
pub(super) type Answer = Option<Done>;

/// What a mutant remembers from one operation to the next of a run.
#[derive(Default)]
pub(super) struct State {
    /// Views that it forgets to let go of.
    pub(super) kept: Vec<Rc<View>>,
    /// Pairs of views of which it believes that the second belongs to the first.
    pub(super) pairs: Vec<(Weak<View>, Weak<View>)>,
}

/// One operation.
pub(super) struct Call<'a> {
    pub(super) python: &'a Python,
    pub(super) state: &'a mut State,
    pub(super) operation: &'a Operation,
    pub(super) operands: &'a [Object],
}

impl Call<'_> {
    /// The version and ABI.
    pub(super) fn profile(&self) -> Profile {
        self.python.view_profile()
    }

    /// Whether it is one of these operations.
    pub(super) fn is(&self, kinds: &[Kind]) -> bool {
        kinds.contains(&self.operation.kind)
    }

    /// An operand.
    pub(super) fn operand(&self, index: usize) -> Option<&Object> {
        self.operands.get(index)
    }

    /// The view that one of these operations is done to, if that is what its first operand is.
    pub(super) fn any_view(&self, kinds: &[Kind]) -> Option<Rc<View>> {
        match self.operand(0) {
            Some(Object::View(view)) if self.is(kinds) => Some(view.clone()),
            _ => None,
        }
    }

    /// Such a view that was not released.
    pub(super) fn view(&self, kinds: &[Kind]) -> Option<Rc<View>> {
        self.any_view(kinds).filter(|view| !view.is_released())
    }

    /// Such a view that was released.
    pub(super) fn released(&self, kinds: &[Kind]) -> Option<Rc<View>> {
        self.any_view(kinds).filter(|view| view.is_released())
    }

    /// The bounds of a subscript that is a slice, if they can be converted unseen.
    pub(super) fn bounds(&self) -> Option<Bounds> {
        bounds(self.operand(1)?, self.profile())
    }

    /// What the honest runtime does.
    pub(super) fn honest(&mut self) -> Done {
        Variant::perform(self.python, self.operation, self.operands)
    }

    /// What the honest runtime does with another object for one of the operands.
    pub(super) fn with(&mut self, index: usize, object: Object) -> Done {
        let mut operands = self.operands.to_vec();
        match operands.get_mut(index) {
            Some(operand) => *operand = object,
            None => operands.push(object),
        }
        Variant::perform(self.python, self.operation, &operands)
    }

    /// What the honest runtime does with other objects for two of the operands.
    pub(super) fn with_both(&mut self, one: (usize, Object), other: (usize, Object)) -> Done {
        let mut operands = self.operands.to_vec();
        for (index, object) in [one, other] {
            if let Some(operand) = operands.get_mut(index) {
                *operand = object;
            }
        }
        Variant::perform(self.python, self.operation, &operands)
    }

    /// What the honest runtime does, unless it raises what `otherwise` knows another answer to.
    pub(super) fn on_error(&mut self, otherwise: impl FnOnce(&mut Self, &Error) -> Answer) -> Answer {
        let done = self.honest();
        let other = match &done {
            Err(Stop::Raised(error)) => otherwise(self, error),
            _ => None,
        };
        other.or(Some(done))
    }

    /// What the honest runtime does, unless it gives an object that `otherwise` makes something else of.
    pub(super) fn on_value(&mut self, otherwise: impl FnOnce(&mut Self, &Object) -> Answer) -> Answer {
        let done = self.honest();
        let other = match &done {
            Ok(Some(object)) => otherwise(self, object),
            _ => None,
        };
        other.or(Some(done))
    }

    /// What the honest runtime does, unless it gives a view that `otherwise` makes another one of.
    pub(super) fn on_view(&mut self, otherwise: impl FnOnce(&mut Self, &Rc<View>) -> Option<Rc<View>>) -> Answer {
        self.on_value(|call, object| match object {
            Object::View(view) => otherwise(call, view).map(give_view),
            _ => None,
        })
    }
}

/// A value.
pub(super) fn give(object: Object) -> Done {
    Ok(Some(object))
}

/// A view as a value.
pub(super) fn give_view(view: Rc<View>) -> Done {
    give(Object::View(view))
}

/// An error.
pub(super) fn raise(error: Error) -> Done {
    Err(Stop::Raised(error))
}

/// An error with other words, or of another type, than any of memoryview.
pub(super) fn raise_other(exception: Exception, text: impl Into<String>) -> Done {
    raise(Error::raised(exception, text))
}
