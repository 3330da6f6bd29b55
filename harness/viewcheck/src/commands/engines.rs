//! `viewcheck engines`: the engines that can be run on this machine.

use super::{CommandError, Console, DEFAULT_ENGINES, Exit, TESTED, default_profile};
use crate::report::{model, to_json};
use engine::{About, Facets, Role};
use serde::Serialize;
use std::io::{self, Write};

/// List the engines that can be run here: version, library, capabilities and what they can observe
#[derive(clap::Args, Debug, Default)]
pub(crate) struct Arguments {
    /// Print the list as JSON
    #[arg(long)]
    json: bool,
}

/// The version of the list for machines.
const SCHEMA: u32 = 1;

/// The list for machines.
#[derive(Serialize)]
struct List {
    schema: u32,
    engines: Vec<model::Engine>,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    let mut exit = Exit::Expected;
    let tested = (console.open)(TESTED, default_profile());
    let like = tested.as_ref().map_or_else(|_| default_profile(), |engine| engine.about().profile);
    let mut list = List { schema: SCHEMA, engines: vec![] };
    for name in DEFAULT_ENGINES {
        match (console.open)(name, like) {
            Ok(engine) if arguments.json => list.engines.push(engine.about().into()),
            Ok(engine) => describe(engine.about(), console.out)?,
            Err(error) => {
                let out = if arguments.json { &mut console.err } else { &mut console.out };
                writeln!(out, "{name}\n  can't be run: {error}")?;
                exit = Exit::BadInput;
            }
        }
    }
    if arguments.json {
        console.out.write_all(to_json(&list).as_bytes())?;
    }
    console.out.flush()?;
    Ok(exit)
}

/// Writes a few lines about an engine.
fn describe(about: &About, out: &mut dyn Write) -> io::Result<()> {
    let profile = about.profile;
    writeln!(out, "{}", about.name)?;
    writeln!(out, "  implementation  {}", about.implementation)?;
    writeln!(out, "  version         {} ({:?})", profile.version(), profile.abi())?;
    if about.role == Role::Reference {
        writeln!(out, "  models          {}, and the earlier releases of each branch", engine::newest())?;
    }
    if let Some(note) = about.note() {
        writeln!(out, "  note            {note}")?;
    }
    writeln!(out, "  origin          {}", about.origin.as_deref().unwrap_or("this program"))?;
    let capabilities: Vec<&str> = about.capabilities.iter().map(String::as_str).collect();
    writeln!(out, "  capabilities    {}", capabilities.join(", "))?;
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
