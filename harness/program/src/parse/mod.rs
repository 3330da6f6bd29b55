//! Python text in: a small subset of Python, lowered to operations.
//!
//! The text is read with a real Python parser, so that examples from documents carry over as they are; what the subset
//! lacks is refused with the place where it stands. A nested expression becomes one operation for each of its parts,
//! in Python's order of evaluation. The result of a part is a temporary that is used once and dies with that use, as
//! in Python: that decides when an export ends.
//!
//! A step may hold several statements. Names that nothing binds are kept, as reading one is a `NameError` worth
//! observing; modules, functions and types are known by their own names unless the program binds those to something
//! else.

mod expression;
mod guard;
mod literal;

pub use literal::{Place, literal, place};

use crate::operation::{Kind, MODULES};
use crate::program::{Name, Operand, Operation, Program, Target};
use crate::value::Value;
use ruff_python_ast::{Expr, Operator, Stmt};
use ruff_text_size::{Ranged, TextRange};
use std::collections::HashMap;
use std::ops::Range;

/// Why a text can't be a step, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// The bytes of the text that are to blame.
    pub range: Range<usize>,
    /// What is wrong with them.
    pub message: String,
}

impl ParseError {
    fn at(range: TextRange, message: impl Into<String>) -> ParseError {
        ParseError { range: range.into(), message: message.into() }
    }
}

type Result<T> = std::result::Result<T, ParseError>;

/// Builds a program from the text of its steps.
#[derive(Debug, Default)]
pub struct Parser {
    program: Program,
    /// Names that were bound by `import`, and the module or member that each stands for.
    imported: HashMap<String, String>,
    /// Names that an assignment, a `with` or a `del` has made the program's own.
    bound: Vec<Name>,
    temps: u16,
}

impl Parser {
    /// A parser that has read nothing.
    pub fn new() -> Parser {
        Parser::default()
    }

    /// Reads one step: one or more statements. A step with an error adds nothing to the program.
    pub fn step(&mut self, text: &str) -> Result<()> {
        guard::check(text)?;
        let module = ruff_python_parser::parse_module(text)
            .map_err(|error| ParseError::at(error.location, format!("this is not Python: {}", error.error)))?;
        let before = self.program.operations.len();
        let result = self.block(&module.syntax().body, false);
        match result {
            Err(error) => {
                self.program.operations.truncate(before);
                Err(error)
            }
            Ok(()) if self.program.operations.len() == before => {
                Err(ParseError { range: 0..text.len(), message: "there is no statement here".into() })
            }
            Ok(()) => {
                let end = u32::try_from(self.program.operations.len());
                self.program.steps.push(end.unwrap_or(u32::MAX));
                Ok(())
            }
        }
    }

    /// The program that was read.
    pub fn finish(self) -> Program {
        self.program
    }

    fn block(&mut self, statements: &[Stmt], in_with: bool) -> Result<()> {
        statements.iter().try_for_each(|statement| {
            self.temps = 0;
            self.statement(statement, in_with)
        })
    }

