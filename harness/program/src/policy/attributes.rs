//! The rules for attributes and methods: what leads from an object to the machinery around it, and what hides a call.

use super::names::{self, ATTRIBUTES, HIDING, LOOKED_AT, WRITERS};
use super::origin::Origin;
use super::{Checker, Result, refuse};
use crate::operation::Kind;
use crate::program::{Operand, Operation, Target};
use crate::value::Value;

impl Checker {
    /// An attribute or a method of an operand.
    pub(super) fn attribute(&mut self, operation: &Operation) -> Result {
        let name = operation.own_name(1).unwrap_or_default();
        // A view has nothing private, which can be seen.
        if !(name.starts_with('_') && !name.starts_with("__") && self.is_view(operation.operands.first())) {
            attribute(name)?;
        }
        if LOOKED_AT.contains(&name) && operation.kind != Kind::Lookup && operation.target != Target::Discard {
            let why = "what it gives leads to functions and to what objects keep, so it can be looked at and not used; \
                       write it as a step of its own";
            return Err(refuse(name, why));
        }
        if self.has_exporter && ["__delitem__", "__init__"].contains(&name) && !self.is_view(operation.operands.first())
        {
            return Err(refuse(name, "in a program with `exporter` it is allowed on a memoryview alone"));
        }
        if HIDING.contains(&name)
            && matches!(operation.kind, Kind::AnyAttribute | Kind::GetAttr)
            && operation.target != Target::Discard
        {
            return Err(refuse(name, "as a value it hides what is called; call it where it is read"));
        }
        if let Some(writer) = WRITERS.iter().find(|writer| **writer == name) {
            self.raw(writer)?;
            if matches!(operation.kind, Kind::AnyAttribute | Kind::GetAttr) {
                self.writer = Some((*writer).into());
            }
        }
        Ok(())
    }

    pub(super) fn method(&mut self, operation: &Operation, name: &str) -> Result {
        self.attribute(operation)?;
        let arguments = operation.operands.get(2..).unwrap_or_default();
        match name {
            "__call__" if !arguments.is_empty() => match operation.operands.first() {
                // `type.__call__(x)` is `x()`.
                Some(Operand::Value(Value::Type(path))) if &**path != "type" => self.passes(operation, path, arguments),
                Some(Operand::Value(value)) if !matches!(value, Value::Type(_)) => Ok(()),
                _ => Err(refuse(name, "with arguments it hides what is called; call it by its name")),
            },
            "__new__" if !arguments.is_empty() => match &arguments[0] {
                Operand::Value(Value::Type(path)) if &**path != "type" => self.passes(operation, path, &arguments[1..]),
                Operand::Value(value) if !matches!(value, Value::Type(_)) => Ok(()),
                _ => Err(refuse(name, "its first argument has to be the name of a type, and not `type`")),
            },
            "__setattr__" | "__delattr__" => match arguments.first() {
                None => Ok(()),
                Some(Operand::Value(Value::Str(text))) => {
                    self.settable(operation.operands.first(), text, arguments.get(1..).unwrap_or_default(), name)
                }
                Some(Operand::Value(value)) if !matches!(value, Value::Type(_)) => Ok(()),
                Some(_) => Err(refuse(name, "its first argument has to be a constant, the name of the attribute")),
            },
            "sort" => self.by_key(operation),
            "format" if !arguments.is_empty() => match operation.operands.first() {
                Some(Operand::Value(value)) if !matches!(value, Value::Str(_) | Value::Type(_)) => Ok(()),
                Some(object) if [Origin::Text, Origin::View].contains(&self.origins.of(object)) => Ok(()),
                _ => Err(refuse(name, "the text has to be a constant, in which no attributes or items are named")),
            },
            _ => Ok(()),
        }
    }

    /// A statement that sets, changes or deletes an attribute.
    pub(super) fn set_attribute(&mut self, operation: &Operation) -> Result {
        let (object, name) = (operation.operands.first(), operation.own_name(1).unwrap_or_default());
        self.settable(object, name, operation.operands.get(2..).unwrap_or_default(), name)?;
        if operation.kind == Kind::HoldAttribute {
            if LOOKED_AT.contains(&name) {
                return Err(refuse(name, "what it gives can be looked at and not changed"));
            }
            if !self.is_view(object) && !self.is_own(object) {
                return Err(refuse(name, "on anything but a memoryview it can be set to a constant alone"));
            }
            // What is read is there to be used.
            if WRITERS.contains(&name) {
                self.raw(name)?;
            }
        }
        let is_instance = match object {
            Some(Operand::Value(value)) => !matches!(value, Value::Type(_)),
            Some(object) => matches!(self.origins.of(object), Origin::View | Origin::Instance | Origin::Own),
            None => false,
        };
        match is_instance {
            true => Ok(()),
            // The types are those of all programs.
            false => {
                let special = if operation.kind == Kind::DeleteAttribute { "__delattr__" } else { "__setattr__" };
                let why = format!(
                    "the object may be a type, which other programs use, too; write `x.{special}('{name}', ...)`"
                );
                Err(refuse(name, &why))
            }
        }
    }

    /// The name of an attribute that is set or deleted, and what it is set to.
    fn settable(&self, object: Option<&Operand>, name: &str, values: &[Operand], word: &str) -> Result {
        attribute(name)?;
        let is_view = self.is_view(object);
        let is_type = |value: &Operand| {
            matches!(value, Operand::Value(Value::Type(path)) if &**path == "type")
                || self.origins.of(value) == Origin::Class
        };
        if self.is_own(object) && !name.starts_with("__") && !values.iter().any(is_type) {
            return Ok(());
        }
        let is_constant = |value: &Operand| matches!(value, Operand::Value(value) if !has_type(value));
        match name.starts_with("__") {
            // A special name on an object with a dictionary says how it is copied and pickled.
            true if !is_view => Err(refuse(name, "on anything but a memoryview it can't be set; choose another name")),
            _ if is_view || values.iter().all(is_constant) => Ok(()),
            _ => Err(refuse(word, "on anything but a memoryview an attribute can be set to a constant alone")),
        }
    }

    /// Whether it is an object of a class of the program.
    fn is_own(&self, object: Option<&Operand>) -> bool {
        object.is_some_and(|object| self.origins.of(object) == Origin::Own)
    }

    pub(super) fn is_view(&self, object: Option<&Operand>) -> bool {
        object.is_some_and(|object| self.origins.of(object) == Origin::View)
    }
}

/// An attribute or a method, by its name.
fn attribute(name: &str) -> Result {
    let is_refused = match name.strip_prefix('_') {
        // Special and private names are those of a list: what they lead to changes with every version.
        Some(_) => !names::is_special(name),
        None => ATTRIBUTES.contains(&name),
    };
    match (is_refused, name) {
        (false, _) => Ok(()),
        (true, "__getattribute__" | "__getattr__") => Err(refuse(name, "write `x.name`")),
        (true, _) => Err(refuse(name, "it can lead from an object to what is no part of the program")),
    }
}

/// Whether a constant is a type, or has one in it.
fn has_type(value: &Value) -> bool {
    match value {
        Value::Type(_) => true,
        Value::Tuple(items) | Value::List(items) => items.iter().any(has_type),
        _ => false,
    }
}
