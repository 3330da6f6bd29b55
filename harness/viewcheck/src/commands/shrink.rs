//! `viewcheck shrink`: finds the smallest program that still fails in the same way.

use super::again::{Names, Reading, explain, notes};
use super::{AGAINST, CommandError, Console, Exit, interrupted, open_contained, open_pair};
use crate::compare::usual_level;
use crate::differential::{self, DifferentialRun};
use crate::findings::{self, Alone, Finding, Input, Limits, Replay, Symptom, investigate, investigate_law};
use crate::output::Output;
use crate::processes::Processes;
use crate::report::count;
use engine::{About, Engine, Watch};
use program::Program;
use std::path::PathBuf;

/// Shrink a program on which two engines differ, and print it as a case.
///
/// Exits with 1 if the engines differ, and with 0 if there is nothing to shrink.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// A file of cases, a finding, an encoded program, or a raw libFuzzer input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Engine to test: `embedded`, `reference@3.12`, or a command as in `pypy=pypy3` [default: that of the finding, otherwise embedded, or
    /// python=python3 if viewcheck was built without it]
    #[arg(long, value_name = "ENGINE")]
    engine: Option<String>,
    /// Engine whose behaviour is expected [default: that of the finding, otherwise reference]
    #[arg(long, value_name = "ENGINE")]
    against: Option<String>,
    /// Write the case to this file; `-` is standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    processes: Processes,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    let mut inputs = findings::read(&arguments.file, arguments.reading.raw())?;
    inputs.retain(|input| !input.program.is_source());
    if inputs.is_empty() {
        return Err(CommandError::OnlySource(arguments.file.display().to_string()));
    }
    // All programs of a file have the same engines.
    let Some(first) = inputs.first() else { return Ok(Exit::Expected) };
    let [engine, against] = open(arguments, first, console)?;
    let abouts = [engine.about().clone(), against.about().clone()];
    console.err.write_all(notes(first, &abouts).as_bytes())?;
    let mut output = Some(Output::open(&arguments.out)?);
    let level = first.level().unwrap_or_else(|| usual_level(&abouts));
    let mut run = DifferentialRun::new(engine, against, Watch::Always, level);
    for input in &inputs {
        let found = find(&mut run, input, &abouts);
        if interrupted() {
            return Ok(Exit::Interrupted);
        }
        let Some(finding) = found else {
            let [engine, against] = &abouts;
            let open = match run.run(&input.program) {
                differential::Result::Open(reason) | differential::Result::Unsupported(reason) => {
                    format!(", as far as they can be compared: {reason}")
                }
                _ => String::new(),
            };
            writeln!(console.err, "{}: no difference between {} and {}{open}", input.name, engine.name, against.name)?;
            continue;
        };
        let (before, after) = (size(&input.program), size(&finding.program));
        let size = match before == after {
            true => format!("{before}, which is the smallest that was found"),
            false => format!("{before}, shrunk to {after}"),
        };
        writeln!(console.err, "{}: {size}", input.name)?;
        if finding.signature.as_str() != input.name {
            writeln!(console.err, "the signature is {}", finding.signature)?;
        }
        if !finding.stable {
            writeln!(
                console.err,
                "{}: the engines do not behave the same each time, so the program was not shrunk",
                input.name
            )?;
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
            writeln!(console.err, "only the first case that differs is shrunk; the others in the file were not tried")?;
        }
        return Ok(Exit::Mismatch);
    }
    Ok(Exit::Expected)
}

/// How large a program is: in steps, as people see it, and in operations, as shrinking counts. A step may take several.
fn size(program: &Program) -> String {
    format!("{} ({})", count(program.steps.len(), "step"), count(program.operations.len(), "operation"))
}

/// The smallest program of a kind. What crashes or hangs the tested engine is shrunk even where nobody knows what it should
/// do.
fn find(run: &mut DifferentialRun, input: &Input, engines: &[About; 2]) -> Option<Finding> {
    let (level, limits, program) = (run.level(), Limits::default(), &input.program);
    if let Some(law) = input.law {
        return investigate_law(run.tested(), engines, program, (law, level), limits, &|| ());
    }
    let mut alone = Alone::new(run.tested(), level);
    match alone.replay(program) {
        Some(symptom) => {
            alone.hurry(symptom == Symptom::Hang);
            // The last operation of the shortest prefix that still does this is the one that does it.
            let cut = program.shortest_prefix(|prefix| alone.replay(prefix).as_ref() == Some(&symptom));
            alone.hurry(false);
            let finding = investigate(&mut alone, engines, &cut, limits)?;
            Some(Finding { original: program.clone(), ..finding })
        }
        None => investigate(run, engines, program, limits),
    }
}

/// Opens the tested engine and the one whose behaviour is expected.
fn open(arguments: &Arguments, input: &Input, console: &mut Console<'_>) -> Result<[Box<dyn Engine>; 2], CommandError> {
    let Arguments { engine, against, .. } = arguments;
    let names = Names::of(input, engine.as_slice(), against.as_deref())?;
    let against = names.against.as_deref().unwrap_or(AGAINST);
    let is_named = engine.is_some() || arguments.against.is_some();
    let pair = [names.tested.concat(), against.to_owned()];
    arguments.processes.announce(pair.iter().map(String::as_str), console.err)?;
    let open = |name: &str, like| open_contained(console.open, &arguments.processes, name, like);
    open_pair(&pair, &open, console.err).map_err(|error| explain(error, input, is_named))
}
