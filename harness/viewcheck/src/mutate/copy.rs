//! Takes operations of an origin into a mutant: with its names, its variables and its bodies.

use super::blocks::without_clause;
use super::names::Is;
use super::origin::{List, Origin};
use super::place::{Place, is_pinned};
use super::plan::Edit;
use super::walk::Walk;
use crate::generate::NAMES;
use program::{Body, Kind, Local, Name, Operand, Operation, Syntax, Target, Value};
use std::ops::Range;

impl Walk<'_, '_> {
    /// Takes one statement.
    pub(super) fn copy(
        &mut self,
        origin: &mut Origin<'_>,
        list: List,
        statement: Range<usize>,
        place: Place,
        change: Option<(Edit, usize)>,
        out: &mut Vec<Operation>,
    ) {
        let operations = origin.list(list);
        if !place.is_expression && self.lacks_callee(origin, &operations[statement.clone()], place) {
            self.leave(origin);
            return origin.skip(&operations[statement]);
        }
        if place.depth == 0 && self.lacks_everything(origin, &operations[statement.clone()]) {
            self.leave(origin);
            self.begin(out);
        }
        let is_whole = statement.len() > 1
            || place.is_expression
            || is_pinned(&operations[statement.clone()], list, statement.start);
        let mut index = statement.start;
        while index < statement.end {
            let operation = &operations[index];
            let edit = change.filter(|(_, at)| *at == index).map(|(edit, _)| edit);
            match edit
                .filter(|edit| *edit == Edit::Clause)
                .and_then(|_| without_clause(operation, self.source.below(8)))
            {
                Some(less) => {
                    self.leave(origin);
                    self.did(Edit::Clause);
                    self.take(origin, &less, place, None, is_whole, out);
                }
                None => self.take(origin, operation, place, edit, is_whole, out),
            }
            index += 1;
            if operation.kind == Kind::Enter {
                // What is in the block is edited, too.
                let end = block_end(operations, index, statement.end);
                let inner = Place { depth: place.depth + 1, ..place };
                self.list(origin, list, index..end, inner, out);
                index = end;
            }
        }
        if place.depth == 0 {
            self.flush(out);
        }
    }

    /// Takes one operation, repaired. One that can't be may be left out if it is a statement of its own.
    pub(super) fn take(
        &mut self,
        origin: &mut Origin<'_>,
        operation: &Operation,
        place: Place,
        edit: Option<Edit>,
        is_whole: bool,
        out: &mut Vec<Operation>,
    ) {
        if edit.is_some() {
            self.leave(origin);
        }
        let mut taken = Operation::new(operation.kind, operation.target, []);
        taken.keywords.clone_from(&operation.keywords);
        let mut is_broken = false;
        for (index, operand) in operation.operands.iter().enumerate() {
            // The base of a class is a class, or none.
            if operation.kind == Kind::Class && index > 0 {
                let base = match operand {
                    Operand::Name(name) => self.read(origin, *name, place),
                    other => Some(other.clone()),
                };
                let is_class = |base: &Operand| !matches!(base, Operand::Name(name) if usize::from(*name) < NAMES);
                taken.operands.extend(base.filter(is_class));
                continue;
            }
            let operand = match operand {
                Operand::Name(name) if is_handler(operation, index) => self.handler(origin, *name, place),
                Operand::Name(name) => match self.read(origin, *name, place) {
                    Some(operand) => operand,
                    None => {
                        self.leave(origin);
                        let found = self.fitting(&taken);
                        is_broken |= found.is_none();
                        if let Some(Operand::Name(found)) = found {
                            origin.set(*name, Some(found));
                        }
                        found.unwrap_or(Operand::Name(0))
                    }
                },
                Operand::Local(local) if is_handler(operation, index) => Operand::Local(self.local(origin, *local)),
                Operand::Local(local) => match Self::known_local(origin, *local) {
                    Some(local) => Operand::Local(local),
                    None => {
                        let found = self.fitting(&taken);
                        is_broken |= found.is_none();
                        found.unwrap_or(Operand::Value(Value::None))
                    }
                },
                Operand::Body(body) => Operand::Body(self.body(origin, operation, index, usize::from(*body), place)),
                other => other.clone(),
            };
            taken.operands.push(operand);
        }
        if let Some(edit) = edit {
            self.change(edit, &mut taken, place);
        }
        self.meant(&mut taken);
        let was_believed = !origin.is_same && origin.was.believes(operation);
        let is_kept = !is_broken && (!was_believed || edit.is_some() || self.mend(&mut taken, place));
        if !is_kept && !is_whole {
            if !origin.is_same {
                origin.was.follow(operation);
            }
            origin.note(operation);
            return;
        }
        constant(&mut taken);
        taken.target = self.target(origin, operation, &taken, place, out);
        if !origin.is_same && self.is_bold(origin, operation, &taken, was_believed) {
            taken.target = Target::Discard;
        }
        if !origin.is_same {
            origin.was.follow(operation);
        }
        origin.note(operation);
        self.push(taken, out);
    }

