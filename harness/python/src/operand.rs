//! Implements the conversions that `view` requests of its operands.

use crate::compare;
use crate::object::{Complex, Object};
use crate::types::instance::{as_instance, is_derived, plain};
use std::borrow::Cow;
use std::rc::Rc;
use view::{Error, Exporter, Int, Item, View};

impl view::Object for Object {
    fn type_name(&self) -> Cow<'_, str> {
        self.class().into()
    }

    fn is_none(&self) -> bool {
        matches!(self, Object::None)
    }

    fn elements(&self) -> Option<Vec<Option<Int>>> {
        let ints = |items: &[Object]| items.iter().map(Object::as_int).collect();
        match self {
            Object::List(list) => Some(list.look(ints)),
            Object::Tuple(items) => Some(ints(items)),
            _ => None,
        }
    }

    fn int(&self) -> Option<Int> {
        self.as_int()
    }

    fn has_index(&self) -> bool {
        matches!(self, Object::Int(_) | Object::Bool(_)) || self.as_type().has_index()
    }

    fn index(&self) -> Option<Result<Int, Error>> {
        self.as_int().map(Ok).or_else(|| self.as_type().index())
    }

    fn float(&self) -> Option<Result<f64, Error>> {
        match self {
            Object::Float(value) => Some(Ok(*value)),
            _ => self.as_type().float(),
        }
    }

    fn complex(&self) -> Option<Result<(f64, f64), Error>> {
        match self {
            Object::Complex(Complex(real, imag)) => Some(Ok((*real, *imag))),
            _ => as_instance(self)?.complex().map(|answer| answer.map(|Complex(real, imag)| (real, imag))),
        }
    }

    fn truth(&self) -> Result<bool, Error> {
        self.as_type().truth()
    }

    fn bytes(&self) -> Option<Cow<'_, [u8]>> {
        match self {
            Object::Bytes(bytes) => Some(bytes.to_vec().into()),
            _ if is_derived(self) => match plain(self) {
                Object::Bytes(bytes) => Some(bytes.to_vec().into()),
                _ => None,
            },
            _ => None,
        }
    }

    fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Object::Str(text) => Some((&**text).into()),
            _ => None,
        }
    }

    fn length(&self) -> Option<Result<usize, Error>> {
        match self.as_type().length() {
            Err(Error::NoLength { .. }) => None,
            length => Some(length.map(isize::unsigned_abs)),
        }
    }

    fn exporter(&self) -> Option<Rc<dyn Exporter>> {
        self.as_exporter()
    }

    fn view(&self) -> Option<&Rc<View>> {
        match self {
            Object::View(view) => Some(view),
            _ => None,
        }
    }

    fn equals(&self, item: &Item) -> Result<bool, Error> {
        compare::equals(&Object::item(*item), self)
    }
}
