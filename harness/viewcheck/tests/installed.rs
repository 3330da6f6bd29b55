//! An executable without a checkout around it, as people install it. It carries the cases; and it may have been built
//! without the embedded engine.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

/// Runs viewcheck in a folder.
fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_viewcheck"));
    command.args(arguments).current_dir(folder).output().expect("the program starts")
}

/// What a command wrote to standard error before it ended with an exit code.
fn refused(output: &Output, code: i32) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    stderr
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

/// The results are those of a checkout, byte for byte, and nothing is written that was not asked for.
#[test]
fn the_carried_cases_give_the_results_of_a_checkout() {
    let folder = TempDir::new().unwrap();
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let arguments = ["check", "--engine", "reference@3.13", "--json", "-"];
    let [carried, read] = [folder.path(), &checkout].map(|folder| run(folder, &arguments));
    refused(&carried, 0);
    assert!(carried.stdout == read.stdout, "the results differ");
    let text = String::from_utf8_lossy(&carried.stdout);
    assert!(text.contains("\"file\": \"spec/library/cast.yaml\""), "{}", &text[..500]);
    assert!(is_empty(folder.path()));
}

/// A folder of that name is something else in most projects.
#[test]
fn a_folder_named_spec_is_not_read_elsewhere() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("spec")).unwrap();
    fs::write(folder.path().join("spec/models.yaml"), "neither cases nor a list").unwrap();
    let arguments = ["check", "--engine", "reference", "--filter", "slice-is-a-window"];
    refused(&run(folder.path(), &arguments), 0);
}

/// Its own known divergences take the place of those that are carried.
#[test]
fn a_project_has_its_own_known_divergences() {
    let folder = TempDir::new().unwrap();
    fs::create_dir_all(folder.path().join("spec/known")).unwrap();
    let entry = "- {implementation: reference, cases: [no-such-case], reason: a test}\n";
    fs::write(folder.path().join("spec/known/own.yaml"), entry).unwrap();
    let stderr = refused(&run(folder.path(), &["check", "--engine", "reference", "--filter", "slice-is-a-window"]), 2);
    assert!(stderr.contains("spec/known/own.yaml:1") && stderr.contains("no-such-case"), "{stderr}");
}

#[cfg(not(feature = "embedded"))]
mod without_the_embedded_engine {
    use super::{is_empty, refused, run};
    use rstest::rstest;
    use tempfile::TempDir;

    #[rstest]
    #[case(&["check", "--engine", "embedded"])]
    #[case(&["check", "--engine", "reference", "--engine", "embedded"])]
    #[case(&["fuzz", "--engine", "embedded", "--programs", "1"])]
    #[case(&["fuzz", "--engine", "reference@3.12", "--against", "embedded", "--programs", "1"])]
    #[case(&["bench"])]
    fn it_is_refused(#[case] arguments: &[&str]) {
        let folder = TempDir::new().unwrap();
        let stderr = refused(&run(folder.path(), arguments), 2);
        assert!(stderr.contains("this viewcheck was built without the embedded engine"), "{stderr}");
        assert!(is_empty(folder.path()));
    }

    #[test]
    fn no_libpython_is_linked() {
        let executable = std::fs::read(env!("CARGO_BIN_EXE_viewcheck")).unwrap();
        assert!(!executable.windows(10).any(|bytes| bytes == b"libpython3"));
    }

    #[rstest]
    #[case(&["fuzz", "--engine", "reference@3.12.0", "--against", "reference@3.12.1", "--programs", "1000", "--seed", "1"])]
    #[case(&["check", "--engine", "reference@3.12", "--filter", "slice-is-a-window"])]
    #[case(&["schema"])]
    fn everything_else_works(#[case] arguments: &[&str]) {
        let folder = TempDir::new().unwrap();
        refused(&run(folder.path(), arguments), 0);
    }
}
