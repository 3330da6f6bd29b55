//! Divergences that are understood: `spec/known/NAME.yaml`, each a list of entries.
//!
//! ```yaml
//! - signature: 'embedded|reference error/message cast: TypeError: … for TypeError: …'
//!   engine: embedded              # an engine's name, or its implementation
//!   python: ">=3.10, <3.12"       # the versions of that engine; left out for all
//!   reason: a sentence that says why they differ
//!   link: https://github.com/python/cpython/issues/1
//! - case: half-floats-round       # a case of spec/ in place of a signature
//!   engine: embedded
//!   reason: …
//! ```

use super::Signature;
use cases::Requirement;
use engine::About;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Why the list of known divergences can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KnownError {
    /// A file or folder can't be read.
    #[error("can't read {path}: {error}")]
    Unreadable {
        /// The file or folder.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// A file is not such a list.
    #[error("{path}: {reason}")]
    Malformed {
        /// The file.
        path: String,
        /// What is wrong, with line and column where they are known.
        reason: String,
    },
}

/// One divergence that is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownEntry {
    /// The file it stands in.
    pub file: PathBuf,
    /// The signature, or the id of a case.
    pub subject: Subject,
    /// The engine that diverges, by its name or its implementation.
    pub engine: String,
    /// The versions of it that do.
    pub python: Requirement,
    /// Why, in a sentence.
    pub reason: String,
    /// Where to read more.
    pub link: Option<String>,
}

/// What diverges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// What fuzzing finds under this signature.
    Signature(Signature),
    /// What checking the case with this id finds.
    Case(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryText {
    signature: Option<Signature>,
    case: Option<String>,
    engine: String,
    python: Option<String>,
    reason: String,
    link: Option<String>,
}

impl KnownEntry {
    /// Whether it is about this engine, in this version.
    pub fn applies_to(&self, engine: &About) -> bool {
        (self.engine == engine.name || self.engine == engine.implementation)
            && self.python.admits(engine.profile.version())
    }

    fn of(mut text: EntryText, file: &Path) -> Result<KnownEntry, String> {
        let subject = match (text.signature.take(), text.case.take()) {
            (Some(signature), None) => Subject::Signature(signature),
            (None, Some(case)) => Subject::Case(case),
            _ => return Err("an entry has either a `signature` or a `case`".to_owned()),
        };
        if text.reason.trim().is_empty() || text.engine.trim().is_empty() {
            return Err("an entry needs an `engine` and a `reason`, in a sentence".to_owned());
        }
        let python = match text.python.take() {
            None => Requirement::default(),
            Some(python) => Requirement::parse(&python).ok_or(format!(
                "`{python}` is not a version requirement: write comparisons with commas, as in \">=3.8, <3.12\""
            ))?,
        };
        let EntryText { engine, reason, link, .. } = text;
        Ok(KnownEntry { file: file.to_owned(), subject, engine, python, reason, link })
    }
}

/// All divergences that are understood.
#[derive(Clone, Debug, Default)]
pub struct Known {
    entries: Vec<KnownEntry>,
}

impl Known {
    /// Reads all `*.yaml` of a folder, sorted by name. A folder that does not exist holds nothing.
    pub fn load(dir: &Path) -> Result<Known, KnownError> {
        let unreadable =
            |path: &Path, error: io::Error| KnownError::Unreadable { path: path.display().to_string(), error };
        let mut files = vec![];
        match fs::read_dir(dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Known::default()),
            Err(error) => return Err(unreadable(dir, error)),
            Ok(entries) => {
                for entry in entries {
                    let path = entry.map_err(|error| unreadable(dir, error))?.path();
                    if path.extension().is_some_and(|extension| extension == "yaml") {
                        files.push(path);
                    }
                }
            }
        }
        files.sort();
        let mut known = Known::default();
        for file in files {
            let text = fs::read_to_string(&file).map_err(|error| unreadable(&file, error))?;
            known.read(&file, &text)?;
        }
        Ok(known)
    }

    fn read(&mut self, file: &Path, text: &str) -> Result<(), KnownError> {
        let malformed = |reason: String| KnownError::Malformed { path: file.display().to_string(), reason };
        let entries: Vec<EntryText> = serde_yaml::from_str(text).map_err(|error| malformed(error.to_string()))?;
        for entry in entries {
            let entry = KnownEntry::of(entry, file).map_err(malformed)?;
            let is_same = |other: &KnownEntry| {
                (&other.subject, &other.engine, &other.python) == (&entry.subject, &entry.engine, &entry.python)
            };
            if self.entries.iter().any(is_same) {
                return Err(malformed(format!("this is said twice: {}", entry.subject.text())));
            }
            self.entries.push(entry);
        }
        Ok(())
    }

    /// All entries, in the order of the files.
    pub fn entries(&self) -> &[KnownEntry] {
        &self.entries
    }

    /// The entry for a signature on an engine.
    pub fn matches(&self, signature: &Signature, engine: &About) -> Option<&KnownEntry> {
        self.applying(engine).find(|entry| matches!(&entry.subject, Subject::Signature(known) if known == signature))
    }

    /// The entry for a case on an engine.
    pub fn matches_case(&self, id: &str, engine: &About) -> Option<&KnownEntry> {
        self.applying(engine).find(|entry| matches!(&entry.subject, Subject::Case(known) if known == id))
    }

    /// The entries about signatures of an engine, against another, that were not seen: what they tell of is fixed,
    /// if the campaign ran long enough.
    pub fn unseen(&self, seen: &BTreeSet<Signature>, engine: &About, against: &About) -> Vec<&KnownEntry> {
        let engines = format!("{}|{} ", engine.name, against.name);
        let laws = format!("{}|laws ", engine.name);
        let is_unseen = |entry: &&KnownEntry| match &entry.subject {
            Subject::Signature(known) => {
                [&engines, &laws].iter().any(|who| known.as_str().starts_with(*who)) && !seen.contains(known)
            }
            Subject::Case(_) => false,
        };
        self.applying(engine).filter(is_unseen).collect()
    }

    fn applying(&self, engine: &About) -> impl Iterator<Item = &KnownEntry> {
        self.entries.iter().filter(move |entry| entry.applies_to(engine))
    }
}

impl Subject {
    fn text(&self) -> &str {
        match self {
            Subject::Signature(signature) => signature.as_str(),
            Subject::Case(id) => id,
        }
    }
}
