//! The child's own side: requests from the parent, replies to it, and limits that the child puts on itself.

pub use crate::system::{forbid_core_dumps, limit_memory};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, BufRead, Write};
use std::sync::mpsc::{self, Receiver};

/// The parent's requests. When there will be no more, the parent is gone, and so is any reason to go on: this process
/// ends, even from the middle of something that hangs.
///
/// # Errors
///
/// When the system refuses a thread.
pub fn requests<Request: DeserializeOwned + Send + 'static>() -> io::Result<Receiver<Request>> {
    let (sender, requests) = mpsc::channel();
    std::thread::Builder::new().spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            let is_taken = serde_json::from_str(&line).is_ok_and(|request| sender.send(request).is_ok());
            if !is_taken {
                break;
            }
        }
        std::process::exit(0);
    })?;
    Ok(requests)
}

/// Sends the parent a reply.
///
/// # Errors
///
/// When the parent does not listen any more.
pub fn reply(out: &mut dyn Write, reply: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, reply)?;
    out.write_all(b"\n")?;
    out.flush()
}
