//! Known divergences: where an implementation is known to differ, and why. Each file `spec/known/NAME.yaml` is a list:
//!
//! ```yaml
//! - implementation: micropython         # as `viewcheck engines` has it
//!   version: ">=1.20, <1.24"            # the implementation's own versions; left out for all
//!   level: type                         # it shows at this level and at stricter ones; left out for all
//!   cases: [cast-zeros, extremes, hash-of-formats/b]    # `extremes` is a table here: all its rows
//!   status: [fail, crash]               # what a run may end in; left out for `fail` alone
//!   program: |                          # a small program that shows it; may be left out
//!     memoryview(b'a').cast('c')
//!     # Python: a view
//!     # here: NotImplementedError
//!   reason: a sentence that says why they differ
//!   link: https://github.com/micropython/micropython/issues/1
//! - implementation: pypy
//!   law: slicing-composes               # in place of `cases`: every case that fails because of that law
//!   reason: …
//! - implementation: cpython
//!   signature: 'embedded|reference error/message cast: TypeError: … for TypeError: …'   # in place of `cases`
//!   reason: …
//! ```
//!
//! This module reads entries and finds those that apply to a case or a signature. The effect on a run is implemented in
//! `viewcheck::known`.

mod implementation;
pub mod signature;

pub use implementation::IMPLEMENTATIONS;
use implementation::misspelled;

use crate::files::{self, Files};
use crate::problem::Lines;
use crate::text::KnownText;
use crate::yaml::{Found, Node};
use crate::{Mistake, Problem, Requirement, shape};
use schemars::JsonSchema;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use view::Version;

/// How strictly errors are compared. Values and memory are always compared exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Any error matches any other error.
    Value,
    /// Errors must have the same type.
    Type,
    /// Errors must have the same type and the same text.
    #[default]
    Message,
}

impl Level {
    /// All levels, the least strict first.
    pub const ALL: [Level; 3] = [Level::Value, Level::Type, Level::Message];

    /// Returns the word for it on the command line and in files.
    pub const fn word(self) -> &'static str {
        match self {
            Level::Value => "value",
            Level::Type => "type",
            Level::Message => "message",
        }
    }
}

/// The statuses of a case that an entry can expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "KnownStatus")]
pub enum Ending {
    /// The case passes. Only useful with other statuses, if the result varies between runs.
    Pass,
    /// The case fails.
    Fail,
    /// The engine's process died.
    Crash,
    /// The engine does not finish.
    Hang,
}

impl Ending {
    /// All of these statuses.
    pub const ALL: [Ending; 4] = [Ending::Pass, Ending::Fail, Ending::Crash, Ending::Hang];

    /// Returns the word for it in files.
    pub const fn word(self) -> &'static str {
        match self {
            Ending::Pass => "pass",
            Ending::Fail => "fail",
            Ending::Crash => "crash",
            Ending::Hang => "hang",
        }
    }

    /// Returns the status with this word; `None` for statuses that no entry can expect.
    pub fn named(word: &str) -> Option<Ending> {
        Ending::ALL.into_iter().find(|ending| ending.word() == word)
    }
}

/// A known divergence.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The implementation that diverges.
    pub implementation: String,
    /// The versions that diverge: the implementation's own, not those of the Python that it implements.
    pub version: Requirement,
    /// The least strict level at which the divergence is visible; `None` for all levels.
    pub level: Option<Level>,
    /// What the entry applies to.
    pub subject: Subject,
    /// The statuses that a run of one of the cases may have.
    pub endings: Vec<Ending>,
    /// A small program that shows the divergence.
    pub program: Option<String>,
    /// The reason for the divergence, in a sentence.
    pub reason: String,
    /// A link to more information.
    pub link: Option<String>,
    /// The file that contains the entry.
    pub path: Arc<str>,
    /// The line of the entry, counted from 1.
    pub line: usize,
    /// The text of the file, for showing problems.
    source: Arc<str>,
    /// The position of each id, or of the law or signature.
    spans: Vec<Range<usize>>,
}

