//! What an engine is given when it is opened, beside its name and the Python that the reference stands for.

use child::Limits;
use std::path::PathBuf;
use std::time::Duration;

/// The longest time until an engine is ready. A Python in WebAssembly takes seconds.
const START: Duration = Duration::from_secs(60);

/// How engines are opened: what they may take and what they may do. All engines of a command are given the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The longest time that a program may take.
    pub timeout: Duration,
    /// The bytes of memory that a process may take beside what it holds when it is ready; 0 for any.
    pub memory: u64,
    /// Whether a command is started by the executable of viewcheck, which confines itself before it becomes the command
    /// (`viewcheck confine`). Only that executable may ask for it.
    pub confined: bool,
    /// The folders that a confined command may read beside those that its words name.
    pub readable: Vec<PathBuf>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { timeout: Duration::from_secs(10), memory: 2 << 30, confined: false, readable: vec![] }
    }
}

impl Settings {
    /// The limits of a process that runs one engine.
    pub fn limits(&self) -> Limits {
        Limits { start: START, progress: self.timeout, memory: self.memory }
    }
}
