//! An engine that is a command: a Python in a process of its own, or anything else that speaks the protocol.
//!
//! The command is started with the path of `runner.py` as its last argument and is sent programs as lines of JSON, with the
//! text of each step ([`protocol`]). `docs/protocol.md` is for those who write another runner. Before any result counts, the
//! engine says what it is ([`probe`]) and must run a simple program correctly ([`smoke`]).
//!
//! A process may end, hang, or reply with anything at any time. Each of these is a [`RunError`], the process is replaced, and
//! the programs that are left are run. The program at which it happened is run again alone, because one before it, or a busy
//! machine, may be to blame.

mod command;
pub mod find;
mod probe;
mod protocol;
pub mod runner;
mod session;
mod smoke;

pub use command::CommandError;
pub use runner::RUNNER;

use crate::{About, Each, Engine, RunError, Watch};
use child::{Cause, Limits};
use command::Command;
use program::{Program, Trace};
use protocol::{Ran, Takes};
use session::{Lost, Session};
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

/// What a process may take. A program takes milliseconds and little memory; the longest start is that of a Python in
/// WebAssembly.
const LIMITS: Limits = Limits { start: Duration::from_secs(60), progress: Duration::from_secs(10), memory: 2 << 30 };
/// How many programs are sent at a time, and how many such batches are on their way.
const BATCH: usize = 32;
const AHEAD: usize = 2;
/// An interrupted engine names the program at which it was if it was there for longer than this.
const SUSPICIOUS: Duration = Duration::from_secs(1);

/// Why a command can't be an engine.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It is no command.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The system can't start it.
    #[error("the engine `{name}` can't start: {command}: {error}")]
    System {
        /// The engine's name.
        name: String,
        /// The command.
        command: String,
        /// Why.
        error: io::Error,
    },
    /// It does not say what it is.
    #[error("the engine `{name}` can't start: {reason}")]
    Probe {
        /// The engine's name.
        name: String,
        /// What it did instead.
        reason: String,
    },
    /// It does not run a simple program correctly.
    #[error(
        "the engine `{name}` fails the smoke program, so its runner can't be trusted: step {step}, `{text}`: expected \
         {expected}, got {actual}"
    )]
    Smoke {
        /// The engine's name.
        name: String,
        /// The number of the step, from 1 on.
        step: usize,
        /// Its text.
        text: String,
        /// What every Python does.
        expected: String,
        /// What this one did.
        actual: String,
    },
}

/// A Python in a process.
pub struct Process {
    about: About,
    command: Command,
    takes: Takes,
    /// The conversation with the process, unless that was lost.
    session: Option<Session>,
    /// The number of the next program.
    next: u64,
    interrupt: Arc<AtomicBool>,
    limits: Limits,
}

impl Process {
    /// Starts an engine that is written `NAME=COMMAND`.
    ///
    /// # Errors
    ///
    /// When the text is no command, the command can't be started, or what it starts can't be trusted to run programs.
    pub fn open(text: &str) -> Result<Process, StartError> {
        let command = Command::parse(text)?;
        let refused = |error| StartError::System { name: command.name().to_owned(), command: command.text(), error };
        let mut session = Session::start(&command, LIMITS).map_err(refused)?;
        let (about, takes) = probe::probe(&mut session, &command)?;
        let mut process = Process {
            about,
            takes,
            session: Some(session),
            next: 0,
            interrupt: Arc::default(),
            limits: LIMITS,
            command,
        };
        smoke::test(&mut process)?;
        Ok(process)
    }

    /// Gives every program another time.
    pub fn set_progress(&mut self, progress: Duration) {
        self.limits.progress = progress;
        self.session = None;
    }

    /// Has the process run programs until all are run, or it is lost. Calls `each` for each that was run. Gives what
    /// happened to it, if it was lost, and how many were run by then.
    fn converse(
        &mut self,
        programs: &[&Program],
        watch: Watch,
        progress: Duration,
        each: &mut Each<'_>,
    ) -> Result<(), (usize, Lost)> {
        let mut session = match self.session.take() {
            Some(session) => session,
            None => self.restart().map_err(|lost| (0, lost))?,
        };
        session.set_progress(progress);
        let mut trace = Trace::new();
        let (first, mut batches) = (self.next, programs.chunks(BATCH));
        let mut send = |session: &mut Session| {
            if let Some(batch) = batches.next() {
                session.send(&protocol::run(self.next, batch, watch, self.takes));
                self.next += batch.len() as u64;
            }
        };
        (0..AHEAD).for_each(|_| send(&mut session));
        for (index, program) in programs.iter().enumerate() {
            let number = first + index as u64;
            let reply = session.hear(&self.interrupt).map_err(|lost| (index, lost))?;
            let ran = protocol::ran(&reply, number, program, &mut trace);
            match ran.map_err(|reason| session.accuse(reason)).map_err(|lost| (index, lost))? {
                Ran::Whole => each(index, &trace, Ok(())),
                Ran::Unsupported(what) => {
                    let engine = self.about.name.clone().into();
                    each(index, &trace, Err(RunError::Unsupported { engine, what: what.into() }));
                }
            }
            if (index + 1).is_multiple_of(BATCH) {
                send(&mut session);
            }
        }
        self.session = Some(session);
        Ok(())
    }

