//! Shrinks what has bodies: statements in blocks and functions, and the blocks around statements.

use super::Search;
use program::{Kind, Operand, Operation, Program, Target};

/// Drops statements of bodies, the last first.
pub(super) fn drop_statements(search: &mut Search<'_>) -> bool {
    let mut progress = false;
    for body in (0..search.best.bodies.len()).rev() {
        let mut end = search.best.bodies.get(body).map_or(0, |body| body.operations.len());
        while end > 0 {
            let Some(operations) = search.best.bodies.get(body).map(|body| &body.operations) else { break };
            let start = start_of(operations, end);
            let mut candidate = search.best.clone();
            candidate.bodies[body].operations.drain(start..end);
            candidate.drop_bodies();
            let is_taken = search.attempt(candidate);
            progress |= is_taken;
            if is_taken {
                // The bodies may have other numbers.
                return true;
            }
            end = start;
        }
    }
    progress
}

/// Puts the statements of a block where the block is: what is in an `if`, a loop or a `try` runs once then.
pub(super) fn open(search: &mut Search<'_>) -> bool {
    for index in (0..search.best.operations.len()).rev() {
        let Some(operation) = search.best.operations.get(index) else { continue };
        let blocks = match operation.kind {
            Kind::If | Kind::While => 1..3,
            Kind::Try => 0..3,
            _ => continue,
        };
        let blocks: Vec<u16> = blocks.filter_map(|at| body_of(operation, at)).collect();
        let candidates: Vec<Program> =
            blocks.into_iter().filter_map(|body| opened(&search.best, index, body)).collect();
        if search.attempt_any(candidates) {
            return true;
        }
    }
    false
}

fn body_of(operation: &Operation, at: usize) -> Option<u16> {
    match operation.operands.get(at) {
        Some(Operand::Body(body)) => Some(*body),
        _ => None,
    }
}

/// The program in which the operations of a body stand in the place of the operation that has it.
fn opened(program: &Program, index: usize, body: u16) -> Option<Program> {
    let inner = program.bodies.get(usize::from(body))?.operations.clone();
    let mut opened = program.clone();
    let start = (0..index).rev().find(|at| !matches!(program.operations[*at].target, Target::Temp(_)));
    let start = start.map_or(0, |at| at + 1).max(step_start(program, index));
    let change = inner.len() as i64 - (index + 1 - start) as i64;
    opened.operations.splice(start..=index, inner);
    for end in opened.steps.iter_mut().filter(|end| **end as usize > index) {
        *end = u32::try_from(i64::from(*end) + change).ok()?;
    }
    opened.drop_bodies();
    Some(opened)
}

/// Where the step of an operation begins.
fn step_start(program: &Program, index: usize) -> usize {
    program.step_ranges().find(|range| range.contains(&index)).map_or(0, |range| range.start)
}

/// Where the statement begins that ends before `end`: with the first of the parts that it is made of.
fn start_of(operations: &[Operation], end: usize) -> usize {
    let before = operations.get(..end.saturating_sub(1)).unwrap_or_default();
    before.iter().rposition(|operation| !matches!(operation.target, Target::Temp(_))).map_or(0, |at| at + 1)
}
