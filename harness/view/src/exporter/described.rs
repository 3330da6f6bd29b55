//! Memory with any layout one can describe: what `_testbuffer.ndarray` is to CPython's own tests.
//!
//! It is honest about request flags. Nothing checks that the layout stays inside the memory: a view that leaves it
//! reports [`Error::Unspecified`] when it does.

use std::any::Any;
use std::borrow::Cow;
use std::rc::Rc;

use super::{Export, Exporter, Hold};
use crate::buffer::{Buffer, Lease};
use crate::error::{Error, Refusal};
use crate::flags::Flags;
use crate::format::Text;
use crate::layout::{Contiguity, Dims, Layout, packed_strides, product};
use crate::version::Abi;

/// A layout, as the arguments of `exporter(data, …)` give it. Sizes and offsets are in bytes.
#[derive(Clone, Debug, Default)]
pub struct Description {
    /// `None`: the exporter gives no format, which means `B`.
    pub format: Option<String>,
    /// Bytes of an item.
    pub itemsize: isize,
    /// `None`: one dimension that fills the memory after `offset`.
    pub shape: Option<Vec<isize>>,
    /// `None`: C order.
    pub strides: Option<Vec<isize>>,
    /// Address of the first item.
    pub offset: isize,
    /// `None`: no pointers. Pointers are little-endian addresses in the same memory, as wide as the ABI's.
    pub suboffsets: Option<Vec<isize>>,
    /// Whether writing is forbidden.
    pub readonly: bool,
}

/// An exporter with a described layout. Hashable, like every object without `__eq__`.
#[derive(Debug)]
pub struct Described {
    type_name: String,
    memory: Rc<Buffer>,
    format: Option<Text>,
    itemsize: isize,
    length: isize,
    layout: Layout,
    contiguity: Contiguity,
    readonly: bool,
}

impl Described {
    /// Exports `content` with the described layout. The type name begins the texts of refusals.
    ///
    /// [`Error::Unspecified`] for negative sizes, lists of different lengths, and more bytes than can be addressed.
    pub fn new(type_name: &str, content: Vec<u8>, description: &Description, abi: Abi) -> Result<Rc<Self>, Error> {
        let memory = Buffer::new(content);
        let itemsize = description.itemsize;
        let available = isize::try_from(memory.len()).unwrap_or(isize::MAX).saturating_sub(description.offset);
        let shape: Dims = match &description.shape {
            Some(shape) => shape.iter().copied().collect(),
            None => Dims::from_slice(&[available.checked_div(itemsize).unwrap_or(0)]),
        };
        let strides = match &description.strides {
            Some(strides) => strides.iter().copied().collect(),
            None => packed_strides(&shape, itemsize, abi),
        };
        let suboffsets = description.suboffsets.iter().flatten().copied().collect();
        let length = product(&shape, itemsize).filter(|length| (0..=abi.ssize_max()).contains(length) && itemsize >= 0);
        let length = length.ok_or(Error::Unspecified { what: "a layout of a size that cannot be" })?;
        let layout = Layout::new(description.offset, shape, strides, suboffsets, abi)?;
        Ok(Rc::new(Self {
            type_name: type_name.to_owned(),
            memory,
            format: description.format.as_deref().map(Text::from),
            itemsize,
            length,
            contiguity: layout.contiguity(itemsize),
            layout,
            readonly: description.readonly,
        }))
    }

    /// A copy of the memory.
    pub fn to_vec(&self) -> Vec<u8> {
        self.memory.to_vec()
    }

    /// The described geometry.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }
}

/// Why a request cannot be served, in the order in which memoryview and ndarray look.
pub(crate) fn refusal(flags: Flags, readonly: bool, is: Contiguity, has_suboffsets: bool) -> Option<Refusal> {
    let unless = |fine: bool, refusal| (!fine).then_some(refusal);
    unless(!(flags.has(Flags::WRITABLE) && readonly), Refusal::NotWritable)
        .or(unless(!flags.has(Flags::C_CONTIGUOUS) || is.c, Refusal::NotC))
        .or(unless(!flags.has(Flags::F_CONTIGUOUS) || is.fortran, Refusal::NotFortran))
        .or(unless(!flags.has(Flags::ANY_CONTIGUOUS) || is.c || is.fortran, Refusal::NotContiguous))
        .or(unless(flags.has(Flags::INDIRECT) || !has_suboffsets, Refusal::NeedsSuboffsets))
        .or(unless(flags.has(Flags::STRIDES) || is.c, Refusal::NotC))
        .or(unless(flags.has(Flags::ND) || !flags.has(Flags::FORMAT), Refusal::FormatWithoutShape))
}

impl Export {
    /// An export of `layout` that keeps what `flags` asks for and leaves out the rest.
    pub(crate) fn of_layout(memory: &Rc<Buffer>, layout: &Layout, flags: Flags, hold: Hold) -> Self {
        let asked = |flag: Flags, dims: &[isize]| flags.has(flag).then(|| Dims::from_slice(dims));
        Export {
            memory: memory.clone(),
            offset: layout.offset(),
            length: 0,
            itemsize: 1,
            readonly: true,
            ndim: if flags.has(Flags::ND) { layout.ndim() } else { 1 },
            format: None,
            shape: asked(Flags::ND, layout.shape()),
            strides: asked(Flags::STRIDES, layout.strides()),
            suboffsets: asked(Flags::INDIRECT, layout.suboffsets()).filter(|dims| !dims.is_empty()),
            hold,
        }
    }
}

impl Exporter for Described {
    fn type_name(&self) -> Cow<'_, str> {
        self.type_name.as_str().into()
    }

    fn export(self: Rc<Self>, flags: Flags) -> Result<Export, Error> {
        let has_suboffsets = !self.layout.suboffsets().is_empty();
        if let Some(refusal) = refusal(flags, self.readonly, self.contiguity, has_suboffsets) {
            return Err(Error::ExporterRefused { type_name: self.type_name.as_str().into(), refusal });
        }
        Ok(Export {
            length: self.length,
            itemsize: self.itemsize,
            readonly: self.readonly,
            format: self.format.clone().filter(|_| flags.has(Flags::FORMAT)),
            ..Export::of_layout(&self.memory, &self.layout, flags, Hold::Lease(Lease::new(&self.memory)))
        })
    }

    fn buffer(&self) -> Option<&Rc<Buffer>> {
        Some(&self.memory)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
