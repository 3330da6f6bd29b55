//! The children of this process that have not ended, so that none is left behind when this process ends in the middle of
//! something.

use crate::system;
use std::collections::BTreeSet;
use std::io;
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// What is known of them.
struct Living {
    processes: BTreeSet<u32>,
    /// Whether they were ended, so that no more may start.
    is_over: bool,
}

static LIVING: Mutex<Living> = Mutex::new(Living { processes: BTreeSet::new(), is_over: false });

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
    let mut living = LIVING.lock().unwrap_or_else(PoisonError::into_inner);
    if living.is_over {
        return Err(io::Error::other("this process is about to end"));
    }
    let child = spawn()?;
    living.processes.insert(child.id());
    Ok(child)
}

/// Notes that a process has ended, with what it had started.
pub(crate) fn forget(process: u32) {
    LIVING.lock().unwrap_or_else(PoisonError::into_inner).processes.remove(&process);
}

/// Ends every child of this process, and what they have started. No child can be started after that. To be called before
/// this process ends.
pub fn end_all() {
    let mut living = LIVING.lock().unwrap_or_else(PoisonError::into_inner);
    living.is_over = true;
    for process in std::mem::take(&mut living.processes) {
        system::kill_tree(process);
    }
}
