//! The command line: one file per command, and the code that they share.

mod again;
mod bench;
mod bench_worker;
mod campaigns;
mod check;
mod check_worker;
mod confine;
mod engine_worker;
mod engines;
mod enumerate;
mod fuzz;
mod opening;
mod options;
mod outputs;
mod promote;
mod replay;
mod report;
mod schema;
mod shrink;
mod signals;
mod spec;
mod streams;
mod system;
mod worker;

use crate::campaign::{CampaignError, StateError, WorkerError};
use crate::check::StartError;
use crate::findings::KnownError;
use crate::isolated::Contained;
use crate::output::OutputError;
use crate::processes::Processes;
use crate::report::changes::CompareError;
use crate::report::escape::{Shown, visible};
use crate::report::model::{MergeError, PublishError, ReadError};
use crate::report::summary::Paint;
use clap::{Parser, Subcommand};
use engine::{Abi, About, Engine, OpenError, Profile, Role, Settings, Version, short_name};
use intake::text::cut_lines;
use signals::{interrupted, was_interrupted};
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use streams::{Noted, Told};

use options::{Color, level_parser};
pub use spec::Carried;

/// Conformance suite and differential fuzzer for Python's memoryview and the buffer protocol.
///
/// Without a command, viewcheck runs `viewcheck check`.
#[derive(Parser, Debug)]
#[command(
    name = "viewcheck",
    version,
    after_help = "Exit codes: 0 everything as expected; 1 a mismatch, a crash, a hang or an engine error (with --baseline or --compare: a regression); 2 bad usage, bad input, or nothing could be checked; 130 interrupted."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto, global = true)]
    color: Color,
}

#[derive(Subcommand, Debug)]
enum Command {
    Bench(bench::Arguments),
    #[command(hide = true)]
    BenchWorker(bench_worker::Arguments),
    Check(check::Arguments),
    #[command(hide = true)]
    CheckWorker(check_worker::Arguments),
    #[command(hide = true)]
    Confine(confine::Arguments),
    Engines(engines::Arguments),
    #[command(hide = true)]
    EngineWorker(engine_worker::Arguments),
    Enumerate(enumerate::Arguments),
    Fuzz(fuzz::Arguments),
    Promote(promote::Arguments),
    Replay(replay::Arguments),
    Report(report::Arguments),
    Schema(schema::Arguments),
    Shrink(shrink::Arguments),
    #[command(hide = true)]
    Worker(worker::Arguments),
}

impl Command {
    /// Whether all that it prints on standard output, and on standard error, are lines of words and of text from outside:
    /// no colours, and nothing for machines.
    fn shows_text(&self) -> (bool, bool) {
        match self {
            Command::Replay(_) | Command::Promote(_) => (true, true),
            Command::Engines(arguments) => (!arguments.json, true),
            Command::Shrink(_) => (false, true),
            _ => (false, false),
        }
    }
}

impl Command {
    /// Whether it is one that other commands start, so that programs run in it.
    fn is_child(&self) -> bool {
        matches!(
            self,
            Command::BenchWorker(_)
                | Command::CheckWorker(_)
                | Command::Confine(_)
                | Command::EngineWorker(_)
                | Command::Worker(_)
        )
    }
}

