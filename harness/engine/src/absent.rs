//! What stands for the embedded engine in a build without the feature `embedded`.
//!
//! It has the same type and functions, so that the code that uses them is the same in both builds. No value of the type
//! can exist, because [`Embedded::new`] always fails.

use crate::{About, Engine, OpenError, RunError, Settings, Watch};
use program::{Program, Trace};
use std::path::PathBuf;

/// The embedded CPython, which this build does not have.
#[derive(Debug)]
pub enum Embedded {}

impl Embedded {
    /// Says that the engine is not part of this build.
    pub fn new() -> Result<Embedded, OpenError> {
        Err(OpenError::NotBuilt)
    }

    /// Says the same.
    pub fn open(_settings: &Settings) -> Result<Embedded, OpenError> {
        Embedded::new()
    }

    /// No folders: there is no interpreter that would load modules.
    pub fn folders() -> Vec<PathBuf> {
        vec![]
    }

    /// Runs a program and discards its results.
    pub fn run_bare(&mut self, _program: &Program) {
        match *self {}
    }

    /// Runs `work`. There is no interpreter to hold meanwhile.
    pub fn attached<T>(work: impl FnOnce() -> T) -> T {
        work()
    }
}

impl Engine for Embedded {
    fn about(&self) -> &About {
        match *self {}
    }

    fn run(&mut self, _program: &Program, _watch: Watch, _trace: &mut Trace) -> Result<(), RunError> {
        match *self {}
    }
}
