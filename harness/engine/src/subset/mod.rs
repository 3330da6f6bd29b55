//! Implementations that document themselves as a subset of Python, and what each of them lacks.
//!
//! What such an implementation lacks is no divergence. It is asked for it when it starts: whether the built-in types have
//! the attributes that Python's have, whether the functions are there that programs call, and whether it does what each row
//! of [`features`] is about. What it lacks is listed in [`About::lacks`](crate::About::lacks), by names as `memoryview.cast`
//! or by the name of a feature.
//!
//! Whether a program needs any of that is known from a run on the reference ([`Lacking`]): an attribute is needed where
//! the lookup succeeds in Python, a feature where its row says so. A program is therefore never run, and never passes,
//! because of something that is missing. Only implementations of the table are asked. A wrong value, a crash, and an error
//! that says nothing about a lack are divergences of theirs too.

mod features;
mod needs;

pub use features::known;
pub use needs::Lacking;

use crate::process::Process;
use crate::{Engine, Watch};
use features::FEATURES;
use program::operation::Takes;
use program::{Kind, Operand, Operation, Outcome, Parser, Program, Syntax, Target, Trace, Value, names};
use std::collections::BTreeSet;

/// An implementation that documents itself as a subset.
struct Subset {
    /// As it calls itself.
    implementation: &'static str,
    /// Where it says what it lacks.
    documented: &'static str,
}

const SUBSETS: &[Subset] =
    &[Subset { implementation: "micropython", documented: "https://docs.micropython.org/en/latest/genrst/index.html" }];

/// The types whose attributes are asked for, with the steps that make an object of each. A type has the attributes that its
/// objects have.
const TYPES: &[(&str, &[&str])] = &[
    ("memoryview", &["thing = memoryview(b'ab')"]),
    ("bytes", &["thing = b'ab'"]),
    ("bytearray", &["thing = bytearray(b'ab')"]),
    ("array.array", &["import array", "thing = array.array('B', b'ab')"]),
    ("io.BytesIO", &["import io", "thing = io.BytesIO(b'ab')"]),
    ("int", &["thing = 1"]),
    ("float", &["thing = 1.5"]),
    ("str", &["thing = 'ab'"]),
    ("tuple", &["thing = (1, 2)"]),
    ("list", &["thing = [1, 2]"]),
];

/// The modules whose functions and classes are asked for. To call one without arguments does nothing.
const MODULES: &[&str] = &["array", "io", "struct"];

/// The exceptions with which an implementation says that it lacks something.
const SAID_BY: &[&str] = &["AttributeError", "ImportError", "NameError", "NotImplementedError"];

/// Where an implementation documents what it lacks, if it documents itself as a subset.
pub fn documented(implementation: &str) -> Option<&'static str> {
    SUBSETS.iter().find(|subset| subset.implementation == implementation).map(|subset| subset.documented)
}

/// Whether an exception of that type says that something is missing.
pub fn says_missing(exception: &str) -> bool {
    SAID_BY.contains(&exception)
}

/// What an engine lacks, if it documents itself as a subset.
pub(crate) fn lacks(engine: &mut Process) -> BTreeSet<String> {
    if documented(&engine.about().implementation).is_none() {
        return BTreeSet::new();
    }
    let questions = questions();
    let programs: Vec<&Program> = questions.iter().map(|question| &question.program).collect();
    let mut lacks = BTreeSet::new();
    engine.run_batch(&programs, Watch::End, &mut |index, trace, result| {
        if let (Ok(()), Some(question)) = (result, questions.get(index))
            && !question.is_answered_well(trace)
        {
            lacks.insert(question.name.clone());
        }
    });
    lacks
}

/// A program that shows whether an engine has something.
struct Question {
    name: String,
    program: Program,
    expected: Expected,
}

