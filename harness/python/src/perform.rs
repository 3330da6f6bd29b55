//! Performs an operation: selects the function that implements it by its syntax.

use crate::builtins::MODULES;
use crate::context::Python;
use crate::object::{Call, Object, Slice};
use crate::stop::{Stop, type_error};
use crate::types::function::Function;
use crate::types::instance::{self, OwnClass};
use crate::types::method::Bound;
use crate::types::weakref::WeakRef;
use crate::types::{constructor, hash};
use crate::{arithmetic, buffer_methods, builtins, compare, nested, operators, record, work};
use program::{Kind, Operand, Operation, Syntax, Trace, Value};
use std::rc::Rc;
use view::{Arguments, Error, Exception};

impl Python {
    /// Makes the object of a constant.
    pub fn constant(&self, value: &Value) -> Result<Object, Stop> {
        self.check_constant(value)?;
        Ok(Object::constant(value))
    }

    /// Checks that this version has the types in a constant, and that they are modelled as values.
    fn check_constant(&self, value: &Value) -> Result<(), Stop> {
        match value {
            Value::Type(path) if &**path == "collections.abc.Buffer" && !self.has(view::Change::BufferClasses) => {
                let text = "module 'collections.abc' has no attribute 'Buffer'";
                Err(Error::raised(Exception::AttributeError, text).into())
            }
            // The type of the same name has another path in this version.
            Value::Type(path) if &**path == "struct.Struct" => Err(Stop::unsupported(format!("`{path}` as a value"))),
            Value::Tuple(items) | Value::List(items) => items.iter().try_for_each(|item| self.check_constant(item)),
            _ => Ok(()),
        }
    }

    /// Performs an operation on its operands. Returns `None` for a statement.
    pub fn perform(&self, operation: &Operation, operands: &[Object]) -> Result<Option<Object>, Stop> {
        let kind = operation.kind;
        if instance::is_unknown_of_derived(operation, operands) {
            // Where there are too many items to look at, one of them may be such an object.
            operands.iter().try_for_each(nested::check_size)?;
            let called = called(operation);
            return Err(Stop::unsupported(format!("{called} with an object of a class derived from a built-in type")));
        }
        if let Kind::Slice | Kind::Zip | Kind::Enumerate | Kind::NewHook | Kind::Arm = kind
            && operands.iter().filter(|operand| nested::any(operand, instance::is_finalized)).count() > 1
        {
            return Err(Stop::unsupported("an object that holds several others which run code when they die"));
        }
        hash::check(operation, operands)?;
        let operand = |index: usize| operands.get(index).ok_or(Stop::Malformed("an operand is missing"));
        let value = match kind.row().syntax {
            Syntax::Call(_) | Syntax::AnyCall => self.call(operation, operands)?,
            Syntax::CallObject => self.call_object(operation, operands)?,
            Syntax::Method(_) | Syntax::AnyMethod => self.method(operation, operands)?,
            Syntax::Attribute(name) => operand(0)?.as_type().attribute(self, name)?,
            Syntax::AnyAttribute | Syntax::HoldAttribute => {
                builtins::classes::attribute(self, operand(0)?, own_name(operation, 1)?)?
            }
            Syntax::Lookup => self.look_up(operand(0)?, own_name(operation, 1)?)?,
            Syntax::Get | Syntax::Hold => operand(0)?.as_type().item(self, operand(1)?)?,
            Syntax::Set => {
                operand(0)?.as_type().set_item(self, operand(1)?, Some(operand(2)?))?;
                return Ok(None);
            }
            Syntax::Delete => {
                operand(0)?.as_type().set_item(self, operand(1)?, None)?;
                return Ok(None);
            }
            Syntax::SetAttribute => {
                self.set_attribute(operand(0)?, operand(1)?, Some(operand(2)?))?;
                return Ok(None);
            }
            Syntax::DeleteAttribute => {
                self.set_attribute(operand(0)?, operand(1)?, None)?;
                return Ok(None);
            }
            Syntax::Infix("is" | "is not")
                if are_constants(operation) && compare::equals(operand(0)?, operand(1)?)? =>
            {
                return Err(Stop::Unspecified(
                    "CPython's compiler decides whether equal constants of a statement are one object",
                ));
            }
            Syntax::Infix(operator) => match operators::compares(operator) {
                true => self.compared(operator, operand(0)?, operand(1)?)?,
                false => self.calculate(operator, operand(0)?, operand(1)?)?,
            },
            Syntax::Prefix(operator) => self.prefix(operator, operand(0)?)?,
            Syntax::InPlace(_) => self.in_place(kind, operand(0)?, operand(1)?)?,
            Syntax::Tuple => Object::Tuple(operands.to_vec().into()),
            Syntax::FString => {
                let texts = operands.iter().map(|part| match part {
                    Object::Str(text) => Ok(&**text),
                    _ => Err(Stop::Malformed("a part of an f-string is no text")),
                });
                Object::str(texts.collect::<Result<String, Stop>>()?)
            }
            Syntax::Field => self.field(operand(0)?, own_name(operation, 1)?, own_name(operation, 2)?)?,
            Syntax::List => Object::List(operands.to_vec().into()),
            Syntax::Slice => {
                let part = |index: usize| operand(index).cloned();
                Object::Slice(Slice(Rc::new([part(0)?, part(1)?, part(2)?])))
            }
            Syntax::Member => self.member(own_name(operation, 0)?)?,
            Syntax::Import => match own_name(operation, 0)? {
                module if MODULES.contains(&module) => return Ok(None),
                module => return Err(Stop::unsupported(format!("the module `{module}`"))),
            },
            Syntax::Source => return Err(Stop::unsupported("any Python")),
            Syntax::Plain | Syntax::Enter | Syntax::Leave | Syntax::Unbind | Syntax::Control => return Ok(None),
        };
        if let Kind::Add | Kind::InPlaceAdd | Kind::Extend | Kind::FromBytes = kind {
            self.grows_to(kind, arithmetic::size(&value).max(arithmetic::size(operand(0)?)))?;
        }
        nested::check_size(&value)?;
        work::spend(work_of(&value, operands))?;
        Ok(Some(value))
    }

