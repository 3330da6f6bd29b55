//! How much memory a step allocates: counted by hooks between the interpreter and its allocators.
//!
//! Each step is counted from nothing, and what is told is the most that was allocated at the same time: a copy that is made and
//! dropped counts, and what was there before does not. `tracemalloc` would count the same, but it can't be stopped safely
//! while another thread attaches to the interpreter. These hooks are of the allocators of objects and of memory only, which are
//! called by nobody but who holds the interpreter. They are there while a step is counted, and count for the thread that runs it.

use pyo3::Python;
use pyo3::ffi::{self, PyMemAllocatorDomain, PyMemAllocatorEx};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::c_void;
use std::ptr;
use std::sync::OnceLock;

/// The domains that are counted, by their index.
const DOMAINS: [PyMemAllocatorDomain; 2] =
    [PyMemAllocatorDomain::PYMEM_DOMAIN_MEM, PyMemAllocatorDomain::PYMEM_DOMAIN_OBJ];

/// An allocator of the interpreter.
struct Original(PyMemAllocatorEx);

// SAFETY: it is four functions and what they are given, which any thread may call that holds the interpreter.
unsafe impl Send for Original {}
// SAFETY: as above; it is never changed.
unsafe impl Sync for Original {}

/// The allocators without hooks. They are what every hook ends in, so that it never calls itself.
static ORIGINALS: OnceLock<[Original; DOMAINS.len()]> = OnceLock::new();

thread_local! {
    /// What the step that this thread runs has allocated, if it is counted.
    static COUNT: RefCell<Option<Count>> = const { RefCell::new(None) };
}

#[derive(Default)]
struct Count {
    /// The blocks that are allocated, by their addresses.
    sizes: HashMap<usize, u64>,
    now: u64,
    most: u64,
}

impl Count {
    fn add(&mut self, block: *mut c_void, size: usize) {
        if !block.is_null() {
            let before = self.sizes.insert(block.addr(), size as u64).unwrap_or(0);
            self.now = self.now - before + size as u64;
            self.most = self.most.max(self.now);
        }
    }

    fn remove(&mut self, block: *mut c_void) {
        self.now -= self.sizes.remove(&block.addr()).unwrap_or(0);
    }
}

/// Begins to count what this thread allocates.
pub(super) fn begin(_py: Python<'_>) {
    let originals = ORIGINALS.get_or_init(|| {
        DOMAINS.map(|domain| {
            let mut found =
                PyMemAllocatorEx { ctx: ptr::null_mut(), malloc: None, calloc: None, realloc: None, free: None };
            // SAFETY: the interpreter is held, and fills the struct.
            unsafe { ffi::PyMem_GetAllocator(domain, &raw mut found) };
            Original(found)
        })
    });
    COUNT.set(Some(Count::default()));
    set(DOMAINS[0], hooks::<0>(&originals[0]));
    set(DOMAINS[1], hooks::<1>(&originals[1]));
}

/// Ends that. Gives the most bytes that were allocated at the same time.
pub(super) fn end(_py: Python<'_>) -> Option<u64> {
    for (domain, original) in DOMAINS.into_iter().zip(ORIGINALS.get()?) {
        set(domain, original.0);
    }
    COUNT.take().map(|count| count.most)
}

fn set(domain: PyMemAllocatorDomain, mut allocator: PyMemAllocatorEx) {
    // SAFETY: the callers hold the interpreter, and it copies the struct. The functions allocate as those before them do, so
    // that a block may be freed by either.
    unsafe { ffi::PyMem_SetAllocator(domain, &raw mut allocator) };
}

/// The hooks of a domain. They are given what the original functions are given.
fn hooks<const DOMAIN: usize>(original: &Original) -> PyMemAllocatorEx {
    PyMemAllocatorEx {
        ctx: original.0.ctx,
        malloc: Some(malloc::<DOMAIN>),
        calloc: Some(calloc::<DOMAIN>),
        realloc: Some(realloc::<DOMAIN>),
        free: Some(free::<DOMAIN>),
    }
}

fn original<const DOMAIN: usize>() -> Option<&'static PyMemAllocatorEx> {
    ORIGINALS.get().map(|originals| &originals[DOMAIN].0)
}

/// Counts something, if the thread counts.
fn note(what: impl FnOnce(&mut Count)) {
    // A thread that ends has nothing left to count with.
    let _ = COUNT.try_with(|count| {
        if let Ok(mut count) = count.try_borrow_mut() {
            count.as_mut().map(what);
        }
    });
}

extern "C" fn malloc<const DOMAIN: usize>(context: *mut c_void, size: usize) -> *mut c_void {
    let malloc = original::<DOMAIN>().and_then(|original| original.malloc);
    let block = malloc.map_or(ptr::null_mut(), |malloc| malloc(context, size));
    note(|count| count.add(block, size));
    block
}

extern "C" fn calloc<const DOMAIN: usize>(context: *mut c_void, items: usize, size: usize) -> *mut c_void {
    let calloc = original::<DOMAIN>().and_then(|original| original.calloc);
    let block = calloc.map_or(ptr::null_mut(), |calloc| calloc(context, items, size));
    note(|count| count.add(block, items.saturating_mul(size)));
    block
}

extern "C" fn realloc<const DOMAIN: usize>(context: *mut c_void, block: *mut c_void, size: usize) -> *mut c_void {
    let realloc = original::<DOMAIN>().and_then(|original| original.realloc);
    let moved = realloc.map_or(ptr::null_mut(), |realloc| realloc(context, block, size));
    if !moved.is_null() {
        note(|count| {
            count.remove(block);
            count.add(moved, size);
        });
    }
    moved
}

extern "C" fn free<const DOMAIN: usize>(context: *mut c_void, block: *mut c_void) {
    note(|count| count.remove(block));
    if let Some(free) = original::<DOMAIN>().and_then(|original| original.free) {
        free(context, block);
    }
}
