//! `viewcheck check-worker`: the process in which `viewcheck check` runs an engine that may crash. Internal.

use super::{CommandError, Console, Exit, default_profile, level_parser};
use crate::check::{Setup, serve};
use crate::compare::Level;
use crate::isolated::{ServeError, conclude};
use crate::processes::Processes;
use child::inside::Parent;
use std::path::PathBuf;

/// Run cases for a check.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    #[arg(long)]
    engine: String,
    #[arg(long, value_parser = level_parser())]
    level: Option<Level>,
    #[command(flatten)]
    processes: Processes,
    #[arg(long)]
    page: PathBuf,
    /// The folder that it may write in, if there is one.
    #[arg(long)]
    folder: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    let mut parent = Parent::connect()?;
    let settings = arguments.processes.settings();
    let opened = (console.open)(&arguments.engine, default_profile(), &settings);
    let mut bounds = arguments.processes.bounds(&[&arguments.engine]);
    bounds.iter_mut().for_each(|bounds| bounds.writes.extend(arguments.folder.clone()));
    let setup = Setup { page: &arguments.page, level: arguments.level, memory: settings.memory, bounds };
    let worked = opened.map_err(ServeError::from).and_then(|engine| serve(engine, &setup, &mut parent));
    Ok(if conclude(worked, &mut parent)? { Exit::Expected } else { Exit::BadInput })
}
