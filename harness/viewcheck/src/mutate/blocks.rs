//! Edits of blocks, functions and classes, beside those of the statements in them: a statement is put into a block, a block is
//! opened, a clause goes, and a class has a method of another one.

use super::names::Is;
use super::origin::{List, Origin};
use super::place::{Needs, Place};
use super::plan::Edit;
use super::walk::Walk;
use crate::generate::bodies::ITEM;
use crate::generate::state::Known;
use program::{Body, Kind, Operand, Operation, Target, Value};
use std::ops::Range;

const NONE: Operand = Operand::Value(Value::None);

/// How deep what is put into a block may be.
const DEEPEST: usize = 3;

impl Walk<'_, '_> {
    /// Puts a statement into a block. Says whether that could be done.
    pub(super) fn wrap(
        &mut self,
        origin: &mut Origin<'_>,
        list: List,
        statement: Range<usize>,
        place: Place,
        out: &mut Vec<Operation>,
    ) -> bool {
        let operations = &origin.list(list)[statement.clone()];
        let needs = Needs::of(operations, origin.program);
        let is_unbound = operations.iter().any(|operation| operation.kind == Kind::Unbind);
        let is_movable = place.has(needs) && !needs.no_function && !is_unbound && place.depth < DEEPEST;
        let inside = Place { depth: place.depth + 1, ..place };
        let can_loop = !needs.once && !needs.names && !place.in_function && !place.in_loop;
        if !is_movable || self.left(out, inside) < needs.count + 3 || !self.generator.abilities.has_bodies() {
            return false;
        }
        // Names that are bound in it are read later, so it is run: a view is true that has items.
        let has_items = |known: &Known| match known {
            Known::View(view) => !view.is_released && view.shape.len() == 1 && view.length() > 0,
            _ => false,
        };
        let view = self.generator.state.find(self.source, has_items).map(Operand::Name);
        let (before, bound) = (self.generator.state.clone(), self.names.bound());
        let kind = match (self.source.below(10), &view) {
            (0..=3, Some(_)) if can_loop => Kind::For,
            (4..=6, Some(_)) => Kind::If,
            _ => Kind::Try,
        };
        let mut inner = vec![];
        if kind == Kind::For {
            inner.push(Operation::new(Kind::Store, Target::Name(ITEM), [Operand::Temp(0)]));
            self.names.set(ITEM, Is::Bound);
        }
        let inside = Place { in_loop: place.in_loop || kind == Kind::For, ..inside };
        self.copy(origin, list, statement, inside, None, &mut inner);
        self.generator.state.merge(&before);
        if kind == Kind::Try {
            self.names.end_block(&bound);
        }
        let block = self.block(inner);
        let operands = match (kind, view) {
            (Kind::For | Kind::If, Some(view)) => vec![view, block, NONE],
            _ => {
                let class = Operand::Value(Value::Type(self.source.pick(CAUGHT).into()));
                let class = self.block(vec![Operation::new(Kind::Plain, Target::Discard, [class])]);
                let handler = self.block(vec![]);
                vec![block, NONE, NONE, class, NONE, handler]
            }
        };
        self.push(Operation::new(kind, Target::Discard, operands), out);
        if place.depth == 0 {
            self.flush(out);
        }
        self.did(Edit::Wrap);
        true
    }

    fn block(&mut self, operations: Vec<Operation>) -> Operand {
        self.program.bodies.push(Body { operations, ..Body::default() });
        Operand::Body((self.program.bodies.len() - 1) as u16)
    }

