//! Memory with any layout one can describe: what `_testbuffer.ndarray` is to CPython's own tests.
//!
//! It is honest about request flags. Nothing checks here that the layout stays inside the memory: a view that leaves it
//! reports [`Error::Unspecified`] when it does. [`Description::check`] tells before.

use std::any::Any;
use std::fmt;
use std::rc::Rc;

use super::{Description, Export, ExportGuard, Exporter, Form};
use crate::buffer::{Buffer, BufferExport};
use crate::error::{Error, Refusal};
use crate::flags::Flags;
use crate::format::Text;
use crate::layout::{Contiguity, Dims, Layout};
use crate::version::Abi;
use crate::watchers::Watchers;

/// An exporter with a described layout. Hashable, like every object without `__eq__`.
#[derive(Debug)]
pub struct Described {
    type_name: String,
    memory: Rc<Buffer>,
    format: Option<Text>,
    form: Form,
    hasher: Option<Hasher>,
    watchers: Watchers,
}

/// What is asked for the hash of an exporter, in place of the exporter itself. Only its errors matter.
pub struct Hasher(pub Box<dyn Fn() -> Result<(), Error>>);

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hasher")
    }
}

impl Described {
    /// Exports `content` with the described layout. The type name begins the texts of refusals.
    ///
    /// Errors: those of [`Form::new`].
    pub fn new(type_name: &str, content: Vec<u8>, description: &Description, abi: Abi) -> Result<Rc<Self>, Error> {
        let form = Form::new(description, content.len(), abi)?;
        Ok(Self::of_form(type_name, content, form, None))
    }

    /// The same, of a description that was checked, with a hash that something else may be asked for.
    pub fn of_form(type_name: &str, content: Vec<u8>, form: Form, hasher: Option<Hasher>) -> Rc<Self> {
        let format = form.format.as_deref().map(Text::from);
        let (type_name, memory, watchers) = (type_name.to_owned(), Buffer::new(content), Watchers::default());
        Rc::new(Self { type_name, memory, format, form, hasher, watchers })
    }

    /// A copy of the memory.
    pub fn to_vec(&self) -> Vec<u8> {
        self.memory.to_vec()
    }

    /// The described geometry.
    pub fn layout(&self) -> &Layout {
        &self.form.layout
    }

    /// Whether writing is forbidden.
    pub fn is_readonly(&self) -> bool {
        self.form.readonly
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
    pub(crate) fn of_layout(memory: &Rc<Buffer>, layout: &Layout, flags: Flags, guard: ExportGuard) -> Self {
        // Without dimensions there are no lists of them either: the protocol demands that they are NULL.
        let asked = |flag: Flags, dims: &[isize]| (flags.has(flag) && !dims.is_empty()).then(|| Dims::from_slice(dims));
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
            suboffsets: asked(Flags::INDIRECT, layout.suboffsets()),
            guard,
        }
    }
}

impl Exporter for Described {
    fn owns_format(&self) -> bool {
        true
    }

    fn export(self: Rc<Self>, flags: Flags) -> Result<Export, Error> {
        if let Some(refusal) = self.form.refusal(flags) {
            return Err(Error::ExporterRefused { type_name: self.type_name.as_str().into(), refusal });
        }
        Ok(Export {
            length: self.form.length,
            itemsize: self.form.itemsize,
            readonly: self.form.readonly,
            format: self.format.clone().filter(|_| flags.has(Flags::FORMAT)),
            ..Export::of_layout(
                &self.memory,
                &self.form.layout,
                flags,
                ExportGuard::Buffer(BufferExport::new(&self.memory)),
            )
        })
    }

    fn hash(&self) -> Result<(), Error> {
        self.hasher.as_ref().map_or(Ok(()), |hasher| hasher.0())
    }

    fn buffer(&self) -> Option<&Rc<Buffer>> {
        Some(&self.memory)
    }

    fn watchers(&self) -> Option<&Watchers> {
        Some(&self.watchers)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
