//! Parses what has bodies: conditions, loops, `try`, comprehensions, and operators that may not evaluate their right side.

use super::refuse::{self, refuse, refuse_for};
use super::{Parser, Result};
use crate::operation::Kind;
use crate::program::{Operand, Target};
use crate::value::Value;
use ruff_python_ast::{
    BoolOp, CmpOp, Comprehension, ElifElseClause, ExceptHandler, Expr, ExprCompare, ExprIf, Stmt, StmtFor, StmtIf,
    StmtTry, StmtWhile,
};
use ruff_text_size::{Ranged, TextRange};

/// No body.
const NONE: Operand = Operand::Value(Value::None);

impl Parser {
    /// The body of a block.
    fn block(&mut self, statements: &[Stmt], range: TextRange) -> Result<Operand> {
        self.body(false, range, |parser| parser.statements(statements))
    }

    /// The body of a block that may be missing.
    fn other(&mut self, statements: &[Stmt], range: TextRange) -> Result<Operand> {
        if statements.is_empty() { Ok(NONE) } else { self.block(statements, range) }
    }

    /// A body that gives the value of an expression.
    fn part(&mut self, expression: &Expr) -> Result<Operand> {
        self.body(false, expression.range(), |parser| parser.expression(expression, Target::Discard))
    }

    pub(super) fn if_statement(&mut self, statement: &StmtIf) -> Result<()> {
        self.condition(&statement.test, &statement.body, &statement.elif_else_clauses, statement.range)
    }

    fn condition(&mut self, test: &Expr, then: &[Stmt], others: &[ElifElseClause], range: TextRange) -> Result<()> {
        let test = self.operand(test)?;
        let then = self.block(then, range)?;
        let other = match others {
            [] => NONE,
            [ElifElseClause { test: None, body, .. }, ..] => self.block(body, range)?,
            [ElifElseClause { test: Some(test), body, .. }, rest @ ..] => {
                self.body(false, range, |parser| parser.condition(test, body, rest, range))?
            }
        };
        self.push(Kind::If, Target::Discard, [test, then, other]);
        Ok(())
    }

    pub(super) fn while_statement(&mut self, statement: &StmtWhile) -> Result<()> {
        self.in_block(statement, |parser| {
            let test = parser.part(&statement.test)?;
            parser.scope.loops += 1;
            let block = parser.block(&statement.body, statement.range);
            parser.scope.loops -= 1;
            let block = block?;
            let other = parser.other(&statement.orelse, statement.range)?;
            parser.push(Kind::While, Target::Discard, [test, block, other]);
            Ok(())
        })
    }

    pub(super) fn for_statement(&mut self, statement: &StmtFor) -> Result<()> {
        if statement.is_async {
            return Err(refuse(statement, "`async for`"));
        }
        self.in_block(statement, |parser| {
            let iterable = parser.operand(&statement.iter)?;
            parser.scope.loops += 1;
            let block = parser.body(true, statement.range, |parser| {
                parser.assign(&statement.target, Operand::Temp(0))?;
                parser.statements(&statement.body)
            });
            parser.scope.loops -= 1;
            let block = block?;
            let other = parser.other(&statement.orelse, statement.range)?;
            parser.push(Kind::For, Target::Discard, [iterable, block, other]);
            Ok(())
        })
    }

    pub(super) fn try_statement(&mut self, statement: &StmtTry) -> Result<()> {
        if statement.is_star {
            return Err(refuse_for(statement, "`except*`", "write `except`"));
        }
        let range = statement.range;
        if let ([], [first, ..]) = (statement.handlers.as_slice(), statement.orelse.as_slice()) {
            return Err(refuse::no_python(first, "`else` after a `try` without an `except`"));
        }
        self.in_block(statement, |parser| {
            let block = parser.block(&statement.body, range)?;
            let mut handlers = Vec::with_capacity(3 * statement.handlers.len());
            for (index, handler) in statement.handlers.iter().enumerate() {
                let ExceptHandler::ExceptHandler(handler) = handler;
                if handler.type_.is_none() && index + 1 < statement.handlers.len() {
                    return Err(refuse::no_python(handler.range, "`except:` before another `except`"));
                }
                let class = handler.type_.as_deref().map_or(Ok(NONE), |class| parser.part(class))?;
                let variable = match &handler.name {
                    Some(name) => Some(parser.variable(name, name.range)?),
                    None => None,
                };
                let block = parser.body(false, handler.range, |parser| {
                    if let Some(variable) = variable {
                        parser.bind_variable(variable);
                    }
                    parser.statements(&handler.body)
                })?;
                handlers.extend([class, variable.map_or(NONE, |variable| variable.operand()), block]);
            }
            let other = parser.other(&statement.orelse, range)?;
            let last = parser.other(&statement.finalbody, range)?;
            let operands = [block, other, last].into_iter().chain(handlers);
            parser.push(Kind::Try, Target::Discard, operands);
            Ok(())
        })
    }

