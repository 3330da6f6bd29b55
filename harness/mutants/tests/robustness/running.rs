//! Running the command line in a folder of its own, and waiting no longer than a person would.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A case that passes, in a file.
pub(crate) const GOOD: &str = "\
title: Some cases
cases:
  - {id: good, section: One, claim: it works, verdict: confirmed, steps: [{run: data = bytearray(2)}, {run: data.hex()}]}
";

/// A folder that the command line runs in, and another one for its temporary files.
pub(crate) struct Folder {
    folder: TempDir,
    temporary: TempDir,
}

impl Folder {
    /// A folder with a file of cases, `good.yaml`.
    pub(crate) fn new() -> Folder {
        let folder = Folder { folder: TempDir::new().unwrap(), temporary: TempDir::new().unwrap() };
        folder.write("good.yaml", GOOD);
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path().join(name), content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// The names in the folder, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let names = |path: &Path| {
            fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
        };
        let mut names: Vec<String> = names(self.path());
        names.sort();
        names
    }

    /// What is left in the folder for temporary files.
    pub(crate) fn left(&self) -> usize {
        fs::read_dir(self.temporary.path()).unwrap().count()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mutants"));
        command.args(arguments).current_dir(self.path()).env("TMPDIR", self.temporary.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end, which must come soon.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        finished(self.command(arguments).spawn().unwrap())
    }
}

/// Waits for a process that writes little.
pub(crate) fn finished(mut child: Child) -> Output {
    ended(&mut child, Duration::from_secs(30));
    child.wait_with_output().unwrap()
}

/// Waits for the end of a process. One that does not end is ended.
pub(crate) fn ended(child: &mut Child, patience: Duration) -> ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if start.elapsed() > patience {
            let _ = child.kill();
            panic!("it does not end within {patience:?}");
        }
        sleep(Duration::from_millis(5));
    }
}

pub(crate) fn wait_until(is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(30), "it takes too long");
        sleep(Duration::from_millis(10));
    }
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What was said of something that was refused.
pub(crate) fn refused(output: &Output) -> String {
    let said = stderr(output);
    assert_eq!(output.status.code(), Some(2), "{}{said}", stdout(output));
    assert!(!said.contains("panicked"), "{said}");
    said
}

/// A pipe with a name, which the process itself keeps open if it is to be silent.
pub(crate) fn pipe(path: &Path) {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
}
