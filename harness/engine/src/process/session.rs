//! A conversation with one process: requests to it, replies from it, and what happened when there are none.

use super::command::Command;
use super::lost::{How, Lost};
use super::runner::RUNNER;
use child::{Child, Event, Limits, Overrun};
use serde::Serialize;
use serde_json::Value as Json;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use tempfile::TempPath;

/// How often the process is looked at when it says nothing.
const TICK: Duration = Duration::from_millis(50);
/// How often it is looked at when it replies all the time.
const LOOK: Duration = Duration::from_secs(1);
/// How long it may take to end after it has closed its output.
const LINGER: Duration = Duration::from_secs(1);
/// How many replies may wait. A process that writes more has to wait itself.
const WAITING: usize = 256;
/// How long a line that is no reply may be in a message.
const SHOWN: usize = 80;
/// An interrupted engine names the program at which it was if it was there for longer than this.
const SUSPICIOUS: Duration = Duration::from_secs(1);

/// A process that is talked to. Dropping it ends the process.
pub struct Session {
    /// The process, until it is lost.
    child: Option<Child>,
    heard: Receiver<Heard>,
    /// The file of the runner, which is needed until the process has read it.
    runner: Option<TempPath>,
    /// The time in which it has to reply.
    patience: Duration,
    /// When it was looked at last.
    looked: Instant,
}

enum Heard {
    Reply(Json),
    /// A line that is no JSON, shortened.
    Garbage(String),
    Endless,
}

/// Why there is no reply.
enum Silence {
    /// The process has closed its output.
    Closed,
    Ended,
    Overrun(Overrun),
    Interrupted,
}

impl Session {
    /// Starts the process. It is not known yet whether it can be talked to.
    ///
    /// # Errors
    ///
    /// When the system does not start it.
    pub fn start(command: &Command, limits: Limits) -> io::Result<Session> {
        let (sender, heard) = mpsc::sync_channel(WAITING);
        let on_event = move |event: Event<'_>| {
            let heard = match event {
                // The end of the sender says that there is nothing more.
                Event::Closed => return false,
                Event::Endless => Heard::Endless,
                Event::Line(line) => match serde_json::from_str(line) {
                    Ok(reply @ Json::Object(_)) => Heard::Reply(reply),
                    _ => Heard::Garbage(line.chars().take(SHOWN).collect()),
                },
            };
            sender.send(heard).is_ok()
        };
        let mut runner = tempfile::Builder::new().prefix("viewcheck-runner-").suffix(".py").tempfile()?;
        runner.write_all(RUNNER.as_bytes())?;
        let runner = runner.into_temp_path();
        let child = Child::spawn(command.with_runner(&runner), |_, _| (), limits, on_event)?;
        let (child, runner) = (Some(child), Some(runner));
        Ok(Session { child, heard, runner, patience: limits.start, looked: Instant::now() })
    }

    /// Notes that it has said what it is: from here on it has to make progress.
    pub fn ready(&mut self) {
        self.runner = None;
        if let Some(child) = &mut self.child {
            child.ready();
        }
    }

    /// Gives it another time in which it has to make progress.
    pub fn set_progress(&mut self, progress: Duration) {
        self.patience = progress;
        if let Some(child) = &mut self.child {
            child.set_progress(progress);
        }
    }

    /// Whether its process is there. Between requests, it may have been ended by somebody else.
    pub fn is_alive(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| !child.has_ended())
    }

    /// Sends a request.
    pub fn send(&mut self, request: &impl Serialize) {
        if let Some(child) = &mut self.child {
            child.send(request);
        }
    }

    /// Waits for a reply.
    ///
    /// # Errors
    ///
    /// When there is none; then the session is over.
    pub fn hear(&mut self, interrupt: &AtomicBool) -> Result<Json, Lost> {
        match self.listen(interrupt) {
            Ok(Heard::Reply(reply)) => Ok(reply),
            Ok(Heard::Garbage(line)) => Err(self.accuse(format!("its reply is no JSON object: `{line}`"))),
            Ok(Heard::Endless) => Err(self.accuse("its reply is a line without an end".to_owned())),
            Err(silence) => Err(self.lost(silence)),
        }
    }

    fn listen(&mut self, interrupt: &AtomicBool) -> Result<Heard, Silence> {
        let Some(child) = &mut self.child else { return Err(Silence::Closed) };
        let mut has_ended = false;
        loop {
            let heard = self.heard.recv_timeout(TICK);
            if interrupt.load(Relaxed) {
                return Err(Silence::Interrupted);
            }
            match heard {
                Ok(heard) => {
                    child.progressed();
                    if self.looked.elapsed() > LOOK {
                        self.looked = Instant::now();
                        child.overrun().map_or(Ok(()), |overrun| Err(Silence::Overrun(overrun)))?;
                    }
                    return Ok(heard);
                }
                Err(RecvTimeoutError::Disconnected) => return Err(Silence::Closed),
                Err(RecvTimeoutError::Timeout) if has_ended => return Err(Silence::Ended),
                // Something that it has started may hold its output open. What it wrote before is heard first.
                Err(RecvTimeoutError::Timeout) => has_ended = child.has_ended(),
            }
            if !has_ended && let Some(overrun) = child.overrun() {
                return Err(Silence::Overrun(overrun));
            }
        }
    }

    /// Ends the process for what it said.
    pub fn accuse(&mut self, reason: String) -> Lost {
        let last_words = self.child.take().map(|child| child.end(None).last_words).unwrap_or_default();
        Lost { how: How::Protocol(reason), last_words }
    }

    /// Ends the process, and says how it was lost.
    fn lost(&mut self, silence: Silence) -> Lost {
        let Some(mut child) = self.child.take() else { return Lost::silent(How::Interrupted) };
        match silence {
            Silence::Ended => Lost::ended(child.end(None), self.patience),
            Silence::Overrun(overrun) => Lost::ended(child.end(Some(overrun)), self.patience),
            Silence::Closed if child.ends_within(LINGER) => Lost::ended(child.end(None), self.patience),
            Silence::Closed => {
                let reason = "it closed its output, but did not end".to_owned();
                Lost { how: How::Protocol(reason), last_words: child.end(None).last_words }
            }
            Silence::Interrupted => {
                let idle = child.idle();
                // Whoever interrupts a program that seems to hang wants to know which.
                match idle > SUSPICIOUS && child.is_ready() {
                    true => Lost { how: How::Hung(idle), last_words: child.end(None).last_words },
                    false => Lost::silent(How::Interrupted),
                }
            }
        }
    }
}
