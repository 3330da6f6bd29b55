//! What an operand can be, as far as the rules depend on it: which operation made it.

use super::names::is_value;
use crate::operation::{Gives, Kind, Syntax};
use crate::program::{Name, Operand, Operation, Target};
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
    /// Anything else.
    Other,
}

/// What made the objects of names and temporaries.
#[derive(Debug, Default)]
pub(super) struct Origins {
    /// A step that raises leaves a name as it was, so that a name has an origin only if all that bind it agree.
    names: HashMap<Name, Origin>,
    temps: HashMap<u16, Origin>,
}

impl Origins {
    /// Whether each operand has one of these origins.
    pub(super) fn all_are(&self, operands: &[Operand], origins: &[Origin]) -> bool {
        !operands.is_empty() && operands.iter().all(|operand| origins.contains(&self.of(operand)))
    }

    /// What an operand can be.
    pub(super) fn of(&self, operand: &Operand) -> Origin {
        match operand {
            Operand::Name(name) => self.names.get(name).copied().unwrap_or(Origin::Other),
            Operand::Temp(temp) => self.temps.get(temp).copied().unwrap_or(Origin::Other),
            Operand::Value(Value::Str(text)) if !names_attributes(text) => Origin::Text,
            Operand::Value(_) => Origin::Other,
        }
    }

    /// Notes what an operation makes.
    pub(super) fn note(&mut self, operation: &Operation) {
        let made = self.of_operation(operation);
        match operation.target {
            Target::Discard => {}
            Target::Temp(temp) => _ = self.temps.insert(temp, made),
            Target::Name(name) => {
                let agreed = self.names.get(&name).is_none_or(|before| *before == made);
                self.names.insert(name, if agreed { made } else { Origin::Other });
            }
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
