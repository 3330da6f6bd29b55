//! Repairs what an edit broke: names that nothing binds any more, and operations that can't succeed any more.

use super::origin::Origin;
use super::place::Place;
use super::walk::Walk;
use crate::findings::is_expression;
use crate::generate::bodies::blocks::multiplied;
use crate::generate::operands::{self, operand};
use crate::generate::state::Known;
use crate::generate::{Mood, NAMES, hooks, values, weight};
use program::operation::Takes;
use program::{Body, Function, Kind, Name, Operand, Operation, Syntax, Target, Value, policy};

/// How many operations are made of a kind for one that is believed to succeed.
const ATTEMPTS: usize = 4;
/// How often, of a hundred, one is left out that can't be made to succeed.
const LEFT_OUT: usize = 70;

impl Walk<'_, '_> {
    /// The next operand of an operation, for one that is not there any more. `None` if there is none.
    pub(super) fn fitting(&mut self, taken: &Operation) -> Option<Operand> {
        let (state, row, at) = (&self.generator.state, taken.kind.row(), taken.operands.len());
        let is_first = at == 0;
        let takes = row.parameters.get(at).map_or(Takes::Any, |parameter| parameter.takes);
        match row.syntax {
            Syntax::CallObject if is_first => None,
            Syntax::Unbind | Syntax::InPlace(_) if is_first && takes != Takes::Any => {
                Some(operand(takes, taken, state, self.source)).filter(|found| matches!(found, Operand::Name(_)))
            }
            // What it is for is not known.
            _ if takes == Takes::Any => {
                let found = state.find(self.source, |known| known.is_object() && known.is_operand());
                let found = found.or_else(|| state.find(self.source, |known| *known != Known::Unbound));
                let is_name = is_first && matches!(row.syntax, Syntax::Unbind | Syntax::InPlace(_));
                let other = match row.syntax {
                    _ if is_name => None,
                    Syntax::Field => Some(Operand::Value(Value::Int(0))),
                    _ => Some(Operand::Value(Value::Bytes(values::bytes(self.source)))),
                };
                found.map(Operand::Name).or(other)
            }
            _ => Some(operand(takes, taken, state, self.source)),
        }
    }

    /// Whether operations call something that nothing is bound to. There is nothing else to call.
    pub(super) fn lacks_callee(&self, origin: &Origin<'_>, operations: &[Operation], place: Place) -> bool {
        operations.iter().any(|operation| {
            let is_missing = match (operation.kind, operation.operands.first()) {
                (Kind::CallObject, Some(Operand::Name(name))) => {
                    self.readable(origin, *name).is_none() && !(place.in_function && origin.is_to_come(*name))
                }
                _ => false,
            };
            is_missing
                || operation.operands.iter().enumerate().any(|(at, operand)| match operand {
                    Operand::Body(body) if is_expression(operation.kind, at) => {
                        let body = origin.program.bodies.get(usize::from(*body));
                        body.is_some_and(|body| self.lacks_callee(origin, &body.operations, place))
                    }
                    _ => false,
                })
        })
    }

    /// Whether operations read a name that nothing is bound to, and nothing is there that could be read in its place.
    pub(super) fn lacks_everything(&self, origin: &Origin<'_>, operations: &[Operation]) -> bool {
        !self.has_objects() && self.lacks_any(origin, operations)
    }

    fn lacks_any(&self, origin: &Origin<'_>, operations: &[Operation]) -> bool {
        let bodies = &origin.program.bodies;
        operations.iter().flat_map(|operation| &operation.operands).any(|operand| match operand {
            Operand::Name(name) => self.readable(origin, *name).is_none(),
            Operand::Body(body) => {
                bodies.get(usize::from(*body)).is_some_and(|body| self.lacks_any(origin, &body.operations))
            }
            _ => false,
        })
    }

    /// Whether there is something that operations can be done to.
    pub(super) fn has_objects(&self) -> bool {
        self.generator.state.any(|known| known.is_object() && known.is_operand())
    }

    /// Makes what every program of the generator begins with: an exporter and a view of it.
    pub(super) fn begin(&mut self, out: &mut Vec<Operation>) {
        let exporter = operands::exporter(self.generator.abilities.has(Kind::NewArray), self.source);
        for mut operation in [exporter, Operation::new(Kind::NewView, Target::Discard, [])] {
            if operation.kind == Kind::NewView {
                let exporter = self.generator.state.find(self.source, |known| known.is_object() && known.is_operand());
                operation.operands.extend(exporter.map(Operand::Name));
            }
            if !self.generator.state.believes(&operation) {
                operation = Operation::new(Kind::NewBytearray, Target::Discard, [Operand::Value(Value::Int(8))]);
            }
            self.settle(operation, Place::default(), out);
            self.flush(out);
        }
    }

    /// Takes out what names something that programs may not name, such as an attribute that is private to a class which is
    /// gone. If something was defined there, the program ends before it.
    pub(super) fn keep_to_policy(&mut self) {
        let is_suspect = |operation: &Operation| {
            let mut keywords = operation.keywords.iter().flatten();
            operation.kind.row().syntax.own_name().is_some() || keywords.any(|keyword| **keyword == *"key")
        };
        if !self.program.all_operations().any(is_suspect) {
            return;
        }
        while policy::check(self.program).is_err() {
            let is_refused = |steps: &usize| policy::check(&self.program.prefix(*steps)).is_err();
            let Some(steps) = (1..=self.program.steps.len()).find(is_refused) else { return };
            let range = self.program.step_range(steps - 1);
            if self.program.step(steps - 1).iter().any(|operation| matches!(operation.target, Target::Name(_))) {
                self.program.truncate(steps - 1);
                continue;
            }
            let count = range.len() as u32;
            self.program.operations.drain(range);
            self.program.steps.remove(steps - 1);
            self.program.steps.iter_mut().skip(steps - 1).for_each(|end| *end -= count);
            self.program.drop_bodies();
        }
    }

