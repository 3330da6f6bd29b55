//! Passes that take steps and operations away.

use super::Search;
use super::places::{self, Place, add_block_ends, is_part};
use crate::findings::Symptom;
use program::{Kind, Name, Operand, Operation, Program, Syntax, Target, Value};
use std::collections::BTreeSet;

/// A program without some operations, without those of which a part is among them, and without empty steps.
pub(super) fn without(program: &Program, mut gone: BTreeSet<usize>) -> Program {
    add_block_ends(&program.operations, &mut gone);
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

/// Takes away operations whose result only a missing operation would have used. `None` if nothing is left, if a temporary is
/// used that nothing makes, or if an expression is empty.
pub(super) fn tidy(mut program: Program) -> Option<Program> {
    loop {
        let mut orphans: Vec<Place> = places::backwards(&program);
        orphans.retain(|place| is_orphan(&program, *place));
        let Some(first) = orphans.first().copied() else { break };
        let gone = orphans.iter().filter(|place| place.body == first.body).map(|place| place.index).collect();
        program = match first.body {
            None => without(&program, gone),
            Some(body) => places::without(&program, body, gone)?,
        };
    }
    let is_whole = |operations: &[Operation], given: Option<u16>| {
        let mut made: Vec<u16> = given.into_iter().collect();
        operations.iter().all(|operation| {
            let is_made = operation.operands.iter().all(|operand| match operand {
                Operand::Temp(temp) => made.iter().position(|made| made == temp).map(|at| made.remove(at)).is_some(),
                _ => true,
            });
            made.extend(operation.temps());
            is_made
        })
    };
    let has_whole_steps =
        program.step_ranges().all(|range| is_whole(program.operations.get(range).unwrap_or_default(), None));
    // The item of a loop is the temporary 0.
    let has_whole_bodies = program.bodies.iter().all(|body| is_whole(&body.operations, Some(0)));
    let is_empty = |body: &usize| program.bodies.get(*body).is_none_or(|body| body.operations.is_empty());
    let is_fine = has_whole_steps && has_whole_bodies && !places::expressions(&program).iter().any(is_empty);
    (is_fine && !program.operations.is_empty()).then_some(program)
}

fn is_orphan(program: &Program, place: Place) -> bool {
    let Some(operations) = place.list(program) else { return false };
    let mut temps = operations.get(place.index).map_or(0..0, Operation::temps);
    if temps.is_empty() {
        return false;
    }
    let end = match place.body {
        None => program.steps.iter().map(|end| *end as usize).find(|end| *end > place.index).unwrap_or(0),
        Some(_) => operations.len(),
    };
    let later = operations.get(place.index + 1..end).unwrap_or_default();
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

/// Gives each statement a step of its own.
pub(super) fn split(search: &mut Search<'_>) -> bool {
    let mut steps = vec![];
    let mut depth = 0;
    for (index, operation) in search.best.operations.iter().enumerate() {
        match operation.kind {
            Kind::Enter => depth += 1,
            Kind::Leave => depth -= 1,
            _ => {}
        }
        let end = index as u32 + 1;
        if search.best.steps.contains(&end) || (depth == 0 && !is_part(operation) && !is_prepared(operation)) {
            steps.push(end);
        }
    }
    let is_new = steps.len() > search.best.steps.len();
    is_new && search.attempt_split(Program { steps, ..search.best.clone() })
}

/// Whether the targets of an assignment are still to come.
fn is_prepared(operation: &Operation) -> bool {
    matches!(operation.kind, Kind::Targets | Kind::Share | Kind::Store)
}

/// Drops single operations, where a step has several.
pub(super) fn drop_operations(search: &mut Search<'_>) -> bool {
    let mut progress = false;
    for place in places::backwards(&search.best) {
        if place.get(&search.best).is_some_and(|operation| operation.kind != Kind::Leave) {
            progress |= without_at(&search.best, place).is_some_and(|candidate| search.attempt(candidate));
        }
    }
    progress
}

/// The program without the operation at a place.
fn without_at(program: &Program, place: Place) -> Option<Program> {
    match place.body {
        None => Some(without(program, [place.index].into())),
        Some(body) => places::without(program, body, [place.index].into()),
    }
}

/// Drops an operation and uses one of its operands in place of its result.
pub(super) fn unwrap(search: &mut Search<'_>) -> bool {
    let mut progress = false;
    for place in places::backwards(&search.best) {
        let Some(operation) = place.get(&search.best).cloned() else { continue };
        let candidates: Vec<Program> = operation
            .operands
            .iter()
            .filter(|operand| !matches!(operand, Operand::Body(_)))
            .filter_map(|operand| {
                let mut program = search.best.clone();
                let operations = place.list_mut(&mut program)?;
                match maker(operations, place.index, operand) {
                    // What made the operand is bound to what the operation was bound to.
                    Some(maker) => operations.get_mut(maker)?.target = operation.target,
                    None => substitute(operations, place.index, operation.target, operand)?,
                }
                without_at(&program, place)
            })
            .collect();
        progress |= search.attempt_any(candidates);
    }
    progress
}

/// Uses nothing but a number, or one of the operands, in place of what an operation does.
pub(super) fn replace(search: &mut Search<'_>) -> bool {
    let mut progress = false;
    for place in places::backwards(&search.best) {
        let Some(operation) = place.get(&search.best) else { continue };
        let is_kept = matches!(operation.kind, Kind::Plain | Kind::Enter | Kind::Leave | Kind::Import);
        if is_kept || operation.kind.row().syntax == Syntax::Control {
            continue;
        }
        let operands = operation.operands.iter().filter(|operand| !matches!(operand, Operand::Body(_)));
        let others: Vec<Operand> = [Operand::Value(Value::Int(0))].into_iter().chain(operands.cloned()).collect();
        let plain = |other: Operand| {
            search.with(place, |operation| *operation = Operation::new(Kind::Plain, operation.target, [other]))
        };
        let candidates: Vec<Program> = others.into_iter().map(plain).collect();
        progress |= search.attempt_any(candidates);
    }
    progress
}

/// The operation that made an operand, which is a part of the same statement.
fn maker(operations: &[Operation], index: usize, operand: &Operand) -> Option<usize> {
    let Operand::Temp(temp) = operand else { return None };
    let makes = |operation: &Operation| operation.target == Target::Temp(*temp) && operation.temps().len() == 1;
    operations.get(..index)?.iter().rposition(makes)
}

/// Uses an operand wherever the result of an operation is used. `None` if there is no such use, or it can't be.
fn substitute(operations: &mut [Operation], index: usize, target: Target, by: &Operand) -> Option<()> {
    let of = match target {
        Target::Discard => return None,
        Target::Name(name) => Operand::Name(name),
        Target::Temp(temp) => Operand::Temp(temp),
        Target::Local(local) => Operand::Local(local),
    };
    let mut used = None;
    for operation in operations.iter_mut().skip(index + 1) {
        let is_in_place = is_in_place(operation) && operation.operands.first() == Some(&of);
        for operand in operation.operands.iter_mut().filter(|operand| **operand == of) {
            *operand = by.clone();
            used = Some(());
        }
        if is_in_place {
            operation.target = match by {
                Operand::Name(name) => Target::Name(*name),
                Operand::Local(local) => Target::Local(*local),
                _ => return None,
            };
        } else if operation.target == target
            || matches!(by, Operand::Name(name) if operation.target == Target::Name(*name))
            || matches!(by, Operand::Local(local) if operation.target == Target::Local(*local))
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
    for place in places::backwards(&search.best) {
        let Some(operation) = place.get(&search.best) else { continue };
        let is_definition = matches!(operation.kind, Kind::Define | Kind::Class);
        if matches!(operation.target, Target::Name(_) | Target::Local(_)) && !is_in_place(operation) && !is_definition {
            let candidate = search.with(place, |operation| operation.target = Target::Discard);
            progress |= search.attempt(candidate);
        }
    }
    progress
}
