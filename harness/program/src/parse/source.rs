//! Reads steps in any Python: that they are Python, what value a step has, and which names it binds.
//!
//! What a step does is up to the Pythons that run it. The names are those that module-level statements bind, and those that
//! functions declare `global`, as what they are bound to is observed. Imports are left out: a module is no live object.

use super::{Cause, MOST_NAMES, ParseError, Result, guard};
use crate::program::{Name, Operation, Program, is_identifier};
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Comprehension, Expr, ExprContext, Pattern, Stmt};
use ruff_text_size::Ranged;

/// Builds a program from the text of steps in any Python.
#[derive(Debug, Default)]
pub struct SourceParser {
    program: Program,
}

impl SourceParser {
    /// Creates a parser with an empty program.
    pub fn new() -> SourceParser {
        SourceParser::default()
    }

    /// Parses one step, of one or more statements. If there is an error, nothing is added to the program.
    ///
    /// # Errors
    ///
    /// When the text is not Python, has no statement, or is longer or nested deeper than the text of any case.
    pub fn step(&mut self, text: &str) -> Result<()> {
        guard::check(text)?;
        let module = ruff_python_parser::parse_module(text)
            .map_err(|error| ParseError::at(error.location, format!("this is not Python: {}", error.error)))?;
        let body = &module.syntax().body;
        let Some(last) = body.last() else {
            return Err(ParseError {
                range: 0..text.len(),
                message: "the step has no statement".into(),
                cause: Cause::Text,
            });
        };
        let mut binder = Binder::default();
        binder.visit_body(body);
        let before = self.program.names.len();
        let bound = binder.names.iter().map(|name| self.intern(name, text)).collect::<Result<Vec<Name>>>();
        let bound = bound.inspect_err(|_| self.program.names.truncate(before))?;
        let operation = match last {
            Stmt::Expr(statement) => {
                let start = statement.range().start().to_usize();
                Operation::source(&text[..start], Some(&value(&statement.value, &text[statement.range()])), None, bound)
            }
            last => {
                let name = assigned(last).and_then(|name| self.program.name(name));
                Operation::source(text.trim_end(), None, name, bound)
            }
        };
        self.program.operations.push(operation);
        self.program.steps.push(u32::try_from(self.program.operations.len()).unwrap_or(u32::MAX));
        Ok(())
    }

    /// Returns the program of all steps.
    pub fn finish(self) -> Program {
        self.program
    }

    fn intern(&mut self, name: &str, text: &str) -> Result<Name> {
        if let Some(name) = self.program.name(name) {
            return Ok(name);
        }
        let index = u16::try_from(self.program.names.len()).ok().filter(|index| *index < MOST_NAMES);
        self.program.names.push(name.into());
        let message = || format!("a program can have at most {MOST_NAMES} names");
        index.ok_or_else(|| ParseError { range: 0..text.len(), message: message(), cause: Cause::Text })
    }
}

/// The text of an expression by which it can be evaluated: a tuple with `*` is one only in parentheses.
fn value(expression: &Expr, text: &str) -> String {
    match expression {
        Expr::Tuple(tuple) if !tuple.parenthesized => format!("({text})"),
        _ => text.to_owned(),
    }
}

/// The name to which a statement assigns, if it assigns to one name.
fn assigned(statement: &Stmt) -> Option<&str> {
    let target = match statement {
        Stmt::Assign(statement) => match statement.targets.as_slice() {
            [target] => target,
            _ => return None,
        },
        Stmt::AugAssign(statement) => &statement.target,
        Stmt::AnnAssign(statement) if statement.value.is_some() => &statement.target,
        _ => return None,
    };
    target.as_name_expr().map(|name| name.id.as_str())
}

/// Gathers the names that statements bind in their module.
#[derive(Default)]
struct Binder<'a> {
    names: Vec<&'a str>,
    /// How many functions and classes the visitor is in: what is bound there is not bound in the module.
    inner: usize,
}

impl<'a> Binder<'a> {
    fn bind(&mut self, name: &'a str) {
        // The parser gives names as Python binds them. What was no name in an encoded program would be refused there.
        if self.inner == 0 && is_identifier(name) && !self.names.contains(&name) {
            self.names.push(name);
        }
    }

    fn within(&mut self, body: &'a [Stmt]) {
        self.inner += 1;
        self.visit_body(body);
        self.inner -= 1;
    }
}

impl<'a> Visitor<'a> for Binder<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                self.bind(&function.name);
                // Decorators and defaults are evaluated outside of the function, and may assign with `:=`.
                function.decorator_list.iter().for_each(|decorator| self.visit_decorator(decorator));
                self.visit_parameters(&function.parameters);
                self.within(&function.body);
            }
            Stmt::ClassDef(class) => {
                self.bind(&class.name);
                class.decorator_list.iter().for_each(|decorator| self.visit_decorator(decorator));
                class.arguments.iter().for_each(|arguments| self.visit_arguments(arguments));
                self.within(&class.body);
            }
            Stmt::Global(global) => {
                let before = std::mem::take(&mut self.inner);
                global.names.iter().for_each(|name| self.bind(name));
                self.inner = before;
            }
            // An import binds modules and what others have made.
            Stmt::Import(_) | Stmt::ImportFrom(_) => {}
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) if name.ctx == ExprContext::Store => self.bind(&name.id),
            Expr::Lambda(lambda) => {
                if let Some(parameters) = &lambda.parameters {
                    self.visit_parameters(parameters);
                }
                self.inner += 1;
                self.visit_expr(&lambda.body);
                self.inner -= 1;
            }
            _ => visitor::walk_expr(self, expression),
        }
    }

    fn visit_comprehension(&mut self, comprehension: &'a Comprehension) {
        self.visit_expr(&comprehension.iter);
        // Its names are its own.
        comprehension.ifs.iter().for_each(|condition| self.visit_expr(condition));
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(pattern) => pattern.name.as_ref(),
            Pattern::MatchStar(pattern) => pattern.name.as_ref(),
            Pattern::MatchMapping(pattern) => pattern.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.bind(name);
        }
        visitor::walk_pattern(self, pattern);
    }
}

#[cfg(test)]
mod tests;
