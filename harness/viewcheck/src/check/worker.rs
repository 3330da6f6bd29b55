//! The process that runs an engine for a check, and may die of a case.

use super::message::{CASE, Identity, Reply, Request, fingerprint};
use super::oracle::Oracle;
use crate::compare::Level;
use cases::{Case, Suite};
use child::{HeartbeatPage, inside};
use engine::Engine;
use std::collections::HashMap;
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
    /// The parent is gone.
    #[error("the check is gone: {0}")]
    Gone(#[from] io::Error),
}

/// How many results are sent at a time. Those that a crash keeps from being sent are found again by the next process.
const BATCH: usize = 32;

/// Checks the cases that the parent names, until it closes standard input.
pub fn serve(
    engine: Box<dyn Engine>,
    suite: &Suite,
    setup: &Setup<'_>,
    out: &mut dyn Write,
) -> Result<(), WorkerError> {
    let page = HeartbeatPage::join(setup.page)
        .map_err(|error| WorkerError::Page { path: setup.page.display().to_string(), error })?;
    let cases: HashMap<&str, &Case> =
        suite.documents.iter().flat_map(|document| &document.cases).map(|case| (case.id.as_str(), case)).collect();
    let mut oracle = Oracle::new(engine, setup.compared);
    inside::forbid_core_dumps();
    inside::limit_memory(setup.memory);
    let requests = inside::requests();
    inside::reply(out, &Reply::Ready(Box::new(Identity::from(oracle.engine.about()))))?;
    while let Ok(Request::Run(names)) = requests.recv() {
        let mut results = Vec::with_capacity(BATCH);
        for (place, (id, expected)) in names.iter().enumerate() {
            let Some(case) = cases.get(id.as_str()).filter(|case| fingerprint(case) == *expected) else {
                inside::reply(out, &Reply::Changed(id.clone()))?;
                break;
            };
            page.words()[CASE].store(place as u64 + 1, Release);
            oracle.check(&[case], setup.level, &mut |_, result| results.push(result));
            if results.len() == BATCH || place + 1 == names.len() {
                let first = place + 1 - results.len();
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
