//! Goes through a program and makes another one of it, operation by operation.

use super::names::{Is, Names};
use super::origin::{self, List, Origin};
use super::place::{Needs, Place, can_go, is_counter, is_pinned};
use super::plan::{Edit, Plan};
use crate::generate::bodies::without_binding;
use crate::generate::{Generator, Source, likely};
use program::{Kind, Operand, Operation, Program, Syntax, Target};
use std::ops::Range;

/// A mutant that is being made.
pub(super) struct Walk<'w, 's> {
    pub(super) generator: &'w mut Generator,
    pub(super) source: &'w mut Source<'s>,
    pub(super) program: &'w mut Program,
    pub(super) names: &'w mut Names,
    /// The variables of the functions around.
    pub(super) heads: Vec<Vec<Box<str>>>,
    pub(super) plan: &'w mut Plan,
    pub(super) done: &'w mut Vec<Edit>,
    /// What is spliced in, and what has become of its names, once something was.
    pub(super) other: Option<&'w Program>,
    pub(super) spliced: Option<Origin<'w>>,
    /// The most operations, without bodies.
    pub(super) length: usize,
    /// The operation of the first origin at the top level.
    pub(super) at: u32,
}

/// How many operations are tried for one that can be added.
const ATTEMPTS: usize = 4;

