//! `viewcheck enumerate`: a campaign over every small program.

use super::campaigns::{Begun, Shared, default_folder, finish, refuse_empty};
use super::options::size_in;
use super::{CommandError, Console, Exit, interrupted};
use crate::campaign::{self, Options, State};
use crate::enumerate::{Extent, Space, listing};
use crate::generate::Abilities;
use crate::processes::{Processes, duration};
use crate::shard::Shard;
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
    #[command(flatten)]
    shared: Shared,
    /// Stop after this long, for example 60s, 10m or 8h, although it is not complete [default: no limit]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    time: Option<Duration>,
    /// Folder for the findings and the state of the campaign [default: viewcheck/enumerated in cargo's target directory]
    #[arg(long, value_name = "DIR")]
    findings: Option<PathBuf>,
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
    let shared = &arguments.shared;
    let Begun { engines, known, output } = shared.begin(&names, &findings, &arguments.processes, console)?;
    let space = Space::new(extent, &Abilities::of(&engines));
    refuse_empty(arguments.shard, Some(space.len()))?;
    let options = Options {
        engines: names,
        seed: Some(space.seed()),
        shard: arguments.shard,
        length: Some(space.longest()),
        extent: Some(extent),
        level: shared.level,
        findings,
        resume: shared.resume,
        programs: Some(space.len()),
        time: arguments.time,
        jobs: shared.jobs(),
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
    let usual = Extent { depth: DEPTH, all: false };
    let before = match arguments.shared.resume {
        true => State::read(findings)?.settings.extent.unwrap_or(usual),
        false => usual,
    };
    let extent = Extent { depth: arguments.depth.unwrap_or(before.depth), all: arguments.all || before.all };
    Ok((arguments.shared.names(arguments.shared.resume, findings)?, extent))
}
