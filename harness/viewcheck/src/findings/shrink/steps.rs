//! Passes that take steps and operations away.

use super::Search;
use crate::findings::Symptom;
use program::{Kind, Name, Operand, Operation, Program, Syntax, Target};
use std::collections::BTreeSet;

/// A program without some operations, without those of which a part is among them, and without empty steps.
fn without(program: &Program, mut gone: BTreeSet<usize>) -> Program {
    add_block_ends(program, &mut gone);
    let mut smaller = Program { operations: vec![], steps: vec![], ..program.clone() };
    for range in program.step_ranges() {
        let before = smaller.operations.len();
        for index in range.filter(|index| !gone.contains(index)) {
            smaller.operations.extend(program.operations.get(index).cloned());
        }
        if smaller.operations.len() > before {
            smaller.steps.push(smaller.operations.len() as u32);
        }
    }
    smaller.drop_bodies();
    smaller
}

/// A program without the operations that bind a name, if nothing uses it.
pub(super) fn without_unused(program: &Program, name: Name) -> Program {
    let is_used = program.all_operations().any(|operation| operation.operands.contains(&Operand::Name(name)));
    let binds = |index: &usize| program.operations[*index].target == Target::Name(name);
    let binders = if is_used { 0..0 } else { 0..program.operations.len() };
    without(program, binders.filter(binds).collect())
}

/// Adds the end of every block whose start goes, and takes out the ends whose start stays.
fn add_block_ends(program: &Program, gone: &mut BTreeSet<usize>) {
    let mut open = vec![];
    for (index, operation) in program.operations.iter().enumerate() {
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

/// Takes away operations whose result only a missing operation would have used. `None` if nothing is left, or if a
/// temporary is used that nothing makes.
pub(super) fn tidy(mut program: Program) -> Option<Program> {
    loop {
        let orphans: BTreeSet<usize> =
            (0..program.operations.len()).filter(|index| is_orphan(&program, *index)).collect();
        if orphans.is_empty() {
            break;
        }
        program = without(&program, orphans);
    }
    let is_whole = program.step_ranges().all(|range| {
        let mut made = vec![];
        program.operations.get(range).unwrap_or_default().iter().all(|operation| {
            let is_made = operation.operands.iter().all(|operand| match operand {
                Operand::Temp(temp) => made.iter().position(|made| made == temp).map(|at| made.remove(at)).is_some(),
                _ => true,
            });
            made.extend(operation.temps());
            is_made
        })
    });
    (is_whole && !program.operations.is_empty()).then_some(program)
}

fn is_orphan(program: &Program, index: usize) -> bool {
    let mut temps = program.operations[index].temps();
    if temps.is_empty() {
        return false;
    }
    let end = program.steps.iter().map(|end| *end as usize).find(|end| *end > index).unwrap_or(0);
    let later = program.operations.get(index + 1..end).unwrap_or_default();
    !temps.any(|temp| later.iter().any(|operation| operation.operands.contains(&Operand::Temp(temp))))
}

/// Nothing after the step that differs matters.
pub(super) fn truncate(search: &mut Search<'_>) -> bool {
    match &search.symptom {
        Symptom::Difference(difference) if difference.step + 1 < search.best.steps.len() => {
            let candidate = search.best.prefix(difference.step + 1);
            search.attempt(candidate)
        }
        _ => false,
    }
}

/// Drops runs of steps, from the end, each time half as long.
pub(super) fn drop_steps(search: &mut Search<'_>) -> bool {
    let mut progress = false;
    let mut length = search.best.steps.len().div_ceil(2);
    while length > 0 {
        let mut end = search.best.steps.len();
        while end > 0 {
            let start = end.saturating_sub(length);
            let gone = (start..end).flat_map(|step| search.best.step_range(step)).collect();
            let candidate = without(&search.best, gone);
            progress |= search.attempt(candidate);
            end = start.min(search.best.steps.len());
        }
        length /= 2;
    }
    progress
}

/// Drops single operations, where a step has several.
pub(super) fn drop_operations(search: &mut Search<'_>) -> bool {
    let mut progress = false;
    for index in (0..search.best.operations.len()).rev() {
        if search.best.operations.get(index).is_some_and(|operation| operation.kind != Kind::Leave) {
            let candidate = without(&search.best, [index].into());
            progress |= search.attempt(candidate);
        }
    }
    progress
}

/// Drops an operation and uses one of its operands in place of its result.
pub(super) fn unwrap(search: &mut Search<'_>) -> bool {
    let mut progress = false;
    for index in (0..search.best.operations.len()).rev() {
        let Some(operation) = search.best.operations.get(index).cloned() else { continue };
        let candidates: Vec<Program> = operation
            .operands
            .iter()
            .filter_map(|operand| {
                let mut program = search.best.clone();
                substitute(&mut program, index, operation.target, operand)?;
                Some(without(&program, [index].into()))
            })
            .collect();
        progress |= search.attempt_any(candidates);
    }
    progress
}

/// Uses an operand wherever the result of an operation is used. `None` if there is no such use, or it can't be.
fn substitute(program: &mut Program, index: usize, target: Target, by: &Operand) -> Option<()> {
    let of = match target {
        Target::Discard | Target::Local(_) => return None,
        Target::Name(name) => Operand::Name(name),
        Target::Temp(temp) => Operand::Temp(temp),
    };
    let mut used = None;
    for operation in program.operations.iter_mut().skip(index + 1) {
        let is_in_place = is_in_place(operation) && operation.operands.first() == Some(&of);
        for operand in operation.operands.iter_mut().filter(|operand| **operand == of) {
            *operand = by.clone();
            used = Some(());
        }
        if is_in_place {
            let Operand::Name(name) = by else { return None };
            operation.target = Target::Name(*name);
        } else if operation.target == target
            || matches!(by, Operand::Name(name) if operation.target == Target::Name(*name))
        {
            break;
        }
    }
    used
}

/// Whether it is written `name op= value`.
pub(super) fn is_in_place(operation: &Operation) -> bool {
    matches!(operation.kind.row().syntax, Syntax::InPlace(_))
}

/// Binds a result to no name.
pub(super) fn discard(search: &mut Search<'_>) -> bool {
    let mut progress = false;
    for index in (0..search.best.operations.len()).rev() {
        let Some(operation) = search.best.operations.get(index) else { continue };
        if matches!(operation.target, Target::Name(_)) && !is_in_place(operation) {
            let candidate = search.with(index, |operation| operation.target = Target::Discard);
            progress |= search.attempt(candidate);
        }
    }
    progress
}
