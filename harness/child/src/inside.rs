//! The child's own side: requests from the parent, replies to it, and limits that the child puts on itself.

use crate::confine::{self, Bounds, ConfineError};
use crate::living;
use crate::page::HeartbeatPage;
use crate::system;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::sync::mpsc::{self, Receiver};

/// The connection to the parent.
///
/// A process that has one is a child: what it starts itself stays in its process group, and ends with it.
///
/// It has descriptors of its own. What the rest of the process writes to standard output, even from C, goes to standard
/// error and becomes part of its last words; it can't be taken for a reply.
#[derive(Debug)]
pub struct Parent {
    requests: Option<File>,
    replies: File,
}

/// Why a child can't work.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// Its heartbeat page can't be opened.
    #[error("can't open the heartbeat page {path}: {error}")]
    Page {
        /// The file.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// There is no thread that waits for requests.
    #[error("the system refuses a thread: {0}")]
    Thread(io::Error),
    /// There would be no memory for any program.
    #[error(
        "the system leaves this process {0} MiB of memory, and programs need {least}; see `ulimit -v` and `ulimit -d`",
        least = LEAST >> 20
    )]
    Memory(u64),
    /// It can't be confined.
    #[error(transparent)]
    Confine(#[from] ConfineError),
}

/// The least memory that programs may need, in bytes. With less, programs that are small would end their process.
pub const LEAST: u64 = 32 << 20;

impl Parent {
    /// Takes standard input and standard output for the connection. To be called before anything else uses them.
    ///
    /// # Errors
    ///
    /// When the system refuses another descriptor.
    pub fn connect() -> io::Result<Parent> {
        living::be_child();
        let (requests, replies) = system::take_stdio()?;
        Ok(Parent { requests: Some(requests), replies })
    }

    /// The parent's requests. When there will be no more, the parent is gone, and so is any reason to go on: this process
    /// ends, even from the middle of something that hangs. A second call gives none.
    ///
    /// # Errors
    ///
    /// When the system refuses a thread.
    pub fn requests<Request: DeserializeOwned + Send + 'static>(&mut self) -> Result<Receiver<Request>, BeginError> {
        let (sender, requests) = mpsc::channel();
        if let Some(input) = self.requests.take() {
            let listen = move || {
                for line in BufReader::new(input).lines().map_while(Result::ok) {
                    let is_taken = serde_json::from_str(&line).is_ok_and(|request| sender.send(request).is_ok());
                    if !is_taken {
                        break;
                    }
                }
                living::end_all();
                std::process::exit(0);
            };
            system::new_thread().and_then(|thread| thread.spawn(listen)).map_err(BeginError::Thread)?;
        }
        Ok(requests)
    }

    /// Sends the parent a reply.
    ///
    /// # Errors
    ///
    /// When the parent does not listen any more.
    pub fn reply(&mut self, reply: &impl Serialize) -> io::Result<()> {
        // In one piece: the file has no buffer.
        let mut line = serde_json::to_vec(reply)?;
        line.push(b'\n');
        self.replies.write_all(&line)
    }
}

/// Begins the work of a child, once what it works with is there: opens the heartbeat page at the path that its parent has
/// given, forbids core dumps, limits the memory to so many bytes more than it has now (0 for any), and confines the process
/// to `bounds`, if there are any. The work is to be done on the thread that calls this.
///
/// # Errors
///
/// When the page can't be opened, the system leaves no memory for programs, or the process can't be confined.
pub fn begin(page: &Path, memory: u64, bounds: Option<&Bounds>) -> Result<HeartbeatPage, BeginError> {
    let opened = HeartbeatPage::join(page);
    let opened = opened.map_err(|error| BeginError::Page { path: page.display().to_string(), error })?;
    if let Some(left) = system::memory_left().filter(|left| *left < LEAST) {
        return Err(BeginError::Memory(left >> 20));
    }
    system::forbid_core_dumps();
    system::limit_memory(memory);
    if let Some(bounds) = bounds {
        confine::confine(bounds)?;
    }
    Ok(opened)
}
