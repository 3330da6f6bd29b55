//! Loads cases from paths, and gathers all problems.

use crate::files::{self, Files};
use crate::{Mistake, Problem, Suite, read};
use std::path::PathBuf;

/// The folder with known divergences, which contains no cases.
const KNOWN: &str = "known";

/// Loads files, and folders with all their `*.yaml` files except those in `known`. Paths are loaded in the given order,
/// and the files of a folder are sorted by name.
pub fn load(paths: &[PathBuf]) -> Suite {
    let mut loader = Loader::default();
    let mut files = Files::except(KNOWN);
    for path in paths {
        if files.read(path, &mut |file| loader.file(file)) {
            loader.suite.problems.push(files::refusal(path, Mistake::NoCases));
        }
    }
    loader.suite
}

/// Loads a text as the content of a file at `path`.
pub fn load_text(path: &str, text: &str) -> Suite {
    load_texts([(path, text)])
}

/// Loads texts as if they were the contents of files. Each text comes with the path of its file.
pub fn load_texts<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Suite {
    let mut loader = Loader::default();
    files.into_iter().for_each(|(path, text)| loader.text(path, text));
    loader.suite
}

#[derive(Default)]
struct Loader {
    suite: Suite,
    ids: read::Ids,
}

impl Loader {
    fn file(&mut self, file: Result<(String, String), Problem>) {
        match file {
            Ok((path, text)) => self.text(&path, &text),
            Err(problem) => self.suite.problems.push(problem),
        }
    }

    fn text(&mut self, path: &str, text: &str) {
        let Suite { documents, problems } = &mut self.suite;
        documents.extend(files::tree(path, text, problems, |source, root, found| {
            read::document(path, source, root, &mut self.ids, found)
        }));
    }
}
