//! A program that a mutant is made of: its statements, and what has become of its names.

use super::names::{Is, preferred};
use crate::generate::state::State;
use program::{Kind, Local, Name, Operand, Operation, Program, Target};
use smallvec::SmallVec;
use std::ops::Range;

/// Statements of an origin: those of a body, or of the program itself.
pub(super) type List = Option<usize>;

/// A program that operations are taken from.
#[derive(Debug)]
pub(super) struct Origin<'p> {
    pub(super) program: &'p Program,
    /// Which of the origins it is.
    pub(super) index: u8,
    names: SmallVec<[Bound; 24]>,
    /// What stands for the local variables of the function, or of the program, that the operations are part of.
    pub(super) locals: SmallVec<[Option<Local>; 8]>,
    /// The names of these variables.
    pub(super) texts: &'p [Box<str>],
    /// Names for which there is a local variable of the function that is made.
    pub(super) as_locals: SmallVec<[(Name, Local); 2]>,
    /// What the program itself was believed to know here, unless that is what is known of the mutant.
    pub(super) was: State,
    /// Whether the mutant is the same program up to here.
    pub(super) is_same: bool,
}

/// What is known of a name of an origin.
#[derive(Clone, Copy, Debug, Default)]
struct Bound {
    /// The name that stands for it.
    name: Option<Name>,
    /// The last operation at the top level that reads it; the end of the program, if a function does.
    until: u32,
    /// Whether anything binds it, and whether something has.
    is_ever: bool,
    is: Is,
    /// Whether it is the name of a function or a class.
    is_defined: bool,
}

impl<'p> Origin<'p> {
    pub(super) fn new(program: &'p Program, index: u8) -> Origin<'p> {
        let mut origin = Origin {
            program,
            index,
            names: SmallVec::from_elem(Bound::default(), program.names.len()),
            locals: SmallVec::from_elem(None, program.locals.len()),
            texts: &program.locals,
            as_locals: SmallVec::new(),
            was: State::default(),
            is_same: false,
        };
        for (at, operation) in program.operations.iter().enumerate() {
            origin.look_at(operation, at as u32);
        }
        origin
    }

    fn look_at(&mut self, operation: &Operation, at: u32) {
        let program = self.program;
        if let Target::Name(name) = operation.target
            && let Some(bound) = self.names.get_mut(usize::from(name))
        {
            bound.is_ever = true;
            bound.is_defined |= matches!(operation.kind, Kind::Define | Kind::Class);
        }
        for operand in &operation.operands {
            match operand {
                Operand::Name(name) => {
                    if let Some(bound) = self.names.get_mut(usize::from(*name)) {
                        bound.until = at;
                        bound.is_ever |= operation.kind == Kind::Try;
                    }
                }
                Operand::Body(body) => {
                    let Some(body) = program.bodies.get(usize::from(*body)) else { continue };
                    let at = if body.function.is_some() { u32::MAX } else { at };
                    body.operations.iter().for_each(|operation| self.look_at(operation, at));
                }
                _ => {}
            }
        }
    }

    /// The operations of a list.
    pub(super) fn list(&self, list: List) -> &'p [Operation] {
        match list {
            None => &self.program.operations,
            Some(body) => self.program.bodies.get(body).map_or(&[], |body| &body.operations),
        }
    }

    /// The name that stands for a name.
    pub(super) fn stands(&self, name: Name) -> Option<Name> {
        self.names.get(usize::from(name))?.name
    }

    pub(super) fn set(&mut self, name: Name, by: Option<Name>) {
        if let Some(bound) = self.names.get_mut(usize::from(name)) {
            bound.name = by;
        }
    }

    /// Whether the program itself has bound a name here.
    pub(super) fn is(&self, name: Name) -> Is {
        self.names.get(usize::from(name)).map_or(Is::Unbound, |bound| bound.is)
    }

    /// Whether the program will bind a name, and has not yet.
    pub(super) fn is_to_come(&self, name: Name) -> bool {
        self.names.get(usize::from(name)).is_some_and(|bound| bound.is_ever && bound.is != Is::Bound)
    }

    /// What is bound, to compare it after a block.
    pub(super) fn bound(&self) -> SmallVec<[Is; 24]> {
        self.names.iter().map(|bound| bound.is).collect()
    }

    /// What is bound after a block.
    pub(super) fn end_block(&mut self, before: &[Is]) {
        for (bound, before) in self.names.iter_mut().zip(before) {
            bound.is = bound.is.after_block(*before);
        }
    }

    pub(super) fn is_defined(&self, name: Name) -> bool {
        self.names.get(usize::from(name)).is_some_and(|bound| bound.is_defined)
    }

    pub(super) fn until(&self, name: Name) -> u32 {
        self.names.get(usize::from(name)).map_or(0, |bound| bound.until)
    }

    /// The name of a mutant that is written in the same way.
    pub(super) fn preferred(&self, name: Name) -> Option<Name> {
        (self.program.name_text(name) == preferred(name)).then_some(name)
    }

    /// Notes what an operation binds.
    pub(super) fn note(&mut self, operation: &Operation) {
        if let Target::Name(name) = operation.target
            && let Some(bound) = self.names.get_mut(usize::from(name))
        {
            bound.is = Is::Bound;
        }
        if let (Kind::Unbind, Some(Operand::Name(name))) = (operation.kind, operation.operands.first())
            && let Some(bound) = self.names.get_mut(usize::from(*name))
        {
            bound.is = Is::Unbound;
        }
    }

    /// Forgets which local variables stand for its own, at the end of the function that has them.
    pub(super) fn forget_locals(&mut self) {
        self.as_locals.clear();
        self.texts = &self.program.locals;
        self.locals = SmallVec::from_elem(None, self.program.locals.len());
    }

    /// Goes past the first operations of the program.
    pub(super) fn skip_to(&mut self, end: usize) {
        let operations = self.program.operations.get(..end).unwrap_or_default();
        self.was = State::of(operations, self.program);
        self.note_all(operations);
    }

    /// Goes past operations without taking them.
    pub(super) fn skip(&mut self, operations: &[Operation]) {
        if !self.is_same {
            self.was.follow_all(operations, self.program);
        }
        self.note_all(operations);
    }

    fn note_all(&mut self, operations: &[Operation]) {
        let program = self.program;
        for operation in operations {
            for operand in &operation.operands {
                if let Operand::Body(body) = operand
                    && let Some(body) = program.bodies.get(usize::from(*body)).filter(|body| body.function.is_none())
                {
                    let before = self.bound();
                    self.note_all(&body.operations);
                    self.end_block(&before);
                }
            }
            self.note(operation);
        }
    }

    /// The statements of a list.
    pub(super) fn statements(&self, list: List) -> Vec<Range<usize>> {
        let operations = self.list(list);
        let mut found = vec![];
        let mut at = 0;
        while at < operations.len() {
            let end = end(operations, at);
            found.push(at..end);
            at = end;
        }
        found
    }
}

/// Where the statement ends that begins with an operation. A `with` block is one.
pub(super) fn end(operations: &[Operation], at: usize) -> usize {
    let (mut parts, mut depth) = (0_usize, 0_usize);
    for (index, operation) in operations.iter().enumerate().skip(at) {
        let used = operation.operands.iter().filter(|operand| matches!(operand, Operand::Temp(_))).count();
        parts = parts.saturating_sub(used) + operation.temps().len();
        match operation.kind {
            Kind::Enter => depth += 1,
            Kind::Leave => depth = depth.saturating_sub(1),
            _ => {}
        }
        if parts == 0 && depth == 0 {
            return index + 1;
        }
    }
    operations.len()
}
