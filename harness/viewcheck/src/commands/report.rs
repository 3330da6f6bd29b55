//! `viewcheck report`: the reports that are committed.

use super::{CommandError, Console, Exit, check};
use std::path::PathBuf;

/// Check all cases on the default engines and write conformance.md and conformance.json.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// The folder to write into
    #[arg(long, value_name = "DIR", default_value = "reports")]
    out: PathBuf,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    check::run(&check::Arguments::with_reports(arguments.out.clone()), console)
}
