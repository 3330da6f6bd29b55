//! Bodies while they are parsed: where a statement stands, and which variables it sees.

use super::{ParseError, Parser, Result};
use crate::bodies::DEEPEST;
use crate::program::{Body, Function, Local, Name, Operand, Operation, Target};
use ruff_text_size::{Ranged, TextRange};

/// The most blocks in one another: every CPython compiles as many (`CO_MAXBLOCKS`).
const MOST_BLOCKS: usize = 20;

/// The most local variables of a function.
const MOST_LOCALS: usize = 1024;

/// Where a statement stands.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// The function that it is part of, and how many of its local variables have a name of their own.
    pub(super) function: Option<Function>,
    /// The local variables that have a name here: those of the function, and those of comprehensions, which come last.
    pub(super) variables: Vec<(String, Local)>,
    /// The `with`, `for`, `while` and `try` statements around it.
    pub(super) blocks: usize,
    /// The loops around it.
    pub(super) loops: usize,
    /// The bodies around it.
    pub(super) depth: usize,
    /// Whether it is the body of a class, whose variables its methods do not see.
    pub(super) is_class: bool,
    /// Whether it is a method.
    pub(super) is_method: bool,
}

/// A variable.
#[derive(Clone, Copy, Debug)]
pub(super) enum Variable {
    Global(Name),
    Local(Local),
}

impl Variable {
    pub(super) fn operand(self) -> Operand {
        match self {
            Variable::Global(name) => Operand::Name(name),
            Variable::Local(local) => Operand::Local(local),
        }
    }

    pub(super) fn target(self) -> Target {
        match self {
            Variable::Global(name) => Target::Name(name),
            Variable::Local(local) => Target::Local(local),
        }
    }
}

impl Parser {
    /// The local variable with that name, where there is one.
    pub(super) fn local(&self, text: &str) -> Option<Local> {
        self.scope.variables.iter().rev().find(|(name, _)| name == text).map(|(_, local)| *local)
    }

    /// A variable that is bound or unbound.
    pub(super) fn variable(&mut self, text: &str, range: TextRange) -> Result<Variable> {
        // In a class, a name is that of the program until the class binds it.
        let attributes = self.scope.function.as_ref().filter(|_| self.scope.is_class);
        let attribute = attributes.and_then(|class| class.locals.iter().position(|name| **name == *text));
        match (self.local(text), attribute) {
            (Some(local), _) => Ok(Variable::Local(local)),
            (None, Some(attribute)) => Ok(Variable::Local(attribute as Local)),
            (None, None) => self.intern(text, range).map(Variable::Global),
        }
    }

    /// Notes that a variable is bound.
    pub(super) fn bind_variable(&mut self, variable: Variable) {
        match variable {
            Variable::Global(name) => self.bind(name),
            Variable::Local(local) if self.scope.is_class => {
                let class = self.scope.function.as_ref();
                if let Some(name) = class.and_then(|class| class.locals.get(usize::from(local))) {
                    self.scope.variables.push((name.to_string(), local));
                }
            }
            Variable::Local(_) => {}
        }
    }

    /// A new local variable: of the function, or of the program.
    pub(super) fn slot(&mut self, text: &str, range: TextRange) -> Result<Local> {
        let locals = match &mut self.scope.function {
            Some(function) => &mut function.locals,
            None => &mut self.program.locals,
        };
        if locals.len() == MOST_LOCALS {
            return Err(ParseError::at(range, format!("a function can have at most {MOST_LOCALS} variables")));
        }
        locals.push(text.into());
        Ok((locals.len() - 1) as Local)
    }

    /// Whether nothing can change what a name is bound to between two operations of a statement: code that is called may.
    pub(super) fn is_certain(&self) -> bool {
        self.scope.function.is_none() && !self.has_functions
    }

    /// Enters a statement that Python compiles as a block.
    pub(super) fn in_block<T>(
        &mut self,
        statement: impl Ranged,
        parse: impl FnOnce(&mut Parser) -> Result<T>,
    ) -> Result<T> {
        if self.scope.blocks == MOST_BLOCKS {
            let message = format!("statements nest deeper than {MOST_BLOCKS} here, which Python does not compile");
            return Err(ParseError::at(statement.range(), message));
        }
        self.scope.blocks += 1;
        let parsed = parse(self);
        self.scope.blocks -= 1;
        parsed
    }

    /// Parses a body, which is given an object or not. What it binds may be unbound after it.
    pub(super) fn body(
        &mut self,
        is_given: bool,
        range: TextRange,
        parse: impl FnOnce(&mut Parser) -> Result<()>,
    ) -> Result<Operand> {
        let certain: Vec<Name> = self.bound.iter().copied().filter(|name| !self.deleted.contains(name)).collect();
        let body = self.parse_body(is_given, range, parse)?;
        for name in &self.bound {
            if !certain.contains(name) && !self.deleted.contains(name) {
                self.deleted.push(*name);
            }
        }
        self.add_body(body, range)
    }

    /// Parses the operations of a body.
    pub(super) fn parse_body(
        &mut self,
        is_given: bool,
        range: TextRange,
        parse: impl FnOnce(&mut Parser) -> Result<()>,
    ) -> Result<Body> {
        if self.scope.depth == DEEPEST {
            let message = format!("blocks and conditions nest deeper than {DEEPEST} here");
            return Err(ParseError::at(range, message));
        }
        self.scope.depth += 1;
        let around: Vec<Operation> = std::mem::take(&mut self.program.operations);
        let temps = std::mem::replace(&mut self.temps, u16::from(is_given));
        let parsed = parse(self);
        self.temps = temps;
        let operations = std::mem::replace(&mut self.program.operations, around);
        self.scope.depth -= 1;
        parsed.map(|()| Body { operations, ..Body::default() })
    }

    /// Adds a body to the program.
    pub(super) fn add_body(&mut self, body: Body, range: TextRange) -> Result<Operand> {
        let index = u16::try_from(self.program.bodies.len());
        let index =
            index.map_err(|_| ParseError::at(range, "a program can have at most 65,536 blocks and conditions"))?;
        self.program.bodies.push(body);
        Ok(Operand::Body(index))
    }
}