    /// A name that is written like a local variable of the function means that one.
    fn meant(&self, taken: &mut Operation) {
        let Some(locals) = self.heads.last() else { return };
        for operand in &mut taken.operands {
            if let Operand::Name(name) = operand
                && let Some(at) = locals.iter().position(|local| **local == *super::names::preferred(*name))
            {
                *operand = Operand::Local(at as Local);
            }
        }
    }

    /// Whether an operation would bind a name that nothing is bound to, and may well give nothing, unlike in the origin: later
    /// operations would read a name that nothing was bound to.
    fn is_bold(&self, origin: &Origin<'_>, operation: &Operation, taken: &Operation, was_believed: bool) -> bool {
        let (Target::Name(name), Target::Name(before)) = (taken.target, operation.target) else { return false };
        let is_kept = matches!(taken.kind, Kind::Define | Kind::Class | Kind::Store)
            || matches!(taken.kind.row().syntax, Syntax::InPlace(_));
        if is_kept || self.names.is(name) == Is::Bound {
            return false;
        }
        let state = &self.generator.state;
        let was_bound = origin.is(before) == Is::Bound;
        let is_open = !state.believes(taken);
        is_open && was_believed || was_bound && (is_open || taken.kind == Kind::CallObject || state.is_shaken)
    }

    /// The name that stands for one that is read, if that is bound, or not more so in the origin.
    pub(super) fn readable(&self, origin: &Origin<'_>, name: Name) -> Option<Name> {
        let known = origin.stands(name)?;
        let is_readable = match (self.names.is(known), origin.is(name)) {
            (Is::Bound, _) | (Is::Open, Is::Open) => true,
            (Is::Unbound, Is::Unbound) => self.generator.state.unbound == Some(known),
            _ => false,
        };
        is_readable.then_some(known)
    }

    /// The operand for a name that is read.
    fn read(&mut self, origin: &mut Origin<'_>, name: Name, place: Place) -> Option<Operand> {
        if let Some((_, local)) = origin.as_locals.iter().find(|(other, _)| place.in_function && *other == name) {
            return Some(Operand::Local(*local));
        }
        let found = match self.readable(origin, name) {
            // A function reads names when it is called.
            None if place.in_function && origin.is_to_come(name) => {
                Some(self.names.bind(origin, name, &self.generator.state))
            }
            found => found,
        }?;
        Some(Operand::Name(found))
    }

    /// The local variable that stands for one of the origin, if it is there.
    fn known_local(origin: &Origin<'_>, local: Local) -> Option<Local> {
        origin.locals.get(usize::from(local)).copied().flatten()
    }

    /// The local variable that stands for one of the origin.
    fn local(&mut self, origin: &mut Origin<'_>, local: Local) -> Local {
        if let Some(known) = Self::known_local(origin, local) {
            return known;
        }
        let text = origin.texts.get(usize::from(local)).cloned().unwrap_or_else(|| "z".into());
        let made = self.another_local(text);
        if let Some(known) = origin.locals.get_mut(usize::from(local)) {
            *known = Some(made);
        }
        made
    }

    fn another_local(&mut self, text: Box<str>) -> Local {
        let locals = self.heads.last_mut().unwrap_or(&mut self.program.locals);
        locals.push(text);
        (locals.len() - 1) as Local
    }

    /// The variable of a handler.
    fn handler(&mut self, origin: &mut Origin<'_>, name: Name, place: Place) -> Operand {
        if place.in_function {
            return Operand::Value(Value::None);
        }
        let bound = self.names.bind(origin, name, &self.generator.state);
        self.names.set(bound, Is::Bound);
        Operand::Name(bound)
    }

    /// Where the result of an operation goes.
    fn target(
        &mut self,
        origin: &mut Origin<'_>,
        operation: &Operation,
        taken: &Operation,
        place: Place,
        out: &[Operation],
    ) -> Target {
        let is_in_place = matches!(taken.kind.row().syntax, Syntax::InPlace(_));
        let first = match taken.operands.first() {
            Some(Operand::Temp(temp)) if is_in_place => held(out, *temp),
            first => first,
        };
        match (operation.target, first) {
            (Target::Discard, _) => Target::Discard,
            (Target::Temp(temp), _) => Target::Temp(temp),
            (Target::Name(name), Some(Operand::Name(found))) if is_in_place => {
                let found = *found;
                if origin.stands(name) != Some(found) {
                    origin.set(name, Some(found));
                }
                Target::Name(found)
            }
            (_, Some(Operand::Local(local))) if is_in_place => Target::Local(*local),
            (Target::Name(name), _) if place.in_function => {
                let text = self.free_text();
                let local = self.another_local(text);
                origin.as_locals.push((name, local));
                Target::Local(local)
            }
            (Target::Name(name), _) => {
                let bound = self.names.bind(origin, name, &self.generator.state);
                self.name_function(taken, bound);
                Target::Name(bound)
            }
            (Target::Local(local), _) => Target::Local(self.local(origin, local)),
        }
    }

