//! What an engine is given when it is opened, beside its name and the Python that the reference stands for.

use child::Limits;
use std::path::PathBuf;
use std::process::Command;
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
    /// The folders in which the embedded Python finds more modules.
    pub python_path: Vec<PathBuf>,
    /// The folder that holds `lib/python3.x`, the library of the embedded Python, if it is not the one that the build found.
    pub home: Option<PathBuf>,
    /// The allocator of the embedded Python.
    pub allocator: Allocator,
    /// Whether a command is started by the executable of viewcheck, which confines itself before it becomes the command
    /// (`viewcheck confine`). Only that executable may ask for it.
    pub confined: bool,
    /// Whether programs in any Python may run: where nothing confines the processes of engines, nothing holds such programs.
    pub source: bool,
    /// The folders that a confined command may read beside those that its words name.
    pub readable: Vec<PathBuf>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            timeout: Duration::from_secs(10),
            memory: 2 << 30,
            python_path: vec![],
            home: None,
            allocator: Allocator::Default,
            confined: false,
            source: false,
            readable: vec![],
        }
    }
}

/// Keeps numpy from starting a thread for each processor when it is imported in that process, each with memory of its own:
/// no program needs them, and where the system refuses one, OpenBLAS ends the process.
pub fn one_thread(command: &mut Command) {
    command.env("OPENBLAS_NUM_THREADS", "1");
}

/// The allocator of the embedded Python, by the names that `PYTHONMALLOC` has for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Allocator {
    /// The one that the Python was built for.
    #[default]
    Default,
    /// The same, which also fills freed memory and ends the process if a program wrote beyond the end of its memory.
    Debug,
    /// That of the C library, for tools such as Valgrind and AddressSanitizer.
    Malloc,
}

impl Allocator {
    /// All of them.
    pub const ALL: [Allocator; 3] = [Allocator::Default, Allocator::Debug, Allocator::Malloc];

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Allocator::Default => "default",
            Allocator::Debug => "debug",
            Allocator::Malloc => "malloc",
        }
    }
}

impl Settings {
    /// The limits of a process that runs one engine.
    pub fn limits(&self) -> Limits {
        Limits { start: START, progress: self.timeout, memory: self.memory }
    }
}
