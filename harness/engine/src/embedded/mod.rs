//! The CPython that is linked into this process, driven through its C API.
//!
//! An operation is one call of the C API, by the [`Syntax`](program::Syntax) of its row ([`execute`]). What Python does
//! in no one call is done by the interpreter all the same: a `with` statement that was compiled once ([`block`]), `print`
//! itself ([`output`]), and what it says of a name that is bound to nothing ([`unbound`]). What came of it is written to the trace from the objects themselves ([`observe`]): a view's layout and
//! the address of its memory come from its `Py_buffer`, so aliasing is known exactly.
//!
//! All `unsafe` code of the project is in this folder, in functions that say why it is sound.

mod allocated;
mod block;
mod bodies;
mod callables;
mod capi;
mod constant;
mod execute;
mod exporter;
mod frame;
mod hook;
pub(crate) mod leaks;
mod memory;
mod moved;
mod observe;
mod operators;
mod output;
mod packages;
mod source;
mod start;
mod unbound;

use crate::capability::capabilities;
use crate::machine::Machine;
use crate::{Abi, About, Engine, Facet, Facets, OpenError, Profile, Role, RunError, Settings, Watch};
use callables::Callables;
use execute::Interpreter;
use program::capability::{COLLECTOR, REFCOUNTING, SOURCE};
use program::{Kind, Program, Trace};
use pyo3::prelude::*;
use source::Scope;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The sizes of this process's C types; the interpreter in it has the same.
const NATIVE: Abi = if cfg!(target_pointer_width = "32") { Abi::Ilp32 } else { Abi::Lp64 };

/// The embedded CPython. All values of this type share the one interpreter of the process.
pub struct Embedded {
    about: About,
    callables: Callables,
    /// The most operations that bodies may run.
    ration: u32,
}

impl Embedded {
    /// As [`open`](Embedded::open), with the usual settings.
    pub fn new() -> Result<Embedded, OpenError> {
        Embedded::open(&Settings::default())
    }

    /// Starts the interpreter, if it is not running yet, and looks at what was loaded. What runs already keeps the settings
    /// that it was started with.
    pub fn open(settings: &Settings) -> Result<Embedded, OpenError> {
        let loaded = start::start(settings)?;
        Python::attach(|py| {
            memory::check(py)
                .map_err(|reason| OpenError::Unobservable { library: loaded.library_or_unknown(), reason })?;
            let unobservable = |error: PyErr| OpenError::Unobservable {
                library: loaded.library_or_unknown(),
                reason: error.to_string(),
            };
            packages::find(py, settings).map_err(unobservable)?;
            let callables = Callables::new(py).map_err(unobservable)?;
            output::replace(py).map_err(unobservable)?;
            // By itself it would come at times that no program tells.
            py.import("gc").and_then(|gc| gc.call_method0("disable")).map_err(unobservable)?;
            // Debug builds print warnings that others don't, and nobody reads them.
            let warnings = py.import("warnings").map_err(unobservable)?;
            warnings.call_method1("simplefilter", ("ignore",)).map_err(unobservable)?;
            let profile = Profile::new(loaded.version, NATIVE);
            let sees = if leaks::can_count(py) { Facets::ALL } else { Facets::ALL.without(Facet::Leak) };
            // A module that is found may be for another Python, or lack a library.
            let can_import = |module: &str| py.import(module).is_ok();
            let mut others = vec![COLLECTOR, REFCOUNTING];
            others.extend(source::abilities(py));
            others.extend(settings.source.then_some(SOURCE));
            let about = About {
                name: "embedded".to_owned(),
                implementation: "cpython".to_owned(),
                implementation_version: None,
                python: loaded.version,
                role: Role::Tested,
                profile,
                capabilities: capabilities(profile, can_import, &others),
                lacks: BTreeSet::new(),
                sees,
                origin: loaded.library,
            };
            Ok(Embedded { about, callables, ration: u32::MAX })
        })
    }

    /// The folders from which the interpreter may still load modules. It has to run by then; otherwise there are none.
    pub fn folders() -> Vec<PathBuf> {
        start::folders()
    }

    /// Runs a program and throws away what it gives. What it takes is the least that any use of the interpreter takes
    /// which does the same operations, and what a whole fuzzing loop is measured by.
    pub fn run_bare(&mut self, program: &Program) {
        Python::attach(|py| {
            self.with_machine(py, program, |machine| machine.run_bare());
        });
    }

    /// Has a machine run a program, and clears up after it.
    fn with_machine<'py, T>(
        &self,
        py: Python<'py>,
        program: &Program,
        work: impl FnOnce(&Machine<'_, Interpreter<'py, '_>>) -> T,
    ) -> T {
        let may_run = program.is_source() && self.about.capabilities.contains(SOURCE);
        let scope = may_run.then(|| Scope::new(py));
        let runs = &self.callables.runs;
        runs.set(runs.get() + 1);
        let result = {
            let interpreter = Interpreter {
                py,
                callables: &self.callables,
                run: runs.get(),
                scope: scope.as_ref(),
                is_counting: Cell::new(false),
            };
            work(&Machine::new(interpreter, program).rationed(self.ration))
        };
        match scope {
            Some(scope) => scope.end(),
            None => self.collect(py, program),
        }
        result
    }

    /// Collects what a program may have left in a cycle: a hook that was armed, an object that holds itself, an exception that
    /// a function has kept. What is young is enough: all that is older was there before.
    fn collect(&self, py: Python<'_>, program: &Program) {
        let may_hold = |kind| matches!(kind, Kind::Arm | Kind::Class | Kind::Try | Kind::List | Kind::Comprehend);
        if program.all_operations().any(|operation| may_hold(operation.kind)) {
            // A collection that fails leaves memory behind, and nothing else.
            let _ = self.callables.get(py, Kind::Collect).and_then(|collect| collect.call1((0,)));
        }
    }

    /// Runs `work` while this thread holds the interpreter, so that the runs inside need not take it one by one.
    pub fn attached<T>(work: impl FnOnce() -> T) -> T {
        Python::attach(|_| work())
    }
}

impl Engine for Embedded {
    fn about(&self) -> &About {
        &self.about
    }

    fn run(&mut self, program: &Program, watch: Watch, trace: &mut Trace) -> Result<(), RunError> {
        trace.clear();
        Python::attach(|py| self.with_machine(py, program, |machine| machine.run(watch, trace)))
    }

    fn confined(&mut self) {
        let found = Python::attach(source::abilities);
        let is_lost = |word: &str| source::ABILITIES.contains(&word) && !found.contains(&word);
        self.about.capabilities.retain(|word| !is_lost(word));
    }

    fn ration(&mut self, operations: Option<u32>) {
        self.ration = operations.unwrap_or(u32::MAX);
    }

    fn leaks(&mut self, program: &Program) -> usize {
        leaks::count(|| self.run_bare(program))
    }
}
