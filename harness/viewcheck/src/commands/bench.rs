//! `viewcheck bench`: the cost of the fuzzing loop compared with the bare C API.

use super::{CommandError, Console, Exit};
use crate::bench::{Measurement, measure};
use crate::output::Output;
use std::path::PathBuf;

/// Measure the fuzzing loop, relative to the bare C API doing the same operations
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// Number of programs in a round
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    programs: u64,
    /// Number of rounds; the fastest one counts
    #[arg(long, value_name = "N", default_value_t = 7)]
    rounds: usize,
    /// Seed of the program generator
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Write the measurements to this file as JSON; `-` is standard output
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    let output = arguments.json.as_deref().map(Output::open).transpose()?;
    let measured = measure(arguments.seed, arguments.programs.max(1), arguments.rounds.max(1))?;
    let json = crate::report::to_json(&measured);
    let told = match output.as_ref().is_some_and(Output::is_standard) {
        true => Ok(()),
        false => console.tell(&sentences(&measured), false),
    };
    if let Some(output) = output {
        output.write(&json, console.out)?;
    }
    told?;
    console.out.flush()?;
    Ok(Exit::Expected)
}

/// The measurements as text.
fn sentences(measured: &Measurement) -> String {
    let shares = &measured.shares;
    let percent = |share: f64| (share * 100.0).round();
    format!(
        "{} programs, {} operations\n\
         bare C API    {:>8.1} ns per operation\n\
         whole loop    {:>8.1} ns per operation\n\
         ratio         {:>8.2}\n\
         shares of the loop: generation {}%, reference {}%, embedded {}%\n",
        measured.programs,
        measured.operations,
        measured.floor_ns_per_operation,
        measured.loop_ns_per_operation,
        measured.ratio,
        percent(shares.generation),
        percent(shares.reference),
        percent(shares.embedded)
    )
}
