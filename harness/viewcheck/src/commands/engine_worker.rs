//! `viewcheck engine-worker`: the process in which `viewcheck replay` and others run programs on an engine that may crash.
//! Internal.

use super::{CommandError, Console, Exit};
use crate::isolated::{ServeError, conclude, serve};
use crate::processes::Processes;
use child::inside::Parent;
use engine::{Abi, Profile, Version};
use std::path::PathBuf;

/// Run programs on an engine.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    #[arg(long)]
    engine: String,
    #[arg(long)]
    like: Version,
    #[arg(long = "32bit")]
    is_32bit: bool,
    #[arg(long)]
    page: PathBuf,
    /// The folder that it may write in, if there is one.
    #[arg(long)]
    folder: Option<PathBuf>,
    #[command(flatten)]
    processes: Processes,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    let mut parent = Parent::connect()?;
    let settings = arguments.processes.settings();
    let abi = if arguments.is_32bit { Abi::Ilp32 } else { Abi::Lp64 };
    let opened = (console.open)(&arguments.engine, Profile::new(arguments.like, abi), &settings);
    let mut bounds = arguments.processes.bounds(&[&arguments.engine]);
    bounds.iter_mut().for_each(|bounds| bounds.writes.extend(arguments.folder.clone()));
    let (page, memory) = (&arguments.page, settings.memory);
    let run = |engine| serve(engine, page, memory, bounds.as_ref(), &mut parent);
    let worked = opened.map_err(ServeError::from).and_then(run);
    Ok(if conclude(worked, &mut parent)? { Exit::Expected } else { Exit::BadInput })
}
