//! Where operations stand: in the steps of a program, or in one of its bodies.

use program::{Kind, Operand, Operation, Program, Target};
use std::collections::BTreeSet;

/// The place of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The body that it is part of, if it is part of one.
    pub(super) body: Option<usize>,
    /// Its index there.
    pub(super) index: usize,
}

impl Place {
    /// The operation. Programs become smaller, so that nothing may be left there.
    pub(super) fn get(self, program: &Program) -> Option<&Operation> {
        self.list(program)?.get(self.index)
    }

    /// The operations among which it stands.
    pub(super) fn list(self, program: &Program) -> Option<&Vec<Operation>> {
        match self.body {
            None => Some(&program.operations),
            Some(body) => Some(&program.bodies.get(body)?.operations),
        }
    }

    /// The same, to be changed.
    pub(super) fn list_mut(self, program: &mut Program) -> Option<&mut Vec<Operation>> {
        match self.body {
            None => Some(&mut program.operations),
            Some(body) => Some(&mut program.bodies.get_mut(body)?.operations),
        }
    }

    /// The index at which its statement begins: with the first of the parts that it is made of.
    pub(super) fn start(self, program: &Program) -> usize {
        let first = match self.body {
            None => program.step_ranges().find(|range| range.contains(&self.index)).map_or(0, |range| range.start),
            Some(_) => 0,
        };
        let operations = self.list(program).map_or(&[][..], Vec::as_slice);
        let before = operations.get(first..self.index).unwrap_or_default();
        before.iter().rposition(|operation| !is_part(operation)).map_or(first, |at| first + at + 1)
    }
}

/// All places, from the last to the first: those of the steps, then those of the bodies.
pub(super) fn backwards(program: &Program) -> Vec<Place> {
    let of_steps = (0..program.operations.len()).rev().map(|index| Place { body: None, index });
    let of_bodies = program.bodies.iter().enumerate().rev().flat_map(|(body, inner)| {
        (0..inner.operations.len()).rev().map(move |index| Place { body: Some(body), index })
    });
    of_steps.chain(of_bodies).collect()
}

/// Whether an operation is a part of a later one.
pub(super) fn is_part(operation: &Operation) -> bool {
    matches!(operation.target, Target::Temp(_))
}

/// The program with the operations in a range that belongs to a place replaced by others.
pub(super) fn spliced(program: &Program, place: Place, from: usize, others: Vec<Operation>) -> Option<Program> {
    let mut spliced = program.clone();
    let list = place.list_mut(&mut spliced)?;
    if from > place.index || place.index >= list.len() {
        return None;
    }
    let change = others.len() as i64 - (place.index + 1 - from) as i64;
    list.splice(from..=place.index, others);
    if place.body.is_none() {
        for end in spliced.steps.iter_mut().filter(|end| **end as usize > place.index) {
            *end = u32::try_from(i64::from(*end) + change).ok()?;
        }
    }
    Some(spliced)
}

/// Adds the end of every `with` block whose start goes, and takes out the ends whose start stays.
pub(super) fn add_block_ends(operations: &[Operation], gone: &mut BTreeSet<usize>) {
    let mut open = vec![];
    for (index, operation) in operations.iter().enumerate() {
        match operation.kind {
            Kind::Enter => open.push(index),
            Kind::Leave => match open.pop() {
                Some(start) if gone.contains(&start) => _ = gone.insert(index),
                _ => _ = gone.remove(&index),
            },
            _ => {}
        }
    }
}

/// The program without some operations of a body.
pub(super) fn without(program: &Program, body: usize, mut gone: BTreeSet<usize>) -> Option<Program> {
    let mut smaller = program.clone();
    let list = &mut smaller.bodies.get_mut(body)?.operations;
    add_block_ends(list, &mut gone);
    let mut index = 0..;
    list.retain(|_| index.next().is_some_and(|index| !gone.contains(&index)));
    smaller.drop_bodies();
    Some(smaller)
}

/// Which bodies are expressions and not blocks: these have a last operation, which gives the value.
pub(super) fn expressions(program: &Program) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for operation in program.all_operations() {
        for (at, operand) in operation.operands.iter().enumerate() {
            if let Operand::Body(body) = operand
                && is_expression(operation.kind, at)
            {
                found.insert(usize::from(*body));
            }
        }
    }
    found
}

/// Whether a body is an expression that is that operand of an operation.
pub(crate) fn is_expression(kind: Kind, at: usize) -> bool {
    match kind {
        Kind::While => at == 0,
        Kind::Try => at >= 3 && (at - 3).is_multiple_of(3),
        Kind::If | Kind::For | Kind::Define | Kind::Class => false,
        _ => true,
    }
}
