//! The environment of the user: its variables, its folders, its standard streams, and the folders that it names.

use crate::shell::{assert_told, errors, folder, shell};
use rstest::rstest;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A folder of Python modules that end the process which imports them: a `sitecustomize`, and some of the library.
fn hostile_modules() -> TempDir {
    let folder = TempDir::new().unwrap();
    for module in ["sitecustomize", "usercustomize", "array", "io", "json", "struct", "warnings", "ctypes"] {
        fs::write(folder.path().join(format!("{module}.py")), "import os; os._exit(7)\n").unwrap();
    }
    folder
}

/// The results of the embedded Python and of `python3`, in an environment with these variables beside the usual ones.
fn results(variables: &[(&str, &str)]) -> String {
    let folder = folder();
    let arguments = [
        "check",
        "cases.yaml",
        "--engine",
        "reference",
        "--engine",
        "embedded",
        "--engine",
        "py=python3",
        "--json",
        "-",
    ];
    let output = shell(folder.path(), "", &arguments, "").envs(variables.iter().copied()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{variables:?}: {}", errors(&output));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn results_do_not_depend_on_the_environment() {
    let hostile = hostile_modules();
    let hostile = hostile.path().to_str().unwrap();
    let usual = results(&[]);
    // Those that Python refuses to start with, and then those that it would obey.
    let refused = [
        ("PYTHONHOME", "/nowhere"),
        ("PYTHONHASHSEED", "abc"),
        ("PYTHONMALLOC", "bogus"),
        ("PYTHONUTF8", "x"),
        ("PYTHONIOENCODING", "bogus"),
        ("PYTHONTRACEMALLOC", "x"),
        ("PYTHONINTMAXSTRDIGITS", "1"),
        ("PYTHONPLATLIBDIR", "nowhere"),
        ("LC_ALL", "xx_YY.bogus"),
    ];
    let obeyed = [
        ("PYTHONPATH", hostile),
        ("PYTHONHASHSEED", "5"),
        ("PYTHONWARNINGS", "error"),
        ("PYTHONOPTIMIZE", "2"),
        ("PYTHONSTARTUP", "/nowhere"),
        ("PYTHONINSPECT", "1"),
        ("PYTHONDEVMODE", "1"),
        ("PYTHONVERBOSE", "1"),
        ("LC_ALL", "C"),
    ];
    for variables in [&refused, &obeyed] {
        assert_eq!(results(variables), usual, "{variables:?}");
    }
}

/// What a command sets itself is wanted.
#[test]
fn a_command_can_set_variables_for_its_python() {
    let (folder, hostile) = (folder(), hostile_modules());
    let engine = format!("py=env PYTHONPATH={} python3", hostile.path().display());
    let output = shell(folder.path(), "", &["check", "cases.yaml", "--engine", &engine], "").output().unwrap();
    assert_told("env PYTHONPATH", &output, &[2]);
    assert!(errors(&output).contains("exit status 7"), "{}", errors(&output));
}

#[test]
fn code_that_python_runs_at_each_start_is_not_run_by_the_embedded_one() {
    let (folder, home) = (folder(), TempDir::new().unwrap());
    let folders = (9..20).map(|minor| home.path().join(format!(".local/lib/python3.{minor}/site-packages")));
    let folders: Vec<PathBuf> = folders.collect();
    for packages in &folders {
        fs::create_dir_all(packages).unwrap();
        for file in ["x.pth", "usercustomize.py", "sitecustomize.py"] {
            fs::write(packages.join(file), "import os; os._exit(7)\n").unwrap();
        }
    }
    let mut command = shell(folder.path(), "", &["check", "cases.yaml"], "");
    assert_told("user site", &command.env("HOME", home.path()).output().unwrap(), &[0]);
    // The same beside the packages that `--python-path` names.
    let mut command = shell(folder.path(), "", &["check", "cases.yaml", "--python-path"], "");
    assert_told("a named folder", &command.arg(&folders[0]).output().unwrap(), &[0]);
}

/// Cases that use numpy, run with a numpy in this folder.
fn check_with_numpy(packages: &Path) -> (std::process::Output, TempDir) {
    let folder = folder();
    let text = "title: Some cases\ncases:\n  - {id: one, section: One, claim: it works, verdict: confirmed, needs: [numpy], \
                steps: [{run: import numpy}, {run: 'bytes(numpy.array([1]))', gives: \"b'from the folder'\"}]}\n";
    fs::write(folder.path().join("cases.yaml"), text).unwrap();
    let mut command = shell(folder.path(), "", &["check", "cases.yaml", "--engine", "embedded", "--python-path"], "");
    (command.arg(packages).output().unwrap(), folder)
}

/// Whatever numpy is installed, and though the folder has modules of the library's names.
#[test]
fn numpy_in_a_folder_is_found_by_an_option() {
    let packages = hostile_modules();
    let numpy = packages.path().join("numpy");
    fs::create_dir(&numpy).unwrap();
    fs::write(numpy.join("__init__.py"), "def array(items):\n    return b'from the folder'\n").unwrap();
    let (output, _) = check_with_numpy(packages.path());
    assert_told("numpy", &output, &[0]);
}

#[test]
fn a_numpy_that_exits_is_told() {
    let packages = TempDir::new().unwrap();
    fs::write(packages.path().join("numpy.py"), "import os; os._exit(7)\n").unwrap();
    let (output, _) = check_with_numpy(packages.path());
    assert_told("numpy", &output, &[2]);
    assert!(errors(&output).contains("the engine `embedded` can't start: exit status 7"), "{}", errors(&output));
}

#[rstest]
#[case("/nowhere")]
#[case("cases.yaml")]
fn a_python_path_that_is_no_folder_is_refused(#[case] path: &str) {
    let folder = folder();
    let output = shell(folder.path(), "", &["check", "cases.yaml", "--python-path", path], "").output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", errors(&output));
    assert!(errors(&output).contains("--python-path"), "{}", errors(&output));
}

#[rstest]
#[case("no standard input", "", "<&-")]
#[case("no standard output", "", ">&-")]
#[case("no standard error", "", "2>&-")]
#[case("no standard streams", "", "<&- >&- 2>&-")]
#[case("endless input", "", "</dev/zero")]
#[case("no variables", "unset HOME PATH LANG TMPDIR;", "")]
#[case("no such TMPDIR", "export TMPDIR=/nowhere/else;", "")]
#[case("a TMPDIR that is a file", "export TMPDIR=cases.yaml;", "")]
#[case("ignored signals", "trap '' PIPE CHLD HUP INT;", "")]
fn surroundings_that_do_no_harm(#[case] what: &str, #[case] before: &str, #[case] after: &str) {
    let folder = folder();
    let fuzz = ["fuzz", "--seed", "1", "--programs", "300", "--findings", "found"];
    for arguments in [&["check", "cases.yaml"][..], &fuzz] {
        let output = shell(folder.path(), before, arguments, after).output().unwrap();
        assert_told(what, &output, &[0]);
    }
}

#[rstest]
#[case("a full standard output", "", ">/dev/full")]
#[case("a current folder that is gone", "mkdir gone; cd gone; rmdir ../gone;", "")]
fn surroundings_that_are_told(#[case] what: &str, #[case] before: &str, #[case] after: &str) {
    let folder = folder();
    let cases = folder.path().join("cases.yaml");
    let output = shell(folder.path(), before, &["check", cases.to_str().unwrap()], after).output().unwrap();
    assert_told(what, &output, &[0, 2]);
    assert_eq!(after.is_empty(), output.status.success(), "{what}: {}", errors(&output));
}

/// A command needs a file for its runner, and the embedded Python none.
#[test]
fn no_folder_for_temporary_files_is_told() {
    let folder = folder();
    let before = "export TMPDIR=/nowhere/else;";
    let output = shell(folder.path(), before, &["check", "cases.yaml", "--engine", "py=python3"], "").output().unwrap();
    assert_told("TMPDIR", &output, &[2]);
    assert!(errors(&output).contains("/nowhere/else"), "{}", errors(&output));
}

/// The workers that a campaign starts later are of the same executable, whatever became of its file.
#[test]
fn the_executable_may_be_deleted() {
    let folder = folder();
    let copy: PathBuf = folder.path().join("copy");
    fs::copy(env!("CARGO_BIN_EXE_mutants"), &copy).unwrap();
    let child = Command::new(&copy)
        .args(["fuzz", "--seed", "1", "--programs", "2000", "--jobs", "1", "--findings", "found"])
        .current_dir(folder.path())
        // One worker is lost, so that another one is started.
        .env("MUTANTS", "segv@300")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    fs::remove_file(&copy).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", errors(&output));
    assert!(String::from_utf8_lossy(&output.stdout).contains("2,000 programs"), "{output:?}");
}
