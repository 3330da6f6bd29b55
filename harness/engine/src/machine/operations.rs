//! Operations one after the other: operands, results, and the `with` blocks that they open.

use super::frame::Frame;
use super::{Flow, Machine, Names, Outcome, Performed, Runtime, Stop, malformed};
use program::{Kind, Operand, Operation, Syntax, Target, Value};
use smallvec::SmallVec;

/// The operands of an operation: few have more than this many.
type Operands<R> = SmallVec<[<R as Runtime>::Object; 4]>;

/// What operations have open between each other: temporaries, and `with` blocks.
pub(super) struct Open<R: Runtime> {
    pub(super) temps: Names<R::Object>,
    blocks: Vec<R::Block>,
    /// What operators are to change in place.
    held: Vec<Held<R::Object>>,
}

/// What an operator is to change in place: for the temporary with the present value, the container and the key that it goes
/// back to, or the object and the attribute.
struct Held<Object> {
    temp: u16,
    kind: Kind,
    place: [Object; 2],
}

impl<R: Runtime> Open<R> {
    /// Stores the value of a temporary.
    pub(super) fn store(&mut self, temp: u16, value: R::Object) {
        let temp = usize::from(temp);
        while self.temps.len() <= temp {
            self.temps.push(None);
        }
        self.temps[temp] = Some(value);
    }
}

