//! Each operation of the view names a case that shows it, and the case is there.

use cases::load;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What is no operation of Python: it is there for those who observe a view, or make one.
const OBSERVERS: &[&str] = &[
    "export_count",
    "has_odd_bool",
    "hash_bytes",
    "is_empty",
    "is_released",
    "layout",
    "memory",
    "packed",
    "profile",
    "raw_format",
    "raw_itemsize",
    "raw_readonly",
    "restrict",
    "root",
    "view",
    "views_sharing",
];

fn harness() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every Rust file below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries
        .flat_map(|path| match path.is_dir() {
            true => sources(&path),
            false => vec![path],
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    files
}

/// The case that a line of documentation names.
fn named(line: &str) -> Option<&str> {
    line.trim().strip_prefix("///")?.rsplit_once("case: ").map(|(_, id)| id.trim())
}

/// The cases by their ids, those of a table also by the id that its rows share.
fn cases() -> BTreeSet<String> {
    let suite = load(&[harness().join("../spec")]);
    assert_eq!(suite.problems.len(), 0);
    let ids = suite.documents.into_iter().flat_map(|document| document.cases).map(|case| case.id);
    ids.flat_map(|id| [id.split('/').next().unwrap_or_default().to_owned(), id]).collect()
}

#[test]
fn the_cases_that_are_named_are_there() {
    let cases = cases();
    let folders = ["view/src", "python/src"].map(|folder| harness().join(folder));
    let mut named_cases = 0;
    for path in folders.iter().flat_map(|folder| sources(folder)) {
        let text = fs::read_to_string(&path).unwrap();
        for id in text.lines().filter_map(named) {
            assert!(cases.contains(id), "{}: there is no case {id}", path.display());
            named_cases += 1;
        }
    }
    assert!(named_cases > 50, "{named_cases}");
}

#[test]
fn each_operation_names_a_case() {
    let mut bare = vec![];
    for path in sources(&harness().join("view/src/view")) {
        let text = fs::read_to_string(&path).unwrap();
        let mut has_case = false;
        for line in text.lines() {
            let function = line.trim().strip_prefix("pub fn ").and_then(|rest| rest.split(['(', '<']).next());
            if let Some(function) = function
                && !has_case
                && !OBSERVERS.contains(&function)
            {
                bare.push(format!("{}: {function}", path.file_name().unwrap().display()));
            }
            has_case = named(line).is_some() || has_case && line.trim().starts_with(['/', '#']);
        }
    }
    assert!(bare.is_empty(), "no case is named for {bare:?}");
}
