//! What the commands have in common that are campaigns: `viewcheck fuzz` and `viewcheck enumerate`.

use super::{
    AGAINST, CommandError, Console, Exit, TESTED, level_parser, open_contained, open_pair, opening, spec, system,
};
use crate::campaign::{self, State, Summary};
use crate::compare::Level;
use crate::findings::Known;
use crate::output::Output;
use crate::processes::Processes;
use crate::report::counted;
use crate::shard::{BLOCK, Shard};
use engine::About;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

/// Their options that are the same.
#[derive(clap::Args, Debug)]
pub(super) struct Shared {
    /// Engine to test: `embedded`, `reference@3.12`, or a command as in `pypy=pypy3`, which is not run by a shell (see
    /// `viewcheck check --help`) [default: embedded, or python=python3 if viewcheck was built without it; with --resume,
    /// the engine of the campaign]
    #[arg(long, value_name = "ENGINE")]
    engine: Option<String>,
    /// Engine whose behaviour is expected [default: reference; with --resume, that of the campaign]
    #[arg(long, value_name = "ENGINE")]
    against: Option<String>,
    /// How much of an error must match: `value` (any error), `type` (its type) or `message` (its type and text) [default:
    /// `message` if both engines are CPython or the reference, otherwise `type`, where other wordings are only counted;
    /// with --resume, that of the campaign]
    #[arg(long, value_parser = level_parser())]
    pub(super) level: Option<Level>,
    /// Write the results to this file as JSON; `-` is standard output
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Number of worker processes [default: one per processor; at most 256]
    #[arg(long, value_name = "N", value_parser = system::jobs)]
    jobs: Option<NonZeroUsize>,
    /// Continue the campaign in the findings folder
    #[arg(long)]
    pub(super) resume: bool,
}

/// What a campaign begins with.
pub(super) struct Begun {
    /// Who the engines are: the tested one and the one whose behaviour is expected.
    pub(super) engines: [About; 2],
    pub(super) known: Known,
    /// The file for the results.
    pub(super) output: Option<Output>,
}

impl Shared {
    /// The names of the tested engine and of the one whose behaviour is expected; of a campaign that goes on, its own.
    pub(super) fn names(&self, resume: bool, findings: &Path) -> Result<[String; 2], CommandError> {
        let given = [self.engine.as_deref(), self.against.as_deref()];
        match resume {
            true => Ok(State::read(findings)?.engines(findings, given)?),
            false => Ok([given[0].unwrap_or(TESTED), given[1].unwrap_or(AGAINST)].map(str::to_owned)),
        }
    }

    /// Asks the engines who they are, and opens the file for the results. Workers open their own engines.
    pub(super) fn begin(
        &self,
        names: &[String; 2],
        findings: &Path,
        processes: &Processes,
        console: &mut Console<'_>,
    ) -> Result<Begun, CommandError> {
        processes.announce(names.iter().map(String::as_str), console.err)?;
        let open = |name: &str, like| open_contained(console.open, processes, name, like);
        let engines = open_pair(names, &open, console.err)?.map(|engine| engine.about().clone());
        let known = Known::new(spec::entries(console.carried))?;
        let output = self.json.as_deref().map(|path| open_output(path, findings)).transpose()?;
        Ok(Begun { engines, known, output })
    }

    /// The number of workers.
    pub(super) fn jobs(&self) -> usize {
        opening::jobs(self.jobs).get()
    }
}

/// A default folder for findings.
pub(super) fn default_folder(name: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").filter(|target| !target.is_empty());
    target.map_or_else(|| PathBuf::from("target"), PathBuf::from).join("viewcheck").join(name)
}

/// Prints the summary of a campaign and writes its results.
pub(super) fn finish(
    summary: Summary,
    text: &str,
    output: Option<Output>,
    console: &mut Console<'_>,
) -> Result<Exit, CommandError> {
    // The summary is printed even if the file can't be written.
    let told = console.tell(text, output.as_ref().is_some_and(Output::is_standard));
    if let Some(output) = output {
        output.write(summary.json(), console.out)?;
    }
    told?;
    exit(summary)
}

/// What a campaign ends with.
fn exit(summary: Summary) -> Result<Exit, CommandError> {
    if let Some(error) = summary.error {
        return Err(error.into());
    }
    Ok(match (summary.interrupted, summary.has_findings()) {
        (true, _) => Exit::Interrupted,
        (false, true) => Exit::Mismatch,
        (false, false) if summary.is_idle => Exit::BadInput,
        (false, false) => Exit::Expected,
    })
}

/// Refuses a shard that has none of so few programs.
pub(super) fn refuse_empty(shard: Option<Shard>, programs: Option<u64>) -> Result<(), CommandError> {
    match (shard, programs) {
        (Some(shard), Some(programs)) if shard.programs(programs) == 0 => {
            let why = format!("of {}, each shard takes {BLOCK} in turn", counted(programs, "program"));
            Err(CommandError::EmptyShard(shard, why))
        }
        _ => Ok(()),
    }
}

/// Opens the file for the results, which may lie in a folder that the campaign makes.
fn open_output(path: &Path, findings: &Path) -> Result<Output, CommandError> {
    campaign::make_folder(findings)?;
    let output = Output::open(path)?;
    match campaign::own_files(findings).iter().any(|file| output.is(file)) {
        true => Err(CommandError::OutputOverState(path.display().to_string())),
        false => Ok(output),
    }
}
