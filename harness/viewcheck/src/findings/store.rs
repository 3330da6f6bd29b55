//! Stores findings on disk, one folder each, completely or not at all.
//!
//! A folder is written under a temporary name that starts with a dot, synced and then renamed. A process that is killed
//! therefore leaves nothing, a temporary folder that [`Store::open`] removes, or a complete finding. One that takes the
//! place of another is complete before the other one goes.

use super::record::{RECORD, Record};
use super::{Finding, Signature, case, folder, repro, script};
use crate::output;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, DirEntry, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The file with the case of a finding.
pub(super) const CASE: &str = "case.yaml";
/// The script that compares everything.
pub(crate) const CHECK: &str = "check.py";
/// What shows the finding in plain Python, if anything does.
pub(crate) const REPRO: &str = "repro.py";
/// A report of it.
const ISSUE: &str = "issue.md";
/// Every file of a finding. The record goes first: without it the others are no finding.
pub(super) const FILES: [&str; 5] = [RECORD, CASE, CHECK, REPRO, ISSUE];
/// What the name of everything that is not complete starts with; the id of the process follows.
const UNFINISHED: &str = ".viewcheck-";

/// Why findings can't be read or kept.
#[derive(Debug, thiserror::Error)]
#[error("can't {what} {}: {error}", path.display())]
pub struct StoreError {
    what: &'static str,
    path: PathBuf,
    error: io::Error,
}

impl StoreError {
    fn of(what: &'static str, path: &Path) -> impl Fn(io::Error) -> StoreError {
        move |error| StoreError { what, path: path.to_owned(), error }
    }
}

/// What became of a finding that was to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is new, and lies in this folder.
    New(PathBuf),
    /// It was known, and is counted.
    Again,
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
    record: Record,
}

impl Store {
    /// Opens a folder, which is made if there is none. What a killed process left half-written is removed; whatever else
    /// holds no finding is left alone, and no link is followed.
    pub fn open(dir: &Path) -> Result<Store, StoreError> {
        let fail = |what| StoreError::of(what, dir);
        fs::create_dir_all(dir).map_err(fail("make the folder"))?;
        let mut store = Store { dir: dir.to_owned(), known: BTreeMap::new(), behind: BTreeSet::new() };
        let mut folders = vec![];
        for entry in fs::read_dir(dir).map_err(fail("read the folder"))? {
            let entry = entry.map_err(fail("read the folder"))?;
            let path = entry.path();
            if is_abandoned(&entry) {
                folder::remove(&path, &FILES);
            } else if folder::is_folder(&path) && !is_unfinished(&entry) {
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
                if is_abandoned(&entry) && entry.file_type().is_ok_and(|kind| kind.is_file()) {
                    let _ = fs::remove_file(entry.path());
                }
            }
            self.enter(folder, record);
        }
    }

