//! Faults of the interpreter around operations: frames, loops, and which exceptions are caught.

use super::{Row, habit};
use python::object::Class;
use python::{Object, Python};
use view::{Error, Exception};

/// What an interpreter does wrongly for every statement.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Habit {
    /// What the variables of functions are bound to never dies.
    KeepVariables,
    /// A loop goes through a copy of a bytearray.
    LoopOverCopy,
    /// A loop goes through a copy of an array.
    LoopOverCopyOfArray,
    /// A loop takes an error for the end.
    EndByError,
    /// Every handler catches every exception.
    CatchEverything,
    /// A handler catches no exception of a class below the one that it names.
    CatchExactly,
    /// No handler catches a BufferError.
    CatchNoOwn,
    /// A view is true, whatever its length.
    ViewsAreTrue,
    /// An exception that leaves a `with` block does not release the view.
    KeepOnError,
    /// The end of a `with` block releases the view only because of an exception.
    KeepWithoutError,
    /// A class has no method of its base.
    InheritNothing,
}

pub(super) const ROWS: &[Row] = &[
    habit("variables-never-die", "What a function has bound its variables to lives on after it.", Habit::KeepVariables),
    habit("loop-over-copy", "A `for` loop goes through a bytearray as it was in the beginning.", Habit::LoopOverCopy),
    habit(
        "loop-over-copy-of-array",
        "A `for` loop goes through an array as it was in the beginning.",
        Habit::LoopOverCopyOfArray,
    ),
    habit(
        "loop-ends-by-error",
        "A `for` loop takes the ValueError of a released view for the end of the items.",
        Habit::EndByError,
    ),
    habit("except-everything", "A handler catches exceptions of any class.", Habit::CatchEverything),
    habit(
        "except-exactly",
        "A handler catches no exception of a class below the one that it names.",
        Habit::CatchExactly,
    ),
    habit("except-no-buffer-error", "A BufferError is caught by no handler that names a class.", Habit::CatchNoOwn),
    habit(
        "exit-skipped-by-error",
        "An exception that leaves a `with` block does not release the view.",
        Habit::KeepOnError,
    ),
    habit(
        "exit-only-by-error",
        "Only an exception that leaves a `with` block releases the view.",
        Habit::KeepWithoutError,
    ),
    habit("nothing-inherited", "A class does not have the methods of its base.", Habit::InheritNothing),
    habit("views-are-true", "A condition takes a view without items for true.", Habit::ViewsAreTrue),
];

/// An iterator over a copy of the items.
pub(super) fn copied(python: &Python, object: &Object) -> Option<Object> {
    let iterator = engine::reference::Variant::iterator(python, object).ok()?;
    let mut items = vec![];
    while let Some(item) = iterator.as_type().next().ok()? {
        items.push(item);
    }
    engine::reference::Variant::iterator(python, &Object::List(items.into())).ok()
}

/// Whether an error is one that comes where a view is gone.
pub(super) fn ends(error: &Error) -> bool {
    error.exception() == Exception::ValueError
}

/// Whether a class is that of an exception itself.
pub(super) fn is_exactly(class: &Object, error: &Error) -> bool {
    class.downcast::<Class>().is_some_and(|class| *class.0 == *error.exception().name())
}
