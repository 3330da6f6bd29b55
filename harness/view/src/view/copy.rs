//! Whole contents: `tolist`, `tobytes`, `hex` and `hash`.

use std::rc::Rc;

use super::{View, ViewExport};
use crate::buffer::Buffer;
use crate::changes::Change;
use crate::error::{Error, LIMIT};
use crate::exporter::{Bytes, Export, Exporter};
use crate::flags::Flags;
use crate::item::Nested;
use crate::layout::{Dims, Layout, packed_strides};
use crate::object::Object;
use crate::version::Abi;

/// The order of the items in `tobytes(order)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Last index fastest.
    C,
    /// First index fastest.
    Fortran,
    /// As they lie in memory if they are contiguous either way, else as C.
    Any,
}

impl View {
    /// `m.tolist()`. Errors: released; a structured format even if there are no items; others at the first item.
    ///
    /// `memoryview_tolist` in C; case: bytes-tolist-of-every-format
    pub fn tolist(&self) -> Result<Nested, Error> {
        self.check()?;
        self.format.refuse_structured()?;
        self.layout.check_walkable(1)?;
        self.nest(0, self.layout.offset())
    }

    fn nest(&self, dimension: usize, address: isize) -> Result<Nested, Error> {
        if dimension == self.layout.ndim() {
            return self.load(address).map(Nested::Item);
        }
        let list = self.layout.along(address, dimension, &self.memory);
        list.map(|address| self.nest(dimension + 1, address?)).collect::<Result<_, _>>().map(Nested::List)
    }

    /// `m.tobytes(order)`. Errors: released; too large.
    ///
    /// `memoryview_tobytes` in C; case: bytes-tobytes-of-every-format
    pub fn tobytes(&self, order: Order) -> Result<Vec<u8>, Error> {
        self.check()?;
        let c_order = match order {
            Order::C => true,
            Order::Fortran => false,
            Order::Any => self.contiguity.c || !self.contiguity.fortran,
        };
        self.pack(c_order)
    }

    /// `m.tobytes(order)` with the argument as it is written; `None` means C. Errors: released, then the order.
    ///
    /// `memoryview_tobytes` in C; case: bytes-tobytes-orders-of-layouts
    pub fn tobytes_in(&self, order: Option<&str>) -> Result<Vec<u8>, Error> {
        self.check()?;
        self.tobytes(match order {
            None | Some("C") => Order::C,
            Some("F") => Order::Fortran,
            Some("A") => Order::Any,
            Some(_) => return Err(Error::Order),
        })
    }

    /// `PyMemoryView_GetContiguous`: this view if it is contiguous in that order, else a read-only view of a copy that
    /// is.
    ///
    /// Errors: released; read-only memory, or memory that would have to be copied, asked for writing.
    ///
    /// `PyMemoryView_GetContiguous` in C; case: capi-contiguous-copy
    pub fn contiguous_in(self: &Rc<Self>, writable: bool, order: Order) -> Result<Rc<View>, Error> {
        self.check()?;
        if writable && self.readonly {
            return Err(Error::NotWritableMemory);
        }
        let is = self.layout.buffer_contiguity(self.itemsize);
        let is_contiguous = match order {
            Order::C => is.c,
            Order::Fortran => is.fortran,
            Order::Any => is.c || is.fortran,
        };
        if is_contiguous {
            return Ok(self.clone());
        }
        if writable {
            return Err(Error::NotContiguousMemory);
        }
        let c_order = order != Order::Fortran;
        let copy = Bytes::new(self.pack(c_order)?);
        let shape = Dims::from_slice(self.layout.shape());
        let strides = match c_order {
            true => packed_strides(&shape, self.itemsize, self.abi()),
            false => {
                let turned: Dims = shape.iter().rev().copied().collect();
                packed_strides(&turned, self.itemsize, self.abi()).into_iter().rev().collect()
            }
        };
        let export = Export {
            itemsize: self.itemsize,
            ndim: shape.len(),
            format: Some(self.format.text().clone()),
            shape: Some(shape),
            strides: Some(strides),
            ..copy.clone().export(Flags::FULL_RO)?
        };
        View::from_export(copy, export, self.profile)
    }

    fn pack(&self, c_order: bool) -> Result<Vec<u8>, Error> {
        let dense = if c_order { self.contiguity.c } else { self.contiguity.fortran };
        match usize::try_from(self.nbytes) {
            Ok(length @ 0..=LIMIT) if dense => self.memory.look(self.layout.offset(), length, <[u8]>::to_vec),
            _ => gather(&self.layout, &self.memory, self.itemsize, c_order),
        }
    }

    /// `m.hex(sep, bytes_per_sep)`; without `sep`, the digits only. Groups count from the right, negative ones from the
    /// left.
    ///
    /// Errors: released; then those of the separator, even if there is nothing to separate.
    ///
    /// `memoryview_hex` in C; case: bytes-hex-groups
    pub fn hex(self: &Rc<Self>, separator: Option<&dyn Object>, bytes_per_sep: isize) -> Result<String, Error> {
        self.check()?;
        // Asking the separator runs program code. Contiguous memory is read afterwards, other memory was copied before.
        let copied = if self.contiguity.c { None } else { Some(self.pack(true)?) };
        let generation = self.memory.generation();
        let export = (self.contiguity.c && self.profile.has(Change::HexGuard)).then(|| ViewExport::new(self));
        let separator = separator.map(separator_char).transpose()?;
        drop(export);
        let bytes = match copied {
            Some(bytes) => bytes,
            None => {
                self.check_memory(generation)?;
                self.pack(true)?
            }
        };
        Ok(hexadecimal(&bytes, separator, bytes_per_sep))
    }

