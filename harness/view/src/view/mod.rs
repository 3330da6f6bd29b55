//! The memoryview itself: its construction, its release and its attributes.
//!
//! Three layers, as in CPython (measured): an *exporter*; one *root export* of its memory, which CPython calls the
//! managed buffer (`_PyManagedBufferObject`); and any number of *views* that share it. A view made from a view shares the
//! same root export, so `obj` is always the root exporter, and the export ends when the last view that shares it is
//! released or dropped. A consumer that reads *through* a view is counted by that view, and keeps it from being released.
//!
//! The operations are in the other files of this folder. Each is written in the order in which CPython checks, because
//! which of two errors wins is part of what is specified.

mod cast;
mod compare;
mod copy;
mod export;
mod get;
mod iterate;
mod set;
mod share;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

pub use cast::CastShape;
pub use copy::{Order, hash_bytes, packed};
pub use export::ViewExport;
pub use get::Got;
pub use iterate::ViewIter;
use share::{ExportShare, RootExport};

use crate::buffer::Buffer;
use crate::changes::Change;
use crate::error::Error;
use crate::exporter::{Export, Exporter};
use crate::flags::Flags;
use crate::format::Format;
use crate::layout::{Contiguity, Layout, MAX_NDIM, product};
use crate::object::Object;
use crate::version::{Abi, Profile};
use crate::watchers::Watchers;

/// A memoryview.
///
/// Views are shared (`Rc`) and never change, except that they can be released and that their exports are counted.
/// Dropping an unreleased view releases it.
pub struct View {
    share: ExportShare,
    memory: Rc<Buffer>,
    layout: Layout,
    format: Format,
    itemsize: isize,
    nbytes: isize,
    readonly: bool,
    contiguity: Contiguity,
    profile: Profile,
    exports: Cell<usize>,
    restricted: Cell<bool>,
    hash: Cell<Option<u64>>,
    watchers: Watchers,
}

impl View {
    /// `memoryview(exporter)`. Errors: the exporter's own; more than 64 dimensions.
    ///
    /// `PyMemoryView_FromObject` in C; case: construct-from-bytes-and-bytearrays
    pub fn new(exporter: Rc<dyn Exporter>, profile: Profile) -> Result<Rc<View>, Error> {
        Self::from_flags(exporter, Flags::FULL_RO, profile)
    }

    /// `memoryview(object)` for any object. `Error::NotBytesLike` if it exports nothing.
    ///
    /// `PyMemoryView_FromObject` in C; case: construct-refuses-what-has-no-buffer
    pub fn from_object(object: &dyn Object, profile: Profile) -> Result<Rc<View>, Error> {
        if let Some(view) = object.view() {
            return view.again();
        }
        match object.exporter() {
            Some(exporter) => Self::new(exporter, profile),
            None => Err(Error::NotBytesLike { type_name: object.type_name().into() }),
        }
    }

    /// `memoryview._from_flags(exporter, flags)` (3.12).
    ///
    /// (Called with a memoryview, `_from_flags` itself ignores the flags: that is [`View::again`].)
    ///
    /// `PyMemoryView_FromObjectAndFlags` in C; case: versions-from-flags
    pub fn from_flags(exporter: Rc<dyn Exporter>, flags: Flags, profile: Profile) -> Result<Rc<View>, Error> {
        if profile.has(Change::FlagsChecked) && (flags == Flags::READ || flags == Flags::WRITE) {
            return Err(Error::BadInternalCall);
        }
        Self::of_exporter(exporter, flags, profile)
    }

    /// A view of an export that the embedder got from the exporter, and may have changed.
    ///
    /// `mbuf_add_view` in C; case: construct-rebuilds-what-a-buffer-lacks
    pub fn from_export(exporter: Rc<dyn Exporter>, export: Export, profile: Profile) -> Result<Rc<View>, Error> {
        let layout = export.layout(profile.abi())?;
        if layout.ndim() > MAX_NDIM {
            return Err(Error::TooManyDimensions);
        }
        let format = Format::new(export.format_or_bytes(), profile);
        let (memory, length, itemsize) = (export.memory.clone(), export.length, export.itemsize);
        let readonly = export.readonly;
        let root = Rc::new(RootExport {
            views: Cell::new(0),
            exporter: Rc::downgrade(&exporter),
            owns_format: exporter.owns_format(),
            acquired: RefCell::new(Some((exporter, export))),
        });
        let share = ExportShare::new(&root);
        let view = Self::build(share, memory, layout, format, itemsize, readonly, profile);
        Ok(Rc::new(View { nbytes: length, ..view }))
    }