    /// `a and b and c`
    pub(super) fn both(&mut self, operator: BoolOp, values: &[Expr], target: Target) -> Result<()> {
        let [first, rest @ ..] = values else { return Ok(()) };
        if rest.is_empty() {
            return self.expression(first, target);
        }
        let first = self.operand(first)?;
        let rest = match rest {
            [one] => self.part(one)?,
            [one, ..] => self.body(false, one.range(), |parser| parser.both(operator, rest, Target::Discard))?,
            [] => NONE,
        };
        let kind = match operator {
            BoolOp::And => Kind::AndThen,
            BoolOp::Or => Kind::OrElse,
        };
        self.push(kind, target, [first, rest]);
        Ok(())
    }

    /// `then if test else other`
    pub(super) fn choice(&mut self, expression: &ExprIf, target: Target) -> Result<()> {
        let test = self.operand(&expression.test)?;
        let then = self.part(&expression.body)?;
        let other = self.part(&expression.orelse)?;
        self.push(Kind::Choose, target, [test, then, other]);
        Ok(())
    }

    /// `a < b < c`
    pub(super) fn comparison(&mut self, compare: &ExprCompare, target: Target) -> Result<()> {
        let left = self.operand(&compare.left)?;
        self.compare(left, &compare.ops, &compare.comparators, compare.range, target)
    }

    fn compare(
        &mut self,
        left: Operand,
        operators: &[CmpOp],
        sides: &[Expr],
        range: TextRange,
        target: Target,
    ) -> Result<()> {
        let ([operator, operators @ ..], [middle, sides @ ..]) = (operators, sides) else { return Ok(()) };
        let middle = self.operand(middle)?;
        let operator = operator.as_str();
        if sides.is_empty() {
            let kind = Kind::infix(operator).ok_or_else(|| refuse(range, "this operator"))?;
            self.push(kind, target, [left, middle]);
            return Ok(());
        }
        let rest = self
            .body(true, range, |parser| parser.compare(Operand::Temp(0), operators, sides, range, Target::Discard))?;
        let operator = Operand::Value(Value::Str(operator.into()));
        self.push(Kind::Chain, target, [left, operator, middle, rest]);
        Ok(())
    }

    /// `[item for target in iterable if test]`
    pub(super) fn comprehension(
        &mut self,
        kind: Kind,
        item: &Expr,
        clauses: &[Comprehension],
        target: Target,
    ) -> Result<()> {
        let Some(first) = clauses.first() else { return Ok(()) };
        if self.scope.is_class {
            return Err(refuse_for(item, "a comprehension in a class", "write it in a step of its own"));
        }
        if let Some(later) = clauses.get(1).filter(|_| kind == Kind::Generate) {
            let instead = "write a list comprehension";
            return Err(refuse_for(&later.target, "a second `for` in a generator expression", instead));
        }
        // The first iterable is evaluated where the comprehension stands.
        let iterable = self.operand(&first.iter)?;
        let mut names = vec![];
        clauses.iter().for_each(|clause| Parser::names_of(&clause.target, &mut names));
        let known = self.scope.variables.len();
        let mut own = vec![];
        for name in names {
            let local = self.slot(&name, item.range())?;
            own.push(local);
            self.scope.variables.push((name, local));
        }
        let body = self.parse_body(true, item.range(), |parser| parser.clause(item, clauses));
        self.scope.variables.truncate(known);
        let mut body = body?;
        body.own = own;
        let body = self.add_body(body, item.range())?;
        self.push(kind, target, [iterable, body]);
        Ok(())
    }

    /// What a comprehension does with an item of its first clause.
    fn clause(&mut self, item: &Expr, clauses: &[Comprehension]) -> Result<()> {
        let [clause, rest @ ..] = clauses else { return Ok(()) };
        if clause.is_async {
            return Err(refuse(&clause.target, "`async for`"));
        }
        self.assign(&clause.target, Operand::Temp(0))?;
        self.filtered(item, &clause.ifs, rest)
    }

    fn filtered(&mut self, item: &Expr, tests: &[Expr], rest: &[Comprehension]) -> Result<()> {
        self.temps = 0;
        match (tests, rest) {
            ([test, tests @ ..], rest) => {
                let test_operand = self.operand(test)?;
                let then = self.body(false, test.range(), |parser| parser.filtered(item, tests, rest))?;
                self.push(Kind::If, Target::Discard, [test_operand, then, NONE]);
            }
            ([], [next, ..]) => {
                let iterable = self.operand(&next.iter)?;
                let inner = self.body(true, next.iter.range(), |parser| parser.clause(item, rest))?;
                self.push(Kind::For, Target::Discard, [iterable, inner, NONE]);
            }
            ([], []) => {
                let value = self.operand(item)?;
                self.push(Kind::Item, Target::Discard, [value]);
            }
        }
        Ok(())
    }
}
