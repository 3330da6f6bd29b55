//! `__del__`: what an object of the program does when it dies.

use super::Instance;
use crate::code;
use crate::nested;
use crate::object::Object;
use std::cell::RefCell;
use std::rc::Rc;

/// Runs code of the program where an object dies or a buffer is released: what it raises goes no further.
pub(super) fn unraisable(act: impl FnOnce()) {
    nested::afresh(|| code::apart(act));
}

impl Drop for Instance {
    /// The object lives on in another place while its `__del__` runs, and after that, if the program has kept it. Then it is
    /// not called again (`PyObject_CallFinalizerFromDealloc`).
    ///
    /// case: classes-run-code-when-an-object-dies
    fn drop(&mut self) {
        if self.is_finalized || !self.class.has("__del__") {
            return;
        }
        let object = Rc::new_cyclic(|own| Instance {
            class: self.class.clone(),
            profile: self.profile,
            attributes: RefCell::new(self.attributes.take()),
            payload: self.payload.take(),
            is_finalized: true,
            this: own.clone(),
        });
        unraisable(|| drop(object.ask("__del__", &[])));
    }
}

/// Whether an object runs code when it dies.
pub(crate) fn is_finalized(object: &Object) -> bool {
    super::as_instance(object).is_some_and(|instance| instance.has("__del__"))
}