/// The subject of a known divergence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The ids of cases, and of tables, which stand for all their rows. For `check`.
    Cases(Vec<String>),
    /// The name of a law: all cases that fail because of it. For `check`.
    Law(String),
    /// The signature of a finding, which stands for all signatures that it [includes](signature::includes). For `fuzz`.
    Signature(String),
}

impl Entry {
    /// `file:line`
    pub fn place(&self) -> String {
        format!("{}:{}", self.path, self.line)
    }

    /// Returns whether the entry applies to an implementation in a version. If the version is unknown, only entries for
    /// all versions apply.
    pub fn is_about(&self, implementation: &str, version: Option<Version>) -> bool {
        let admits = version.map_or(self.version.is_any(), |version| self.version.admits(version));
        self.implementation == implementation && admits
    }

    /// Returns whether the divergence is visible at a level. A stricter level compares everything that a less strict
    /// one does.
    pub fn shows_at(&self, level: Level) -> bool {
        self.level.is_none_or(|least| least <= level)
    }

    /// Returns the ids, or the law or signature, each with its position.
    fn subjects(&self) -> impl Iterator<Item = (&str, &Range<usize>)> {
        let texts = match &self.subject {
            Subject::Cases(ids) => &ids[..],
            Subject::Law(text) | Subject::Signature(text) => std::slice::from_ref(text),
        };
        texts.iter().map(String::as_str).zip(&self.spans)
    }
}

/// All known divergences.
#[derive(Clone, Debug, Default)]
pub struct Known {
    entries: Vec<Entry>,
    /// The indices of the entries that name each id.
    by_id: HashMap<String, Vec<usize>>,
    /// The indices of the entries that name each law.
    by_law: HashMap<String, Vec<usize>>,
    /// The indices of the entries whose signatures have each core.
    by_core: HashMap<String, Vec<usize>>,
}

impl Known {
    /// Loads files, and folders with all their `*.yaml` files. Entries with mistakes are left out.
    pub fn load(paths: &[PathBuf]) -> (Known, Vec<Problem>) {
        let (mut known, mut problems) = (Known::default(), vec![]);
        let mut files = Files::default();
        for path in paths {
            // An empty folder is valid: it lists no divergences.
            files.read(path, &mut |file| match file {
                Ok((path, text)) => known.text(&path, &text, &mut problems),
                Err(problem) => problems.push(problem),
            });
        }
        (known, problems)
    }

    /// Loads a text as the content of a file at `path`.
    pub fn load_text(path: &str, text: &str) -> (Known, Vec<Problem>) {
        Known::load_texts([(path, text)])
    }

