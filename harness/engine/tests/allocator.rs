//! The embedded Python with another allocator, in a process of its own: the first that opens the engine decides.

#![cfg(feature = "embedded")]

use engine::embedded::Embedded;
use engine::{Allocator, Settings};
use pyo3::prelude::*;

/// Memory from the interpreter's own function, which the debug allocator fills so that nobody takes it for data.
#[test]
fn the_debug_allocator_fills_new_memory() {
    Embedded::open(&Settings { allocator: Allocator::Debug, ..Settings::default() }).unwrap();
    let found: Vec<u8> = Python::attach(|py| {
        let text = c"
import ctypes
allocate = ctypes.pythonapi.PyObject_Malloc
allocate.argtypes, allocate.restype = [ctypes.c_size_t], ctypes.c_void_p
found = ctypes.string_at(allocate(16), 16)
";
        let names = pyo3::types::PyDict::new(py);
        py.run(text, Some(&names), None).unwrap();
        names.get_item("found").unwrap().unwrap().extract().unwrap()
    });
    assert_eq!(found, [0xcd; 16]);
}
