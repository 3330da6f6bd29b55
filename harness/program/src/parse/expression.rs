//! Parses expressions. Each part becomes an operation, in Python's order of evaluation.

use super::literal::constant;
use super::names::{self, Callee};
use super::refuse::{self, refuse, refuse_for};
use super::{Parser, Result};
use crate::operation::{Kind, TYPES};
use crate::program::{Operand, Operation, Target};
use crate::value::Value;
use ruff_python_ast::{Arguments, Expr};
use ruff_text_size::Ranged;

impl Parser {
    /// Evaluates an expression into a target.
    pub(super) fn expression(&mut self, expression: &Expr, target: Target) -> Result<()> {
        if let Some(constant) = self.constant(expression) {
            self.push(Kind::Plain, target, [Operand::Value(constant)]);
            return Ok(());
        }
        if let Some(path) = self.module_value(expression) {
            self.push(Kind::Member, target, [names::text(&path)]);
            return Ok(());
        }
        match expression {
            Expr::Name(name) => {
                let read = match self.local(&name.id) {
                    Some(local) => Operand::Local(local),
                    None => Operand::Name(self.name(name)?),
                };
                self.push(Kind::Plain, target, [read]);
            }
            Expr::BoolOp(both) => self.both(both.op, &both.values, target)?,
            Expr::If(choice) => self.choice(choice, target)?,
            Expr::ListComp(list) => self.comprehension(Kind::Comprehend, &list.elt, &list.generators, target)?,
            Expr::Tuple(tuple) => self.display(Kind::Tuple, &tuple.elts, target)?,
            Expr::FString(string) => self.f_string(string, target)?,
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
            Expr::Attribute(attribute) if self.member(attribute, target)? => {}
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
            Expr::Compare(compare) => self.comparison(compare, target)?,
            Expr::BinOp(binary) => {
                if Kind::infix(binary.op.as_str()).is_none() {
                    return Err(refuse::operator(binary, binary.op, ""));
                }
                self.infix(binary.op.as_str(), [&binary.left, &binary.right], target, expression)?;
            }
            Expr::UnaryOp(unary) => {
                let kind = Kind::prefix(unary.op.as_str()).ok_or_else(|| refuse(unary, "this operator"))?;
                let operand = self.operand(&unary.operand)?;
                self.push(kind, target, [operand]);
            }
            other => return Err(refuse::expression(other)),
        }
        Ok(())
    }

    /// Evaluates an expression as an operand of another operation.
    pub(super) fn operand(&mut self, expression: &Expr) -> Result<Operand> {
        if let Some(constant) = self.constant(expression) {
            return Ok(Operand::Value(constant));
        }
        if let Expr::Name(name) = expression
            && self.module_value(expression).is_none()
        {
            return self.name_operand(name);
        }
        // The parts are evaluated, and numbered, before the whole.
        let placeholder = self.program.operations.len();
        self.expression(expression, Target::Discard)?;
        debug_assert!(self.program.operations.len() > placeholder);
        self.keep_last(expression)
    }

    /// Reads what an operator changes in place, an item or an attribute.
    pub(super) fn place(&mut self, target: &Expr) -> Result<Operand> {
        match target {
            Expr::Subscript(subscript) => {
                let container = self.operand(&subscript.value)?;
                let key = self.key(&subscript.slice)?;
                self.push(Kind::Hold, Target::Discard, [container, key]);
            }
            Expr::Attribute(attribute) => {
                let object = self.operand(&attribute.value)?;
                self.push(Kind::HoldAttribute, Target::Discard, [object, names::text(&attribute.attr)]);
            }
            other => return Err(refuse::target(other)),
        }
        self.keep_last(target)
    }

    /// Stores the result of the last operation in a temporary.
    pub(super) fn keep_last(&mut self, part: impl Ranged) -> Result<Operand> {
        let temp = self.temp(part)?;
        if let Some(last) = self.program.operations.last_mut() {
            last.target = Target::Temp(temp);
        }
        Ok(Operand::Temp(temp))
    }

