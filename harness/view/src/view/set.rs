//! Writing: `m[key] = value` and `del m[key]`.

use super::{View, acquire};
use crate::error::Error;
use crate::exporter::Export;
use crate::flags::Flags;
use crate::format::Native;
use crate::key::{Key, Slice, index};
use crate::layout::Layout;
use crate::object::Object;
use crate::view::get::{all_slices, as_indices};

impl View {
    /// `m[key] = value` (library reference, "memoryview"; order of checks measured).
    ///
    /// Released, format, read-only, then the key with its bounds, then the value. Nothing is written on error.
    ///
    /// `memory_ass_sub` in C; case: assign-item-of-two-dimensions
    pub fn set(&self, key: &Key, value: &dyn Object) -> Result<(), Error> {
        self.check_writing()?;
        let generation = self.memory.generation();
        if self.layout.ndim() == 0 {
            return match key {
                Key::Tuple([]) | Key::Ellipsis => self.store(self.layout.offset(), value, generation),
                _ => Err(Error::ZeroDimIndex),
            };
        }
        if let Some(object) = key.as_index() {
            if self.layout.ndim() > 1 {
                return Err(Error::SubViews);
            }
            let index = index(object, self.abi())?;
            let address = self.layout.lookup(self.layout.offset(), 0, index, &self.memory)?;
            return self.store(address, value, generation);
        }
        match key {
            Key::Slice(slice) if self.layout.ndim() == 1 => self.set_slice(slice, value, generation),
            Key::Slice(_) => Err(Error::SliceAssignment),
            Key::Tuple(keys) => match as_indices(keys) {
                Some(objects) => {
                    let address = self.locate(keys.len(), objects)?;
                    self.store(address, value, generation)
                }
                None if all_slices(keys) => Err(Error::SliceAssignment),
                None => Err(Error::InvalidKey),
            },
            _ => Err(Error::InvalidKey),
        }
    }

    /// `del m[key]`, which always fails; the key does not matter.
    ///
    /// `memory_ass_sub` in C; case: assign-delete
    pub fn delete(&self) -> Error {
        self.check_writing().err().unwrap_or(Error::Delete)
    }

    fn check_writing(&self) -> Result<(), Error> {
        self.check()?;
        self.format.refuse_structured()?;
        if self.readonly { Err(Error::ReadOnly) } else { Ok(()) }
    }

    /// Converts a value and writes it. `generation` is that of the memory when the operation began.
    fn store(&self, address: isize, value: &dyn Object, generation: u32) -> Result<(), Error> {
        // C looks at the text of the format after the key was converted, and for errors after the value was.
        let gone = Error::Unspecified { what: "CPython reads the text of a format that was already freed" };
        if self.format_is_gone() {
            return Err(gone);
        }
        self.convert_and_write(address, value, generation).map_err(|error| match error {
            Error::ItemType { .. } | Error::ItemValue { .. } if self.format_is_gone() => gone,
            error => error,
        })
    }

    fn convert_and_write(&self, address: isize, value: &dyn Object, generation: u32) -> Result<(), Error> {
        let native = self.format.item()?;
        let wide = native.convert(value, self.abi())?;
        // Format `c` was forgotten when the second look was added: a key that releases the view still writes.
        if native != Native::Char {
            self.check_again()?;
        }
        let raw = native.pack(wide, self.profile)?;
        self.check_memory(generation)?;
        let (item, _) = raw.split_at(native.size(self.abi()));
        self.memory.write(address, item)
    }

    fn set_slice(&self, slice: &Slice, value: &dyn Object, generation: u32) -> Result<(), Error> {
        let source = match acquire(value, Flags::FULL_RO) {
            Some(export) => export?,
            None => return Err(Error::NoBuffer { type_name: value.type_name().into() }),
        };
        let indices = slice.bounds(self.profile)?.of(self.layout.size(0));
        self.check_again()?;
        self.check_memory(generation)?;
        super::check_format(&source)?;
        let target = self.layout.slice(indices);
        let from = source.layout(self.abi())?;
        if !self.same_structure(&target, &source, &from) {
            return Err(Error::Structure);
        }
        self.move_items(&target, &source, &from)
    }

    /// Equal formats up to one leading `@`, equal item sizes, equal shapes.
    fn same_structure(&self, target: &Layout, source: &Export, from: &Layout) -> bool {
        source.format.as_ref().is_some_and(|format| self.format.text().bare() == format.bare())
            && self.itemsize == source.itemsize
            && target.shape() == from.shape()
    }

    /// Copies all items out before it writes the first one, so overlapping memory does no harm.
    fn move_items(&self, target: &Layout, source: &Export, from: &Layout) -> Result<(), Error> {
        let size = self.itemsize.unsigned_abs();
        let copy = super::copy::gather(from, &source.memory, self.itemsize, true)?;
        if self.itemsize == 0 {
            return Ok(());
        }
        let addresses = target.along(target.offset(), 0, &self.memory);
        for (address, item) in addresses.zip(copy.chunks_exact(size)) {
            self.memory.write(address?, item)?;
        }
        Ok(())
    }
}
