//! Shrinks what has bodies: statements in blocks and functions, the clauses of blocks, the blocks around statements and the
//! functions that are called.

use super::places::{self, Place, is_part};
use super::{Search, steps};
use program::{Kind, Operand, Operation, Program, Target, Value};

const NONE: Operand = Operand::Value(Value::None);

/// Drops statements of bodies, the last first.
pub(super) fn drop_statements(search: &mut Search<'_>) -> bool {
    let mut progress = false;
    for body in (0..search.best.bodies.len()).rev() {
        if places::expressions(&search.best).contains(&body) {
            continue;
        }
        let mut end = search.best.bodies.get(body).map_or(0, |body| body.operations.len());
        while end > 0 {
            let start = Place { body: Some(body), index: end - 1 }.start(&search.best);
            let candidate = places::without(&search.best, body, (start..end).collect());
            let is_taken = candidate.is_some_and(|candidate| search.attempt(candidate));
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

/// Drops what a block can do without: `else`, `finally`, handlers, and the class and the name of a handler.
pub(super) fn drop_clauses(search: &mut Search<'_>) -> bool {
    let mut progress = false;
    for place in places::backwards(&search.best) {
        let Some(operation) = place.get(&search.best) else { continue };
        let count = operation.operands.len();
        let candidates: Vec<Operation> = match operation.kind {
            Kind::If | Kind::While | Kind::For => vec![with_nothing(operation, &[2])],
            Kind::Try => {
                let handlers = (3..count).step_by(3).map(|at| {
                    let mut operation = operation.clone();
                    operation.operands.drain(at..(at + 3).min(count));
                    operation
                });
                let names = (4..count).step_by(3).map(|at| with_nothing(operation, &[at]));
                // Only the last handler may catch all, and has no name for it.
                let all = (count > 5).then(|| with_nothing(operation, &[count - 3, count - 2]));
                let parts = [1, 2].map(|at| with_nothing(operation, &[at]));
                let parts = parts.into_iter().chain(names).chain(all);
                // One that neither handles nor ends anything is no `try`.
                let is_whole = |operation: &Operation| operation.operands.len() > 3 || operation.operands[2] != NONE;
                handlers.chain(parts).filter(is_whole).collect()
            }
            _ => continue,
        };
        let candidates: Vec<Program> = candidates
            .into_iter()
            .map(|other| {
                let mut candidate = search.with(place, |operation| *operation = other);
                candidate.drop_bodies();
                candidate
            })
            .collect();
        if search.attempt_any(candidates) {
            progress = true;
        }
    }
    progress
}

/// The operation with nothing for some operands.
fn with_nothing(operation: &Operation, places: &[usize]) -> Operation {
    let mut operation = operation.clone();
    for at in places {
        if let Some(operand) = operation.operands.get_mut(*at) {
            *operand = NONE;
        }
    }
    operation
}

/// Puts the statements of a block where the block is: what is in an `if`, a loop or a `try` runs once then. A loop variable is
/// bound to what is simplest, or to what the loop goes through.
pub(super) fn open(search: &mut Search<'_>) -> bool {
    for place in places::backwards(&search.best) {
        let Some(operation) = place.get(&search.best) else { continue };
        let blocks: Vec<usize> = match operation.kind {
            Kind::If | Kind::While | Kind::For => vec![1, 2],
            // Its block, `else` and `finally`; the block of a handler comes after its class and its name.
            Kind::Try => (0..3).chain((5..operation.operands.len()).step_by(3)).collect(),
            _ => continue,
        };
        let mut candidates = vec![];
        for (at, block) in blocks.into_iter().filter_map(|at| Some((at, body_of(operation, at)?))) {
            let Some(inner) = search.best.bodies.get(block).map(|body| body.operations.clone()) else { continue };
            let start = place.start(&search.best);
            if operation.kind != Kind::For || at != 1 {
                candidates.extend(places::spliced(&search.best, place, start, inner));
                continue;
            }
            candidates.extend(places::spliced(
                &search.best,
                place,
                start,
                given(&inner, &Operand::Value(Value::Int(0))),
            ));
            if let Some(iterable @ (Operand::Name(_) | Operand::Local(_))) = operation.operands.first() {
                let item =
                    Operation::new(Kind::Get, Target::Temp(0), [iterable.clone(), Operand::Value(Value::Int(0))]);
                let first = [vec![item], inner.clone()].concat();
                candidates.extend(places::spliced(&search.best, place, start, first));
                candidates.extend(places::spliced(&search.best, place, start, given(&inner, iterable)));
            }
        }
        candidates.iter_mut().for_each(Program::drop_bodies);
        if search.attempt_any(candidates) {
            return true;
        }
    }
    false
}

fn body_of(operation: &Operation, at: usize) -> Option<usize> {
    match operation.operands.get(at) {
        Some(Operand::Body(body)) => Some(usize::from(*body)),
        _ => None,
    }
}

/// The operations of a loop, which is given something else than an item.
fn given(operations: &[Operation], other: &Operand) -> Vec<Operation> {
    let mut operations = operations.to_vec();
    // The item is used once, and other temporaries may have its number after that.
    let used = operations.iter_mut().flat_map(|operation| &mut operation.operands);
    if let Some(item) = used.into_iter().find(|operand| **operand == Operand::Temp(0)) {
        *item = other.clone();
    }
    for operation in &mut operations {
        // A part of a target is bound by `Store`, a whole one by a plain assignment.
        if operation.kind == Kind::Store && operation.operands.first() == Some(other) {
            operation.kind = Kind::Plain;
        }
    }
    operations
}

/// Puts what a function does where it is called, if that is at one place, and what a method does where its object is asked.
pub(super) fn inline(search: &mut Search<'_>) -> bool {
    for place in places::backwards(&search.best) {
        let candidates = inlined(&search.best, place).into_iter().chain(methods(&search.best, place));
        if search.attempt_any(candidates.collect::<Vec<_>>()) {
            return true;
        }
    }
    false
}

fn inlined(program: &Program, place: Place) -> Option<Program> {
    let call = place.get(program).filter(|call| call.kind == Kind::CallObject && call.keywords.is_none())?;
    let [function @ Operand::Name(name), arguments @ ..] = call.operands.as_slice() else { return None };
    let defines = |operation: &Operation| operation.kind == Kind::Define && operation.target == Target::Name(*name);
    let at = program.operations.iter().position(defines)?;
    let uses = program.all_operations().flat_map(|operation| &operation.operands).filter(|other| *other == function);
    if uses.count() != 1 || is_part(call) || place.start(program) != place.index {
        return None;
    }
    let [Operand::Body(body), defaults @ ..] = program.operations[at].operands.as_slice() else { return None };
    let head = program.bodies.get(usize::from(*body))?.function.as_ref()?;
    if arguments.len() > head.parameters.len() {
        return None;
    }
    // A default is passed where no argument is.
    let mut defaults = defaults.iter();
    let passed = head.parameters.iter().enumerate().map(|(index, parameter)| {
        let default = if parameter.has_default { defaults.next() } else { None };
        arguments.get(index).or(default).cloned()
    });
    let passed = passed.collect::<Option<Vec<_>>>()?;
    let (mut inlined, operations) = called(program, usize::from(*body), &passed, call.target)?;
    inlined = places::spliced(&inlined, place, place.index, operations)?;
    Some(steps::without(&inlined, [at].into()))
}

/// The programs in which an operation that asks an object of a class of the program is what one of the methods does; the class
/// and the object are gone.
fn methods(program: &Program, place: Place) -> Vec<Program> {
    let Some(asks) = place.get(program).filter(|asks| place.body.is_none() && !is_part(asks)) else { return vec![] };
    let start = place.start(program);
    let mut found = vec![];
    for operand in &asks.operands {
        let Operand::Name(object) = operand else { continue };
        let before = program.operations.get(..start).unwrap_or_default();
        let binds = |name: u16| before.iter().rposition(|operation| operation.target == Target::Name(name));
        let Some(made) = binds(*object).filter(|at| before[*at].kind == Kind::CallObject) else { continue };
        let [Operand::Name(class), ..] = before[made].operands.as_slice() else { continue };
        let Some(defined) = binds(*class).filter(|at| before[*at].kind == Kind::Class) else { continue };
        let body = body_of(&before[defined], 0).and_then(|body| program.bodies.get(body));
        let inner = body.map_or(&[][..], |body| &body.operations);
        for method in inner.iter().filter(|method| method.kind == Kind::Define) {
            let Some(method) = body_of(method, 0) else { continue };
            let count = program.bodies.get(method).and_then(|body| body.function.as_ref());
            let count = count.map_or(0, |head| head.parameters.len());
            // The object, and what else the operation has.
            let others = asks.operands.iter().filter(|other| *other != operand && matches!(other, Operand::Value(_)));
            let rest = others.cloned().chain(std::iter::repeat(Operand::Value(Value::Int(0))));
            let passed: Vec<Operand> = std::iter::once(operand.clone()).chain(rest).take(count).collect();
            found.extend(called(program, method, &passed, asks.target).and_then(|(inlined, operations)| {
                let inlined = places::spliced(&inlined, place, start, operations)?;
                Some(steps::without(&inlined, [defined, made].into()))
            }));
        }
    }
    found
}

/// What a function does that is passed these operands, with names for its variables, and the program that has the names. Its
/// blocks belong to these operations from then on, so that the function has to go.
fn called(program: &Program, body: usize, passed: &[Operand], target: Target) -> Option<(Program, Vec<Operation>)> {
    let mut called = program.clone();
    let body = program.bodies.get(body)?;
    let mut operations = body.operations.clone();
    let mut locals = vec![];
    let mut first = vec![];
    for (index, text) in body.function.as_ref()?.locals.iter().enumerate() {
        let is_bound = binds(&operations, u16::try_from(index).ok()?, program);
        locals.push(match passed.get(index) {
            Some(passed @ (Operand::Value(_) | Operand::Name(_))) if !is_bound => passed.clone(),
            passed => {
                let name = u16::try_from(called.names.len()).ok()?;
                called.names.push(format!("{text}{name}").into());
                first.extend(passed.map(|passed| Operation::new(Kind::Plain, Target::Name(name), [passed.clone()])));
                Operand::Name(name)
            }
        });
    }
    rename(&mut operations, &locals, &mut called)?;
    let result = match operations.last() {
        Some(last) if last.kind == Kind::Return => {
            let value = last.operands.first().cloned();
            operations.pop();
            Some(value.unwrap_or(NONE))
        }
        _ if target != Target::Discard => Some(NONE),
        _ => None,
    };
    match (result, operations.last_mut()) {
        (Some(Operand::Temp(temp)), Some(last)) if last.target == Target::Temp(temp) => last.target = target,
        (Some(result), _) => operations.push(Operation::new(Kind::Plain, target, [result])),
        (None, _) => {}
    }
    first.extend(operations);
    Some((called, first))
}

/// Whether operations, or the blocks that they have, bind a local variable.
fn binds(operations: &[Operation], local: u16, program: &Program) -> bool {
    operations.iter().any(|operation| {
        let in_block = operation.operands.iter().any(|operand| match operand {
            Operand::Body(body) => {
                program.bodies.get(usize::from(*body)).is_none_or(|body| binds(&body.operations, local, program))
            }
            // The name of a handler, or what is changed in place.
            other => *other == Operand::Local(local) && matches!(operation.kind, Kind::Try | Kind::Unbind),
        });
        operation.target == Target::Local(local) || in_block
    })
}

/// Replaces local variables, in operations and in the blocks that they have.
fn rename(operations: &mut [Operation], locals: &[Operand], program: &mut Program) -> Option<()> {
    for operation in operations {
        if let Target::Local(local) = operation.target {
            let Operand::Name(name) = locals.get(usize::from(local))? else { return None };
            operation.target = Target::Name(*name);
        }
        for operand in &mut operation.operands {
            match operand {
                Operand::Local(local) => *operand = locals.get(usize::from(*local))?.clone(),
                Operand::Body(body) => {
                    let body = usize::from(*body);
                    let mut inner = std::mem::take(&mut program.bodies.get_mut(body)?.operations);
                    rename(&mut inner, locals, program)?;
                    program.bodies.get_mut(body)?.operations = inner;
                }
                _ => {}
            }
        }
    }
    Some(())
}