    /// `hash(m)`: the hash of `m.tobytes()`, remembered from the first time on, also after a release.
    ///
    /// Errors: released, writable, format, then whatever hashing the exporter raises.
    ///
    /// `memory_hash` in C; case: hash-is-that-of-the-bytes
    pub fn hash(&self) -> Result<u64, Error> {
        if let Some(hash) = self.hash.get() {
            return Ok(hash);
        }
        self.check()?;
        if !self.readonly {
            return Err(Error::HashWritable);
        }
        if !self.format.native().is_some_and(|native| native.is_byte()) {
            return Err(Error::HashFormat);
        }
        let generation = self.memory.generation();
        if let Some(exporter) = self.root() {
            let guarded = self.profile.has(Change::HashGuard);
            self.exports.set(self.exports.get() + usize::from(guarded));
            let hashed = exporter.hash();
            self.exports.set(self.exports.get().saturating_sub(usize::from(guarded)));
            hashed?;
        }
        self.check_memory(generation)?;
        let hash = hash_bytes(&self.pack(true)?);
        self.hash.set(Some(hash));
        Ok(hash)
    }

    /// Whether the format is `?` and some item's byte is neither 0 nor 1, so that what it reads as depends on the
    /// compiler before [`Change::BoolAnyNonzero`].
    pub fn has_odd_bool(&self) -> bool {
        self.format.native() == Some(crate::format::Native::Bool)
            && self.layout.addresses(&self.memory).is_ok_and(|addresses| {
                addresses.iter().any(|address| self.memory.look(*address, 1, |byte| byte > &[1]).unwrap_or(false))
            })
    }
}

/// What `bytes(x)` copies from an exporter: its items in C order, however many dimensions it has.
///
/// Errors: those of asking for the buffer; too large.
pub fn packed(exporter: &Rc<dyn Exporter>, abi: Abi) -> Result<Vec<u8>, Error> {
    let export = exporter.clone().export(Flags::FULL_RO)?;
    let layout = export.layout(abi)?;
    match usize::try_from(export.length) {
        Ok(length @ 0..=LIMIT) if layout.contiguity(export.itemsize).c => {
            export.memory.look(layout.offset(), length, <[u8]>::to_vec)
        }
        _ => gather(&layout, &export.memory, export.itemsize, true),
    }
}

/// The hash of these bytes, equal for a bytes object and a view of them. Deterministic (FNV-1a), unlike Python's, but 0
/// for no bytes as there.
pub fn hash_bytes(bytes: &[u8]) -> u64 {
    if bytes.is_empty() {
        return 0;
    }
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

/// A packed copy of all items in C or Fortran order.
pub(super) fn gather(layout: &Layout, memory: &Buffer, itemsize: isize, c_order: bool) -> Result<Vec<u8>, Error> {
    layout.check_walkable(itemsize.max(1))?;
    let size = itemsize.unsigned_abs();
    let mut copy = vec![0; size * layout.items().unsigned_abs()];
    // Fortran order is C order of the reversed shape. The copy is the model's own memory, whatever the ABI modelled.
    let mut places: Dims = layout.shape().into();
    if !c_order {
        places.reverse();
    }
    places = packed_strides(&places, itemsize, Abi::Lp64);
    if !c_order {
        places.reverse();
    }
    Gather { layout, memory, size, places: &places }.visit(0, layout.offset(), 0, &mut copy)?;
    Ok(copy)
}

struct Gather<'a> {
    layout: &'a Layout,
    memory: &'a Buffer,
    size: usize,
    /// Strides of the copy.
    places: &'a [isize],
}

impl Gather<'_> {
    fn visit(&self, dimension: usize, address: isize, place: usize, copy: &mut [u8]) -> Result<(), Error> {
        let Some(step) = self.places.get(dimension) else {
            let item = copy.get_mut(place..place + self.size).unwrap_or_default();
            return self.memory.read(address, item);
        };
        let addresses = self.layout.along(address, dimension, self.memory);
        for (index, address) in addresses.enumerate() {
            self.visit(dimension + 1, address?, place + index * step.unsigned_abs(), copy)?;
        }
        Ok(())
    }
}

/// The one ASCII character that separates; looks at length, type and value in this order.
fn separator_char(separator: &dyn Object) -> Result<char, Error> {
    match separator.length() {
        None => return Err(Error::NoLength { type_name: separator.type_name().into() }),
        Some(length) if length.clone()? != 1 => return Err(Error::SeparatorLength),
        Some(_) => (),
    }
    let character = match (separator.text(), separator.bytes()) {
        (Some(text), _) => text.chars().next().unwrap_or('\0'),
        (None, Some(bytes)) => char::from(bytes.first().copied().unwrap_or(0)),
        (None, None) => return Err(Error::SeparatorType),
    };
    if character.is_ascii() { Ok(character) } else { Err(Error::SeparatorAscii) }
}

fn hexadecimal(bytes: &[u8], separator: Option<char>, group: isize) -> String {
    let size = group.unsigned_abs();
    let mut text = String::with_capacity(bytes.len() * 3);
    for (position, byte) in bytes.iter().enumerate() {
        // How many bytes lie on the side that groups are counted from.
        let counted = if group < 0 { position } else { bytes.len() - position };
        if let Some(separator) = separator
            && position > 0
            // Of 0, which is no group at all, only 0 is a multiple.
            && counted.is_multiple_of(size)
        {
            text.push(separator);
        }
        for digit in [byte >> 4, byte & 0xf] {
            text.push(char::from_digit(digit.into(), 16).unwrap_or_default());
        }
    }
    text
}
