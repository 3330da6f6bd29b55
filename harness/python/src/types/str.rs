//! `str`.

use crate::changes::{Change, Profile};
use crate::context::Python;
use crate::object::{Object, Outcome, Type};
use crate::stop::{Stop, type_error};
use crate::types::hash::{self, Hashed};
use crate::types::iterator::Sequence;
use program::{Trace, str_literal};
use std::any::Any;
use std::rc::Rc;
use view::Error;

impl Type for Rc<str> {
    fn class(&self) -> &str {
        "str"
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("str")
    }

    fn repr(&self) -> Result<String, Stop> {
        match self.is_ascii() {
            true => Ok(str_literal(self)),
            // Whether a character is printable depends on the Unicode database of the version.
            false => Err(Stop::unsupported("`repr` of a str that is not ASCII")),
        }
    }

    fn str(&self) -> Result<String, Stop> {
        Ok(self.to_string())
    }

    fn length(&self) -> Result<isize, Error> {
        Ok(self.chars().count() as isize)
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn item(&self, _: &Python, _: &Object) -> Outcome {
        Err(Stop::unsupported("subscripts of str"))
    }

    fn iterator(&self, python: &Python, this: &Object) -> Outcome {
        let is_narrow = self.is_ascii() && python.has(Change::StrAsciiIterator);
        Ok(Sequence::forward(this, if is_narrow { "str_ascii_iterator" } else { "str_iterator" }))
    }

    fn reverse_iterator(&self, _: &Python, this: &Object) -> Outcome {
        Sequence::backward(this, "reversed", false)
    }

    fn at(&self, position: isize) -> Result<Option<Object>, Error> {
        let character = usize::try_from(position).ok().and_then(|at| self.chars().nth(at));
        Ok(character.map(|character| Object::str(character.to_string())))
    }

    fn contains(&self, _: &Python, item: &Object) -> Result<Option<bool>, Stop> {
        match item {
            Object::Str(part) => Ok(Some((**self).contains(&**part))),
            _ => {
                let class = item.class();
                Err(type_error(format!("'in <string>' requires string as left operand, not {class}")).into())
            }
        }
    }

    fn equals(&self, other: &Object) -> Result<Option<bool>, Error> {
        Ok(match other {
            Object::Str(other) => Some(self == other),
            _ => None,
        })
    }

    fn hash(&self, _: Profile) -> Hashed {
        Ok(Some(hash::of_str(self)))
    }

    fn record(&self, _: &[Option<Object>], trace: &mut Trace) {
        trace.str(self);
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
