//! A conversation with one process: requests to it, replies from it, and what happened when there are none.

use super::command::Command;
use super::runner::RUNNER;
use child::{Child, Ending, Event, Limits};
use serde::Serialize;
use serde_json::Value as Json;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;
use tempfile::TempPath;

/// How often the process is looked at when it says nothing.
const TICK: Duration = Duration::from_millis(50);
/// How many replies may wait. A process that writes more has to wait itself.
const WAITING: usize = 256;
/// How long a line that is no reply may be in a message.
const SHOWN: usize = 80;

/// A process that is talked to.
pub struct Session {
    child: Option<Child>,
    heard: Receiver<Heard>,
    /// The file of the runner, which is needed until the process has read it.
    runner: Option<TempPath>,
}

enum Heard {
    Reply(Json),
    /// A line that is no JSON, shortened.
    Garbage(String),
    Endless,
}

/// What happened instead of a reply.
#[derive(Debug)]
pub enum Lost {
    /// The process ended, or was ended for going too far.
    Ended(Box<Ending>),
    /// It said what is no reply, for this reason, and was ended.
    Protocol(String, Option<Box<Ending>>),
    /// It was interrupted after it had made no progress for so long.
    Hung(Duration),
    /// It was interrupted.
    Interrupted,
}

impl Lost {
    /// Whether it was by itself that the process ended.
    pub fn is_crash(&self) -> bool {
        matches!(self, Lost::Ended(ending) if matches!(ending.cause, child::Cause::Ended(_)) && !ending.may_be_sent_by_others())
    }
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
        Ok(Session { child: Some(child), heard, runner: Some(runner) })
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
        if let Some(child) = &mut self.child {
            child.set_progress(progress);
        }
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
        let Some(child) = &mut self.child else { return Err(Lost::Interrupted) };
        let overrun = loop {
            match self.heard.recv_timeout(TICK) {
                Ok(Heard::Reply(reply)) => {
                    child.progressed();
                    return Ok(reply);
                }
                Ok(Heard::Garbage(line)) => return Err(self.accuse(format!("its reply is no JSON object: `{line}`"))),
                Ok(Heard::Endless) => return Err(self.accuse("its reply is a line without an end".to_owned())),
                Err(RecvTimeoutError::Disconnected) => break None,
                Err(RecvTimeoutError::Timeout) if interrupt.load(Relaxed) => {
                    let idle = child.idle();
                    return Err(if idle > super::SUSPICIOUS { Lost::Hung(idle) } else { Lost::Interrupted });
                }
                // Something that it has started may hold its output open.
                Err(RecvTimeoutError::Timeout) if child.has_ended() => break None,
                Err(RecvTimeoutError::Timeout) => match child.overrun() {
                    None => {}
                    overrun => break overrun,
                },
            }
        };
        match self.child.take() {
            Some(child) => Err(Lost::Ended(Box::new(child.end(overrun)))),
            None => Err(Lost::Interrupted),
        }
    }

    /// Ends the process for what it said.
    pub fn accuse(&mut self, reason: String) -> Lost {
        Lost::Protocol(reason, self.child.take().map(|child| Box::new(child.end(None))))
    }
}
