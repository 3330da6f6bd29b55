//! Making views that an honest implementation would not make, from those that it made.
//!
//! A view is made from an export. Here the export is written down from a view, a fault changes it, and what comes out
//! is a view of the same object, with a lock of its own.

use python::Object;
use python::exporters::Bytearray;
use python::object::Slice;
use python::slice;
use std::rc::Rc;
use view::{Bounds, BufferExport, Dims, Export, ExportGuard, Exporter, Flags, Format, Layout, Profile, Text, View};

/// The export that would give this view.
pub(super) fn export_of(view: &View) -> Export {
    let layout = view.layout();
    let mut export = Export {
        memory: view.memory().clone(),
        offset: 0,
        length: 0,
        itemsize: view.raw_itemsize(),
        readonly: view.raw_readonly(),
        ndim: 0,
        format: Some(Text::from(view.raw_format())),
        shape: None,
        strides: None,
        suboffsets: None,
        guard: ExportGuard::Buffer(BufferExport::new(view.memory())),
    };
    place(&mut export, layout);
    export
}

/// Gives an export another layout.
pub(super) fn place(export: &mut Export, layout: &Layout) {
    export.offset = layout.offset();
    export.ndim = layout.ndim();
    export.shape = Some(Dims::from_slice(layout.shape()));
    export.strides = Some(Dims::from_slice(layout.strides()));
    export.suboffsets = Some(Dims::from_slice(layout.suboffsets())).filter(|dims| !dims.is_empty());
}

/// Gives an export packed items of a native format in one dimension, from where it starts.
pub(super) fn place_flat(export: &mut Export, format: &str, itemsize: isize, items: isize) {
    export.format = Some(Text::from(format));
    export.itemsize = itemsize;
    export.ndim = 1;
    export.shape = Some(Dims::from_slice(&[items]));
    export.strides = Some(Dims::from_slice(&[itemsize]));
}

fn made(exporter: Rc<dyn Exporter>, mut export: Export, like: &View) -> Option<Rc<View>> {
    let mut sizes = export.shape.iter().flatten();
    export.length = sizes.try_fold(export.itemsize, |length, size| length.checked_mul(*size))?;
    View::from_export(exporter, export, like.profile()).ok()
}

/// A view of the same object that differs from this one as `change` says.
pub(super) fn remade(view: &View, change: impl FnOnce(&mut Export)) -> Option<Rc<View>> {
    let mut export = export_of(view);
    change(&mut export);
    made(view.root()?, export, view)
}

/// A view of the same object with another layout.
pub(super) fn relaid(view: &View, layout: &Layout) -> Option<Rc<View>> {
    remade(view, |export| place(export, layout))
}

/// A view of the same object whose items lie one after the other from where it starts, whatever its strides are.
pub(super) fn dense(view: &View) -> Option<Rc<View>> {
    let layout = view.layout();
    let packed =
        Layout::packed(layout.offset(), Dims::from_slice(layout.shape()), view.raw_itemsize(), view.profile().abi());
    relaid(view, &packed.ok()?)
}

/// A view of the same object that can be written to, whether the object allows it or not.
pub(super) fn writable(view: &View) -> Option<Rc<View>> {
    remade(view, |export| export.readonly = false)
}

/// A view of the same memory that goes on after a release. It holds on to the view as an iterator does.
pub(super) fn revived(view: &Rc<View>) -> Option<Rc<View>> {
    let export = Export { guard: ExportGuard::Other(Box::new(view.clone())), ..export_of(view) };
    made(Bytearray::new(vec![]), export, view)
}

/// A view of a copy of the memory that `change` may alter first.
pub(super) fn copied(view: &View, change: impl FnOnce(&mut Vec<u8>)) -> Option<Rc<View>> {
    let mut content = view.memory().to_vec();
    change(&mut content);
    let copy = Bytearray::new(content);
    let memory = copy.buffer()?.clone();
    let export = Export { guard: ExportGuard::Buffer(BufferExport::new(&memory)), memory, ..export_of(view) };
    made(copy, export, view)
}

/// A view of a copy of the memory, to be written to: what would happen, without its happening.
pub(super) fn scratch(view: &View) -> Option<Rc<View>> {
    writable(&*copied(view, |_| ())?)
}

/// Whether the object under a view allows writing.
pub(super) fn root_is_readonly(view: &View) -> bool {
    view.root().and_then(|root| root.export(Flags::FULL_RO).ok()).is_some_and(|export| export.readonly)
}

/// The addresses of a view's items, in C order.
pub(super) fn addresses(view: &View) -> Option<Vec<isize>> {
    view.layout().addresses(view.memory()).ok()
}

/// The address of the item that a key stands for, if it is one of indices that the view has.
pub(super) fn address(view: &View, key: &Object) -> Option<isize> {
    let indices: Option<Vec<isize>> = match key {
        Object::Tuple(items) => items.iter().map(index).collect(),
        Object::Ellipsis => Some(vec![]),
        key => Some(vec![index(key)?]),
    };
    view.layout().address(&indices?, view.memory()).ok()
}

/// An index, if it is an int of usual size.
pub(super) fn index(object: &Object) -> Option<isize> {
    match object.as_int() {
        Some(view::Int::Small(value)) => Some(value as isize),
        _ => None,
    }
}

/// The bytes of an item of a format, if views can read it.
pub(super) fn size_of(format: &Object, view: &View) -> Option<isize> {
    let Object::Str(text) = format else { return None };
    let format = Format::new(Text::from(&**text), view.profile());
    Some(format.native()?.size(view.profile().abi()) as isize)
}

/// The part of a view that a key stands for, if it is a slice that can be converted unseen.
pub(super) fn part(view: &View, key: &Object) -> Option<Rc<View>> {
    let bounds = bounds(key, view.profile())?;
    let length = *view.layout().shape().first()?;
    relaid(view, &view.layout().slice(bounds.of(length)))
}

/// The bounds of a slice whose parts can be converted unseen. An object with `__index__` would notice that a fault asks it
/// once more, and tell the fault by that instead of by what is wrong.
pub(super) fn bounds(key: &Object, profile: Profile) -> Option<Bounds> {
    let Object::Slice(parts) = key else { return None };
    let is_unseen = |part: &Object| matches!(part, Object::None | Object::Bool(_) | Object::Int(_));
    parts.0.iter().all(is_unseen).then(|| slice(parts).bounds(profile).ok())?
}

/// The key `:`, for all of a view.
pub(super) fn whole() -> Object {
    Object::Slice(Slice(Rc::new([Object::None, Object::None, Object::None])))
}
