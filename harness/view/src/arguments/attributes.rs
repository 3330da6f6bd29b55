//! memoryview's attributes by their names.

use super::methods::Returned;
use crate::error::Error;
use crate::view::View;

/// The attributes of a view that are no methods.
pub const ATTRIBUTES: &[&str] = &[
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

impl View {
    /// `view.name`, if it is one of [`ATTRIBUTES`]. A released view has none of them (ValueError).
    ///
    /// case: attributes-are-forbidden-after-release
    pub fn attribute(&self, name: &str) -> Result<Option<Returned>, Error> {
        let sizes = |sizes: &[isize]| Returned::Sizes(sizes.into());
        Ok(Some(match name {
            "obj" => Returned::Exporter(self.obj()?),
            "nbytes" => Returned::Size(self.nbytes()?),
            "readonly" => Returned::Bool(self.readonly()?),
            "format" => Returned::Text(self.format()?.to_owned()),
            "itemsize" => Returned::Size(self.itemsize()?),
            "ndim" => Returned::Size(self.ndim()? as isize),
            "shape" => sizes(self.shape()?),
            "strides" => sizes(self.strides()?),
            "suboffsets" => sizes(self.suboffsets()?),
            "c_contiguous" => Returned::Bool(self.c_contiguous()?),
            "f_contiguous" => Returned::Bool(self.f_contiguous()?),
            "contiguous" => Returned::Bool(self.contiguous()?),
            _ => return Ok(None),
        }))
    }
}
