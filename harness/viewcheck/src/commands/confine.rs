//! `viewcheck confine`: confines itself and becomes the command of an engine. Internal.

use super::{CommandError, Console};
use engine::OpenError;
use std::ffi::OsString;
use std::path::PathBuf;

/// Run a command that may touch no more than it needs.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// The folder that it may write in
    #[arg(long)]
    folder: PathBuf,
    /// What it may read beside what its words name
    #[arg(long)]
    readable: Vec<PathBuf>,
    #[arg(required = true, last = true)]
    command: Vec<OsString>,
}

/// Returns only if the command can't be started.
pub(crate) fn run(arguments: &Arguments, _console: &mut Console<'_>) -> CommandError {
    let error = child::confine::exec(&arguments.command, &arguments.folder, &arguments.readable);
    let command = arguments.command.first().map(|word| word.to_string_lossy().into_owned()).unwrap_or_default();
    CommandError::Engine(OpenError::Contained(format!("{command}: {error}")))
}
