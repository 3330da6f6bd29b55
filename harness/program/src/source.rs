//! Steps in any Python: what a case with `language: python` is made of.
//!
//! Such a step is one operation, [`Kind::Source`], whose operands are texts and not objects: the statements, the expression
//! that then has the value of the step (`None` if it has none), and the names that the statements may bind. A program has such
//! steps alone or none at all. No policy can hold for them, so that [`decode`](crate::decode()) refuses them and only
//! [`decode_case`](crate::encode::decode_case) takes them.

use crate::encode::DecodeError;
use crate::operation::Kind;
use crate::program::{Name, Operand, Operation, Program, Target};
use crate::value::Value;
use std::iter::once;

/// The parts of a step in any Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceStep<'p> {
    /// The statements before the value, as they are written. They end where the value begins.
    pub statements: &'p str,
    /// The expression whose value the step has; the name that the last statement binds has no text of its own.
    pub value: Option<&'p str>,
    /// The name whose value the step has, if its last statement assigns to one name.
    pub name: Option<Name>,
}

impl Operation {
    /// Creates a step in any Python.
    pub(crate) fn source(statements: &str, value: Option<&str>, name: Option<Name>, bound: Vec<Name>) -> Operation {
        let text = |text: &str| Value::Str(text.into());
        let texts = [text(statements), value.map_or(Value::None, text)].map(Operand::Value);
        let target = name.map_or(Target::Discard, Target::Name);
        Operation::new(Kind::Source, target, texts.into_iter().chain(bound.into_iter().map(Operand::Name)))
    }

    /// Returns the parts of a step in any Python, if the operation is one.
    pub fn as_source(&self) -> Option<SourceStep<'_>> {
        let text = |index: usize| match self.operands.get(index) {
            Some(Operand::Value(Value::Str(text))) => Some(&**text),
            _ => None,
        };
        let name = match self.target {
            Target::Name(name) => Some(name),
            _ => None,
        };
        (self.kind == Kind::Source).then(|| SourceStep {
            statements: text(0).unwrap_or_default(),
            value: text(1),
            name,
        })
    }

    /// Returns the names that the operation can bind.
    pub fn binds(&self) -> impl Iterator<Item = Name> + '_ {
        let target = match self.target {
            Target::Name(name) if self.kind != Kind::Unbind => Some(name),
            _ => None,
        };
        let named = |operand: &Operand| match operand {
            Operand::Name(name) => Some(*name),
            _ => None,
        };
        let operands = if self.kind == Kind::Source { self.operands.as_slice() } else { &[] };
        target.into_iter().chain(operands.iter().filter_map(named))
    }

    /// Returns whether the operation ends a statement that has no value.
    pub fn is_statement(&self) -> bool {
        match self.as_source() {
            Some(source) => source.value.is_none() && source.name.is_none(),
            None => self.kind.is_statement() || self.changes_place(),
        }
    }

    /// Checks an operation that was decoded.
    fn is_sound(&self) -> bool {
        use Operand::Value as Constant;
        let are_names = |rest: &[Operand]| rest.iter().all(|operand| matches!(operand, Operand::Name(_)));
        let has_parts = match self.operands.as_slice() {
            [Constant(Value::Str(_)), Constant(Value::Str(_)), rest @ ..] => {
                self.target == Target::Discard && are_names(rest)
            }
            [Constant(Value::Str(_)), Constant(Value::None), rest @ ..] => are_names(rest),
            _ => false,
        };
        has_parts && self.kind == Kind::Source && self.keywords.is_none() && !matches!(self.target, Target::Temp(_))
    }
}

impl Program {
    /// Returns whether its steps are written in any Python.
    pub fn is_source(&self) -> bool {
        self.operations.iter().any(|operation| operation.kind == Kind::Source)
    }

    /// Returns a step in any Python, if it is one.
    pub fn source_step(&self, index: usize) -> Option<SourceStep<'_>> {
        self.step(index).first()?.as_source()
    }

    /// Checks a program of such steps that was decoded.
    pub(crate) fn check_source(&self) -> Result<(), DecodeError> {
        let ends = once(0).chain(self.steps.iter().map(|end| *end as usize));
        let is_whole = ends.eq(0..=self.operations.len());
        match is_whole && self.operations.iter().all(Operation::is_sound) {
            true => Ok(()),
            false => Err(DecodeError::Damaged("a step in any Python is not one operation with its text")),
        }
    }
}
