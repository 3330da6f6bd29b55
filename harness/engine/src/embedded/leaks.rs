//! Memory that a program leaves behind: a reference that C forgot to give back keeps its object for ever.
//!
//! The interpreter counts the blocks that its allocator has handed out. What a program does the first times may fill
//! caches; what it does *each* time is a leak.

use pyo3::ffi;
use pyo3::prelude::*;

/// How often the program is run between two counts: a few times, and where that looks bad, often enough for any cache
/// to be full. The largest is that of CPython's free tuples, which keeps 2,000 of each size.
const RUNS: [usize; 3] = [2, 2, 2500];

/// Whether the allocator counts its blocks. That of the C library does not.
pub(super) fn can_count(py: Python<'_>) -> bool {
    let count = py.import("sys").and_then(|sys| sys.call_method0("getallocatedblocks"));
    count.and_then(|blocks| blocks.extract::<usize>()).is_ok_and(|blocks| blocks > 0)
}

/// The fewest blocks by which any run grew the count.
pub(crate) fn count(mut run: impl FnMut()) -> usize {
    Python::attach(|py| {
        let count = py.import("sys").and_then(|sys| sys.getattr("getallocatedblocks")).ok()?;
        // Another allocator counts nothing, and then nothing is known.
        let blocks = || -> PyResult<usize> {
            // It remembers the names of attributes that C code asked for, thousands of them.
            // SAFETY: the interpreter is held, and forgets nothing but what it can find again.
            unsafe { ffi::PyType_ClearCache() };
            count.call0()?.extract()
        };
        (0..RUNS[0]).for_each(|_| run());
        let (mut before, mut least) = (blocks().ok()?, usize::MAX);
        for runs in RUNS {
            (0..runs).for_each(|_| run());
            let now = blocks().ok()?;
            least = least.min(now.saturating_sub(before) / runs);
            before = now;
            if least == 0 {
                break;
            }
        }
        Some(least)
    })
    .unwrap_or(0)
}
