//! An engine that runs each program in another process, so that a program which ends, hangs or fills that process is an
//! error of its run.

use super::serve::{Ran, Request};
use super::{Process, Said, StartError, TICK, crashed, make_folder};
use crate::processes::Processes;
use child::{Ending, Overrun};
use engine::{Abi, About, Engine, Profile, RunError, Watch};
use program::{Program, Trace, encode};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

/// An engine in another process. The process is started again when a program has ended it.
pub struct Contained {
    launch: Launch,
    about: About,
    process: Option<Process<Ran>>,
    interrupt: Arc<AtomicBool>,
    /// The longest time that a program may take.
    timeout: Duration,
    is_hurried: bool,
    /// How many operations the bodies of a program may run, if that is limited.
    ration: Option<u32>,
}

/// How the process is started.
struct Launch {
    program: PathBuf,
    engine: String,
    like: Profile,
    processes: Processes,
}

/// How much less time a program gets when the engine is hurried.
const HURRY: u32 = 10;

/// How many processes in a row may be ended by somebody else before they are ready. That says little about the next one.
const KILLS: usize = 10;

impl Launch {
    fn start(&self, stop: &AtomicBool) -> Result<(Process<Ran>, About), StartError> {
        for _ in 1..KILLS {
            match self.attempt(stop) {
                Err(StartError::Lost { is_sent_by_others: true, .. }) => {}
                result => return result,
            }
        }
        self.attempt(stop)
    }

    fn attempt(&self, stop: &AtomicBool) -> Result<(Process<Ran>, About), StartError> {
        let mut command = Command::new(&self.program);
        command.args(["engine-worker", "--engine", &self.engine, "--like", &self.like.version().to_string()]);
        if self.like.abi() == Abi::Ilp32 {
            command.arg("--32bit");
        }
        self.processes.pass_to(&mut command);
        let folder = make_folder(&mut command);
        let process = Process::start(command, &self.engine, self.processes.settings().limits())?.keeping(folder);
        process.ready(&|| stop.load(Ordering::Relaxed))
    }
}

impl Contained {
    /// Starts a process of this executable with an engine, by the name that the command line uses. `like` is the Python
    /// that the reference stands for.
    ///
    /// # Errors
    ///
    /// When the process or the engine can't start.
    pub fn open(engine: &str, like: Profile, processes: &Processes) -> Result<Contained, StartError> {
        let engine = engine.to_owned();
        let program = match child::this_program() {
            Ok(program) => program,
            Err(error) => return Err(StartError::System { engine, error }),
        };
        let (launch, interrupt) =
            (Launch { program, engine, like, processes: processes.clone() }, engine::process::interrupt());
        let (process, about) = launch.start(&interrupt)?;
        let timeout = launch.processes.timeout;
        Ok(Contained { launch, about, process: Some(process), interrupt, timeout, is_hurried: false, ration: None })
    }

    /// Has the process do something. One that others may have ended is asked once more.
    fn ask(&mut self, request: &Request) -> Result<Ran, RunError> {
        match self.attempt(request) {
            Err(Failure::Ended(ending)) if ending.may_be_sent_by_others() => self.attempt(request),
            result => result,
        }
        .map_err(|failure| self.error(failure))
    }

    fn attempt(&mut self, request: &Request) -> Result<Ran, Failure> {
        let mut process = match self.process.take() {
            Some(process) => process,
            None => self.launch.start(&self.interrupt).map_err(|error| Failure::NotStarted(error.to_string()))?.0,
        };
        process.child.set_progress(self.time());
        process.child.send(request);
        let overrun = loop {
            let heard = process.heard.recv_timeout(TICK);
            if self.interrupt.load(Ordering::Relaxed) {
                return Err(Failure::Interrupted);
            }
            match heard {
                Ok(Some(Said::Did(ran))) => {
                    self.process = Some(process);
                    return Ok(ran);
                }
                Ok(Some(Said::Failed(reason))) => return Err(Failure::NotStarted(reason)),
                Ok(Some(Said::Ready(_))) => {}
                Ok(None) | Err(RecvTimeoutError::Disconnected) => break None,
                Err(RecvTimeoutError::Timeout) if process.child.has_ended() => break None,
                Err(RecvTimeoutError::Timeout) => match process.child.overrun() {
                    None => {}
                    overrun => break overrun,
                },
            }
        };
        let is_late = overrun == Some(Overrun::Time);
        let ending = process.child.end(overrun);
        Err(if is_late { Failure::Hung(self.time(), ending.last_words) } else { Failure::Ended(ending) })
    }

    fn time(&self) -> Duration {
        if self.is_hurried { self.timeout / HURRY } else { self.timeout }
    }

    fn error(&self, failure: Failure) -> RunError {
        let engine = self.about.name.clone().into();
        match failure {
            Failure::Interrupted => RunError::Lost { engine, reason: "it was interrupted".into() },
            Failure::NotStarted(reason) => RunError::Lost { engine, reason: reason.into() },
            Failure::Hung(after, last_words) => RunError::Hung { engine, after, last_words: last_words.into() },
            Failure::Ended(ending) => crashed(&self.about.name, ending, self.launch.processes.settings().memory),
        }
    }
}

/// Why the process has no answer.
enum Failure {
    Interrupted,
    NotStarted(String),
    /// It took longer than that, and said this last.
    Hung(Duration, String),
    Ended(Ending),
}

impl Engine for Contained {
    fn about(&self) -> &About {
        &self.about
    }

    fn run(&mut self, program: &Program, watch: Watch, trace: &mut Trace) -> Result<(), RunError> {
        trace.clear();
        let (program, is_always, ration) = (encode(program), watch == Watch::Always, self.ration);
        let ran = self.ask(&Request::Run { program, is_always, ration })?;
        match ran {
            Ran::Program(seen, error) => {
                *trace = seen;
                error.map_or(Ok(()), Err)
            }
            Ran::Leaks(_) => Ok(()),
        }
    }

    fn interrupt_by(&mut self, flag: Arc<AtomicBool>) {
        self.interrupt = flag;
    }

    fn limit(&mut self, time: Duration) {
        self.timeout = time;
    }

    fn hurry(&mut self, is_hurried: bool) {
        self.is_hurried = is_hurried;
    }

    fn ration(&mut self, operations: Option<u32>) {
        self.ration = operations;
    }

    fn leaks(&mut self, program: &Program) -> usize {
        match self.ask(&Request::Leaks(encode(program))) {
            Ok(Ran::Leaks(blocks)) => blocks,
            // What a program does to its process is seen when it is run.
            Ok(Ran::Program(..)) | Err(_) => 0,
        }
    }
}
