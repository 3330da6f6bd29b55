//! `viewcheck shrink`: the smallest program that still goes wrong in the same way.

use super::{CommandError, Console, Exit, open_pair};
use crate::campaign::LENGTH;
use crate::duel::Duel;
use crate::findings::{self, Limits, investigate, investigate_law};
use crate::output::Output;
use engine::Watch;
use std::path::PathBuf;

/// Make a program on which two engines differ as small as it gets, and print it as a case.
///
/// Ends with 1 if they differ, and with 0 if there is nothing to shrink.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// A file of cases, a finding, an encoded program, or the raw input of a fuzzer
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The engine to test
    #[arg(long, value_name = "ENGINE", default_value = "embedded")]
    engine: String,
    /// The engine that says what is expected
    #[arg(long, value_name = "ENGINE", default_value = "reference")]
    against: String,
    /// Write the case into this file, `-` for standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,
    /// The most operations that are made from a raw input
    #[arg(long, value_name = "N", default_value_t = LENGTH)]
    length: usize,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    let [engine, against] = open_pair(&[arguments.engine.clone(), arguments.against.clone()])?;
    let abouts = [engine.about().clone(), against.about().clone()];
    let inputs = findings::read(&arguments.file, arguments.length)?;
    let mut output = Some(Output::open(&arguments.out)?);
    let mut duel = Duel::new(engine, against, Watch::Always);
    for input in &inputs {
        if input.is_fatal() {
            writeln!(console.err, "{}: this has ended a process, and may end this one", input.name)?;
        }
        let limits = Limits::default();
        let finding = match input.law {
            Some(law) => investigate_law(duel.tested(), &abouts, &input.program, law, limits, &|| ()),
            None => investigate(&mut duel, &abouts, &input.program, limits),
        };
        let Some(finding) = finding else {
            writeln!(console.err, "{}: no difference", input.name)?;
            continue;
        };
        let (before, after) = (input.program.operations.len(), finding.program.operations.len());
        writeln!(console.err, "{}: {before} operations, now {after}; {}", input.name, finding.signature)?;
        if !finding.stable {
            writeln!(console.err, "{}: the engines do not do the same each time, so it is left as it is", input.name)?;
        }
        let case = findings::case_of(&finding);
        if let Some(output) = output.take() {
            let is_taken = output.is_standard();
            if let Err(error) = output.write(&case, console.out) {
                // What took its time to shrink is not lost with the file.
                if !is_taken {
                    console.tell(&case, false)?;
                }
                return Err(error.into());
            }
            console.out.flush()?;
        }
        if inputs.len() > 1 {
            writeln!(console.err, "the other cases of the file are left alone")?;
        }
        return Ok(Exit::Mismatch);
    }
    Ok(Exit::Expected)
}
