//! An engine that is a command: a Python in a process of its own, or anything else that speaks the protocol.
//!
//! The command is started with the path of `runner.py` as its last argument and is sent programs as lines of JSON, with the
//! text of each step ([`protocol`]). `docs/protocol.md` is for those who write another runner. Before any result counts, the
//! engine says what it is ([`probe`]) and must run a simple program correctly ([`smoke`]).
//!
//! A process may end, hang, or reply with anything at any time. Each of these is a [`RunError`], the process
//! is replaced, and the programs that are left are run ([`recover`]).

mod command;
#[cfg(test)]
mod documented;
pub mod find;
mod lost;
mod probe;
mod protocol;
mod recover;
pub mod runner;
mod session;
mod smoke;

pub use child::Limits;
pub use command::CommandError;
pub use lost::{LEFT_BEHIND, is_too_much, left_behind, too_much};
pub use recover::NOT_ALONE;
pub use runner::RUNNER;

use crate::{About, Each, Engine, RunError, Settings, Watch, subset};
use command::Command;
use lost::{How, Lost};
use program::capability::SOURCE;
use program::{Program, Trace};
use protocol::Takes;
use recover::Streak;
use session::Session;
use std::io;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

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

/// A flag that ends the opening of every engine, once it is set, and the programs of one that has no flag of its own
/// ([`interrupt_by`](crate::Engine::interrupt_by)). A start may take a minute.
pub fn interrupt() -> Arc<AtomicBool> {
    static INTERRUPT: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);
    INTERRUPT.clone()
}

/// Reads a line that a process may have written: its reply to the probe, or to a request to run a program as number 0.
///
/// # Errors
///
/// What is wrong with it, in a clause.
pub fn read_reply(line: &str, program: &Program, trace: &mut Trace) -> Result<(), String> {
    let reply = session::object(line)?;
    match reply.get("protocol") {
        Some(_) => {
            probe::understand(reply, &Command::parse("name=command").map_err(|error| error.to_string())?).map(drop)
        }
        None => protocol::ran(&reply, 0, program, trace).map(drop),
    }
}

/// What may be the matter with a confined command that does not start.
const CONFINED: &str = "; it is confined: if it needs files that its command does not name, --readable PATH lets it read them, \
                        and --no-sandbox everything";

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
    settings: Settings,
    /// Why no process can be started any more, once that is so.
    gone: Option<String>,
    /// The programs in a row at which a process was lost, and why there were too many, once that is so.
    streak: Streak,
    given_up: Option<String>,
    /// Whether programs get less time, and only once.
    is_hurried: bool,
}

impl Process {
    /// Starts an engine that is written `NAME=COMMAND`, and may take no more than that.
    ///
    /// # Errors
    ///
    /// When the text is no command, the command can't be started, or what it starts can't be trusted to run programs.
    pub fn open(text: &str, limits: Limits) -> Result<Process, StartError> {
        Process::open_with(text, limits, &Settings::default())
    }

    /// The same with settings, of which the limits are not used.
    ///
    /// # Errors
    ///
    /// As [`open`](Process::open).
    pub fn open_with(text: &str, limits: Limits, settings: &Settings) -> Result<Process, StartError> {
        let command = Command::parse(text)?;
        let interrupt = interrupt();
        let (session, mut about, takes) = start(&command, limits, settings, &interrupt)?;
        let runs_text = takes == Takes::Text && subset::documented(&about.implementation).is_none();
        match settings.source {
            true if runs_text => _ = about.capabilities.insert(SOURCE.to_owned()),
            true => {}
            false => _ = about.capabilities.remove(SOURCE),
        }
        let session = Some(session);
        let (streak, given_up, gone) = (Streak::default(), None, None);
        let mut process = Process {
            about,
            command,
            takes,
            session,
            next: 0,
            interrupt,
            limits,
            settings: settings.clone(),
            gone,
            streak,
            given_up,
            is_hurried: false,
        };
        smoke::test(&mut process)?;
        process.about.lacks = subset::lacks(&mut process);
        Ok(process)
    }
}

/// How many processes in a row somebody else may end before they have said what they are. That says little about the next one.
const KILLS: usize = 10;

/// Starts a process and asks it what it is.
fn start(
    command: &Command,
    limits: Limits,
    settings: &Settings,
    interrupt: &AtomicBool,
) -> Result<(Session, About, Takes), StartError> {
    let name = || command.name().to_owned();
    let mut kills = 1;
    loop {
        let refused = |error| StartError::System { name: name(), command: command.text(), error };
        let mut session = Session::start(command, limits, settings).map_err(refused)?;
        let lost = match probe::probe(&mut session, command, interrupt) {
            Ok((about, takes)) => return Ok((session, about, takes)),
            Err(lost) => lost,
        };
        if lost.is_sent_by_others() && kills < KILLS {
            kills += 1;
            continue;
        }
        let mut reason = lost.refusal();
        // What is not there can't be read by any means.
        if settings.confined && !reason.contains("No such file") {
            reason += CONFINED;
        }
        return Err(StartError::Probe { name: name(), reason });
    }
}

impl Process {
    /// Runs programs, without those in any Python if it may not run these.
    fn run_able(&mut self, programs: &[&Program], watch: Watch, each: &mut Each<'_>) {
        let may_run = |program: &Program| self.about.capabilities.contains(SOURCE) || !program.is_source();
        if programs.iter().all(|program| may_run(program)) {
            return self.run_all(programs, watch, each);
        }
        let (able, others): (Vec<usize>, Vec<usize>) = (0..programs.len()).partition(|index| may_run(programs[*index]));
        let programs: Vec<&Program> = able.iter().map(|index| programs[*index]).collect();
        for index in others {
            let (engine, what) = (self.about.name.clone().into(), "any Python".into());
            each(index, &Trace::new(), Err(RunError::Unsupported { engine, what }));
        }
        self.run_all(&programs, watch, &mut |at, trace, result| each(able[at], trace, result));
    }
}

impl Engine for Process {
    fn about(&self) -> &About {
        &self.about
    }

    fn run(&mut self, program: &Program, watch: Watch, trace: &mut Trace) -> Result<(), RunError> {
        trace.clear();
        let mut result = None;
        self.run_able(&[program], watch, &mut |_, seen, ran| {
            trace.clone_from(seen);
            result = Some(ran);
        });
        result.unwrap_or_else(|| Err(self.error(Lost::silent(How::Interrupted), "")))
    }

    fn run_batch(&mut self, programs: &[&Program], watch: Watch, each: &mut Each<'_>) {
        self.run_able(programs, watch, each);
    }

    fn is_batched(&self) -> bool {
        true
    }

    fn limit(&mut self, time: Duration) {
        self.limits.progress = time;
    }

    fn hurry(&mut self, is_hurried: bool) {
        self.is_hurried = is_hurried;
    }

    fn interrupt_by(&mut self, flag: Arc<AtomicBool>) {
        self.interrupt = flag;
    }
}