    /// A name for a local variable that is no other.
    fn free_text(&self) -> Box<str> {
        let locals = self.heads.last().unwrap_or(&self.program.locals);
        let is_free = |text: &String| !locals.iter().any(|other| **other == **text);
        (0..).map(|at| format!("w{at}")).find(is_free).unwrap_or_default().into()
    }

    /// A function has the name that it is bound to.
    fn name_function(&mut self, taken: &Operation, bound: Name) {
        if let (Kind::Define | Kind::Class, Some(Operand::Body(body))) = (taken.kind, taken.operands.first())
            && let Some(head) = self.program.bodies.get_mut(usize::from(*body)).and_then(|body| body.function.as_mut())
        {
            head.name = super::names::preferred(bound).into();
        }
    }

    /// Takes a body. Gives its number.
    fn body(&mut self, origin: &mut Origin<'_>, operation: &Operation, at: usize, body: usize, place: Place) -> u16 {
        let program = origin.program;
        let Some(taken) = program.bodies.get(body) else { return 0 };
        let inner = place.inside(operation.kind, at, taken.function.is_some());
        let mut operations = vec![];
        let before = self.generator.state.clone();
        let was = (!origin.is_same).then(|| origin.was.clone());
        let bound = (self.names.bound(), origin.bound());
        let mut function = taken.function.clone();
        match &mut function {
            Some(head) => {
                let locals = (0..head.locals.len() as Local).map(Some).collect();
                let locals = std::mem::replace(&mut origin.locals, locals);
                let texts = taken.function.as_ref().map_or(&[][..], |head| &head.locals);
                let texts = std::mem::replace(&mut origin.texts, texts);
                let as_locals = std::mem::take(&mut origin.as_locals);
                self.heads.push(std::mem::take(&mut head.locals));
                self.generator.state.start_function();
                self.list(origin, Some(body), 0..taken.operations.len(), inner, &mut operations);
                head.locals = self.heads.pop().unwrap_or_default();
                self.close(head, operation.kind == Kind::Class, &mut operations);
                (origin.locals, origin.texts, origin.as_locals) = (locals, texts, as_locals);
                self.generator.state.clone_from(&before);
                if !origin.is_same {
                    origin.was = was.unwrap_or(before);
                }
            }
            None => {
                self.list(origin, Some(body), 0..taken.operations.len(), inner, &mut operations);
                // It may not be run at all.
                self.names.end_block(&bound.0);
                origin.end_block(&bound.1);
                self.generator.state.merge(&before);
                if !origin.is_same {
                    origin.was.merge(was.as_ref().unwrap_or(&before));
                }
            }
        }
        let own = taken.own.iter().map(|local| self.local(origin, *local)).collect();
        self.program.bodies.push(Body { operations, own, function });
        (self.program.bodies.len() - 1) as u16
    }
}

/// Whether an operand is the variable that an `except` clause binds.
fn is_handler(operation: &Operation, index: usize) -> bool {
    operation.kind == Kind::Try && index > 3 && (index - 3) % 3 == 1
}

/// Where the innermost `with` block ends whose inside begins there.
fn block_end(operations: &[Operation], from: usize, last: usize) -> usize {
    let mut depth = 0_usize;
    for (index, operation) in operations.iter().enumerate().take(last).skip(from) {
        match operation.kind {
            Kind::Enter => depth += 1,
            Kind::Leave if depth == 0 => return index,
            Kind::Leave => depth -= 1,
            _ => {}
        }
    }
    last
}

/// The name that a part of a statement is read from, before it is changed in place.
fn held(operations: &[Operation], temp: u16) -> Option<&Operand> {
    let made = operations.iter().rfind(|operation| operation.target == Target::Temp(temp))?;
    made.operands.first().filter(|_| made.kind == Kind::Plain)
}

/// Makes a constant of a display with nothing in it but constants, as which it would be read.
fn constant(operation: &mut Operation) {
    if !matches!(operation.kind, Kind::Tuple | Kind::List | Kind::Slice) {
        return;
    }
    let value = |operand: &Operand| match operand {
        Operand::Value(value) => Some(value.clone()),
        _ => None,
    };
    let Some(values) = operation.operands.iter().map(value).collect::<Option<Vec<Value>>>() else { return };
    let display = match operation.kind {
        Kind::Tuple => Value::Tuple(values),
        Kind::List => Value::List(values),
        _ => match <[Value; 3]>::try_from(values) {
            Ok(parts) => Value::Slice(Box::new(parts)),
            Err(_) => return,
        },
    };
    *operation = Operation::new(Kind::Plain, operation.target, [Operand::Value(display)]);
}
