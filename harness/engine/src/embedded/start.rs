//! Starting the interpreter, and saying which one it is.

use crate::{Allocator, OpenError, Settings, Version};
use pyo3::ffi;
use pyo3::prelude::*;
use std::ffi::{CStr, CString, c_int};
use std::path::{Path, PathBuf};
use std::ptr::NonNull;
use std::sync::OnceLock;

/// The interpreter that the build found; empty if it does not say.
pub(super) const EXECUTABLE: &str = env!("VIEWCHECK_PYTHON_EXECUTABLE");

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

/// Starts the interpreter once, isolated from the user's environment, unless another version was loaded.
pub(super) fn start(settings: &Settings) -> Result<Loaded, OpenError> {
    let version = loaded_version();
    let loaded = Loaded { version, library: library_path() };
    let built = env!("VIEWCHECK_PYTHON_VERSION");
    let found = format!("{}.{}", version.major, version.minor);
    if found != built {
        let library = loaded.library_or_unknown();
        return Err(OpenError::WrongPython { loaded: found, library, built: built.to_owned() });
    }
    static STARTED: OnceLock<Result<(), String>> = OnceLock::new();
    match STARTED.get_or_init(|| initialize(settings)) {
        Err(reason) => Err(OpenError::NotStarted { library: loaded.library_or_unknown(), reason: reason.clone() }),
        Ok(()) => Ok(loaded),
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

/// Py_InitializeFromConfig, isolated: no environment variable, no locale, no folder of the user and no code that runs at
/// each start changes what the interpreter does. The program name is the interpreter that the build found, from which
/// Python finds its library, unless the settings name another home. Leaves the interpreter unattached, as PyO3 expects it.
fn initialize(settings: &Settings) -> Result<(), String> {
    let executable = CString::new(EXECUTABLE).unwrap_or_default();
    let home = settings.home.as_ref().map(|home| CString::new(home.as_os_str().as_encoded_bytes()).unwrap_or_default());
    let mut before = std::mem::MaybeUninit::<ffi::PyPreConfig>::zeroed();
    let mut memory = std::mem::MaybeUninit::<Config>::zeroed();
    let config = memory.as_mut_ptr().cast::<ffi::PyConfig>();
    // SAFETY: each configuration is initialised before it is used, and the second is cleared after. Where that of the
    // loaded interpreter is larger, the memory behind it is there. Nothing else has started the interpreter, as this
    // runs once.
    unsafe {
        ffi::PyPreConfig_InitIsolatedConfig(before.as_mut_ptr());
        let before = before.assume_init_mut();
        // With it the encoding of files and names does not follow the locale.
        before.utf8_mode = 1;
        before.allocator = allocator_name(settings.allocator);
        if let Some(reason) = refusal(ffi::Py_PreInitialize(before)) {
            return Err(reason);
        }
        ffi::PyConfig_InitIsolatedConfig(config);
        let config = &mut *config;
        config.write_bytecode = 0;
        (config.use_hash_seed, config.hash_seed) = (1, 0);
        // The module `site` runs the code in `.pth` files, `sitecustomize` and `usercustomize`. What else it does is
        // done by `packages`.
        config.site_import = 0;
        let mut status = ffi::PyStatus_Ok();
        if !executable.is_empty() {
            let field = &raw mut config.program_name;
            status = ffi::PyConfig_SetBytesString(config, field, executable.as_ptr());
        }
        if let Some(home) = home.filter(|_| ffi::PyStatus_Exception(status) == 0) {
            let field = &raw mut config.home;
            status = ffi::PyConfig_SetBytesString(config, field, home.as_ptr());
        }
        if ffi::PyStatus_Exception(status) == 0 {
            status = ffi::Py_InitializeFromConfig(config);
        }
        ffi::PyConfig_Clear(config);
        if let Some(reason) = refusal(status) {
            return Err(reason);
        }
        ffi::PyEval_SaveThread();
    }
    Ok(())
}

/// A value of `PyMemAllocatorName`. The first of them leaves the choice to how the interpreter was built.
fn allocator_name(allocator: Allocator) -> c_int {
    match allocator {
        Allocator::Default => 0,
        Allocator::Debug => 2,
        Allocator::Malloc => 3,
    }
}

/// Why the interpreter did not do what it was to do, unless it did.
fn refusal(status: ffi::PyStatus) -> Option<String> {
    // SAFETY: the status is one that the interpreter gave, and its text a static string or null.
    unsafe {
        if ffi::PyStatus_Exception(status) == 0 {
            return None;
        }
        if ffi::PyStatus_IsExit(status) != 0 {
            return Some(format!("it ended with exit status {}", status.exitcode));
        }
        let text = NonNull::new(status.err_msg.cast_mut());
        let text = text.map(|text| CStr::from_ptr(text.as_ptr()).to_string_lossy().into_owned());
        Some(text.unwrap_or_else(|| "it does not say why".to_owned()))
    }
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
