//! `viewcheck enumerate`: a campaign over every small program.

use super::fuzz::{default_folder, finish, open_output, refuse_empty};
use super::options::size_in;
use super::{
    AGAINST, CommandError, Console, Exit, TESTED, interrupted, level_parser, open_contained, open_pair, opening, spec,
    system,
};
use crate::campaign::{self, Options, State};
use crate::compare::Level;
use crate::enumerate::{Extent, Space, listing};
use crate::findings::Known;
use crate::generate::Abilities;
use crate::processes::{Processes, duration};
use crate::shard::Shard;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Run every small program on two engines and say how many agree.
///
/// A program is one of the exporters of a small alphabet with a view of it, and then at most so many of its operations.
/// What differs is shrunk and kept as by `viewcheck fuzz`, and short programs run first. The last lines say how many
/// programs there are, how many agree, and what is not among them.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// Most operations in a program, beside those that make its exporter and its first view [default: 2; with --resume,
    /// that of the campaign]
    #[arg(long, value_name = "N", value_parser = size_in(Extent::DEPTHS))]
    depth: Option<usize>,
    /// Also run programs in which an operation that only reads stands before the last one
    #[arg(long)]
    all: bool,
    /// Run only the I-th of N parts of the programs, as in 2/4, so that several machines share them [default: all; with
    /// --resume, the shard of the campaign]
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Print the exporters and operations of the alphabet and how many programs there are, and run nothing
    #[arg(long)]
    list: bool,
    /// Engine to test: `embedded`, `reference@3.12`, or a command as in `pypy=pypy3` [default: embedded, or python=python3
    /// if viewcheck was built without it; with --resume, the engine of the campaign]
    #[arg(long, value_name = "ENGINE")]
    engine: Option<String>,
    /// Engine whose behaviour is expected [default: reference; with --resume, that of the campaign]
    #[arg(long, value_name = "ENGINE")]
    against: Option<String>,
    /// Stop after this long, for example 60s, 10m or 8h, although it is not complete [default: no limit]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    time: Option<Duration>,
    /// Number of worker processes [default: one per processor; at most 256]
    #[arg(long, value_name = "N", value_parser = system::jobs)]
    jobs: Option<NonZeroUsize>,
    /// Folder for the findings and the state of the campaign [default: viewcheck/enumerated in cargo's target directory]
    #[arg(long, value_name = "DIR")]
    findings: Option<PathBuf>,
    /// How much of an error must match, as for `viewcheck fuzz`
    #[arg(long, value_parser = level_parser())]
    level: Option<Level>,
    /// Write the results to this file as JSON; `-` is standard output
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Continue the campaign in the findings folder
    #[arg(long)]
    resume: bool,
    #[command(flatten)]
    processes: Processes,
}

/// The depth without --depth.
const DEPTH: usize = 2;

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    let findings = arguments.findings.clone().unwrap_or_else(|| default_folder("enumerated"));
    let (names, extent) = begin(arguments, &findings)?;
    if arguments.list {
        let space = Space::new(extent, &Abilities::default());
        let text = format!("{}\n{}\n", listing(), space.summary());
        console.tell(&text, false)?;
        return Ok(Exit::Expected);
    }
    arguments.processes.announce(names.iter().map(String::as_str), console.err)?;
    // As for `fuzz`: workers open their own.
    let open = |name: &str, like| open_contained(console.open, &arguments.processes, name, like);
    let engines = open_pair(&names, &open, console.err)?.map(|engine| engine.about().clone());
    let known = Known::new(spec::entries(console.carried))?;
    let output = arguments.json.as_deref().map(|path| open_output(path, &findings)).transpose()?;
    let space = Space::new(extent, &Abilities::of(&engines));
    refuse_empty(arguments.shard, Some(space.len()))?;
    let options = Options {
        engines: names,
        seed: Some(space.seed()),
        shard: arguments.shard,
        length: Some(space.longest()),
        extent: Some(extent),
        level: arguments.level,
        findings,
        resume: arguments.resume,
        programs: Some(space.len()),
        time: arguments.time,
        jobs: opening::jobs(arguments.jobs).get(),
        processes: arguments.processes.clone(),
        exact: false,
        guided: None,
        seeds: vec![],
    };
    let summary = campaign::run(&options, &engines, known, &interrupted, console.progress, console.err)?;
    let text = summary.text();
    finish(summary, &text, output, console)
}

/// The engines, and which programs they run. With --resume they are those of the campaign.
fn begin(arguments: &Arguments, findings: &Path) -> Result<([String; 2], Extent), CommandError> {
    let given = [arguments.engine.as_deref(), arguments.against.as_deref()];
    if !arguments.resume {
        let names = [given[0].unwrap_or(TESTED), given[1].unwrap_or(AGAINST)].map(str::to_owned);
        return Ok((names, Extent { depth: arguments.depth.unwrap_or(DEPTH), all: arguments.all }));
    }
    let state = State::read(findings)?;
    let before = state.settings.extent.unwrap_or(Extent { depth: DEPTH, all: false });
    let extent = Extent { depth: arguments.depth.unwrap_or(before.depth), all: arguments.all || before.all };
    Ok((state.engines(findings, given)?, extent))
}
