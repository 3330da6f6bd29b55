//! The process in which a [`Contained`](super::Contained) engine runs programs.
//!
//! ```text
//! parent                          child
//!                                 Ready
//! Run program
//!                                 Did Program(trace, error)
//! Leaks program
//!                                 Did Leaks(blocks)
//! ```

use super::{Identity, Said};
use child::confine::Bounds;
use child::inside::{self, BeginError, Parent};
use engine::{Engine, OpenError, RunError, Watch};
use program::{DecodeError, Trace, decode_case};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;

/// What the child is to do. Programs are [encoded](program::encode()).
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request {
    /// Run a program.
    Run {
        /// The program.
        program: Vec<u8>,
        /// Whether the state of named objects is looked at after each step, and not after the last only.
        is_always: bool,
        /// How many operations its bodies may run, if that is limited.
        ration: Option<u32>,
    },
    /// Count the blocks of memory that every run of a program leaves behind.
    Leaks(Vec<u8>),
}

/// What the child did.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Ran {
    /// It ran a program: what it observed, and why it did not come to the end.
    Program(Trace, Option<RunError>),
    /// It counted blocks.
    Leaks(usize),
}

/// Why a process that runs an engine can't go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// It has no engine.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It can't begin.
    #[error(transparent)]
    Begin(#[from] BeginError),
    /// A program that it was sent can't be read.
    #[error("can't read a program: {0}")]
    Program(#[from] DecodeError),
    /// The parent is gone.
    #[error("the parent is gone: {0}")]
    Gone(#[from] io::Error),
}

/// Runs the programs that the parent sends, until it closes the connection. `memory` and `bounds`
/// are as for [`inside::begin`].
///
/// # Errors
///
/// When the child can't begin, is sent no program, or has no parent any more.
pub fn serve(
    mut engine: Box<dyn Engine>,
    page: &Path,
    memory: u64,
    bounds: Option<&Bounds>,
    parent: &mut Parent,
) -> Result<(), ServeError> {
    let _page = inside::begin(page, memory, bounds)?;
    engine.confined();
    let requests = parent.requests()?;
    parent.reply(&Said::<Ran>::Ready(Box::new(Identity::from(engine.about()))))?;
    while let Ok(request) = requests.recv() {
        let ran = match request {
            Request::Run { program, is_always, ration } => {
                let mut trace = Trace::new();
                engine.ration(ration);
                let watch = if is_always { Watch::Always } else { Watch::End };
                let error = engine.run(&decode_case(&program)?, watch, &mut trace).err();
                Ran::Program(trace, error)
            }
            Request::Leaks(program) => Ran::Leaks(engine.leaks(&decode_case(&program)?)),
        };
        parent.reply(&Said::Did(ran))?;
    }
    Ok(())
}

/// Tells the parent why the process can't do its work. Gives whether it could. A parent that is gone needs no explanation.
///
/// # Errors
///
/// When the parent does not listen.
pub(crate) fn conclude(worked: Result<(), ServeError>, parent: &mut Parent) -> io::Result<bool> {
    match worked {
        Ok(()) | Err(ServeError::Gone(_)) => Ok(true),
        Err(error) => parent.reply(&Said::<()>::Failed(error.to_string())).map(|()| false),
    }
}
