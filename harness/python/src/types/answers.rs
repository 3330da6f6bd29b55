//! What special methods of programs may answer, and the errors where they answer something else. Hooks and the objects of a
//! program's classes are asked in the same places.

use crate::changes::{Change, Profile};
use crate::object::{Complex, Object};
use crate::stop::type_error;
use crate::types::hash::{self, Hashed};
use std::rc::Rc;
use view::{Error, Int, View};

/// What a method may answer: `class` is the type of its object, in errors.
pub(crate) struct Answer<'a> {
    pub(crate) class: &'a str,
    pub(crate) answer: &'a Object,
    pub(crate) profile: Profile,
}

impl Answer<'_> {
    /// `__index__`
    pub(crate) fn index(&self) -> Result<Int, Error> {
        hash::check_operands(self.answer, self.answer)?;
        let type_name = || self.answer.class().into();
        self.answer.as_int().ok_or_else(|| match self.profile.has(view::Change::IndexText) {
            true => Error::IndexMustBeInt { names: [self.class.into(), type_name()].into() },
            false => Error::IndexNotInt { type_name: type_name() },
        })
    }

    /// `__float__`
    pub(crate) fn float(&self) -> Result<f64, Error> {
        match self.answer {
            Object::Float(value) => Ok(*value),
            other => Err(self.refused("__float__", "a float", || {
                format!("{}.__float__ returned non-float (type {})", self.class, other.class())
            })),
        }
    }

    /// `__bool__`
    pub(crate) fn truth(&self) -> Result<bool, Error> {
        match self.answer {
            Object::Bool(value) => Ok(*value),
            other => Err(self
                .refused("__bool__", "a bool", || format!("__bool__ should return bool, returned {}", other.class()))),
        }
    }

    /// `__int__`
    pub(crate) fn int(&self) -> Result<Int, Error> {
        hash::check_operands(self.answer, self.answer)?;
        self.answer.as_int().ok_or_else(|| self.refused("__int__", "an int", || self.returned("__int__", "int")))
    }

    /// `__complex__`
    pub(crate) fn complex(&self) -> Result<Complex, Error> {
        match self.answer {
            Object::Complex(value) => Ok(*value),
            _ => Err(self.refused("__complex__", "a complex", || self.returned("__complex__", "complex"))),
        }
    }

    /// `__repr__` and `__str__`
    pub(crate) fn text(&self, method: &str) -> Result<String, Error> {
        match self.answer {
            Object::Str(text) => Ok(text.to_string()),
            _ => Err(self.refused(method, "a str", || self.returned(method, "string"))),
        }
    }

    /// `__buffer__`
    pub(crate) fn view(&self) -> Result<Rc<View>, Error> {
        match self.answer {
            Object::View(view) => Ok(view.clone()),
            _ => {
                Err(self
                    .refused("__buffer__", "a memoryview", || "__buffer__ returned non-memoryview object".to_owned()))
            }
        }
    }

    /// `__bytes__`
    pub(crate) fn bytes(&self) -> Result<Object, Error> {
        match self.answer {
            Object::Bytes(_) => Ok(self.answer.clone()),
            _ => Err(self.refused("__bytes__", "a bytes", || self.returned("__bytes__", "bytes"))),
        }
    }

    /// The error of `__iter__` whose answer is no iterator.
    pub(crate) fn no_iterator(&self) -> Error {
        self.refused("__iter__", "an iterator", || {
            format!("iter() returned non-iterator of type '{}'", self.answer.class())
        })
    }

    /// The error for an answer of another type than `wanted`. `before` is its text in versions that do not name the class.
    fn refused(&self, method: &str, wanted: &str, before: impl FnOnce() -> String) -> Error {
        type_error(match self.profile.has(Change::SlotResultText) {
            true => format!("{}.{method}() must return {wanted}, not {}", self.class, self.answer.class()),
            false => before(),
        })
    }

    fn returned(&self, method: &str, wanted: &str) -> String {
        format!("{method} returned non-{wanted} (type {})", self.answer.class())
    }

    /// `__hash__`
    pub(crate) fn hash(&self) -> Hashed {
        if let Some(hashed) = hash::answered(self.answer) {
            return hashed;
        }
        match self.answer.as_int() {
            Some(answer) => Ok(Some(hash::of_answer(&answer, self.profile.abi()))),
            None => Err(type_error("__hash__ method should return an integer")),
        }
    }

    /// `__len__`
    pub(crate) fn length(&self) -> Result<isize, Error> {
        let length = view::Object::index(self.answer);
        let length = length.ok_or_else(|| Error::NotInteger { type_name: self.answer.class().into() })??;
        if length.is_negative() {
            return Err(Error::Value("__len__() should return >= 0"));
        }
        let length = length.within(0, isize::MAX as i128).map(|length| length as isize);
        length.ok_or(Error::Overflow("cannot fit 'int' into an index-sized integer"))
    }
}
