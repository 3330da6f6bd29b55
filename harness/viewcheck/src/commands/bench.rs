//! `viewcheck bench`: the cost of the fuzzing loop compared with the bare C API.

use super::{CommandError, Console, Exit, interrupted, opening};
use crate::bench::{Group, Measurement};
use crate::check::StartError;
use crate::isolated::{Process, Said, TICK};
use crate::output::Output;
use engine::Settings;
use std::path::PathBuf;
use std::process::Command;
use std::sync::mpsc::RecvTimeoutError;

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
    let measured = match measured(arguments) {
        Err(CommandError::Start(StartError::Stopped)) => return Ok(Exit::Interrupted),
        measured => measured?,
    };
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

/// What was measured in another process: a program that is part of the measurement may end it.
fn measured(arguments: &Arguments) -> Result<Measurement, CommandError> {
    let engine = "embedded".to_owned();
    let program = child::this_program().map_err(|error| opening::refused(&engine, error))?;
    let mut command = Command::new(program);
    command.args(["bench-worker", "--programs", &arguments.programs.max(1).to_string()]);
    command.args(["--rounds", &arguments.rounds.max(1).to_string(), "--seed", &arguments.seed.to_string()]);
    let process = Process::start(command, &engine, Settings::default().limits())?;
    loop {
        match process.heard.recv_timeout(TICK) {
            Ok(Some(Said::Did(measured))) => return Ok(measured),
            Ok(Some(Said::Failed(reason))) => return Err(StartError::Refused(reason).into()),
            Ok(None) | Err(RecvTimeoutError::Disconnected) => {
                return Err(CommandError::Measurement(process.child.end(None).reason()));
            }
            _ if interrupted() => return Err(StartError::Stopped.into()),
            Ok(Some(Said::Ready(_))) | Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// The measurements as text: a column for programs without bodies, and one for programs with them.
fn sentences(measured: &Measurement) -> String {
    let groups = [&measured.without_bodies, &measured.with_bodies];
    let row = |name: &str, cell: &dyn Fn(&Group) -> String| {
        let [plain, bodies] = groups.map(cell);
        format!("{name:<30}{plain:>15}{bodies:>15}\n")
    };
    let percent = |share: f64| format!("{}%", (share * 100.0).round());
    [
        format!("{:<30}{:>15}{:>15}\n", "programs", "without bodies", "with bodies"),
        row("in a round", &|group| group.programs.to_string()),
        row("operations outside of bodies", &|group| group.operations.to_string()),
        row("bare C API, ns per program", &|group| group.floor_ns_per_program.to_string()),
        row("whole loop, ns per program", &|group| group.loop_ns_per_program.to_string()),
        row("ratio", &|group| format!("{:.2}", group.ratio)),
        row("of the loop: generation", &|group| percent(group.shares.generation)),
        row("             reference", &|group| percent(group.shares.reference)),
        row("             embedded", &|group| percent(group.shares.embedded)),
    ]
    .concat()
}
