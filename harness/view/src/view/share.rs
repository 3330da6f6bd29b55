//! The export that all views on one exporter share, and how each view counts in it. It ends with the last of them.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use crate::exporter::{Export, Exporter};

/// One export of the root exporter, shared by all views on it: CPython's managed buffer.
pub(super) struct RootExport {
    pub(super) views: Cell<usize>,
    pub(super) acquired: RefCell<Option<(Rc<dyn Exporter>, Export)>>,
    pub(super) exporter: Weak<dyn Exporter>,
    pub(super) owns_format: bool,
}

/// A view's share of the root export, until it is ended or dropped.
pub(super) struct ExportShare {
    pub(super) export: Rc<RootExport>,
    pub(super) live: Cell<bool>,
}

impl ExportShare {
    pub(super) fn new(export: &Rc<RootExport>) -> Self {
        export.views.set(export.views.get() + 1);
        Self { export: export.clone(), live: Cell::new(true) }
    }

    /// Ends the share, and with the last share the export.
    pub(super) fn end(&self) {
        if !self.live.replace(false) {
            return;
        }
        let left = self.export.views.get().saturating_sub(1);
        self.export.views.set(left);
        if left == 0 {
            let acquired = self.export.acquired.borrow_mut().take();
            if let Some((exporter, export)) = acquired {
                exporter.released(&export);
            }
        }
    }
}

impl Drop for ExportShare {
    fn drop(&mut self) {
        self.end();
    }
}
