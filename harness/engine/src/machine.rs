//! What every engine in this process does alike: names, temporaries, steps and `with` blocks.
//!
//! A [`Runtime`] knows objects and what operations do to them; the machine knows programs.

use crate::{RunError, Watch};
use program::{Kind, Operand, Operation, Program, Syntax, Target, Trace, Value};
use smallvec::SmallVec;

/// What each name is bound to.
pub(crate) type Names<Object> = SmallVec<[Option<Object>; 12]>;

/// Objects, and the operations over them.
pub trait Runtime {
    /// A reference to an object: dropping the last one ends the object's life.
    type Object: Clone;
    /// An exception that was raised.
    type Error;
    /// What a `with` statement keeps while its block runs.
    type Block;

    /// The engine that errors name.
    fn engine(&self) -> &'static str {
        "reference"
    }

    /// Makes the object of a constant.
    fn constant(&mut self, value: &Value) -> Result<Self::Object, Stop<Self::Error>>;

    /// Does what the operation's row says with the operands. Gives `None` for a statement.
    fn perform(&mut self, operation: &Operation, operands: &[Self::Object]) -> Performed<Self>;

    /// What it gives to read a name that the program has bound to nothing.
    fn unbound(&mut self, name: &str) -> Result<Self::Object, Stop<Self::Error>>;

    /// What it raises to unbind a name that is bound to nothing.
    fn unbind(&mut self, name: &str) -> Stop<Self::Error>;

    /// Begins a `with` statement. Gives what its name is bound to.
    fn enter(&mut self, manager: Self::Object) -> Entered<Self>;

    /// Ends a `with` statement whose block came to its end, or raised. An error is gone if the manager has swallowed it,
    /// and else goes on, or has another in its place.
    fn exit(&mut self, block: Self::Block, raised: Option<Self::Error>) -> Result<(), Stop<Self::Error>>;

    /// `print`, which writes to `out`.
    fn print(
        &mut self,
        operation: &Operation,
        operands: &[Self::Object],
        out: &mut String,
    ) -> Result<Self::Object, Stop<Self::Error>>;

    /// Records an object.
    fn record(&self, names: &[Option<Self::Object>], object: &Self::Object, trace: &mut Trace);

    /// Records an exception.
    fn record_error(&self, error: Self::Error, trace: &mut Trace);

    /// Records the state of every name that is bound to a mutable exporter or to a view.
    fn record_live(&self, names: &[Option<Self::Object>], trace: &mut Trace);
}

/// What performing an operation gave: an object, unless it is a statement.
pub type Performed<R> = Result<Option<<R as Runtime>::Object>, Stop<<R as Runtime>::Error>>;

/// What beginning a `with` statement gave: the value that its name is bound to, and what keeps the block open.
pub type Entered<R> = Result<(<R as Runtime>::Object, <R as Runtime>::Block), Stop<<R as Runtime>::Error>>;

/// Why an operation gave no value.
pub enum Stop<Error> {
    /// It raised.
    Raised(Error),
    /// The program can't be run. In a box, as results go through many hands and faults through few.
    RunError(Box<RunError>),
}

/// The program is not well formed.
pub(crate) fn malformed<Error>(what: &'static str) -> Stop<Error> {
    Stop::RunError(Box::new(RunError::Malformed(what.into())))
}

/// The most bytes of a trace. Every step observes the whole content of every object that has a name.
const LARGEST_TRACE: usize = 256 << 20;

/// How many operands nearly every operation has at most.
const OPERANDS: usize = 8;

/// The state of one run.
pub struct Machine<'p, R: Runtime> {
    runtime: R,
    program: &'p Program,
    names: Names<R::Object>,
    temps: Names<R::Object>,
    /// What operators are to change in place: for the temporary with the present value, the container and the key that it
    /// goes back to, or the object and the attribute.
    held: Vec<(u16, Kind, [R::Object; 2])>,
    /// The operands of the operation that is being performed.
    operands: Vec<R::Object>,
    /// The `with` blocks that are open.
    blocks: Vec<R::Block>,
    /// What the step has printed so far.
    printed: String,
    /// Every result so far, if none of them is to die.
    kept: Option<Vec<R::Object>>,
}

