//! Memory: the bytes of an exporter, and how many exports keep them in place.
//!
//! All access copies, in or out, so that no borrow outlives a call and program code may run between any two of them.
//! Addresses are byte offsets into the buffer and may be anything; outside of the memory every access is an error.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::ops::Range;
use std::rc::Rc;

use crate::error::Error;

/// Owned bytes. Their number can change only while nothing is exported; their values always.
#[derive(Default)]
pub struct Buffer {
    bytes: RefCell<Vec<u8>>,
    exports: Cell<usize>,
    generation: Cell<u32>,
    /// Where bytes begin that were never written, and whether some of them were read.
    unwritten: Cell<Option<usize>>,
    was_read: Cell<bool>,
}

/// Errors are made by functions here, because making one in advance would cost as much as the access.
fn outside() -> Error {
    Error::Unspecified { what: "CPython accesses memory outside of the exporter's, which C does not define" }
}

/// The range of an access. No bytes are accessible at any address: an empty view may begin outside of its memory.
fn range(address: isize, length: usize) -> Result<Range<usize>, Error> {
    if length == 0 {
        return Ok(0..0);
    }
    let start = usize::try_from(address).map_err(|_| outside())?;
    Ok(start..start.checked_add(length).ok_or_else(outside)?)
}

fn copy<const N: usize>(from: &[u8], to: &mut [u8; 16]) {
    if let (Some(from), Some(to)) = (from.first_chunk::<N>(), to.first_chunk_mut::<N>()) {
        *to = *from;
    }
}

impl Buffer {
    /// Memory with this content.
    pub fn new(bytes: Vec<u8>) -> Rc<Self> {
        Rc::new(Self { bytes: RefCell::new(bytes), ..Self::default() })
    }

