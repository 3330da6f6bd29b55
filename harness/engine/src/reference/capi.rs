//! What an extension module in C gets from an exporter: `request` and `get_contiguous`.

use super::compare::export_of;
use super::object::Object;
use super::{Outcome, Python};
use program::Operation;
use std::rc::Rc;
use view::{Flags, Int, Order};

impl Python {
    /// `request(object, flags)`
    pub(super) fn request(&self, operation: &Operation, operands: &[Object]) -> Outcome {
        let [object, Object::Int(Int::Small(flags))] = operands else { return Err(self.other_arguments(operation)) };
        let flags = i32::try_from(*flags).ok().map(Flags).filter(|flags| ![Flags::READ, Flags::WRITE].contains(flags));
        let flags = flags.ok_or_else(|| self.other_arguments(operation))?;
        // A memory map fills a buffer as bytes do, which give a format without a shape.
        let is_map = matches!(object, Object::Exporter(_, super::object::Class::Mmap));
        if matches!(object, Object::Struct(..)) || is_map && flags.has(Flags::FORMAT) && !flags.has(Flags::ND) {
            return Err(self.other_arguments(operation));
        }
        let export = export_of(object, flags)?;
        let sizes = |sizes: Option<&[isize]>| sizes.map_or(Object::None, Object::sizes);
        let format = export.format.as_ref().map_or(Object::None, |format| Object::str(format.as_str()));
        Ok(Object::Tuple(Rc::new([
            Object::size(export.length),
            Object::size(export.itemsize),
            Object::Bool(export.readonly),
            Object::size(export.ndim as isize),
            format,
            sizes(export.shape.as_deref()),
            sizes(export.strides.as_deref()),
            sizes(export.suboffsets.as_deref()),
        ])))
    }

    /// `get_contiguous(object, writable, order)`
    pub(super) fn get_contiguous(&self, operation: &Operation, operands: &[Object]) -> Outcome {
        let [object, Object::Bool(writable), Object::Str(order)] = operands else {
            return Err(self.other_arguments(operation));
        };
        let order = match &**order {
            "C" => Order::C,
            "F" => Order::Fortran,
            "A" => Order::Any,
            _ => return Err(self.other_arguments(operation)),
        };
        Ok(Object::View(self.view_of(object)?.contiguous_in(*writable, order)?))
    }

    /// These functions belong to the language of cases: nobody's errors are to be told for wrong arguments.
    fn other_arguments(&self, operation: &Operation) -> super::Stop {
        self.unsupported(operation.kind, "these arguments")
    }
}
