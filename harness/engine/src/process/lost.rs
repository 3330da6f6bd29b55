//! How a process is lost, and what is reported of the program at which that happened.

use crate::RunError;
use child::{Cause, Ending, STOPPED, is_sent_by_others};
use std::time::Duration;

/// A process that was lost, though it was asked for a reply.
#[derive(Debug)]
pub struct Lost {
    pub how: How,
    /// What it wrote to standard error last.
    pub last_words: String,
}

/// How a process was lost.
#[derive(Debug)]
pub enum How {
    /// It ended: the name of the signal, or `exit status 3`.
    Died(String),
    /// It took too much memory, and was ended.
    Memory,
    /// It made no progress for this long, and was ended.
    Hung(Duration),
    /// It said what is no reply, for this reason, and was ended.
    Protocol(String),
    /// None can be started, for this reason.
    NotStarted(String),
    /// No program is run on it any more, for this reason.
    GivenUp(String),
    /// Nobody waits for the reply any more, and it was ended.
    Interrupted,
}

impl Lost {
    /// One without last words.
    pub fn silent(how: How) -> Lost {
        Lost { how, last_words: String::new() }
    }

    /// One that has ended, or was ended for having made no progress for this long, or for the memory that it took.
    pub fn ended(ending: Ending, idle: Duration) -> Lost {
        let how = match ending.cause {
            // Whoever has stopped it, or it itself, it made no progress.
            Cause::Ended(how) if how == STOPPED => How::Hung(idle),
            Cause::Ended(how) => How::Died(how),
            Cause::Closed => How::Protocol("it closed its output, but did not end".to_owned()),
            Cause::Time => How::Hung(idle),
            Cause::Memory => How::Memory,
        };
        Lost { how, last_words: ending.last_words }
    }

    /// Whether the engine is at fault even if the program runs well in another process. A busy machine can make a program
    /// slow, programs before it can have left much memory behind, and somebody else can have sent a signal.
    pub fn is_certain(&self) -> bool {
        match &self.how {
            How::Died(how) => !is_sent_by_others(how),
            How::Protocol(_) => true,
            How::Memory | How::Hung(_) | How::NotStarted(_) | How::GivenUp(_) | How::Interrupted => false,
        }
    }

    /// Whether a signal has ended it that somebody else may have sent.
    pub fn is_sent_by_others(&self) -> bool {
        matches!(&self.how, How::Died(how) if is_sent_by_others(how))
    }

    /// What is reported of the program, with a note on when it happens. `memory` is how much the process might take.
    pub fn error(self, engine: &str, memory: u64, note: &str) -> RunError {
        if let Some(error) = left_behind(&self.last_words).filter(|_| matches!(self.how, How::Died(_))) {
            return error;
        }
        let engine = engine.to_owned().into();
        let last_words = self.last_words.into();
        let crashed = |how: String| format!("{how}{note}").into();
        match self.how {
            How::Died(how) => RunError::Crashed { engine, how: crashed(how), last_words },
            How::Memory => RunError::Crashed { engine, how: crashed(too_much(memory)), last_words },
            How::Hung(after) => RunError::Hung { engine, after: rounded(after), last_words },
            How::Protocol(reason) => {
                RunError::Protocol { engine, reason: format!("{reason}{note}").into(), last_words }
            }
            How::NotStarted(reason) => {
                RunError::Lost { engine, reason: format!("it can't be started again: {reason}").into() }
            }
            How::GivenUp(reason) => RunError::Lost { engine, reason: reason.into() },
            How::Interrupted => RunError::Lost { engine, reason: "it was interrupted".into() },
        }
    }

    /// Why it is no engine, if this came in place of its reply to the probe.
    pub fn refusal(self) -> String {
        let reason = match self.how {
            How::Died(how) => format!("instead of a reply to the probe, {how}"),
            How::Memory => "instead of a reply to the probe, it took too much memory".to_owned(),
            How::Hung(after) => format!("it did not reply to the probe within {:?}", rounded(after)),
            How::Protocol(reason) | How::NotStarted(reason) | How::GivenUp(reason) => reason,
            How::Interrupted => "it was interrupted".to_owned(),
        };
        match self.last_words.lines().last() {
            Some(words) => format!("{reason}; its last words: {words}"),
            None => reason,
        }
    }
}

/// The last words of a process that ends itself for what a program has left there, which would disturb the next one.
pub const LEFT_BEHIND: &str = "a thread that the program has started still runs at its end";

/// What is said of the program after which a process ended with such words.
pub fn left_behind(last_words: &str) -> Option<RunError> {
    last_words.contains(LEFT_BEHIND).then(|| RunError::Malformed(LEFT_BEHIND.into()))
}

const TOO_MUCH: &str = "it took more than";

/// What [`RunError::Crashed`] says of a process that was ended because of the memory that it took: more than `memory` bytes.
pub fn too_much(memory: u64) -> String {
    match memory {
        // Without a limit of ours it was the system that gave no more.
        0 => format!("{TOO_MUCH} the memory that there is"),
        memory => format!("{TOO_MUCH} {} MiB of memory", memory >> 20),
    }
}

/// Whether a process was ended because of the memory that it took, of what [`RunError::Crashed`] says.
pub fn is_too_much(how: &str) -> bool {
    how.contains(TOO_MUCH)
}

/// A time for people: how many milliseconds more it took to notice says nothing.
fn rounded(time: Duration) -> Duration {
    match time.as_secs() {
        0 => Duration::from_millis(time.as_millis() as u64),
        seconds => Duration::from_secs(seconds),
    }
}
