//! Stores findings on disk, one folder each, completely or not at all.
//!
//! A folder is written under a temporary name that starts with a dot, synced and then renamed. A process that is killed
//! therefore leaves nothing, a temporary folder that [`Store::open`] removes, or a complete finding.

use super::{Finding, Signature, Symptom, case, script};
use crate::compare::Level;
use crate::output;
use crate::report::count;
use engine::About;
use intake::{file, json};
use program::{Program, print};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The file with the record of a finding.
pub(crate) const RECORD: &str = "finding.json";
/// The file with its case.
pub(super) const CASE: &str = "case.yaml";
/// The stand-alone script.
pub(super) const SCRIPT: &str = "script.py";
/// What the name of everything that is not complete starts with.
const UNFINISHED: &str = ".viewcheck-";

/// The largest number that is taken from a file: there is room for it to be added to.
pub(crate) const MOST: u64 = 1 << 53;

/// Why findings can't be read or kept.
#[derive(Debug, thiserror::Error)]
#[error("can't {what} {}: {error}", path.display())]
pub struct StoreError {
    what: &'static str,
    path: PathBuf,
    error: io::Error,
}

/// What became of a finding that was to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is new, and lies in this folder.
    New(PathBuf),
    /// It was known, and is counted.
    Again,
}

/// What `finding.json` holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) signature: Signature,
    pub(super) kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) facet: Option<String>,
    /// The law that is broken, and the number of steps before its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) law: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) before_law: Option<usize>,
    pub(super) engine: Side,
    pub(super) against: Side,
    pub(super) seed: Option<u64>,
    pub(super) index: Option<u64>,
    /// How strictly the engines were compared; older findings do not say it, and compared everything.
    #[serde(default)]
    pub(super) level: Level,
    pub(super) stable: bool,
    pub(super) count: u64,
    /// The step that differs, counted from 1.
    pub(crate) step: usize,
    pub(crate) expected: String,
    pub(crate) actual: String,
    /// The steps of the small program.
    pub(crate) program: Vec<String>,
    /// The number of its operations; older findings do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) operations: Option<usize>,
    /// The steps of the program that was found.
    pub(super) original: Vec<String>,
}

/// An engine, as a finding names it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Side {
    /// Its name on the command line.
    pub name: String,
    /// What it is.
    pub implementation: String,
    /// The version of Python that it was, or stood for.
    pub python: String,
}

impl Side {
    fn of(about: &About) -> Side {
        Side {
            name: about.name.clone(),
            implementation: about.implementation.clone(),
            python: about.profile.version().to_string(),
        }
    }
}

impl Record {
    fn of(finding: &Finding) -> Record {
        let last = finding.program.steps.len();
        let (facet, step, expected, actual) = match &finding.symptom {
            Symptom::Difference(difference) => {
                let facet = Some(difference.facet.text().to_owned());
                (facet, difference.step + 1, difference.expected.clone(), difference.actual.clone())
            }
            symptom => (None, last, "the step ends".to_owned(), words(symptom)),
        };
        Record {
            signature: finding.signature.clone(),
            kind: finding.kind(),
            facet,
            law: finding.law.map(|(law, _)| law.name.to_owned()),
            before_law: finding.law.map(|(_, from)| from),
            engine: Side::of(&finding.engines[0]),
            against: Side::of(&finding.engines[1]),
            seed: finding.seed,
            index: finding.index,
            level: finding.level,
            stable: finding.stable,
            count: 1,
            step,
            expected,
            actual,
            program: steps(&finding.program),
            operations: Some(finding.program.operations.len()),
            original: steps(&finding.original),
        }
    }