    /// Returns a new temporary.
    pub(super) fn temp(&mut self, part: impl Ranged) -> Result<u16> {
        let temp = self.temps;
        self.temps = temp.checked_add(1).ok_or_else(|| refuse(part, "a statement of more than 65,535 parts"))?;
        Ok(temp)
    }

    /// Evaluates the content of square brackets.
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
        let is_super = matches!(function, Expr::Name(name) if name.id == "super" && !self.is_bound("super"));
        if is_super && self.scope.is_method && arguments.is_empty() {
            self.push(Kind::Super, target, []);
            return Ok(());
        }
        let before = self.program.operations.len();
        let (kind, mut operands, path) = match self.callee(function)? {
            Callee::Operation(kind, operands) => (kind, operands, None),
            Callee::Method(receiver, name) => {
                let receiver = match self.are_at_hand(arguments) {
                    true => receiver,
                    false => self.look_up(receiver, &name, function)?,
                };
                let (kind, operands) = names::method(&name, receiver);
                (kind, operands, None)
            }
            Callee::NotEverywhere(path) => {
                (Kind::AnyCall, vec![Operand::Value(Value::Str(path.as_str().into()))], Some(path))
            }
            Callee::Nothing(kind, operand) => {
                self.push(kind, target, [operand]);
                return Ok(());
            }
        };
        for argument in &arguments.args {
            if argument.is_starred_expr() {
                return Err(refuse_for(argument, "`*` in a call", "write the arguments out"));
            }
            operands.push(match argument {
                Expr::Generator(generator) if arguments.len() == 1 => {
                    self.comprehension(Kind::Generate, &generator.elt, &generator.generators, Target::Discard)?;
                    self.keep_last(argument)?
                }
                argument => self.operand(argument)?,
            });
        }
        let mut keywords: Vec<Box<str>> = Vec::new();
        for keyword in &arguments.keywords {
            let Some(name) = &keyword.arg else {
                return Err(refuse_for(keyword, "`**` in a call", "write the arguments out"));
            };
            if keywords.iter().any(|known| **known == *name.as_str()) {
                return Err(refuse::no_python(keyword, "a keyword that is there twice"));
            }
            operands.push(self.operand(&keyword.value)?);
            keywords.push(Box::from(name.as_str()));
        }
        if kind == Kind::Slice && (operands.len() != 3 || !keywords.is_empty()) {
            return Err(refuse_for(
                function,
                "`slice` without a start, a stop and a step",
                "write `None` for what is missing",
            ));
        }
        let only_names = self.program.operations[before..].iter().all(|operation| operation.kind == Kind::Plain);
        if let Some(path) = path.filter(|_| !only_names) {
            let construct = format!("an expression as the argument of `{path}`");
            let instead = "some versions lack that function, so bind the argument to a name in an earlier step";
            return Err(refuse_for(function, &construct, instead));
        }
        let keywords = (!keywords.is_empty()).then(|| keywords.into_boxed_slice());
        let operands = operands.into_iter().collect();
        self.push_operation(Operation { kind, target, operands, keywords });
        Ok(())
    }

    /// Returns whether evaluating the arguments of a call has no observable effect.
    fn are_at_hand(&self, arguments: &Arguments) -> bool {
        let mut values = arguments.args.iter().chain(arguments.keywords.iter().map(|keyword| &keyword.value));
        values.all(|value| match value {
            Expr::Name(name) if self.is_value(&name.id) => true,
            value => self.constant(value).is_some(),
        })
    }

    /// Looks up a method, as Python does before it evaluates the arguments. Returns the receiver.
    fn look_up(&mut self, receiver: Operand, name: &str, function: &Expr) -> Result<Operand> {
        self.push(Kind::Lookup, Target::Discard, [receiver, Operand::Value(Value::Str(name.into()))]);
        self.keep_last(function)
    }

    /// Returns the constant that an expression denotes: a literal, or a type whose name the program has not bound.
    fn constant(&self, expression: &Expr) -> Option<Value> {
        constant(expression, &|part| {
            let path = self.path(part)?;
            TYPES.contains(&&*path).then(|| Value::Type(path.into()))
        })
    }
}