    /// Bytes in the buffer.
    pub fn len(&self) -> usize {
        self.bytes.borrow().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many exports keep the memory from being resized.
    pub fn exports(&self) -> usize {
        self.exports.get()
    }

    /// Raised by every resize: memory that moved is not the memory a C pointer was taken from.
    pub fn generation(&self) -> u32 {
        self.generation.get()
    }

    /// A copy of everything.
    pub fn to_vec(&self) -> Vec<u8> {
        self.note_read(usize::MAX);
        self.bytes.borrow().clone()
    }

    /// Shows `length` bytes at `address` to `look`, which must not call program code.
    #[inline]
    pub fn look<R>(&self, address: isize, length: usize, look: impl FnOnce(&[u8]) -> R) -> Result<R, Error> {
        let bytes = self.bytes.borrow();
        let range = range(address, length)?;
        self.note_read(range.end);
        bytes.get(range).map(look).ok_or_else(outside)
    }

    /// Notes that bytes were read up to a position.
    #[inline]
    fn note_read(&self, end: usize) {
        if self.unwritten.get().is_some_and(|start| start < end) {
            self.was_read.set(true);
        }
    }

    /// Says that the bytes from `start` on were never written, until [`settle`](Buffer::settle). Returns what it said before.
    pub fn leave_unwritten(&self, start: usize) -> Option<usize> {
        let before = self.unwritten.get();
        self.unwritten.set(Some(before.map_or(start, |before| before.min(start))));
        before
    }

    /// Ends that, and returns whether somebody may have read such a byte.
    pub fn settle(&self, before: Option<usize>) -> bool {
        self.unwritten.set(before);
        match before {
            Some(_) => self.was_read.get(),
            None => self.was_read.take(),
        }
    }

    /// What moves bytes may move those that were never written to any place.
    fn forget_place(&self) {
        self.unwritten.set(self.unwritten.get().map(|_| 0));
    }

    /// Fills `into` with the bytes at `address`. [`Error::Unspecified`] if they are not all inside.
    pub fn read(&self, address: isize, into: &mut [u8]) -> Result<(), Error> {
        self.look(address, into.len(), |bytes| into.copy_from_slice(bytes))
    }

    /// The item of `size` bytes, at most 16, at `address`; the bytes after it are 0.
    #[inline]
    pub fn item(&self, address: isize, size: usize) -> Result<[u8; 16], Error> {
        self.look(address, size, |bytes| {
            let mut raw = [0; 16];
            // Copies of known length are one instruction each.
            match size {
                1 => copy::<1>(bytes, &mut raw),
                2 => copy::<2>(bytes, &mut raw),
                4 => copy::<4>(bytes, &mut raw),
                8 => copy::<8>(bytes, &mut raw),
                _ => copy::<16>(bytes, &mut raw),
            }
            raw
        })
    }

    /// Stores `from` at `address`. [`Error::Unspecified`] if it does not fit inside; then nothing is written.
    pub fn write(&self, address: isize, from: &[u8]) -> Result<(), Error> {
        let mut bytes = self.bytes.borrow_mut();
        bytes.get_mut(range(address, from.len())?).ok_or_else(outside)?.copy_from_slice(from);
        Ok(())
    }

    /// Lets `change` do anything to the bytes, or fails with `pinned` while there are exports.
    /// `change` must not call program code.
    pub fn resize<R>(&self, pinned: Error, change: impl FnOnce(&mut Vec<u8>) -> R) -> Result<R, Error> {
        if self.exports.get() > 0 {
            return Err(pinned);
        }
        self.generation.set(self.generation.get().wrapping_add(1));
        self.forget_place();
        Ok(change(&mut self.bytes.borrow_mut()))
    }

    /// Lets `change` alter values but not their number. It must not call program code.
    pub fn modify<R>(&self, change: impl FnOnce(&mut [u8]) -> R) -> R {
        // What was never written may be anywhere after it, as if it had been read and written.
        self.note_read(usize::MAX);
        change(&mut self.bytes.borrow_mut())
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffer").field("bytes", &self.bytes).field("exports", &self.exports).finish()
    }
}

/// One export of a buffer: while it lives the memory stays in place.
#[derive(Debug)]
pub struct BufferExport(Rc<Buffer>);

impl BufferExport {
    /// Counts one more export of `buffer`, until this is dropped.
    pub fn new(buffer: &Rc<Buffer>) -> Self {
        buffer.exports.set(buffer.exports.get() + 1);
        Self(buffer.clone())
    }
}

impl Drop for BufferExport {
    fn drop(&mut self) {
        self.0.exports.set(self.0.exports.get().saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exported_memory_cannot_be_resized() {
        let buffer = Buffer::new(vec![1, 2]);
        let exports = (BufferExport::new(&buffer), BufferExport::new(&buffer));
        assert_eq!(buffer.exports(), 2);
        assert_eq!(buffer.resize(Error::ArrayResize, Vec::clear), Err(Error::ArrayResize));
        drop(exports);
        assert_eq!(buffer.resize(Error::ArrayResize, Vec::clear), Ok(()));
        assert_eq!((buffer.len(), buffer.generation()), (0, 1));
    }

    #[test]
    fn whether_unwritten_bytes_were_read_is_known() {
        let buffer = Buffer::new(vec![1, 2, 3]);
        let mut one = [0];
        let mut read = |address: isize| buffer.read(address, &mut one).unwrap();
        let before = buffer.leave_unwritten(2);
        read(1);
        assert!(!buffer.settle(before));
        let before = buffer.leave_unwritten(2);
        read(2);
        assert!(buffer.settle(before));
        let before = buffer.leave_unwritten(2);
        let inner = buffer.leave_unwritten(3);
        buffer.resize(Error::ArrayResize, |bytes| bytes.rotate_left(1)).unwrap();
        read(0);
        assert!(buffer.settle(inner));
        assert!(buffer.settle(before));
        let before = buffer.leave_unwritten(0);
        assert!(!buffer.settle(before));
    }

    #[test]
    fn access_outside_is_an_error_and_changes_nothing() {
        let buffer = Buffer::new(vec![1, 2]);
        for address in [-1, 1, 2, isize::MAX, isize::MIN] {
            assert!(buffer.read(address, &mut [0; 2]).unwrap_err().is_unspecified());
            assert!(buffer.write(address, &[9; 2]).unwrap_err().is_unspecified());
        }
        assert_eq!(buffer.to_vec(), [1, 2]);
    }
}
