//! Expressions: each part becomes an operation, in Python's order of evaluation.

use super::literal::{constant, dotted};
use super::{Parser, Result, refuse};
use crate::operation::{Kind, MODULES, TYPES};
use crate::program::{Operand, Operation, Target};
use crate::value::Value;
use ruff_python_ast::{Arguments, CmpOp, Expr, Operator};

impl Parser {
    /// Evaluates an expression into a target.
    pub(super) fn expression(&mut self, expression: &Expr, target: Target) -> Result<()> {
        if let Some(constant) = self.constant(expression) {
            self.push(Kind::Plain, target, [Operand::Value(constant)]);
            return Ok(());
        }
        match expression {
            Expr::Name(name) => {
                let operand = Operand::Name(self.intern(&name.id, name.range)?);
                self.push(Kind::Plain, target, [operand]);
            }
            Expr::Tuple(tuple) => self.display(Kind::Tuple, &tuple.elts, target)?,
            Expr::List(list) => self.display(Kind::List, &list.elts, target)?,
            Expr::Slice(slice) => {
                let mut parts = Vec::with_capacity(3);
                for part in [&slice.lower, &slice.upper, &slice.step] {
                    parts.push(match part {
                        Some(part) => self.operand(part)?,
                        None => Operand::Value(Value::None),
                    });
                }
                self.push(Kind::Slice, target, parts);
            }
            Expr::Subscript(subscript) => {
                let container = self.operand(&subscript.value)?;
                let key = self.key(&subscript.slice)?;
                self.push(Kind::Get, target, [container, key]);
            }
            Expr::Attribute(attribute) => {
                let object = self.operand(&attribute.value)?;
                match Kind::attribute(&attribute.attr) {
                    Some(kind) => self.push(kind, target, [object]),
                    None => {
                        let name = Operand::Value(Value::Str(attribute.attr.as_str().into()));
                        self.push(Kind::AnyAttribute, target, [object, name]);
                    }
                }
            }
            Expr::Call(call) => self.call(&call.func, &call.arguments, target)?,
            Expr::Compare(compare) => {
                let ([operator], [right]) = (&*compare.ops, &*compare.comparators) else {
                    return Err(refuse(compare, "a chain of comparisons"));
                };
                let operator = match operator {
                    CmpOp::Eq => "==",
                    CmpOp::NotEq => "!=",
                    CmpOp::Lt => "<",
                    CmpOp::LtE => "<=",
                    CmpOp::Gt => ">",
                    CmpOp::GtE => ">=",
                    CmpOp::Is => "is",
                    CmpOp::IsNot => "is not",
                    CmpOp::In => "in",
                    CmpOp::NotIn => "not in",
                };
                self.infix(operator, [&compare.left, right], target, expression)?;
            }
            Expr::BinOp(binary) => {
                let operator = match binary.op {
                    Operator::Add => "+",
                    Operator::Mult => "*",
                    _ => return Err(refuse(binary, "an operator other than `+` and `*`")),
                };
                self.infix(operator, [&binary.left, &binary.right], target, expression)?;
            }
            other => return Err(refuse(other, "this kind of expression")),
        }
        Ok(())
    }

    /// Evaluates an expression that another operation is to use.
    pub(super) fn operand(&mut self, expression: &Expr) -> Result<Operand> {
        if let Some(constant) = self.constant(expression) {
            return Ok(Operand::Value(constant));
        }
        if let Expr::Name(name) = expression {
            return Ok(Operand::Name(self.intern(&name.id, name.range)?));
        }
        // Inner parts are evaluated, and numbered, before the whole.
        let placeholder = self.program.operations.len();
        self.expression(expression, Target::Discard)?;
        debug_assert!(self.program.operations.len() > placeholder);
        let temp = self.temps;
        self.temps = temp.checked_add(1).ok_or_else(|| refuse(expression, "a statement of so many parts"))?;
        if let Some(last) = self.program.operations.last_mut() {
            last.target = Target::Temp(temp);
        }
        Ok(Operand::Temp(temp))
    }

    /// Evaluates what stands between square brackets.
    pub(super) fn key(&mut self, expression: &Expr) -> Result<Operand> {
        self.operand(expression)
    }

