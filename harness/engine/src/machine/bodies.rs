//! Bodies: the local variables of a function, calls, and what an exception keeps alive.

use super::{Flow, Machine, Outcome, Runtime, Stop, malformed};
use crate::RunError;
use program::{Body, Kind, Operand, Program, Value};
use smallvec::SmallVec;
use std::cell::RefCell;

/// How deep calls may be nested. Each takes a part of this process's stack, and much less than Python allows.
const DEEPEST: u32 = 50;

/// The local variables of a call, and the lists that are being made in it.
pub(crate) struct Frame<Object> {
    locals: RefCell<SmallVec<[Option<Object>; 4]>>,
    pub(super) items: RefCell<Vec<Vec<Object>>>,
    /// The body of the function, if it is one.
    body: Option<u16>,
    /// Whether that is the body of a class.
    is_class: bool,
    /// Whether it is what a generator expression has kept of another one.
    is_of_generator: bool,
}

impl<Object: Clone> Frame<Object> {
    /// So many local variables, of which the first are bound.
    pub(super) fn new(count: usize, bound: impl IntoIterator<Item = Option<Object>>) -> Frame<Object> {
        let mut locals: SmallVec<[Option<Object>; 4]> = bound.into_iter().collect();
        locals.resize(count.max(locals.len()), None);
        Frame {
            locals: RefCell::new(locals),
            items: RefCell::default(),
            body: None,
            is_class: false,
            is_of_generator: false,
        }
    }

    pub(super) fn body(&self) -> Option<u16> {
        self.body
    }

    pub(super) fn get(&self, local: u16) -> Option<Object> {
        self.locals.borrow().get(usize::from(local)).cloned().flatten()
    }

    /// Binds or unbinds a variable. Gives what it was bound to, which is to die when nothing is borrowed.
    pub(super) fn set(&self, local: u16, value: Option<Object>) -> Option<Object> {
        let mut locals = self.locals.borrow_mut();
        locals.get_mut(usize::from(local)).and_then(|slot| std::mem::replace(slot, value))
    }
}

