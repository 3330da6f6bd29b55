//! `viewcheck engines`: the engines that can be run on this machine, and whether a runner keeps the protocol.

use super::opening::{self, jobs};
use super::{CommandError, Console, Exit, TESTED, built_in, default_profile, open_contained, system};
use crate::conformance;
use crate::processes::Processes;
use crate::report::{model, to_json};
use engine::process::RUNNER;
use engine::{About, Facets, OpenError, Role};
use serde::Serialize;
use std::io::{self, Write};
use std::num::NonZero;

/// List the engines that can be run here: version, command, capabilities and what they can observe
///
/// Beside the reference and the embedded Python these are the Pythons that are found on PATH, among the versions of pyenv
/// and uv, and in the folders that VIEWCHECK_ENGINES names (separated as in PATH).
#[derive(clap::Args, Debug, Default)]
pub(crate) struct Arguments {
    /// Print the list as JSON
    #[arg(long)]
    pub(super) json: bool,
    /// Test whether a command keeps the protocol for runners, and say what it can do. The command is not run by a shell (see
    /// `viewcheck check --help`)
    #[arg(long, value_name = "NAME=COMMAND", conflicts_with_all = ["json", "runner"])]
    probe: Option<String>,
    /// Print runner.py; a command is given its path as the last argument
    #[arg(long, conflicts_with = "json")]
    runner: bool,
    /// The most engines that are started at the same time [default: the number of processors; at most 256]
    #[arg(long, value_name = "N", value_parser = system::jobs)]
    jobs: Option<NonZero<usize>>,
    #[command(flatten)]
    processes: Processes,
}

/// The version of the list for machines.
const SCHEMA: u32 = 1;

/// The list for machines.
#[derive(Serialize)]
struct List {
    schema: u32,
    engines: Vec<Listed>,
    /// What was found and can't be run.
    failed: Vec<Failed>,
}

#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    engine: model::Engine,
    /// What starts it, or where it was loaded from.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
}

#[derive(Serialize)]
struct Failed {
    engine: String,
    reason: String,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    if arguments.runner {
        console.tell(RUNNER, false)?;
        return Ok(Exit::Expected);
    }
    if let Some(command) = &arguments.probe {
        arguments.processes.announce([command.as_str()], console.err)?;
        return probe(command, &arguments.processes, console);
    }
    let (found, notes) = opening::found();
    let all: Vec<String> = built_in().map(str::to_owned).chain(found.iter().cloned()).collect();
    arguments.processes.announce(all.iter().map(String::as_str), console.err)?;
    let mut exit = Exit::Expected;
    let mut list = List { schema: SCHEMA, engines: vec![], failed: vec![] };
    let mut add = |name: &str, opened: Result<About, OpenError>, console: &mut Console<'_>| -> io::Result<()> {
        match opened {
            Ok(about) if arguments.json => {
                list.engines.push(Listed { engine: (&about).into(), origin: about.origin.clone() });
            }
            Ok(about) => describe(&about, console.out)?,
            Err(error) if arguments.json => {
                list.failed.push(Failed { engine: name.to_owned(), reason: error.to_string() });
            }
            Err(error) => writeln!(console.out, "{name}\n  can't be run: {error}")?,
        }
        console.out.flush()
    };
    for note in notes {
        writeln!(console.err, "note: {note}")?;
    }
    let found = found.into_iter().map(|name| (name, true)).collect();
    let openings = opening::open(found, jobs(arguments.jobs), &arguments.processes.settings())?;
    let open = |name: &str, like| open_contained(console.open, &arguments.processes, name, like);
    let tested = open(TESTED, default_profile()).map(|engine| engine.about().clone());
    let like = tested.as_ref().map_or_else(|_| default_profile(), |about| about.profile);
    for name in built_in() {
        let opened = open(name, like).map(|engine| engine.about().clone());
        if opened.is_err() {
            exit = Exit::BadInput;
        }
        add(name, opened, console)?;
    }
    for opening in openings {
        let name = opening.name.clone();
        let opened = opening.ready()?.map(|engine| engine.about().clone());
        add(&name, opened, console)?;
    }
    if arguments.json {
        console.out.write_all(to_json(&list).as_bytes())?;
    }
    console.out.flush()?;
    Ok(exit)
}

/// Tests a runner, and says which parts of the protocol it keeps.
fn probe(command: &str, processes: &Processes, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    let mut engine = (console.open)(command, default_profile(), &processes.settings())?;
    describe(engine.about(), console.out)?;
    let results = conformance::test(&mut *engine);
    let failed = results.iter().filter(|result| result.problem.is_some()).count();
    if let Some(problem) = conformance::everywhere(&results) {
        writeln!(console.out, "\nThe runner does none of what was tested: {problem}")?;
        console.out.flush()?;
        return Ok(Exit::Mismatch);
    }
    writeln!(console.out, "\nThe runner:")?;
    for result in &results {
        match (&result.problem, &result.lacks) {
            (Some(problem), _) => writeln!(console.out, "  WRONG  {}: {problem}", result.says)?,
            (None, Some(what)) => writeln!(console.out, "  -      {} (it does not support {what})", result.says)?,
            (None, None) => writeln!(console.out, "  ok     {}", result.says)?,
        }
    }
    let summary = match failed {
        0 => "It keeps the protocol.".to_owned(),
        failed => {
            let points = if failed == 1 { "point" } else { "points" };
            format!("In {failed} {points} the runner breaks the protocol, or the runtime differs from Python.")
        }
    };
    writeln!(console.out, "\n{summary}")?;
    console.out.flush()?;
    Ok(if failed == 0 { Exit::Expected } else { Exit::Mismatch })
}

/// Writes a few lines about an engine.
fn describe(about: &About, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", about.name)?;
    let own = about.implementation_version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    writeln!(out, "  implementation  {}{own}", about.implementation)?;
    writeln!(out, "  version         {} ({:?})", about.python, about.profile.abi())?;
    if about.role == Role::Reference {
        writeln!(out, "  models          {}, and the earlier releases of each branch", engine::newest())?;
    }
    if let Some(note) = about.note() {
        writeln!(out, "  note            {note}")?;
    }
    writeln!(out, "  origin          {}", about.origin.as_deref().unwrap_or("this program"))?;
    let capabilities: Vec<&str> = about.capabilities.iter().map(String::as_str).collect();
    writeln!(out, "  capabilities    {}", capabilities.join(", "))?;
    if let Some(documented) = engine::subset::documented(&about.implementation) {
        // Most names say little; those of views say most.
        let is_told = |name: &&String| !name.contains('.') || name.starts_with("memoryview.") && !name.contains("__");
        let told: Vec<&str> = about.lacks.iter().filter(is_told).map(String::as_str).collect();
        let others = about.lacks.len() - told.len();
        writeln!(out, "  lacks           {}, and {others} others (see --json)", told.join(", "))?;
        writeln!(out, "                  as it documents: {documented}")?;
    }
    writeln!(out, "  sees            {}", sight(about.sees))
}

/// What an engine sees, the shorter way round.
fn sight(sees: Facets) -> String {
    let all = || Facets::ALL.names();
    let unseen: Vec<&str> = all().filter(|name| !sees.names().any(|seen| seen == *name)).collect();
    match unseen.len() {
        0 => "everything".to_owned(),
        few if few <= all().count() / 2 => format!("everything except: {}", unseen.join(", ")),
        _ => sees.names().collect::<Vec<_>>().join(", "),
    }
}
