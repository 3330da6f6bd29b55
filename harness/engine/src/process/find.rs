//! Finds the Pythons of this machine that could be engines, and gives each a name.
//!
//! It reads folders and starts nothing: whether a candidate works is for its first start to show. The same interpreter
//! often has several names, such as `python3` and `python3.12`, or one in pyenv's folder and one on PATH. It is listed
//! once, under the first name of this order: the folders of `VIEWCHECK_ENGINES`, PATH, pyenv, uv. Within a folder, names
//! are sorted with their numbers as numbers. Two runs on an unchanged machine therefore give the same list.

mod names;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Names that other engines have.
const RESERVED: [&str; 3] = ["all", "embedded", "reference"];

/// A program that could be an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// A name that no other candidate has: the name of its command, such as `python3.13`, or one that also says where
    /// it is from, such as `pyenv-3.8.18`.
    pub name: String,
    /// The path of the executable file, as it was found. It is not replaced by the file that a link leads to: a virtual
    /// environment is a link to an interpreter, and has modules of its own.
    pub command: PathBuf,
    /// Where it was found.
    pub origin: Origin,
}

/// Where a candidate was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// In a folder that `VIEWCHECK_ENGINES` names.
    Engines,
    /// On PATH.
    Path,
    /// Among the versions of pyenv.
    Pyenv,
    /// Among the Pythons that uv has installed.
    Uv,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Origin::Engines => "VIEWCHECK_ENGINES",
            Origin::Path => "PATH",
            Origin::Pyenv => "pyenv",
            Origin::Uv => "uv",
        })
    }
}

/// The folders in which Pythons are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Each executable file in these is a candidate (`VIEWCHECK_ENGINES`).
    pub engines: Vec<PathBuf>,
    /// The folders of PATH.
    pub path: Vec<PathBuf>,
    /// The folder that has a folder for each version of pyenv.
    pub pyenv: Option<PathBuf>,
    /// The folder that has a folder for each Python of uv.
    pub uv: Option<PathBuf>,
}

impl Places {
    /// The places that the environment of this process names.
    pub fn of_process() -> Places {
        Places::new(|name| std::env::var_os(name))
    }

    /// The places that these environment variables name. An empty variable is one that is not set.
    pub fn new(variable: impl Fn(&str) -> Option<OsString>) -> Places {
        let folder = |name: &str| variable(name).filter(|text| !text.is_empty()).map(PathBuf::from);
        let folders = |name: &str| -> Vec<PathBuf> {
            let text = variable(name).unwrap_or_default();
            std::env::split_paths(&text).filter(|folder| !folder.as_os_str().is_empty()).collect()
        };
        let home = folder("HOME");
        let at_home = |path: &str| home.as_ref().map(|home| home.join(path));
        let data = folder("XDG_DATA_HOME").or_else(|| at_home(".local/share"));
        Places {
            engines: folders("VIEWCHECK_ENGINES"),
            path: folders("PATH"),
            pyenv: folder("PYENV_ROOT").or_else(|| at_home(".pyenv")).map(|root| root.join("versions")),
            uv: folder("UV_PYTHON_INSTALL_DIR").or_else(|| data.map(|data| data.join("uv/python"))),
        }
    }
}

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// The candidates, in the order in which they are shown.
    pub candidates: Vec<Candidate>,
    /// The folders of `VIEWCHECK_ENGINES` that can't be read, and why. A folder of the other places may be absent.
    pub unreadable: Vec<(PathBuf, io::Error)>,
}

/// Looks for Pythons in these places.
pub fn find(places: &Places) -> Found {
    let mut finder = Finder::default();
    for folder in &places.engines {
        match entries(folder) {
            Ok(names) => finder.add_engines(folder, names),
            Err(error) => finder.found.unreadable.push((folder.clone(), error)),
        }
    }
    finder.add_path(&places.path);
    if let Some(versions) = &places.pyenv {
        finder.add_pyenv(versions);
    }
    if let Some(installed) = &places.uv {
        finder.add_uv(installed);
    }
    finder.found
}

