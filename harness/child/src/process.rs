//! The parent's side: starting a child, talking to it, watching it, and seeing how it ended.

use crate::living;
use crate::page::{HeartbeatPage, WORDS};
use crate::system::{self, new_thread};
use serde::Serialize;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::sync::atomic::Ordering::{Acquire, Release};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// What a child may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest time until it is ready.
    pub start: Duration,
    /// The longest time without progress, once it is ready: a request, or a change on its heartbeat page.
    pub progress: Duration,
    /// The bytes of memory that it may take beside what it holds when it is ready; 0 for any.
    pub memory: u64,
}

/// What happens on the other side.
#[derive(Debug)]
pub enum Event<'a> {
    /// It wrote a line to standard output. What is not UTF-8 in it is replaced. A last line without a line break is left
    /// out: what ended the child in the middle of it is told by its ending.
    Line(&'a str),
    /// It writes a line that has no end. Nothing more is read.
    Endless,
    /// It closed its output: it has ended, or is about to.
    Closed,
}

/// In what a child has gone too far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overrun {
    /// It made no progress for too long.
    Time,
    /// It holds too much memory.
    Memory,
    /// It made no progress for too long, because somebody has stopped it. That says nothing about what it does.
    Stopped,
}

/// How a child ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Why.
    pub cause: Cause,
    /// The last that it wrote on standard error.
    pub last_words: String,
    /// What was on its heartbeat page.
    pub page: [u64; WORDS],
}

/// Why a child ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// By itself, or because of a signal: the signal's name, or `exit status 3`.
    Ended(String),
    /// It closed its output, did not end, and was ended.
    Closed,
    /// It was ended as it made no progress.
    Time,
    /// It was ended as it took too much memory, or it ended itself when it got no more.
    Memory,
}

impl Ending {
    /// Whether it was ended by a signal that somebody else may have sent, though it did nothing wrong.
    pub fn may_be_sent_by_others(&self) -> bool {
        matches!(&self.cause, Cause::Ended(how) if system::is_sent_by_others(how))
    }

    /// How it ended, and the last line that it has written. One that ended itself has said there why; what others were before they
    /// were ended explains nothing.
    pub fn reason(&self) -> String {
        let how = match &self.cause {
            Cause::Ended(how) => how.as_str(),
            Cause::Closed => CLOSED,
            Cause::Time => "it took too long",
            Cause::Memory => "it took too much memory",
        };
        match self.last_words.lines().last() {
            Some(words) if how.starts_with(EXIT) => format!("{how}: {words}"),
            Some(words) => format!("{how}; its last words: {words}"),
            None => how.to_owned(),
        }
    }
}

/// What [`system::ending`] says of a child that no signal has ended.
const EXIT: &str = "exit status ";
/// What is said of a child that closed its output.
const CLOSED: &str = "it closed its output, but did not end";
/// The longest time without progress of a child that somebody has stopped.
const STOPPED: Duration = Duration::from_secs(10);
/// How many times longer a child may take that gets no processor, as the machine is busy with others.
const STARVED: u32 = 4;
/// How long a child that closed its output may take to end.
const GRACE: Duration = Duration::from_millis(200);
/// How long the last words are waited for once the process has ended.
const LINGER: Duration = Duration::from_millis(200);
/// The longest line that is read, in bytes. What a program may observe is far less.
const LONGEST_LINE: u64 = 64 << 20;
/// How much is kept of what a child says on standard error.
const LAST_WORDS: usize = 4096;

/// A child process. Dropping it ends it.
#[derive(Debug)]
pub struct Child {
    process: std::process::Child,
    /// What is written to its standard input, by a thread: one that reads no more must not stop its parent. Dropped to
    /// tell it to end.
    input: Option<Sender<Vec<u8>>>,
    page: HeartbeatPage,
    limits: Limits,
    is_ready: bool,
    /// The most memory that it may hold, as soon as that is known.
    most_memory: Option<u64>,
    /// What was on its page when it was looked at last, and since when that is so.
    seen: [u64; WORDS],
    since: Instant,
    /// The processor time that it had used when half of its time without progress was over, and since when it had made none.
    half: Option<(Instant, Duration)>,
    words: Arc<Mutex<Vec<u8>>>,
    listener: Option<JoinHandle<()>>,
}