impl<R: Runtime> Machine<'_, R> {
    /// Runs operations, of which the first is given an object as the temporary 0, or none. Gives the value of the last one,
    /// or what left them.
    pub(super) fn operations(
        &self,
        frame: &Frame<R>,
        operations: &[Operation],
        given: Option<R::Object>,
    ) -> Outcome<R> {
        let mut open = Open { temps: Names::new(), blocks: Vec::new(), held: Vec::new() };
        if given.is_some() {
            open.temps.push(given);
        }
        let mut value = None;
        let mut next = 0;
        while let Some(operation) = operations.get(next) {
            next += 1;
            // The value of a statement is gone before the next one begins.
            if value.is_some() {
                self.die(value.take())?;
            }
            let flow = match operation.target {
                Target::Temp(temp) => {
                    let rest = operations.get(next..).unwrap_or_default();
                    match self.read_before(frame, temp, rest) {
                        Ok(()) => self.operation(frame, operation, &mut open),
                        Err(stop) => Err(stop),
                    }
                }
                _ => self.operation(frame, operation, &mut open),
            };
            if self.nesting.get() > 0 {
                self.note_inner(operation.kind, &flow);
            }
            value = match flow {
                Ok(Flow::Done(value)) => value,
                Ok(jump) => match self.jump(&mut open, operations, &mut next)? {
                    true => return Ok(jump),
                    false => None,
                },
                Err(mut stop) => {
                    if let Stop::Raised(error) = &mut stop {
                        self.came_through(frame, error);
                    }
                    self.abandon(&mut open);
                    next = self.leave_by(stop, &mut open.blocks, operations, next)?;
                    None
                }
            };
        }
        Ok(Flow::Done(value))
    }

    /// Leaves the blocks that are open, because of a `return` or its like. Gives whether that goes on: an error of a manager
    /// takes its place, and another manager may swallow that.
    fn jump(&self, open: &mut Open<R>, operations: &[Operation], next: &mut usize) -> Result<bool, Stop<R::Error>> {
        self.abandon(open);
        while let Some(block) = open.blocks.pop() {
            *next = after_block(operations, *next);
            if let Err(stop) = self.guarded(|| self.runtime.exit(block, None)) {
                *next = self.leave_by(stop, &mut open.blocks, operations, *next)?;
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Drops the temporaries of an expression that is not evaluated to its end.
    fn abandon(&self, open: &mut Open<R>) {
        if self.program.bodies.is_empty() {
            open.temps.clear();
        } else {
            self.die_together(std::mem::take(&mut open.temps));
        }
        open.held.clear();
    }

    /// An error leaves the blocks, the innermost first. Gives the place of the operation that is next after the block whose
    /// manager has swallowed it.
    fn leave_by(
        &self,
        mut stop: Stop<R::Error>,
        blocks: &mut Vec<R::Block>,
        operations: &[Operation],
        mut next: usize,
    ) -> Result<usize, Stop<R::Error>> {
        while let Some(block) = blocks.pop() {
            stop = match stop {
                Stop::Raised(error) => {
                    next = after_block(operations, next);
                    match self.guarded(|| self.runtime.exit(block, Some(error))) {
                        Ok(()) => return Ok(next),
                        Err(stop) => stop,
                    }
                }
                // The run is over, and nothing of the program happens any more.
                error @ Stop::RunError(_) => error,
            };
        }
        Err(stop)
    }

    /// Runs one operation. Gives its value, unless it is a statement or a later operation is to use it.
    fn operation(&self, frame: &Frame<R>, operation: &Operation, open: &mut Open<R>) -> Outcome<R> {
        let syntax = operation.kind.row().syntax;
        let result = match syntax {
            Syntax::Control => {
                self.spend()?;
                match self.control(frame, operation, open)? {
                    Flow::Done(result) => result,
                    jump => return Ok(jump),
                }
            }
            Syntax::Leave => {
                let block = open.blocks.pop().ok_or_else(|| malformed("a block ends that was never entered"))?;
                self.guarded(|| self.runtime.exit(block, None))?;
                None
            }
            Syntax::Unbind => {
                self.unbind(frame, operation.operands.first())?;
                None
            }
            Syntax::Source => {
                let (mut names, mut printed) = (self.names.borrow_mut(), self.printed.borrow_mut());
                self.runtime.source(operation, &self.program.names, &mut names, &mut printed)?
            }
            _ => {
                if !self.program.bodies.is_empty() {
                    self.spend()?;
                }
                self.perform(frame, operation, open)?
            }
        };
        let Some(result) = result else { return Ok(Flow::Done(None)) };
        if let Some(kept) = &self.kept {
            kept.borrow_mut().push(result.clone());
        }
        match operation.target {
            Target::Discard => Ok(Flow::Done(Some(result))),
            Target::Temp(temp) => {
                open.store(temp, result);
                Ok(Flow::Done(None))
            }
            target => {
                self.bind(frame, target, result.clone())?;
                Ok(Flow::Done(Some(result)))
            }
        }
    }

    fn perform(&self, frame: &Frame<R>, operation: &Operation, open: &mut Open<R>) -> Performed<R> {
        let mut operands = Operands::<R>::new();
        for operand in &operation.operands {
            match self.operand(frame, operand, &mut open.temps) {
                Ok(operand) => operands.push(operand),
                Err(stop) => {
                    let stop = self.first_to_raise(frame, operation, operands.first(), stop);
                    self.die_together(operands);
                    return Err(stop);
                }
            }
        }
        self.with_operands(operation, operands, |operands| self.perform_on(operation, operands, open))
    }

    fn perform_on(&self, operation: &Operation, operands: &mut Operands<R>, open: &mut Open<R>) -> Performed<R> {
        match operation.kind {
            Kind::Print => self.runtime.print(operation, operands, &self.printed).map(Some),
            Kind::Plain => Ok(operands.pop()),
            Kind::Enter => {
                let manager = operands.pop().ok_or_else(|| malformed("a `with` block has no context manager"))?;
                let (value, block) = self.guarded(|| self.runtime.enter(manager))?;
                open.blocks.push(block);
                Ok(Some(value))
            }
            Kind::Hold | Kind::HoldAttribute => {
                let value = self.act(operation, operands)?;
                if let (Target::Temp(temp), [object, key, ..]) = (operation.target, operands.as_slice()) {
                    open.held.push(Held { temp, kind: operation.kind, place: [object.clone(), key.clone()] });
                }
                Ok(value)
            }
            _ if operation.changes_place() => {
                let value = self.act(operation, operands)?;
                // They die before the result is written.
                self.die_together(std::mem::take(operands));
                self.put_back(operation, value.ok_or_else(|| malformed("an operator gives no value"))?, open)
            }
            _ if self.program.bodies.is_empty() => self.runtime.perform(operation, operands),
            _ => match operation.kind.row().syntax {
                Syntax::CallObject | Syntax::Method(_) | Syntax::AnyMethod => {
                    self.guarded(|| self.runtime.call(operation, operands))
                }
                _ => self.guarded(|| self.runtime.perform(operation, operands)),
            },
        }
    }

    /// Has the runtime do it. It may run code of the program meanwhile, if there is some.
    fn act(&self, operation: &Operation, operands: &[R::Object]) -> Performed<R> {
        match self.program.bodies.is_empty() {
            true => self.runtime.perform(operation, operands),
            false => self.guarded(|| self.runtime.perform(operation, operands)),
        }
    }

    /// Writes what an operator gave to where its left side came from.
    fn put_back(&self, operation: &Operation, value: R::Object, open: &mut Open<R>) -> Performed<R> {
        let is_it = |held: &Held<R::Object>| operation.operands.first() == Some(&Operand::Temp(held.temp));
        let at = open.held.iter().rposition(is_it);
        let at = at.ok_or_else(|| malformed("an operator changes no name, no item and no attribute"))?;
        let Held { kind, place: [object, key], .. } = open.held.remove(at);
        let kind = if kind == Kind::Hold { Kind::Set } else { Kind::SetAttribute };
        self.act(&Operation::new(kind, Target::Discard, []), &[object, key, value])
    }

    pub(super) fn operand(
        &self,
        frame: &Frame<R>,
        operand: &Operand,
        temps: &mut Names<R::Object>,
    ) -> Result<R::Object, Stop<R::Error>> {
        match operand {
            Operand::Name(name) => match self.named(*name)? {
                Some(object) => Ok(object),
                None => self.runtime.unbound(self.program.name_text(*name)),
            },
            Operand::Temp(temp) => {
                let temp = temps.get_mut(usize::from(*temp)).and_then(Option::take);
                temp.ok_or_else(|| malformed("an operation uses a temporary that no operation made"))
            }
            Operand::Value(value) => self.runtime.constant(value),
            Operand::Local(local) => match frame.get(*local) {
                Some(object) => Ok(object),
                None => Err(self.unbound_local(frame, *local)),
            },
            Operand::Body(_) => Err(malformed("a body is no object")),
        }
    }

    /// Binds a variable. What it was bound to before dies here, after the new value is made.
    pub(super) fn bind(&self, frame: &Frame<R>, target: Target, value: R::Object) -> Result<(), Stop<R::Error>> {
        let before = match target {
            Target::Name(name) => match self.names.borrow_mut().get_mut(usize::from(name)) {
                Some(slot) => slot.replace(value),
                None => return Err(malformed(NO_TEXT)),
            },
            Target::Local(local) => self.set_local(frame, local, Some(value)),
            Target::Discard | Target::Temp(_) => None,
        };
        self.die(before)
    }

    fn set_local(&self, frame: &Frame<R>, local: u16, value: Option<R::Object>) -> Option<R::Object> {
        if self.is_parameter(frame, local) {
            self.unsettle();
        }
        frame.set(local, value)
    }

    /// `del name`
    fn unbind(&self, frame: &Frame<R>, operand: Option<&Operand>) -> Result<(), Stop<R::Error>> {
        let before = match operand {
            Some(Operand::Name(name)) => match self.names.borrow_mut().get_mut(usize::from(*name)) {
                Some(slot) => slot.take().ok_or_else(|| self.runtime.unbind(self.program.name_text(*name))),
                None => return Err(malformed(NO_TEXT)),
            },
            Some(Operand::Local(local)) => {
                self.set_local(frame, *local, None).ok_or_else(|| self.unbound_local(frame, *local))
            }
            _ => return Err(malformed("only a name can be unbound")),
        };
        before.and_then(|before| self.die(before))
    }

    /// What a name is bound to.
    fn named(&self, name: u16) -> Result<Option<R::Object>, Stop<R::Error>> {
        self.names.borrow().get(usize::from(name)).cloned().ok_or_else(|| malformed(NO_TEXT))
    }

    /// Raises what is wrong with the names that Python reads before it makes a temporary: those that stand before it in the
    /// expression that it is part of. `rest` are the operations after the one that makes it.
    fn read_before(&self, frame: &Frame<R>, temp: u16, rest: &[Operation]) -> Result<(), Stop<R::Error>> {
        let is_it = |operand: &Operand| matches!(operand, Operand::Temp(other) if *other == temp);
        let Some(at) = rest.iter().position(|operation| operation.operands.iter().any(is_it)) else { return Ok(()) };
        if let Target::Temp(outer) = rest[at].target {
            self.read_before(frame, outer, &rest[at + 1..])?;
        }
        let before = evaluated(&rest[at]).take_while(|operand| !is_it(operand));
        for operand in before {
            self.read(frame, operand)?;
        }
        Ok(())
    }

    /// What an operation raises of which an operand could not be read, because of `stop`. Python reads the operands from left
    /// to right, but the value of an assignment first, and looks a method up before it reads the arguments.
    #[cold]
    fn first_to_raise(
        &self,
        frame: &Frame<R>,
        operation: &Operation,
        receiver: Option<&R::Object>,
        stop: Stop<R::Error>,
    ) -> Stop<R::Error> {
        let method = match operation.kind.row().syntax {
            Syntax::Method(name) => Some(name),
            Syntax::AnyMethod => operation.own_name(1),
            _ => None,
        };
        for (index, operand) in evaluated(operation).enumerate() {
            if let Err(raised @ Stop::Raised(_)) = self.read(frame, operand) {
                return raised;
            }
            if let (0, Some(name), Some(receiver)) = (index, method, receiver) {
                let own = [Operand::Value(Value::None), Operand::Value(Value::Str(name.into()))];
                let lookup = Operation::new(Kind::Lookup, Target::Discard, own);
                let found = self.runtime.constant(&Value::Str(name.into()));
                let found = found.and_then(|name| self.runtime.perform(&lookup, &[receiver.clone(), name]));
                if let Err(stop) = found {
                    return stop;
                }
            }
        }
        stop
    }

    /// Reads a name that is bound to nothing, if the operand is one.
    fn read(&self, frame: &Frame<R>, operand: &Operand) -> Result<(), Stop<R::Error>> {
        match operand {
            Operand::Local(local) if frame.get(*local).is_none() => Err(self.unbound_local(frame, *local)),
            Operand::Name(name) if self.is_unbound(*name)? => {
                self.runtime.unbound(self.program.name_text(*name)).map(drop)
            }
            _ => Ok(()),
        }
    }

    fn is_unbound(&self, name: u16) -> Result<bool, Stop<R::Error>> {
        let names = self.names.borrow();
        names.get(usize::from(name)).map(Option::is_none).ok_or_else(|| malformed(NO_TEXT))
    }
}

const NO_TEXT: &str = "a name has no text";

/// The operands of an operation in the order in which Python evaluates them: the value of an assignment comes first.
fn evaluated(operation: &Operation) -> impl Iterator<Item = &Operand> {
    let value = match operation.kind {
        Kind::Set | Kind::SetAttribute => operation.operands.get(2),
        _ => None,
    };
    let others = if value.is_some() { 2 } else { operation.operands.len() };
    value.into_iter().chain(operation.operands.iter().take(others))
}

/// The place behind the end of the block that is open before the operation `next`; the one before it has raised.
fn after_block(operations: &[Operation], next: usize) -> usize {
    let kind = |at: usize| operations.get(at).map(|operation| operation.kind);
    // A block whose manager could not be entered ends too, but was never open.
    let mut depth = usize::from(next.checked_sub(1).and_then(kind) == Some(Kind::Enter));
    let mut at = next;
    while let Some(kind) = kind(at) {
        at += 1;
        match kind {
            Kind::Enter => depth += 1,
            Kind::Leave if depth == 0 => break,
            Kind::Leave => depth -= 1,
            _ => {}
        }
    }
    at
}
