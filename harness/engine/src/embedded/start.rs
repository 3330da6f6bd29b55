//! Starting the interpreter, and saying which one it is.

use crate::{OpenError, Version};
use pyo3::ffi;
use pyo3::prelude::*;
use std::ffi::{CStr, CString};
use std::path::{Path, PathBuf};
use std::sync::{Once, OnceLock};

/// The interpreter that was loaded.
pub(super) struct Loaded {
    /// Its version, as it says itself.
    pub(super) version: Version,
    /// The file it was loaded from, where that can be found out.
    pub(super) library: Option<String>,
}

impl Loaded {
    pub(super) fn library_or_unknown(&self) -> String {
        self.library.clone().unwrap_or_else(|| "an unknown library".to_owned())
    }
}

/// Starts the interpreter once, with the modules of the one it was built for, unless another version was loaded.
pub(super) fn start() -> Result<Loaded, OpenError> {
    let version = loaded_version();
    let loaded = Loaded { version, library: library_path() };
    let built = env!("VIEWCHECK_PYTHON_VERSION");
    let found = format!("{}.{}", version.major, version.minor);
    if found != built {
        let library = loaded.library_or_unknown();
        return Err(OpenError::WrongPython { loaded: found, library, built: built.to_owned() });
    }
    static STARTED: Once = Once::new();
    let mut failure = None;
    STARTED.call_once(|| failure = initialize().err());
    match failure {
        Some(reason) => Err(OpenError::Unobservable { library: loaded.library_or_unknown(), reason }),
        None => Ok(loaded),
    }
}

/// What `Py_GetVersion` says, as in `3.12.1 (main, …)`.
///
/// Asked once: each call writes the text anew into the one place where all of its callers read it.
fn loaded_version() -> Version {
    static VERSION: OnceLock<Version> = OnceLock::new();
    *VERSION.get_or_init(ask_version)
}

fn ask_version() -> Version {
    // SAFETY: Py_GetVersion may be called at any time, and gives a static string; nothing else here calls it.
    let text = unsafe { CStr::from_ptr(ffi::Py_GetVersion()) };
    let text = text.to_string_lossy();
    let digits = text.split(|char: char| !(char.is_ascii_digit() || char == '.')).next().unwrap_or("");
    let mut parts = digits.split('.').map(|part| part.parse().unwrap_or(0));
    let mut part = || parts.next().unwrap_or(0);
    Version { major: part(), minor: part(), patch: part() }
}

/// A configuration with room behind it: that of a debug build has one field more since 3.13, and a debug build may be
/// put under an executable that was built for a release.
#[repr(C)]
struct Config {
    config: ffi::PyConfig,
    more: [usize; 8],
}

/// Py_InitializeFromConfig, with the program name of the interpreter that the build found, so that a virtual
/// environment's packages are seen. Leaves the interpreter unattached, as PyO3 expects it.
fn initialize() -> Result<(), String> {
    let executable = CString::new(env!("VIEWCHECK_PYTHON_EXECUTABLE")).unwrap_or_default();
    let mut memory = std::mem::MaybeUninit::<Config>::zeroed();
    let config = memory.as_mut_ptr().cast::<ffi::PyConfig>();
    // SAFETY: the configuration is initialised before it is used and cleared after, and where the loaded interpreter's
    // is larger, the memory behind it is there; nothing else has started the interpreter, as this runs once.
    unsafe {
        ffi::PyConfig_InitPythonConfig(config);
        let config = &mut *config;
        config.install_signal_handlers = 0;
        config.parse_argv = 0;
        config.write_bytecode = 0;
        let mut status = ffi::PyStatus_Ok();
        if !executable.is_empty() {
            let field = &raw mut config.program_name;
            status = ffi::PyConfig_SetBytesString(config, field, executable.as_ptr());
        }
        if ffi::PyStatus_Exception(status) == 0 {
            status = ffi::Py_InitializeFromConfig(config);
        }
        ffi::PyConfig_Clear(config);
        if ffi::PyStatus_Exception(status) != 0 {
            return Err("it could not be initialised".to_owned());
        }
        ffi::PyEval_SaveThread();
    }
    Ok(())
}

/// What the interpreter itself says of where its modules lie, with the folder of its library.
pub(super) fn folders() -> Vec<PathBuf> {
    // SAFETY: Py_IsInitialized may be called at any time.
    if unsafe { ffi::Py_IsInitialized() } == 0 {
        return vec![];
    }
    let of_interpreter = Python::attach(|py| -> PyResult<Vec<PathBuf>> {
        let sys = py.import("sys")?;
        let mut folders: Vec<PathBuf> = sys.getattr("path")?.extract()?;
        for name in ["prefix", "base_prefix", "exec_prefix", "base_exec_prefix"] {
            folders.push(sys.getattr(name)?.extract()?);
        }
        Ok(folders)
    });
    let library = library_path().and_then(|library| Path::new(&library).parent().map(Path::to_owned));
    of_interpreter.unwrap_or_default().into_iter().chain(library).filter(|path| path.is_absolute()).collect()
}

/// The file that the interpreter's code was mapped from, where the system tells.
fn library_path() -> Option<String> {
    let address = ffi::Py_GetVersion as *const () as usize;
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    maps.lines().find_map(|line| {
        let (range, rest) = line.split_once(' ')?;
        let (start, end) = range.split_once('-')?;
        let start = usize::from_str_radix(start, 16).ok()?;
        let end = usize::from_str_radix(end, 16).ok()?;
        let path = rest.find('/').map(|at| rest[at..].to_owned());
        path.filter(|_| (start..end).contains(&address))
    })
}
