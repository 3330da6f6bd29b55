//! Finding Pythons in temporary folders, with an environment of their own.

use super::names::{is_python, of_uv, plain, sort_key};
use super::{Found, Origin, Places, find};
use rstest::rstest;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A machine: a folder with files and links.
struct Machine(TempDir);

impl Machine {
    fn new() -> Machine {
        Machine(TempDir::new().expect("a temporary folder"))
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// Makes files, each of which differs from all others, and is executable.
    fn executables(&self, paths: &[&str]) -> &Machine {
        for path in paths {
            self.file(path, 0o755);
        }
        self
    }

    fn file(&self, path: &str, mode: u32) -> &Machine {
        let path = self.at(path);
        fs::create_dir_all(path.parent().expect("it is within a folder")).expect("a folder");
        fs::write(&path, path.display().to_string()).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("its mode");
        self
    }

    /// Makes a link at `path` to `target`.
    fn link(&self, path: &str, target: &str) -> &Machine {
        let path = self.at(path);
        fs::create_dir_all(path.parent().expect("it is within a folder")).expect("a folder");
        symlink(self.at(target), path).expect("a link");
        self
    }

    /// Finds with these folders as `VIEWCHECK_ENGINES` and PATH, and with the home `home`.
    fn find(&self, engines: &[&str], path: &[&str]) -> Found {
        let join = |folders: &[&str]| std::env::join_paths(folders.iter().map(|folder| self.at(folder))).ok();
        find(&Places::new(|name| match name {
            "VIEWCHECK_ENGINES" => join(engines),
            "PATH" => join(path),
            "HOME" => Some(self.at("home").into()),
            _ => None,
        }))
    }
}

/// What was found, a line each: name, path within the machine, origin.
fn lines(machine: &Machine, found: &Found) -> Vec<String> {
    let root = machine.0.path();
    let shown = |path: &Path| path.strip_prefix(root).expect("within the machine").display().to_string();
    found.candidates.iter().map(|one| format!("{} {} {}", one.name, shown(&one.command), one.origin)).collect()
}

#[test]
fn nothing_is_found_where_nothing_is() {
    let found = find(&Places::new(|_| None));
    assert!(found.candidates.is_empty() && found.unreadable.is_empty());
    let machine = Machine::new();
    let found = machine.find(&[], &["bin", "usr/bin"]);
    assert!(found.candidates.is_empty() && found.unreadable.is_empty());
}

#[test]
fn each_executable_file_of_the_named_folders_is_a_candidate() {
    let machine = Machine::new();
    machine.executables(&["a/python3.14", "a/python3.9", "a/my python", "a/.hidden", "a/folder/x", "b/python3.9"]);
    machine.executables(&["b/embedded"]).file("a/README", 0o644).link("b/dangling", "nowhere");
    let found = machine.find(&["b", "a"], &[]);
    assert_eq!(
        lines(&machine, &found),
        [
            "embedded-2 b/embedded VIEWCHECK_ENGINES",
            "python3.9 b/python3.9 VIEWCHECK_ENGINES",
            "my-python a/my python VIEWCHECK_ENGINES",
            "python3.9-2 a/python3.9 VIEWCHECK_ENGINES",
            "python3.14 a/python3.14 VIEWCHECK_ENGINES",
        ]
    );
}

#[test]
fn a_named_folder_that_is_absent_is_reported() {
    let machine = Machine::new();
    machine.executables(&["b/pypy3"]);
    let found = machine.find(&["missing", "b"], &["missing too"]);
    assert_eq!(lines(&machine, &found), ["pypy3 b/pypy3 VIEWCHECK_ENGINES"]);
    let [(folder, error)] = &found.unreadable[..] else { panic!("one folder can't be read: {:?}", found.unreadable) };
    assert_eq!((folder, error.kind()), (&machine.at("missing"), std::io::ErrorKind::NotFound));
}

#[test]
fn known_commands_on_the_path_are_candidates() {
    let machine = Machine::new();
    machine.executables(&["bin/python3.10", "bin/python3.9", "bin/python3.13t", "bin/python3.13-config", "bin/ls"]);
    machine.executables(&["bin/python3.13d", "bin/graalpy", "usr/bin/python3.9", "usr/bin/micropython"]);
    machine.link("bin/python3.13-dbg", "bin/python3.13d").link("usr/bin/pypy3", "usr/bin/pypy3.11");
    machine.executables(&["usr/bin/pypy3.11", "usr/bin/rustpython", "usr/bin/python2.7", "usr/bin/python"]);
    let found = machine.find(&[], &["bin", "usr/bin"]);
    assert_eq!(
        lines(&machine, &found),
        [
            "graalpy bin/graalpy PATH",
            "python3.9 bin/python3.9 PATH",
            "python3.10 bin/python3.10 PATH",
            "python3.13-dbg bin/python3.13-dbg PATH",
            "python3.13t bin/python3.13t PATH",
            "micropython usr/bin/micropython PATH",
            "pypy3 usr/bin/pypy3 PATH",
            "python3.9-2 usr/bin/python3.9 PATH",
            "rustpython usr/bin/rustpython PATH",
        ]
    );
}

#[test]
fn python3_is_listed_if_no_other_command_is_the_same_file() {
    let machine = Machine::new();
    machine.executables(&["usr/bin/python3.11"]).link("usr/bin/python3", "usr/bin/python3.11");
    machine.link("bin", "usr/bin").link("local/python3", "usr/bin/python3");
    let found = machine.find(&[], &["local", "bin", "usr/bin"]);
    assert_eq!(lines(&machine, &found), ["python3.11 bin/python3.11 PATH"]);
    machine.executables(&["opt/python3", "engines/python3.12"]).link("engines/python3", "engines/python3.12");
    let found = machine.find(&["engines"], &["opt", "usr/bin"]);
    assert_eq!(
        lines(&machine, &found),
        [
            "python3.12 engines/python3.12 VIEWCHECK_ENGINES",
            "python3.11 usr/bin/python3.11 PATH",
            "python3 opt/python3 PATH",
        ]
    );
}

#[test]
fn shims_are_no_interpreters() {
    let machine = Machine::new();
    machine.executables(&["home/.pyenv/shims/python3.12", "home/.pyenv/shims/python3", "bin/micropython"]);
    let found = machine.find(&[], &["home/.pyenv/shims", "bin"]);
    assert_eq!(lines(&machine, &found), ["micropython bin/micropython PATH"]);
}

#[test]
fn versions_of_pyenv_are_candidates_but_for_python_2_and_environments() {
    let machine = Machine::new();
    for version in ["3.8.18", "3.10.13"] {
        let python = format!("home/.pyenv/versions/{version}/bin/python");
        machine.executables(&[&format!("{python}3")]).link(&python, &format!("{python}3"));
    }
    machine.executables(&["home/.pyenv/versions/2.7.18/bin/python2.7"]);
    machine.link("home/.pyenv/versions/2.7.18/bin/python", "home/.pyenv/versions/2.7.18/bin/python2.7");
    machine.executables(&["home/.pyenv/versions/pypy3.11-7.3.19/bin/python"]);
    machine.link("home/.pyenv/versions/work/bin/python", "home/.pyenv/versions/3.8.18/bin/python");
    machine.file("home/.pyenv/versions/broken/bin/python", 0o644);
    machine.link("bin/python3.10", "home/.pyenv/versions/3.10.13/bin/python3");
    let found = machine.find(&[], &["bin"]);
    assert_eq!(
        lines(&machine, &found),
        [
            "python3.10 bin/python3.10 PATH",
            "pyenv-3.8.18 home/.pyenv/versions/3.8.18/bin/python pyenv",
            "pyenv-pypy3.11-7.3.19 home/.pyenv/versions/pypy3.11-7.3.19/bin/python pyenv",
        ]
    );
}

#[test]
fn pythons_of_uv_are_candidates_once_each() {
    let machine = Machine::new();
    let uv = "home/.local/share/uv/python";
    let (release, free) = ("cpython-3.13.1-linux-x86_64-gnu", "cpython-3.14.0+freethreaded-linux-x86_64-gnu");
    machine.executables(&[&format!("{uv}/{release}/bin/python3.13"), &format!("{uv}/{free}/bin/python3.14t")]);
    machine.link(&format!("{uv}/{release}/bin/python3"), &format!("{uv}/{release}/bin/python3.13"));
    machine.link(&format!("{uv}/{free}/bin/python3.14"), &format!("{uv}/{free}/bin/python3.14t"));
    machine.link(&format!("{uv}/cpython-3.13-linux-x86_64-gnu"), &format!("{uv}/{release}"));
    machine.executables(&[&format!("{uv}/pypy-3.11.13-linux-x86_64-gnu/bin/pypy3.11"), &format!("{uv}/.lock")]);
    let found = machine.find(&[], &[]);
    assert_eq!(
        lines(&machine, &found),
        [
            format!("uv-3.13.1 {uv}/{release}/bin/python3.13 uv"),
            format!("uv-3.14.0t {uv}/{free}/bin/python3.14 uv"),
            format!("uv-pypy-3.11.13 {uv}/pypy-3.11.13-linux-x86_64-gnu/bin/pypy3.11 uv"),
        ]
    );
}

#[test]
fn a_virtual_environment_keeps_its_own_path() {
    let machine = Machine::new();
    machine.executables(&["usr/bin/python3.11"]).link("venv/bin/python3.11", "usr/bin/python3.11");
    let found = machine.find(&[], &["venv/bin", "usr/bin"]);
    assert_eq!(lines(&machine, &found), ["python3.11 venv/bin/python3.11 PATH"]);
}

#[test]
fn places_follow_the_variables_of_pyenv_and_uv() {
    let places = |variables: &[(&str, &str)]| {
        Places::new(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()))
    };
    let all = places(&[("HOME", "/h"), ("PATH", "/a::/b"), ("VIEWCHECK_ENGINES", "")]);
    assert_eq!(all.path, [Path::new("/a"), Path::new("/b")]);
    assert!(all.engines.is_empty());
    assert_eq!(all.pyenv.as_deref(), Some(Path::new("/h/.pyenv/versions")));
    assert_eq!(all.uv.as_deref(), Some(Path::new("/h/.local/share/uv/python")));
    let moved = places(&[("HOME", "/h"), ("PYENV_ROOT", "/p"), ("UV_PYTHON_INSTALL_DIR", "/u")]);
    assert_eq!(moved.pyenv.as_deref(), Some(Path::new("/p/versions")));
    assert_eq!(moved.uv.as_deref(), Some(Path::new("/u")));
    let empty = places(&[("PYENV_ROOT", ""), ("XDG_DATA_HOME", "/x")]);
    assert_eq!((empty.pyenv, empty.uv.as_deref()), (None, Some(Path::new("/x/uv/python"))));
}

