//! Faults of holding and letting go: locks on exporters, releases, and what a view of a view is.

use super::call::{give, give_view, raise};
use super::parts::{copied, export_of, remade, root_is_readonly};
use super::{Row, row};
use program::Kind;
use python::Object;
use python::exporters::Bytearray;
use std::rc::Rc;
use view::{Error, ExportGuard, Exporter, View};

pub(super) const ROWS: &[Row] = &[
    row("lock-not-taken", "A view of a bytearray does not keep it from being resized.", |call| {
        let is_bytearray = call.is(&[Kind::NewView]) && matches!(call.operand(0)?, Object::Bytearray(_));
        call.on_view(|_, view| is_bytearray.then(|| unlocked(view))?)
    }),
    row("lock-not-taken-if-empty", "A view of an empty object does not keep it from being resized.", |call| {
        let is_new = call.is(&[Kind::NewView]) && !matches!(call.operand(0)?, Object::View(_));
        call.on_view(|_, view| (is_new && view.memory().is_empty()).then(|| unlocked(view))?)
    }),
    row(
        "lock-not-taken-by-slice",
        "A slice does not keep the object from being resized when the view it was made from is released.",
        |call| {
            call.view(&[Kind::Get])?;
            call.on_view(|_, part| unlocked(part))
        },
    ),
    row(
        "lock-not-taken-by-cast",
        "A cast does not keep the object from being resized when the view it was made from is released.",
        |call| {
            call.view(&[Kind::Cast])?;
            call.on_view(|_, cast| unlocked(cast))
        },
    ),
    row("lock-kept-by-release", "Releasing a view does not give the lock back.", |call| {
        let view = call.view(&[Kind::Release])?;
        call.state.kept.extend(view.again());
        None
    }),
    row("lock-kept-by-exit", "The end of a `with` block does not give the lock back.", |call| {
        let view = call.view(&[Kind::ExitMethod])?;
        call.state.kept.extend(view.again());
        None
    }),
    row("lock-kept-by-slice", "The lock that a slice takes is never given back.", |call| {
        call.view(&[Kind::Get])?;
        call.on_view(|call, part| {
            call.state.kept.extend(part.again());
            None
        })
    }),
    row("lock-kept-by-comparison", "Comparing with a bytearray keeps it locked.", |call| {
        call.view(&[Kind::Eq, Kind::Ne])?;
        let other = call.operand(1).filter(|other| matches!(other, Object::Bytearray(_)))?;
        let held = call.python.view_of(other);
        call.state.kept.extend(held);
        None
    }),
    row("lock-kept-by-failed-cast", "A cast that fails keeps the object locked.", |call| {
        let view = call.view(&[Kind::Cast])?;
        call.on_error(|call, _| {
            call.state.kept.extend(view.again());
            None
        })
    }),
    row("release-twice", "Releasing a view a second time raises a ValueError.", |call| {
        call.released(&[Kind::Release]).map(|_| raise(Error::Released))
    }),
    row("release-takes-slices", "Releasing a view releases the slices that were made from it.", |call| {
        if let Some(view) = call.view(&[Kind::Get]) {
            return call.on_view(|call, part| {
                call.state.pairs.push((Rc::downgrade(&view), Rc::downgrade(part)));
                None
            });
        }
        let view = call.view(&[Kind::Release])?;
        call.on_value(|call, _| {
            let parts = call.state.pairs.iter().filter(|(from, _)| std::ptr::eq(from.as_ptr(), Rc::as_ptr(&view)));
            parts.filter_map(|(_, part)| part.upgrade()).for_each(|part| _ = part.release());
            None
        })
    }),
    row("release-takes-origin", "Releasing a cast releases the view that it was made from.", |call| {
        if let Some(view) = call.view(&[Kind::Cast]) {
            return call.on_view(|call, cast| {
                call.state.pairs.push((Rc::downgrade(cast), Rc::downgrade(&view)));
                None
            });
        }
        let cast = call.view(&[Kind::Release])?;
        call.on_value(|call, _| {
            let origins = call.state.pairs.iter().filter(|(from, _)| std::ptr::eq(from.as_ptr(), Rc::as_ptr(&cast)));
            origins.filter_map(|(_, origin)| origin.upgrade()).for_each(|origin| _ = origin.release());
            None
        })
    }),
    row("exit-does-nothing", "The end of a `with` block does not release the view.", |call| {
        call.view(&[Kind::ExitMethod]).map(|_| give(Object::None))
    }),
    row("enter-released", "A `with` block takes a released view.", |call| {
        call.released(&[Kind::EnterMethod]).map(give_view)
    }),
    row("enter-gives-another", "A `with` block gives another view of the same memory.", |call| {
        call.view(&[Kind::EnterMethod])?;
        call.on_view(|_, view| view.again().ok())
    }),
    row("append-ignored", "Appending to an object that has views does nothing, in place of failing.", |call| {
        if !call.is(&[Kind::Append]) {
            return None;
        }
        call.on_error(|_, error| match error {
            Error::BytearrayResize | Error::ArrayResize => Some(give(Object::None)),
            _ => None,
        })
    }),
    row("in-place-add-copies", "Adding in place to a bytearray that has views gives another bytearray.", |call| {
        let Object::Bytearray(before) = call.operand(0)?.clone() else { return None };
        let added = call.operand(1).cloned().filter(|_| call.is(&[Kind::InPlaceAdd]))?;
        call.on_error(|call, error| match error {
            Error::BytearrayResize => {
                let added = call.python.view_of(&added).ok()?.tobytes(view::Order::C).ok()?;
                Some(give(Object::Bytearray(Bytearray::new([before.to_vec(), added].concat()))))
            }
            _ => None,
        })
    }),
    row("extend-by-nothing", "Adding nothing to an object that has views fails like adding something.", |call| {
        let exporter = call.operand(0)?.as_exporter().filter(|_| call.is(&[Kind::Extend, Kind::InPlaceAdd]))?;
        let is_locked = exporter.buffer().is_some_and(|buffer| buffer.exports() > 0);
        let error = match call.operand(0)? {
            Object::Bytearray(_) => Error::BytearrayResize,
            Object::Array(_) => Error::ArrayResize,
            _ => return None,
        };
        call.on_value(|_, _| is_locked.then(|| raise(error)))
    }),
    row("reverse-locked", "The items of a bytearray that has views can't be reversed.", |call| {
        let Object::Bytearray(content) = call.operand(0)? else { return None };
        let is_locked = content.buffer().is_some_and(|buffer| buffer.exports() > 0);
        (is_locked && call.is(&[Kind::Reverse])).then(|| raise(Error::BytearrayResize))
    }),
    row("toreadonly-writable", "What `toreadonly` gives can be written to.", |call| {
        call.view(&[Kind::ToReadonly])?;
        call.on_view(|_, view| remade(view, |export| export.readonly = root_is_readonly(view)))
    }),
    row("toreadonly-copies", "What `toreadonly` gives is a copy of the memory.", |call| {
        call.view(&[Kind::ToReadonly])?;
        call.on_view(|_, view| copied(view, |_| ()))
    }),
    row(
        "toreadonly-marks-origin",
        "After `toreadonly` the view that it was called on can't be written to either.",
        |call| {
            if let Some(view) = call.view(&[Kind::ToReadonly]) {
                call.state.pairs.push((Rc::downgrade(&view), Rc::downgrade(&view)));
                return None;
            }
            let view = call.view(&[Kind::Set])?;
            let is_marked = call.state.pairs.iter().any(|(marked, _)| std::ptr::eq(marked.as_ptr(), Rc::as_ptr(&view)));
            is_marked.then(|| raise(Error::ReadOnly))
        },
    ),
    row("view-of-view-writable", "A view of a read-only view of a writable object can be written to.", |call| {
        call.view(&[Kind::NewView])?;
        call.on_view(|_, view| {
            let readonly = root_is_readonly(view);
            (readonly != view.raw_readonly()).then(|| remade(view, |export| export.readonly = readonly))?
        })
    }),
    row("view-of-view-is-of-object", "A view of a view is a view of the whole object.", |call| {
        call.view(&[Kind::NewView])?;
        call.on_view(|call, view| call.python.view_of(&Object::of_exporter(&view.root()?)).ok())
    }),
    row("view-of-view-is-itself", "A view of a view is the view itself.", |call| {
        call.view(&[Kind::NewView]).map(give_view)
    }),
    row(
        "buffer-not-counted",
        "A view that `__buffer__` of a view gives does not keep it from being released.",
        |call| {
            call.view(&[Kind::GetBuffer])?;
            call.on_view(|_, view| unlocked(view))
        },
    ),
    row("buffer-of-another-released", "A call of `__release_buffer__` does not look whose view it is given.", |call| {
        if !call.is(&[Kind::ReleaseBuffer]) {
            return None;
        }
        call.on_error(|call, error| match (error, call.operand(1)?) {
            (Error::Value("memoryview's buffer is not this object"), Object::View(view)) => {
                view.release().ok()?;
                Some(give(Object::None))
            }
            _ => None,
        })
    }),
];

/// The same view without a lock of its own.
fn unlocked(view: &Rc<View>) -> Option<Rc<View>> {
    let mut export = export_of(view);
    export.length = view.nbytes().ok()?;
    export.guard = ExportGuard::Other(Box::new(()));
    View::from_export(view.root()?, export, view.profile()).ok()
}