    /// Loads texts as if they were the contents of files. Each text comes with the path of its file.
    pub fn load_texts<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Known, Vec<Problem>) {
        let (mut known, mut problems) = (Known::default(), vec![]);
        files.into_iter().for_each(|(path, text)| known.text(path, text, &mut problems));
        (known, problems)
    }

    /// Returns all entries, in the order of the files.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns the entries that apply to a case in this version of an implementation, each with its index in
    /// [`Known::entries`]. An entry for a table applies to all its rows.
    pub fn for_case(
        &self,
        id: &str,
        implementation: &str,
        version: Option<Version>,
    ) -> impl Iterator<Item = (usize, &Entry)> {
        let table = id.split_once('/').map(|(table, _)| table);
        let indices = [Some(id), table].into_iter().flatten().filter_map(|id| self.by_id.get(id));
        let mut indices: Vec<usize> = indices.flatten().copied().collect();
        indices.sort_unstable();
        indices.dedup();
        self.about(indices, implementation, version)
    }

    /// Returns the entries that apply to a law in this version of an implementation, each with its index in
    /// [`Known::entries`].
    pub fn for_law(
        &self,
        law: &str,
        implementation: &str,
        version: Option<Version>,
    ) -> impl Iterator<Item = (usize, &Entry)> {
        let indices = self.by_law.get(law).cloned().unwrap_or_default();
        self.about(indices, implementation, version)
    }

    /// Returns the entries that apply to a signature in this version of an implementation, each with its index in
    /// [`Known::entries`]. An entry applies to every signature that its own [includes](signature::includes).
    pub fn for_signature(
        &self,
        signature: &str,
        implementation: &str,
        version: Option<Version>,
    ) -> impl Iterator<Item = (usize, &Entry)> {
        let mut indices = self.by_core.get(signature::parts(signature).0).cloned().unwrap_or_default();
        indices.retain(|index| self.entries.get(*index).is_some_and(|entry| entry.includes(signature)));
        self.about(indices, implementation, version)
    }

    fn about(
        &self,
        indices: Vec<usize>,
        implementation: &str,
        version: Option<Version>,
    ) -> impl Iterator<Item = (usize, &Entry)> {
        let entries = indices.into_iter().filter_map(|index| Some((index, self.entries.get(index)?)));
        entries.filter(move |(_, entry)| entry.is_about(implementation, version))
    }

    /// Returns a problem for each id that no case has. `ids` are the ids of all cases.
    pub fn unknown_ids<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Vec<Problem> {
        let mut known: HashSet<&str> = HashSet::new();
        for id in ids {
            known.insert(id);
            known.extend(id.split_once('/').map(|(table, _)| table));
        }
        let is_case = |entry: &&Entry| matches!(entry.subject, Subject::Cases(_));
        self.unknown(is_case, |id| known.contains(id), |id| Mistake::unknown_id(id, &known))
    }

    /// Returns a problem for each law that does not exist. `laws` are the names of all.
    pub fn unknown_laws(&self, laws: &[&str]) -> Vec<Problem> {
        let is_law = |entry: &&Entry| matches!(entry.subject, Subject::Law(_));
        self.unknown(is_law, |name| laws.contains(&name), |name| Mistake::unknown_law(name, laws))
    }

    /// Returns a problem for each subject of some entries that does not exist, up to [`files::MOST`] for a file.
    fn unknown(
        &self,
        is_asked: impl Fn(&&Entry) -> bool,
        exists: impl Fn(&str) -> bool,
        mistake: impl Fn(&str) -> Mistake,
    ) -> Vec<Problem> {
        let mut problems = vec![];
        for entries in self.entries.chunk_by(|entry, next| entry.path == next.path) {
            let asked = entries.iter().filter(&is_asked);
            let named = asked.flat_map(|entry| entry.subjects().map(move |(text, span)| (entry, text, span)));
            let mut unknown = named.filter(|(_, text, _)| !exists(text));
            problems.extend(
                unknown
                    .by_ref()
                    .take(files::MOST)
                    .map(|(entry, text, span)| Problem::at(&entry.path, &entry.source, span.clone(), mistake(text))),
            );
            let (more, path) = (unknown.count(), entries.first().map_or("", |entry| &entry.path));
            problems.extend((more > 0).then(|| Problem::of_path(path, Mistake::More(more))));
        }
        problems
    }

    fn text(&mut self, path: &str, text: &str, problems: &mut Vec<Problem>) {
        files::tree(path, text, problems, |source, root, found| {
            let mut reader = Reader { known: self, path: path.into(), source, lines: Lines::of(source), found };
            reader.list(root);
        });
    }
}

/// Reads one file of entries.
struct Reader<'a> {
    known: &'a mut Known,
    path: Arc<str>,
    source: &'a Arc<str>,
    lines: Lines,
    found: &'a mut Vec<Found>,
}

