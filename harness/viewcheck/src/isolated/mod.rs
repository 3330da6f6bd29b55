//! An engine in a process of its own: how that is started, who it is, and what it says.
//!
//! Whatever runs programs that others wrote does so in such a process, which may die, hang or fill the memory. A check has
//! a process judge cases ([`crate::check`]); where the runs themselves are wanted, [`Contained`] is an engine that runs
//! programs in one ([`serve`] is the other side).

mod contained;
mod identity;
mod serve;

pub use contained::Contained;
pub(crate) use identity::Identity;
pub(crate) use serve::conclude;
pub use serve::{ServeError, serve};

use child::{Cause, Child, Ending, Event, Limits, TemporaryFolder};
use engine::process::{left_behind, too_much};
use engine::{About, RunError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

/// How often a process is looked at when it says nothing.
pub(crate) const TICK: Duration = Duration::from_millis(50);

/// What a process says of its engine.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Said<R> {
    /// It has its engine.
    Ready(Box<Identity>),
    /// It can't go on, and why.
    Failed(String),
    /// What it did.
    Did(R),
}

/// Why an engine can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It said why itself.
    #[error("{0}")]
    Refused(String),
    /// Its process ended before it was ready.
    #[error("the engine `{engine}` can't start: {reason}")]
    Lost {
        /// The engine's name.
        engine: String,
        /// How it ended.
        reason: String,
        /// Whether that was a signal that others may have sent.
        is_sent_by_others: bool,
    },
    /// It was interrupted.
    #[error("interrupted before the engines were ready")]
    Stopped,
    /// The system refuses a process.
    #[error("the engine `{engine}` can't start: {error}")]
    System {
        /// The engine's name.
        engine: String,
        /// Why.
        error: io::Error,
    },
}

/// A process with an engine that does things of the kind `R`. Dropping it ends it.
pub(crate) struct Process<R> {
    pub(crate) child: Child,
    /// What it says; `None` at its end.
    pub(crate) heard: Receiver<Option<Said<R>>>,
    engine: String,
    /// The folder for its temporary files, which goes after the process.
    _folder: Option<TemporaryFolder>,
}

/// Makes the one folder that a process may write in, and passes it on as its `TMPDIR` and as `--folder`. Where none can be made,
/// the engine makes no files.
pub(crate) fn make_folder(command: &mut Command) -> Option<TemporaryFolder> {
    let folder = TemporaryFolder::make(|| tempfile::Builder::new().prefix("viewcheck-engine-").tempdir()).ok()?;
    command.env("TMPDIR", folder.path()).arg("--folder").arg(folder.path());
    Some(folder)
}

impl<R: DeserializeOwned + Send + 'static> Process<R> {
    /// Starts a process with that engine. The command is given the path of its heartbeat page as `--page`.
    pub(crate) fn start(command: Command, engine: &str, limits: Limits) -> Result<Process<R>, StartError> {
        let (sender, heard) = mpsc::channel();
        let with_page = |command: &mut Command, page: &Path| _ = command.arg("--page").arg(page);
        let on_event = move |event: Event<'_>| match event {
            // Whatever else a program printed is not for us.
            Event::Line(line) => serde_json::from_str(line).map_or(true, |said| sender.send(Some(said)).is_ok()),
            Event::Endless | Event::Closed => sender.send(None).is_ok(),
        };
        let engine = engine.to_owned();
        match Child::spawn(command, with_page, limits, on_event) {
            Ok(child) => Ok(Process { child, heard, engine, _folder: None }),
            Err(error) => Err(StartError::System { engine, error }),
        }
    }

    /// Keeps a folder until the process has ended.
    pub(crate) fn keeping(self, folder: Option<TemporaryFolder>) -> Process<R> {
        Process { _folder: folder, ..self }
    }

    /// Waits until the engine is ready.
    ///
    /// # Errors
    ///
    /// When it can't start, or when `stop` says that nobody waits for it any more.
    pub(crate) fn ready(mut self, stop: &dyn Fn() -> bool) -> Result<(Process<R>, About), StartError> {
        let overrun = loop {
            match self.heard.recv_timeout(TICK) {
                Ok(Some(Said::Ready(identity))) => {
                    self.child.ready();
                    let unknown = || StartError::Refused(format!("the engine `{}` names no version", self.engine));
                    let about = identity.about().ok_or_else(unknown)?;
                    return Ok((self, about));
                }
                Ok(Some(Said::Failed(reason))) => return Err(StartError::Refused(reason)),
                Ok(Some(Said::Did(_))) => {}
                Ok(None) | Err(RecvTimeoutError::Disconnected) => break None,
                Err(RecvTimeoutError::Timeout) if stop() => return Err(StartError::Stopped),
                Err(RecvTimeoutError::Timeout) if self.child.has_ended() => break None,
                Err(RecvTimeoutError::Timeout) => match self.child.overrun() {
                    None => {}
                    overrun => break overrun,
                },
            }
        };
        let ending = self.child.end(overrun);
        let (reason, is_sent_by_others) = (ending.reason(), ending.may_be_sent_by_others());
        Err(StartError::Lost { engine: self.engine, reason, is_sent_by_others })
    }
}

/// What is said of a program that ended its process otherwise than by taking too long. `memory` is how many bytes it might
/// take.
pub(crate) fn crashed(engine: &str, ending: Ending, memory: u64) -> RunError {
    if let Some(error) = left_behind(&ending.last_words).filter(|_| matches!(ending.cause, Cause::Ended(_))) {
        return error;
    }
    let how = match ending.cause {
        Cause::Memory => too_much(memory),
        Cause::Ended(how) => how,
        Cause::Closed | Cause::Time => "it closed its output, but did not end".to_owned(),
    };
    RunError::Crashed { engine: engine.to_owned().into(), how: how.into(), last_words: ending.last_words.into() }
}