impl<'w> Walk<'w, '_> {
    pub(super) fn start<'p>(&mut self, program: &'p Program) -> Origin<'p> {
        let mut origin = Origin::new(program, 0);
        origin.is_same = (0..).zip(&program.names).all(|(name, text)| **text == *super::names::preferred(name));
        origin
    }

    pub(super) fn did(&mut self, edit: Edit) {
        self.done.push(edit);
    }

    /// From here on the mutant is another program than its origin.
    pub(super) fn leave(&mut self, origin: &mut Origin<'_>) {
        if origin.is_same {
            origin.is_same = false;
            origin.was.clone_from(&self.generator.state);
        }
    }

    /// How many operations there may still be.
    pub(super) fn left(&self, out: &[Operation], place: Place) -> usize {
        let inner: usize = self.program.bodies.iter().map(|body| body.operations.len()).sum();
        let most = match place.depth == 0 && self.program.bodies.is_empty() {
            true => self.length,
            false => self.length.saturating_mul(2),
        };
        most.saturating_sub(self.program.operations.len() + inner + out.len())
    }

    /// Takes the statements in a range of a program.
    pub(super) fn all(&mut self, origin: &mut Origin<'_>, range: Range<usize>) {
        let mut out = vec![];
        self.list(origin, None, range, Place::default(), &mut out);
    }

    /// Completes the mutant.
    pub(super) fn end(&mut self, origin: &mut Origin<'_>) {
        self.leave(origin);
        self.at = u32::MAX;
        self.names.write(self.program);
        self.keep_to_policy();
        if self.done.is_empty() && self.left(&[], Place::default()) == 0 {
            self.drop_last();
        }
        if self.done.is_empty() || self.program.operations.is_empty() {
            self.add(Place::default(), &mut vec![]);
        }
        // One whose bodies are gone is no longer than one that never had any.
        while self.program.bodies.is_empty() && self.program.operations.len() > self.length.max(1) {
            self.program.truncate(self.program.steps.len().saturating_sub(1));
        }
        self.names.write(self.program);
    }

    /// Takes out the last step, and forgets what it bound.
    fn drop_last(&mut self) {
        let last = self.program.steps.len().saturating_sub(1);
        for operation in self.program.step(last) {
            if let Target::Name(name) = operation.target {
                self.names.set(name, Is::Unbound);
                self.generator.state.forget(name);
            }
        }
        self.program.truncate(last);
    }

    /// Makes a step of what was made at the top level.
    pub(super) fn flush(&mut self, out: &mut Vec<Operation>) {
        if !out.is_empty() {
            self.program.operations.append(out);
            self.program.steps.push(self.program.operations.len() as u32);
        }
    }

    /// Takes the statements in a range of a list, with the edits that are planned there.
    pub(super) fn list(
        &mut self,
        origin: &mut Origin<'_>,
        list: List,
        range: Range<usize>,
        place: Place,
        out: &mut Vec<Operation>,
    ) {
        if place.is_expression {
            let change = self.plan_of(origin, list, &range);
            return self.copy(origin, list, range, place, change, out);
        }
        let (mut at, last) = (range.start, range.end);
        let mut again: Option<Range<usize>> = None;
        while at < last {
            let operations = origin.list(list);
            let statement = at..origin::end(operations, at).min(last);
            if list.is_none() && origin.index == 0 {
                self.at = at as u32;
            }
            at = statement.end;
            if self.keep(origin, list, &statement, place, out) {
                continue;
            }
            let is_pinned = is_pinned(&operations[statement.clone()], list, statement.start)
                || is_counter(operations, at.min(last));
            // A loop that was opened is not left any more.
            let needs = Needs::of(&operations[statement.clone()], origin.program);
            let is_lost = needs.a_loop && !place.in_loop;
            let stays = is_pinned || place.depth > 0 && !can_go(&operations[statement.clone()], place);
            if is_lost || !stays && !self.is_wanted(&operations[statement.clone()], needs, place, out) {
                self.leave(origin);
                origin.skip(&operations[statement]);
                continue;
            }
            match self.plan_of(origin, list, &statement) {
                _ if is_pinned => self.copy(origin, list, statement, place, None, out),
                None => self.copy(origin, list, statement, place, None, out),
                Some((Edit::Remove, _)) if can_go(&operations[statement.clone()], place) => {
                    self.leave(origin);
                    origin.skip(&operations[statement]);
                    self.did(Edit::Remove);
                }
                Some((Edit::Swap, _)) if at < last => {
                    let next = at..origin::end(operations, at).min(last);
                    at = next.end;
                    self.swap(origin, list, [statement, next], place, out);
                }
                Some((Edit::Repeat, _)) if place.has(needs) => {
                    self.did(Edit::Repeat);
                    self.copy(origin, list, statement.clone(), place, None, out);
                    self.leave(origin);
                    match self.source.chance(50) && self.is_wanted(&operations[statement.clone()], needs, place, out) {
                        true => self.copy(origin, list, statement, place, None, out),
                        false => again = Some(statement),
                    }
                }
                Some(_) if place.is_class => {
                    self.leave(origin);
                    self.method(place, out);
                    self.copy(origin, list, statement, place, None, out);
                }
                Some((Edit::Wrap, _)) => {
                    self.leave(origin);
                    if !self.wrap(origin, list, statement.clone(), place, out) {
                        self.copy(origin, list, statement, place, None, out);
                    }
                }
                Some((Edit::Open, _)) => {
                    self.leave(origin);
                    if !self.open(origin, list, statement.clone(), place, out) {
                        self.copy(origin, list, statement, place, None, out);
                    }
                }
                Some((Edit::Splice, _)) => {
                    self.leave(origin);
                    if !self.splice(place, out) {
                        self.add(place, out);
                    }
                    self.copy(origin, list, statement, place, None, out);
                }
                Some((change @ (Edit::Operand | Edit::Value | Edit::Kind | Edit::Arguments | Edit::Clause), index)) => {
                    self.copy(origin, list, statement, place, Some((change, index)), out);
                }
                Some(_) => {
                    self.leave(origin);
                    self.add(place, out);
                    self.copy(origin, list, statement, place, None, out);
                }
            }
        }
        if let Some(again) = again {
            let operations = &origin.list(list)[again.clone()];
            if self.is_wanted(operations, Needs::of(operations, origin.program), place, out) {
                self.copy(origin, list, again, place, None, out);
            }
        }
    }

    /// Takes a statement as it is, if the mutant is the same program up to here and nothing is planned for it. Says whether it is.
    fn keep(
        &mut self,
        origin: &mut Origin<'_>,
        list: List,
        statement: &Range<usize>,
        place: Place,
        out: &mut Vec<Operation>,
    ) -> bool {
        let operations = &origin.list(list)[statement.clone()];
        let is_plain = |operation: &Operation| {
            let is_body = |operand: &Operand| matches!(operand, Operand::Body(_));
            let is_too_much = matches!(operation.kind, Kind::Source | Kind::Import | Kind::Collect);
            !is_too_much && self.generator.abilities.can(operation) && !operation.operands.iter().any(is_body)
        };
        let is_kept = origin.is_same
            && place.depth == 0
            && !(origin.index == 0 && self.plan.has(list, statement))
            && statement.len() <= self.left(out, place)
            && operations.iter().all(is_plain);
        if !is_kept {
            return false;
        }
        for operation in operations {
            if let Target::Name(name) = operation.target {
                self.names.bind(origin, name, &self.generator.state);
            }
            origin.note(operation);
            self.push(operation.clone(), out);
        }
        self.flush(out);
        true
    }

    fn plan_of(&mut self, origin: &Origin<'_>, list: List, statement: &Range<usize>) -> Option<(Edit, usize)> {
        if origin.index != 0 {
            return None;
        }
        // What is in a `with` block is planned there.
        let enters = |operation: &Operation| operation.kind == Kind::Enter;
        let head = origin.list(list)[statement.clone()].iter().position(enters);
        self.plan.take(list, &(statement.start..head.map_or(statement.end, |head| statement.start + head + 1)))
    }

    /// Whether there is room for a statement, and the engines can run it.
    pub(super) fn is_wanted(&self, operations: &[Operation], needs: Needs, place: Place, out: &[Operation]) -> bool {
        let abilities = &self.generator.abilities;
        let has_bodies =
            operations.iter().flat_map(|operation| &operation.operands).any(|one| matches!(one, Operand::Body(_)));
        !needs.too_much
            && (!has_bodies || abilities.has_bodies())
            && operations.iter().all(|operation| abilities.can(operation))
            && needs.count <= self.left(out, if has_bodies { Place { depth: 1, ..place } } else { place })
    }

    fn swap(
        &mut self,
        origin: &mut Origin<'_>,
        list: List,
        [first, second]: [Range<usize>; 2],
        place: Place,
        out: &mut Vec<Operation>,
    ) {
        self.leave(origin);
        self.did(Edit::Swap);
        let before = origin.was.clone();
        origin.skip(&origin.list(list)[first.clone()]);
        self.copy(origin, list, second, place, None, out);
        let after = std::mem::replace(&mut origin.was, before);
        self.copy(origin, list, first, place, None, out);
        origin.was = after;
    }

    /// Adds an operation of the generator.
    pub(super) fn add(&mut self, place: Place, out: &mut Vec<Operation>) {
        if place.is_class || self.left(out, place) == 0 {
            return;
        }
        if !self.has_objects() {
            if place.depth == 0 {
                self.begin(out);
                self.did(Edit::Add);
            }
            return;
        }
        for _ in 0..ATTEMPTS {
            let mut operation = self.generator.operation(self.source);
            if place.in_function || place.in_loop && operation.kind == Kind::Unbind {
                operation = without_binding(operation);
            }
            let needs = Needs::of(std::slice::from_ref(&operation), self.program);
            if !place.has(needs) {
                continue;
            }
            self.generator.abilities.fit(&mut operation, &self.generator.state);
            self.settle(operation, place, out);
            if place.depth == 0 {
                self.flush(out);
            }
            return self.did(Edit::Add);
        }
    }

    /// Adds operations for as long as there is room.
    pub(super) fn go_on(&mut self) {
        self.at = u32::MAX;
        let mut room = usize::MAX;
        while self.left(&[], Place::default()) < room {
            room = self.left(&[], Place::default());
            self.add(Place::default(), &mut vec![]);
        }
    }

    /// Binds the result of an operation that is added, if it is worth it.
    pub(super) fn settle(&mut self, mut operation: Operation, place: Place, out: &mut Vec<Operation>) {
        let state = &self.generator.state;
        let is_kept = state.result(&operation).is_object() && likely::succeeds(&operation, state);
        operation.target = match (operation.kind.row().syntax, operation.operands.first()) {
            (Syntax::InPlace(_), Some(Operand::Name(name))) => Target::Name(*name),
            _ if operation.kind.is_statement() || place.in_function => Target::Discard,
            _ if is_kept || self.generator.abilities.keeps() => {
                self.names.add(self.at).map_or(Target::Discard, Target::Name)
            }
            _ => Target::Discard,
        };
        self.push(operation, out);
    }

    /// Adds an operation that is complete.
    pub(super) fn push(&mut self, operation: Operation, out: &mut Vec<Operation>) {
        if let Target::Name(name) = operation.target {
            self.names.set(name, Is::Bound);
        }
        if let (Kind::Unbind, Some(Operand::Name(name))) = (operation.kind, operation.operands.first()) {
            self.names.set(*name, Is::Unbound);
        }
        self.generator.state.follow(&operation);
        out.push(operation);
    }
}