    fn call(&self, operation: &Operation, operands: &[Object]) -> Result<Object, Stop> {
        let (_, call) = call_of(operation, operands)?;
        match constructor(call.kind, call.name) {
            Some(new) => new(self, &call),
            None => builtins::call(self, &call),
        }
    }

    /// Calls an object with the other operands.
    fn call_object(&self, operation: &Operation, operands: &[Object]) -> Result<Object, Stop> {
        let (callee, values) = operands.split_first().ok_or(Stop::Malformed("an operand is missing"))?;
        let names = operation.keywords.as_deref().unwrap_or_default();
        let call = Call { kind: operation.kind, name: "__call__", arguments: Arguments { values, names } };
        match callee {
            Object::Class(class) => {
                let (kind, name) = match Kind::call(&class.0) {
                    Some(kind) => (kind, kind.row().name),
                    None => (Kind::AnyCall, &*class.0),
                };
                let call = Call { kind, name, ..call };
                match constructor(kind, name) {
                    Some(new) => new(self, &call),
                    None => builtins::call(self, &call),
                }
            }
            Object::Instance(_) if let Some(class) = instance::as_class(callee) => {
                OwnClass::call(&class, self, call.arguments)
            }
            Object::Instance(_) if instance::as_instance(callee).is_some_and(|own| !own.has("__call__")) => {
                Err(type_error(format!("'{}' object is not callable", callee.class())).into())
            }
            Object::Instance(instance) => match callee.downcast::<Function>() {
                Some(function) => function.call(call.arguments),
                None if let Some(method) = callee.downcast::<Bound>() => method.call(self, call.arguments),
                None if callee.downcast::<WeakRef>().is_some() || instance::as_instance(callee).is_some() => {
                    instance.method(self, callee, &call)
                }
                None => Err(Stop::unsupported(format!("a call of an object of the type {}", callee.class()))),
            },
            other => Err(type_error(format!("'{}' object is not callable", other.class())).into()),
        }
    }

    fn method(&self, operation: &Operation, operands: &[Object]) -> Result<Object, Stop> {
        let (receiver, call) = call_of(operation, operands)?;
        let receiver = receiver.ok_or(Stop::Malformed("a method call has no receiver"))?;
        match call.kind {
            Kind::GetBuffer | Kind::ReleaseBuffer => buffer_methods::call(self, receiver, &call),
            _ => receiver.as_type().method(self, receiver, &call),
        }
    }

