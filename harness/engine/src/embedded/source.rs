//! Steps in any Python: they are compiled and run in a dict that each program has for itself.
//!
//! The machine's names are bound to what the dict has for them, so that these programs are observed as all others are. What a
//! program leaves behind must not disturb the next one: cycles are collected, and a process with threads of a program ends.

use super::output;
use crate::process::LEFT_BEHIND;
use program::Operation;
use program::capability::{FILES, SOCKETS, THREADS};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::ffi::CStr;

/// What is found out by trying ([`abilities`]).
pub(super) const ABILITIES: [&str; 3] = [FILES, SOCKETS, THREADS];

/// What tries it: a function for each, which raises where something is missing. `left` waits for threads of a program and says
/// whether any of them still runs.
const TRIES: &CStr = c"
def files():
    import os
    # Threads of one process may try at the same time, and one that was killed may have left its file.
    path = os.path.join(os.environ.get('TMPDIR') or '/tmp', 'viewcheck-' + os.urandom(8).hex())
    with open(path, 'xb') as file:
        file.write(b'a')
    os.unlink(path)

def sockets():
    import socket
    left, right = socket.socketpair()
    with left, right:
        left.sendall(b'a')
        right.recv(1)

def threads():
    import _thread
    lock = _thread.allocate_lock()
    lock.acquire()
    _thread.start_new_thread(lock.release, ())
    if not lock.acquire(True, 5):
        raise RuntimeError('the thread does not run')

def left():
    import _thread, time
    for wait in range(100):
        if not _thread._count():
            return False
        time.sleep(0.01)
    return True
";

/// Which of [`ABILITIES`] the interpreter has here and now.
pub(super) fn abilities(py: Python<'_>) -> Vec<&'static str> {
    let Ok(tries) = PyModule::from_code(py, TRIES, c"<tries>", c"viewcheck_tries") else { return vec![] };
    ABILITIES.into_iter().filter(|word| tries.call_method0(*word).is_ok()).collect()
}

/// Whether threads of a program still run, after a while. The interpreter counts those that Python has started.
fn has_threads(py: Python<'_>) -> PyResult<bool> {
    if py.import("_thread")?.call_method0("_count")?.extract::<usize>()? == 0 {
        return Ok(false);
    }
    PyModule::from_code(py, TRIES, c"<tries>", c"viewcheck_tries")?.call_method0("left")?.extract()
}

/// The names of a program in any Python.
pub(super) struct Scope<'py>(Bound<'py, PyDict>);

impl<'py> Scope<'py> {
    /// The scope of a program that begins.
    pub(super) fn new(py: Python<'py>) -> Scope<'py> {
        let scope = PyDict::new(py);
        // A dict takes a str, and memory for it is there.
        let _ = scope.set_item("__name__", "__main__");
        let _ = py.import("builtins").and_then(|builtins| scope.set_item("__builtins__", builtins));
        let _ = output::restore(py);
        Scope(scope)
    }

    /// Runs a step. Gives its value, if it has one. `compiled` is called when the step is compiled, before it runs.
    pub(super) fn run(
        &self,
        operation: &Operation,
        texts: &[Box<str>],
        compiled: impl FnOnce(),
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(source) = operation.as_source() else { return Ok(None) };
        let builtins = self.0.py().import("builtins")?;
        let code = |text: &str, mode: &str| builtins.call_method1("compile", (text, "<step>", mode, 0, true));
        let is_empty = source.statements.trim().is_empty();
        let statements = (!is_empty).then(|| code(source.statements, "exec")).transpose()?;
        let value = source.value.map(|value| code(value, "eval")).transpose()?;
        compiled();
        if let Some(statements) = statements {
            builtins.call_method1("exec", (statements, &self.0))?;
        }
        match (value, source.name.and_then(|name| texts.get(usize::from(name)))) {
            (Some(value), _) => builtins.call_method1("eval", (value, &self.0)).map(Some),
            (None, Some(name)) => self.get(name),
            (None, None) => Ok(None),
        }
    }

    /// What a name is bound to.
    pub(super) fn get(&self, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.0.get_item(name)
    }

    /// Clears up after the program. Where threads of it still run, the process ends: they could change what comes next.
    pub(super) fn end(self) {
        let py = self.0.py();
        self.0.clear();
        let collected = py.import("gc").and_then(|gc| {
            gc.call_method0("disable")?;
            gc.call_method0("collect")
        });
        if has_threads(py).unwrap_or(true) {
            eprintln!("{LEFT_BEHIND}");
            std::process::exit(1);
        }
        // What its last breath has printed is not the next program's.
        let restored = collected.and_then(|_| output::restore(py)).and_then(|()| output::take(py));
        if let Err(error) = restored {
            eprintln!("the interpreter can't go on after the program: {error}");
            std::process::exit(1);
        }
    }
}
