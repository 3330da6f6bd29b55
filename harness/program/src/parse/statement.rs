//! Parses statements.

use super::refuse::{self, refuse, refuse_for};
use super::{Parser, Result};
use crate::operation::Kind;
use crate::program::{Operand, Target};
use crate::value::Value;
use ruff_python_ast::{Expr, Stmt, StmtWith};

impl Parser {
    /// Parses statements.
    pub(super) fn statements(&mut self, statements: &[Stmt]) -> Result<()> {
        statements.iter().try_for_each(|statement| {
            self.temps = 0;
            self.statement(statement)
        })
    }

    fn statement(&mut self, statement: &Stmt) -> Result<()> {
        match statement {
            Stmt::Expr(statement) => self.expression(&statement.value, Target::Discard),
            Stmt::Assign(statement) => match statement.targets.as_slice() {
                [target] => self.assignment(target, &statement.value),
                targets => self.chained(targets, &statement.value),
            },
            Stmt::AugAssign(statement) => {
                let kind = Kind::in_place(statement.op.as_str());
                let kind = kind.ok_or_else(|| refuse::operator(statement, statement.op, "="))?;
                self.augmented(kind, &statement.target, &statement.value)
            }
            Stmt::Delete(statement) => statement.targets.iter().try_for_each(|target| self.delete(target)),
            Stmt::With(statement) if statement.is_async => Err(refuse(statement, "`async with`")),
            Stmt::With(statement) => self.with(statement, 0),
            Stmt::Import(_) | Stmt::ImportFrom(_) if self.scope.function.is_some() => {
                Err(refuse_for(statement, "an import in a function", "import it in a step of its own"))
            }
            Stmt::Import(statement) => statement.names.iter().try_for_each(|alias| self.import(alias)),
            Stmt::ImportFrom(statement) => {
                let module = statement.module.as_ref().map_or("", |module| module.as_str());
                self.import_module(module, statement.range)?;
                statement.names.iter().try_for_each(|alias| self.import_from(module, alias))
            }
            Stmt::If(statement) => self.if_statement(statement),
            Stmt::While(statement) => self.while_statement(statement),
            Stmt::For(statement) => self.for_statement(statement),
            Stmt::Try(statement) => self.try_statement(statement),
            Stmt::FunctionDef(statement) => self.function(statement),
            Stmt::ClassDef(statement) => self.class(statement),
            Stmt::Return(statement) if self.scope.is_class || self.scope.function.is_none() => {
                Err(refuse::no_python(statement, "`return` outside of a function"))
            }
            Stmt::Break(statement) if self.scope.loops == 0 => {
                Err(refuse::no_python(statement, "`break` outside of a loop"))
            }
            Stmt::Continue(statement) if self.scope.loops == 0 => {
                Err(refuse::no_python(statement, "`continue` outside of a loop"))
            }
            Stmt::Return(statement) => {
                let value = statement.value.iter().map(|value| self.operand(value)).collect::<Result<Vec<_>>>()?;
                self.push(Kind::Return, Target::Discard, value);
                Ok(())
            }
            Stmt::Raise(statement) => {
                let parts = [&statement.exc, &statement.cause].into_iter().flatten();
                let parts = parts.map(|part| self.operand(part)).collect::<Result<Vec<_>>>()?;
                self.push(Kind::Raise, Target::Discard, parts);
                Ok(())
            }
            Stmt::Assert(statement) => {
                let test = self.operand(&statement.test)?;
                let message = match &statement.msg {
                    Some(message) => {
                        self.body(false, statement.range, |parser| parser.expression(message, Target::Discard))?
                    }
                    None => Operand::Value(Value::None),
                };
                self.push(Kind::Assert, Target::Discard, [test, message]);
                Ok(())
            }
            // A block without operations is printed with it.
            Stmt::Pass(_) if self.scope.depth > 0 || self.scope.blocks > 0 => Ok(()),
            Stmt::Pass(_) => self.control(Kind::Pass),
            Stmt::Break(_) => self.control(Kind::Break),
            Stmt::Continue(_) => self.control(Kind::Continue),
            other => Err(refuse::statement(other)),
        }
    }

    fn control(&mut self, kind: Kind) -> Result<()> {
        self.push(kind, Target::Discard, []);
        Ok(())
    }

    /// A `with` statement from one of its managers on: each further one is a statement in the one before.
    fn with(&mut self, statement: &StmtWith, at: usize) -> Result<()> {
        let Some(item) = statement.items.get(at) else { return self.statements(&statement.body) };
        self.in_block(statement, |parser| {
            let manager = parser.operand(&item.context_expr)?;
            let target = match item.optional_vars.as_deref() {
                None => None,
                Some(Expr::Name(name)) => Some(parser.variable(&name.id, name.range)?),
                Some(other) => {
                    let construct = "a `with` target other than a name";
                    return Err(refuse_for(other, construct, "bind the value to a name, and assign that"));
                }
            };
            parser.push(Kind::Enter, target.map_or(Target::Discard, |target| target.target()), [manager]);
            if let Some(target) = target {
                parser.bind_variable(target);
            }
            parser.with(statement, at + 1)?;
            parser.push(Kind::Leave, Target::Discard, []);
            Ok(())
        })
    }
}
