//! Geometry: where in memory each item of a view lies (PEP 3118; library reference, "NumPy-style" and "PIL-style").
//!
//! A layout knows nothing of formats. Addresses are byte offsets into one [`Buffer`], and so are the pointers that
//! suboffsets lead through. All arithmetic wraps as `Py_ssize_t` does in the builds that were measured.

use smallvec::SmallVec;

use crate::buffer::Buffer;
use crate::error::{Error, LIMIT};
use crate::key::Indices;
use crate::version::Abi;

/// A number for each dimension.
pub type Dims = SmallVec<[isize; 4]>;

/// The most dimensions a memoryview can have.
pub const MAX_NDIM: usize = 64;

/// Whether items lie in memory in the order that a packed copy would give them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contiguity {
    /// Last index fastest.
    pub c: bool,
    /// First index fastest.
    pub fortran: bool,
}

/// Offset, shape, strides and suboffsets, in bytes where they measure memory.
#[derive(Debug, PartialEq, Eq)]
pub struct Layout {
    offset: isize,
    shape: Dims,
    strides: Dims,
    suboffsets: Dims,
    abi: Abi,
}

/// Written out, because a `SmallVec` clones itself item by item.
impl Clone for Layout {
    fn clone(&self) -> Self {
        Self {
            shape: Dims::from_slice(&self.shape),
            strides: Dims::from_slice(&self.strides),
            suboffsets: Dims::from_slice(&self.suboffsets),
            ..*self
        }
    }
}

impl Layout {
    /// A layout; `suboffsets` is empty or has an entry for each dimension.
    ///
    /// Refuses with [`Error::Unspecified`] what no exporter may give: lists of different lengths, negative sizes, more
    /// items than can be counted. It may have more dimensions than a memoryview: `bytes` copies from such an exporter.
    pub fn new(offset: isize, shape: Dims, strides: Dims, suboffsets: Dims, abi: Abi) -> Result<Self, Error> {
        let malformed = strides.len() != shape.len()
            || !(suboffsets.is_empty() || suboffsets.len() == shape.len())
            || shape.iter().any(|size| *size < 0)
            || product(&shape, 1).is_none_or(|items| items > abi.ssize_max());
        if malformed {
            return Err(Error::Unspecified {
                what: "the exporter's layout is inconsistent, which the buffer protocol forbids",
            });
        }
        Ok(Self { offset, shape, strides, suboffsets, abi })
    }

    /// The layout of packed items in C order.
    pub fn packed(offset: isize, shape: Dims, itemsize: isize, abi: Abi) -> Result<Self, Error> {
        let strides = packed_strides(&shape, itemsize, abi);
        Self::new(offset, shape, strides, Dims::new(), abi)
    }

    /// Address of the item whose indices are all 0, before suboffsets are followed.
    pub fn offset(&self) -> isize {
        self.offset
    }

    /// Number of dimensions.
    pub fn ndim(&self) -> usize {
        self.shape.len()
    }

    /// Items along each dimension.
    pub fn shape(&self) -> &[isize] {
        &self.shape
    }

    /// Bytes from one item to the next along each dimension.
    pub fn strides(&self) -> &[isize] {
        &self.strides
    }

    /// Empty, or for each dimension what to add to the pointer found there; negative: there is no pointer.
    pub fn suboffsets(&self) -> &[isize] {
        &self.suboffsets
    }

    /// Number of items.
    pub fn items(&self) -> isize {
        product(&self.shape, 1).unwrap_or(isize::MAX)
    }

    /// Items along one dimension; 0 for one that does not exist.
    pub(crate) fn size(&self, dimension: usize) -> isize {
        self.shape.get(dimension).copied().unwrap_or(0)
    }