    /// Puts what is in a block where the block is. Says whether it is one.
    pub(super) fn open(
        &mut self,
        origin: &mut Origin<'_>,
        list: List,
        statement: Range<usize>,
        place: Place,
        out: &mut Vec<Operation>,
    ) -> bool {
        let operations = &origin.list(list)[statement.clone()];
        if let Some(enter) = operations.iter().position(|operation| operation.kind == Kind::Enter) {
            let inner = statement.start + enter + 1..statement.end - 1;
            origin.skip(&operations[..enter]);
            self.did(Edit::Open);
            self.list(origin, list, inner, place, out);
            return true;
        }
        let Some(last) = operations.last() else { return false };
        let (bodies, first): (&[usize], usize) = match last.kind {
            Kind::If => (&[1, 2], 0),
            Kind::Try => (&[0, 1, 2, 5], 0),
            // The first statement takes the item, or counts.
            Kind::For | Kind::While => (&[1], 1),
            _ => return false,
        };
        let bodies: Vec<usize> = bodies.iter().filter_map(|at| body_of(last, *at)).collect();
        if bodies.is_empty() {
            return false;
        }
        let body = self.source.pick(&bodies);
        origin.skip(&operations[..operations.len() - 1]);
        self.did(Edit::Open);
        let inner = origin.list(Some(body));
        let first = if first == 0 { 0 } else { super::origin::end(inner, 0) };
        self.list(origin, Some(body), first.min(inner.len())..inner.len(), place, out);
        true
    }

    /// Puts a method of a class of the other program into the class that is being made.
    pub(super) fn method(&mut self, place: Place, out: &mut Vec<Operation>) -> bool {
        let Some(mut other) = self.take_other() else { return false };
        let done = self.method_of(&mut other, place, out).is_some();
        other.forget_locals();
        self.spliced = Some(other);
        done
    }

    fn method_of(&mut self, other: &mut Origin<'_>, place: Place, out: &mut Vec<Operation>) -> Option<()> {
        let program = other.program;
        let classes = program.all_operations().filter(|operation| operation.kind == Kind::Class);
        let bodies: Vec<usize> = classes.filter_map(|class| body_of(class, 0)).collect();
        if bodies.is_empty() {
            return None;
        }
        let class = program.bodies.get(self.source.pick(&bodies))?;
        let locals = &class.function.as_ref()?.locals;
        let known = self.heads.last()?.clone();
        let is_new = |method: &&Operation| match method.target {
            Target::Local(local) => locals.get(usize::from(local)).is_some_and(|text| !known.contains(text)),
            _ => false,
        };
        let methods = class.operations.iter().filter(|operation| operation.kind == Kind::Define).filter(is_new);
        let methods: Vec<&Operation> = methods.collect();
        let method = *methods.get(self.source.below(methods.len()))?;
        let room = Needs::of(std::slice::from_ref(method), program).count;
        if room > self.left(out, place) {
            return None;
        }
        other.texts = locals;
        other.locals = smallvec::SmallVec::from_elem(None, locals.len());
        self.take(other, method, place, None, true, out);
        self.did(Edit::Method);
        Some(())
    }
}

/// What `try` catches that a statement is put into.
const CAUGHT: &[&str] = &["Exception", "Exception", "ValueError", "TypeError", "BufferError"];

/// The operation without one of its clauses, if it can do without one.
pub(super) fn without_clause(operation: &Operation, at: usize) -> Option<Operation> {
    let mut less = operation.clone();
    let clauses: Vec<usize> = match operation.kind {
        Kind::If | Kind::For | Kind::While => vec![2],
        Kind::Try => [1, 2].into_iter().chain((3..operation.operands.len()).step_by(3)).collect(),
        _ => return None,
    };
    let clauses: Vec<usize> = clauses.into_iter().filter(|at| operation.operands.get(*at) != Some(&NONE)).collect();
    let clause = *clauses.get(at % clauses.len().max(1))?;
    match operation.kind {
        Kind::Try if clause > 2 => _ = less.operands.drain(clause..(clause + 3).min(operation.operands.len())),
        _ => *less.operands.get_mut(clause)? = NONE,
    }
    // One that neither handles nor ends anything is no `try`, and only one that handles has `else`.
    let handles = less.operands.len() > 3;
    if less.kind == Kind::Try && !handles {
        *less.operands.get_mut(1)? = NONE;
    }
    let is_whole = less.kind != Kind::Try || handles || less.operands.get(2) != Some(&NONE);
    is_whole.then_some(less)
}

fn body_of(operation: &Operation, at: usize) -> Option<usize> {
    match operation.operands.get(at) {
        Some(Operand::Body(body)) => Some(usize::from(*body)),
        _ => None,
    }
}
