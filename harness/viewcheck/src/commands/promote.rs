//! `viewcheck promote`: a finding becomes a case.

use super::{CommandError, Console, Exit};
use crate::findings::{Promoted, promote};
use std::path::PathBuf;

/// Write the case of a finding into a folder of cases, with an id that stays.
///
/// Its expectations are what the reference does, so it can be promoted only if the reference is right about it.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// The folder of a finding, or its finding.json
    #[arg(value_name = "FINDING")]
    finding: PathBuf,
    /// The folder to write into
    #[arg(long, value_name = "DIR", default_value = "spec/regressions")]
    to: PathBuf,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    match promote(&arguments.finding, &arguments.to)? {
        Promoted::New(id, path) => writeln!(console.out, "{id} is written to {}", path.display())?,
        Promoted::Already(id) => writeln!(console.out, "its program is a case already: {id}")?,
    }
    console.out.flush()?;
    Ok(Exit::Expected)
}
