//! The process that runs an engine for a check, and may die of a case.

use super::message::{CASE, Done, Request};
use super::oracle::Oracle;
use crate::compare::Level;
use crate::isolated::{Identity, Said, ServeError};
use child::confine::Bounds;
use child::inside::{self, Parent};
use engine::Engine;
use std::path::Path;
use std::sync::atomic::Ordering::Release;

/// How the cases are to be checked.
#[derive(Clone, Debug)]
pub struct Setup<'a> {
    /// The file of the heartbeat page.
    pub page: &'a Path,
    /// How strict to be about errors; `None` for what is usual for the engine.
    pub level: Option<Level>,
    /// The bytes of memory that it may take beside what it holds at the start; 0 for any.
    pub memory: u64,
    /// What it may still do once it has its engine; `None` for anything.
    pub bounds: Option<Bounds>,
}

/// Checks the cases that the parent sends, until it closes the connection. Each result is sent at once, so that none is
/// lost with the process.
pub fn serve(engine: Box<dyn Engine>, setup: &Setup<'_>, parent: &mut Parent) -> Result<(), ServeError> {
    let mut oracle = Oracle::new(engine);
    let page = inside::begin(setup.page, setup.memory, setup.bounds.as_ref())?;
    oracle.engine.confined();
    let requests = parent.requests()?;
    parent.reply(&Said::<Done>::Ready(Box::new(Identity::from(oracle.engine.about()))))?;
    let mut place = 0;
    while let Ok(Request::Run(tasks)) = requests.recv() {
        for task in tasks {
            let case = task.case()?;
            page.words()[CASE].store(place as u64 + 1, Release);
            let mut sent = Ok(());
            let mut send = |_, checked| sent = parent.reply(&Said::Did((place, Box::new(checked))));
            oracle.check(&[&case], setup.level, &mut send);
            sent?;
            place += 1;
        }
        page.words()[CASE].store(0, Release);
    }
    Ok(())
}
