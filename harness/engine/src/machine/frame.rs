//! The frame of a function, a class or a generator expression: its local variables, which an exception that came through it
//! keeps alive.

use super::{Machine, Runtime, Stop};
use smallvec::SmallVec;
use std::cell::RefCell;
use std::rc::Rc;

/// The local variables of a frame, as something that can be kept: all clones are the same variables.
pub trait Locals<Object>: Clone {
    /// What a variable is bound to.
    fn get(&self, local: u16) -> Option<Object>;

    /// Binds or unbinds a variable. Gives what it was bound to, which is to die when nothing is borrowed.
    fn set(&self, local: u16, value: Option<Object>) -> Option<Object>;
}

/// Local variables in this process's own memory.
pub type OwnLocals<Object> = Rc<RefCell<SmallVec<[Option<Object>; 4]>>>;

impl<Object: Clone> Locals<Object> for OwnLocals<Object> {
    fn get(&self, local: u16) -> Option<Object> {
        self.borrow().get(usize::from(local)).cloned().flatten()
    }

    fn set(&self, local: u16, value: Option<Object>) -> Option<Object> {
        let mut locals = self.borrow_mut();
        locals.get_mut(usize::from(local)).and_then(|slot| std::mem::replace(slot, value))
    }
}

/// What code of the program runs in.
pub(crate) struct Frame<R: Runtime> {
    /// Most programs have none.
    locals: Option<R::Locals>,
    count: u16,
    /// The lists that are being made in it.
    pub(super) items: RefCell<Vec<Vec<R::Object>>>,
    pub(super) role: Role,
}

/// What a frame is that of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Of no function: its variables are those of comprehensions.
    Module,
    /// Of a function, by its body.
    Function(u16),
    /// Of a class, by its body.
    Class(u16),
    /// Of a generator expression, with what that has kept of the frame around it.
    Generator,
    /// Of a comprehension, where those have frames.
    Comprehension,
}

impl<R: Runtime> Frame<R> {
    pub(super) fn new(
        runtime: &R,
        role: Role,
        count: usize,
        bound: impl IntoIterator<Item = Option<R::Object>>,
    ) -> Result<Frame<R>, Stop<R::Error>> {
        let mut locals: SmallVec<[Option<R::Object>; 4]> = bound.into_iter().collect();
        locals.resize_with(count.max(locals.len()), || None);
        let count = locals.len().try_into().unwrap_or(u16::MAX);
        let locals = if count > 0 { Some(runtime.locals(locals)?) } else { None };
        Ok(Frame { locals, count, items: RefCell::default(), role })
    }

    pub(super) fn body(&self) -> Option<u16> {
        match self.role {
            Role::Function(body) | Role::Class(body) => Some(body),
            Role::Module | Role::Generator | Role::Comprehension => None,
        }
    }

    pub(super) fn get(&self, local: u16) -> Option<R::Object> {
        self.locals.as_ref()?.get(local)
    }

    /// Binds or unbinds a variable. Gives what it was bound to, which is to die when nothing is borrowed.
    pub(super) fn set(&self, local: u16, value: Option<R::Object>) -> Option<R::Object> {
        self.locals.as_ref()?.set(local, value)
    }

    /// What each of its variables is bound to.
    pub(super) fn all(&self) -> impl Iterator<Item = Option<R::Object>> {
        (0..self.count).map(|local| self.get(local))
    }
}

impl<R: Runtime> Machine<'_, R> {
    /// Notes that an exception has come to a frame, by a statement that runs while another one may be handled.
    pub(super) fn came_through(&self, frame: &Frame<R>, error: &mut R::Error) {
        if let Some(handled) = self.handled.borrow().last() {
            self.runtime.set_context(error, handled);
        }
        if let (Some(locals), true) = (&frame.locals, frame.role != Role::Module) {
            self.runtime.hold(error, locals);
        }
    }
}
