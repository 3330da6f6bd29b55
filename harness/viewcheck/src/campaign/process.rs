//! The parent's side of a worker: starting it, talking to it, watching it, and seeing how it ended.

use super::message::{Order, Report};
use super::recipe::Settings;
use super::system;
use super::worker::{BEATS, INVESTIGATES, PROGRAM};
use crate::findings::Symptom;
use slate::Slate;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::Ordering::Acquire;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How workers are started, and what they may do.
#[derive(Clone, Debug)]
pub(super) struct Launch {
    pub(super) settings: Settings,
    pub(super) findings: PathBuf,
    /// The longest time that a program may take.
    pub(super) timeout: Duration,
    /// The bytes of memory that a worker may take beside what it holds when it is ready; 0 for any.
    pub(super) memory: u64,
    /// Whether statistics are made of every program.
    pub(super) exact: bool,
}

/// What happens on the other side.
#[derive(Debug)]
pub(super) enum Event {
    /// It reported.
    Said(Report),
    /// It closed its output: it has ended, or is about to.
    Gone,
}

/// The longest time that a worker may take to be ready.
const START: Duration = Duration::from_secs(60);
/// How much is kept of what a worker said on standard error.
const LAST_WORDS: usize = 4096;

/// A worker process.
#[derive(Debug)]
pub(super) struct Process {
    /// What its events are marked with.
    pub(super) id: u64,
    child: Child,
    /// Closed to tell it to end.
    input: Option<ChildStdin>,
    slate: Slate,
    is_ready: bool,
    timeout: Duration,
    /// The most memory that it may hold.
    memory: Option<u64>,
    extra_memory: u64,
    progress: (u64, u64),
    since: Instant,
    words: Arc<Mutex<Vec<u8>>>,
    listener: Option<JoinHandle<()>>,
}

/// How a worker ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Remains {
    /// The program that it was at.
    pub(super) index: Option<u64>,
    /// Whether it was investigating that program.
    pub(super) investigated: bool,
    /// What that program did to it.
    pub(super) symptom: Symptom,
    /// The last it said on standard error.
    pub(super) words: String,
}

impl Remains {
    /// How it ended, and the last line that it had to say about it.
    pub(super) fn reason(&self) -> String {
        let how = match &self.symptom {
            Symptom::Crash(how) => how.as_str(),
            Symptom::Hang => "it took too long",
            Symptom::Memory => "it took too much memory",
            Symptom::Difference(_) => "it differed",
        };
        match self.words.lines().last() {
            Some(words) => format!("{how}: {words}"),
            None => how.to_owned(),
        }
    }
}

impl Process {
    /// Starts a worker, whose events go to `events`.
    pub(super) fn start<M: Send + 'static>(
        launch: &Launch,
        id: u64,
        events: Sender<M>,
        mark: impl Fn(u64, Event) -> M + Send + 'static,
    ) -> io::Result<Process> {
        let file = system::slate_file()?;
        let slate = Slate::create(&file)?;
        let settings = &launch.settings;
        let mut command = Command::new(system::this_program()?);
        command.args(["worker", "--engine", &settings.engine, "--against", &settings.against]);
        command.args(["--seed", &settings.seed.to_string(), "--length", &settings.length.to_string()]);
        command.args(["--memory", &launch.memory.to_string(), "--number", &id.to_string()]);
        command.arg("--findings").arg(&launch.findings);
        if launch.exact {
            command.arg("--exact");
        }
        system::detach(&mut command);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = system::spawn_with(&file, &mut command, |command, path| {
            command.arg("--slate").arg(path);
        })?;
        let missing = || io::Error::other("a worker has no pipe");
        let (output, errors) = (child.stdout.take().ok_or_else(missing)?, child.stderr.take().ok_or_else(missing)?);
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                // Whatever else a program printed is not for us.
                if let Ok(report) = serde_json::from_str(&line)
                    && events.send(mark(id, Event::Said(report))).is_err()
                {
                    return;
                }
            }
            // If nobody listens any more, nobody needs to know.
            let _ = events.send(mark(id, Event::Gone));
        });
        let words = Arc::new(Mutex::new(vec![]));
        let listener = Some(listen(errors, words.clone()));
        Ok(Process {
            id,
            input: child.stdin.take(),
            child,
            slate,
            is_ready: false,
            timeout: launch.timeout,
            memory: None,
            extra_memory: launch.memory,
            progress: (0, 0),
            since: Instant::now(),
            words,
            listener,
        })
    }

    /// Notes that it is ready.
    pub(super) fn ready(&mut self) {
        self.is_ready = true;
        let holds = system::resident(self.child.id());
        self.memory = holds.filter(|_| self.extra_memory > 0).map(|holds| holds.saturating_add(self.extra_memory));
    }

    pub(super) fn is_ready(&self) -> bool {
        self.is_ready
    }

    /// Gives it another time limit for a program.
    pub(super) fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = timeout;
    }

    /// Gives an order. One that can't be given any more is lost: the worker is gone, as an event will say.
    pub(super) fn send(&mut self, order: &Order) {
        self.since = Instant::now();
        if let (Some(input), Ok(mut line)) = (&mut self.input, serde_json::to_vec(order)) {
            line.push(b'\n');
            let _ = input.write_all(&line).and_then(|()| input.flush());
        }
    }

    /// What it has done wrong, if it is busy: taken too long, or too much.
    pub(super) fn offence(&mut self) -> Option<Symptom> {
        let word = |at: usize| self.slate.words()[at].load(Acquire);
        let progress = (word(PROGRAM), word(BEATS));
        if progress != self.progress {
            (self.progress, self.since) = (progress, Instant::now());
        }
        let limit = if self.is_ready { self.timeout } else { START };
        if self.since.elapsed() > limit {
            return Some(Symptom::Hang);
        }
        let limit = self.memory?;
        let holds = system::resident(self.child.id())?;
        (holds > limit).then_some(Symptom::Memory)
    }

    /// Tells it that there is nothing more to do.
    pub(super) fn dismiss(&mut self) {
        self.input = None;
    }

    /// Ends it, and sees what it ended with. `offence` is what it was found guilty of, if it was.
    pub(super) fn bury(mut self, offence: Option<Symptom>) -> Remains {
        // One that has ended by itself is not changed by this.
        let _ = self.child.kill();
        let status = self.child.wait();
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
        let words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        let words = String::from_utf8_lossy(&words).trim().to_owned();
        let ending = status.map_or_else(|error| error.to_string(), system::ending);
        let symptom = match offence {
            Some(offence) => offence,
            // What Rust's allocator says before it aborts.
            None if words.contains("memory allocation of") => Symptom::Memory,
            None => Symptom::Crash(ending),
        };
        let word = |at: usize| self.slate.words()[at].load(Acquire);
        let index = word(PROGRAM).checked_sub(1);
        Remains { index, investigated: word(INVESTIGATES) == 1, symptom, words }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Keeps the last that is said on standard error.
fn listen(mut errors: impl Read + Send + 'static, words: Arc<Mutex<Vec<u8>>>) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut buffer = [0; 1024];
        while let Ok(count @ 1..) = errors.read(&mut buffer) {
            let mut words = words.lock().unwrap_or_else(PoisonError::into_inner);
            words.extend_from_slice(&buffer[..count]);
            let excess = words.len().saturating_sub(LAST_WORDS);
            words.drain(..excess);
        }
    })
}