    fn display(&mut self, kind: Kind, items: &[Expr], target: Target) -> Result<()> {
        let items = items.iter().map(|item| self.operand(item)).collect::<Result<Vec<_>>>()?;
        self.push(kind, target, items);
        Ok(())
    }

    fn infix(&mut self, operator: &str, sides: [&Expr; 2], target: Target, whole: &Expr) -> Result<()> {
        let kind = Kind::infix(operator).ok_or_else(|| refuse(whole, "this operator"))?;
        let left = self.operand(sides[0])?;
        let right = self.operand(sides[1])?;
        self.push(kind, target, [left, right]);
        Ok(())
    }

    fn call(&mut self, function: &Expr, arguments: &Arguments, target: Target) -> Result<()> {
        let (kind, mut operands) = match (self.path(function), function) {
            (Some(path), _) => match (Kind::call(&path), path.rsplit_once('.')) {
                (Some(kind), _) => (kind, vec![]),
                // A method of a type, such as `bytes.fromhex`.
                (None, Some((owner, name))) if TYPES.contains(&owner) => {
                    method(name, Operand::Value(Value::Type(owner.into())))
                }
                _ => (Kind::AnyCall, vec![Operand::Value(Value::Str(path.into()))]),
            },
            (None, Expr::Attribute(attribute)) => {
                let receiver = self.operand(&attribute.value)?;
                method(&attribute.attr, receiver)
            }
            (None, Expr::Name(name)) if !self.is_bound(&name.id) => {
                // A function that nobody has: reading its name raises, as the arguments would never be evaluated.
                let operand = Operand::Name(self.intern(&name.id, name.range)?);
                self.push(Kind::Plain, target, [operand]);
                return Ok(());
            }
            _ => {
                return Err(refuse(function, "calling anything but a known function or a method"));
            }
        };
        for argument in &arguments.args {
            if argument.is_starred_expr() {
                return Err(refuse(argument, "`*` in a call"));
            }
            operands.push(self.operand(argument)?);
        }
        let mut keywords = Vec::new();
        for keyword in &arguments.keywords {
            let Some(name) = &keyword.arg else {
                return Err(refuse(keyword, "`**` in a call"));
            };
            operands.push(self.operand(&keyword.value)?);
            keywords.push(Box::from(name.as_str()));
        }
        if kind == Kind::Slice && (operands.len() != 3 || !keywords.is_empty()) {
            return Err(refuse(function, "`slice` without a start, a stop and a step"));
        }
        let keywords = (!keywords.is_empty()).then(|| keywords.into_boxed_slice());
        let operands = operands.into_iter().collect();
        self.program.operations.push(Operation { kind, target, operands, keywords });
        Ok(())
    }

    /// The constant that an expression is: a literal, or a type that the program has not given another meaning.
    fn constant(&self, expression: &Expr) -> Option<Value> {
        constant(expression, &|part| {
            let path = self.path(part)?;
            TYPES.contains(&&*path).then(|| Value::Type(path.into()))
        })
    }

    /// What a name stands for outside the program: the dotted name of a type or function, imports resolved. `None` for
    /// an expression that is no name, or begins with a variable.
    fn path(&self, expression: &Expr) -> Option<String> {
        let text = dotted(expression)?;
        let (first, rest) = match text.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (&*text, None),
        };
        if self.is_bound(first) {
            return None;
        }
        let first = self.imported.get(first).map_or(first, String::as_str);
        let path = rest.map_or_else(|| first.to_owned(), |rest| format!("{first}.{rest}"));
        let known = TYPES.contains(&&*path) || Kind::call(&path).is_some();
        let owner = path.rsplit_once('.').map_or("", |(owner, _)| owner);
        (known || TYPES.contains(&owner) || MODULES.contains(&owner)).then_some(path)
    }

    fn is_bound(&self, text: &str) -> bool {
        self.program.name(text).is_some_and(|name| self.bound.contains(&name))
    }
}

/// The operation that a call of a method is, and its first operands.
fn method(name: &str, receiver: Operand) -> (Kind, Vec<Operand>) {
    match Kind::method(name) {
        Some(kind) => (kind, vec![receiver]),
        None => (Kind::AnyMethod, vec![receiver, Operand::Value(Value::Str(name.into()))]),
    }
}
