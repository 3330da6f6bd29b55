//! Deaths of objects that run code of the program: `__del__`, and what is called when a buffer is released.
//!
//! An object dies when nothing refers to it any more, as in CPython. Where several objects lose their last reference at the
//! same time, versions of CPython let them die in another order, and the arguments of some calls belong to the function. A runtime that tells of such deaths ([`Machine::apart`]) is not asked to run a program in which that matters.

use super::{Machine, Performed, Runtime, Stop};
use crate::RunError;
use program::{Operation, Syntax};
use std::cell::Cell;

/// Whether an operation looks for an attribute or a method of an object.
fn is_about_attribute(operation: &Operation) -> bool {
    matches!(
        operation.kind.row().syntax,
        Syntax::Attribute(_)
            | Syntax::AnyAttribute
            | Syntax::HoldAttribute
            | Syntax::Lookup
            | Syntax::Method(_)
            | Syntax::AnyMethod
            | Syntax::SetAttribute
            | Syntax::DeleteAttribute
    )
}

/// What has happened so far in a run.
#[derive(Default)]
pub(super) struct Deaths {
    /// How many deaths have run code of the program.
    count: Cell<u64>,
    /// Whether it can be told from a call that is going on who holds its arguments.
    is_unsettled: Cell<bool>,
}

impl<R: Runtime> Machine<'_, R> {
    /// Does something whose exceptions go no further, because an object has died.
    pub(crate) fn apart(&self, act: impl FnOnce()) {
        // Nothing of the program happens any more when the run is over.
        if self.over.borrow().is_some() {
            return;
        }
        self.deaths.count.set(self.deaths.count.get() + 1);
        act();
    }

    /// How many deaths have run code of the program so far.
    pub(crate) fn deaths(&self) -> u64 {
        self.deaths.count.get()
    }

    /// Drops an object, which may run code of the program. An exception of that goes no further.
    pub(super) fn die<T>(&self, object: T) -> Result<(), Stop<R::Error>> {
        let dies = || {
            drop(object);
            Ok(())
        };
        if self.program.bodies.is_empty() { dies() } else { self.guarded(dies) }
    }

    /// Drops objects that nothing needs any more from the same moment on. Gives whether one of them has run code of the
    /// program.
    pub(crate) fn die_together<T>(&self, objects: impl IntoIterator<Item = T>) -> bool {
        let mut ran = 0;
        for object in objects {
            let before = self.deaths.count.get();
            drop(object);
            ran += u32::from(self.deaths.count.get() != before);
        }
        if ran > 1 {
            self.refuse("the order in which objects die that lose their last reference at the same time");
        }
        ran > 0
    }

    /// Notes that a function has bound one of its parameters to something else.
    pub(super) fn unsettle(&self) {
        self.deaths.is_unsettled.set(true);
    }

    /// Performs an operation on operands, which die then. They are given to the operation so that it may let go of them.
    pub(super) fn with_operands<O>(
        &self,
        operation: &Operation,
        mut operands: O,
        act: impl FnOnce(&mut O) -> Performed<R>,
    ) -> Performed<R>
    where
        O: IntoIterator<Item = R::Object>,
    {
        if self.program.bodies.is_empty() {
            return act(&mut operands);
        }
        let (count, before) = (self.deaths(), self.deaths.is_unsettled.replace(false));
        let done = act(&mut operands);
        // A function of Python holds its arguments until it returns, whatever dies meanwhile.
        let may_be_own = matches!(
            operation.kind.row().syntax,
            Syntax::CallObject | Syntax::Method(_) | Syntax::AnyMethod | Syntax::Lookup
        );
        let is_unsettled = self.deaths.is_unsettled.get() || may_be_own && self.deaths() != count;
        let ran = self.die_together(operands);
        if ran && is_unsettled {
            self.refuse("the moment at which an argument of a function dies");
        }
        // Since 3.10 an AttributeError keeps the object that lacks the attribute.
        if ran && done.is_err() && is_about_attribute(operation) {
            self.refuse("how long an exception keeps an object");
        }
        self.deaths.is_unsettled.set(before || self.deaths.is_unsettled.get());
        done
    }

    fn refuse(&self, what: &str) {
        let engine = self.runtime.engine().into();
        self.give_up(Box::new(RunError::Unsupported { engine, what: what.into() }));
    }
}
