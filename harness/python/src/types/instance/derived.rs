//! Objects of classes whose base is a built-in type with a buffer: they are such objects where their class says nothing else.
//!
//! Such an object has a *payload*, which is the object as one of the built-in type: it has the buffer and the methods. What
//! the program sees of it is the object itself, and what an operation gives is of the built-in type, as in Python.

use super::parent::no_arguments;
use super::{Instance, as_instance};
use crate::context::Python;
use crate::exporters::Bytearray;
use crate::object::{Call, Object, Outcome, Type, no_attribute, not_assigned};
use crate::stop::{Stop, type_error};
use crate::types::{array, bytearray, bytes, hook};
use program::Kind;
use std::any::Any;
use std::rc::Rc;
use view::{Arguments, Buffer, Error, Exception, Export, Exporter, Flags};

/// A built-in type that a class can be derived from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Builtin {
    Bytes,
    Bytearray,
    Array,
}

impl Builtin {
    pub(super) fn of(path: &str) -> Option<Builtin> {
        Some(match path {
            "bytes" => Builtin::Bytes,
            "bytearray" => Builtin::Bytearray,
            "array.array" => Builtin::Array,
            _ => return None,
        })
    }

    /// Makes the payload of an object of a class that is called with these arguments: `__new__`, and `__init__`, unless the
    /// class has one of its own. Bytes and arrays take all that they need in `__new__`, a bytearray nothing.
    pub(super) fn make(self, python: &Python, arguments: Arguments<'_, Object>, has_init: bool) -> Outcome {
        match self {
            Builtin::Bytes => {
                let call = Call { kind: Kind::NewBytes, name: "bytes", arguments };
                Ok(fresh(&bytes::new(python, &call)?))
            }
            Builtin::Bytearray if has_init => Ok(Object::Bytearray(Bytearray::new(vec![]))),
            Builtin::Bytearray => {
                bytearray::new(python, &Call { kind: Kind::NewBytearray, name: "bytearray", arguments })
            }
            // Only `array` itself refuses keyword arguments. A class passes over them.
            Builtin::Array if !arguments.names.is_empty() => {
                Err(Stop::unsupported("a class derived from `array.array` that is called with keyword arguments"))
            }
            Builtin::Array => array::new(python, &Call { kind: Kind::NewArray, name: "array.array", arguments }),
        }
    }
}

/// Bytes are copied, so that what an operation gives is never the payload itself.
fn fresh(payload: &Object) -> Object {
    match payload {
        Object::Bytes(content) => Object::bytes(content.to_vec()),
        other => other.clone(),
    }
}

/// The object as one of the built-in type that its class is derived from; other objects as they are.
pub(crate) fn plain(object: &Object) -> Object {
    match as_instance(object).and_then(|instance| instance.payload.as_ref()) {
        Some(payload) => fresh(payload),
        None => object.clone(),
    }
}

/// Whether the class of an object is derived from a built-in type.
pub(crate) fn is_derived(object: &Object) -> bool {
    as_instance(object).is_some_and(|instance| instance.payload.is_some())
}

/// Whether an object has nothing to do with code of the program, apart from its class.
fn is_quiet(object: &Object) -> bool {
    is_derived(object) || !hook::has_hook(object)
}

impl Instance {
    /// The payload, for an operation with other objects, which must be such that no code of the program has to be asked.
    fn payload_with(&self, others: &[&Object]) -> Result<Option<Object>, Stop> {
        match &self.payload {
            Some(_) if !others.iter().all(|other| is_quiet(other)) => {
                Err(Stop::unsupported("an operation of a built-in type with an object of the program"))
            }
            payload => Ok(payload.as_ref().map(fresh)),
        }
    }

    /// `object[key]` without a method of the class.
    pub(super) fn payload_item(&self, python: &Python, key: &Object) -> Option<Outcome> {
        let payload = self.payload_with(&[key]).transpose()?;
        Some(payload.and_then(|payload| payload.as_type().item(python, key)))
    }

    /// `object[key] = value`, or `del object[key]`, without a method of the class.
    pub(super) fn payload_set(
        &self,
        python: &Python,
        key: &Object,
        value: Option<&Object>,
    ) -> Option<Result<(), Stop>> {
        let others: Vec<&Object> = [Some(key), value].into_iter().flatten().collect();
        Some(match self.payload_with(&others).transpose()? {
            Ok(Object::Bytes(_)) => Err(not_assigned(self.class(), true, key, value).into()),
            Ok(payload) => payload.as_type().set_item(python, key, value),
            Err(stop) => Err(stop),
        })
    }