    /// Fails with [`Error::Memory`] if a walk over all items would not end soon.
    pub(crate) fn check_walkable(&self, itemsize: isize) -> Result<(), Error> {
        // Outer dimensions are walked even if an inner one is empty.
        let mut steps = 1_usize;
        for size in &self.shape {
            steps = steps.saturating_mul(size.unsigned_abs());
            if steps > LIMIT {
                return Err(Error::Memory);
            }
        }
        match steps.saturating_mul(itemsize.unsigned_abs()) {
            0..=LIMIT => Ok(()),
            _ => Err(Error::Memory),
        }
    }

    /// Whether the items are contiguous (measured).
    ///
    /// One dimension is special: it has to be dense or hold exactly one item, so that an *empty* slice with a step
    /// is not contiguous, while a view of several dimensions without items always is.
    pub fn contiguity(&self, itemsize: isize) -> Contiguity {
        let both = |is| Contiguity { c: is, fortran: is };
        if !self.suboffsets.is_empty() {
            return both(false);
        }
        match (self.shape.as_slice(), self.strides.as_slice()) {
            ([size], [stride]) => both(*size == 1 || *stride == itemsize),
            _ if itemsize == 0 || self.shape.contains(&0) => both(true),
            _ => {
                let dimensions = self.shape.iter().zip(&self.strides);
                Contiguity {
                    c: self.is_dense(itemsize, dimensions.clone().rev()),
                    fortran: self.is_dense(itemsize, dimensions),
                }
            }
        }
    }

    /// Whether the items are contiguous as `PyBuffer_IsContiguous` sees it, which knows no special rule for one
    /// dimension: no items are always contiguous.
    pub fn buffer_contiguity(&self, itemsize: isize) -> Contiguity {
        let dimensions = self.shape.iter().zip(&self.strides);
        let is_empty = itemsize == 0 || self.shape.contains(&0);
        let is = |dense: bool| self.suboffsets.is_empty() && (is_empty || dense);
        Contiguity {
            c: is(self.is_dense(itemsize, dimensions.clone().rev())),
            fortran: is(self.is_dense(itemsize, dimensions)),
        }
    }

    fn is_dense<'a>(&self, itemsize: isize, dimensions: impl Iterator<Item = (&'a isize, &'a isize)>) -> bool {
        let mut expected = itemsize;
        for (size, stride) in dimensions {
            if *size > 1 && *stride != expected {
                return false;
            }
            expected = self.abi.mul(expected, *size);
        }
        true
    }

    /// The layout of `m[slice]`: only the first dimension changes. The start is applied even if nothing is selected.
    ///
    /// Slices of slices compose: positions in the result are positions in the slice in the original.
    pub fn slice(&self, indices: Indices) -> Self {
        let mut sliced = self.clone();
        let (Some(size), Some(stride)) = (sliced.shape.first_mut(), sliced.strides.first_mut()) else {
            return sliced;
        };
        sliced.offset = self.abi.add(self.offset, self.abi.mul(*stride, indices.start));
        *size = indices.count;
        *stride = self.abi.mul(*stride, indices.step);
        sliced
    }

    /// Applies one index: `address` as it was on entering the dimension, to what it is on leaving it.
    ///
    /// Negative indices count from the end. [`Error::OutOfBounds`] names the dimension.
    #[inline]
    pub fn lookup(&self, address: isize, dimension: usize, index: isize, memory: &Buffer) -> Result<isize, Error> {
        let size = self.size(dimension);
        let index = if index < 0 { index.wrapping_add(size) } else { index };
        if !(0..size).contains(&index) {
            return Err(Error::OutOfBounds { dimension: dimension + 1 });
        }
        self.enter(address, dimension, index, memory)
    }

    /// [`Layout::lookup`] for an index known to be inside.
    #[inline]
    pub(crate) fn enter(
        &self,
        address: isize,
        dimension: usize,
        index: isize,
        memory: &Buffer,
    ) -> Result<isize, Error> {
        let stride = self.strides.get(dimension).copied().unwrap_or(0);
        let address = self.abi.add(address, self.abi.mul(stride, index));
        match self.suboffsets.get(dimension) {
            Some(suboffset) if *suboffset >= 0 => Ok(self.abi.add(self.pointer(address, memory)?, *suboffset)),
            _ => Ok(address),
        }
    }

    fn pointer(&self, address: isize, memory: &Buffer) -> Result<isize, Error> {
        let mut raw = [0; 8];
        let (word, _) = raw.split_at_mut(self.abi.word());
        memory.read(address, word)?;
        Ok(self.abi.wrap(isize::from_le_bytes(raw)))
    }

    /// The addresses reached from `address` along one dimension, in order.
    pub(crate) fn along<'a>(
        &'a self,
        address: isize,
        dimension: usize,
        memory: &'a Buffer,
    ) -> impl Iterator<Item = Result<isize, Error>> + 'a {
        (0..self.size(dimension)).map(move |index| self.enter(address, dimension, index, memory))
    }

    /// Address of the item at `indices`, one for each dimension.
    pub fn address(&self, indices: &[isize], memory: &Buffer) -> Result<isize, Error> {
        if indices.len() != self.ndim() {
            return Err(Error::TupleLength { ndim: self.ndim() as u32, given: indices.len() });
        }
        let mut address = self.offset;
        for (dimension, index) in indices.iter().enumerate() {
            address = self.lookup(address, dimension, *index, memory)?;
        }
        Ok(address)
    }

    /// The addresses of all items in C order. [`Error::Memory`] if there are more than [`LIMIT`].
    pub fn addresses(&self, memory: &Buffer) -> Result<Vec<isize>, Error> {
        self.check_walkable(1)?;
        let mut addresses = vec![self.offset];
        for dimension in 0..self.ndim() {
            let reached = addresses.iter().flat_map(|address| self.along(*address, dimension, memory));
            addresses = reached.collect::<Result<_, _>>()?;
        }
        Ok(addresses)
    }
}