impl<'p, R: Runtime> Machine<'p, R> {
    /// A machine with nothing bound.
    pub fn new(runtime: R, program: &'p Program) -> Machine<'p, R> {
        let names = std::iter::repeat_with(|| None).take(program.names.len()).collect();
        Machine {
            runtime,
            program,
            names,
            temps: Names::new(),
            held: Vec::new(),
            operands: Vec::with_capacity(OPERANDS),
            blocks: Vec::new(),
            printed: String::new(),
            kept: None,
        }
    }

    /// Keeps every result of an operation until the machine is dropped.
    pub(crate) fn keeping(self) -> Self {
        Machine { kept: Some(vec![]), ..self }
    }

    /// Runs the program from its first step to its last.
    pub fn run(&mut self, watch: Watch, trace: &mut Trace) -> Result<(), RunError> {
        let steps = self.program.steps.len();
        for (index, range) in self.program.step_ranges().enumerate() {
            let operations = self.program.operations.get(range).unwrap_or_default();
            self.step(operations, trace)?;
            let observed = watch == Watch::Always || index + 1 == steps;
            // The end of the last line goes without saying.
            trace.state(self.printed.strip_suffix('\n').unwrap_or(&self.printed), observed);
            self.printed.clear();
            if observed {
                self.runtime.record_live(&self.names, trace);
            }
            trace.end_step();
            if trace.size() > LARGEST_TRACE {
                let what = "a program whose steps change more than 256 MiB in all".into();
                return Err(RunError::Unsupported { engine: self.runtime.engine().into(), what });
            }
        }
        Ok(())
    }

    /// Runs the program and throws away what it gives: the operations themselves and nothing else.
    pub fn run_bare(&mut self) {
        for range in self.program.step_ranges() {
            _ = self.operations(self.program.operations.get(range).unwrap_or_default());
            self.printed.clear();
        }
    }

    /// Runs the operations of a step and records its outcome.
    fn step(&mut self, operations: &[Operation], trace: &mut Trace) -> Result<(), RunError> {
        match self.operations(operations) {
            Ok(None) => trace.nothing(),
            Ok(Some(value)) => {
                trace.value();
                match operations.last().map(|operation| operation.kind) {
                    // Hashes are salted; only what compares equal can be told from them.
                    Some(Kind::Hash | Kind::Id) => trace.hash(),
                    // How much garbage there was is not the program's doing.
                    Some(Kind::Collect) => trace.none(),
                    _ => self.runtime.record(&self.names, &value, trace),
                }
            }
            Err(Stop::Raised(error)) => self.runtime.record_error(error, trace),
            Err(Stop::RunError(error)) => {
                trace.abandon_step();
                return Err(*error);
            }
        }
        Ok(())
    }

    /// Runs the operations of a step. Gives the value of the last one, or the error that left the step.
    fn operations(&mut self, operations: &[Operation]) -> Performed<R> {
        let open = self.blocks.len();
        let mut outcome = Ok(None);
        let mut next = 0;
        while let Some(operation) = operations.get(next) {
            next += 1;
            outcome = match operation.target {
                Target::Temp(temp) => {
                    let rest = operations.get(next..).unwrap_or_default();
                    self.read_before(temp, rest).and_then(|()| self.operation(operation))
                }
                _ => self.operation(operation),
            };
            if let Err(stop) = outcome {
                self.temps.clear();
                self.held.clear();
                next = self.leave_by(stop, open, operations, next)?;
                outcome = Ok(None);
            }
        }
        self.temps.clear();
        self.held.clear();
        outcome
    }

    /// An error leaves the blocks of its step, the innermost first. Gives the place of the operation that is next after the
    /// block whose manager has swallowed it.
    fn leave_by(
        &mut self,
        mut stop: Stop<R::Error>,
        open: usize,
        operations: &[Operation],
        mut next: usize,
    ) -> Result<usize, Stop<R::Error>> {
        while self.blocks.len() > open {
            let Some(block) = self.blocks.pop() else { break };
            stop = match stop {
                Stop::Raised(error) => {
                    next = after_block(operations, next);
                    match self.runtime.exit(block, Some(error)) {
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
    fn operation(&mut self, operation: &Operation) -> Performed<R> {
        let Some(result) = self.execute(operation)? else { return Ok(None) };
        if let Some(kept) = &mut self.kept {
            kept.push(result.clone());
        }
        match operation.target {
            Target::Discard => Ok(Some(result)),
            Target::Name(name) => {
                // What the name was bound to before dies here, after the new value is made.
                let before = self.slot(name)?.replace(result.clone());
                drop(before);
                Ok(Some(result))
            }
            Target::Temp(temp) => {
                let temp = usize::from(temp);
                while self.temps.len() <= temp {
                    self.temps.push(None);
                }
                self.temps[temp] = Some(result);
                Ok(None)
            }
        }
    }

    fn execute(&mut self, operation: &Operation) -> Performed<R> {
        match operation.kind.row().syntax {
            Syntax::Leave => return self.leave().map(|()| None),
            Syntax::Unbind => {
                let Some(Operand::Name(name)) = operation.operands.first() else {
                    return Err(malformed("only a name can be unbound"));
                };
                return match self.slot(*name)?.take() {
                    Some(_) => Ok(None),
                    None => Err(self.runtime.unbind(self.program.name_text(*name))),
                };
            }
            _ => {}
        }
        let result = self.perform(operation);
        self.operands.clear();
        result
    }

    fn perform(&mut self, operation: &Operation) -> Performed<R> {
        for operand in &operation.operands {
            match self.operand(operand) {
                Ok(operand) => self.operands.push(operand),
                Err(stop) => return Err(self.first_to_raise(operation, stop)),
            }
        }
        match operation.kind {
            Kind::Print => self.runtime.print(operation, &self.operands, &mut self.printed).map(Some),
            Kind::Plain => Ok(self.operands.pop()),
            Kind::Enter => {
                let manager = self.operands.pop().ok_or_else(|| malformed("a `with` block has no context manager"))?;
                let (value, block) = self.runtime.enter(manager)?;
                self.blocks.push(block);
                Ok(Some(value))
            }
            Kind::Hold | Kind::HoldAttribute => {
                let value = self.runtime.perform(operation, &self.operands)?;
                if let (Target::Temp(temp), [object, key, ..]) = (operation.target, self.operands.as_slice()) {
                    self.held.push((temp, operation.kind, [object.clone(), key.clone()]));
                }
                Ok(value)
            }
            _ if operation.changes_place() => {
                let value = self.runtime.perform(operation, &self.operands)?;
                // They die before the result is written.
                self.operands.clear();
                self.put_back(operation, value.ok_or_else(|| malformed("an operator gives no value"))?)
            }
            _ => self.runtime.perform(operation, &self.operands),
        }
    }

    /// Writes what an operator gave to where its left side came from.
    fn put_back(&mut self, operation: &Operation, value: R::Object) -> Performed<R> {
        let is_it = |temp: u16| operation.operands.first() == Some(&Operand::Temp(temp));
        let at = self.held.iter().rposition(|(temp, ..)| is_it(*temp));
        let at = at.ok_or_else(|| malformed("an operator changes no name, no item and no attribute"))?;
        let (_, kind, [object, key]) = self.held.remove(at);
        let kind = if kind == Kind::Hold { Kind::Set } else { Kind::SetAttribute };
        self.runtime.perform(&Operation::new(kind, Target::Discard, []), &[object, key, value])
    }

    fn operand(&mut self, operand: &Operand) -> Result<R::Object, Stop<R::Error>> {
        match operand {
            Operand::Name(name) => match self.slot(*name)? {
                Some(object) => Ok(object.clone()),
                None => self.runtime.unbound(self.program.name_text(*name)),
            },
            Operand::Temp(temp) => {
                let temp = self.temps.get_mut(usize::from(*temp)).and_then(Option::take);
                temp.ok_or_else(|| malformed("an operation uses a temporary that no operation made"))
            }
            Operand::Value(value) => self.runtime.constant(value),
        }
    }

    /// Raises what is wrong with the names that Python reads before it makes a temporary: those that stand before it in the
    /// expression that it is part of. `rest` are the operations after the one that makes it.
    fn read_before(&mut self, temp: u16, rest: &[Operation]) -> Result<(), Stop<R::Error>> {
        let is_it = |operand: &Operand| matches!(operand, Operand::Temp(other) if *other == temp);
        let Some(at) = rest.iter().position(|operation| operation.operands.iter().any(is_it)) else { return Ok(()) };
        if let Target::Temp(outer) = rest[at].target {
            self.read_before(outer, &rest[at + 1..])?;
        }
        let before = evaluated(&rest[at]).take_while(|operand| !is_it(operand));
        for operand in before {
            self.read(operand)?;
        }
        Ok(())
    }

    /// What an operation raises of which an operand could not be read, because of `stop`. Python reads the operands from left
    /// to right, but the value of an assignment first, and looks a method up before it reads the arguments.
    #[cold]
    fn first_to_raise(&mut self, operation: &Operation, stop: Stop<R::Error>) -> Stop<R::Error> {
        let method = match operation.kind.row().syntax {
            Syntax::Method(name) => Some(name),
            Syntax::AnyMethod => operation.own_name(1),
            _ => None,
        };
        for (index, operand) in evaluated(operation).enumerate() {
            if let Err(raised @ Stop::Raised(_)) = self.read(operand) {
                return raised;
            }
            if let (0, Some(name), Some(receiver)) = (index, method, self.operands.first().cloned()) {
                let own = [Operand::Value(Value::None), Operand::Value(Value::Str(name.into()))];
                let lookup = Operation::new(Kind::Lookup, Target::Discard, own);
                let found = self.runtime.constant(&Value::Str(name.into()));
                let found = found.and_then(|name| self.runtime.perform(&lookup, &[receiver, name]));
                if let Err(raised @ Stop::Raised(_)) = found {
                    return raised;
                }
            }
        }
        stop
    }

    /// Reads a name that is bound to nothing, if the operand is one.
    fn read(&mut self, operand: &Operand) -> Result<(), Stop<R::Error>> {
        match operand {
            Operand::Name(name) if self.slot(*name)?.is_none() => {
                self.runtime.unbound(self.program.name_text(*name)).map(drop)
            }
            _ => Ok(()),
        }
    }

    fn slot(&mut self, name: u16) -> Result<&mut Option<R::Object>, Stop<R::Error>> {
        self.names.get_mut(usize::from(name)).ok_or_else(|| malformed("a name has no text"))
    }

    fn leave(&mut self) -> Result<(), Stop<R::Error>> {
        match self.blocks.pop() {
            Some(block) => self.runtime.exit(block, None),
            None => Err(malformed("a block ends that was never entered")),
        }
    }
}

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

/// A str operand that belongs to the operation itself, such as the name of an attribute.
pub fn own_name<Error>(operation: &Operation, index: usize) -> Result<&str, Stop<Error>> {
    operation.own_name(index).ok_or_else(|| malformed("an operation lacks the name that belongs to it"))
}

/// An operand, which a well-formed program has.
pub fn operand<Object, Error>(operands: &[Object], index: usize) -> Result<&Object, Stop<Error>> {
    operands.get(index).ok_or_else(|| malformed("an operand is missing"))
}
