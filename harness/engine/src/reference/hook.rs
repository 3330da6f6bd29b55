//! `hook(answer, …)`: an object that does something before it answers what memoryview asks of it.
//!
//! Every conversion of an operand may run program code in Python, and most memory errors ever found in memoryview were
//! made by code that released or resized what was just being used.

use super::object::Object;
use super::{Outcome, Python, no_attribute, type_error};
use program::{Kind, Operation};
use std::cell::RefCell;
use std::rc::Rc;
use view::{Change, Error, Int, Profile};

/// The name of the type.
pub(super) const HOOK: &str = "hook";

/// A type has the methods of its objects, but they want an object.
const OF_A_TYPE: Error = Error::Unspecified { what: "calling a method of a type" };

/// What it does and answers.
pub(super) struct Hook {
    profile: Profile,
    answer: Object,
    deeds: RefCell<Deeds>,
}

/// What a hook does before it answers.
#[derive(Clone, Default)]
struct Deeds {
    releases: Option<Object>,
    appends: Option<Object>,
}

impl Deeds {
    /// Those that the last two parameters of an operation tell.
    fn of(releases: Option<&Object>, appends: Option<&Object>) -> Deeds {
        let given = |object: Option<&Object>| object.filter(|object| !matches!(object, Object::None)).cloned();
        Deeds { releases: given(releases), appends: given(appends) }
    }
}

impl Hook {
    /// Whether it does nothing that is left open, which it must not where nobody can be told.
    pub(super) fn is_known(&self) -> bool {
        let deeds = self.deeds.borrow();
        !matches!(deeds.releases, Some(Object::Type(_)))
            && !matches!(deeds.appends, Some(Object::Type(_) | Object::List(_)))
    }

    /// What it answers, without being asked.
    #[cfg(feature = "faults")]
    pub(super) fn answer(&self) -> &Object {
        &self.answer
    }

    /// As the callback of a weak reference, from which nobody gets an answer or an error.
    pub(super) fn call(&self) {
        let _ = self.asked();
    }

    /// Does nothing from now on.
    pub(super) fn disarm(&self) {
        self.deeds.take();
    }

    /// Does what it is there for, and answers. What fails there is what whoever asked gets to see.
    fn asked(&self) -> Result<&Object, Error> {
        // A copy: what it does may end in anything being asked of it.
        let deeds = self.deeds.borrow().clone();
        match &deeds.releases {
            None => {}
            Some(Object::View(view)) => view.release()?,
            Some(Object::Type(_)) => return Err(OF_A_TYPE),
            Some(other) => return Err(no_attribute(other, "release")),
        }
        match &deeds.appends {
            None => {}
            Some(Object::Bytearray(bytearray)) => bytearray.append(&0_i64)?,
            Some(Object::Array(array)) => array.append(&0_i64)?,
            Some(Object::Type(_)) => return Err(OF_A_TYPE),
            // Lists are values here, and this would change one that others hold.
            Some(Object::List(_)) => return Err(Error::Unspecified { what: "changing a list in place" }),
            Some(other) => return Err(no_attribute(other, "append")),
        }
        Ok(&self.answer)
    }

    /// `__index__`
    pub(super) fn index(&self) -> Result<Int, Error> {
        let answer = self.asked()?;
        answer.as_int().ok_or_else(|| match self.profile.has(Change::IndexText) {
            true => Error::IndexMustBeInt { names: [HOOK.into(), answer.class().into()].into() },
            false => Error::IndexNotInt { type_name: answer.class().into() },
        })
    }

    /// `__float__`
    pub(super) fn float(&self) -> Result<f64, Error> {
        match self.asked()? {
            Object::Float(value) => Ok(*value),
            other => Err(type_error(format!("{HOOK}.__float__ returned non-float (type {})", other.class()))),
        }
    }

    /// `__bool__`
    pub(super) fn truth(&self) -> Result<bool, Error> {
        match self.asked()? {
            Object::Bool(value) => Ok(*value),
            other => Err(type_error(format!("__bool__ should return bool, returned {}", other.class()))),
        }
    }

    /// `__hash__`
    pub(super) fn hash(&self) -> Result<u64, Error> {
        match self.asked()?.as_int() {
            Some(answer) => Ok(view::hash_bytes(Object::big(&answer).to_string().as_bytes())),
            None => Err(type_error("__hash__ method should return an integer")),
        }
    }

    /// `__len__`
    pub(super) fn length(&self) -> Result<usize, Error> {
        let answer = self.asked()?;
        let Some(length) = answer.as_int() else {
            return Err(Error::NotInteger { type_name: answer.class().into() });
        };
        if length.is_negative() {
            return Err(Error::Value("__len__() should return >= 0"));
        }
        let length = length.within(0, isize::MAX as i128).map(|length| length as usize);
        length.ok_or(Error::Overflow("cannot fit 'int' into an index-sized integer"))
    }

    /// `__eq__`, as a condition.
    pub(super) fn equals(&self) -> Result<bool, Error> {
        view::Object::truth(self.asked()?)
    }
}

impl Python {
    /// `hook(answer, releases=…, appends=…)`
    pub(super) fn new_hook(&self, operation: &Operation, operands: &[Object]) -> Outcome {
        let [answer, releases, appends] = self.bind(operation, operands, 1)?;
        let answer = answer.unwrap_or(&Object::None).clone();
        Ok(Object::Hook(Rc::new(Hook {
            profile: self.profile,
            answer,
            deeds: RefCell::new(Deeds::of(releases, appends)),
        })))
    }

    /// `hook.arm(releases=…, appends=…)`
    pub(super) fn arm(&self, hook: &Rc<Hook>, operation: &Operation, arguments: &[Object]) -> Outcome {
        let [releases, appends] = self.bind(operation, arguments, 0)?;
        hook.deeds.replace(Deeds::of(releases, appends));
        self.armed.borrow_mut().push(Rc::downgrade(hook));
        match hook.is_known() {
            true => Ok(Object::None),
            // It may be a callback already.
            false => Err(self.unsupported(operation.kind, "what is no view, or can't be appended to")),
        }
    }
}

/// Whether an operation asks a hook where `view` does the asking, so that the order of things is known.
pub(super) fn is_asked_by_view(operation: &Operation, operands: &[Object]) -> bool {
    match operation.kind {
        Kind::Get | Kind::Set => matches!(operands, [Object::View(_), ..]),
        Kind::In | Kind::NotIn => matches!(operands, [_, Object::View(_)]),
        // As the separator.
        Kind::Hex if operation.keyword_count() == 0 => {
            matches!(operands, [Object::View(_), Object::Hook(_)] | [Object::View(_), Object::Hook(_), Object::Int(_)])
        }
        Kind::NewHook | Kind::Arm | Kind::NewExporter | Kind::AnyCall | Kind::Hash => true,
        Kind::Tuple | Kind::List | Kind::Slice | Kind::TypeOf | Kind::NewView => true,
        _ => false,
    }
}

/// Whether an object is a hook or has one in it.
pub(super) fn has_hook(object: &Object) -> bool {
    match object {
        Object::Hook(_) => true,
        Object::Tuple(items) | Object::List(items) => items.iter().any(has_hook),
        Object::Slice(parts) => parts.iter().any(has_hook),
        _ => false,
    }
}
