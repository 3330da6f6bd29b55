//! What is assigned to: names, subscripts, attributes, and tuples and lists of them.

use super::bodies::Variable;
use super::names::text;
use super::refuse::{self, refuse, refuse_for};
use super::{Parser, Result};
use crate::operation::Kind;
use crate::program::{Operand, Target};
use crate::value::Value;
use ruff_python_ast::Expr;

/// The most targets of one assignment.
const MOST_TARGETS: usize = 255;

impl Parser {
    /// Parses an assignment of an expression to one target.
    pub(super) fn assignment(&mut self, target: &Expr, value: &Expr) -> Result<()> {
        match target {
            Expr::Name(name) if name.id == "__debug__" => Err(refuse(name, "assigning to `__debug__`")),
            Expr::Name(name) => {
                let variable = self.variable(&name.id, name.range)?;
                self.expression(value, variable.target())?;
                self.bind_variable(variable);
                Ok(())
            }
            target => {
                let value = self.operand(value)?;
                self.assign(target, value)
            }
        }
    }

    /// Assigns an operand to a target.
    pub(super) fn assign(&mut self, target: &Expr, value: Operand) -> Result<()> {
        match target {
            Expr::Name(name) if name.id == "__debug__" => Err(refuse(name, "assigning to `__debug__`")),
            Expr::Name(name) => {
                let variable = self.variable(&name.id, name.range)?;
                self.push(Kind::Store, variable.target(), [value]);
                self.bind_variable(variable);
                Ok(())
            }
            Expr::Subscript(target) => {
                let container = self.operand(&target.value)?;
                let key = self.key(&target.slice)?;
                self.push(Kind::Set, Target::Discard, [container, key, value]);
                Ok(())
            }
            Expr::Attribute(target) => {
                let object = self.operand(&target.value)?;
                self.push(Kind::SetAttribute, Target::Discard, [object, text(&target.attr), value]);
                Ok(())
            }
            Expr::Tuple(tuple) => self.unpack(target, &tuple.elts, value),
            Expr::List(list) => self.unpack(target, &list.elts, value),
            other => Err(refuse::target(other)),
        }
    }

    /// `a = b = value`
    pub(super) fn chained(&mut self, targets: &[Expr], value: &Expr) -> Result<()> {
        if targets.len() > MOST_TARGETS {
            return Err(refuse_for(
                value,
                "assigning to more than 255 targets at once",
                "write an assignment for each",
            ));
        }
        let value_operand = self.operand(value)?;
        let first = self.temps_for(targets.len(), value)?;
        let count = Operand::Value(Value::Int(targets.len() as i64));
        self.push(Kind::Share, Target::Temp(first), [value_operand, count]);
        targets.iter().zip(first..).try_for_each(|(target, temp)| self.assign(target, Operand::Temp(temp)))
    }

    /// So many temporaries, of which it gives the first.
    fn temps_for(&mut self, count: usize, part: &Expr) -> Result<u16> {
        let first = self.temp(part)?;
        for _ in 1..count {
            self.temp(part)?;
        }
        Ok(first)
    }

    fn unpack(&mut self, whole: &Expr, targets: &[Expr], value: Operand) -> Result<()> {
        if targets.len() > MOST_TARGETS {
            return Err(refuse_for(whole, "assigning to more than 255 targets at once", "assign a part of them"));
        }
        let mut stars = targets.iter().enumerate().filter(|(_, target)| target.is_starred_expr());
        let star = stars.next().map(|(index, _)| index);
        if let Some((_, second)) = stars.next() {
            return Err(refuse::no_python(second, "two targets with a star"));
        }
        let count = |targets: usize| Operand::Value(Value::Int(targets as i64));
        let (before, after) = match star {
            Some(at) => (count(at), count(targets.len() - at - 1)),
            None => (count(targets.len()), Operand::Value(Value::None)),
        };
        let first = self.temps_for(targets.len(), whole)?;
        self.push(Kind::Targets, Target::Temp(first), [value, before, after]);
        for (target, temp) in targets.iter().zip(first..) {
            let target = match target {
                Expr::Starred(starred) => &*starred.value,
                target => target,
            };
            self.assign(target, Operand::Temp(temp))?;
        }
        Ok(())
    }

    /// Adds the names that a target binds.
    pub(super) fn names_of(target: &Expr, names: &mut Vec<String>) {
        match target {
            Expr::Name(name) if !names.iter().any(|known| *known == name.id.as_str()) => {
                names.push(name.id.to_string())
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|item| Parser::names_of(item, names)),
            Expr::List(list) => list.elts.iter().for_each(|item| Parser::names_of(item, names)),
            Expr::Starred(starred) => Parser::names_of(&starred.value, names),
            _ => {}
        }
    }

    /// Unbinds a name, or deletes an item.
    pub(super) fn delete(&mut self, target: &Expr) -> Result<()> {
        match target {
            Expr::Name(name) => {
                if self.local(&name.id).is_none() {
                    self.check_unbound(name)?;
                }
                let variable = self.variable(&name.id, name.range)?;
                self.push(Kind::Unbind, Target::Discard, [variable.operand()]);
                if let Variable::Global(name) = variable {
                    self.bind(name);
                    self.deleted.push(name);
                }
                Ok(())
            }
            Expr::Subscript(target) => {
                let container = self.operand(&target.value)?;
                let key = self.key(&target.slice)?;
                self.push(Kind::Delete, Target::Discard, [container, key]);
                Ok(())
            }
            Expr::Attribute(target) => {
                let object = self.operand(&target.value)?;
                self.push(Kind::DeleteAttribute, Target::Discard, [object, text(&target.attr)]);
                Ok(())
            }
            Expr::Tuple(tuple) => tuple.elts.iter().try_for_each(|target| self.delete(target)),
            Expr::List(list) => list.elts.iter().try_for_each(|target| self.delete(target)),
            other => Err(refuse::deletion(other)),
        }
    }

    /// An augmented assignment. Python reads the target before it evaluates the value.
    pub(super) fn augmented(&mut self, kind: Kind, target: &Expr, value: &Expr) -> Result<()> {
        let Expr::Name(name) = target else {
            let place = self.place(target)?;
            let value = self.operand(value)?;
            self.push(kind, Target::Discard, [place, value]);
            return Ok(());
        };
        if self.local(&name.id).is_none() {
            self.name(name)?;
        }
        let variable = self.variable(&name.id, name.range)?;
        let before = self.name_operand(name)?;
        let value = self.operand(value)?;
        self.push(kind, variable.target(), [before, value]);
        self.bind_variable(variable);
        Ok(())
    }
}
