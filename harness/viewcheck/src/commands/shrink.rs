//! `viewcheck shrink`: the smallest program that still goes wrong in the same way.

use super::again::{Names, explain, notes};
use super::{AGAINST, CommandError, Console, Exit, open_pair};
use crate::campaign::LENGTH;
use crate::differential::DifferentialRun;
use crate::findings::{self, Input, Limits, investigate, investigate_law};
use crate::output::Output;
use crate::report::count;
use engine::{Engine, Watch};
use std::path::PathBuf;

/// Make a program on which two engines differ as small as it gets, and print it as a case.
///
/// Ends with 1 if they differ, and with 0 if there is nothing to shrink.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// A file of cases, a finding, an encoded program, or the raw input of a fuzzer
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The engine to test [default: that of the finding, else embedded]
    #[arg(long, value_name = "ENGINE")]
    engine: Option<String>,
    /// The engine that says what is expected [default: that of the finding, else reference]
    #[arg(long, value_name = "ENGINE")]
    against: Option<String>,
    /// Write the case into this file, `-` for standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,
    /// The most operations that are made from a raw input
    #[arg(long, value_name = "N", default_value_t = LENGTH)]
    length: usize,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    let inputs = findings::read(&arguments.file, arguments.length)?;
    // All programs of a file have the same engines.
    let Some(first) = inputs.first() else { return Ok(Exit::Expected) };
    let [engine, against] = open(arguments, first, console)?;
    let abouts = [engine.about().clone(), against.about().clone()];
    console.err.write_all(notes(first, &abouts).as_bytes())?;
    let mut output = Some(Output::open(&arguments.out)?);
    let mut differential = DifferentialRun::new(engine, against, Watch::Always);
    for input in &inputs {
        if input.is_fatal() {
            writeln!(console.err, "{}: this has ended a process, and may end this one", input.name)?;
        }
        let limits = Limits::default();
        let finding = match input.law {
            Some(law) => investigate_law(differential.tested(), &abouts, &input.program, law, limits, &|| ()),
            None => investigate(&mut differential, &abouts, &input.program, limits),
        };
        let Some(finding) = finding else {
            let [engine, against] = &abouts;
            writeln!(console.err, "{}: no difference between {} and {}", input.name, engine.name, against.name)?;
            continue;
        };
        let (before, after) = (input.program.operations.len(), finding.program.operations.len());
        let size = match before == after {
            true => format!("{}, and it gets no smaller", count(before, "operation")),
            false => format!("{}, now {after}", count(before, "operation")),
        };
        writeln!(console.err, "{}: {size}", input.name)?;
        if finding.signature.as_str() != input.name {
            writeln!(console.err, "it is {}", finding.signature)?;
        }
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

/// Opens the engine that is tested, and the one that says what is expected.
fn open(arguments: &Arguments, input: &Input, console: &mut Console<'_>) -> Result<[Box<dyn Engine>; 2], CommandError> {
    let Arguments { engine, against, .. } = arguments;
    let names = Names::of(input, engine.as_slice(), against.as_deref());
    let against = names.against.as_deref().unwrap_or(AGAINST);
    let is_named = engine.is_some() || arguments.against.is_some();
    let pair = [names.tested.concat(), against.to_owned()];
    open_pair(&pair, console.open, console.err).map_err(|error| explain(error, input, is_named))
}
