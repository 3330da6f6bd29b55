//! How much work a run is: what its operations copy, go through and compare. Each of them is bounded, but a loop can do as
//! much again and again that no engine comes to an end in time.

use crate::code::as_error;
use crate::stop::Stop;
use std::cell::Cell;
use view::Error;

/// The most work of a run, in bytes that are copied.
const MOST: usize = 1 << 28;
/// The work of making an object, or of comparing two.
pub(crate) const OBJECT: usize = 16;

thread_local! {
    static DONE: Cell<usize> = const { Cell::new(0) };
}

/// Begins a run.
pub(crate) fn begin() {
    DONE.set(0);
}

/// Counts some work.
///
/// # Errors
///
/// Unsupported if it is too much for a run.
pub(crate) fn spend(work: usize) -> Result<(), Error> {
    let done = DONE.get().saturating_add(work);
    DONE.set(done);
    match done > MOST {
        true => Err(as_error(Stop::unsupported("a program that copies or goes through more than 256 MiB in all"))),
        false => Ok(()),
    }
}