    fn restart(&self) -> Result<Session, Lost> {
        let started = Session::start(&self.command, self.limits);
        let mut session =
            started.map_err(|error| Lost::Protocol(format!("it can't be started again: {error}"), None))?;
        session.send(&protocol::probe());
        session.hear(&self.interrupt)?;
        session.ready();
        Ok(session)
    }

    /// Runs a program again, alone, at which the process was lost among others.
    fn run_alone(&mut self, program: &Program, watch: Watch, first: Lost, each: &mut Each<'_>) {
        let progress = match &first {
            Lost::Ended(ending) if ending.cause == Cause::Time => self.limits.progress * 2,
            _ => self.limits.progress,
        };
        let mut alone = None;
        let again = self.converse(&[program], watch, progress, &mut |_, trace, result| {
            alone = Some((trace.clone(), result));
        });
        let (trace, result) = match (again, alone) {
            (Err((_, Lost::Interrupted)), _) => return,
            (Err((_, again)), _) => (Trace::new(), Err(self.error(again, progress, ""))),
            (Ok(()), Some(alone)) if !first.is_crash() => alone,
            // It may have been one of the programs before it.
            (Ok(()), _) => {
                (Trace::new(), Err(self.error(first, progress, " after other programs, not when run alone")))
            }
        };
        each(0, &trace, result);
    }

    fn error(&self, lost: Lost, progress: Duration, note: &str) -> RunError {
        let engine = self.about.name.clone().into();
        let (ending, how) = match lost {
            Lost::Ended(ending) => {
                let how = match &ending.cause {
                    Cause::Time => None,
                    Cause::Memory => {
                        Some(format!("it took more than {} MiB of memory{note}", self.limits.memory >> 20))
                    }
                    Cause::Ended(how) => Some(format!("{how}{note}")),
                };
                (ending, how)
            }
            Lost::Protocol(reason, ending) => {
                let last_words = ending.map(|ending| ending.last_words).unwrap_or_default().into();
                return RunError::Protocol { engine, reason: reason.into(), last_words };
            }
            Lost::Hung(after) => {
                return RunError::Hung { engine, after: Duration::from_secs(after.as_secs()), last_words: "".into() };
            }
            Lost::Interrupted => {
                return RunError::Protocol { engine, reason: "it was interrupted".into(), last_words: "".into() };
            }
        };
        let last_words = ending.last_words.into();
        match how {
            Some(how) => RunError::Crashed { engine, how: how.into(), last_words },
            None => RunError::Hung { engine, after: progress, last_words },
        }
    }
}

impl Engine for Process {
    fn about(&self) -> &About {
        &self.about
    }

    fn run(&mut self, program: &Program, watch: Watch, trace: &mut Trace) -> Result<(), RunError> {
        trace.clear();
        let mut result = None;
        self.run_batch(&[program], watch, &mut |_, seen, ran| {
            trace.clone_from(seen);
            result = Some(ran);
        });
        let interrupted = || Err(self.error(Lost::Interrupted, Duration::ZERO, ""));
        result.unwrap_or_else(interrupted)
    }

    fn run_batch(&mut self, programs: &[&Program], watch: Watch, each: &mut Each<'_>) {
        let mut left: VecDeque<usize> = (0..programs.len()).collect();
        while let Some(start) = left.front().copied() {
            let progress = self.limits.progress;
            let result = self.converse(&programs[start..], watch, progress, &mut |index, trace, result| {
                left.pop_front();
                each(start + index, trace, result);
            });
            let Err((_, lost)) = result else { return };
            let Some(culprit) = left.pop_front() else { return };
            match lost {
                Lost::Interrupted => return,
                Lost::Hung(_) => return each(culprit, &Trace::new(), Err(self.error(lost, progress, ""))),
                lost => self.run_alone(programs[culprit], watch, lost, &mut |_, trace, result| {
                    each(culprit, trace, result);
                }),
            }
            if self.interrupt.load(Relaxed) {
                return;
            }
        }
    }

    fn is_batched(&self) -> bool {
        true
    }

    fn interrupt_by(&mut self, flag: Arc<AtomicBool>) {
        self.interrupt = flag;
    }
}
