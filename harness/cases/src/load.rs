//! From paths to cases: finds the files, reads them and gathers what is wrong, without ever stopping at the first.

use crate::{LARGEST, Mistake, Problem, Suite, read, yaml};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folder whose files are no cases but divergences that are understood.
const KNOWN: &str = "known";

/// The problems of one file that are told.
const MOST: usize = 20;

/// Loads files, and folders with all `*.yaml` in them but `known`, in the order given and sorted by name within a folder.
pub fn load(paths: &[PathBuf]) -> Suite {
    let mut loader = Loader::default();
    for path in paths {
        loader.path(path);
    }
    loader.suite
}

/// Loads a text as if it were the content of a file at `path`.
pub fn load_text(path: &str, text: &str) -> Suite {
    let mut loader = Loader::default();
    loader.text(path, text);
    loader.suite
}

#[derive(Default)]
struct Loader {
    suite: Suite,
    /// What was visited, so that a file that two paths lead to is loaded once and a loop of links ends.
    visited: HashSet<PathBuf>,
    ids: read::Ids,
}

/// A path as it is shown, the same on every system.
fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn io_mistake(error: &std::io::Error) -> Mistake {
    match error.kind() {
        ErrorKind::NotFound => Mistake::NoSuchPath,
        _ => Mistake::Unreadable(error.to_string()),
    }
}

impl Loader {
    fn refuse(&mut self, path: &Path, mistake: Mistake) {
        self.suite.problems.push(Problem::of_path(&shown(path), mistake));
    }

    /// A path that someone gave.
    fn path(&mut self, path: &Path) {
        match fs::metadata(path) {
            Err(error) => self.refuse(path, io_mistake(&error)),
            Ok(metadata) if metadata.is_dir() => {
                let (documents, problems) = (self.suite.documents.len(), self.suite.problems.len());
                let seen = self.visited.len();
                self.folder(path);
                let nothing = self.suite.documents.len() == documents && self.suite.problems.len() == problems;
                // A folder that another path already led to is not empty, only known.
                if nothing && self.visited.len() > seen {
                    self.refuse(path, Mistake::NoCases);
                }
            }
            Ok(_) => self.file(path),
        }
    }

    /// Whether a path is visited for the first time.
    fn is_new(&mut self, path: &Path) -> bool {
        match fs::canonicalize(path) {
            Ok(canonical) => self.visited.insert(canonical),
            Err(_) => true,
        }
    }

    fn folder(&mut self, path: &Path) {
        // Folders wait here instead of on the call stack, so that no depth is too much.
        let mut waiting = vec![path.to_owned()];
        while let Some(path) = waiting.pop() {
            match fs::metadata(&path) {
                Err(error) => self.refuse(&path, io_mistake(&error)),
                Ok(metadata) if metadata.is_dir() => match entries(&path) {
                    _ if !self.is_new(&path) => {}
                    Ok(entries) => waiting.extend(entries.into_iter().rev().filter(|entry| !entry.ends_with(KNOWN))),
                    Err(error) => self.refuse(&path, io_mistake(&error)),
                },
                Ok(metadata) if metadata.is_file() => self.file(&path),
                Ok(_) => self.refuse(&path, Mistake::NotAFile),
            }
        }
    }

    fn file(&mut self, path: &Path) {
        if !self.is_new(path) {
            return;
        }
        match read_limited(path) {
            Err(error) => self.refuse(path, io_mistake(&error)),
            Ok(bytes) if bytes.len() as u64 > LARGEST => self.refuse(path, Mistake::TooLarge),
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => self.text(&shown(path), &text),
                Err(error) => {
                    let valid = error.utf8_error().valid_up_to();
                    let text: Arc<str> = String::from_utf8_lossy(error.as_bytes()).into();
                    let path = shown(path);
                    self.suite.problems.push(Problem::at(&path, &text, valid..valid + 1, Mistake::NotUtf8));
                }
            },
        }
    }

    fn text(&mut self, path: &str, text: &str) {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.trim().is_empty() {
            self.suite.problems.push(Problem::of_path(path, Mistake::EmptyFile));
            return;
        }
        let source: Arc<str> = text.into();
        let (root, mut found) = yaml::parse(text);
        match root {
            Some(root) if found.is_empty() => {
                self.suite.documents.push(read::document(path, text, &root, &mut self.ids, &mut found));
            }
            None if found.is_empty() => self.suite.problems.push(Problem::of_path(path, Mistake::EmptyFile)),
            _ => {}
        }
        found.sort_by_key(|(span, _)| span.start);
        let more = found.split_off(found.len().min(MOST));
        let problems = found.into_iter().map(|(span, mistake)| Problem::at(path, &source, span, mistake));
        self.suite.problems.extend(problems);
        if !more.is_empty() {
            self.suite.problems.push(Problem::of_path(path, Mistake::More(more.len())));
        }
    }
}

/// What a folder holds that can be of interest, sorted by name.
fn entries(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut entries = vec![];
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "yaml") || path.is_dir() {
            entries.push(path);
        }
    }
    entries.sort();
    Ok(entries)
}

/// The content of a file, or a little more than the largest that is taken.
fn read_limited(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![];
    File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
