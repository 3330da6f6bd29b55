//! A conversation with one process: requests to it, replies from it, and what happened when there are none.

use super::command::Command;
use super::lost::{How, Lost};
use super::runner::RUNNER;
use crate::Settings;
use child::{Child, Event, Limits, Overrun, TemporaryFolder};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// How often the process is looked at when it says nothing.
const TICK: Duration = Duration::from_millis(50);
/// How often it is looked at when it replies all the time.
const LOOK: Duration = Duration::from_secs(1);
/// How many replies may wait, and how many bytes of them. A process that writes more has to wait itself.
const WAITING: usize = 256;
const WAITING_BYTES: usize = 8 << 20;
/// How often a reader looks whether there is room for another reply.
const ROOM: Duration = Duration::from_millis(1);
/// How long a reply that nobody asked for is waited for: it is written together with the one before it.
const EXTRA: Duration = Duration::from_millis(1);
/// How long a line that is no reply may be in a message.
const SHOWN: usize = 80;
/// An interrupted engine names the program at which it was if it was there for longer than this.
const SUSPICIOUS: Duration = Duration::from_secs(1);

/// A process that is talked to. Dropping it ends the process.
pub struct Session {
    /// The process, until it is lost.
    child: Option<Child>,
    heard: Receiver<(Heard, usize)>,
    /// How many bytes of replies wait.
    waiting: Arc<AtomicUsize>,
    /// The folder of its own that the process has: for the file of the runner, which is needed until it has read it, and for
    /// temporary files.
    folder: Option<TemporaryFolder>,
    /// The time in which it has to reply.
    patience: Duration,
    /// Whether it may write in its folder, and nowhere else.
    is_confined: bool,
    /// When it was looked at last.
    looked: Instant,
}

