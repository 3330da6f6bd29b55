//! `bytes`: memory that never changes, hashable.

use std::any::Any;
use std::rc::Rc;

use super::{Export, Exporter};
use crate::buffer::Buffer;
use crate::error::Error;
use crate::flags::Flags;
use crate::format::{Native, Text};

/// A bytes object.
#[derive(Debug)]
pub struct Bytes {
    memory: Rc<Buffer>,
}

impl Bytes {
    /// `bytes(content)`
    pub fn new(content: Vec<u8>) -> Rc<Self> {
        Rc::new(Self { memory: Buffer::new(content) })
    }

    /// A copy of the content.
    pub fn to_vec(&self) -> Vec<u8> {
        self.memory.to_vec()
    }

    /// `len(b)`
    pub fn len(&self) -> usize {
        self.memory.len()
    }

    /// The byte at a position, if it is inside.
    pub fn get(&self, position: usize) -> Option<u8> {
        let first = |bytes: &[u8]| bytes.first().copied();
        self.memory.look(isize::try_from(position).ok()?, 1, first).ok()?
    }

    /// `not b`
    pub fn is_empty(&self) -> bool {
        self.memory.is_empty()
    }
}

impl Exporter for Bytes {
    fn export(self: Rc<Self>, flags: Flags) -> Result<Export, Error> {
        match flags.has(Flags::WRITABLE) {
            true => Err(Error::NotWritable),
            false => Ok(Export::flat(&self.memory, Text::native(Native::UnsignedChar), 1, true, flags)),
        }
    }

    fn buffer(&self) -> Option<&Rc<Buffer>> {
        Some(&self.memory)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_counted_from_the_start() {
        let bytes = Bytes::new(b"ab".to_vec());
        assert_eq!([0, 1, 2, usize::MAX].map(|position| bytes.get(position)), [Some(97), Some(98), None, None]);
    }
}
