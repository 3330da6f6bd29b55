//! What is known after operations that the generator did not choose: those of any program.
//!
//! The parts of a statement and the variables of a function have no name. While the state follows a program they stand for
//! names beyond those that any program has, so that what is believed of an operation holds for them as well.

use super::state::{Known, State, View, view};
use super::{layouts, likely, values};
use program::{Gives, Kind, Name, Of, Operand, Operation, Program, Syntax, Target, Value};

/// The first name that stands for a part of a statement.
const PARTS: Name = 40_000;
/// The first name that stands for a variable of a function.
const VARIABLES: Name = 50_000;
/// The most that are known of each.
const MOST: u16 = 64;

impl State {
    /// What is known after the first operations of a program.
    pub(crate) fn of(operations: &[Operation], program: &Program) -> State {
        let mut state = State::default();
        state.follow_all(operations, program);
        state
    }

    /// Whether an operation is believed to succeed, whatever its operands are.
    pub(crate) fn believes(&self, operation: &Operation) -> bool {
        match named(operation) {
            Some(named) => likely::succeeds(&named, self),
            None => likely::succeeds(operation, self),
        }
    }

    /// Forgets what a name is bound to.
    pub(crate) fn forget(&mut self, name: Name) {
        if let Some(known) = self.names.get_mut(usize::from(name)) {
            *known = Known::Unbound;
        }
    }

    /// Changes the picture by operations, those of their blocks included.
    pub(crate) fn follow_all(&mut self, operations: &[Operation], program: &Program) {
        for operation in operations {
            self.follow_blocks(operation, program);
            self.follow(operation);
        }
    }

    /// Changes the picture by what the blocks of an operation may do.
    fn follow_blocks(&mut self, operation: &Operation, program: &Program) {
        let mut before = None;
        for operand in &operation.operands {
            let Operand::Body(body) = operand else { continue };
            let Some(body) = program.bodies.get(usize::from(*body)).filter(|body| body.function.is_none()) else {
                continue;
            };
            let before = before.get_or_insert_with(|| self.clone());
            self.follow_all(&body.operations, program);
            // It may not have been run at all.
            self.merge(before);
        }
    }

    /// Changes the picture by one operation, but for its blocks.
    pub(crate) fn follow(&mut self, operation: &Operation) {
        let named = named(operation);
        let operation = named.as_ref().unwrap_or(operation);
        let first = operation.operands.first().and_then(super::name);
        match operation.kind {
            Kind::NewExporter => self.described = layouts::described(operation),
            Kind::Enter => self.managers.push(first),
            Kind::Leave => {
                if let Some(manager) = self.managers.pop().flatten() {
                    self.apply(&Operation::new(Kind::ExitMethod, Target::Discard, [Operand::Name(manager)]));
                }
            }
            _ => {}
        }
        let is_bound =
            !matches!((operation.target, operation.kind.row().syntax), (Target::Discard, _) | (_, Syntax::InPlace(_)));
        let result = is_bound.then(|| (likely::succeeds(operation, self), self.result_of_any(operation)));
        self.apply(operation);
        let Some((succeeds, result)) = result else { return };
        let name = match operation.target {
            Target::Name(name) => name,
            Target::Temp(temp) => nameless(PARTS, temp),
            Target::Local(local) => nameless(VARIABLES, local),
            Target::Discard => return,
        };
        // What fails leaves a name bound to what it was bound to, if it was.
        match (succeeds, self.get(name)) {
            (true, _) => self.rebind(name, result),
            (false, Known::Unbound) => {}
            (false, _) => self.rebind(name, Known::Other),
        }
        // One operation uses a part.
        if operation.operands.iter().any(|operand| super::name(operand).is_some_and(is_part))
            && !matches!(operation.target, Target::Temp(_))
        {
            self.end_statement();
        }
    }

    /// Forgets the parts of a statement.
    fn end_statement(&mut self) {
        self.nameless.retain(|(name, _)| !is_part(*name));
    }

    /// Forgets local variables, at the start of a function.
    pub(crate) fn start_function(&mut self) {
        self.nameless.clear();
    }

    fn rebind(&mut self, name: Name, known: Known) {
        if name < PARTS {
            return self.bind(name, without_nameless(known));
        }
        self.nameless.retain(|(other, _)| *other != name);
        self.nameless.push((name, known));
    }

    /// What an operation is believed to give. Of a constant, the generator makes views only where it gives it a name first.
    fn result_of_any(&self, operation: &Operation) -> Known {
        match (operation.kind.row().gives, operation.operands.first()) {
            (Gives::View(Of::Again | Of::Through), Some(Operand::Value(Value::Bytes(bytes)))) => {
                view(values::FORMATS[0], bytes.len() as i64, true, None)
            }
            (Gives::Same, Some(Operand::Value(Value::Bytes(bytes)))) => Known::Bytes(bytes.len() as i64),
            _ => self.result(operation),
        }
    }
}

/// The operation with names for its parts and its variables, if it has any.
fn named(operation: &Operation) -> Option<Operation> {
    let is_nameless = |operand: &Operand| matches!(operand, Operand::Temp(_) | Operand::Local(_));
    if !operation.operands.iter().any(is_nameless) {
        return None;
    }
    let mut named = operation.clone();
    for operand in &mut named.operands {
        match operand {
            Operand::Temp(temp) => *operand = Operand::Name(nameless(PARTS, *temp)),
            Operand::Local(local) => *operand = Operand::Name(nameless(VARIABLES, *local)),
            _ => {}
        }
    }
    Some(named)
}

fn nameless(first: Name, at: u16) -> Name {
    first + at.min(MOST)
}

fn is_part(name: Name) -> bool {
    (PARTS..VARIABLES).contains(&name)
}

/// What is known of something, but for what has no name: that is not there later.
fn without_nameless(known: Known) -> Known {
    let named = |name: Option<Name>| name.filter(|name| *name < PARTS);
    match known {
        Known::View(view) => Known::View(View { root: named(view.root), hash: named(view.hash), ..view }),
        Known::Exporter(view) => Known::Exporter(View { root: named(view.root), hash: named(view.hash), ..view }),
        Known::Iterator(view) => Known::Iterator(named(view)),
        known => known,
    }
}
