//! Running the executable in a folder of its own, through a shell that prepares what surrounds it.

pub use crate::running::stderr as errors;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

/// A folder to run in, with a file of cases that pass everywhere.
pub fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let head = "section: One, claim: it works, verdict: confirmed";
    let steps = "[{run: \"view = memoryview(b'abc')\"}, {run: \"view.tolist()\", gives: \"[97, 98, 99]\"}]";
    let hash = "[{run: \"hash(memoryview(b'abc')) == hash(b'abc')\", gives: 'True'}]";
    let text = format!(
        "title: Some cases\ncases:\n  - {{id: one, {head}, steps: {steps}}}\n  - {{id: two, {head}, steps: {hash}}}\n"
    );
    fs::write(folder.path().join("cases.yaml"), text).unwrap();
    folder
}

/// The executable with these arguments, run in the folder by a shell after `before`, as in `ulimit -n 5 &&`, and with
/// `after` behind the command.
pub fn shell(folder: &Path, before: &str, arguments: &[&str], after: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{before} exec \"$0\" \"$@\" {after}"), env!("CARGO_BIN_EXE_mutants")]);
    command.args(arguments).current_dir(folder).env("VIEWCHECK_ENGINES", "");
    command
}

/// Sees that a run ended with one of these exit codes, and that it says why it did not do what it was to do.
#[track_caller]
pub fn assert_told(what: &str, output: &Output, codes: &[i32]) {
    let errors = errors(output);
    let code = output.status.code();
    assert!(code.is_some_and(|code| codes.contains(&code)), "{what}: {:?}\n{errors}", output.status);
    assert!(!errors.contains("panicked") && !errors.contains("fatal"), "{what}: {errors}");
    if code == Some(2) {
        let last = errors.trim_end().lines().last().unwrap_or_default();
        assert!(last.starts_with("error: ") && last.len() > 20, "{what}: {errors}");
    }
}
