//! Writes objects to a trace: which bytes of which object a view covers, and the state of mutable objects.

use crate::object::Object;
use program::{Axes, Offset, Trace, near};
use std::rc::Rc;
use view::{Buffer, Bytes, Exporter, View};

/// Records a view: its layout, and which bytes of which object it covers.
pub(crate) fn view(names: &[Option<Object>], view: &Rc<View>, trace: &mut Trace) {
    if view.is_released() {
        return trace.released_view();
    }
    let root = view.root();
    match &root {
        None => trace.view_of_unnamed("NULL"),
        Some(root) => match name_of(names, root) {
            Some(name) => trace.view_of_name(name),
            None => trace.view_of_unnamed(Object::of_exporter(root).class()),
        },
    }
    let layout = view.layout();
    let axes = Axes { shape: layout.shape(), strides: layout.strides(), suboffsets: layout.suboffsets() };
    let itemsize = view.raw_itemsize() as i64;
    let is_passed_on = root.as_ref().is_some_and(|root| root.buffer().is_none());
    let offset = match root.as_ref().and_then(|root| root.as_any().downcast_ref::<View>()) {
        // The memory belongs to another view.
        Some(root) => {
            let distance = layout.offset() as i64 - root.layout().offset() as i64;
            near(distance, root.nbytes().unwrap_or(0).unsigned_abs())
        }
        // The memory belongs to something that the exporter does not tell.
        None if is_passed_on => Offset::Outside,
        None => near(layout.offset() as i64, view.memory().len()),
    };
    trace.layout(offset, view.raw_readonly(), view.raw_format(), itemsize, axes);
}

/// Returns the first name that is bound to an exporter. Equal bytes objects count as the same, since CPython may share
/// them.
fn name_of(names: &[Option<Object>], exporter: &Rc<dyn Exporter>) -> Option<u16> {
    let bound = |wanted: &dyn Fn(&Object) -> bool| names.iter().position(|name| name.as_ref().is_some_and(wanted));
    let found = match exporter.as_any().downcast_ref::<Bytes>() {
        None => bound(&|object| object.is_exporter(exporter)),
        Some(bytes) => {
            let is_small = bytes.len() <= 1;
            if !is_small {
                bound(&|object| object.is_exporter(exporter))?;
            }
            let content = bytes.to_vec();
            bound(&|object| matches!(object, Object::Bytes(other) if other.to_vec() == content))
        }
    };
    u16::try_from(found?).ok()
}

/// Records the state of every name that is bound to a mutable exporter or to a view.
pub(crate) fn live(names: &[Option<Object>], trace: &mut Trace) {
    for (name, object) in names.iter().enumerate() {
        let (Some(object), Ok(name)) = (object, u16::try_from(name)) else { continue };
        let Object::View(view) = object else {
            if let Some(buffer) = object.as_type().changing() {
                look(buffer, |locked, content| trace.live_exporter(name, locked, content));
            }
            continue;
        };
        trace.live_view(name, view.is_released());
        if let Some(root) = view.root().filter(|_| !view.is_released())
            && !names.iter().flatten().any(|object| object.is_exporter(&root))
            && let Some(buffer) = Object::of_exporter(&root).as_type().changing()
        {
            look(buffer, |locked, content| trace.live_unnamed(name, locked, content));
        }
    }
}

/// Records the whole content of an exporter.
pub(crate) fn whole(exporter: &dyn Exporter, record: impl FnOnce(&[u8])) {
    if let Some(buffer) = exporter.buffer() {
        look(buffer, |_, content| record(content));
    }
}

fn look(buffer: &Buffer, record: impl FnOnce(bool, &[u8])) {
    let locked = buffer.exports() > 0;
    // A buffer always contains all of its own bytes.
    let _ = buffer.look(0, buffer.len(), |content| record(locked, content));
}