/// What the last step of a question gives where an engine has what is asked for.
enum Expected {
    /// Anything but an exception of [`SAID_BY`].
    Anything,
    /// No exception.
    NoError,
    /// That exception.
    Error(&'static str),
}

impl Question {
    /// Whether the engine has what was asked for.
    fn is_answered_well(&self, trace: &Trace) -> bool {
        let raised = trace.observations().last().and_then(|last| match last.outcome {
            Outcome::Raised(raised) => Some(raised.exception),
            _ => None,
        });
        match self.expected {
            Expected::Anything => !raised.as_deref().is_some_and(says_missing),
            Expected::NoError => raised.is_none(),
            Expected::Error(expected) => raised.as_deref() == Some(expected),
        }
    }
}

fn questions() -> Vec<Question> {
    let attributes =
        TYPES.iter().flat_map(|(path, steps)| names::of(path).filter_map(|name| attribute(path, steps, name)));
    let functions = MODULES.iter().flat_map(|module| {
        let is_called = move |name: &&str| {
            let what = names::member(module, name).map(|known| known.what);
            !name.starts_with('_') && matches!(what, Some(names::What::Class | names::What::Function))
        };
        names::of(module).filter(is_called).map(move |name| function(format!("{module}.{name}")))
    });
    let builtins = Kind::ALL.iter().filter_map(|kind| match kind.row().syntax {
        Syntax::Call(path) if kind.extension().is_none() && !path.contains('.') => Some(function(path.to_owned())),
        _ => None,
    });
    let features = FEATURES.iter().filter_map(|feature| {
        let expected = feature.raises.map_or(Expected::NoError, Expected::Error);
        Some(Question { name: feature.name.to_owned(), program: parsed(feature.steps)?, expected })
    });
    attributes.chain(functions).chain(builtins).chain(features).collect()
}

/// `thing.name`
fn attribute(path: &str, steps: &[&str], name: &str) -> Option<Question> {
    let mut program = parsed(steps)?;
    let operands = [Operand::Name(program.name("thing")?), Operand::Value(Value::Str(name.into()))];
    let kind = Kind::attribute(name).unwrap_or(Kind::AnyAttribute);
    let count = if kind == Kind::AnyAttribute { 2 } else { 1 };
    push(&mut program, Operation::new(kind, Target::Discard, operands.into_iter().take(count)));
    Some(Question { name: format!("{path}.{name}"), program, expected: Expected::Anything })
}

/// `path()`, which mostly raises a TypeError.
fn function(path: String) -> Question {
    let mut program = Program::default();
    let operation = match Kind::call(&path) {
        Some(kind) => Operation::new(kind, Target::Discard, []),
        None => Operation::new(Kind::AnyCall, Target::Discard, [Operand::Value(Value::Str(path.as_str().into()))]),
    };
    push(&mut program, operation);
    Question { name: path, program, expected: Expected::Anything }
}

fn push(program: &mut Program, operation: Operation) {
    program.operations.push(operation);
    program.steps.push(u32::try_from(program.operations.len()).unwrap_or(u32::MAX));
}

/// The program of a text; the texts are ours, and a test parses all of them.
fn parsed(steps: &[&str]) -> Option<Program> {
    let mut parser = Parser::new();
    steps.iter().try_for_each(|step| parser.step(step).map(drop)).ok()?;
    Some(parser.finish())
}

/// The operations of which no program needs to be made for an engine that lacks these things, as each would only end in a
/// skip.
pub fn useless(lacks: &BTreeSet<String>) -> BTreeSet<Kind> {
    let is_lacking = |owner: &str, name: &str| lacks.contains(&format!("{owner}.{name}"));
    let of_features = FEATURES.iter().filter(|feature| lacks.contains(feature.name)).flat_map(|feature| feature.kinds);
    let of_names = Kind::ALL.iter().filter(|kind| match kind.row().syntax {
        Syntax::Call(path) => lacks.contains(path),
        Syntax::Method(name) | Syntax::Attribute(name) => {
            match kind.row().parameters.first().map(|first| first.takes) {
                Some(Takes::View | Takes::Exporter) => is_lacking("memoryview", name),
                Some(Takes::Array) => is_lacking("array.array", name),
                Some(Takes::Resizable) => is_lacking("bytearray", name) || is_lacking("array.array", name),
                _ => false,
            }
        }
        _ => false,
    });
    of_features.chain(of_names).copied().collect()
}

#[cfg(test)]
mod tests;
