//! Reading attributes, of views and of what else cases read them from.

use super::object::{Class, Object};
use super::{Outcome, Python, no_attribute};
use program::{Kind, names};
use view::Change;

/// The data descriptors of the type memoryview.
pub(super) const DESCRIPTORS: &[&str] = &[
    "obj",
    "nbytes",
    "readonly",
    "format",
    "itemsize",
    "ndim",
    "shape",
    "strides",
    "suboffsets",
    "c_contiguous",
    "f_contiguous",
    "contiguous",
];

/// Whether all attributes of an object are known here, but those with underscores.
fn is_known(object: &Object) -> bool {
    match object {
        Object::Type(class) => &**class == "memoryview",
        _ => {
            matches!(object, Object::View(_) | Object::Bytes(_) | Object::Bytearray(_) | Object::Array(_))
                || matches!(object, Object::Exporter(_, Class::Described) | Object::Iter(_))
        }
    }
}

impl Python {
    /// `object.name`
    pub(super) fn attribute(&self, object: &Object, name: &str) -> Outcome {
        let found = match object {
            Object::View(view) => self.view_attribute(view, name)?,
            Object::Type(class) if &**class == "memoryview" && DESCRIPTORS.contains(&name) => {
                Some(Object::Descriptor(name.into()))
            }
            Object::Array(array) => match name {
                "itemsize" => Some(Object::size(array.itemsize() as isize)),
                "typecode" => Some(Object::str(super::exporters::typecode(array).to_string())),
                _ => None,
            },
            Object::Struct(format, _) => match name {
                "size" => Some(Object::size(view::structs::Struct::parse(format, self.profile)?.size() as isize)),
                "format" => Some(Object::Str(format.clone())),
                _ => None,
            },
            Object::Exporter(_, Class::Mmap | Class::Numpy) => {
                return Err(self.unsupported(Kind::AnyAttribute, format!("attributes of {}", object.class())));
            }
            _ => None,
        };
        match found {
            Some(found) => Ok(found),
            None if name.starts_with("__")
                || !(DESCRIPTORS.contains(&name) || is_known(object))
                || matches!(object, Object::Str(_) | Object::Type(_))
                || self.may_have(object, name) =>
            {
                Err(self.unsupported(Kind::AnyAttribute, format!("{}.{name}", object.class())))
            }
            None => Err(no_attribute(object, name).into()),
        }
    }

    /// Whether an object may have a method of that name, or what else is not modelled as an attribute.
    fn may_have(&self, object: &Object, name: &str) -> bool {
        let Some(known) = names::member(object.class(), name) else { return false };
        match (object, name) {
            (Object::View(_), "count" | "index") => self.profile.has(Change::CountIndex),
            (Object::View(_), "_from_flags") => self.profile.has(Change::BufferClasses),
            (Object::View(_), _) => known.everywhere,
            _ => true,
        }
    }
}