impl Child {
    /// Starts a child. `with_page` adds the path of the heartbeat page to the command, where the child will
    /// [`join`](HeartbeatPage::join) it. `on_event` is called from a thread of its own, until it returns `false`.
    ///
    /// # Errors
    ///
    /// When the system refuses a process, a pipe, or the file of the page.
    pub fn spawn(
        mut command: Command,
        with_page: impl FnOnce(&mut Command, &Path),
        limits: Limits,
        mut on_event: impl FnMut(Event<'_>) -> bool + Send + 'static,
    ) -> io::Result<Child> {
        let (file, page) = system::page()?;
        system::detach(&mut command);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A child that is limited itself passes its limit on to what it starts.
        let lifted = living::is_child().then(system::lift_memory_limit);
        let process = living::start(|| system::spawn_with(&file, &mut command, with_page));
        drop(lifted);
        let mut process = process.map_err(system::explained)?;
        system::forbid_core_dumps_of(process.id());
        let (input, output, errors) = (process.stdin.take(), process.stdout.take(), process.stderr.take());
        // From here on it is ended if something fails.
        let mut child = Child {
            input: None,
            process,
            page,
            limits,
            is_ready: false,
            most_memory: None,
            seen: [0; WORDS],
            since: Instant::now(),
            half: None,
            words: Arc::default(),
            listener: None,
        };
        let missing = || io::Error::other("a child process has no pipe");
        let (output, errors) = (output.ok_or_else(missing)?, errors.ok_or_else(missing)?);
        child.input = input.map(write).transpose().map_err(system::explained)?;
        child.listener = Some(listen(errors, child.words.clone()).map_err(system::explained)?);
        new_thread()?.spawn(move || {
            let (mut output, mut line) = (BufReader::new(output), vec![]);
            loop {
                line.clear();
                let read = output.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line);
                let is_whole = line.pop_if(|byte| *byte == b'\n').is_some();
                if read.is_ok() && !is_whole && line.len() as u64 == LONGEST_LINE {
                    on_event(Event::Endless);
                    return;
                }
                if read.is_err() || !is_whole {
                    break;
                }
                if !on_event(Event::Line(&String::from_utf8_lossy(&line))) {
                    return;
                }
            }
            on_event(Event::Closed);
        })?;
        Ok(child)
    }

    /// Notes that it is ready: from here on it has to make progress, and its memory is limited.
    pub fn ready(&mut self) {
        (self.is_ready, self.since) = (true, Instant::now());
        let holds = system::resident(self.process.id()).filter(|_| self.limits.memory > 0);
        self.most_memory = holds.map(|holds| holds.saturating_add(self.limits.memory));
    }

    /// Whether it was noted to be ready.
    pub fn is_ready(&self) -> bool {
        self.is_ready
    }

    /// Notes that it has made progress, for one that has no heartbeat page: a reply has come.
    pub fn progressed(&mut self) {
        self.since = Instant::now();
    }

    /// Gives it another time in which it has to make progress.
    pub fn set_progress(&mut self, progress: Duration) {
        self.limits.progress = progress;
    }

    /// Sends a request. One that can't be sent any more is lost: the child is gone, as an event will say.
    pub fn send(&mut self, request: &impl Serialize) {
        self.since = Instant::now();
        if let (Some(input), Ok(mut line)) = (&self.input, serde_json::to_vec(request)) {
            line.push(b'\n');
            let _ = input.send(line);
        }
    }

    /// How long it has made no progress.
    pub fn idle(&mut self) -> Duration {
        let page = self.page();
        if page != self.seen {
            (self.seen, self.since) = (page, Instant::now());
        }
        self.since.elapsed()
    }

    /// In what it has gone too far, if it is busy.
    pub fn overrun(&mut self) -> Option<Overrun> {
        let longest = if self.is_ready { self.limits.progress } else { self.limits.start };
        if let Some(overrun) = self.idles_too_long(longest) {
            return Some(overrun);
        }
        let most = self.most_memory?;
        (system::resident(self.process.id())? > most).then_some(Overrun::Memory)
    }

    /// Whether it has made no progress for too long, and is to blame for that. One that waits for a processor is given more
    /// time.
    fn idles_too_long(&mut self, longest: Duration) -> Option<Overrun> {
        let idle = self.idle();
        if idle <= longest.min(STOPPED) / 2 {
            return None;
        }
        let activity = system::activity(self.process.id());
        if idle > longest.min(STOPPED) && activity.is_some_and(|activity| activity.is_stopped) {
            return Some(Overrun::Stopped);
        }
        if idle <= longest / 2 {
            return None;
        }
        let used = activity.map_or(Duration::ZERO, |activity| activity.used);
        let before = match self.half {
            Some((since, before)) if since == self.since => before,
            _ => {
                self.half = Some((self.since, used));
                used
            }
        };
        if idle <= longest {
            return None;
        }
        match activity {
            Some(activity)
                if activity.is_running && used.saturating_sub(before) < longest / 8 && idle < longest * STARVED =>
            {
                None
            }
            _ => Some(Overrun::Time),
        }
    }

