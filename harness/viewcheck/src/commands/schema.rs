//! `viewcheck schema`: the JSON schemas of what viewcheck reads and writes.

use super::{CommandError, Console, Exit};
use crate::report::model;

/// Print the JSON schema of files of cases and of known divergences (committed as spec/schema.json)
#[derive(clap::Args, Debug, Default)]
pub(crate) struct Arguments {
    /// Print the JSON schema of results instead, as written by `viewcheck check --json` (committed as
    /// docs/results.schema.json)
    #[arg(long)]
    results: bool,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    let schema = if arguments.results { model::schema() } else { cases::schema() };
    console.out.write_all(schema.as_bytes())?;
    console.out.flush()?;
    Ok(Exit::Expected)
}
