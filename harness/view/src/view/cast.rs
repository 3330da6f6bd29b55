//! `m.cast(format, shape)`: other items, or another shape, over the same bytes.

use std::rc::Rc;

use super::{ExportShare, View};
use crate::changes::Change;
use crate::error::{Error, Target, first_non_ascii};
use crate::format::Format;
use crate::int::Int;
use crate::layout::{Dims, Layout, MAX_NDIM};

/// The `shape` argument of `cast`.
#[derive(Clone, Copy)]
pub enum CastShape<'a> {
    /// Something that is neither list nor tuple; None is one.
    NotSequence,
    /// The elements of a list or tuple: the value of each that is an int.
    Elements(&'a [Option<Int>]),
}

impl View {
    /// `m.cast(format, shape)` (library reference, "memoryview.cast"; order of checks measured).
    ///
    /// One side must be one-dimensional, one format must be a byte format, and the view C-contiguous.
    ///
    /// `memoryview_cast` in C; case: cast-shape-and-items
    pub fn cast(&self, format: &str, shape: Option<CastShape>) -> Result<Rc<View>, Error> {
        self.check()?;
        self.check_unrestricted()?;
        if !self.contiguity.c {
            return Err(Error::CastContiguity);
        }
        let flat = self.layout.ndim() == 1;
        // The text mentions strides, but only the shape is looked at (measured).
        if (shape.is_some() || !flat) && self.layout.shape().contains(&0) {
            return Err(Error::CastZeros);
        }
        let elements = match shape {
            None => None,
            Some(CastShape::NotSequence) => return Err(Error::CastShape),
            Some(CastShape::Elements(elements)) => Some(elements),
        };
        if let Some(elements) = elements {
            if elements.len() > MAX_NDIM {
                return Err(Error::TooManyDimensions);
            }
            if !flat && elements.len() != 1 {
                return Err(Error::CastDimensions);
            }
        }
        let share = ExportShare::new(&self.share.export);
        let (format, itemsize) = self.cast_format(format)?;
        let shape = match elements {
            None => Dims::from_slice(&[self.nbytes / itemsize]),
            Some(elements) => self.cast_shape(elements, itemsize)?,
        };
        let layout = Layout::packed(self.layout.offset(), shape, itemsize, self.abi())?;
        Ok(Rc::new(self.derive(share, layout, format, itemsize)))
    }

    fn cast_format(&self, text: &str) -> Result<(Format, isize), Error> {
        if let Some(error) = first_non_ascii(text) {
            return Err(error);
        }
        let format = Format::new(text.into(), self.profile);
        let what = if self.profile.has(Change::CastFormatText) { Target::Format } else { Target::Character };
        let native = format.native().ok_or(Error::CastFormat { what })?;
        let is_byte = |format: &Format| format.native().is_some_and(|native| native.is_byte());
        if !is_byte(&self.format) && !is_byte(&format) {
            return Err(Error::CastFormats);
        }
        let itemsize = native.size(self.abi()) as isize;
        match self.nbytes % itemsize {
            0 => Ok((format, itemsize)),
            _ => Err(Error::CastLength),
        }
    }

    fn cast_shape(&self, elements: &[Option<Int>], itemsize: isize) -> Result<Dims, Error> {
        let max = self.abi().ssize_max();
        let mut shape = Dims::new();
        let mut length = itemsize;
        for element in elements {
            // Only ints count, and `__index__` is not asked.
            let int = element.as_ref().ok_or(Error::CastElement)?;
            let (low, high) = (-(max as i128) - 1, max as i128);
            let size = int.within(low, high).ok_or(Error::CastElementTooLarge)? as isize;
            if size <= 0 {
                return Err(Error::CastElementSign);
            }
            length = length.checked_mul(size).filter(|length| *length <= max).ok_or(Error::CastOverflow)?;
            shape.push(size);
        }
        if length == self.nbytes { Ok(shape) } else { Err(Error::CastProduct) }
    }
}