impl Reader<'_> {
    fn list(&mut self, root: &Node) {
        if let Err(mistake) = shape::read::<Vec<IgnoredAny>>(root) {
            self.found.push(mistake);
        }
        for node in root.items() {
            let before = self.found.len();
            let Some(entry) = self.entry(node) else { continue };
            self.refuse_again(&entry);
            if self.found.len() == before {
                self.known.add(entry);
            }
        }
    }

    fn entry(&mut self, node: &Node) -> Option<Entry> {
        let text: KnownText = match shape::read(node) {
            Ok(text) => text,
            Err(mistake) => {
                self.found.push(mistake);
                return None;
            }
        };
        let version = text.version.as_deref().map_or(Some(Requirement::default()), Requirement::parse);
        let written = || text.version.clone().unwrap_or_default();
        match &version {
            None => self.found.push((node.span_of("version"), Mistake::BadRequirement(written()))),
            Some(version) if version.is_empty() => {
                self.found.push((node.span_of("version"), Mistake::EmptyRange(written())));
            }
            Some(_) => {}
        }
        let implementation = text.implementation.as_str();
        if let Some(meant) = misspelled(implementation) {
            let mistake = Mistake::MisspelledImplementation { found: implementation.to_owned(), meant };
            self.found.push((node.span_of("implementation"), mistake));
        }
        for key in text.empty_keys() {
            self.found.push((node.span_of(key), Mistake::NothingIn(key)));
        }
        if text.status.as_deref() == Some(&[Ending::Pass]) {
            self.found.push((node.span_of("status"), Mistake::OnlyPass));
        }
        for (key, is_there) in [("law", text.law.is_some()), ("signature", text.signature.is_some())] {
            if is_there && text.status.is_some() {
                self.found.push((node.span_of("status"), Mistake::StatusBeside(key)));
            }
        }
        let (subject, spans) = match (text.cases, text.law, text.signature) {
            (Some(ids), None, None) => {
                let nodes = node.get("cases").map(Node::items).unwrap_or_default();
                (Subject::Cases(ids), nodes.iter().map(|id| id.span.clone()).collect())
            }
            (None, Some(law), None) => (Subject::Law(law), vec![node.span_of("law")]),
            (None, None, Some(signature)) => (Subject::Signature(signature), vec![node.span_of("signature")]),
            _ => {
                self.found.push((shape::first_line(node), Mistake::NoSubject));
                return None;
            }
        };
        Some(Entry {
            implementation: text.implementation,
            version: version?,
            level: text.level,
            subject,
            endings: text.status.unwrap_or_else(|| vec![Ending::Fail]),
            program: text.program,
            reason: text.reason.trim().to_owned(),
            link: text.link,
            path: Arc::clone(&self.path),
            line: self.lines.line(node.span.start),
            source: Arc::clone(self.source),
            spans,
        })
    }

    /// Refuses ids, laws and signatures that are already listed for the same implementation, versions and level.
    fn refuse_again(&mut self, entry: &Entry) {
        let mut own = HashSet::new();
        let is_same = |other: &&Entry| {
            (&other.implementation, &other.version, other.level) == (&entry.implementation, &entry.version, entry.level)
        };
        for (text, span) in entry.subjects() {
            let others = self.known.naming(text, &entry.subject).filter(is_same).map(Entry::place).next();
            let first = others.or_else(|| (!own.insert(text)).then(|| entry.place()));
            if let Some(first) = first {
                self.found.push((span.clone(), Mistake::KnownTwice { text: text.to_owned(), first }));
            }
        }
    }
}

impl Known {
    fn add(&mut self, entry: Entry) {
        for (text, _) in entry.subjects() {
            let indices = match entry.subject {
                Subject::Cases(_) => self.by_id.entry(text.to_owned()),
                Subject::Law(_) => self.by_law.entry(text.to_owned()),
                Subject::Signature(_) => self.by_core.entry(signature::parts(text).0.to_owned()),
            };
            indices.or_default().push(self.entries.len());
        }
        self.entries.push(entry);
    }

    /// Returns the entries that name an id, a law or a signature; `subject` says which of these it is.
    fn naming(&self, text: &str, subject: &Subject) -> impl Iterator<Item = &Entry> {
        let indices = match subject {
            Subject::Cases(_) => self.by_id.get(text),
            Subject::Law(_) => self.by_law.get(text),
            Subject::Signature(_) => self.by_core.get(signature::parts(text).0),
        };
        let entries = indices.into_iter().flatten().filter_map(|index| self.entries.get(*index));
        entries.filter(move |entry| entry.subjects().any(|(other, _)| other == text))
    }
}

#[cfg(test)]
mod tests;