    /// Reads the record of a folder.
    pub(crate) fn read(path: &Path) -> io::Result<Record> {
        Record::parse(&file::read(path, cases::LARGEST)?).map_err(io::Error::other)
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in a sentence.
    pub(crate) fn parse(text: &[u8]) -> Result<Record, String> {
        let record: Record = json::read(text).map_err(|error| error.to_string())?;
        let steps = record.program.len();
        if record.step > steps || record.before_law.is_some_and(|before| before > steps) {
            return Err(format!("it names a step that its program, of {}, does not have", count(steps, "step")));
        }
        if record.count > MOST {
            return Err(format!("its `count` is larger than {MOST}"));
        }
        Ok(record)
    }

    pub(crate) fn text(&self) -> io::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}

/// A symptom in words, for one that is no difference.
pub(super) fn words(symptom: &Symptom) -> String {
    match symptom {
        Symptom::Difference(difference) => difference.actual.clone(),
        Symptom::Crash(how) => format!("the process crashed: {how}"),
        Symptom::Hang => "it does not finish".to_owned(),
        Symptom::Memory => "it exceeds the memory limit".to_owned(),
    }
}

/// The text of each step.
fn steps(program: &Program) -> Vec<String> {
    (0..program.steps.len()).map(|step| print::step(program, step).trim_end().to_owned()).collect()
}

/// A folder of findings.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    known: BTreeMap<Signature, Entry>,
    /// Findings whose count on disk is too low.
    behind: BTreeSet<Signature>,
}

#[derive(Debug)]
struct Entry {
    folder: PathBuf,
    count: u64,
}

impl Store {
    /// Opens a folder, which is made if there is none. What a killed process left half-written is removed; a folder
    /// that holds no finding is left alone.
    pub fn open(dir: &Path) -> Result<Store, StoreError> {
        let fail = |what| move |error| StoreError { what, path: dir.to_owned(), error };
        fs::create_dir_all(dir).map_err(fail("make the folder"))?;
        let mut store = Store { dir: dir.to_owned(), known: BTreeMap::new(), behind: BTreeSet::new() };
        let mut folders = vec![];
        for entry in fs::read_dir(dir).map_err(fail("read the folder"))? {
            let path = entry.map_err(fail("read the folder"))?.path();
            if is_abandoned(&path) {
                // If it can't be removed it is still no finding.
                let _ = fs::remove_dir_all(&path).or_else(|_| fs::remove_file(&path));
            } else if path.is_dir() && !is_unfinished(&path) {
                folders.push(path);
            }
        }
        folders.sort();
        folders.into_iter().for_each(|folder| store.load(folder));
        Ok(store)
    }

    fn load(&mut self, folder: PathBuf) {
        if let Ok(record) = Record::read(&folder.join(RECORD)) {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                if is_abandoned(&entry.path()) {
                    let _ = fs::remove_file(entry.path());
                }
            }
            self.known.insert(record.signature, Entry { folder, count: record.count });
        }
    }

    /// The signatures of all findings, sorted.
    pub fn signatures(&self) -> impl Iterator<Item = &Signature> {
        self.known.keys()
    }

    /// Whether there is a finding with that signature.
    pub fn contains(&self, signature: &Signature) -> bool {
        self.known.contains_key(signature)
    }

    /// The folder of a finding.
    pub fn folder(&self, signature: &Signature) -> Option<&Path> {
        self.known.get(signature).map(|entry| entry.folder.as_path())
    }

    /// How often a finding was seen.
    pub fn count(&self, signature: &Signature) -> u64 {
        self.known.get(signature).map_or(0, |entry| entry.count)
    }

    /// Counts a finding that is known; one that is not is ignored. The count is written by [`Store::flush`].
    pub fn add_count(&mut self, signature: &Signature, hits: u64) {
        if let Some(entry) = self.known.get_mut(signature) {
            entry.count += hits;
            self.behind.insert(signature.clone());
        }
    }

    /// Writes the counts that have risen since.
    pub fn flush(&mut self) -> Result<(), StoreError> {
        while let Some(signature) = self.behind.first().cloned() {
            if let Some(entry) = self.known.get(&signature) {
                let path = entry.folder.join(RECORD);
                rewrite(&path, entry.count).map_err(|error| StoreError { what: "write", path, error })?;
            }
            self.behind.remove(&signature);
        }
        Ok(())
    }

    /// Keeps a finding on disk, or counts it if its signature is known.
    pub fn keep(&mut self, finding: &Finding) -> Result<Kept, StoreError> {
        if self.contains(&finding.signature) {
            self.add_count(&finding.signature, 1);
            return Ok(Kept::Again);
        }
        let slug = finding.signature.slug();
        let writing = Writing::start(&self.dir, &slug);
        let unfinished = &writing.0;
        let fail = |what, path: &Path| {
            let path = path.to_owned();
            move |error| StoreError { what, path, error }
        };
        // What a former process with the same id has left.
        let _ = fs::remove_dir_all(unfinished);
        fill(unfinished, finding).map_err(fail("write", unfinished))?;
        for number in 1.. {
            let folder = self.dir.join(if number == 1 { slug.clone() } else { format!("{slug}-{number}") });
            match fs::rename(unfinished, &folder) {
                Ok(()) => {
                    sync_folder(&self.dir).map_err(fail("write", &self.dir))?;
                    let entry = Entry { folder: folder.clone(), count: 1 };
                    self.known.insert(finding.signature.clone(), entry);
                    return Ok(Kept::New(folder));
                }
                Err(error) if !folder.exists() => return Err(fail("write", &folder)(error)),
                // Another process was faster, or something else lies there.
                Err(_) => self.load(folder),
            }
            if self.contains(&finding.signature) {
                break;
            }
        }
        let _ = fs::remove_dir_all(unfinished);
        self.add_count(&finding.signature, 1);
        Ok(Kept::Again)
    }
}

