//! What is to be done to a program, and where.

use super::origin::List;
use crate::generate::Source;
use program::Program;
use smallvec::SmallVec;
use std::ops::Range;

/// A kind of mutation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Edit {
    /// Generated operations are added.
    Add,
    /// A statement is taken out.
    Remove,
    /// A statement comes after the next one.
    Swap,
    /// A statement comes again, at once or at the end.
    Repeat,
    /// An operand is another one of its kind.
    Operand,
    /// A constant is changed a little, or is one at a boundary.
    Value,
    /// An operation is another one with the same operands.
    Kind,
    /// An operation has an operand more or fewer.
    Arguments,
    /// Statements of another program are put in.
    Splice,
    /// A statement is put into a block.
    Wrap,
    /// What is in a block comes where the block is.
    Open,
    /// A block goes that another one can do without: `else`, `finally` or a handler.
    Clause,
    /// A class has a method of a class of another program.
    Method,
    /// Nothing but what makes it a program of the generator.
    Repair,
}

impl Edit {
    /// Every kind of mutation.
    pub const ALL: &'static [Edit] = &[
        Edit::Add,
        Edit::Remove,
        Edit::Swap,
        Edit::Repeat,
        Edit::Operand,
        Edit::Value,
        Edit::Kind,
        Edit::Arguments,
        Edit::Splice,
        Edit::Wrap,
        Edit::Open,
        Edit::Clause,
        Edit::Method,
        Edit::Repair,
    ];

    fn any(source: &mut Source<'_>) -> Edit {
        match source.below(100) {
            0..=17 => Edit::Add,
            18..=28 => Edit::Remove,
            29..=35 => Edit::Swap,
            36..=41 => Edit::Repeat,
            42..=53 => Edit::Operand,
            54..=66 => Edit::Value,
            67..=72 => Edit::Kind,
            73..=77 => Edit::Arguments,
            78..=90 => Edit::Splice,
            91..=94 => Edit::Wrap,
            95..=97 => Edit::Open,
            _ => Edit::Clause,
        }
    }

    /// How many operations there are more, about.
    fn adds(self) -> usize {
        match self {
            Edit::Add | Edit::Repeat => 1,
            Edit::Splice => 2,
            Edit::Wrap => 3,
            _ => 0,
        }
    }
}

/// An edit, and the operation at which it is to be done.
#[derive(Clone, Copy, Debug)]
struct Planned {
    list: List,
    index: usize,
    edit: Edit,
}

/// The edits of a mutant.
#[derive(Debug, Default)]
pub(super) struct Plan {
    planned: SmallVec<[Planned; 8]>,
}

/// The most statements that are taken out because a parent is too long.
const MOST_REMOVED: usize = 8;

impl Plan {
    pub(super) fn clear(&mut self) {
        self.planned.clear();
    }

    /// Chooses edits for a program: mostly one or two, and as many statements to take out as it is too long.
    pub(super) fn choose(&mut self, parent: &Program, length: usize, source: &mut Source<'_>) {
        self.clear();
        let bodies: usize = parent.bodies.iter().map(|body| body.operations.len()).sum();
        let (count, most) = match parent.bodies.is_empty() {
            true => (parent.operations.len(), length),
            false => (parent.operations.len() + bodies, length.saturating_mul(2)),
        };
        let edits = match source.below(16) {
            0..=6 => 1,
            7..=11 => 2,
            12 | 13 => 3,
            _ => 4 + source.below(4),
        };
        let mut more = 0;
        for _ in 0..edits {
            let edit = Edit::any(source);
            more += edit.adds();
            self.add(edit, parent, count, source);
        }
        for _ in 0..(count + more).saturating_sub(most).min(MOST_REMOVED) {
            self.add(Edit::Remove, parent, count, source);
        }
    }

    fn add(&mut self, edit: Edit, parent: &Program, count: usize, source: &mut Source<'_>) {
        let (mut index, mut list) = (source.below(count), None);
        if index >= parent.operations.len() {
            index -= parent.operations.len();
            for (body, inner) in parent.bodies.iter().enumerate() {
                list = Some(body);
                match index.checked_sub(inner.operations.len()) {
                    Some(rest) => index = rest,
                    None => break,
                }
            }
        }
        self.planned.push(Planned { list, index, edit });
    }

    /// Whether anything is to be done to a statement, or to a part of it.
    pub(super) fn has(&self, list: List, statement: &Range<usize>) -> bool {
        self.planned.iter().any(|planned| planned.list == list && statement.contains(&planned.index))
    }

    /// What is to be done to a statement, and at which operation.
    pub(super) fn take(&mut self, list: List, statement: &Range<usize>) -> Option<(Edit, usize)> {
        let is_there = |planned: &Planned| planned.list == list && statement.contains(&planned.index);
        let at = self.planned.iter().position(is_there)?;
        let planned = self.planned.swap_remove(at);
        Some((planned.edit, planned.index))
    }
}
