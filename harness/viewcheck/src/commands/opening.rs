//! Opening engines that are commands, several at a time: a Python in WebAssembly takes seconds to start.

use super::{CommandError, default_profile, interrupted};
use crate::check::StartError;
use engine::process::find::{Found, Places, find};
use engine::{Engine, OpenError, Settings, short_name};
use std::collections::VecDeque;
use std::io;
use std::num::NonZero;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// What stands for every Python that is found.
pub(super) const ALL: &str = "all";

/// How often it is looked whether there was an interruption.
const TICK: Duration = Duration::from_millis(50);

/// An engine that a thread opens.
pub(super) struct Opening {
    /// `NAME=COMMAND`
    pub(super) name: String,
    /// Whether it was found, and not named. One that can't start is left out then.
    pub(super) is_found: bool,
    opened: Receiver<Result<Box<dyn Engine>, OpenError>>,
}

impl Opening {
    /// Waits until it is open, or can't be. Nobody waits for it any more after an interruption.
    pub(super) fn ready(self) -> Result<Result<Box<dyn Engine>, OpenError>, StartError> {
        loop {
            match self.opened.recv_timeout(TICK) {
                _ if interrupted() => return Err(StartError::Stopped),
                Ok(opened) => return Ok(opened),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(Err(OpenError::Unknown(self.name))),
            }
        }
    }
}

/// A name on its way to a thread.
type Order = (String, Sender<Result<Box<dyn Engine>, OpenError>>);

/// Begins to open commands, at most `jobs` at the same time. Each comes with whether it was found.
pub(super) fn open(
    names: Vec<(String, bool)>,
    jobs: NonZero<usize>,
    settings: &Settings,
) -> Result<Vec<Opening>, CommandError> {
    let (mut openings, mut orders) = (vec![], VecDeque::<Order>::new());
    for (name, is_found) in names {
        let (sender, opened) = mpsc::channel();
        orders.push_back((name.clone(), sender));
        openings.push(Opening { name, is_found, opened });
    }
    let (threads, orders) = (jobs.get().min(orders.len()), Arc::new(Mutex::new(orders)));
    for number in 0..threads {
        let (orders, settings) = (orders.clone(), settings.clone());
        let work = move || {
            let next = || orders.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            while let Some((name, sender)) = next() {
                // If nobody waits any more, the engine is dropped.
                let _ = sender.send(engine::open(&name, default_profile(), &settings));
            }
        };
        // The threads that there are do the work of one that is refused.
        let thread = child::new_thread().and_then(|thread| thread.spawn(work));
        if let (Err(error), 0) = (thread, number) {
            return Err(refused(&openings[0].name, error).into());
        }
    }
    Ok(openings)
}

/// Why an engine can't start for which the system has no thread.
pub(super) fn refused(engine: &str, error: io::Error) -> StartError {
    StartError::System { engine: short_name(engine).to_owned(), error }
}

/// Every Python that is found on this machine, each as `NAME=COMMAND`, and notes about where could not be looked.
pub(super) fn found() -> (Vec<String>, Vec<String>) {
    let Found { candidates, unreadable } = find(&Places::of_process());
    let command = |path: &str| shlex::try_quote(path).ok().map(|path| path.into_owned());
    let names = candidates
        .into_iter()
        .filter_map(|candidate| Some(format!("{}={}", candidate.name, command(candidate.command.to_str()?)?)));
    let notes = unreadable
        .into_iter()
        .map(|(folder, error)| format!("VIEWCHECK_ENGINES names {}, which can't be read: {error}", folder.display()));
    (names.collect(), notes.collect())
}

/// How many engines are opened, or workers run, at the same time: as many as were asked for, or one for each processor.
pub(super) fn jobs(asked: Option<NonZero<usize>>) -> NonZero<usize> {
    asked.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZero::<usize>::MIN)
}
