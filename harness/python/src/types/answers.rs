//! What special methods of programs may answer, and the errors where they answer something else. Hooks and the objects of a
//! program's classes are asked in the same places.

use crate::changes::{Change, Profile};
use crate::object::Object;
use crate::stop::type_error;
use crate::types::hash::{self, Hashed};
use view::{Error, Int};

/// What a method may answer: `class` is the type of its object, in errors.
pub(crate) struct Answer<'a> {
    pub(crate) class: &'a str,
    pub(crate) answer: &'a Object,
    pub(crate) profile: Profile,
}

impl Answer<'_> {
    /// `__index__`
    pub(crate) fn index(&self) -> Result<Int, Error> {
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
            other => Err(type_error(match self.profile.has(Change::SlotResultText) {
                true => format!("{}.__float__() must return a float, not {}", self.class, other.class()),
                false => format!("{}.__float__ returned non-float (type {})", self.class, other.class()),
            })),
        }
    }

    /// `__bool__`
    pub(crate) fn truth(&self) -> Result<bool, Error> {
        match self.answer {
            Object::Bool(value) => Ok(*value),
            other => Err(type_error(match self.profile.has(Change::SlotResultText) {
                true => format!("{}.__bool__() must return a bool, not {}", self.class, other.class()),
                false => format!("__bool__ should return bool, returned {}", other.class()),
            })),
        }
    }

    /// `__hash__`
    pub(crate) fn hash(&self) -> Hashed {
        match self.answer.as_int() {
            Some(answer) => Ok(Some(hash::of_answer(&answer, self.profile.abi()))),
            None => Err(type_error("__hash__ method should return an integer")),
        }
    }

    /// The error for an answer of `__iter__` that is no iterator.
    pub(crate) fn iterator(&self) -> Error {
        type_error(match self.profile.has(Change::IterResultText) {
            true => format!("{}.__iter__() must return an iterator, not {}", self.class, self.answer.class()),
            false => format!("iter() returned non-iterator of type '{}'", self.answer.class()),
        })
    }

    /// `__len__`
    pub(crate) fn length(&self) -> Result<isize, Error> {
        let Some(length) = self.answer.as_int() else {
            return Err(Error::NotInteger { type_name: self.answer.class().into() });
        };
        if length.is_negative() {
            return Err(Error::Value("__len__() should return >= 0"));
        }
        let length = length.within(0, isize::MAX as i128).map(|length| length as isize);
        length.ok_or(Error::Overflow("cannot fit 'int' into an index-sized integer"))
    }
}
