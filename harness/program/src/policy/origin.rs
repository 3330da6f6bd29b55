//! What an operand can be, as far as the rules depend on it: which operation made it.

use super::names::is_value;
use crate::operation::{Gives, Kind, Syntax};
use crate::program::{Body, Local, Name, Operand, Operation, Program, Target};
use crate::value::Value;
use std::collections::HashMap;

/// What made an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// An operation that gives a view.
    View,
    /// An operation that gives an object of a type that is no type of types.
    Instance,
    /// `gc.get_referents` of views.
    Referents,
    /// An item of that: the buffer that a view manages.
    Holder,
    /// `pickle.dumps`
    Pickled,
    /// A text, which as a format reads no attributes and items.
    Text,
    /// A member of a module that no version of CPython has. Another Python may have it.
    Member,
    /// The type of an object.
    Class,
    /// A function of the program.
    Function,
    /// A class of the program.
    OwnClass,
    /// An object of such a class.
    Own,
    /// Anything else.
    Other,
}

/// What made the objects of names and temporaries.
#[derive(Debug, Default)]
pub(super) struct Origins {
    /// A step that raises leaves a name as it was, so that a name has an origin only if all that bind it agree.
    names: HashMap<Name, Origin>,
    temps: HashMap<u16, Origin>,
    locals: HashMap<Local, Origin>,
    /// Whether it is about the operations of a function: when that is called, global names may be bound to anything.
    is_in_function: bool,
}

/// What was known around a body.
pub(super) struct Around {
    temps: HashMap<u16, Origin>,
    /// The rest, around a function.
    function: Option<(HashMap<Local, Origin>, bool)>,
}

impl Origins {
    /// Whether each operand has one of these origins.
    pub(super) fn all_are(&self, operands: &[Operand], origins: &[Origin]) -> bool {
        !operands.is_empty() && operands.iter().all(|operand| origins.contains(&self.of(operand)))
    }

    /// What the program has bound a name to so far, whenever that is read.
    pub(super) fn of_name(&self, name: Name) -> Origin {
        self.names.get(&name).copied().unwrap_or(Origin::Other)
    }

    /// What an operand can be.
    pub(super) fn of(&self, operand: &Operand) -> Origin {
        match operand {
            Operand::Name(_) if self.is_in_function => Origin::Other,
            Operand::Name(name) => self.names.get(name).copied().unwrap_or(Origin::Other),
            Operand::Local(local) => self.locals.get(local).copied().unwrap_or(Origin::Other),
            Operand::Temp(temp) => self.temps.get(temp).copied().unwrap_or(Origin::Other),
            Operand::Value(Value::Str(text)) if !names_attributes(text) => Origin::Text,
            Operand::Value(_) | Operand::Body(_) => Origin::Other,
        }
    }

    /// Enters a body. What it binds may have been bound already when an operation before it runs again.
    pub(super) fn enter(&mut self, program: &Program, body: &Body, is_method: bool) -> Around {
        let temps = std::mem::take(&mut self.temps);
        let function = body.function.as_ref().map(|function| {
            let parameters = (0..).zip(&function.parameters).map(|(local, _)| match (local, is_method) {
                (0, true) => (local, Origin::Own),
                _ => (local, Origin::Other),
            });
            let parameters = parameters.collect();
            (std::mem::replace(&mut self.locals, parameters), std::mem::replace(&mut self.is_in_function, true))
        });
        self.note_all(program, body);
        Around { temps, function }
    }

    pub(super) fn leave(&mut self, around: Around) {
        self.temps = around.temps;
        if let Some((locals, is_in_function)) = around.function {
            (self.locals, self.is_in_function) = (locals, is_in_function);
        }
    }

    /// Notes what the operations of a body bind, and those of the blocks in it.
    fn note_all(&mut self, program: &Program, body: &Body) {
        for operation in &body.operations {
            self.note(operation);
            for operand in &operation.operands {
                let inner = match operand {
                    Operand::Body(inner) => program.bodies.get(usize::from(*inner)),
                    _ => None,
                };
                if let Some(inner) = inner.filter(|inner| inner.function.is_none()) {
                    self.note_all(program, inner);
                }
            }
        }
        self.temps.clear();
    }

