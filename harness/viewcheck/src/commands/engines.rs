//! `viewcheck engines`: what can be run here.

use super::{CommandError, Console, DEFAULT_ENGINES, Exit, default_profile};

/// List the engines that can be run here, with version, library and capabilities.
#[derive(clap::Args, Debug, Default)]
pub(crate) struct Arguments {}

pub(crate) fn run(_: &Arguments, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    let mut exit = Exit::Expected;
    let embedded = engine::open("embedded", default_profile());
    let like = embedded.as_ref().map_or_else(|_| default_profile(), |engine| engine.about().profile);
    for name in DEFAULT_ENGINES {
        match engine::open(name, like) {
            Ok(engine) => {
                let about = engine.about();
                let capabilities: Vec<&str> = about.capabilities.iter().map(String::as_str).collect();
                let profile = about.profile;
                writeln!(console.out, "{name}")?;
                writeln!(console.out, "  implementation  {}", about.implementation)?;
                writeln!(console.out, "  version         {} ({:?})", profile.version(), profile.abi())?;
                if name == "reference" {
                    writeln!(
                        console.out,
                        "  models          {}, and what came before in each branch",
                        engine::newest()
                    )?;
                }
                if let Some(note) = about.note() {
                    writeln!(console.out, "  note            {note}")?;
                }
                writeln!(console.out, "  library         {}", about.library.as_deref().unwrap_or("none"))?;
                writeln!(console.out, "  capabilities    {}", capabilities.join(", "))?;
            }
            Err(error) => {
                writeln!(console.out, "{name}\n  can't be run: {error}")?;
                exit = Exit::BadInput;
            }
        }
    }
    console.out.flush()?;
    Ok(exit)
}