    fn build(
        share: ExportShare,
        memory: Rc<Buffer>,
        layout: Layout,
        format: Format,
        itemsize: isize,
        readonly: bool,
        profile: Profile,
    ) -> View {
        View {
            share,
            memory,
            nbytes: product(layout.shape(), itemsize).unwrap_or(isize::MAX),
            contiguity: layout.contiguity(itemsize),
            layout,
            format,
            itemsize,
            readonly,
            profile,
            exports: Cell::new(0),
            restricted: Cell::new(false),
            hash: Cell::new(None),
            watchers: Watchers::default(),
        }
    }

    /// A view that shares the same root export and differs in the given respects.
    fn derive(&self, share: ExportShare, layout: Layout, format: Format, itemsize: isize) -> View {
        Self::build(share, self.memory.clone(), layout, format, itemsize, self.readonly, self.profile)
    }

    /// `memoryview(m)`. Errors: released, restricted.
    ///
    /// `mbuf_add_view` in C; case: construct-from-a-view-keeps-its-layout
    pub fn again(self: &Rc<Self>) -> Result<Rc<View>, Error> {
        self.copy(self.readonly)
    }

    /// `m.toreadonly()`. Errors: released, restricted.
    ///
    /// `memoryview_toreadonly` in C; case: construct-from-a-readonly-view
    pub fn toreadonly(&self) -> Result<Rc<View>, Error> {
        self.copy(true)
    }

    fn copy(&self, readonly: bool) -> Result<Rc<View>, Error> {
        self.check()?;
        self.check_unrestricted()?;
        let share = ExportShare::new(&self.share.export);
        let view = self.derive(share, self.layout.clone(), self.format.clone(), self.itemsize);
        Ok(Rc::new(View { readonly, nbytes: self.nbytes, ..view }))
    }

    /// Nearly every operation begins with this.
    fn check(&self) -> Result<(), Error> {
        if self.is_released() { Err(Error::Released) } else { Ok(()) }
    }

    fn check_unrestricted(&self) -> Result<(), Error> {
        if self.restricted.get() { Err(Error::Restricted) } else { Ok(()) }
    }

    /// Checks again whether the view was released, after program code ran: only since gh-92888.
    fn check_again(&self) -> Result<(), Error> {
        if self.profile.has(Change::ReleaseRecheck) { self.check() } else { Ok(()) }
    }

    /// For operations that go on although program code released the view: fails if C would access freed memory.
    ///
    /// `generation` is that of the memory before the program code ran.
    fn check_memory(&self, generation: u32) -> Result<(), Error> {
        let gone = self.is_released() && (self.memory.generation() != generation || self.exporter_is_gone());
        if gone {
            Err(Error::Unspecified { what: "CPython accesses memory that was already released" })
        } else {
            Ok(())
        }
    }

    fn exporter_is_gone(&self) -> bool {
        self.share.export.exporter.strong_count() == 0
    }

    /// Whether the text of the format was freed with the exporter, so that C would read freed memory.
    fn format_is_gone(&self) -> bool {
        self.is_released() && self.exporter_is_gone() && self.share.export.owns_format
    }

    fn abi(&self) -> Abi {
        self.profile.abi()
    }

    /// `m.release()` and `m.__exit__(…)`. Nothing happens the second time; `Error::Exported` while others read through it.
    ///
    /// `memoryview_release` in C; case: release-is-idempotent
    pub fn release(&self) -> Result<(), Error> {
        if self.is_released() {
            return Ok(());
        }
        match self.exports.get() {
            0 => {
                self.share.end();
                Ok(())
            }
            count => Err(Error::Exported { count }),
        }
    }

    /// `m.__enter__()`, which gives `m`. Errors: released.
    ///
    /// `memory_enter` in C; case: release-by-nested-with
    pub fn enter(&self) -> Result<(), Error> {
        self.check()
    }

    /// `m.__exit__(…)`
    ///
    /// `memory_exit` in C; case: release-by-exit
    pub fn exit(&self) -> Result<(), Error> {
        self.release()
    }

    /// `m.obj`
    ///
    /// `memory_obj_get` in C; case: attributes-obj-is-the-object
    pub fn obj(&self) -> Result<Rc<dyn Exporter>, Error> {
        self.check()?;
        self.root().ok_or(Error::Released)
    }

    /// `m.nbytes`: bytes of a packed copy.
    ///
    /// `memory_nbytes_get` in C; case: attributes-nbytes-is-not-len
    pub fn nbytes(&self) -> Result<isize, Error> {
        self.check().map(|()| self.nbytes)
    }

    /// `m.readonly`
    ///
    /// `memory_readonly_get` in C; case: attributes-readonly-of-objects
    pub fn readonly(&self) -> Result<bool, Error> {
        self.check().map(|()| self.readonly)
    }

    /// `m.format`
    ///
    /// `memory_format_get` in C; case: attributes-of-formats
    pub fn format(&self) -> Result<&str, Error> {
        self.check().map(|()| self.raw_format())
    }