    /// Notes what an operation makes.
    pub(super) fn note(&mut self, operation: &Operation) {
        let made = self.of_operation(operation);
        match operation.target {
            Target::Discard => {}
            Target::Temp(temp) => _ = self.temps.insert(temp, made),
            Target::Name(name) => agree(&mut self.names, name, made),
            Target::Local(local) => agree(&mut self.locals, local, made),
        }
    }

    /// Takes a name for one that may be bound to anything.
    pub(super) fn forget(&mut self, name: Name) {
        self.names.insert(name, Origin::Other);
    }

    /// What an operation makes.
    pub(super) fn of_operation(&self, operation: &Operation) -> Origin {
        let first = || operation.operands.first().map_or(Origin::Other, |first| self.of(first));
        let row = operation.kind.row();
        match (operation.kind, row.gives) {
            // What is added in place can make another object.
            (_, Gives::Same) if !matches!(row.syntax, Syntax::InPlace(_)) => first(),
            // Another object may have a method of that name, which gives anything.
            (_, Gives::View(_)) if matches!(row.syntax, Syntax::Method(_)) && first() != Origin::View => Origin::Other,
            (_, Gives::View(_)) => Origin::View,
            (Kind::Member, _) if operation.own_name(0).is_some_and(is_value) => Origin::Other,
            (Kind::Member, _) => Origin::Member,
            (Kind::TypeOf, _) => Origin::Class,
            (Kind::Define, _) => Origin::Function,
            (Kind::Class, _) => Origin::OwnClass,
            (Kind::CallObject, _) if first() == Origin::OwnClass => Origin::Own,
            (Kind::AnyAttribute, _) if operation.own_name(1) == Some("__class__") => Origin::Class,
            (Kind::AnyCall, _) => match operation.own_name(0) {
                // Those of the buffer are the exporter, which leads to its class.
                Some("gc.get_referents") if self.all_are(&operation.operands[1..], &[Origin::View]) => {
                    Origin::Referents
                }
                Some("pickle.dumps") => Origin::Pickled,
                Some("io.BytesIO" | "io.StringIO" | "weakref.ref") => Origin::Instance,
                _ => Origin::Other,
            },
            (Kind::Get, _) => match operation.operands.get(1) {
                Some(Operand::Value(Value::Int(_))) if first() == Origin::Referents => Origin::Holder,
                // A part of a view.
                Some(Operand::Value(Value::Slice(_))) if first() == Origin::View => Origin::View,
                _ => Origin::Other,
            },
            (_, Gives::Bytes | Gives::Bytearray | Gives::Array | Gives::Exporter | Gives::Hook | Gives::Iterator)
                if matches!(row.syntax, Syntax::Call(_)) =>
            {
                Origin::Instance
            }
            (Kind::NewStruct | Kind::ToBytes, _) => Origin::Instance,
            // The constant is an object of its own.
            (Kind::Plain, _) if is_constant(operation) => Origin::Instance,
            _ => Origin::Other,
        }
    }
}

/// Whether a text for `str.format` reads attributes or items of what it is given.
fn names_attributes(text: &str) -> bool {
    let mut fields = text.split('{').skip(1).map(|field| field.split(['}', '!', ':']).next().unwrap_or(field));
    fields.any(|field| field.contains(['.', '[']))
}

/// Whether an operation gives a constant that is no type.
fn is_constant(operation: &Operation) -> bool {
    matches!(operation.operands.first(), Some(Operand::Value(value)) if !matches!(value, Value::Type(_)))
}

/// Notes what binds a variable, which has an origin only if all agree that do.
fn agree(known: &mut HashMap<u16, Origin>, variable: u16, made: Origin) {
    let is_agreed = known.get(&variable).is_none_or(|before| *before == made);
    known.insert(variable, if is_agreed { made } else { Origin::Other });
}
