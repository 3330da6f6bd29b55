//! What decides which operations run: conditions, loops, `try`, and expressions of which a part may not be evaluated.

use super::frame::{Frame, Role};
use super::operations::Open;
use super::{Flow, Machine, Outcome, Runtime, Stop, malformed};
use crate::RunError;
use program::{Kind, Operand, Operation, Target, Value};

type Object<R> = <R as Runtime>::Object;
type Error<R> = <R as Runtime>::Error;

impl<R: Runtime> Machine<'_, R> {
    /// Does what the machine does by itself.
    pub(super) fn control(&self, frame: &Frame<R>, operation: &Operation, open: &mut Open<R>) -> Outcome<R> {
        let bodies = |index: usize| operation.operands.get(index);
        let mut value = |index: usize| {
            let operand = operation.operands.get(index).ok_or_else(|| malformed("an operand is missing"))?;
            self.operand(frame, operand, &mut open.temps)
        };
        let done = |value: Object<R>| Ok(Flow::Done(Some(value)));
        match operation.kind {
            Kind::If => {
                let is_so = self.is_true(value(0)?)?;
                self.block(frame, bodies(if is_so { 1 } else { 2 }), None)
            }
            Kind::While => self.repeat(frame, operation),
            Kind::For => {
                let iterator = self.iterator(value(0)?)?;
                self.each(frame, operation, iterator)
            }
            Kind::Try => self.attempt(frame, operation),
            Kind::Pass => Ok(Flow::Done(None)),
            Kind::Break => Ok(Flow::Break),
            Kind::Continue => Ok(Flow::Continue),
            Kind::Return => Ok(Flow::Return(match operation.operands.is_empty() {
                true => self.runtime.constant(&Value::None)?,
                false => value(0)?,
            })),
            Kind::Raise => match operation.operands.len() {
                0 => Err(self.raise_again()),
                1 => {
                    let error = value(0)?;
                    Err(self.guarded(|| Err::<(), _>(self.runtime.raise(&error, None))).err().unwrap_or_else(never))
                }
                _ => {
                    let (error, cause) = (value(0)?, value(1)?);
                    let raise = || Err::<(), _>(self.runtime.raise(&error, Some(&cause)));
                    Err(self.guarded(raise).err().unwrap_or_else(never))
                }
            },
            Kind::Assert => {
                if self.is_true(value(0)?)? {
                    return Ok(Flow::Done(None));
                }
                let message = match bodies(1) {
                    Some(Operand::Body(_)) => Some(self.part(frame, bodies(1), None)?),
                    _ => None,
                };
                Err(self.runtime.assertion(message))
            }
            Kind::Define => {
                let defaults = (1..operation.operands.len()).map(value).collect::<Result<Vec<_>, _>>()?;
                let (index, body) = self.body(bodies(0))?;
                let function = body.function.as_ref().ok_or_else(|| malformed("a block is no function"))?;
                done(self.runtime.function(index, function, self.owner(frame), defaults)?)
            }
            Kind::Class => {
                let base = (1..operation.operands.len()).map(value).next().transpose()?;
                done(self.class(bodies(0), base)?)
            }
            Kind::Super => {
                let class = frame.body().and_then(|body| self.class_of(body));
                let object = frame.get(0);
                match (class, object) {
                    (Some(class), Some(object)) => done(self.guarded(|| self.runtime.super_of(&class, &object))?),
                    _ => Err(Stop::RunError(Box::new(RunError::Unsupported {
                        engine: self.runtime.engine().into(),
                        what: "`super()` without the class or its object".into(),
                    }))),
                }
            }
            Kind::Targets => {
                let object = value(0)?;
                self.unpack(operation, object, open)?;
                Ok(Flow::Done(None))
            }
            Kind::Share => {
                let object = value(0)?;
                self.share(operation, object, open)?;
                Ok(Flow::Done(None))
            }
            Kind::Store => {
                let value = value(0)?;
                self.bind(frame, operation.target, value)?;
                Ok(Flow::Done(None))
            }
            Kind::AndThen | Kind::OrElse => {
                let left = value(0)?;
                match self.is_true(left.clone())? == (operation.kind == Kind::OrElse) {
                    true => done(left),
                    false => {
                        drop(left);
                        done(self.part(frame, bodies(1), None)?)
                    }
                }
            }
            Kind::Choose => {
                let is_so = self.is_true(value(0)?)?;
                done(self.part(frame, bodies(if is_so { 1 } else { 2 }), None)?)
            }
            Kind::Chain => {
                let (left, middle) = (value(0)?, value(2)?);
                let kind = operation.own_name(1).and_then(Kind::infix).filter(|kind| kind.is_comparison());
                let kind = kind.ok_or_else(|| malformed("a comparison has no operator"))?;
                let sides = [bodies(0), bodies(2)].into_iter().flatten().cloned();
                let compare = Operation::new(kind, Target::Discard, sides);
                let result = self.guarded(|| self.runtime.perform(&compare, &[left, middle.clone()]))?;
                let result = result.ok_or_else(|| malformed("a comparison has no value"))?;
                match self.is_true(result.clone())? {
                    true => done(self.part(frame, bodies(3), Some(middle))?),
                    false => done(result),
                }
            }
            Kind::Comprehend => {
                let iterator = self.iterator(value(0)?)?;
                done(self.comprehend(frame, operation, iterator)?)
            }
            Kind::Generate => {
                let object = value(0)?;
                let iterator = self.guarded(|| self.runtime.first_iterator(&object))?;
                let (index, body) = self.body(bodies(1))?;
                done(self.runtime.generator(index, self.captured(frame, body), iterator)?)
            }
            Kind::Item => {
                let value = value(0)?;
                let mut items = frame.items.borrow_mut();
                items.last_mut().ok_or_else(|| malformed("an item belongs to no comprehension"))?.push(value);
                Ok(Flow::Done(None))
            }
            _ => Err(malformed("an operation has no meaning")),
        }
    }

    fn is_true(&self, object: Object<R>) -> Result<bool, Stop<Error<R>>> {
        self.guarded(|| self.runtime.truth(&object))
    }

    fn iterator(&self, object: Object<R>) -> Result<Object<R>, Stop<Error<R>>> {
        self.guarded(|| self.runtime.iterator(&object))
    }

    /// `while`
    fn repeat(&self, frame: &Frame<R>, operation: &Operation) -> Outcome<R> {
        let body = |index: usize| operation.operands.get(index);
        loop {
            self.spend()?;
            let test = self.part(frame, body(0), None)?;
            if !self.is_true(test)? {
                return self.block(frame, body(2), None);
            }
            match self.block(frame, body(1), None)? {
                Flow::Done(_) | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Done(None)),
                Flow::Return(value) => return Ok(Flow::Return(value)),
            }
        }
    }

    /// `for`
    fn each(&self, frame: &Frame<R>, operation: &Operation, iterator: Object<R>) -> Outcome<R> {
        let body = |index: usize| operation.operands.get(index);
        loop {
            self.spend()?;
            let Some(item) = self.guarded(|| self.runtime.next(&iterator))? else {
                drop(iterator);
                return self.block(frame, body(2), None);
            };
            match self.block(frame, body(1), Some(item))? {
                Flow::Done(_) | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Done(None)),
                Flow::Return(value) => return Ok(Flow::Return(value)),
            }
        }
    }

    /// The list of a comprehension. Its variables are gone when it ends, however that comes about.
    fn comprehend(
        &self,
        frame: &Frame<R>,
        operation: &Operation,
        iterator: Object<R>,
    ) -> Result<Object<R>, Stop<Error<R>>> {
        let (_, body) = self.body(operation.operands.get(1))?;
        frame.items.borrow_mut().push(vec![]);
        let mut outcome = Ok(());
        loop {
            let next = self.spend().and_then(|()| self.guarded(|| self.runtime.next(&iterator)));
            match next.and_then(|item| match item {
                Some(item) => self.inner_operations(frame, &body.operations, Some(item)).map(|_| true),
                None => Ok(false),
            }) {
                Ok(true) => {}
                Ok(false) => break,
                Err(stop) => {
                    outcome = Err(stop);
                    break;
                }
            }
        }
        let items = frame.items.borrow_mut().pop().unwrap_or_default();
        let own: Vec<Option<Object<R>>> = body.own.iter().map(|own| frame.set(*own, None)).collect();
        match outcome {
            Err(Stop::Raised(mut error)) if self.runtime.has_comprehension_frames() => {
                // What it iterates over is a variable, too.
                let locals = own.into_iter().chain([Some(iterator)]);
                let own = Frame::new(&self.runtime, Role::Comprehension, 0, locals)?;
                self.came_through(&own, &mut error);
                Err(Stop::Raised(error))
            }
            Err(stop) => Err(stop),
            Ok(()) => {
                drop((own, iterator));
                self.runtime.list(items)
            }
        }
    }

    /// `try`
    fn attempt(&self, frame: &Frame<R>, operation: &Operation) -> Outcome<R> {
        let [block, other, last, handlers @ ..] = operation.operands.as_slice() else {
            return Err(malformed("a `try` statement has no block"));
        };
        let mut outcome = match self.block(frame, Some(block), None) {
            Err(Stop::Raised(error)) => self.handle(frame, error, handlers),
            Ok(Flow::Done(_)) => self.block(frame, Some(other), None),
            outcome => outcome,
        };
        if !matches!(last, Operand::Body(_)) || matches!(outcome, Err(Stop::RunError(_))) {
            return outcome;
        }
        let is_raised = match &outcome {
            Err(Stop::Raised(error)) => {
                self.handled.borrow_mut().push(self.runtime.again(error));
                true
            }
            _ => false,
        };
        let ended = self.block(frame, Some(last), None);
        if is_raised {
            let gone = self.handled.borrow_mut().pop();
            drop(gone);
        }
        match ended {
            Ok(Flow::Done(_)) => outcome,
            // It takes the place of what was on its way.
            other => {
                outcome = other;
                outcome
            }
        }
    }

    /// Looks for the handler of an exception and runs it.
    fn handle(&self, frame: &Frame<R>, error: Error<R>, handlers: &[Operand]) -> Outcome<R> {
        for handler in handlers.chunks(3) {
            let [class, variable, block] = handler else { continue };
            let is_caught = match class {
                Operand::Body(_) => {
                    self.handled.borrow_mut().push(self.runtime.again(&error));
                    let class = self.part(frame, Some(class), None);
                    let is_caught = class.and_then(|class| self.guarded(|| self.runtime.catches(&class, &error)));
                    let gone = self.handled.borrow_mut().pop();
                    drop(gone);
                    is_caught?
                }
                _ => true,
            };
            if !is_caught {
                continue;
            }
            let target = match variable {
                Operand::Name(name) => Target::Name(*name),
                Operand::Local(local) => Target::Local(*local),
                _ => Target::Discard,
            };
            if target != Target::Discard {
                let exception = self.runtime.exception(&error)?;
                self.bind(frame, target, exception)?;
            }
            self.handled.borrow_mut().push(error);
            let outcome = self.block(frame, Some(block), None);
            let gone = self.handled.borrow_mut().pop();
            let unbound = match target {
                Target::Name(name) => self.names.borrow_mut().get_mut(usize::from(name)).and_then(Option::take),
                Target::Local(local) => frame.set(local, None),
                Target::Discard | Target::Temp(_) => None,
            };
            drop(unbound);
            drop(gone);
            return outcome;
        }
        Err(Stop::Raised(error))
    }

    /// `raise` alone.
    fn raise_again(&self) -> Stop<Error<R>> {
        let handled = self.handled.borrow();
        match handled.last() {
            Some(error) => Stop::Raised(self.runtime.again(error)),
            None => self.runtime.nothing_to_raise(),
        }
    }

    /// Assigns a value to several targets: as many temporaries.
    fn share(&self, operation: &Operation, object: Object<R>, open: &mut Open<R>) -> Result<(), Stop<Error<R>>> {
        let (Some(count), Target::Temp(first)) = (count(operation, 1), operation.target) else {
            return Err(malformed(NO_NUMBER));
        };
        (0..count).zip(first..).for_each(|(_, temp)| open.store(temp, object.clone()));
        Ok(())
    }

    /// Assigns the parts of an object to several targets: as many temporaries.
    fn unpack(&self, operation: &Operation, object: Object<R>, open: &mut Open<R>) -> Result<(), Stop<Error<R>>> {
        let (Some(before), Target::Temp(first)) = (count(operation, 1), operation.target) else {
            return Err(malformed(NO_NUMBER));
        };
        let parts = self.guarded(|| self.runtime.unpack(&object, before, count(operation, 2)))?;
        for (part, temp) in parts.into_iter().zip(first..) {
            open.store(temp, part);
        }
        Ok(())
    }
}

const NO_NUMBER: &str = "an assignment to several targets has no number of them";

/// A number that is an operand.
fn count(operation: &Operation, index: usize) -> Option<usize> {
    match operation.operands.get(index) {
        Some(Operand::Value(Value::Int(count))) => usize::try_from(*count).ok(),
        _ => None,
    }
}

/// An exception that is raised is one.
fn never<Error>() -> Stop<Error> {
    malformed("nothing was raised")
}
