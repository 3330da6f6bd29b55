//! The process that runs an engine for a check, and may die of a case.

use super::message::{CASE, Identity, Reply, Request};
use super::oracle::Oracle;
use crate::compare::Level;
use child::{HeartbeatPage, inside};
use engine::Engine;
use program::DecodeError;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::Ordering::Release;

/// How the cases are to be checked.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// The file of the heartbeat page.
    pub page: &'a Path,
    /// Whether the reference judges where the cases say nothing.
    pub compared: bool,
    /// How strict to be about errors.
    pub level: Level,
    /// The bytes of memory that it may take beside what it holds at the start; 0 for any.
    pub memory: u64,
}

/// Why the process can't do its work.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// Its heartbeat page can't be opened.
    #[error("can't open the heartbeat page {path}: {error}")]
    Page {
        /// The file.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// A case that it was sent can't be read.
    #[error("can't read a case: {0}")]
    Program(#[from] DecodeError),
    /// The parent is gone.
    #[error("the check is gone: {0}")]
    Gone(#[from] io::Error),
}

/// How many results are sent at a time. Those that a crash keeps from being sent are found again by the next process.
const BATCH: usize = 32;

/// Checks the cases that the parent sends, until it closes standard input.
pub fn serve(engine: Box<dyn Engine>, setup: &Setup<'_>, out: &mut dyn Write) -> Result<(), WorkerError> {
    let page = HeartbeatPage::join(setup.page)
        .map_err(|error| WorkerError::Page { path: setup.page.display().to_string(), error })?;
    let mut oracle = Oracle::new(engine, setup.compared);
    inside::forbid_core_dumps();
    inside::limit_memory(setup.memory);
    let requests = inside::requests()?;
    inside::reply(out, &Reply::Ready(Box::new(Identity::from(oracle.engine.about()))))?;
    let mut place = 0;
    while let Ok(Request::Run(tasks)) = requests.recv() {
        let (mut results, last) = (Vec::with_capacity(BATCH), place + tasks.len());
        for task in tasks {
            let case = task.case()?;
            place += 1;
            page.words()[CASE].store(place as u64, Release);
            oracle.check(&[&case], setup.level, &mut |_, result| results.push(result));
            if results.len() == BATCH || place == last {
                let first = place - results.len();
                inside::reply(out, &Reply::Checked(first, std::mem::replace(&mut results, Vec::with_capacity(BATCH))))?;
            }
        }
        page.words()[CASE].store(0, Release);
    }
    Ok(())
}

/// Tells the parent why the process can't do its work.
pub fn failure(reason: String, out: &mut dyn Write) -> io::Result<()> {
    inside::reply(out, &Reply::Failed(reason))
}
