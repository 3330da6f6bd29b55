//! `__buffer__` and `__release_buffer__` of a class of the program (PEP 688): its objects export the buffer of a view.

use super::Instance;
use super::death::unraisable;
use crate::context::Python;
use crate::object::{Object, Outcome, Type};
use crate::types::answers::Answer;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;
use view::{Buffer, Error, Export, ExportGuard, Exporter, Flags, View};

const REQUEST: &str = "__buffer__";
const RELEASE: &str = "__release_buffer__";

/// What a view of such an object refers to: it holds the object until the buffer is released (`_PyBufferWrapper`).
struct Wrapper {
    owner: RefCell<Option<Rc<Instance>>>,
}

/// One export: it passes on the one of the view that `__buffer__` has returned.
struct Passed {
    export: Option<ExportGuard>,
    view: Rc<View>,
    wrapper: Rc<Wrapper>,
}

/// The object as an exporter, if its class has `__buffer__` and this version asks for it.
///
/// case: class-without-a-buffer
pub(super) fn exporter(instance: Rc<Instance>) -> Option<Rc<dyn Exporter>> {
    let exports = instance.profile.has(view::Change::BufferClasses) && instance.has(REQUEST);
    exports.then(|| Rc::new(Wrapper { owner: RefCell::new(Some(instance)) }) as Rc<dyn Exporter>)
}

impl Exporter for Wrapper {
    /// `slot_bf_getbuffer` in C; case: classes-are-asked-for-buffers
    fn export(self: Rc<Self>, flags: Flags) -> Result<Export, Error> {
        let owner = self.owner.borrow().clone();
        let answer = owner.as_ref().and_then(|owner| Some((owner, owner.ask(REQUEST, &[Object::int(flags.0)])?)));
        let Some((owner, answer)) = answer else {
            return Err(Error::NoBuffer { type_name: Type::class(&*self).into() });
        };
        let answer = answer?;
        let view = Answer { class: owner.class(), answer: &answer, profile: owner.profile }.view()?;
        let export = View::export(&view, flags)?;
        let guard = Passed { export: Some(export.guard), view, wrapper: self };
        Ok(Export { guard: ExportGuard::Other(Box::new(guard)), ..export })
    }

    /// The memory belongs to the exporter of the view.
    fn buffer(&self) -> Option<&Rc<Buffer>> {
        None
    }

    fn object(self: Rc<Self>) -> Option<Box<dyn Any>> {
        Some(Box::new(Object::Instance(self)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Drop for Passed {
    /// `bufferwrapper_releasebuf` in C; case: classes-are-told-when-their-buffer-is-released
    fn drop(&mut self) {
        // The view can be released by then.
        drop(self.export.take());
        let Some(owner) = self.wrapper.owner.take() else { return };
        unraisable(|| drop(owner.ask(RELEASE, &[Object::View(self.view.clone())])));
    }
}

impl Type for Wrapper {
    fn class(&self) -> &str {
        "_buffer_wrapper"
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("object")
    }

    fn attribute(&self, _: &Python, name: &str) -> Outcome {
        Err(self.missing(name))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