enum Heard {
    /// A line.
    Line(String),
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
    pub fn start(command: &Command, limits: Limits, settings: &Settings) -> io::Result<Session> {
        let (sender, heard) = mpsc::sync_channel(WAITING);
        let waiting = Arc::new(AtomicUsize::new(0));
        let waits = Arc::downgrade(&waiting);
        let on_event = move |event: Event<'_>| match event {
            // The end of the sender says that there is nothing more.
            Event::Closed => false,
            Event::Endless => sender.send((Heard::Endless, 0)).is_ok(),
            Event::Line(line) if line.trim_ascii().is_empty() => true,
            Event::Line(line) => {
                // When the session is over, nobody waits for more.
                make_room(&waits, line.len()) && sender.send((Heard::Line(line.to_owned()), line.len())).is_ok()
            }
        };
        let (folder, runner) = runner_file().map_err(|error| {
            let folder = std::env::temp_dir();
            io::Error::other(format!("the file of its runner can't be made in {}: {error}", folder.display()))
        })?;
        let command = command.with_runner(&runner, folder.path(), settings)?;
        let child = Child::spawn(command, |_, _| (), limits, on_event)?;
        let (child, folder) = (Some(child), Some(folder));
        let (patience, is_confined) = (limits.start, settings.confined);
        Ok(Session { child, heard, waiting, folder, patience, is_confined, looked: Instant::now() })
    }

    /// Notes that it has said what it is: from here on it has to make progress.
    pub fn ready(&mut self) {
        // What is not there can't be left behind. Few runtimes have written into it by now, and one that is confined has no
        // other folder for its temporary files.
        let is_spare =
            |folder: &Path| fs::remove_file(folder.join(NAME)).is_ok() && !self.is_confined && is_empty(folder);
        self.folder.take_if(|folder| is_spare(folder.path()));
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
            Ok(Heard::Line(line)) => object(&line).map_err(|reason| self.accuse(reason)),
            Ok(Heard::Endless) => Err(self.accuse("its reply is a line without an end".to_owned())),
            Err(silence) => Err(self.lost(silence)),
        }
    }

    /// What it has said though it was not asked: a reply too many.
    pub fn excess(&mut self) -> Option<String> {
        match self.heard.recv_timeout(EXTRA) {
            Ok((Heard::Line(line), _)) => Some(format!("a line that nobody asked for: `{}`", shortened(&line))),
            Ok((Heard::Endless, _)) => Some("a line without an end that nobody asked for".to_owned()),
            Err(_) => None,
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
                Ok((heard, bytes)) => {
                    self.waiting.fetch_sub(bytes, Relaxed);
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
        let last_words = self.child.take().map(Child::stop).unwrap_or_default();
        Lost { how: How::Protocol(reason), last_words }
    }

    /// Ends the process, and says how it was lost.
    fn lost(&mut self, silence: Silence) -> Lost {
        let Some(mut child) = self.child.take() else { return Lost::silent(How::Interrupted) };
        match silence {
            Silence::Ended | Silence::Closed => Lost::ended(child.end(None), self.patience),
            Silence::Overrun(overrun) => Lost::ended(child.end(Some(overrun)), self.patience),
            Silence::Interrupted => {
                let idle = child.idle();
                // Whoever interrupts a program that seems to hang wants to know which.
                match idle > SUSPICIOUS && child.is_ready() {
                    true => Lost { how: How::Hung(idle), last_words: child.stop() },
                    false => Lost::silent(How::Interrupted),
                }
            }
        }
    }
}

/// The JSON object of a line.
pub(super) fn object(line: &str) -> Result<Json, String> {
    match parsed(line) {
        Some(reply @ Json::Object(_)) => Ok(reply),
        _ => Err(format!("its reply is no JSON object: `{}`", shortened(line))),
    }
}

/// Waits until so many bytes more may wait. One reply always may. Gives whether anybody still takes them.
fn make_room(waiting: &Weak<AtomicUsize>, bytes: usize) -> bool {
    while let Some(waiting) = waiting.upgrade() {
        let wait = waiting.load(Relaxed);
        if wait == 0 || wait + bytes <= WAITING_BYTES {
            waiting.fetch_add(bytes, Relaxed);
            return true;
        }
        drop(waiting);
        thread::sleep(ROOM);
    }
    false
}

/// The file of the runner, which a command is given the path of, and the folder that it lies in. It is a folder of its own,
/// as a Python looks there for modules first, before it looks among its own.
fn runner_file() -> io::Result<(TemporaryFolder, PathBuf)> {
    let folder = TemporaryFolder::make(|| tempfile::Builder::new().prefix("viewcheck-runner-").tempdir())?;
    let runner = folder.path().join(NAME);
    fs::write(&runner, RUNNER)?;
    Ok((folder, runner))
}

/// The name of that file.
const NAME: &str = "runner.py";

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

/// The beginning of a line.
fn shortened(line: &str) -> String {
    line.chars().take(SHOWN).collect()
}

/// The deepest nesting of a reply: a tuple takes two levels, and there are some around the value.
const DEEPEST_REPLY: usize = 2 * program::DEEPEST + 20;

/// Parses a reply. `serde_json` has a limit of its own for the depth, which is less than that of the protocol.
fn parsed(line: &str) -> Option<Json> {
    let (mut depth, mut deepest, mut is_text, mut is_escaped) = (0usize, 0, false, false);
    for byte in line.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_text,
            b'"' => is_text = !is_text,
            b'[' | b'{' if !is_text => {
                depth += 1;
                deepest = depth.max(deepest);
            }
            b']' | b'}' if !is_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    let mut reader = serde_json::Deserializer::from_str(line);
    reader.disable_recursion_limit();
    let reply = (deepest <= DEEPEST_REPLY).then(|| Json::deserialize(&mut reader).ok())??;
    reader.end().is_ok().then_some(reply)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_as_deep_as_the_protocol_says_and_no_deeper() {
        let nested = |levels: usize| format!("{{\"value\":{}1{}}}", "[".repeat(levels), "]".repeat(levels));
        assert!(parsed(&nested(DEEPEST_REPLY - 1)).is_some());
        assert!(parsed(&nested(DEEPEST_REPLY)).is_none());
        assert!(parsed(&nested(1_000_000)).is_none());
        assert!(parsed(&"[".repeat(1_000_000)).is_none());
        let text = format!(r#"{{"value":"\"{}"}}"#, "[".repeat(1000));
        assert!(parsed(&text).is_some());
        assert!(parsed("{} {}").is_none());
    }
}
