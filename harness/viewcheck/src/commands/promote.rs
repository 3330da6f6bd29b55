//! `viewcheck promote`: a finding becomes a case.

use super::{CommandError, Console, Exit};
use crate::findings::{Promoted, promote};
use std::path::PathBuf;

/// Turn a finding into a regression case.
///
/// The expectations of the case are what the reference does. Promote a finding only if the reference is right about it.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// Folder of the finding, or any file in it
    #[arg(value_name = "FINDING")]
    finding: PathBuf,
    /// Folder to write the case into
    #[arg(long, value_name = "DIR", default_value = "spec/regressions")]
    to: PathBuf,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    match promote(&arguments.finding, &arguments.to)? {
        Promoted::New(id, path) => writeln!(console.out, "wrote the case `{id}` to {}", path.display())?,
        Promoted::Already(id) => writeln!(console.out, "the program of this finding is already a case: {id}")?,
    }
    console.out.flush()?;
    Ok(Exit::Expected)
}