    /// Lets an operation succeed, if it is not believed to: it is done to something else, or with something else. Says
    /// whether it is worth to be kept.
    pub(super) fn mend(&mut self, taken: &mut Operation, place: Place) -> bool {
        if self.generator.state.believes(taken) {
            return true;
        }
        // A loop looks after what it makes longer, and after nothing else.
        let is_watched = (place.in_loop || place.in_function) && multiplied(taken).is_some();
        if !is_watched && (self.mend_names(taken) || self.mend_operands(taken)) {
            return true;
        }
        self.source.mood != Mood::Valid || !self.source.chance(LEFT_OUT)
    }

    fn mend_names(&mut self, taken: &mut Operation) -> bool {
        for at in 0..taken.operands.len() {
            let Operand::Name(old) = taken.operands[at] else { continue };
            if usize::from(old) >= NAMES {
                continue;
            }
            let takes = taken.kind.row().parameters.get(at).map(|parameter| parameter.takes);
            let start = self.source.below(NAMES);
            for name in (0..NAMES).map(|step| ((start + step) % NAMES) as Name) {
                let known = self.generator.state.get(name);
                if name == old || !(known.is_operand() || takes == Some(Takes::Iterator)) {
                    continue;
                }
                taken.operands[at] = Operand::Name(name);
                if self.generator.state.believes(taken) {
                    return true;
                }
            }
            taken.operands[at] = Operand::Name(old);
        }
        false
    }

    fn mend_operands(&mut self, taken: &mut Operation) -> bool {
        let is_plain = |operand: &Operand| matches!(operand, Operand::Name(_) | Operand::Value(_));
        let is_own = hooks::is_about(taken.kind) || taken.kind == Kind::NewExporter;
        if weight(taken.kind) == 0 || is_own || !taken.operands.iter().all(is_plain) {
            return false;
        }
        for _ in 0..ATTEMPTS {
            let made = operands::operation(taken.kind, &self.generator.state, self.source);
            if self.generator.state.believes(&made) {
                (taken.operands, taken.keywords) = (made.operands, made.keywords);
                return true;
            }
        }
        false
    }

    /// A local variable of a function that nothing binds any more would be another name, as Python reads it. Something else
    /// is read in its place.
    pub(super) fn close(&mut self, head: &Function, is_class: bool, operations: &mut [Operation]) {
        let mut bound = vec![false; head.locals.len()];
        bound.iter_mut().take(head.parameters.len()).for_each(|bound| *bound = true);
        // A function knows which names are its own. A class does so from where it binds them.
        let at_once = if is_class { 1 } else { operations.len().max(1) };
        for operations in operations.chunks_mut(at_once) {
            let before = bound.clone();
            mark(operations, &self.program.bodies, &mut bound);
            // What a clause binds is an operand of its statement.
            let is_plain = operations.iter().all(|operation| operation.kind != Kind::Try);
            let known = if is_class && is_plain { &before } else { &bound };
            if known.iter().any(|known| !known) {
                let live = self.generator.state.find(self.source, |known| known.is_object() && known.is_operand());
                let by = live.map_or(Operand::Value(Value::Int(0)), Operand::Name);
                replace(operations, &mut self.program.bodies, known, &by);
            }
        }
    }
}

/// Marks the local variables that operations bind.
fn mark(operations: &[Operation], bodies: &[Body], bound: &mut [bool]) {
    let mut set = |local: u16| {
        if let Some(bound) = bound.get_mut(usize::from(local)) {
            *bound = true;
        }
    };
    for operation in operations {
        if let Target::Local(local) = operation.target {
            set(local);
        }
        for operand in &operation.operands {
            match operand {
                Operand::Local(local) if matches!(operation.kind, Kind::Try | Kind::Unbind) => set(*local),
                _ => {}
            }
        }
    }
    for body in operations.iter().flat_map(|operation| &operation.operands).filter_map(body_of) {
        if let Some(body) = bodies.get(body).filter(|body| body.function.is_none()) {
            mark(&body.operations, bodies, bound);
        }
    }
}

/// Replaces the local variables that nothing binds.
fn replace(operations: &mut [Operation], bodies: &mut [Body], bound: &[bool], by: &Operand) {
    for operand in operations.iter_mut().flat_map(|operation| &mut operation.operands) {
        match operand {
            Operand::Local(local) if !bound.get(usize::from(*local)).is_some_and(|bound| *bound) => {
                *operand = by.clone();
            }
            Operand::Body(body) => {
                // A body only has those before it.
                let Some((body, before)) = bodies.get_mut(..=usize::from(*body)).and_then(<[Body]>::split_last_mut)
                else {
                    continue;
                };
                if body.function.is_none() {
                    replace(&mut body.operations, before, bound, by);
                }
            }
            _ => {}
        }
    }
}

fn body_of(operand: &Operand) -> Option<usize> {
    match operand {
        Operand::Body(body) => Some(usize::from(*body)),
        _ => None,
    }
}
