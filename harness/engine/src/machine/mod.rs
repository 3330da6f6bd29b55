//! What every engine in this process does alike: names, temporaries, steps, blocks and functions.
//!
//! A [`Runtime`] knows objects and what operations do to them; the machine knows programs. What a program calls may run in
//! the middle of an operation: a runtime that is asked for an object's length calls the machine back, which runs the body.
//! Therefore nothing here is borrowed while an operation is performed.

mod bodies;
mod control;
mod deaths;
mod frame;
mod operations;

use crate::{RunError, Watch};
use deaths::Deaths;
use frame::{Frame, Role};
pub use frame::{Locals, OwnLocals};
use program::{Function, Inner, Kind, Operation, Program, Trace, Value};
use smallvec::SmallVec;
use std::cell::{Cell, RefCell};

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
    /// The local variables of a frame.
    type Locals: Locals<Self::Object>;

    /// The engine that errors name.
    fn engine(&self) -> &'static str {
        "reference"
    }

    /// How many operations the bodies of a program may run. A loop without end is left to the deadline where there is no
    /// limit.
    fn budget(&self) -> u32 {
        u32::MAX
    }

    /// Runs `run`, in which the objects of the runtime call this machine.
    fn inside<T>(machine: &Machine<'_, Self>, run: impl FnOnce() -> T) -> T
    where
        Self: Sized;

    /// Makes the object of a constant.
    fn constant(&self, value: &Value) -> Result<Self::Object, Stop<Self::Error>>;

    /// Does what the operation's row says with the operands. Gives `None` for a statement.
    fn perform(&self, operation: &Operation, operands: &[Self::Object]) -> Performed<Self>;

    /// Does the same with a call, which may be one of the program's own functions. Where that takes its arguments over, they
    /// are gone from the operands.
    fn call(&self, operation: &Operation, operands: &mut SmallVec<[Self::Object; 4]>) -> Performed<Self> {
        self.perform(operation, operands)
    }

    /// What it gives to read a name that the program has bound to nothing.
    fn unbound(&self, name: &str) -> Result<Self::Object, Stop<Self::Error>>;

    /// What it raises to read or unbind a local variable that is bound to nothing.
    fn unbound_local(&self, name: &str) -> Stop<Self::Error>;

    /// What it raises to read a local variable that is bound to nothing, of the function around a comprehension.
    fn unbound_free(&self, name: &str) -> Stop<Self::Error>;

    /// Whether a comprehension has a frame of its own.
    fn has_comprehension_frames(&self) -> bool;

    /// Makes local variables, which are bound to this.
    fn locals(&self, bound: SmallVec<[Option<Self::Object>; 4]>) -> Result<Self::Locals, Stop<Self::Error>>;

    /// Has an exception keep local variables: it came through their frame.
    fn hold(&self, error: &mut Self::Error, locals: &Self::Locals);

    /// Has an exception keep another one, which is being handled where it was raised.
    fn set_context(&self, error: &mut Self::Error, handled: &Self::Error);

    /// What it raises to unbind a name that is bound to nothing.
    fn unbind(&self, name: &str) -> Stop<Self::Error>;

    /// Begins a `with` statement. Gives what its name is bound to.
    fn enter(&self, manager: Self::Object) -> Entered<Self>;

    /// Ends a `with` statement whose block came to its end, or raised. An error is gone if the manager has swallowed it,
    /// and else goes on, or has another in its place.
    fn exit(&self, block: Self::Block, raised: Option<Self::Error>) -> Result<(), Stop<Self::Error>>;

    /// `print`, which writes to `out`. What is printed meanwhile stands there first.
    fn print(
        &self,
        operation: &Operation,
        operands: &[Self::Object],
        out: &RefCell<String>,
    ) -> Result<Self::Object, Stop<Self::Error>>;

    /// Begins to count the memory that is allocated. Gives whether that can be counted.
    fn begin_count(&self) -> bool {
        false
    }

    /// The most bytes that were allocated at the same time since then.
    fn end_count(&self) -> Option<u64> {
        None
    }

    /// Runs a step in any Python, and binds `names` to what it leaves bound to the texts of those names.
    fn source(
        &self,
        _operation: &Operation,
        _texts: &[Box<str>],
        _names: &mut [Option<Self::Object>],
        _out: &mut String,
    ) -> Performed<Self> {
        let (engine, what) = (self.engine().into(), "any Python, in which the case is written".into());
        Err(Stop::RunError(Box::new(RunError::Unsupported { engine, what })))
    }

    /// `bool(object)`
    fn truth(&self, object: &Self::Object) -> Result<bool, Stop<Self::Error>>;

    /// `iter(object)`, for a loop.
    fn iterator(&self, object: &Self::Object) -> Result<Self::Object, Stop<Self::Error>>;

    /// The iterator that a generator expression starts from.
    fn first_iterator(&self, object: &Self::Object) -> Result<Self::Object, Stop<Self::Error>> {
        self.iterator(object)
    }

    /// The next item of an iterator.
    fn next(&self, iterator: &Self::Object) -> Result<Option<Self::Object>, Stop<Self::Error>>;

    /// The parts of an object that is assigned to so many targets, and so many after one with a star, if there is one.
    fn unpack(
        &self,
        object: &Self::Object,
        before: usize,
        after: Option<usize>,
    ) -> Result<Vec<Self::Object>, Stop<Self::Error>>;

    /// A list.
    fn list(&self, items: Vec<Self::Object>) -> Result<Self::Object, Stop<Self::Error>>;

    /// The function whose body has that index. `owner` is the class that it is a method of.
    fn function(
        &self,
        body: u16,
        function: &Function,
        owner: Option<&str>,
        defaults: Vec<Self::Object>,
    ) -> Result<Self::Object, Stop<Self::Error>>;

    /// The class of that name with these attributes.
    fn class(
        &self,
        name: &str,
        base: Option<Self::Object>,
        attributes: Vec<(&str, Self::Object)>,
    ) -> Result<Self::Object, Stop<Self::Error>>;

    /// `super(class, object)`
    fn super_of(&self, class: &Self::Object, object: &Self::Object) -> Result<Self::Object, Stop<Self::Error>>;

    /// The iterator of a generator expression over another. `locals` are the local variables that its body reads.
    fn generator(
        &self,
        body: u16,
        locals: Vec<Option<Self::Object>>,
        iterator: Self::Object,
    ) -> Result<Self::Object, Stop<Self::Error>>;

    /// `raise error from cause`
    fn raise(&self, error: &Self::Object, cause: Option<&Self::Object>) -> Stop<Self::Error>;

    /// The RuntimeError of a `raise` alone where no exception is handled.
    fn nothing_to_raise(&self) -> Stop<Self::Error>;

    /// The AssertionError.
    fn assertion(&self, message: Option<Self::Object>) -> Stop<Self::Error>;

    /// An exception as an object.
    fn exception(&self, error: &Self::Error) -> Result<Self::Object, Stop<Self::Error>>;

    /// The same exception once more.
    fn again(&self, error: &Self::Error) -> Self::Error;

    /// Whether `except class` catches an exception.
    fn catches(&self, class: &Self::Object, error: &Self::Error) -> Result<bool, Stop<Self::Error>>;

    /// Records an object.
    fn record(
        &self,
        names: &[Option<Self::Object>],
        object: &Self::Object,
        trace: &mut Trace,
    ) -> Result<(), Stop<Self::Error>>;

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

/// The state of one run.
pub struct Machine<'p, R: Runtime> {
    runtime: R,
    program: &'p Program,
    names: RefCell<Names<R::Object>>,
    /// What the step has printed so far.
    printed: RefCell<String>,
    /// Every result so far, if none of them is to die.
    kept: Option<RefCell<Vec<R::Object>>>,
    /// How many operations bodies may still run, and how many calls are open.
    budget: Cell<u32>,
    depth: Cell<u32>,
    /// How many bodies are being run, and which of their operations the step has run so far.
    nesting: Cell<u32>,
    inner: RefCell<Vec<Inner>>,
    /// The classes that were made, and the bodies of their methods.
    classes: RefCell<Vec<(Vec<u16>, R::Object)>>,
    /// The exceptions that are being handled.
    handled: RefCell<Vec<R::Error>>,
    /// The deaths that have run code of the program.
    deaths: Deaths,
    /// Why the run is over, once that is so, while the runtime comes back from what it was doing.
    over: RefCell<Option<Box<RunError>>>,
}