/// Writes the files of a finding into a new folder.
fn fill(folder: &Path, finding: &Finding) -> io::Result<()> {
    fs::create_dir(folder)?;
    let record = Record::of(finding);
    let files = [(CASE, case::of_finding(finding)), (SCRIPT, script::script(finding)), (RECORD, record.text()?)];
    for (name, text) in files {
        let mut file = File::create(folder.join(name))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
    }
    sync_folder(folder)
}

/// Sees to it that the names in a folder are on disk, where the system knows how.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Replaces the count in a record.
fn rewrite(path: &Path, count: u64) -> io::Result<()> {
    let mut record = Record::read(path)?;
    record.count = count;
    let folder = path.parent().ok_or(ErrorKind::NotFound)?;
    let prefix = format!("{UNFINISHED}{}-", std::process::id());
    let mut file = output::temporary(folder, &prefix)?;
    #[cfg(unix)]
    file.as_file().set_permissions(fs::metadata(path)?.permissions())?;
    file.as_file_mut().write_all(record.text()?.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

fn is_unfinished(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(UNFINISHED))
}

/// The folders that threads of this process are filling.
static WRITING: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// A folder that is being filled, as long as this lives.
struct Writing(PathBuf);

impl Writing {
    fn start(dir: &Path, slug: &str) -> Writing {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = dir.join(format!("{UNFINISHED}{}-{number}-{slug}", std::process::id()));
        WRITING.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone());
        Writing(path)
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        WRITING.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// The age at which an unfinished folder is removed on systems that can't say whether its process lives.
const PATIENCE: Duration = Duration::from_secs(600);

/// Whether a folder is unfinished and the process that wrote it has ended.
fn is_abandoned(path: &Path) -> bool {
    let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else { return false };
    let Some(rest) = name.strip_prefix(UNFINISHED) else { return false };
    let process = rest.split('-').next().and_then(|id| id.parse::<u32>().ok());
    match process {
        None => true,
        Some(id) if id == std::process::id() => !WRITING.lock().unwrap_or_else(PoisonError::into_inner).contains(path),
        // A process that has ended is still listed until its parent waits for it.
        Some(id) if Path::new("/proc/self").exists() => {
            let state = |stat: &str| stat.rsplit(") ").next().and_then(|rest| rest.chars().next());
            fs::read_to_string(format!("/proc/{id}/stat")).map_or(true, |stat| matches!(state(&stat), Some('Z' | 'X')))
        }
        Some(_) => {
            let modified = fs::metadata(path).and_then(|metadata| metadata.modified());
            modified.is_ok_and(|modified| modified.elapsed().is_ok_and(|age| age > PATIENCE))
        }
    }
}
