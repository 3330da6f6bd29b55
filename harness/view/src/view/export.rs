//! A view as an exporter: its consumers are counted, and keep it from being released.

use std::any::Any;
use std::rc::Rc;

use super::View;
use crate::buffer::Buffer;
use crate::error::Error;
use crate::exporter::{Export, ExportGuard, Exporter, refusal};
use crate::flags::Flags;
use crate::version::Profile;
use crate::watchers::Watchers;

/// One export of a view: while it exists the view cannot be released.
pub struct ViewExport(Rc<View>);

impl ViewExport {
    pub(super) fn new(view: &Rc<View>) -> Self {
        view.exports.set(view.exports.get() + 1);
        Self(view.clone())
    }

    /// The view that is read through.
    pub fn view(&self) -> &Rc<View> {
        &self.0
    }
}

impl Drop for ViewExport {
    fn drop(&mut self) {
        self.0.exports.set(self.0.exports.get().saturating_sub(1));
    }
}

impl View {
    /// `x.__buffer__(flags)` (3.12) of any exporter, a view included, to which the new view then belongs.
    ///
    /// The exporter itself is asked and not the C API, so that it is up to the exporter what flags it takes.
    ///
    /// `_PyMemoryView_FromBufferProc` in C; case: release-consumers-flags
    pub fn of_exporter(exporter: Rc<dyn Exporter>, flags: Flags, profile: Profile) -> Result<Rc<View>, Error> {
        let export = exporter.clone().export(flags)?;
        Self::from_export(exporter, export, profile)
    }

    /// `x.__release_buffer__(m)` (3.12): releases the view, whose buffer has to be one of that exporter.
    ///
    /// Errors, in this order: another exporter's, released, exported. A released view knows its exporter still.
    ///
    /// `wrap_releasebuffer` in C; case: release-consumers-release-what-they-got
    pub fn release_buffer(&self, exporter: &Rc<dyn Exporter>) -> Result<(), Error> {
        let own = &self.share.export.exporter;
        if self.is_released() && own.strong_count() == 0 {
            return Err(Error::Unspecified {
                what: "the result depends on whether a freed object's address was reused",
            });
        }
        if !std::ptr::addr_eq(own.as_ptr(), Rc::as_ptr(exporter)) {
            return Err(Error::Value("memoryview's buffer is not this object"));
        }
        if self.is_released() {
            return Err(Error::Value("memoryview's buffer has already been released"));
        }
        self.release()
    }

    /// Makes this the view that `__release_buffer__` of a Python class gets: no new views can be made from it (3.12).
    pub fn restrict(&self) {
        self.restricted.set(true);
    }

    /// Serves a buffer consumer that reads through this view, and counts it until the export is dropped.
    ///
    /// Errors, in this order: released, restricted, then each [`crate::Refusal`]. Where [`Exporter`] is in scope, call
    /// it as `View::export(&view, flags)`: the trait's method of the same name consumes the `Rc`.
    ///
    /// `memory_getbuf` in C; case: capi-request-of-a-view
    pub fn export(self: &Rc<Self>, flags: Flags) -> Result<Export, Error> {
        self.check()?;
        self.check_unrestricted()?;
        let has_suboffsets = !self.layout.suboffsets().is_empty();
        if let Some(refusal) = refusal(flags, self.readonly, self.contiguity, has_suboffsets) {
            return Err(Error::Refused(refusal));
        }
        Ok(Export {
            length: self.nbytes,
            itemsize: self.itemsize,
            readonly: self.readonly,
            format: flags.has(Flags::FORMAT).then(|| self.format.text().clone()),
            ..Export::of_layout(&self.memory, &self.layout, flags, ExportGuard::View(ViewExport::new(self)))
        })
    }
}

/// A view as the exporter of another one: `m.__buffer__(flags)`, whose result has `m` itself as its `obj`.
impl Exporter for View {
    fn export(self: Rc<Self>, flags: Flags) -> Result<Export, Error> {
        View::export(&self, flags)
    }

    fn hash(&self) -> Result<(), Error> {
        View::hash(self).map(drop)
    }

    fn owns_format(&self) -> bool {
        self.share.export.owns_format
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