impl<'p, R: Runtime> Machine<'p, R> {
    /// A machine with nothing bound.
    pub fn new(runtime: R, program: &'p Program) -> Machine<'p, R> {
        let names = std::iter::repeat_with(|| None).take(program.names.len()).collect();
        Machine {
            budget: Cell::new(runtime.budget()),
            runtime,
            program,
            names: RefCell::new(names),
            printed: RefCell::default(),
            kept: None,
            depth: Cell::new(0),
            nesting: Cell::new(0),
            inner: RefCell::default(),
            classes: RefCell::default(),
            handled: RefCell::default(),
            deaths: Deaths::default(),
            over: RefCell::default(),
        }
    }

    /// Has the bodies run that many operations at most.
    pub(crate) fn rationed(self, operations: u32) -> Self {
        self.budget.set(self.budget.get().min(operations));
        self
    }

    /// Keeps every result of an operation until the machine is dropped.
    pub(crate) fn keeping(self) -> Self {
        Machine { kept: Some(RefCell::default()), ..self }
    }

    /// The runtime.
    #[cfg(feature = "embedded")]
    pub(crate) fn runtime(&self) -> &R {
        &self.runtime
    }

    /// Runs the program from its first step to its last.
    pub fn run(&self, watch: Watch, trace: &mut Trace) -> Result<(), RunError> {
        match self.program.bodies.is_empty() {
            true => self.run_steps(watch, trace),
            false => R::inside(self, || self.run_steps(watch, trace)),
        }
    }

    fn run_steps(&self, watch: Watch, trace: &mut Trace) -> Result<(), RunError> {
        let steps = self.program.steps.len();
        let module = self.module().map_err(|stop| match stop {
            Stop::RunError(error) => *error,
            Stop::Raised(_) => RunError::Unspecified("there is no memory for local variables".into()),
        })?;
        for (index, range) in self.program.step_ranges().enumerate() {
            let operations = self.program.operations.get(range).unwrap_or_default();
            let is_counted = self.program.is_counted(index) && self.runtime.begin_count();
            self.step(&module, operations, is_counted, trace)?;
            let observed = watch == Watch::Always || index + 1 == steps;
            {
                let printed = self.printed.borrow();
                // The end of the last line goes without saying.
                trace.state(printed.strip_suffix('\n').unwrap_or(&printed), observed);
            }
            self.printed.borrow_mut().clear();
            if !self.program.bodies.is_empty() {
                let mut inner = self.inner.borrow_mut();
                trace.note_inner(&inner);
                inner.clear();
            }
            if observed {
                self.runtime.record_live(&self.names.borrow(), trace);
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
    pub fn run_bare(&self) {
        let run = || {
            let Ok(module) = self.module() else { return };
            for range in self.program.step_ranges() {
                _ = self.operations(&module, self.program.operations.get(range).unwrap_or_default(), None);
                self.printed.borrow_mut().clear();
            }
        };
        match self.program.bodies.is_empty() {
            true => run(),
            false => R::inside(self, run),
        }
    }

    /// The frame of what is part of no function.
    fn module(&self) -> Result<Frame<R>, Stop<R::Error>> {
        Frame::new(&self.runtime, Role::Module, self.program.locals.len(), [])
    }

    /// Runs the operations of a step and records its outcome.
    fn step(
        &self,
        module: &Frame<R>,
        operations: &[Operation],
        is_counted: bool,
        trace: &mut Trace,
    ) -> Result<(), RunError> {
        let ran = self.operations(module, operations, None);
        if let Some(bytes) = is_counted.then(|| self.runtime.end_count()).flatten() {
            trace.note_allocated(bytes);
        }
        match ran {
            Ok(Flow::Done(None)) => trace.nothing(),
            Ok(Flow::Done(Some(value))) => {
                trace.value();
                match operations.last().map(|operation| operation.kind) {
                    // Hashes are salted; only what compares equal can be told from them.
                    Some(Kind::Hash | Kind::Id) => trace.hash(),
                    // How much garbage there was is not the program's doing.
                    Some(Kind::Collect) => trace.none(),
                    _ => {
                        if let Err(Stop::RunError(error)) = self.runtime.record(&self.names.borrow(), &value, trace) {
                            trace.abandon_step();
                            return Err(*error);
                        }
                    }
                }
            }
            Ok(Flow::Break | Flow::Continue | Flow::Return(_)) => {
                trace.abandon_step();
                return Err(RunError::Malformed("a loop or a function is left that does not exist".into()));
            }
            Err(Stop::Raised(error)) => self.runtime.record_error(error, trace),
            Err(Stop::RunError(error)) => {
                trace.abandon_step();
                return Err(*error);
            }
        }
        // What died last may have run code of the program.
        match self.over.borrow_mut().take() {
            Some(error) => {
                trace.abandon_step();
                Err(*error)
            }
            None => Ok(()),
        }
    }
}

/// How operations came to their end.
pub(crate) enum Flow<Object> {
    /// All of them ran. The last one has this value, if it has one.
    Done(Option<Object>),
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `return`
    Return(Object),
}

/// The outcome of operations.
pub(crate) type Outcome<R> = Result<Flow<<R as Runtime>::Object>, Stop<<R as Runtime>::Error>>;

/// A str operand that belongs to the operation itself, such as the name of an attribute.
pub fn own_name<Error>(operation: &Operation, index: usize) -> Result<&str, Stop<Error>> {
    operation.own_name(index).ok_or_else(|| malformed("an operation lacks the name that belongs to it"))
}

/// An operand, which a well-formed program has.
pub fn operand<Object, Error>(operands: &[Object], index: usize) -> Result<&Object, Stop<Error>> {
    operands.get(index).ok_or_else(|| malformed("an operand is missing"))
}
