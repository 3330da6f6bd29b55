//! A program: named variables, operations over them, and where its steps end.

use crate::operation::Kind;
use crate::value::Value;
use smallvec::SmallVec;

/// An index into [`Program::names`].
pub type Name = u16;

/// What an operation works on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// The object a name is bound to; a `NameError` when it is bound to nothing.
    Name(Name),
    /// The result of the operation with that target. It is used once, and dies with that use.
    Temp(u16),
    /// A constant, made anew for each use.
    Value(Value),
}

/// Where an operation's result goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Nowhere: the operation is a statement of its own.
    Discard,
    /// It is bound to a name, which ends the statement.
    Name(Name),
    /// A later operation of the same statement takes it.
    Temp(u16),
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// What is done.
    pub kind: Kind,
    /// Where the result goes.
    pub target: Target,
    /// What it is done with, a method's receiver first.
    pub operands: SmallVec<[Operand; 3]>,
    /// The names of the last operands where those are passed by keyword, as in CPython's vectorcall.
    pub keywords: Option<Box<[Box<str>]>>,
}

impl Operation {
    /// An operation without keywords.
    pub fn new(kind: Kind, target: Target, operands: impl IntoIterator<Item = Operand>) -> Operation {
        Operation { kind, target, operands: operands.into_iter().collect(), keywords: None }
    }

    /// How many of the operands are passed by keyword.
    pub fn keyword_count(&self) -> usize {
        self.keywords.as_deref().map_or(0, <[_]>::len)
    }
}

/// A program. Steps are what is observed: each is a run of operations, ended where [`Program::steps`] says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// The variables, in the order in which they first appear.
    pub names: Vec<Box<str>>,
    /// All operations, in the order in which they run.
    pub operations: Vec<Operation>,
    /// For each step the index after its last operation, never decreasing.
    pub steps: Vec<u32>,
}

impl Program {
    /// The operations of each step.
    pub fn step_ranges(&self) -> impl ExactSizeIterator<Item = std::ops::Range<usize>> + '_ {
        (0..self.steps.len()).map(|index| self.step_range(index))
    }

    /// The operations of one step; empty for a step that does not exist.
    pub fn step_range(&self, index: usize) -> std::ops::Range<usize> {
        let end = self.steps.get(index).map_or(self.operations.len(), |end| *end as usize);
        let start = match index.checked_sub(1) {
            Some(before) => self.steps.get(before).map_or(end, |start| *start as usize),
            None => 0,
        };
        start.min(end)..end
    }

    /// The index of a name, if the program has it.
    pub fn name(&self, text: &str) -> Option<Name> {
        self.names.iter().position(|name| &**name == text).and_then(|index| u16::try_from(index).ok())
    }
}