/// What was found so far.
#[derive(Default)]
struct Finder {
    found: Found,
    /// The files of the candidates, without links.
    files: HashSet<PathBuf>,
}

impl Finder {
    /// Each executable file of a folder. Hidden files are left out.
    fn add_engines(&mut self, folder: &Path, names: Vec<String>) {
        for name in python3_last(names).filter(|name| !name.starts_with('.')) {
            self.add(&name, &folder.join(&name), Origin::Engines);
        }
    }

    /// The commands on PATH that are known to be Pythons. `python3` comes after all others: mostly it is one of them.
    fn add_path(&mut self, path: &[PathBuf]) {
        // Version managers (pyenv, asdf, mise) have a folder `shims`. The scripts in it choose an interpreter at their
        // start, so that they are no interpreters that a name could stand for.
        let folders: Vec<_> = path.iter().filter(|folder| !folder.ends_with("shims")).collect();
        for folder in &folders {
            for name in entries(folder).unwrap_or_default().iter().filter(|name| names::is_python(name)) {
                self.add(name, &folder.join(name), Origin::Path);
            }
        }
        for folder in &folders {
            self.add("python3", &folder.join("python3"), Origin::Path);
        }
    }

    /// The versions of pyenv, in which each implementation has the command `python`.
    fn add_pyenv(&mut self, versions: &Path) {
        for version in entries(versions).unwrap_or_default() {
            let command = versions.join(&version).join("bin/python");
            if !is_python_2(&command) {
                self.add(&format!("pyenv-{version}"), &command, Origin::Pyenv);
            }
        }
    }

    /// The Pythons of uv, of which each has a folder such as `cpython-3.13.1-linux-x86_64-gnu`.
    fn add_uv(&mut self, installed: &Path) {
        for folder in entries(installed).unwrap_or_default() {
            // uv makes a link to a folder for each minor version, which would be the first to be found.
            let path = installed.join(&folder);
            if path.is_symlink() {
                continue;
            }
            let bin = path.join("bin");
            let commands = entries(&bin).unwrap_or_default();
            if let (Some(name), Some(command)) =
                (names::of_uv(&folder), commands.iter().find(|command| names::is_python(command)))
            {
                self.add(&name, &bin.join(command), Origin::Uv);
            }
        }
    }

    /// Adds this command if it is an executable file, and not one that was found before.
    fn add(&mut self, name: &str, command: &Path, origin: Origin) {
        // The command must mean the same from another working directory.
        let (Ok(file), Ok(command)) = (command.canonicalize(), std::path::absolute(command)) else { return };
        let executable = fs::metadata(&file).is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0);
        if executable && self.files.insert(file) {
            let name = self.unused(&names::plain(name));
            self.found.candidates.push(Candidate { name, command, origin });
        }
    }

    /// The name itself, or the first of `NAME-2`, `NAME-3` … that no candidate has.
    fn unused(&self, name: &str) -> String {
        let used = |name: &str| {
            RESERVED.contains(&name) || self.found.candidates.iter().any(|candidate| candidate.name == name)
        };
        let mut result = name.to_owned();
        let mut number = 2;
        while used(&result) {
            result = format!("{name}-{number}");
            number += 1;
        }
        result
    }
}

/// The names in a folder, sorted. A name that is not UTF-8 is none of a Python.
fn entries(folder: &Path) -> io::Result<Vec<String>> {
    let mut result = Vec::new();
    for entry in fs::read_dir(folder)? {
        result.extend(entry?.file_name().into_string());
    }
    result.sort_by_cached_key(|name| names::sort_key(name));
    Ok(result)
}

/// The same names, with `python3` at the end: `python3.12` says more if both are the same file.
fn python3_last(names: Vec<String>) -> impl Iterator<Item = String> {
    let (last, first): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| name == "python3");
    first.into_iter().chain(last)
}

/// Whether a command is a Python 2, as far as the name of its file shows.
fn is_python_2(command: &Path) -> bool {
    let file = command.canonicalize().unwrap_or_default();
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("python2") || name.starts_with("pypy2") || name == "pypy" || name == "jython"
}