    fn enter(&mut self, folder: PathBuf, record: Record) {
        self.known.insert(record.signature.clone(), Entry { folder, record });
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

    /// The record of a finding.
    pub(crate) fn record(&self, signature: &Signature) -> Option<&Record> {
        self.known.get(signature).map(|entry| &entry.record)
    }

    /// How often a finding was seen.
    pub fn count(&self, signature: &Signature) -> u64 {
        self.known.get(signature).map_or(0, |entry| entry.record.count)
    }

    /// Counts a finding that is known; one that is not is ignored. The count is written by [`Store::flush`].
    pub fn add_count(&mut self, signature: &Signature, hits: u64) {
        if let Some(entry) = self.known.get_mut(signature) {
            entry.record.count = entry.record.count.saturating_add(hits);
            self.behind.insert(signature.clone());
        }
    }

    /// Writes the counts that have risen since.
    pub fn flush(&mut self) -> Result<(), StoreError> {
        while let Some(signature) = self.behind.first().cloned() {
            if let Some(Entry { folder, record }) = self.known.get(&signature) {
                rewrite(folder, record.count).map_err(StoreError::of("write", &folder.join(RECORD)))?;
            }
            self.behind.remove(&signature);
        }
        Ok(())
    }

    /// Keeps a finding on disk, or counts it if its signature is known.
    pub fn keep(&mut self, finding: &Finding) -> Result<Kept, StoreError> {
        if !self.contains(&finding.signature) {
            let writing = self.write(finding)?;
            if let Some(folder) = self.place(&writing.0, finding)? {
                return Ok(Kept::New(folder));
            }
            folder::remove(&writing.0, &FILES);
        }
        self.add_count(&finding.signature, 1);
        Ok(Kept::Again)
    }

    /// Keeps a finding on disk, in place of the one that has its signature, if there is one. Gives its folder.
    pub(crate) fn replace(&mut self, finding: &Finding) -> Result<PathBuf, StoreError> {
        let writing = self.write(finding)?;
        if let Some(former) = self.folder(&finding.signature).map(Path::to_owned)
            && folder::is_folder(&former)
        {
            folder::exchange(&writing.0, &former).map_err(StoreError::of("replace", &former))?;
            self.sync()?;
            folder::remove(&writing.0, &FILES);
            self.enter(former.clone(), Record::of(finding));
            return Ok(former);
        }
        // Its folder is gone, or there is none.
        self.known.remove(&finding.signature);
        match self.place(&writing.0, finding)? {
            Some(folder) => Ok(folder),
            // Another process has kept one since, which is as good.
            None => {
                folder::remove(&writing.0, &FILES);
                Ok(self.folder(&finding.signature).unwrap_or(&self.dir).to_owned())
            }
        }
    }

    /// Removes a finding. What viewcheck has not written stays.
    pub(crate) fn remove(&mut self, signature: &Signature) {
        self.behind.remove(signature);
        if let Some(Entry { folder, .. }) = self.known.remove(signature) {
            folder::remove(&folder, &FILES);
        }
    }

    /// Writes a finding under a temporary name.
    fn write(&self, finding: &Finding) -> Result<Writing, StoreError> {
        let writing = Writing::start(&self.dir, &finding.signature.slug());
        let unfinished = &writing.0;
        // What a former process with the same id has left.
        folder::remove(unfinished, &FILES);
        if let Err(error) = fill(unfinished, finding) {
            folder::remove(unfinished, &FILES);
            return Err(StoreError::of("write", unfinished)(error));
        }
        Ok(writing)
    }

    /// Gives a finding that was written the first name that is free. `None` if another process has kept one with its
    /// signature in the meantime.
    fn place(&mut self, unfinished: &Path, finding: &Finding) -> Result<Option<PathBuf>, StoreError> {
        let slug = finding.signature.slug();
        for number in 1_u64.. {
            let name = if number == 1 { slug.clone() } else { format!("{slug}-{number}") };
            let folder = self.dir.join(name);
            match folder::place(unfinished, &folder) {
                Ok(()) => {
                    self.sync()?;
                    self.enter(folder.clone(), Record::of(finding));
                    return Ok(Some(folder));
                }
                // Another process was faster, or something else lies there.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    if folder::is_folder(&folder) {
                        self.load(folder);
                    }
                }
                Err(error) => {
                    folder::remove(unfinished, &FILES);
                    return Err(StoreError::of("write", &folder)(error));
                }
            }
            if self.contains(&finding.signature) {
                break;
            }
        }
        Ok(None)
    }

    fn sync(&self) -> Result<(), StoreError> {
        sync_folder(&self.dir).map_err(StoreError::of("write", &self.dir))
    }
}

/// Writes the files of a finding into a new folder.
fn fill(folder: &Path, finding: &Finding) -> io::Result<()> {
    fs::create_dir(folder)?;
    let record = Record::of(finding);
    let files = [
        (CASE, Some(case::of_finding(finding))),
        (CHECK, Some(script::script(finding))),
        (REPRO, repro::repro(finding)),
        (ISSUE, Some(repro::issue(finding))),
        (RECORD, Some(record.text()?)),
    ];
    for (name, text) in files.into_iter().filter_map(|(name, text)| Some((name, text?))) {
        let mut file = OpenOptions::new().write(true).create_new(true).open(folder.join(name))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
    }
    sync_folder(folder)
}

/// Sees to it that the names in a folder are on disk, where the system knows how.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Replaces the count in the record of a folder.
fn rewrite(folder: &Path, count: u64) -> io::Result<()> {
    if !folder::is_folder(folder) {
        return Err(ErrorKind::NotFound.into());
    }
    let path = folder.join(RECORD);
    let mut record = Record::read(&path)?;
    record.count = count;
    let prefix = format!("{UNFINISHED}{}-", std::process::id());
    let mut file = output::temporary(folder, &prefix)?;
    #[cfg(unix)]
    file.as_file().set_permissions(fs::symlink_metadata(&path)?.permissions())?;
    file.as_file_mut().write_all(record.text()?.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(&path).map(drop).map_err(|error| error.error)
}

fn is_unfinished(entry: &DirEntry) -> bool {
    entry.file_name().to_string_lossy().starts_with(UNFINISHED)
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

/// Whether something is unfinished, and was written by a process of this user that has ended. The name says which process;
/// what has another name is not ours.
fn is_abandoned(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy().into_owned();
    let Some((process, rest)) = name.strip_prefix(UNFINISHED).and_then(|rest| rest.split_once('-')) else {
        return false;
    };
    let is_name = !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let Some(id) = process.parse::<u32>().ok().filter(|_| is_name && folder::is_of_this_user(entry)) else {
        return false;
    };
    match id {
        id if id == std::process::id() => {
            !WRITING.lock().unwrap_or_else(PoisonError::into_inner).contains(&entry.path())
        }
        // A process that has ended is still listed until its parent waits for it.
        id if Path::new("/proc/self").exists() => {
            let state = |stat: &str| stat.rsplit(") ").next().and_then(|rest| rest.chars().next());
            fs::read_to_string(format!("/proc/{id}/stat")).map_or(true, |stat| matches!(state(&stat), Some('Z' | 'X')))
        }
        _ => {
            let modified = entry.metadata().and_then(|metadata| metadata.modified());
            modified.is_ok_and(|modified| modified.elapsed().is_ok_and(|age| age > PATIENCE))
        }
    }
}