impl<R: Runtime> Machine<'_, R> {
    /// The body of that index.
    pub(super) fn body(&self, operand: Option<&Operand>) -> Result<(u16, &Body), Stop<R::Error>> {
        match operand {
            Some(Operand::Body(index)) => {
                let body = self.program.bodies.get(usize::from(*index));
                body.map(|body| (*index, body)).ok_or_else(|| malformed(MISSING))
            }
            _ => Err(malformed(MISSING)),
        }
    }

    /// Runs a block, unless there is none.
    pub(super) fn block(
        &self,
        frame: &Frame<R::Object>,
        operand: Option<&Operand>,
        given: Option<R::Object>,
    ) -> Outcome<R> {
        match operand {
            Some(Operand::Value(Value::None)) => Ok(Flow::Done(None)),
            operand => {
                let (_, body) = self.body(operand)?;
                match self.operations(frame, &body.operations, given)? {
                    Flow::Done(_) => Ok(Flow::Done(None)),
                    jump => Ok(jump),
                }
            }
        }
    }

    /// The value of a body that is an expression.
    pub(super) fn part(
        &self,
        frame: &Frame<R::Object>,
        operand: Option<&Operand>,
        given: Option<R::Object>,
    ) -> Result<R::Object, Stop<R::Error>> {
        let (_, body) = self.body(operand)?;
        match self.operations(frame, &body.operations, given)? {
            Flow::Done(Some(value)) => Ok(value),
            _ => Err(malformed("a part of an expression has no value")),
        }
    }

    /// Calls the function of a body.
    ///
    /// # Errors
    ///
    /// What it raises, and why the run is over.
    pub(crate) fn call(&self, index: u16, arguments: Vec<R::Object>) -> Result<R::Object, Stop<R::Error>> {
        let (_, body) = self.body(Some(&Operand::Body(index)))?;
        let function = body.function.as_ref().ok_or_else(|| malformed("a block is called as a function"))?;
        let mut frame = Frame::new(function.locals.len(), arguments.into_iter().map(Some));
        frame.body = Some(index);
        let flow = self.deeper(|| self.operations(&frame, &body.operations, None));
        match flow {
            Ok(Flow::Return(value)) => Ok(value),
            Ok(_) => self.runtime.constant(&Value::None),
            Err(stop) => {
                self.left.borrow_mut().push(frame);
                Err(stop)
            }
        }
    }

    /// Makes a class: runs its body, whose variables are its attributes.
    pub(super) fn class(
        &self,
        operand: Option<&Operand>,
        base: Option<R::Object>,
    ) -> Result<R::Object, Stop<R::Error>> {
        let (index, body) = self.body(operand)?;
        let head = body.function.as_ref().ok_or_else(|| malformed("a block is no class"))?;
        let mut frame = Frame::new(head.locals.len(), []);
        (frame.body, frame.is_class) = (Some(index), true);
        self.operations(&frame, &body.operations, None)?;
        let bound = (0..).zip(&head.locals).filter_map(|(local, name)| Some((&**name, frame.get(local)?)));
        let attributes = bound.collect();
        let class = self.guarded(|| self.runtime.class(&head.name, base, attributes))?;
        let methods = body.operations.iter().filter(|operation| operation.kind == Kind::Define);
        let methods = methods.filter_map(|operation| match operation.operands.first() {
            Some(Operand::Body(body)) => Some(*body),
            _ => None,
        });
        self.classes.borrow_mut().push((methods.collect(), class.clone()));
        Ok(class)
    }

    /// The last class that was made which has a method with that body.
    pub(super) fn class_of(&self, body: u16) -> Option<R::Object> {
        let classes = self.classes.borrow();
        classes.iter().rev().find(|(methods, _)| methods.contains(&body)).map(|(_, class)| class.clone())
    }

    /// The name of the class that is being made.
    pub(super) fn owner(&self, frame: &Frame<R::Object>) -> Option<&str> {
        let body = frame.body.filter(|_| frame.is_class)?;
        self.program.bodies.get(usize::from(body))?.function.as_ref().map(|head| &*head.name)
    }

    /// Runs the body of a generator expression with an item of what it iterates over. Gives the item that it makes, if any.
    ///
    /// # Errors
    ///
    /// What it raises, and why the run is over.
    pub(crate) fn item(
        &self,
        index: u16,
        locals: Vec<Option<R::Object>>,
        given: R::Object,
    ) -> Result<Option<R::Object>, Stop<R::Error>> {
        let (_, body) = self.body(Some(&Operand::Body(index)))?;
        let mut frame = Frame::new(0, locals);
        frame.is_of_generator = true;
        frame.items.borrow_mut().push(vec![]);
        self.deeper(|| self.operations(&frame, &body.operations, Some(given)))?;
        let items = frame.items.borrow_mut().pop();
        Ok(items.and_then(|items| items.into_iter().next()))
    }

    /// The local variables that the body of a generator expression reads: it keeps them, and no others.
    pub(super) fn captured(&self, frame: &Frame<R::Object>, body: &Body) -> Vec<Option<R::Object>> {
        let mut read = vec![];
        reads(self.program, body, &mut read);
        let locals = frame.locals.borrow();
        let own = |index: usize| body.own.iter().any(|own| usize::from(*own) == index);
        let captured = |(index, object): (usize, &Option<R::Object>)| {
            object.clone().filter(|_| !own(index) && read.iter().any(|read| usize::from(*read) == index))
        };
        locals.iter().enumerate().map(captured).collect()
    }

    fn deeper<T>(&self, run: impl FnOnce() -> Result<T, Stop<R::Error>>) -> Result<T, Stop<R::Error>> {
        if self.depth.get() == DEEPEST {
            let text = "calls are nested so deep that it depends on the Python what happens";
            return Err(Stop::RunError(Box::new(RunError::Unspecified(text.into()))));
        }
        self.depth.set(self.depth.get() + 1);
        let done = run();
        self.depth.set(self.depth.get() - 1);
        done
    }

    /// Counts an operation, if it is part of a body or in the way of one.
    ///
    /// # Errors
    ///
    /// When the program has used up what it may do.
    pub(super) fn spend(&self) -> Result<(), Stop<R::Error>> {
        match self.budget.get().checked_sub(1) {
            Some(left) => {
                // What has no budget has no end either.
                if left < u32::MAX - 1 {
                    self.budget.set(left);
                }
                Ok(())
            }
            None => {
                let text = "the program runs so many operations that it is cut off";
                Err(Stop::RunError(Box::new(RunError::Unspecified(text.into()))))
            }
        }
    }

    /// Does what may run code of the program. If the run is over by then, that is the outcome; whatever the runtime made of
    /// it on the way is none.
    pub(super) fn guarded<T>(&self, act: impl FnOnce() -> Result<T, Stop<R::Error>>) -> Result<T, Stop<R::Error>> {
        let before = self.left.borrow().len();
        let done = act();
        if let Some(error) = self.over.borrow_mut().take() {
            return Err(Stop::RunError(error));
        }
        if done.is_ok() {
            // An exception that went no further is gone.
            self.forget(before);
        }
        done
    }

    /// Notes that the run is over, for when the runtime comes back.
    pub(crate) fn give_up(&self, error: Box<RunError>) {
        self.over.borrow_mut().get_or_insert(error);
    }

    /// Drops the frames that exceptions have left since there were so many.
    pub(super) fn forget(&self, before: usize) {
        let gone = {
            let mut left = self.left.borrow_mut();
            if left.len() <= before {
                return;
            }
            left.split_off(before)
        };
        drop(gone);
    }

    /// What it raises to read a local variable that is bound to nothing.
    pub(super) fn unbound_local(&self, frame: &Frame<R::Object>, local: u16) -> Stop<R::Error> {
        match frame.is_of_generator {
            false => self.runtime.unbound_local(self.local_text(frame, local)),
            true => Stop::RunError(Box::new(RunError::Unsupported {
                engine: self.runtime.engine().into(),
                what: "a variable of the function around a generator expression that is not bound".into(),
            })),
        }
    }

    /// The text of a local variable.
    fn local_text(&self, frame: &Frame<R::Object>, local: u16) -> &str {
        let function = frame.body.and_then(|body| self.program.bodies.get(usize::from(body))?.function.as_ref());
        let locals = function.map_or(&self.program.locals, |function| &function.locals);
        locals.get(usize::from(local)).map_or("", |text| text)
    }
}

const MISSING: &str = "an operation has no body";

/// Adds the local variables that operations of a body read.
fn reads(program: &Program, body: &Body, read: &mut Vec<u16>) {
    for operand in body.operations.iter().flat_map(|operation| &operation.operands) {
        match operand {
            Operand::Local(local) => read.push(*local),
            Operand::Body(inner) => {
                if let Some(inner) = program.bodies.get(usize::from(*inner)) {
                    reads(program, inner, read);
                }
            }
            _ => {}
        }
    }
}
