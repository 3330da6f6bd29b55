//! Bodies: calls of functions, classes, and the parts of statements and expressions.

use super::frame::{Frame, Role};
use super::{Flow, Machine, Outcome, Runtime, Stop, malformed};
use crate::RunError;
use program::{Body, End, Inner, Kind, Operand, Operation, Program, Value};

/// How deep calls may be nested. Each takes a part of this process's stack, and much less than Python allows.
const DEEPEST: u32 = 50;
/// How many operations of bodies are noted for a step.
const MOST_INNER: usize = 64;

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
    pub(super) fn block(&self, frame: &Frame<R>, operand: Option<&Operand>, given: Option<R::Object>) -> Outcome<R> {
        match operand {
            Some(Operand::Value(Value::None)) => Ok(Flow::Done(None)),
            operand => {
                let (_, body) = self.body(operand)?;
                match self.inner_operations(frame, &body.operations, given)? {
                    Flow::Done(_) => Ok(Flow::Done(None)),
                    jump => Ok(jump),
                }
            }
        }
    }

    /// The value of a body that is an expression.
    pub(super) fn part(
        &self,
        frame: &Frame<R>,
        operand: Option<&Operand>,
        given: Option<R::Object>,
    ) -> Result<R::Object, Stop<R::Error>> {
        let (_, body) = self.body(operand)?;
        match self.inner_operations(frame, &body.operations, given)? {
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
        let arguments = arguments.into_iter().map(Some);
        let frame = Frame::new(&self.runtime, Role::Function(index), function.locals.len(), arguments)?;
        match self.deeper(|| self.inner_operations(&frame, &body.operations, None))? {
            Flow::Return(value) => Ok(value),
            done => {
                // The value of the last statement is gone before the variables are.
                drop(done);
                self.runtime.constant(&Value::None)
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
        let frame = Frame::new(&self.runtime, Role::Class(index), head.locals.len(), [])?;
        self.inner_operations(&frame, &body.operations, None)?;
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
    pub(super) fn owner(&self, frame: &Frame<R>) -> Option<&str> {
        let Role::Class(body) = frame.role else { return None };
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
        let frame = Frame::new(&self.runtime, Role::Generator, 0, locals)?;
        frame.items.borrow_mut().push(vec![]);
        self.deeper(|| self.inner_operations(&frame, &body.operations, Some(given)))?;
        let items = frame.items.borrow_mut().pop();
        Ok(items.and_then(|items| items.into_iter().next()))
    }

    /// The local variables that the body of a generator expression reads: it keeps them, and no others.
    pub(super) fn captured(&self, frame: &Frame<R>, body: &Body) -> Vec<Option<R::Object>> {
        let mut read = vec![];
        reads(self.program, body, &mut read);
        let is_kept = |local: u16| !body.own.contains(&local) && read.contains(&local);
        frame.all().zip(0..).map(|(object, local)| object.filter(|_| is_kept(local))).collect()
    }

    /// Runs the operations of a body.
    pub(super) fn inner_operations(
        &self,
        frame: &Frame<R>,
        operations: &[Operation],
        given: Option<R::Object>,
    ) -> Outcome<R> {
        self.nesting.set(self.nesting.get() + 1);
        let done = self.operations(frame, operations, given);
        self.nesting.set(self.nesting.get() - 1);
        done
    }

    /// Notes that an operation of a body ran, for whoever asks what a program has reached.
    pub(super) fn note_inner(&self, kind: Kind, flow: &Outcome<R>) {
        let end = match flow {
            Ok(Flow::Done(_)) => End::Done,
            Ok(_) => End::Left,
            Err(_) => End::Raised,
        };
        let depth = self.depth.get().min(u32::from(u8::MAX)) as u8;
        let mut inner = self.inner.borrow_mut();
        if inner.len() < MOST_INNER {
            inner.push(Inner { kind, depth, end });
        }
    }

    fn deeper<T>(&self, run: impl FnOnce() -> Result<T, Stop<R::Error>>) -> Result<T, Stop<R::Error>> {
        // A function may have no operations, and be called without end.
        self.spend()?;
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
        let done = act();
        match self.over.borrow_mut().take() {
            Some(error) => Err(Stop::RunError(error)),
            None => done,
        }
    }

    /// Notes that the run is over, for when the runtime comes back.
    pub(crate) fn give_up(&self, error: Box<RunError>) {
        self.over.borrow_mut().get_or_insert(error);
    }

    /// What it raises to read a local variable that is bound to nothing.
    pub(super) fn unbound_local(&self, frame: &Frame<R>, local: u16) -> Stop<R::Error> {
        match frame.role {
            Role::Generator => Stop::RunError(Box::new(RunError::Unsupported {
                engine: self.runtime.engine().into(),
                what: "a variable of the function around a generator expression that is not bound".into(),
            })),
            // One of the variables that are part of no comprehension.
            Role::Function(_) if !frame.items.borrow().is_empty() && self.runtime.has_comprehension_frames() => {
                self.runtime.unbound_free(self.local_text(frame, local))
            }
            _ => self.runtime.unbound_local(self.local_text(frame, local)),
        }
    }

    /// Whether a local variable is a parameter of a function.
    pub(super) fn is_parameter(&self, frame: &Frame<R>, local: u16) -> bool {
        let function = frame.body().and_then(|body| self.program.bodies.get(usize::from(body))?.function.as_ref());
        function.is_some_and(|function| usize::from(local) < function.parameters.len())
    }

    /// The text of a local variable.
    fn local_text(&self, frame: &Frame<R>, local: u16) -> &str {
        let function = frame.body().and_then(|body| self.program.bodies.get(usize::from(body))?.function.as_ref());
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
