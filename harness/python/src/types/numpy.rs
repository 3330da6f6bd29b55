//! `numpy.array` of nested lists of ints. It serves as an exporter; the behaviour of numpy itself is not modelled.

use crate::changes::Profile;
use crate::code::as_error;
use crate::context::Python;
use crate::nested;
use crate::object::{Call, Object, Outcome, Type};
use crate::stop::{Stop, type_error};
use crate::types::described::exports_described;
use crate::types::hash::Hashed;
use program::Kind;
use std::any::Any;
use std::rc::Rc;
use view::{Described, Description, Error, Exporter, Int};

const CLASS: &str = "numpy.ndarray";

/// Returns whether an object is an array of numpy, which does what it likes with most operators.
pub(crate) fn is_ndarray(object: &Object) -> bool {
    object.downcast::<Ndarray>().is_some()
}

/// Returns the error for what numpy does and the reference does not model.
fn not_modelled(what: &str) -> Error {
    as_error(Stop::unsupported(format!("{what} of numpy.ndarray")))
}

/// A `numpy.ndarray`.
struct Ndarray {
    memory: Rc<Described>,
    length: isize,
}

/// `numpy.array(items)` of ints in nested lists, which become `int64`.
pub(super) fn new(python: &Python, call: &Call<'_>) -> Outcome {
    let refused = || call.unsupported("with anything but a nonempty list of ints, or of such lists of one length");
    let Some([items]) = call.by_position() else { return Err(refused()) };
    let (mut shape, mut content) = (Vec::new(), Vec::new());
    flatten(items, 0, &mut shape, &mut content).ok_or_else(refused)?;
    let length = *shape.first().ok_or_else(refused)?;
    // Without a number among them, numpy makes an array of floats.
    if content.is_empty() {
        return Err(refused());
    }
    let description =
        Description { format: Some("l".into()), itemsize: 8, shape: Some(shape), ..Description::default() };
    let memory = Described::new(CLASS, content, &description, python.view_profile().abi())?;
    Ok(Object::instance(Ndarray { memory, length }))
}

/// Returns the shape and content of nested lists, in C order. Returns `None` if the items are not ints or the lists are
/// ragged.
fn flatten(object: &Object, depth: usize, shape: &mut Vec<isize>, content: &mut Vec<u8>) -> Option<()> {
    match object {
        Object::List(list) => {
            let items = list.items();
            let length = items.len() as isize;
            match shape.get(depth) {
                Some(known) if *known != length => return None,
                Some(_) => {}
                None => shape.push(length),
            }
            nested::within(items.len(), || items.iter().try_for_each(|item| flatten(item, depth + 1, shape, content)))?
        }
        Object::Int(Int::Small(value)) if depth == shape.len() => {
            content.extend_from_slice(&value.to_le_bytes());
            Some(())
        }
        _ => None,
    }
}

exports_described! { Ndarray }

impl Type for Ndarray {
    fn class(&self) -> &str {
        CLASS
    }

    fn repr(&self) -> Result<String, Stop> {
        Err(Stop::unsupported("`repr` of numpy.ndarray"))
    }

    fn length(&self) -> Result<isize, Error> {
        Ok(self.length)
    }

    fn truth(&self) -> Result<bool, Error> {
        Err(not_modelled("the truth value"))
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn item(&self, _: &Python, _: &Object) -> Outcome {
        Err(Stop::unsupported("subscripts of numpy.ndarray"))
    }

    fn set_item(&self, _: &Python, _: &Object, _: Option<&Object>) -> Result<(), Stop> {
        Err(Stop::unsupported("setting or deleting items of numpy.ndarray"))
    }

    fn method(&self, python: &Python, _: &Object, call: &Call<'_>) -> Outcome {
        match (call.kind, call.values()) {
            (Kind::ToList, []) => {
                let view = view::View::new(self.memory.clone(), python.view_profile())?;
                Ok(Object::nested(view.tolist()?))
            }
            _ => Err(self.missing(call.name)),
        }
    }

    fn iterator(&self, _: &Python, _: &Object) -> Outcome {
        Err(Stop::unsupported("iteration over numpy.ndarray"))
    }

    fn reverse_iterator(&self, _: &Python, _: &Object) -> Outcome {
        Err(Stop::unsupported("`reversed` of numpy.ndarray"))
    }

    fn contains(&self, _: &Python, _: &Object) -> Result<Option<bool>, Stop> {
        Err(Stop::unsupported("`in` with numpy.ndarray"))
    }

    fn has_index(&self) -> bool {
        true
    }

    /// Only an array without dimensions is an int, and there are none of them here.
    fn index(&self) -> Option<Result<Int, Error>> {
        Some(Err(type_error("only integer scalar arrays can be converted to a scalar index")))
    }

    fn float(&self) -> Option<Result<f64, Error>> {
        Some(Err(not_modelled("`float`")))
    }

    fn equals(&self, _: &Object) -> Result<Option<bool>, Error> {
        Err(not_modelled("`==`"))
    }

    fn hash(&self, _: Profile) -> Hashed {
        Err(Error::Unhashable { type_name: CLASS.into() })
    }

    fn exporter(self: Rc<Self>) -> Option<Rc<dyn Exporter>> {
        Some(self)
    }

    fn has_operators(&self) -> bool {
        true
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