/// What a command ends with, from the least to the most important.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All as expected.
    Expected,
    /// A mismatch was found, or an engine failed.
    Mismatch,
    /// Bad usage or bad input, or nothing could be checked.
    BadInput,
    /// Interrupted.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Expected => 0,
            Exit::Mismatch => 1,
            Exit::BadInput => 2,
            Exit::Interrupted => 130,
        })
    }
}

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// An engine can't be opened.
    #[error(transparent)]
    Engine(#[from] OpenError),
    /// An engine can't start in a process of its own.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The process that is measured has ended.
    #[error(
        "the process that is measured ended: {0}; another --seed gives other programs, and `viewcheck fuzz` finds the one at fault"
    )]
    Measurement(String),
    /// A file can't be written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// A program can't be read.
    #[error(transparent)]
    Input(#[from] crate::findings::InputError),
    /// A finding can't become a case.
    #[error(transparent)]
    Promote(#[from] crate::findings::PromoteError),
    /// Stored results can't be used.
    #[error(transparent)]
    Results(#[from] ReadError),
    /// Stored results can't be joined or compared.
    #[error(transparent)]
    Merge(#[from] MergeError),
    /// Former results are of other engines.
    #[error(transparent)]
    Compare(#[from] CompareError),
    /// Results can't be published.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// There are no stored results.
    #[error("{0} does not exist: run `viewcheck check` first, or name a file written by its --json")]
    NothingStored(&'static str),
    /// A campaign can't go on.
    #[error(transparent)]
    Campaign(#[from] CampaignError),
    /// The folder of a campaign can't be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// There is no campaign in a folder.
    #[error(transparent)]
    StoredCampaign(#[from] crate::campaign::StoredError),
    /// A worker can't go on.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// The known divergences can't be used.
    #[error(transparent)]
    Known(#[from] KnownError),
    /// Two engines of one name.
    #[error("the engine `{0}` is given twice")]
    EngineTwice(String),
    /// A file has no program that can be shrunk.
    #[error("{0} has cases in any Python alone, whose steps can't be taken apart: make them smaller by hand")]
    OnlySource(String),
    /// An engine has nothing to be compared with.
    #[error("can't compare the engine `{0}` with itself: name another engine with --engine or --against")]
    EngineAlone(String),
    /// An engine of a finding can't be opened.
    #[error(
        "{finding} was found on `{engine}` against `{against}`, but an engine can't be opened here: {error}; \
         name it with its command, as in `--engine {engine}=COMMAND`, or name other engines with --engine and --against"
    )]
    EngineOfFinding {
        /// The finding.
        finding: String,
        /// The engine that was tested.
        engine: String,
        /// The engine that said what was expected.
        against: String,
        /// Why.
        error: Box<OpenError>,
    },
    /// A finding names a command.
    #[error(
        "{finding}: the finding names a command for its engine `{name}`, which is not started, since a finding may come from \
         anybody: `{command}`; name the command yourself, as in `{option} {name}=COMMAND`, or another engine"
    )]
    CommandOfFinding {
        /// The finding.
        finding: String,
        /// What it calls the engine.
        name: String,
        /// The command.
        command: String,
        /// The option that names an engine in its place.
        option: &'static str,
    },
    /// Nothing is left to check.
    #[error("no case matches the filter `{0}`, which is searched for in ids, sections, claims and documents")]
    NothingMatches(String),
    /// There is too little for so many shards.
    #[error("the shard {0} has nothing to run: {1}")]
    EmptyShard(crate::shard::Shard, String),
    /// Two outputs would be one file.
    #[error("two outputs would be written to {0}; choose different files")]
    OutputTwice(String),
    /// The results would take the place of what a campaign knows of itself.
    #[error("{0} is a file of the campaign and would be overwritten: write the results to another file")]
    OutputOverState(String),
    /// A folder for reports can't be made.
    #[error("can't create the folder {path}: {error}")]
    Folder {
        /// The folder.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// A report can't be made.
    #[error("can't render the results as {format}: {error}")]
    Render {
        /// The format.
        format: &'static str,
        /// Why.
        error: io::Error,
    },
    /// What is written to the terminal, or into a pipe, did not arrive.
    #[error("can't write the results: {0}")]
    Terminal(#[from] io::Error),
}

/// What opens an engine, as [`engine::open`] does: by its name, with the Python that the reference stands for unless its
/// name says another, and with settings.
pub type Open = dyn Fn(&str, Profile, &Settings) -> Result<Box<dyn Engine>, OpenError>;

/// The same with the settings of a command.
type OpenAs<'a> = dyn Fn(&str, Profile) -> Result<Box<dyn Engine>, OpenError> + 'a;

/// What a command gets its engines from, and where it writes to.
pub(crate) struct Console<'a> {
    open: &'a Open,
    carried: &'a Carried,
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
    paint: Paint,
    /// Whether a progress bar may be shown on standard error.
    progress: bool,
}

impl Console<'_> {
    /// Prints what a command has to say: where standard output belongs to a machine, on standard error.
    fn tell(&mut self, text: &str, is_taken: bool) -> io::Result<()> {
        let to = if is_taken { &mut *self.err } else { &mut *self.out };
        to.write_all(text.as_bytes()).and_then(|()| to.flush())
    }
}

/// The whole program, on engines that `open` opens, with the files of `spec` that the executable carries. A campaign starts its workers from the executable that this is
/// called in, so that they open theirs in the same way.
pub fn main(open: &Open, carried: &Carried) -> ExitCode {
    if let Some(reason) = system::refusal() {
        let _ = writeln!(io::stderr(), "error: {reason}");
        return Exit::BadInput.into();
    }
    let cli = Cli::parse();
    match cli.command.as_ref().is_some_and(Command::is_child) {
        // A child is ended by its parent. Whoever else ends it is not to be taken for the program that it runs.
        true => signals::survive_limits(),
        false => {
            signals::handle();
            system::exit_without_memory();
        }
    }
    let (stdout, stderr) = (io::stdout(), io::stderr());
    let paint = cli.color.paint(stdout.is_terminal());
    let progress = stderr.is_terminal() && std::env::var_os("CI").is_none();
    let command = cli.command.unwrap_or_else(|| Command::Check(check::Arguments::default()));
    let (is_out_text, is_err_text) = command.shows_text();
    let shown = |is_text: bool, to: Box<dyn Write>| if is_text { Box::new(Shown::new(to)) } else { to };
    let (mut out, mut err) =
        (shown(is_out_text, Box::new(Told::new(stdout.lock()))), shown(is_err_text, Box::new(Noted(io::stderr()))));
    let mut console = Console { open, carried, out: &mut out, err: &mut err, paint, progress };
    let result = match command {
        Command::Bench(arguments) => bench::run(&arguments, &mut console),
        Command::BenchWorker(arguments) => bench_worker::run(&arguments, &mut console),
        Command::Check(arguments) => check::run(&arguments, &mut console),
        Command::CheckWorker(arguments) => check_worker::run(&arguments, &mut console),
        Command::EngineWorker(arguments) => engine_worker::run(&arguments, &mut console),
        Command::Confine(arguments) => Err(confine::run(&arguments, &mut console)),
        Command::Engines(arguments) => engines::run(&arguments, &mut console),
        Command::Enumerate(arguments) => enumerate::run(&arguments, &mut console),
        Command::Fuzz(arguments) => fuzz::run(&arguments, &mut console),
        Command::Promote(arguments) => promote::run(&arguments, &mut console),
        Command::Replay(arguments) => replay::run(&arguments, &mut console),
        Command::Report(arguments) => report::run(&arguments, &mut console),
        Command::Schema(arguments) => schema::run(&arguments, &mut console),
        Command::Shrink(arguments) => shrink::run(&arguments, &mut console),
        Command::Worker(arguments) => worker::run(&arguments, &mut console),
    };
    // A thread may still hold an engine.
    child::end_all();
    match result {
        // Also if it came too late to change anything, or if it is what made a program fail.
        Ok(_) if was_interrupted() => Exit::Interrupted.into(),
        Ok(exit) => exit.into(),
        // What was given up then is no error, and mostly the opening of an engine.
        Err(error) if was_interrupted() => {
            let _ = writeln!(io::stderr(), "interrupted: {}", told(&error));
            Exit::Interrupted.into()
        }
        Err(error) => {
            // There is nowhere left to say that standard error is closed.
            let _ = writeln!(io::stderr(), "error: {}", told(&error));
            Exit::BadInput.into()
        }
    }
}

/// An error for a terminal. What it quotes of the texts of others is as long as they like.
fn told(error: &CommandError) -> String {
    visible(&cut_lines(&error.to_string()))
}

/// The default for the tested engine, and for the one whose behaviour is expected.
const TESTED: &str = engine::tested();
const AGAINST: &str = "reference";
/// The engines that are used when none are named.
const DEFAULT_ENGINES: [&str; 2] = [AGAINST, TESTED];

/// The default engines that are part of this executable. Those that are commands are found like others.
fn built_in() -> impl Iterator<Item = &'static str> {
    DEFAULT_ENGINES.into_iter().filter(|name| !name.contains('='))
}

/// What the reference models when no other engine says what it should.
fn default_profile() -> Profile {
    Profile::new(Version::newest(), Abi::Lp64)
}

/// Opens an engine for programs that others wrote, or that have ended a process before. What is part of this executable
/// runs them in another process; a command does so anyway.
fn open_contained(open: &Open, processes: &Processes, name: &str, like: Profile) -> Result<Box<dyn Engine>, OpenError> {
    match name.contains('=') {
        true => open(name, like, &processes.settings()),
        false => Ok(Box::new(
            Contained::open(name, like, processes).map_err(|error| OpenError::Contained(error.to_string()))?,
        )),
    }
}

/// The names of the engines of a run, each of which is there once.
fn engine_names(names: &[String]) -> Result<Vec<&str>, CommandError> {
    let names: Vec<&str> = match names {
        [] => DEFAULT_ENGINES.to_vec(),
        names => names.iter().map(String::as_str).collect(),
    };
    let is_there = |others: &[&str], name: &str| others.iter().any(|other| short_name(other) == short_name(name));
    match names.iter().enumerate().find(|(index, name)| is_there(&names[..*index], name)) {
        Some((_, twice)) => Err(CommandError::EngineTwice(short_name(twice).to_owned())),
        None => Ok(names),
    }
}

/// What the reference models beside tested engines: the one that is tested by default, or else the only one there is.
fn like<'a>(tested: impl Iterator<Item = &'a About>) -> Profile {
    let tested: Vec<&About> = tested.collect();
    let default = tested.iter().find(|about| about.name == engine::short_name(TESTED));
    let only = tested.first().filter(|_| tested.len() == 1);
    default.or(only).map_or_else(default_profile, |about| about.profile)
}

/// Opens engines by name, in order. The reference models the Python that is tested, as far as it can, which is said on
/// `err`.
fn open_engines(names: &[String], open: &OpenAs, err: &mut dyn Write) -> Result<Vec<Box<dyn Engine>>, CommandError> {
    let names = engine_names(names)?;
    let mut engines: Vec<(usize, Box<dyn Engine>)> = vec![];
    for (index, name) in names.iter().enumerate().filter(|(_, name)| **name != "reference") {
        let engine = open(name, default_profile())?;
        if let Some(note) = engine.about().note() {
            writeln!(err, "note: {note}")?;
        }
        engines.push((index, engine));
    }
    if let Some(index) = names.iter().position(|name| *name == "reference") {
        let tested = engines.iter().map(|(_, engine)| engine.about());
        let like = like(tested.filter(|about| about.role == Role::Tested));
        engines.push((index, open("reference", like)?));
    }
    engines.sort_by_key(|(index, _)| *index);
    Ok(engines.into_iter().map(|(_, engine)| engine).collect())
}

/// Opens the tested engine and the one whose behaviour is expected.
fn open_pair(names: &[String; 2], open: &OpenAs, err: &mut dyn Write) -> Result<[Box<dyn Engine>; 2], CommandError> {
    let alone = || CommandError::EngineAlone(names[0].clone());
    if names[0] == names[1] {
        return Err(alone());
    }
    open_engines(names, open, err)?.try_into().map_err(|_| alone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
