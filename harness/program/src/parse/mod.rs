//! Parses Python text, in a small subset of Python, to operations.
//!
//! A real Python parser reads the text, so that examples from documents can be used unchanged. Constructs outside the
//! subset are refused with their position. A nested expression becomes one operation for each of its parts, in Python's
//! order of evaluation. The result of a part is a temporary that is used once and dies with that use, as in Python;
//! this determines when an export ends.
//!
//! A step may contain several statements. Names that no Python has are kept, since reading one is an observable
//! NameError. Functions and types keep their meaning unless the program binds their names, and modules must be
//! imported. Constructs and names ([`names`](crate::names)) that Python has and the language lacks are refused, and so
//! is a module that was not imported.

mod blamed;
mod block;
mod bodies;
mod class;
mod expression;
mod fstring;
mod function;
mod guard;
mod literal;
mod names;
mod refuse;
mod source;
mod statement;
mod target;

pub use literal::{Place, literal, place};
pub use source::SourceParser;

use crate::operation::Kind;
use crate::policy::{self, Checker, Refusal};
use crate::program::{Name, Operand, Operation, Program, Target};
use bodies::Scope;
use ruff_text_size::TextRange;
use std::collections::HashMap;
use std::ops::Range;

/// The most names of a program: after each step, engines observe what every name is bound to.
const MOST_NAMES: u16 = 1024;

/// A text that can't be parsed as a step, and the position of the error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// The bytes of the text to which the message refers.
    pub range: Range<usize>,
    /// The message.
    pub message: String,
    /// What is wrong.
    pub cause: Cause,
}

/// What is wrong with a text that can't be parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The text itself, in any language.
    Text,
    /// It is Python, and not part of the language of cases.
    Language,
    /// The same, as far as is known from the steps before. If one of them is wrong, it says nothing.
    Context,
}

impl ParseError {
    fn at(range: TextRange, message: impl Into<String>) -> ParseError {
        ParseError { range: range.into(), message: message.into(), cause: Cause::Text }
    }

    fn because(self, cause: Cause) -> ParseError {
        ParseError { cause, ..self }
    }
}

type Result<T> = std::result::Result<T, ParseError>;

/// Builds a program from the text of its steps.
#[derive(Debug, Default)]
pub struct Parser {
    program: Program,
    /// The names bound by `import`, with the module or member that each refers to.
    imported: HashMap<String, String>,
    /// Whether every module is available without an import.
    has_modules: bool,
    /// The names that the program has bound by an assignment or `with`, or has unbound by `del`.
    bound: Vec<Name>,
    /// Those of them that are unbound now, or may be.
    deleted: Vec<Name>,
    temps: u16,
    /// Where the next statement stands.
    scope: Scope,
    /// Whether the program has a function, so that code may run in the middle of a statement.
    has_functions: bool,
    /// What the operations are held against before they are taken.
    checker: Checker,
}

impl Parser {
    /// Creates a parser with an empty program.
    pub fn new() -> Parser {
        Parser::default()
    }

    /// Creates a parser for the output of [`print`](crate::print), in which every module is available without an
    /// import.
    pub fn of_printed() -> Parser {
        Parser { has_modules: true, ..Parser::default() }
    }

    /// Parses one step, of one or more statements. If there is an error, nothing is added to the program.
    pub fn step(&mut self, text: &str) -> Result<()> {
        guard::check(text)?;
        let module = ruff_python_parser::parse_module(text)
            .map_err(|error| ParseError::at(error.location, format!("this is not Python: {}", error.error)))?;
        let before = self.program.operations.len();
        let (bodies, locals) = (self.program.bodies.len(), self.program.locals.len());
        let result = self.statements(&module.syntax().body).and_then(|()| self.check(before, bodies, text));
        match result {
            Err(error) => {
                self.program.operations.truncate(before);
                self.program.bodies.truncate(bodies);
                self.program.locals.truncate(locals);
                self.scope = Scope::default();
                Err(error)
            }
            Ok(()) if self.program.operations.len() == before => {
                let message = "the step has no statement".into();
                Err(ParseError { range: 0..text.len(), message, cause: Cause::Text })
            }
            Ok(()) => {
                let end = u32::try_from(self.program.operations.len());
                self.program.steps.push(end.unwrap_or(u32::MAX));
                Ok(())
            }
        }
    }

    /// Holds the operations of a step, and their bodies, against the [`policy`].
    fn check(&mut self, before: usize, bodies: usize, text: &str) -> Result<()> {
        let program = &self.program;
        let mut new = program.operations[before..].iter();
        if let Err(what) = crate::bodies::check_from(program, before, bodies) {
            let message = format!("this can't be run: {what}");
            return Err(ParseError { range: 0..text.len(), message, cause: Cause::Text });
        }
        let checked = new.try_for_each(|operation| self.checker.next(program, operation));
        checked.map_err(|Refusal { word, message }| {
            // What it has noted of this step is to be forgotten, as the step is.
            self.checker = policy::Checker::default();
            for operation in &program.operations[..before] {
                let _ = self.checker.next(program, operation);
            }
            ParseError { range: blamed::place(&word, text), message, cause: Cause::Context }
        })
    }

    /// Returns the program of all steps.
    pub fn finish(self) -> Program {
        self.program
    }

    fn intern(&mut self, text: &str, range: TextRange) -> Result<Name> {
        if let Some(name) = self.program.name(text) {
            return Ok(name);
        }
        let name = u16::try_from(self.program.names.len()).ok().filter(|name| *name < MOST_NAMES);
        let name =
            name.ok_or_else(|| ParseError::at(range, format!("a program can have at most {MOST_NAMES} names")))?;
        self.program.names.push(text.into());
        Ok(name)
    }

    fn bind(&mut self, name: Name) {
        self.deleted.retain(|deleted| *deleted != name);
        if !self.bound.contains(&name) {
            self.bound.push(name);
        }
    }

    fn push(&mut self, kind: Kind, target: Target, operands: impl IntoIterator<Item = Operand>) {
        self.push_operation(Operation::new(kind, target, operands));
    }

    /// Adds an operation. Operands that are names, read right before in the order of the operands, need no operation of
    /// their own.
    fn push_operation(&mut self, mut operation: Operation) {
        let mut before = operation.operands.len();
        while let Some(Operation { kind: Kind::Plain, target: Target::Temp(temp), operands, .. }) =
            self.program.operations.last()
            && let [name @ (Operand::Name(_) | Operand::Local(_))] = operands.as_slice()
            && let Some(at) =
                operation.operands.iter().take(before).position(|operand| *operand == Operand::Temp(*temp))
        {
            operation.operands[at] = name.clone();
            before = at;
            self.temps = *temp;
            self.program.operations.pop();
        }
        self.program.operations.push(operation);
    }
}

#[cfg(test)]
mod tests;
