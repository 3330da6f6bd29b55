//! What every engine in this process does alike: names, temporaries, steps and `with` blocks.
//!
//! A [`Runtime`] knows objects and what operations do to them; the machine knows programs.

use crate::{Fault, Watch};
use program::{Kind, Operand, Operation, Program, Syntax, Target, Trace, Value};
use smallvec::SmallVec;

/// What each name is bound to.
pub(crate) type Names<Object> = SmallVec<[Option<Object>; 12]>;

/// Objects, and the operations over them.
pub(crate) trait Runtime {
    /// A reference to an object: dropping the last one ends the object's life.
    type Object: Clone;
    /// An exception that was raised.
    type Error;

    /// Makes the object of a constant.
    fn constant(&mut self, value: &Value) -> Result<Self::Object, Stop<Self::Error>>;

    /// Does what the operation's row says with the operands. Gives `None` for a statement.
    fn perform(&mut self, operation: &Operation, operands: &[Self::Object]) -> Performed<Self>;

    /// Calls `__enter__`.
    fn enter(&mut self, manager: &Self::Object) -> Result<Self::Object, Stop<Self::Error>>;

    /// Calls `__exit__`, as at the end of a block.
    fn exit(&mut self, manager: &Self::Object) -> Result<(), Stop<Self::Error>>;

    /// `str(object)`, as `print` writes it.
    fn text(&mut self, object: &Self::Object) -> Result<String, Stop<Self::Error>>;

    /// The object `None`.
    fn none(&mut self) -> Self::Object;

    /// Records an object.
    fn record(&self, names: &[Option<Self::Object>], object: &Self::Object, trace: &mut Trace);

    /// Records an exception.
    fn record_error(&self, error: Self::Error, trace: &mut Trace);

    /// Records the state of every name that is bound to a mutable exporter or to a view.
    fn record_live(&self, names: &[Option<Self::Object>], trace: &mut Trace);
}

/// What performing an operation gave: an object, unless it is a statement.
pub(crate) type Performed<R> = Result<Option<<R as Runtime>::Object>, Stop<<R as Runtime>::Error>>;

/// Why an operation gave no value.
pub(crate) enum Stop<Error> {
    /// It raised.
    Raised(Error),
    /// It read a name that is bound to nothing.
    Unbound(u16),
    /// The program can't be run.
    Fault(Fault),
}

/// How many operands nearly every operation has at most.
const OPERANDS: usize = 8;

/// The state of one run.
pub(crate) struct Machine<'p, R: Runtime> {
    runtime: R,
    program: &'p Program,
    names: Names<R::Object>,
    temps: Names<R::Object>,
    /// The operands of the operation that is being performed.
    operands: Vec<R::Object>,
    /// The managers of the `with` blocks that are open.
    managers: Vec<R::Object>,
    printed: String,
}

