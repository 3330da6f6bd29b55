//! The embedded Python with its library in another folder, in a process of its own: the first that opens the engine decides.

#![cfg(feature = "embedded")]

use engine::Settings;
use engine::embedded::Embedded;
use pyo3::prelude::*;
use std::process::Command;

#[test]
fn the_library_is_found_in_the_home_alone() {
    // Where the library lies is asked of the Python that the build found, before the one in this process starts.
    let python = std::env::var("PYO3_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let code = "import os, sys; print(os.path.dirname(os.__file__)); print(sys.platlibdir)";
    let asked = Command::new(python).args(["-c", code]).output().unwrap();
    let said = String::from_utf8(asked.stdout).unwrap();
    let [library, folder] = said.lines().collect::<Vec<_>>()[..] else { panic!("{said}") };
    let home = tempfile::tempdir().unwrap();
    let within = home.path().join(folder);
    std::fs::create_dir(&within).unwrap();
    std::os::unix::fs::symlink(library, within.join(library.rsplit('/').next().unwrap())).unwrap();
    let settings = Settings { home: Some(home.path().to_owned()), ..Settings::default() };
    Embedded::open(&settings).unwrap();
    let paths: Vec<String> = Python::attach(|py| py.import("sys").unwrap().getattr("path").unwrap().extract().unwrap());
    let home = home.path().to_str().unwrap();
    assert!(!paths.is_empty() && paths.iter().all(|path| path.starts_with(home)), "{paths:?} is not in {home}");
}