    /// A method of the built-in type.
    pub(super) fn builtin_method(&self, python: &Python, call: &Call<'_>) -> Outcome {
        let values = call.values();
        let others: Vec<&Object> = values.iter().collect();
        let Some(payload) = self.payload_with(&others)? else { return Err(self.missing(call.name)) };
        let one = |count: usize| call.arguments.names.is_empty() && values.len() == count;
        let of_type = payload.as_type();
        match (call.name, values) {
            ("__init__", _) => self.begin(python, &payload, call),
            ("__len__", []) => Ok(Object::size(of_type.length()?)),
            ("__iter__", []) => self.payload_iterator(python).unwrap_or_else(|| Err(self.missing(call.name))),
            ("__getitem__", [key]) if one(1) => of_type.item(python, key),
            ("__setitem__", [key, value]) if one(2) => {
                of_type.set_item(python, key, Some(value)).map(|()| Object::None)
            }
            ("__delitem__", [key]) if one(1) => of_type.set_item(python, key, None).map(|()| Object::None),
            ("__contains__", [item]) if one(1) => python.compared("in", item, &payload),
            _ => {
                let values: Vec<Object> = values.iter().map(plain).collect();
                let is_plain = call.values().iter().any(is_derived);
                let arguments = Arguments { values: &values, names: call.arguments.names };
                let outcome = of_type.method(python, &payload, &Call { arguments, ..*call });
                match outcome {
                    Err(Stop::Raised(error)) if error.exception() == Exception::AttributeError => {
                        Err(no_attribute(self.class(), call.name).into())
                    }
                    // Its text may name the type of an argument.
                    Err(Stop::Raised(error)) if is_plain && error.exception() == Exception::TypeError => {
                        Err(call.unsupported("that refuses an object of a class of the program"))
                    }
                    outcome => {
                        python.grows_to(call.kind, crate::arithmetic::size(&payload))?;
                        outcome
                    }
                }
            }
        }
    }

    /// `bytearray.__init__`, which begins anew. Bytes and arrays have that of `object`.
    fn begin(&self, python: &Python, payload: &Object, call: &Call<'_>) -> Outcome {
        let Object::Bytearray(content) = payload else {
            return match call.values() {
                [] => Ok(Object::None),
                // An array leaves its arguments to `__new__`.
                _ => Err(no_arguments().into()),
            };
        };
        let call = Call { kind: Kind::NewBytearray, name: "bytearray", arguments: call.arguments };
        // What is wrong with the arguments is found out first, and what is wrong with the source last.
        bytes::source(python, &call)?;
        content.clear()?;
        let Object::Bytearray(added) = bytearray::new(python, &call)? else { return Ok(Object::None) };
        content.extend(&added.to_vec())?;
        Ok(Object::None)
    }

    /// `iter(object)` without a method of the class.
    pub(super) fn payload_iterator(&self, python: &Python) -> Option<Outcome> {
        let (payload, this) = (self.payload.as_ref()?, self.this.upgrade()?);
        Some(payload.as_type().iterator(python, &Object::Instance(this)))
    }

    /// The text of the payload, with the name of the class.
    pub(super) fn payload_text(&self) -> Result<String, Stop> {
        let payload = self.payload.as_ref().ok_or(Stop::Malformed("an object has no payload"))?;
        let text = payload.as_type().repr()?;
        Ok(match payload {
            Object::Bytes(_) => text,
            _ => text.find('(').map_or(text.clone(), |at| format!("{}{}", self.class(), &text[at..])),
        })
    }

    /// `object == other` without a method of the class.
    pub(super) fn payload_equals(&self, other: &Object) -> Option<Result<Option<bool>, Error>> {
        self.payload.as_ref().map(|payload| payload.as_type().equals(&plain(other)))
    }
}

/// What an operator gives for objects of which one is derived from a built-in type: the same as for one of that type.
///
/// `act` is given both as such.
pub(crate) fn calculated(
    operator: &str,
    left: &Object,
    right: &Object,
    act: impl FnOnce(&Object, &Object) -> Outcome,
) -> Outcome {
    let (plain_left, plain_right) = (plain(left), plain(right));
    match act(&plain_left, &plain_right) {
        Err(Stop::Raised(error)) if error.exception() == Exception::TypeError => {
            let text = error.to_string();
            let (left, right) = (left.class(), right.class());
            Err(match plain_left {
                // The texts that name types name those of the program.
                Object::Bytes(_) | Object::Bytearray(_) if operator.starts_with('+') => {
                    type_error(format!("can't concat {right} to {left}")).into()
                }
                _ if text.starts_with("unsupported operand type(s)") => {
                    type_error(format!("unsupported operand type(s) for {operator}: '{left}' and '{right}'")).into()
                }
                _ => Stop::unsupported(format!("`{operator}` of objects of the types {left} and {right}")),
            })
        }
        outcome => outcome,
    }
}

/// An object with a payload as an exporter: its buffer is that of the payload, and its views refer to itself.
///
/// case: classes-derived-from-exporters
impl Exporter for Instance {
    fn export(self: Rc<Self>, flags: Flags) -> Result<Export, Error> {
        let exporter = self.payload.as_ref().and_then(Object::as_exporter);
        exporter.ok_or_else(|| Error::NoBuffer { type_name: self.class().into() })?.export(flags)
    }

    fn hash(&self) -> Result<(), Error> {
        Type::hash(self, self.profile).map(drop)
    }

    fn buffer(&self) -> Option<&Rc<Buffer>> {
        match self.payload.as_ref()? {
            Object::Bytes(content) => Exporter::buffer(&**content),
            Object::Bytearray(content) => Exporter::buffer(&**content),
            Object::Array(content) => Exporter::buffer(&**content),
            _ => None,
        }
    }

    fn object(self: Rc<Self>) -> Option<Box<dyn Any>> {
        Some(Box::new(Object::Instance(self)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
