//! `m == other`: by value, item for item, whatever the formats and layouts.

use std::cell::Cell;
use std::rc::Rc;

use super::{View, acquire};
use crate::buffer::Buffer;
use crate::changes::Change;
use crate::error::{Error, LIMIT};
use crate::flags::Flags;
use crate::format::{Format, Native};
use crate::layout::Layout;
use crate::object::Object;
use crate::structs::Struct;
use crate::version::Profile;

/// One operand.
struct Side<'a> {
    layout: &'a Layout,
    memory: &'a Buffer,
    format: &'a Format,
    itemsize: isize,
}

/// How two items are compared.
enum Comparison {
    /// Both sides have this native format.
    Native(Native),
    /// Each side is unpacked by its struct format.
    Structs(Box<(Struct, Struct)>),
}

impl View {
    /// `m == other` (library reference, "memoryview"; PEP 3118; order measured). `None` is Python's NotImplemented.
    ///
    /// Never fails because a view is released: then only identity counts. Errors that come from *getting* the other
    /// operand's buffer are swallowed. `struct.error` when items are smaller than their format.
    ///
    /// `memory_richcompare` in C; case: compare-values-across-formats
    pub fn equals(&self, other: &dyn Object) -> Result<Option<bool>, Error> {
        let other_view = other.view();
        let same = other_view.is_some_and(|view| std::ptr::eq(Rc::as_ptr(view), self));
        let integer_like = self.format.native().is_some_and(Native::is_integer_like);
        if same && integer_like && self.profile.has(Change::EqualsIdentity) {
            return Ok(Some(true));
        }
        if self.is_released() || other_view.is_some_and(|view| view.is_released()) {
            return Ok(Some(same));
        }
        let ours = Side { layout: &self.layout, memory: &self.memory, format: &self.format, itemsize: self.itemsize };
        if let Some(view) = other_view {
            let theirs =
                Side { layout: &view.layout, memory: &view.memory, format: &view.format, itemsize: view.itemsize };
            return ours.equals(&theirs, self.profile).map(Some);
        }
        let generation = self.memory.generation();
        let Some(Ok(export)) = acquire(other, Flags::FULL_RO) else { return Ok(None) };
        self.check_memory(generation)?;
        super::check_format(&export)?;
        let layout = export.layout(self.abi())?;
        let format = Format::new(export.format_or_bytes(), self.profile);
        let theirs = Side { layout: &layout, memory: &export.memory, format: &format, itemsize: export.itemsize };
        ours.equals(&theirs, self.profile).map(Some)
    }
}

impl Side<'_> {
    fn equals(&self, other: &Side, profile: Profile) -> Result<bool, Error> {
        if !equivalent(self.layout.shape(), other.layout.shape()) {
            return Ok(false);
        }
        let comparison = match (self.format.native(), other.format.native()) {
            (Some(ours), Some(theirs)) if ours == theirs => Comparison::Native(ours),
            _ => {
                let parse = |side: &Side| Struct::parse(side.format.as_str(), profile).ok();
                let (Some(ours), Some(theirs)) = (parse(self), parse(other)) else { return Ok(false) };
                Comparison::Structs(Box::new((ours, theirs)))
            }
        };
        if self.layout.items() == 0 {
            return Ok(true);
        }
        if let Comparison::Native(native) = comparison
            && native.is_integer_like()
            && !(native == Native::Bool && profile.has(Change::BoolAnyNonzero))
            && let (Some(ours), Some(theirs)) = (self.dense(native, profile), other.dense(native, profile))
        {
            // Equal integers have equal bytes, so there is no need to go item by item.
            return self.memory.look(self.layout.offset(), ours, |bytes| {
                other.memory.look(other.layout.offset(), theirs, |others| bytes == others)
            })?;
        }
        let budget = Cell::new(LIMIT);
        let equal = |ours, theirs| {
            budget.set(budget.get().checked_sub(1).ok_or(Error::Memory)?);
            match &comparison {
                Comparison::Native(native) => self.equal_native(other, *native, ours, theirs, profile),
                Comparison::Structs(formats) => self.equal_structs(other, formats, ours, theirs),
            }
        };
        self.equal_from(other, 0, self.layout.offset(), other.layout.offset(), &equal)
    }

    /// Bytes of all items together, if they lie one after the other.
    fn dense(&self, native: Native, profile: Profile) -> Option<usize> {
        let dense = self.layout.contiguity(self.itemsize).c && self.itemsize as usize == native.size(profile.abi());
        dense.then(|| self.layout.items().unsigned_abs() * self.itemsize.unsigned_abs())
    }

    fn equal_from(
        &self,
        other: &Side,
        dimension: usize,
        ours: isize,
        theirs: isize,
        equal: &dyn Fn(isize, isize) -> Result<bool, Error>,
    ) -> Result<bool, Error> {
        if dimension == self.layout.ndim() {
            return equal(ours, theirs);
        }
        let pairs =
            self.layout.along(ours, dimension, self.memory).zip(other.layout.along(theirs, dimension, other.memory));
        for (ours, theirs) in pairs {
            if !self.equal_from(other, dimension + 1, ours?, theirs?, equal)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn equal_native(
        &self,
        other: &Side,
        native: Native,
        ours: isize,
        theirs: isize,
        profile: Profile,
    ) -> Result<bool, Error> {
        let size = native.size(profile.abi());
        let (a, b) = (self.memory.item(ours, size)?, other.memory.item(theirs, size)?);
        Ok(match native {
            // Stored bytes, although two different ones may both read as True.
            Native::Bool if !profile.has(Change::BoolAnyNonzero) => a == b,
            _ => native.unpack(a, profile).same_value(native.unpack(b, profile)),
        })
    }

    fn equal_structs(
        &self,
        other: &Side,
        (a, b): &(Struct, Struct),
        ours: isize,
        theirs: isize,
    ) -> Result<bool, Error> {
        let (our_size, their_size) = (self.item_bytes(a)?, other.item_bytes(b)?);
        self.memory
            .look(ours, our_size, |ours| other.memory.look(theirs, their_size, |theirs| a.equal(ours, b, theirs)))?
    }

    /// Bytes of an item, if they suffice for its format.
    fn item_bytes(&self, format: &Struct) -> Result<usize, Error> {
        let given = self.itemsize.unsigned_abs();
        match format.size() {
            needed if needed > given => Err(Error::StructTooShort { needed, given }),
            _ => Ok(given),
        }
    }
}

/// Equal shapes, as far as the first dimension that is empty on both sides.
fn equivalent(ours: &[isize], theirs: &[isize]) -> bool {
    let until_empty = |shape| <[isize]>::split(shape, |size| *size == 0).next();
    ours.len() == theirs.len() && until_empty(ours) == until_empty(theirs)
}
