//! The children of this process that have not ended, and its temporary files and folders, so that none is left behind when this
//! process ends in the middle of something.

use crate::system;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::{NamedTempFile, TempDir};

/// What is known of them.
struct Living {
    processes: BTreeSet<u32>,
    files: BTreeSet<PathBuf>,
    folders: BTreeSet<PathBuf>,
    /// Whether they were ended, so that no more may start.
    is_over: bool,
}

static LIVING: Mutex<Living> =
    Mutex::new(Living { processes: BTreeSet::new(), files: BTreeSet::new(), folders: BTreeSet::new(), is_over: false });

/// What is known of them, unless this process is about to end.
fn before_the_end() -> io::Result<MutexGuard<'static, Living>> {
    let living = living();
    if living.is_over { Err(io::Error::other("this process is about to end")) } else { Ok(living) }
}

fn living() -> MutexGuard<'static, Living> {
    LIVING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether this process is a child itself, so that its own children stay in its process group.
static IS_CHILD: AtomicBool = AtomicBool::new(false);

/// Notes that this process is a child.
pub(crate) fn be_child() {
    IS_CHILD.store(true, Ordering::Relaxed);
}

/// Whether this process is a child.
pub(crate) fn is_child() -> bool {
    IS_CHILD.load(Ordering::Relaxed)
}

/// Starts a process and notes it. Nothing can come between the two.
pub(crate) fn start(spawn: impl FnOnce() -> io::Result<Child>) -> io::Result<Child> {
    let mut living = before_the_end()?;
    let child = spawn()?;
    living.processes.insert(child.id());
    Ok(child)
}

/// Notes that a process has ended, with what it had started.
pub(crate) fn forget(process: u32) {
    living().processes.remove(&process);
}

/// The note of a temporary file, for as long as the file is temporary.
#[derive(Debug)]
pub struct TemporaryFile(PathBuf);

impl TemporaryFile {
    /// Makes a temporary file and notes it. A thread that holds the file need not end before this process: [`end_all`]
    /// removes the file.
    ///
    /// # Errors
    ///
    /// When the file can't be made, or after [`end_all`].
    pub fn make(make: impl FnOnce() -> io::Result<NamedTempFile>) -> io::Result<(NamedTempFile, TemporaryFile)> {
        let mut living = before_the_end()?;
        let file = make()?;
        living.files.insert(file.path().to_owned());
        let note = TemporaryFile(file.path().to_owned());
        Ok((file, note))
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        living().files.remove(&self.0);
    }
}

/// A temporary folder, with what is in it. Dropping it removes it.
#[derive(Debug)]
pub struct TemporaryFolder(Option<TempDir>);

impl TemporaryFolder {
    /// Makes a temporary folder and notes it. A thread that holds the folder need not end before this process: [`end_all`]
    /// removes the folder.
    ///
    /// # Errors
    ///
    /// When the folder can't be made, or after [`end_all`].
    pub fn make(make: impl FnOnce() -> io::Result<TempDir>) -> io::Result<TemporaryFolder> {
        let mut living = before_the_end()?;
        let folder = make()?;
        living.folders.insert(folder.path().to_owned());
        Ok(TemporaryFolder(Some(folder)))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.as_ref().map_or(Path::new(""), TempDir::path)
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        if let Some(folder) = self.0.take() {
            living().folders.remove(folder.path());
            // What can't be removed now can't be later.
            let _ = folder.close();
        }
    }
}

/// Ends every child of this process, and what they have started in their process groups, and removes the temporary
/// files and folders. No child can be started after that, and no file made. To be called before this process ends.
pub fn end_all() {
    let mut living = living();
    living.is_over = true;
    for file in std::mem::take(&mut living.files) {
        // Its owner may just have removed it.
        let _ = fs::remove_file(file);
    }
    for process in std::mem::take(&mut living.processes) {
        system::kill_tree(process);
    }
    // What they might have written is written.
    for folder in std::mem::take(&mut living.folders) {
        let _ = fs::remove_dir_all(folder);
    }
}
