//! Where operations of a mutant stand, and what can stand there.

use super::origin::List;
use crate::findings::is_expression;
use crate::generate::NAMES;
use crate::generate::bodies::blocks::multiplied;
use program::{Kind, Operand, Operation, Program, Syntax, Target};

/// Where an operation of the mutant stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub(super) depth: usize,
    pub(super) in_function: bool,
    pub(super) is_class: bool,
    pub(super) is_method: bool,
    pub(super) in_loop: bool,
    pub(super) in_comprehension: bool,
    /// Whether it is part of an expression, of which nothing can be left out.
    pub(super) is_expression: bool,
}

impl Place {
    /// The place of what is in a body.
    pub(super) fn inside(self, kind: Kind, at: usize, is_function: bool) -> Place {
        let depth = self.depth + 1;
        let is_expression = self.is_expression || is_expression(kind, at);
        match (kind, is_function) {
            (Kind::Define | Kind::Class, true) => Place {
                depth,
                in_function: true,
                is_class: kind == Kind::Class,
                is_method: self.is_class,
                ..Place::default()
            },
            (Kind::For | Kind::While, _) => Place { depth, is_expression, in_loop: self.in_loop || at == 1, ..self },
            (Kind::Comprehend | Kind::Generate, _) => {
                Place { depth, is_expression, in_comprehension: true, in_loop: false, ..self }
            }
            _ => Place { depth, is_expression, ..self },
        }
    }

    /// Whether operations can stand here that come from elsewhere.
    pub(super) fn has(self, needs: Needs) -> bool {
        !self.is_class
            && !self.is_expression
            && !needs.too_much
            && (!needs.a_loop || self.in_loop)
            && (!needs.function || self.in_function)
            && (!needs.method || self.is_method)
            && (!needs.comprehension || self.in_comprehension)
            && (!needs.no_function || !self.in_function)
            && (!needs.locals || self.in_function)
            && (!needs.names || !self.in_function)
            && (!needs.once || !(self.in_function || self.in_loop))
    }
}

/// What operations ask of the place where they stand.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Needs {
    /// A loop around them, a function, a method, a comprehension.
    pub(super) a_loop: bool,
    pub(super) function: bool,
    pub(super) method: bool,
    pub(super) comprehension: bool,
    /// That no function is around them: they define one.
    pub(super) no_function: bool,
    /// The local variables of a function.
    pub(super) locals: bool,
    /// That names are no local variables: they change what one is bound to.
    pub(super) names: bool,
    /// That they are not done again and again: they go on for long, or make something longer.
    pub(super) once: bool,
    /// More than any program of the generator may have.
    pub(super) too_much: bool,
    /// The number of operations.
    pub(super) count: usize,
}

impl Needs {
    pub(super) fn of(operations: &[Operation], program: &Program) -> Needs {
        let mut needs = Needs::default();
        needs.add(operations, program, false, false);
        needs
    }

    fn add(&mut self, operations: &[Operation], program: &Program, in_loop: bool, in_function: bool) {
        self.count += operations.len();
        for operation in operations {
            match operation.kind {
                Kind::Break | Kind::Continue => self.a_loop |= !in_loop,
                Kind::Return => self.function |= !in_function,
                Kind::Super => self.method |= !in_function,
                Kind::Item => self.comprehension |= !in_loop,
                Kind::Define | Kind::Class => self.no_function = true,
                Kind::While | Kind::For | Kind::CallObject | Kind::Comprehend | Kind::Generate => self.once = true,
                Kind::Source | Kind::Import | Kind::Collect => self.too_much = true,
                _ => {}
            }
            self.once |= multiplied(operation).is_some()
                || operation
                    .operands
                    .iter()
                    .any(|operand| matches!(operand, Operand::Name(name) if usize::from(*name) >= NAMES));
            let is_in_place = matches!(operation.kind.row().syntax, Syntax::InPlace(_) | Syntax::Unbind);
            self.names |= is_in_place && matches!(operation.operands.first(), Some(Operand::Name(_)));
            let is_local = |operand: &Operand| matches!(operand, Operand::Local(_));
            self.locals |= !in_function
                && (operation.operands.iter().any(is_local) || matches!(operation.target, Target::Local(_)));
            for (at, operand) in operation.operands.iter().enumerate() {
                let Operand::Body(body) = operand else { continue };
                let Some(body) = program.bodies.get(usize::from(*body)) else { continue };
                let is_inner = in_loop
                    || matches!(operation.kind, Kind::For | Kind::While) && at == 1
                    || matches!(operation.kind, Kind::Comprehend | Kind::Generate);
                let is_function = body.function.is_some();
                self.add(&body.operations, program, is_inner && !is_function, in_function || is_function);
            }
        }
    }
}

/// Whether a statement can be taken out: what may end a loop or a function stays.
pub(super) fn can_go(operations: &[Operation], place: Place) -> bool {
    operations.iter().all(|operation| match operation.kind {
        Kind::Break | Kind::Return => false,
        // Methods need the attributes of their class.
        kind if place.is_class => kind == Kind::Define,
        Kind::If => !(place.in_loop || place.in_function),
        _ => true,
    })
}

/// Whether a statement of a body can't be anywhere else: it takes what a loop is given, or counts.
pub(super) fn is_pinned(operations: &[Operation], list: List, start: usize) -> bool {
    let takes = |operation: &Operation| operation.operands.contains(&Operand::Temp(0));
    let counts = |operation: &Operation| {
        matches!(operation.kind, Kind::InPlaceAdd | Kind::InPlaceSubtract) && operation.target != Target::Discard
    };
    list.is_some() && start == 0 && operations.first().is_some_and(|first| takes(first) || counts(first))
}

/// Whether the statement before an operation is the start of the counter of a loop, which the operation is.
pub(super) fn is_counter(operations: &[Operation], next: usize) -> bool {
    operations.get(next).is_some_and(|next| next.kind == Kind::While)
}