    /// `m.itemsize`, in bytes
    ///
    /// `memory_itemsize_get` in C; case: attributes-of-formats
    pub fn itemsize(&self) -> Result<isize, Error> {
        self.check().map(|()| self.itemsize)
    }

    /// `m.ndim`
    ///
    /// `memory_ndim_get` in C; case: attributes-of-views
    pub fn ndim(&self) -> Result<usize, Error> {
        self.check().map(|()| self.layout.ndim())
    }

    /// `m.shape`
    ///
    /// `memory_shape_get` in C; case: attributes-of-views
    pub fn shape(&self) -> Result<&[isize], Error> {
        self.check().map(|()| self.layout.shape())
    }

    /// `m.strides`, in bytes
    ///
    /// `memory_strides_get` in C; case: attributes-of-views
    pub fn strides(&self) -> Result<&[isize], Error> {
        self.check().map(|()| self.layout.strides())
    }

    /// `m.suboffsets`, in bytes
    ///
    /// `memory_suboffsets_get` in C; case: attributes-exporter-suboffsets
    pub fn suboffsets(&self) -> Result<&[isize], Error> {
        self.check().map(|()| self.layout.suboffsets())
    }

    /// `m.c_contiguous`
    ///
    /// `memory_c_contiguous` in C; case: contiguity-exporter-of-layouts
    pub fn c_contiguous(&self) -> Result<bool, Error> {
        self.check().map(|()| self.contiguity.c)
    }

    /// `m.f_contiguous`
    ///
    /// `memory_f_contiguous` in C; case: contiguity-exporter-of-layouts
    pub fn f_contiguous(&self) -> Result<bool, Error> {
        self.check().map(|()| self.contiguity.fortran)
    }

    /// `m.contiguous`
    ///
    /// `memory_contiguous` in C; case: contiguity-exporter-of-layouts
    pub fn contiguous(&self) -> Result<bool, Error> {
        self.check().map(|()| self.contiguity.c || self.contiguity.fortran)
    }

    /// `len(m)`: items along the first dimension. A 0-dimensional view had the length 1 before 3.12.
    ///
    /// `memory_length` in C; case: iterate-length
    pub fn len(&self) -> Result<isize, Error> {
        self.check()?;
        match self.layout.shape().first() {
            Some(size) => Ok(*size),
            None if self.profile.has(Change::ZeroDimLength) => Err(Error::ZeroDimLength),
            None => Ok(1),
        }
    }

    /// `not m`. Errors as [`View::len`].
    pub fn is_empty(&self) -> Result<bool, Error> {
        self.len().map(|length| length == 0)
    }

    /// The geometry, also of a released view.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The memory, also of a released view.
    pub fn memory(&self) -> &Rc<Buffer> {
        &self.memory
    }

    /// The root exporter; `None` once the last view on it was released, because nothing holds it any more.
    pub fn root(&self) -> Option<Rc<dyn Exporter>> {
        self.share.export.acquired.borrow().as_ref().map(|(exporter, _)| exporter.clone())
    }

    /// Whether the view was released.
    pub fn is_released(&self) -> bool {
        !self.share.live.get()
    }

    /// How many consumers read through this view.
    pub fn export_count(&self) -> usize {
        self.exports.get()
    }

    /// How many unreleased views share the root export, this one included.
    pub fn views_sharing(&self) -> usize {
        self.share.export.views.get()
    }

    /// The format, also of a released view.
    pub fn raw_format(&self) -> &str {
        self.format.as_str()
    }

    /// The read-only flag, also of a released view.
    pub fn raw_readonly(&self) -> bool {
        self.readonly
    }

    /// The item size in bytes, also of a released view.
    pub fn raw_itemsize(&self) -> isize {
        self.itemsize
    }

    /// The version and ABI that the view behaves as.
    pub fn profile(&self) -> Profile {
        self.profile
    }
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View")
            .field("released", &self.is_released())
            .field("format", &self.format.as_str())
            .field("itemsize", &self.itemsize)
            .field("layout", &self.layout)
            .field("readonly", &self.readonly)
            .finish_non_exhaustive()
    }
}

/// An exporter that reports no format although one was requested is unspecified where it is used directly: CPython reads
/// the format all the same and crashes (measured). A *view* of such an exporter has the format `B`.
fn check_format(export: &Export) -> Result<(), Error> {
    match export.format {
        Some(_) => Ok(()),
        None => Err(Error::Unspecified {
            what: "CPython reads the format of an exporter that reported none, which is a null pointer",
        }),
    }
}

/// The buffer of any object, as a consumer gets it; `None` if it exports nothing.
fn acquire(object: &dyn Object, flags: Flags) -> Option<Result<Export, Error>> {
    match object.view() {
        Some(view) => Some(view.export(flags)),
        None => object.exporter().map(|exporter| exporter.export(flags)),
    }
}
