//! Writing what happened to the trace.

use super::exporters::typecode;
use super::object::{Class, Object};
use crate::machine::near;
use program::{Axes, Trace};
use std::rc::Rc;
use view::{Buffer, Bytes, Described, Exporter, Int, View};

/// Records an object.
pub(super) fn value(names: &[Option<Object>], object: &Object, trace: &mut Trace) {
    match object {
        Object::None => trace.none(),
        Object::Ellipsis => trace.ellipsis(),
        Object::Bool(value) => trace.bool(*value),
        Object::Int(Int::Small(value)) => trace.int(*value),
        Object::Int(Int::Big(value)) => trace.big(value),
        Object::Float(value) => trace.float(*value),
        Object::Complex(real, imag) => trace.complex(*real, *imag),
        Object::Str(text) => trace.str(text),
        Object::Bytes(bytes) => whole(&**bytes, |content| trace.bytes(content)),
        Object::Bytearray(bytearray) => whole(&**bytearray, |content| trace.bytearray(content)),
        Object::Array(array) => whole(&**array, |content| trace.array(typecode(array), content)),
        Object::Exporter(_, class) => trace.object(class.name()),
        Object::View(view) => self::view(names, view, trace),
        Object::Tuple(items) => {
            trace.tuple(items.len());
            items.iter().for_each(|item| value(names, item, trace));
        }
        Object::List(items) => {
            trace.list(items.len());
            items.iter().for_each(|item| value(names, item, trace));
        }
        Object::Slice(parts) => {
            trace.slice();
            parts.iter().for_each(|part| value(names, part, trace));
        }
        Object::Type(name) => trace.type_(name),
        Object::NotImplemented
        | Object::Iter(_)
        | Object::Struct(..)
        | Object::Alias
        | Object::Hook(_)
        | Object::Reference(_)
        | Object::Managed
        | Object::Descriptor(_) => trace.object(object.class()),
    }
}

/// Records a view: its layout, and which bytes of which object it covers.
fn view(names: &[Option<Object>], view: &Rc<View>, trace: &mut Trace) {
    if view.is_released() {
        return trace.released_view();
    }
    let root = view.root();
    match &root {
        None => trace.view_of_unnamed("NULL"),
        Some(root) => match name_of(names, root) {
            Some(name) => trace.view_of_name(name),
            None => trace.view_of_unnamed(super::exporters::object_of(root).class()),
        },
    }
    let layout = view.layout();
    let axes = Axes { shape: layout.shape(), strides: layout.strides(), suboffsets: layout.suboffsets() };
    let itemsize = view.raw_itemsize() as i64;
    let offset = match root.as_ref().and_then(|root| root.as_any().downcast_ref::<View>()) {
        // Its memory is the view that it belongs to.
        Some(root) => {
            let distance = layout.offset() as i64 - root.layout().offset() as i64;
            near(distance, root.nbytes().unwrap_or(0).unsigned_abs())
        }
        None => near(layout.offset() as i64, view.memory().len()),
    };
    trace.layout(offset, view.raw_readonly(), view.raw_format(), itemsize, axes);
}

/// The first name that is bound to an exporter. Equal bytes count as the same, as CPython may share them.
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
pub(super) fn live(names: &[Option<Object>], trace: &mut Trace) {
    for (name, object) in names.iter().enumerate() {
        let (Some(object), Ok(name)) = (object, u16::try_from(name)) else { continue };
        match object {
            Object::Bytearray(_) | Object::Array(_) | Object::Exporter(_, Class::Described) => {
                if let Some(buffer) = changeable(object) {
                    look(&buffer, |locked, content| trace.live_exporter(name, locked, content));
                }
            }
            Object::View(view) => {
                trace.live_view(name, view.is_released());
                if let Some(root) = view.root().filter(|_| !view.is_released())
                    && !names.iter().flatten().any(|object| object.is_exporter(&root))
                    && let Some(buffer) = changeable(&super::exporters::object_of(&root))
                {
                    look(&buffer, |locked, content| trace.live_unnamed(name, locked, content));
                }
            }
            _ => {}
        }
    }
}

/// The memory of an exporter that can change.
fn changeable(object: &Object) -> Option<Rc<Buffer>> {
    match object {
        Object::Bytearray(bytearray) => bytearray.buffer().cloned(),
        Object::Array(array) => array.buffer().cloned(),
        Object::Exporter(exporter, Class::Described) => {
            let described = exporter.as_any().downcast_ref::<Described>()?;
            exporter.buffer().filter(|_| !described.is_readonly()).cloned()
        }
        _ => None,
    }
}

/// Records all that an exporter holds.
fn whole(exporter: &dyn Exporter, record: impl FnOnce(&[u8])) {
    if let Some(buffer) = exporter.buffer() {
        look(buffer, |_, content| record(content));
    }
}

fn look(buffer: &Buffer, record: impl FnOnce(bool, &[u8])) {
    let locked = buffer.exports() > 0;
    // The whole of a buffer is always inside of it.
    let _ = buffer.look(0, buffer.len(), |content| record(locked, content));
}
