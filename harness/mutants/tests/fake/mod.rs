//! An engine whose runner goes wrong, and what is left of it.

use engine::process::{Limits, Process};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A folder for what a runner notes.
pub struct Fake(pub TempDir);

/// Lets the runner write its notes, which it does into a folder of its own.
#[allow(dead_code, reason = "some tests open engines without the command line")]
pub const UNCONFINED: &str = "--no-sandbox";

impl Fake {
    pub fn new() -> Fake {
        Fake(TempDir::new().unwrap())
    }

    /// An engine with a runner that goes wrong in this way.
    pub fn engine(&self, mode: &str) -> String {
        let python = std::env::var("PYO3_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let runner = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/runner.py");
        format!("fake='{python}' '{runner}' '{mode}' '{}'", self.0.path().display())
    }

    /// The folder in which engines are found.
    pub fn found(&self) -> PathBuf {
        self.0.path().join("bin")
    }

    /// Makes the engine one that is found.
    pub fn be_found(&self, mode: &str) {
        let engine = self.engine(mode);
        let (name, command) = engine.split_once('=').unwrap();
        let file = self.found().join(name);
        fs::create_dir(self.found()).unwrap();
        // The Python of the runner is to start even if nothing else is found.
        let path = std::env::var("PATH").unwrap_or_default();
        fs::write(&file, format!("#!/bin/sh\nPATH='{path}' exec {command} \"$@\"\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub fn open(&self, mode: &str, limits: Limits) -> Process {
        Process::open(&self.engine(mode), limits).unwrap_or_else(|error| panic!("{error}"))
    }

    pub fn notes(&self, name: &str) -> Vec<String> {
        let text = fs::read_to_string(self.0.path().join(name)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Whether nothing is left of the engine, now that it was dropped.
    pub fn is_gone(&self) {
        assert!(!self.notes("paths").is_empty());
        for path in self.notes("paths") {
            assert!(!Path::new(&path).exists(), "{path} is left");
        }
        for process in self.notes("processes") {
            wait_until(&format!("process {process} is left"), || !is_there(&process));
        }
    }
}

/// Sends a process a signal, by the shell's own `kill`: a program of that name is not everywhere.
pub fn send(signal: &str, process: &str) {
    Command::new("sh").args(["-c", "kill \"$@\"", "kill", signal, process]).status().unwrap();
}

/// Whether a process runs. One that has ended may not have been asked for its status yet.
pub fn is_there(process: &str) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let state = status.rsplit(')').next().and_then(|fields| fields.split_whitespace().next());
    state.is_some_and(|state| state != "Z" && state != "X")
}

pub fn wait_until(otherwise: &str, is_so: impl Fn() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < Duration::from_secs(20), "{otherwise}");
        thread::sleep(Duration::from_millis(5));
    }
}