    fn statement(&mut self, statement: &Stmt, in_with: bool) -> Result<()> {
        match statement {
            Stmt::Expr(statement) => self.expression(&statement.value, Target::Discard),
            Stmt::Assign(statement) => match statement.targets.as_slice() {
                [Expr::Name(name)] => {
                    let name = self.intern(&name.id, name.range)?;
                    self.expression(&statement.value, Target::Name(name))?;
                    self.bind(name);
                    Ok(())
                }
                [Expr::Subscript(target)] => {
                    let value = self.operand(&statement.value)?;
                    let container = self.operand(&target.value)?;
                    let key = self.key(&target.slice)?;
                    self.push(Kind::Set, Target::Discard, [container, key, value]);
                    Ok(())
                }
                [other] => Err(refuse(other, "assigning to anything but a name or a subscript")),
                _ => Err(refuse(statement, "assigning to several targets")),
            },
            Stmt::AugAssign(statement) => {
                let Expr::Name(name) = &*statement.target else {
                    return Err(refuse(&*statement.target, "an augmented assignment to anything but a name"));
                };
                let operator = match statement.op {
                    Operator::Add => "+",
                    Operator::Mult => "*",
                    _ => {
                        return Err(refuse(statement, "an augmented assignment other than `+=` and `*=`"));
                    }
                };
                let kind = Kind::in_place(operator).ok_or_else(|| refuse(statement, "this operator"))?;
                let target = self.intern(&name.id, name.range)?;
                let value = self.operand(&statement.value)?;
                self.push(kind, Target::Name(target), [Operand::Name(target), value]);
                self.bind(target);
                Ok(())
            }
            Stmt::Delete(statement) => match statement.targets.as_slice() {
                [Expr::Name(name)] => {
                    let name = self.intern(&name.id, name.range)?;
                    self.push(Kind::Unbind, Target::Discard, [Operand::Name(name)]);
                    self.bind(name);
                    Ok(())
                }
                [Expr::Subscript(target)] => {
                    let container = self.operand(&target.value)?;
                    let key = self.key(&target.slice)?;
                    self.push(Kind::Delete, Target::Discard, [container, key]);
                    Ok(())
                }
                _ => Err(refuse(statement, "deleting anything but one name or one subscript")),
            },
            Stmt::With(statement) if statement.is_async => Err(refuse(statement, "`async with`")),
            Stmt::With(statement) => {
                let [item] = statement.items.as_slice() else {
                    return Err(refuse(statement, "a `with` of several managers"));
                };
                let manager = self.operand(&item.context_expr)?;
                let target = match item.optional_vars.as_deref() {
                    None => Target::Discard,
                    Some(Expr::Name(name)) => Target::Name(self.intern(&name.id, name.range)?),
                    Some(other) => return Err(refuse(other, "a `with` target other than a name")),
                };
                self.push(Kind::Enter, target, [manager]);
                if let Target::Name(name) = target {
                    self.bind(name);
                }
                self.block(&statement.body, true)?;
                self.push(Kind::Leave, Target::Discard, []);
                Ok(())
            }
            Stmt::Import(statement) => statement.names.iter().try_for_each(|alias| {
                let module = alias.name.as_str();
                let name = alias.asname.as_ref().map_or(module, |name| name.as_str());
                self.import(module, alias.range)?;
                self.imported.insert(name.to_owned(), module.to_owned());
                Ok(())
            }),
            Stmt::ImportFrom(statement) => {
                let module = statement.module.as_ref().map_or("", |module| module.as_str());
                self.import(module, statement.range)?;
                for alias in &statement.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    self.imported.insert(name.to_owned(), format!("{module}.{}", alias.name));
                }
                Ok(())
            }
            Stmt::Pass(_) if in_with => Ok(()),
            other => Err(refuse(other, "this kind of statement")),
        }
    }

    fn import(&mut self, module: &str, range: TextRange) -> Result<()> {
        if !MODULES.contains(&module) {
            let known = MODULES.join(", ");
            return Err(ParseError::at(range, format!("a program can only import {known}")));
        }
        self.push(Kind::Import, Target::Discard, [Operand::Value(Value::Str(module.into()))]);
        Ok(())
    }

    fn intern(&mut self, text: &str, range: TextRange) -> Result<Name> {
        if let Some(name) = self.program.name(text) {
            return Ok(name);
        }
        let name = u16::try_from(self.program.names.len())
            .map_err(|_| ParseError::at(range, "a program can have at most 65,536 names"))?;
        self.program.names.push(text.into());
        Ok(name)
    }

    fn bind(&mut self, name: Name) {
        if !self.bound.contains(&name) {
            self.bound.push(name);
        }
    }

    fn push(&mut self, kind: Kind, target: Target, operands: impl IntoIterator<Item = Operand>) {
        self.program.operations.push(Operation::new(kind, target, operands));
    }
}

fn refuse(what: impl Ranged, construct: &str) -> ParseError {
    ParseError::at(what.range(), format!("{construct} is not part of the language of cases"))
}

#[cfg(test)]
mod tests;
