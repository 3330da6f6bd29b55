//! The rules for attributes and methods: what leads from an object to the machinery around it, and what hides a call.

use super::names::{self, ATTRIBUTES, HIDING, LOOKED_AT, OF_OTHERS, WRITERS};
use super::origin::Origin;
use super::{Checker, Result, refuse};
use crate::operation::Kind;
use crate::program::{Body, Operand, Operation, Program, Target};
use crate::value::Value;

impl Checker {
    /// An attribute or a method of an operand.
    pub(super) fn attribute(&mut self, operation: &Operation) -> Result {
        let name = operation.own_name(1).unwrap_or_default();
        let object = operation.operands.first();
        // A view has nothing private, which can be seen.
        let is_harmless = is_private(name) && self.is_view(object) || self.is_owned(object, name);
        if !is_harmless {
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
            if !self.is_view(object) && !self.is_own(object) && !self.is_owned(object, name) {
                return Err(refuse(name, ONLY_CONSTANTS));
            }
            // What is read is there to be used.
            if WRITERS.contains(&name) {
                self.raw(name)?;
            }
        }
        let is_instance = match object {
            Some(Operand::Value(value)) => !matches!(value, Value::Type(_)),
            Some(object) => {
                matches!(self.origins.of(object), Origin::View | Origin::Instance | Origin::Own | Origin::OwnClass)
            }
            None => false,
        };
        match is_instance || self.is_owned(object, name) {
            true => Ok(()),
            // The types are those of all programs.
            false => {
                let special = if operation.kind == Kind::DeleteAttribute { "__delattr__" } else { "__setattr__" };
                let why = format!(
                    "no class of the program has that attribute so far (it is set on `self` or in the class), and the \
                     object may be a type, which other programs use, too; write `x.{special}('{name}', ...)`"
                );
                Err(refuse(name, &why))
            }
        }
    }

    /// The name of an attribute that is set or deleted, and what it is set to.
    fn settable(&self, object: Option<&Operand>, name: &str, values: &[Operand], word: &str) -> Result {
        let is_type = |value: &Operand| {
            matches!(value, Operand::Value(Value::Type(path)) if &**path == "type")
                || self.origins.of(value) == Origin::Class
        };
        let is_harmless = !values.iter().any(is_type);
        if is_harmless && self.is_owned(object, name) {
            return Ok(());
        }
        attribute(name)?;
        let is_view = self.is_view(object);
        if is_harmless && self.is_own(object) && !name.starts_with("__") {
            return Ok(());
        }
        let is_constant = |value: &Operand| matches!(value, Operand::Value(value) if !has_type(value));
        match name.starts_with("__") {
            // A special name on an object with a dictionary says how it is copied and pickled.
            true if !is_view => Err(refuse(name, "on anything but a memoryview it can't be set; choose another name")),
            _ if is_view || values.iter().all(is_constant) => Ok(()),
            _ if OF_OTHERS.contains(&name) => {
                let why = "objects of the modules have such an attribute, too, so it can be set on `self`, or on an object \
                           where it can be read that it is one of the program's classes; choose another name";
                Err(refuse(word, why))
            }
            _ => Err(refuse(word, ONLY_CONSTANTS)),
        }
    }

    /// Notes the attributes that a class of the program and its objects have.
    pub(super) fn own(&mut self, program: &Program, class: &Body) {
        self.owned.extend(class.function.iter().flat_map(|head| head.locals.iter().cloned()));
        for operand in class.operations.iter().flat_map(|operation| &operation.operands) {
            if let Operand::Body(method) = operand
                && let Some(method) = program.bodies.get(usize::from(*method))
            {
                self.own_of_self(program, method);
            }
        }
    }

    /// Notes what a method and its blocks set on `self`, which is its first parameter.
    fn own_of_self(&mut self, program: &Program, method: &Body) {
        for operation in program.with_blocks(&method.operations) {
            if operation.kind == Kind::SetAttribute
                && let Some(Operand::Local(0)) = operation.operands.first()
                && let Some(name) = operation.own_name(1)
            {
                self.owned.insert(name.into());
            }
        }
    }

    /// Whether it is an attribute that objects of the program's classes have, of an object that is one or can be one.
    fn is_owned(&self, object: Option<&Operand>, name: &str) -> bool {
        // What `self` is depends on who calls the method, so that it can't have an attribute that leads out either.
        let is_ordinary = !name.starts_with("__") && !ATTRIBUTES.contains(&name);
        is_ordinary && self.owned.contains(name) && (self.is_own(object) || !is_of_others(name))
    }

    /// Whether it is an object of a class of the program.
    fn is_own(&self, object: Option<&Operand>) -> bool {
        object.is_some_and(|object| self.origins.of(object) == Origin::Own)
    }

    pub(super) fn is_view(&self, object: Option<&Operand>) -> bool {
        object.is_some_and(|object| self.origins.of(object) == Origin::View)
    }
}

/// Why an attribute can't be set to that.
const ONLY_CONSTANTS: &str = "an attribute that no class of the program has so far can be set to a constant alone; set it on `self` in a method, or \
                              in the class";

fn is_private(name: &str) -> bool {
    name.starts_with('_') && !name.starts_with("__")
}

/// Whether objects that are no part of the program can have such an attribute, and it is theirs.
fn is_of_others(name: &str) -> bool {
    let is_of_modules = is_private(name) && name.ends_with('_');
    is_of_modules || OF_OTHERS.contains(&name) || WRITERS.contains(&name)
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
        (true, _) if name.starts_with("__") && !name.ends_with("__") => {
            Err(refuse(name, "it has another name in each class; write one underscore"))
        }
        (true, _) if is_private(name) => {
            let why = "no class of the program has that attribute so far, and of other objects what is private can lead out of \
                       the program; set it on `self` in a method, or in the class";
            Err(refuse(name, why))
        }
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
