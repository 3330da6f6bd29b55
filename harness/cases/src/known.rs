//! Known divergences: what an implementation is known to do otherwise, and why. `spec/known/NAME.yaml`, each a list:
//!
//! ```yaml
//! - implementation: micropython         # as `viewcheck engines` has it
//!   version: ">=1.20, <1.24"            # the implementation's own versions; left out for all
//!   level: type                         # it shows at this level and at stricter ones; left out for all
//!   cases: [cast-zeros, extremes, hash-of-formats/b]    # `extremes` is a table here: all its rows
//!   status: [fail, crash]               # what a run may end in; left out for `fail` alone
//!   reason: a sentence that says why they differ
//!   link: https://github.com/micropython/micropython/issues/1
//! - implementation: cpython
//!   signature: 'embedded|reference error/message cast: TypeError: … for TypeError: …'   # in place of `cases`
//!   reason: …
//! ```
//!
//! This file reads entries and finds those that are about something. What follows for a run is not said here.

use crate::files::{self, Files};
use crate::problem::Lines;
use crate::text::KnownText;
use crate::yaml::{Found, Node};
use crate::{Mistake, Problem, Requirement, shape};
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use view::Version;

/// How strict a comparison is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Values and memory.
    Value,
    /// The types of errors too.
    Type,
    /// And the texts of errors.
    Message,
}

/// What the run of a case can end in, as far as an entry can expect it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "KnownStatus")]
pub enum Ending {
    /// It did what the case says. Beside others: where that varies from run to run.
    Pass,
    /// It did something else.
    Fail,
    /// The engine's process died.
    Crash,
    /// The engine did not come to an end.
    Hang,
}

impl Ending {
    /// All of them.
    pub const ALL: [Ending; 4] = [Ending::Pass, Ending::Fail, Ending::Crash, Ending::Hang];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Ending::Pass => "pass",
            Ending::Fail => "fail",
            Ending::Crash => "crash",
            Ending::Hang => "hang",
        }
    }

    /// The ending with that word. Whatever else can become of a case, no entry can expect it.
    pub fn named(word: &str) -> Option<Ending> {
        Ending::ALL.into_iter().find(|ending| ending.word() == word)
    }
}

/// One divergence that is understood.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The implementation that diverges.
    pub implementation: String,
    /// The versions of it that do: its own, not those of the Python that it implements.
    pub version: Requirement,
    /// The least strict level at which it shows; `None` for all levels.
    pub level: Option<Level>,
    /// What diverges.
    pub subject: Subject,
    /// What a run of one of the cases may end in.
    pub endings: Vec<Ending>,
    /// Why, in a sentence.
    pub reason: String,
    /// Where to read more.
    pub link: Option<String>,
    /// The file that it stands in.
    pub path: Arc<str>,
    /// The line in the file, counted from 1.
    pub line: usize,
    /// The text of the file, in which problems are shown.
    source: Arc<str>,
    /// Where each id is written, or the signature.
    spans: Vec<Range<usize>>,
}

/// What diverges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// What checking these cases finds: ids of cases, and of tables, which stand for all their rows.
    Cases(Vec<String>),
    /// What fuzzing finds under this signature.
    Signature(String),
}

impl Entry {
    /// `file:line`
    pub fn place(&self) -> String {
        format!("{}:{}", self.path, self.line)
    }

    /// Whether it is about this implementation in this version. One that names versions is about no unknown one.
    pub fn is_about(&self, implementation: &str, version: Option<Version>) -> bool {
        let admits = version.map_or(self.version.is_any(), |version| self.version.admits(version));
        self.implementation == implementation && admits
    }

    /// Whether the divergence can be seen at a level: a stricter level compares whatever a less strict one does.
    pub fn shows_at(&self, level: Level) -> bool {
        self.level.is_none_or(|least| least <= level)
    }

    /// The texts that it is about, each with its place: ids, or the signature.
    fn subjects(&self) -> impl Iterator<Item = (&str, &Range<usize>)> {
        let texts = match &self.subject {
            Subject::Cases(ids) => &ids[..],
            Subject::Signature(signature) => std::slice::from_ref(signature),
        };
        texts.iter().map(String::as_str).zip(&self.spans)
    }
}

/// All divergences that are understood.
#[derive(Clone, Debug, Default)]
pub struct Known {
    entries: Vec<Entry>,
    /// For each id the entries that name it.
    by_id: HashMap<String, Vec<usize>>,
    /// For each signature the entries that name it.
    by_signature: HashMap<String, Vec<usize>>,
}

