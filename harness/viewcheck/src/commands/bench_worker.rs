//! `viewcheck bench-worker`: the process that `viewcheck bench` measures. Internal.

use super::{CommandError, Console, Exit};
use crate::bench::measure;
use crate::isolated::Said;
use child::inside::{self, Parent};
use std::path::PathBuf;

/// Measure the fuzzing loop.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    #[arg(long)]
    programs: u64,
    #[arg(long)]
    rounds: usize,
    #[arg(long)]
    seed: u64,
    #[arg(long)]
    page: PathBuf,
}

pub(crate) fn run(arguments: &Arguments, _console: &mut Console<'_>) -> Result<Exit, CommandError> {
    let mut parent = Parent::connect()?;
    // There are none, but without a parent there is nothing to do either.
    let requests = parent.requests::<()>();
    let said = match requests.and_then(|_| inside::begin(&arguments.page, 0, None)) {
        Ok(_) => match measure(arguments.seed, arguments.programs, arguments.rounds) {
            Ok(measured) => Said::Did(measured),
            Err(error) => Said::Failed(error.to_string()),
        },
        Err(error) => Said::Failed(error.to_string()),
    };
    parent.reply(&said)?;
    Ok(Exit::Expected)
}