    /// Looks up a method before its arguments are evaluated. Returns the receiver.
    fn look_up(&self, object: &Object, name: &str) -> Result<Object, Stop> {
        if [buffer_methods::REQUEST, buffer_methods::RELEASE].contains(&name) && !buffer_methods::has_own(object, name)
        {
            return buffer_methods::find(self, object, name).map(|_| object.clone());
        }
        match object.as_type().attribute(self, name) {
            Ok(_) => Err(Stop::unsupported(format!("a call of `{}.{name}`, which is not a method", object.class()))),
            Err(unsupported @ Stop::Unsupported(_)) if let Object::Class(class) = object => {
                match class.has_method(name) {
                    true => Ok(object.clone()),
                    false => Err(unsupported),
                }
            }
            // Methods are not objects here. An object without the method raises.
            Err(Stop::Unsupported(_)) => Ok(object.clone()),
            Err(stop) => Err(stop),
        }
    }

    /// Records an object, which may be bound to a name.
    ///
    /// # Errors
    ///
    /// Unsupported if it has too many items by now.
    pub fn record(&self, names: &[Option<Object>], object: &Object, trace: &mut Trace) -> Result<(), Stop> {
        if let Object::List(_) | Object::Tuple(_) | Object::Slice(_) = object {
            nested::check_size(object)?;
        }
        hash::check_value(object)?;
        object.as_type().record(names, trace);
        Ok(())
    }

    /// Records the state of every name that is bound to a mutable exporter or to a view.
    pub fn record_live(&self, names: &[Option<Object>], trace: &mut Trace) {
        record::live(names, trace);
    }
}

/// Returns how much work it was to make a value, if it was made.
fn work_of(value: &Object, operands: &[Object]) -> usize {
    let size = arithmetic::size(value);
    match value {
        _ if size == 0 || operands.iter().any(|operand| operand.is(value)) => 0,
        Object::List(_) | Object::Tuple(_) => size.saturating_mul(work::OBJECT),
        _ => size,
    }
}

/// Returns whether an operation compares literals, which the compiler may have merged into one object.
fn are_constants(operation: &Operation) -> bool {
    let is_literal = |operand: &Operand| match operand {
        Operand::Value(Value::None | Value::Bool(_) | Value::Ellipsis | Value::Type(_)) => false,
        operand => matches!(operand, Operand::Value(_)),
    };
    operation.operands.iter().all(is_literal)
}

/// Returns the name of an operation in messages.
fn called(operation: &Operation) -> String {
    let name = match operation.kind.row().syntax {
        Syntax::AnyCall => operation.own_name(0),
        Syntax::AnyMethod | Syntax::AnyAttribute | Syntax::Lookup => operation.own_name(1),
        Syntax::HoldAttribute => operation.own_name(1),
        Syntax::Get | Syntax::Hold => return "a subscript".to_owned(),
        Syntax::Set | Syntax::Delete => return "setting or deleting an item".to_owned(),
        Syntax::Tuple | Syntax::List | Syntax::Slice => return format!("a {}", operation.kind.row().name),
        _ => None,
    };
    format!("`{}`", name.unwrap_or(operation.kind.row().name))
}

/// Returns a str operand that is part of the operation itself, such as the name of an attribute.
fn own_name(operation: &Operation, index: usize) -> Result<&str, Stop> {
    operation.own_name(index).ok_or(Stop::Malformed("an operation lacks the name that belongs to it"))
}

/// Returns the call that an operation performs, and its receiver if it calls a method.
fn call_of<'a>(operation: &'a Operation, operands: &'a [Object]) -> Result<(Option<&'a Object>, Call<'a>), Stop> {
    let receiver = operands.first().ok_or(Stop::Malformed("an operand is missing"));
    let (receiver, name, values) = match operation.kind.row().syntax {
        Syntax::Method(name) => (Some(receiver?), name, operands.get(1..)),
        Syntax::AnyMethod => (Some(receiver?), own_name(operation, 1)?, operands.get(2..)),
        Syntax::AnyCall => (None, own_name(operation, 0)?, operands.get(1..)),
        Syntax::Call(path) => (None, path, Some(operands)),
        _ => (None, operation.kind.row().name, Some(operands)),
    };
    let (values, names) = (values.unwrap_or_default(), operation.keywords.as_deref().unwrap_or_default());
    Ok((receiver, Call { kind: operation.kind, name, arguments: Arguments { values, names } }))
}