impl Known {
    /// Loads files, and folders with all `*.yaml` in them. An entry with a mistake in it is not among the entries.
    pub fn load(paths: &[PathBuf]) -> (Known, Vec<Problem>) {
        let (mut known, mut problems) = (Known::default(), vec![]);
        let mut files = Files::default();
        for path in paths {
            // A folder without entries is as good as any: nothing diverges.
            files.read(path, &mut |file| match file {
                Ok((path, text)) => known.text(&path, &text, &mut problems),
                Err(problem) => problems.push(problem),
            });
        }
        (known, problems)
    }

    /// Loads a text as if it were the content of a file at `path`.
    pub fn load_text(path: &str, text: &str) -> (Known, Vec<Problem>) {
        Known::load_texts([(path, text)])
    }

    /// Loads texts as if they were the contents of files. Each text comes with the path of its file.
    pub fn load_texts<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Known, Vec<Problem>) {
        let (mut known, mut problems) = (Known::default(), vec![]);
        files.into_iter().for_each(|(path, text)| known.text(path, text, &mut problems));
        (known, problems)
    }

    /// All entries, in the order of the files.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entries about a case in this version of an implementation, each with its index among all entries. An entry
    /// that names a table is about all its rows.
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

    /// The entries about a signature in this version of an implementation, each with its index among all entries.
    pub fn for_signature(
        &self,
        signature: &str,
        implementation: &str,
        version: Option<Version>,
    ) -> impl Iterator<Item = (usize, &Entry)> {
        let indices = self.by_signature.get(signature).cloned().unwrap_or_default();
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

    /// What is wrong with the ids that entries name, if these are the ids of all cases: some belong to no case.
    pub fn unknown_ids<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Vec<Problem> {
        let mut known: HashSet<&str> = HashSet::new();
        for id in ids {
            known.insert(id);
            known.extend(id.split_once('/').map(|(table, _)| table));
        }
        let mut problems = vec![];
        for entries in self.entries.chunk_by(|entry, next| entry.path == next.path) {
            let of_cases = entries.iter().filter(|entry| matches!(entry.subject, Subject::Cases(_)));
            let named = of_cases.flat_map(|entry| entry.subjects().map(move |(id, span)| (entry, id, span)));
            let mut unknown = named.filter(|(_, id, _)| !known.contains(id));
            problems.extend(unknown.by_ref().take(files::MOST).map(|(entry, id, span)| {
                Problem::at(&entry.path, &entry.source, span.clone(), Mistake::unknown_id(id, &known))
            }));
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
        if version.is_none() {
            let text = text.version.clone().unwrap_or_default();
            self.found.push((node.span_of("version"), Mistake::BadRequirement(text)));
        }
        for key in text.empty_keys() {
            self.found.push((node.span_of(key), Mistake::NothingIn(key)));
        }
        if text.status.as_deref() == Some(&[Ending::Pass]) {
            self.found.push((node.span_of("status"), Mistake::OnlyPass));
        }
        if text.signature.is_some() && text.status.is_some() {
            self.found.push((node.span_of("status"), Mistake::StatusOfSignature));
        }
        let (subject, spans) = match (text.cases, text.signature) {
            (Some(ids), None) => {
                let nodes = node.get("cases").map(Node::items).unwrap_or_default();
                (Subject::Cases(ids), nodes.iter().map(|id| id.span.clone()).collect())
            }
            (None, Some(signature)) => (Subject::Signature(signature), vec![node.span_of("signature")]),
            _ => {
                self.found.push((shape::first_line(node), Mistake::CasesOrSignature));
                return None;
            }
        };
        Some(Entry {
            implementation: text.implementation,
            version: version?,
            level: text.level,
            subject,
            endings: text.status.unwrap_or_else(|| vec![Ending::Fail]),
            reason: text.reason.trim().to_owned(),
            link: text.link,
            path: Arc::clone(&self.path),
            line: self.lines.line(node.span.start),
            source: Arc::clone(self.source),
            spans,
        })
    }

    /// Refuses what an earlier entry, or the same one, already says of the same implementation, versions and level.
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
        let by = match entry.subject {
            Subject::Cases(_) => &mut self.by_id,
            Subject::Signature(_) => &mut self.by_signature,
        };
        for (text, _) in entry.subjects() {
            by.entry(text.to_owned()).or_default().push(self.entries.len());
        }
        self.entries.push(entry);
    }

    /// The entries that name an id, or a signature, as a subject does.
    fn naming(&self, text: &str, subject: &Subject) -> impl Iterator<Item = &Entry> {
        let by = match subject {
            Subject::Cases(_) => &self.by_id,
            Subject::Signature(_) => &self.by_signature,
        };
        by.get(text).into_iter().flatten().filter_map(|index| self.entries.get(*index))
    }
}

#[cfg(test)]
mod tests;
