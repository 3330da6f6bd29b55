//! What a program needs, of the things that an engine lacks: found out by running it on the reference.

use super::features::{FEATURES, SLICES, SUBSCRIPTS, Use};
use crate::machine::{self, Machine, Performed};
use crate::reference::Variant;
use crate::{RunError, Watch};
use program::{Kind, Operand, Operation, Program, Syntax, Trace, Value};
use python::{Object, Python};
use std::borrow::Cow;
use std::collections::BTreeSet;
use view::{Error, Exception};

type Stop = machine::Stop<Error>;
type Outcome = Result<Object, Stop>;

/// The reference as a Python that lacks what an engine lacks.
pub struct Lacking {
    engine: String,
    profile: python::Profile,
    lacks: BTreeSet<String>,
}

impl Lacking {
    /// What tells which programs an engine can't run. Nothing, for an engine that lacks nothing.
    pub fn of(about: &crate::About) -> Option<Lacking> {
        let (engine, lacks) = (about.name.clone(), about.lacks.clone());
        (!lacks.is_empty()).then(|| Lacking { engine, profile: about.profile.into(), lacks })
    }

    /// Runs a program on the reference, up to the step that needs what the engine lacks, and says what that is. The trace
    /// then has the steps before it. Otherwise, it has all that the reference models.
    pub fn missing(&self, program: &Program, watch: Watch, trace: &mut Trace) -> Option<Box<str>> {
        trace.clear();
        let called = if self.lacks.contains(SLICES) { first_slice(program) } else { None };
        let known = called.map_or(Cow::Borrowed(program), |steps| Cow::Owned(program.prefix(steps)));
        match Machine::new(Partly { python: Python::new(self.profile), of: self }, &known).run(watch, trace) {
            Err(RunError::Unsupported { engine, what }) if engine == self.engine => Some(what),
            Err(_) => None,
            Ok(()) => called.map(|_| SLICES.into()),
        }
    }

    /// The name of the engine.
    pub fn engine(&self) -> &str {
        &self.engine
    }

    /// What an operation needs and the engine lacks.
    fn needed(&self, used: &Use<'_>) -> Option<String> {
        let is_lacked = |name: &String| self.lacks.contains(name);
        let not_there = matches!(used.raised, Some(Exception::AttributeError | Exception::NameError));
        let name = name(used).filter(|_| !not_there).filter(is_lacked).map(|name| format!("`{name}`"));
        let feature = || FEATURES.iter().find(|feature| self.lacks.contains(feature.name) && (feature.needed)(used));
        name.or_else(|| feature().map(|feature| feature.name.to_owned()))
    }

    fn stop(&self, what: String) -> Stop {
        let engine = Cow::Owned(self.engine.clone());
        Stop::RunError(Box::new(RunError::Unsupported { engine, what: what.into() }))
    }

    /// Stops at a method that a `with` block calls.
    fn check_method(&self, manager: &Object, method: &str) -> Result<(), Stop> {
        let name = format!("{}.{method}", manager.as_type().type_path().unwrap_or_default());
        if self.lacks.contains(&name) { Err(self.stop(format!("`{name}`"))) } else { Ok(()) }
    }
}

/// The first step whose text calls `slice`: a slice is a constant there that is no key. The machine needs no operation for
/// one that is bound to a name, or shown.
fn first_slice(program: &Program) -> Option<usize> {
    let is_called = |operation: &Operation| {
        let is_key = |index| index == 1 && SUBSCRIPTS.contains(&operation.kind);
        let mut operands = operation.operands.iter().enumerate();
        operands
            .any(|(index, operand)| matches!(operand, Operand::Value(value) if !is_key(index) && holds_slice(value)))
    };
    (0..program.steps.len()).find(|step| program.step(*step).iter().any(is_called))
}

fn holds_slice(value: &Value) -> bool {
    match value {
        Value::Slice(_) => true,
        Value::List(items) | Value::Tuple(items) => items.iter().any(holds_slice),
        _ => false,
    }
}

/// The name that an operation looks up: `memoryview.cast`, `struct.iter_unpack`.
fn name(used: &Use<'_>) -> Option<String> {
    let operation = used.operation;
    let is_type = matches!(operation.operands.first(), Some(Operand::Value(Value::Type(_))));
    let name = match operation.kind.row().syntax {
        Syntax::Call(path) => return Some(path.to_owned()),
        Syntax::AnyCall => return operation.own_name(0).map(str::to_owned),
        Syntax::Method(name) | Syntax::Attribute(name) => name,
        Syntax::AnyMethod | Syntax::AnyAttribute | Syntax::HoldAttribute | Syntax::Lookup => operation.own_name(1)?,
        // Of a type that has no subscripts in this version, an engine without them is right.
        _ if operation.kind == Kind::Get && is_type && used.raised.is_none() => "__class_getitem__",
        _ => return None,
    };
    let owner = match operation.operands.first() {
        // An attribute of the type itself.
        Some(Operand::Value(Value::Type(path))) => path,
        _ => used.operands.first()?.as_type().type_path()?,
    };
    Some(format!("{owner}.{name}"))
}

struct Partly<'a> {
    python: Python,
    of: &'a Lacking,
}

impl Variant for Partly<'_> {
    fn python(&self) -> &Python {
        &self.python
    }

    fn constant(&self, value: &Value) -> Outcome {
        match value {
            Value::Type(path) if self.of.lacks.contains(&**path) => Err(self.of.stop(format!("`{path}`"))),
            _ => Variant::constant(&self.python, value),
        }
    }

    fn perform(&self, operation: &Operation, operands: &[Object]) -> Performed<Python> {
        let performed = Variant::perform(&self.python, operation, operands);
        let raised = match &performed {
            Ok(_) => None,
            Err(Stop::Raised(error)) => Some(error.exception()),
            // Nobody knows what it needs.
            Err(Stop::RunError(_)) => return performed,
        };
        match self.of.needed(&Use { operation, operands, raised }) {
            Some(what) => Err(self.of.stop(what)),
            None => performed,
        }
    }

    fn enter(&self, manager: Object) -> Result<(Object, Object), Stop> {
        self.of.check_method(&manager, "__enter__")?;
        Variant::enter(&self.python, manager)
    }
}
