//! `viewcheck schema`: the JSON schema with which editors check files of cases.

use super::{CommandError, Console, Exit};

/// Print the JSON schema of files of cases and of known divergences (committed as spec/schema.json)
#[derive(clap::Args, Debug, Default)]
pub(crate) struct Arguments {}

pub(crate) fn run(_: &Arguments, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    console.out.write_all(cases::schema().as_bytes())?;
    console.out.flush()?;
    Ok(Exit::Expected)
}
