//! Where the interpreter finds modules beside its own: the folders that the user names, and the packages of the Python that
//! the build found, which may be those of a virtual environment.
//!
//! Python's module `site` finds packages too, but it also runs code that it finds there. Here nothing is run.

use super::start::EXECUTABLE;
use crate::Settings;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use std::ffi::CStr;

/// What `site.main` does, without the code that it runs: it finds the virtual environment of an executable, the folders of
/// packages, and the built-ins that only interactive use needs, but every Python has. `prefix` and `exec_prefix` are
/// changed first, as in `site.venv`, because `getsitepackages` of some distributions asks for them.
const FIND: &CStr = cr"
import os, site, sys

def find(executable, folders):
    site.setquit()
    site.setcopyright()
    site.sethelper()
    sys.path += map(os.fspath, folders)
    bin = os.path.dirname(executable)
    prefixes = [sys.prefix, sys.exec_prefix]
    for folder in (bin, os.path.dirname(bin)):
        settings = os.path.join(folder, 'pyvenv.cfg')
        if executable and os.path.isfile(settings):
            with open(settings, encoding='utf-8') as file:
                pairs = [line.partition('=')[::2] for line in file]
            answers = {key.strip().lower(): value.strip().lower() for key, value in pairs}
            sys.prefix = sys.exec_prefix = folder
            takes_more = answers.get('include-system-site-packages') == 'true'
            prefixes = [folder] + (prefixes if takes_more else [])
            break
    for folder in site.getsitepackages(prefixes):
        if os.path.isdir(folder) and folder not in sys.path:
            sys.path.append(folder)
";

/// Lets the interpreter find modules in its own packages, and before them in the folders of the settings. The modules of its
/// library come first always. One whose home is named looks nowhere else. Does nothing the second time.
pub(super) fn find(py: Python<'_>, settings: &Settings) -> PyResult<()> {
    static FOUND: PyOnceLock<()> = PyOnceLock::new();
    let found = FOUND.get_or_try_init(py, || {
        let executable = if settings.home.is_some() { "" } else { EXECUTABLE };
        let module = PyModule::from_code(py, FIND, c"packages.py", c"packages")?;
        module.getattr("find")?.call1((executable, &settings.python_path))?;
        // Nothing of it is left where programs could find it.
        py.import("sys")?.getattr("modules")?.call_method1("pop", ("packages", py.None()))?;
        PyResult::Ok(())
    });
    found.copied()
}
