//! Finds and reads the files of cases and of known divergences, and parses them to trees of YAML. All problems are
//! gathered.
//!
//! Both kinds of files are read in this way, so that every mistake has a file, a line and a column.

use crate::yaml::{Found, Node};
use crate::{LARGEST, Mistake, Problem, yaml};
use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The most problems that are shown for one file.
pub(crate) const MOST: usize = 20;

/// The most bytes that are read of all files together. `spec` has less than two million.
const TOGETHER: u64 = 16 * LARGEST;

/// Walks through files and folders.
#[derive(Default)]
pub(crate) struct Files {
    /// The name of the folder that is skipped inside other folders.
    except: Option<&'static str>,
    /// The canonical paths that were visited. A file that two paths lead to is read once, and a loop of links ends.
    visited: HashSet<PathBuf>,
    /// The bytes that were read, and whether they were too many, so that nothing more is read.
    read: u64,
    is_full: bool,
}

/// A function that receives the path and text of a file, or the problem with a path.
type Take<'a> = &'a mut dyn FnMut(Result<(String, String), Problem>);

impl Files {
    /// Reads every folder except those with the name `name`.
    pub(crate) fn except(name: &'static str) -> Files {
        Files { except: Some(name), ..Files::default() }
    }

    /// Reads a path that a user gave: a file, or a folder with all its `*.yaml` files, sorted by name. Returns whether
    /// it is a folder without such files. A folder whose files were all read through another path does not count as
    /// empty.
    pub(crate) fn read(&mut self, path: &Path, take: Take<'_>) -> bool {
        match fs::metadata(path) {
            Err(error) => take(Err(refusal(path, io_mistake(&error)))),
            Ok(metadata) if metadata.is_dir() => {
                let seen = self.visited.len();
                let mut is_empty = true;
                self.folder(path, &mut |file| {
                    is_empty = false;
                    take(file);
                });
                return is_empty && self.visited.len() > seen;
            }
            Ok(_) => self.file(path, take),
        }
        false
    }

    /// Returns whether a path is visited for the first time.
    fn is_new(&mut self, path: &Path) -> bool {
        match fs::canonicalize(path) {
            Ok(canonical) => self.visited.insert(canonical),
            Err(_) => true,
        }
    }

    fn folder(&mut self, path: &Path, take: Take<'_>) {
        // The folders wait in a list instead of on the call stack, so that the depth is not limited.
        let mut waiting = vec![path.to_owned()];
        let except = self.except;
        let is_wanted = |entry: &PathBuf| except.is_none_or(|name| !entry.ends_with(name));
        while let Some(path) = waiting.pop() {
            match fs::metadata(&path) {
                Err(error) => take(Err(refusal(&path, io_mistake(&error)))),
                Ok(metadata) if metadata.is_dir() => match entries(&path) {
                    _ if !self.is_new(&path) => {}
                    Ok(entries) => waiting.extend(entries.into_iter().rev().filter(is_wanted)),
                    Err(error) => take(Err(refusal(&path, io_mistake(&error)))),
                },
                Ok(metadata) if metadata.is_file() => self.file(&path, take),
                Ok(_) => take(Err(refusal(&path, Mistake::NotAFile))),
            }
        }
    }

    fn file(&mut self, path: &Path, take: Take<'_>) {
        if self.is_full || !self.is_new(path) {
            return;
        }
        let bytes = intake::file::read(path, LARGEST);
        self.read += bytes.as_ref().map_or(0, |bytes| bytes.len() as u64);
        self.is_full = self.read > TOGETHER;
        take(match bytes {
            Err(error) => Err(refusal(path, io_mistake(&error))),
            Ok(_) if self.is_full => Err(refusal(path, Mistake::TooLargeTogether(TOGETHER >> 20))),
            Ok(bytes) => String::from_utf8(bytes).map(|text| (shown(path), text)).map_err(|error| {
                let valid = error.utf8_error().valid_up_to();
                let text: Arc<str> = String::from_utf8_lossy(error.as_bytes()).into();
                Problem::at(&shown(path), &text, valid..valid + 1, Mistake::NotUtf8)
            }),
        });
    }
}

/// Parses a text as YAML and passes its tree to `read`. Returns `None` if there is no tree. Problems are added to
/// `problems`.
pub(crate) fn tree<T>(
    path: &str,
    text: &str,
    problems: &mut Vec<Problem>,
    read: impl FnOnce(&Arc<str>, &Node, &mut Vec<Found>) -> T,
) -> Option<T> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        problems.push(Problem::of_path(path, Mistake::EmptyFile));
        return None;
    }
    let source: Arc<str> = text.into();
    let (root, mut found) = yaml::parse(text);
    let result = match root {
        Some(root) if found.is_empty() => Some(read(&source, &root, &mut found)),
        None if found.is_empty() => {
            problems.push(Problem::of_path(path, Mistake::EmptyFile));
            None
        }
        _ => None,
    };
    found.sort_by_key(|(span, _)| span.start);
    let more = found.split_off(found.len().min(MOST));
    problems.extend(found.into_iter().map(|(span, mistake)| Problem::at(path, &source, span, mistake)));
    if !more.is_empty() {
        problems.push(Problem::of_path(path, Mistake::More(more.len())));
    }
    result
}

/// Returns a path as it is shown, with `/` on every system.
fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// A problem with a path as a whole.
pub(crate) fn refusal(path: &Path, mistake: Mistake) -> Problem {
    Problem::of_path(&shown(path), mistake)
}

fn io_mistake(error: &std::io::Error) -> Mistake {
    match error.kind() {
        ErrorKind::NotFound => Mistake::NoSuchPath,
        ErrorKind::FileTooLarge => Mistake::TooLarge,
        _ => Mistake::Unreadable(error.to_string()),
    }
}

/// Returns the folders and `*.yaml` files in a folder, sorted by name. A link to a folder is neither: it may lead out of
/// what the user has named, to the whole file system.
fn entries(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut entries = vec![];
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let path = entry.path();
        let kind = entry.file_type()?;
        let is_named = path.extension().is_some_and(|extension| extension == "yaml");
        if kind.is_dir() || is_named && !(kind.is_symlink() && path.is_dir()) {
            entries.push(path);
        }
    }
    entries.sort();
    Ok(entries)
}
