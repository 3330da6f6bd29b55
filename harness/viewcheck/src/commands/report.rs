//! `viewcheck report`: the report that is committed and published.

use super::{CommandError, Console, Exit, check};
use std::path::PathBuf;

/// Check all cases on the default engines and write the published report, conformance.md and conformance.json.
///
/// Nothing else changes it: `viewcheck check` writes to reports/local.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// The folder to write into
    #[arg(long, value_name = "DIR", default_value = "reports")]
    out: PathBuf,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    check::run(&check::Arguments::with_reports(arguments.out.clone()), console)
}