/// `factor * product(shape)`; 0 as soon as one size is 0, `None` if it cannot be represented.
pub(crate) fn product(shape: &[isize], factor: isize) -> Option<isize> {
    if shape.contains(&0) {
        return Some(0);
    }
    shape.iter().try_fold(factor, |product, size| product.checked_mul(*size))
}

/// Strides of packed items with the last index fastest.
pub(crate) fn packed_strides(shape: &[isize], itemsize: isize, abi: Abi) -> Dims {
    let mut strides = Dims::from_slice(shape);
    let mut next = itemsize;
    for stride in strides.iter_mut().rev() {
        let size = *stride;
        *stride = next;
        next = abi.mul(next, size);
    }
    strides
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(shape: &[isize], strides: &[isize]) -> Layout {
        Layout::new(0, shape.into(), strides.into(), Dims::new(), Abi::Lp64).unwrap()
    }

    #[test]
    fn a_walk_may_take_as_many_steps_as_the_limit() {
        let limit = LIMIT as isize;
        for (shape, itemsize, expected) in [
            (&[limit][..], 1, Ok(())),
            (&[limit + 1][..], 1, Err(Error::Memory)),
            (&[limit + 1, 0][..], 1, Err(Error::Memory)),
            (&[limit / 2][..], 2, Ok(())),
            (&[limit / 2 + 1][..], 2, Err(Error::Memory)),
        ] {
            assert_eq!(layout(shape, &vec![0; shape.len()]).check_walkable(itemsize), expected, "{shape:?}");
        }
    }

    #[test]
    fn items_of_no_bytes_are_contiguous_for_consumers_however_far_apart() {
        let is = |shape, itemsize| layout(shape, &[9, 7]).buffer_contiguity(itemsize);
        let both = |is| Contiguity { c: is, fortran: is };
        assert_eq!([is(&[2, 2], 0), is(&[2, 0], 1), is(&[2, 2], 1)], [both(true), both(true), both(false)]);
    }
}