impl<'p, R: Runtime> Machine<'p, R> {
    /// A machine with nothing bound.
    pub(crate) fn new(runtime: R, program: &'p Program) -> Machine<'p, R> {
        let names = std::iter::repeat_with(|| None).take(program.names.len()).collect();
        Machine {
            runtime,
            program,
            names,
            temps: Names::new(),
            operands: Vec::with_capacity(OPERANDS),
            managers: Vec::new(),
            printed: String::new(),
        }
    }

    /// Runs the program from its first step to its last.
    pub(crate) fn run(&mut self, watch: Watch, trace: &mut Trace) -> Result<(), Fault> {
        let steps = self.program.steps.len();
        for (index, range) in self.program.step_ranges().enumerate() {
            let operations = self.program.operations.get(range).unwrap_or_default();
            self.step(operations, trace)?;
            let observed = watch == Watch::Always || index + 1 == steps;
            trace.state(&self.printed, observed);
            self.printed.clear();
            if observed {
                self.runtime.record_live(&self.names, trace);
            }
            trace.end_step();
        }
        Ok(())
    }

    /// Runs the program and throws away what it gives: the operations themselves and nothing else.
    pub(crate) fn run_bare(&mut self) {
        for range in self.program.step_ranges() {
            for operation in self.program.operations.get(range).unwrap_or_default() {
                if self.operation(operation).is_err() {
                    break;
                }
            }
        }
    }

    /// Runs the operations of a step and records its outcome: the value of the last one, or the first error.
    fn step(&mut self, operations: &[Operation], trace: &mut Trace) -> Result<(), Fault> {
        let open = self.managers.len();
        let mut outcome = Ok(None);
        for operation in operations {
            outcome = self.operation(operation);
            if outcome.is_err() {
                break;
            }
        }
        self.temps.clear();
        // An error leaves the `with` blocks of its step, the innermost first; an error of leaving takes its place.
        while self.managers.len() > open {
            if let Err(error) = self.leave() {
                outcome = Err(error);
            }
        }
        match outcome {
            Ok(None) => trace.nothing(),
            Ok(Some(value)) => {
                trace.value();
                match operations.last().map(|operation| operation.kind) {
                    // Hashes are salted; only what compares equal can be told from them.
                    Some(Kind::Hash) => trace.hash(),
                    // How much garbage there was is not the program's doing.
                    Some(Kind::Collect) => trace.none(),
                    _ => self.runtime.record(&self.names, &value, trace),
                }
            }
            Err(Stop::Raised(error)) => self.runtime.record_error(error, trace),
            Err(Stop::Unbound(name)) => {
                let name = self.program.names.get(usize::from(name)).map_or("", |name| name);
                trace.raised("NameError", format_args!("name '{name}' is not defined"));
            }
            Err(Stop::Fault(fault)) => {
                trace.abandon_step();
                return Err(fault);
            }
        }
        Ok(())
    }

    /// Runs one operation. Gives its value, unless it is a statement or a later operation is to use it.
    fn operation(&mut self, operation: &Operation) -> Performed<R> {
        let Some(result) = self.execute(operation)? else { return Ok(None) };
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
                return match operation.operands.first() {
                    Some(Operand::Name(name)) => match self.slot(*name)?.take() {
                        Some(_) => Ok(None),
                        None => Err(Stop::Unbound(*name)),
                    },
                    _ => Err(Stop::Fault(Fault::Malformed("only a name can be unbound"))),
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
            let operand = self.operand(operand)?;
            self.operands.push(operand);
        }
        match operation.kind {
            Kind::Print => self.print().map(Some),
            Kind::Plain => Ok(self.operands.pop()),
            Kind::Enter => {
                let manager = self.operands.pop().ok_or(Stop::Fault(Fault::Malformed("a block without a manager")))?;
                let value = self.runtime.enter(&manager)?;
                self.managers.push(manager);
                Ok(Some(value))
            }
            _ => self.runtime.perform(operation, &self.operands),
        }
    }

    fn operand(&mut self, operand: &Operand) -> Result<R::Object, Stop<R::Error>> {
        match operand {
            Operand::Name(name) => self.slot(*name)?.clone().ok_or(Stop::Unbound(*name)),
            Operand::Temp(temp) => {
                let temp = self.temps.get_mut(usize::from(*temp)).and_then(Option::take);
                temp.ok_or(Stop::Fault(Fault::Malformed("a temporary that no operation made")))
            }
            Operand::Value(value) => self.runtime.constant(value),
        }
    }

    fn slot(&mut self, name: u16) -> Result<&mut Option<R::Object>, Stop<R::Error>> {
        self.names.get_mut(usize::from(name)).ok_or(Stop::Fault(Fault::Malformed("a name without a text")))
    }

    fn leave(&mut self) -> Result<(), Stop<R::Error>> {
        match self.managers.pop() {
            Some(manager) => self.runtime.exit(&manager),
            None => Err(Stop::Fault(Fault::Malformed("a block ends that never began"))),
        }
    }

    /// `print`, into the trace in place of a file.
    fn print(&mut self) -> Result<R::Object, Stop<R::Error>> {
        let mut line = String::new();
        for (index, operand) in self.operands.iter().enumerate() {
            if index > 0 {
                line.push(' ');
            }
            line.push_str(&self.runtime.text(operand)?);
        }
        if !self.printed.is_empty() {
            self.printed.push('\n');
        }
        self.printed.push_str(&line);
        Ok(self.runtime.none())
    }
}

/// A str operand that belongs to the operation itself, such as the name of an attribute.
pub(crate) fn own_name<Error>(operation: &Operation, index: usize) -> Result<&str, Stop<Error>> {
    match operation.operands.get(index) {
        Some(Operand::Value(Value::Str(text))) => Ok(text),
        _ => Err(Stop::Fault(Fault::Malformed("an operation's own name is missing"))),
    }
}

/// An operand, which a well-formed program has.
pub(crate) fn operand<Object, Error>(operands: &[Object], index: usize) -> Result<&Object, Stop<Error>> {
    operands.get(index).ok_or(Stop::Fault(Fault::Malformed("an operand is missing")))
}