    /// Writes a word of its heartbeat page, for it to see.
    pub fn note(&self, word: usize, value: u64) {
        if let Some(word) = self.page.words().get(word) {
            word.store(value, Release);
        }
    }

    /// A word of its heartbeat page.
    pub fn noted(&self, word: usize) -> u64 {
        self.page.words().get(word).map_or(0, |word| word.load(Acquire))
    }

    /// Tells it that there is nothing more to do.
    pub fn dismiss(&mut self) {
        self.input = None;
    }

    /// Ends it for going too far, or sees how it ended by itself, if its output is closed. That comes a little before its
    /// end, which is waited for.
    pub fn end(mut self, overrun: Option<Overrun>) -> Ending {
        let has_ended = overrun.is_none() && self.ends_within(GRACE);
        let (status, last_words) = self.kill_and_listen();
        let cause = match overrun {
            Some(Overrun::Time) => Cause::Time,
            Some(Overrun::Memory) => Cause::Memory,
            // As other signals that somebody else has sent.
            Some(Overrun::Stopped) => Cause::Ended(system::STOPPED.to_owned()),
            // What Rust's allocator says before it aborts.
            None if last_words.contains("memory allocation of") => Cause::Memory,
            None if !has_ended => Cause::Closed,
            None => Cause::Ended(status.map_or_else(|error| error.to_string(), system::ending)),
        };
        Ending { cause, last_words, page: self.page() }
    }

    /// Ends it at once. Gives its last words.
    pub fn stop(mut self) -> String {
        self.kill_and_listen().1
    }

    fn kill_and_listen(&mut self) -> (io::Result<ExitStatus>, String) {
        let status = self.kill();
        self.hear_out();
        let words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        let last_words = String::from_utf8_lossy(&words);
        // Where in this program memory ran out says nothing, and is written whatever the environment says.
        let last_words = last_words.split("\nstack backtrace:").next().unwrap_or_default().trim().to_owned();
        (status, last_words)
    }

    /// Whether its process has ended, though something that it started may still hold its output.
    pub fn has_ended(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(Some(_)))
    }

    /// Whether its process ends by itself within that time. One that closed its output is mostly about to.
    pub fn ends_within(&mut self, time: Duration) -> bool {
        let since = Instant::now();
        while !self.has_ended() {
            if since.elapsed() > time {
                return false;
            }
            thread::sleep(Duration::from_millis(1));
        }
        true
    }

    /// Waits for the last words. What the child has started may hold its standard error for ever.
    fn hear_out(&mut self) {
        let since = Instant::now();
        let listener = self.listener.take();
        while listener.as_ref().is_some_and(|listener| !listener.is_finished()) && since.elapsed() < LINGER {
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Ends it and everything that it has started. One that has ended by itself is not changed by this.
    fn kill(&mut self) -> io::Result<ExitStatus> {
        system::kill_group(self.process.id());
        let _ = self.process.kill();
        let status = self.process.wait();
        living::forget(self.process.id());
        status
    }

    fn page(&self) -> [u64; WORDS] {
        self.page.words().each_ref().map(|word| word.load(Acquire))
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// Writes to a child's standard input.
fn write(mut input: ChildStdin) -> io::Result<Sender<Vec<u8>>> {
    let (sender, lines) = mpsc::channel::<Vec<u8>>();
    new_thread()?.spawn(move || {
        // A child that is gone takes nothing more, as an event will say.
        let _ = lines.iter().try_for_each(|line| input.write_all(&line).and_then(|()| input.flush()));
    })?;
    Ok(sender)
}

/// Keeps the last that is said on standard error.
fn listen(mut errors: impl Read + Send + 'static, words: Arc<Mutex<Vec<u8>>>) -> io::Result<JoinHandle<()>> {
    new_thread()?.spawn(move || {
        let mut buffer = [0; 1024];
        while let Ok(count @ 1..) = errors.read(&mut buffer) {
            let mut words = words.lock().unwrap_or_else(PoisonError::into_inner);
            words.extend_from_slice(&buffer[..count]);
            let excess = words.len().saturating_sub(LAST_WORDS);
            words.drain(..excess);
        }
    })
}

#[cfg(all(test, unix))]
mod tests;
