//! `viewcheck worker`: the process in which `viewcheck fuzz` runs programs. Internal.

use super::{CommandError, Console, Exit, level_parser, open_pair};
use crate::campaign::message::Report;
use crate::campaign::{Setup, WorkerError, serve};
use crate::compare::Level;
use crate::enumerate::Extent;
use crate::processes::Processes;
use crate::shard::Shard;
use child::inside::Parent;
use std::io;
use std::path::PathBuf;

/// Run programs for a campaign.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    #[arg(long)]
    engine: String,
    #[arg(long)]
    against: String,
    #[arg(long)]
    seed: u64,
    #[arg(long)]
    shard: Option<Shard>,
    #[arg(long)]
    length: usize,
    #[arg(long)]
    depth: Option<usize>,
    #[arg(long)]
    all: bool,
    #[arg(long, value_parser = level_parser())]
    level: Level,
    #[arg(long)]
    number: u64,
    #[arg(long)]
    page: PathBuf,
    #[command(flatten)]
    processes: Processes,
    #[arg(long)]
    exact: bool,
    #[arg(long)]
    guided: bool,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    let mut parent = Parent::connect()?;
    let reason = match work(arguments, console, &mut parent) {
        // If the parent has ended, nobody reads an explanation.
        Ok(()) | Err(CommandError::Worker(WorkerError::Gone(_))) => return Ok(Exit::Expected),
        Err(error) => error.to_string(),
    };
    parent.reply(&Report::Failed(reason))?;
    Ok(Exit::BadInput)
}

fn work(arguments: &Arguments, console: &mut Console<'_>, parent: &mut Parent) -> Result<(), CommandError> {
    // First, so that a worker whose campaign ends while an engine starts ends too, and in order.
    let orders = parent.requests().map_err(WorkerError::Begin)?;
    let settings = arguments.processes.settings();
    let open = |name: &str, like| (console.open)(name, like, &settings);
    let engines = open_pair(&[arguments.engine.clone(), arguments.against.clone()], &open, &mut io::sink())?;
    let bounds = arguments.processes.bounds(&[&arguments.engine, &arguments.against]);
    let setup = Setup {
        seed: arguments.seed,
        shard: arguments.shard,
        length: arguments.length,
        extent: arguments.depth.map(|depth| Extent { depth, all: arguments.all }),
        level: arguments.level,
        number: arguments.number,
        page: arguments.page.clone(),
        memory: settings.memory,
        timeout: settings.timeout,
        bounds,
        exact: arguments.exact,
        guided: arguments.guided,
    };
    Ok(serve(engines, orders, &setup, parent)?)
}