#[rstest]
#[case("python3.6", true)]
#[case("python3.15-dbg", true)]
#[case("python3.14td", true)]
#[case("python3.13-nogil", true)]
#[case("pypy3.11", true)]
#[case("python3", false)]
#[case("python3.", false)]
#[case("python3.13-config", false)]
#[case("python3.13dm", false)]
#[case("pypy3.11-c", false)]
#[case("pypy", false)]
#[case("micropython-1.28", false)]
fn commands_are_known_by_their_names(#[case] name: &str, #[case] known: bool) {
    assert_eq!(is_python(name), known);
}

#[rstest]
#[case("cpython-3.13.1-macos-aarch64-none", Some("uv-3.13.1"))]
#[case("cpython-3.15.0a2+freethreaded+debug-linux-x86_64-gnu", Some("uv-3.15.0a2td"))]
#[case("graalpy-3.11.0-linux-x86_64-gnu", Some("uv-graalpy-3.11.0"))]
#[case("cpython-2.7.18-linux", None)]
#[case(".temp", None)]
fn folders_of_uv_give_names(#[case] folder: &str, #[case] name: Option<&str>) {
    assert_eq!(of_uv(folder).as_deref(), name);
}

#[test]
fn names_are_sorted_by_their_numbers() {
    let sorted = ["graalpy", "pypy3", "pypy3.9", "pypy3.11", "python3", "python3.9", "python3.10", "python3.10-dbg"];
    assert!(sorted.is_sorted_by_key(|name| sort_key(name)));
    assert!(sort_key("a99999999999999999999999") < sort_key("a100000000000000000000000"));
    assert!(sort_key("a01") < sort_key("a1") && sort_key("a1") < sort_key("a02"));
}

#[test]
fn names_have_no_characters_that_separate_them_from_commands() {
    assert_eq!(plain("my=python 3,x/y"), "my-python-3-x-y");
    assert_eq!(plain("pyenv-3.8.18+é_x"), "pyenv-3.8.18+é_x");
}

#[test]
fn origins_are_called_what_a_user_can_set() {
    let all = [Origin::Engines, Origin::Path, Origin::Pyenv, Origin::Uv];
    assert_eq!(all.map(|origin| origin.to_string()), ["VIEWCHECK_ENGINES", "PATH", "pyenv", "uv"]);
}
