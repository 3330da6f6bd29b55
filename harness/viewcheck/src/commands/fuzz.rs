//! `viewcheck fuzz`: a fuzzing campaign.

use super::options::{number, size_in};
use super::{
    AGAINST, Carried, CommandError, Console, Exit, TESTED, interrupted, level_parser, open_contained, open_pair,
    opening, spec, system,
};
use crate::campaign::{self, CampaignError, Options, State, StateError, Summary};
use crate::compare::Level;
use crate::findings::Known;
use crate::generate::Abilities;
use crate::output::Output;
use crate::processes::{Processes, duration};
use crate::report::counted;
use crate::report::escape::shell;
use crate::seeds::Seeds;
use crate::shard::{BLOCK, Shard};
use engine::About;
use program::Program;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Run generated programs on two engines and keep every difference as a finding.
///
/// Each finding is confirmed, shrunk to a few operations, and kept as a folder with a case, a few lines of plain Python
/// and a record of the run. The same seed gives the same programs and the same findings.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// Engine to test: `embedded`, `reference@3.12`, or a command as in `pypy=pypy3`, which is not run by a shell (see
    /// `viewcheck check --help`) [default: embedded, or python=python3 if viewcheck was built without it; with --resume,
    /// the engine of the campaign]
    #[arg(long, value_name = "ENGINE")]
    engine: Option<String>,
    /// Engine whose behaviour is expected [default: reference; with --resume, that of the campaign]
    #[arg(long, value_name = "ENGINE")]
    against: Option<String>,
    /// Stop after this long, for example 60s, 10m or 8h [default: 60s, unless --programs is given]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    time: Option<Duration>,
    /// Stop after this many programs [default: no limit]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    programs: Option<u64>,
    /// Seed of the program generator [default: random; with --resume, the seed of the campaign]
    #[arg(long, value_name = "N", value_parser = number)]
    seed: Option<u64>,
    /// Run only part I of N of the programs, so that N machines share a campaign, as in 2/4: of each N blocks of 256
    /// programs the I-th. With the same --seed and --programs, all shards together run the programs that one campaign
    /// without shards runs [default: all; with --resume, the shard of the campaign]
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Number of worker processes [default: one per processor; at most 256]
    #[arg(long, value_name = "N", value_parser = system::jobs)]
    jobs: Option<NonZeroUsize>,
    /// Folder for the findings and the state of the campaign [default: viewcheck/findings in cargo's target directory]
    #[arg(long, value_name = "DIR")]
    findings: Option<PathBuf>,
    /// Maximum number of operations in a program [default: 14; with --resume, that of the campaign]
    #[arg(long, value_name = "N", value_parser = size_in(campaign::LENGTHS))]
    length: Option<usize>,
    /// How much of an error must match: `value` (any error), `type` (its type) or `message` (its type and text) [default:
    /// `message` if both engines are CPython or the reference, otherwise `type`, where other wordings are only counted;
    /// with --resume, that of the campaign]
    #[arg(long, value_parser = level_parser())]
    level: Option<Level>,
    /// Write the results to this file as JSON; `-` is standard output
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Print how often each operation succeeded or raised, counted over all programs instead of a sample
    #[arg(long)]
    stats: bool,
    /// Keep programs that show new behaviour, and run mutants of them. Begins with the cases of viewcheck and the findings in
    /// the folder
    #[arg(long)]
    guided: bool,
    /// Continue the campaign in the findings folder
    #[arg(long)]
    resume: bool,
    /// Continue the campaign in the findings folder, or begin a new one there if there is none or it can't be continued: it is
    /// of another version of viewcheck or of an engine, has other settings, or its files are damaged. Findings and the
    /// programs that a guided campaign has kept stay
    #[arg(long, conflicts_with = "resume")]
    resume_or_begin: bool,
    #[command(flatten)]
    processes: Processes,
}

/// A default folder for findings.
pub(super) fn default_folder(name: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").filter(|target| !target.is_empty());
    target.map_or_else(|| PathBuf::from("target"), PathBuf::from).join("viewcheck").join(name)
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    refuse_empty(arguments.shard, arguments.programs)?;
    let findings = arguments.findings.clone().unwrap_or_else(|| default_folder("findings"));
    let resume = arguments.resume || arguments.resume_or_begin;
    let error = match run_in(&findings, resume, arguments, console) {
        Err(CommandError::State(error) | CommandError::Campaign(CampaignError::State(error))) => error,
        result => return result,
    };
    if !arguments.resume_or_begin || !error.is_final() {
        return Err(error.into());
    }
    if !matches!(error, StateError::Missing(_)) {
        let (folder, why) = (findings.display(), error.reason());
        writeln!(console.err, "note: a new campaign begins in {folder}, whose findings stay, because {why}")?;
    }
    run_in(&findings, false, arguments, console)
}

/// Runs a campaign in a folder, or goes on with the one that it has.
fn run_in(
    findings: &Path,
    resume: bool,
    arguments: &Arguments,
    console: &mut Console<'_>,
) -> Result<Exit, CommandError> {
    let names = engines(arguments, resume, findings)?;
    arguments.processes.announce(names.iter().map(String::as_str), console.err)?;
    // Here it is only asked who they are; workers open their own.
    let open = |name: &str, like| open_contained(console.open, &arguments.processes, name, like);
    let engines = open_pair(&names, &open, console.err)?.map(|engine| engine.about().clone());
    let known = Known::new(spec::entries(console.carried))?;
    let seeds = match arguments.guided && !resume {
        true => seeds(console.carried, findings, &engines),
        false => vec![],
    };
    let output = arguments.json.as_deref().map(|path| open_output(path, findings)).transpose()?;
    let options = Options {
        engines: names,
        seed: arguments.seed,
        shard: arguments.shard,
        length: arguments.length,
        extent: None,
        level: arguments.level,
        findings: findings.to_owned(),
        resume,
        programs: arguments.programs,
        time: arguments.time,
        jobs: opening::jobs(arguments.jobs).get(),
        processes: arguments.processes.clone(),
        exact: arguments.stats,
        guided: arguments.guided.then_some(true),
        seeds,
    };
    let folder = options.findings.display().to_string();
    let summary = campaign::run(&options, &engines, known, &interrupted, console.progress, console.err)?;
    let mut text = summary.text();
    if arguments.stats {
        text = format!("{}\n{text}", summary.statistics());
    }
    // One that is not at its end says last how it goes on.
    if !summary.interrupted && summary.error.is_none() {
        text += &format!(
            "For a page with plots of this campaign run `viewcheck report --campaign {} --out DIR`.\n",
            shell(&folder)
        );
    }
    finish(summary, &text, output, console)
}

/// The programs that a guided campaign begins with.
fn seeds(carried: &Carried, findings: &Path, engines: &[About; 2]) -> Vec<Program> {
    let mut seeds = Seeds::new(Abilities::of(engines));
    seeds.add_cases(&spec::cases(carried));
    seeds.add_kept(findings);
    // A folder that can't be read is one that the campaign can't use, which says so.
    let _ = seeds.add_findings(findings);
    seeds.programs
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

/// The names of the tested engine and of the one whose behaviour is expected.
fn engines(arguments: &Arguments, resume: bool, findings: &Path) -> Result<[String; 2], CommandError> {
    let given = [arguments.engine.as_deref(), arguments.against.as_deref()];
    match resume {
        true => Ok(State::read(findings)?.engines(findings, given)?),
        false => Ok([given[0].unwrap_or(TESTED), given[1].unwrap_or(AGAINST)].map(str::to_owned)),
    }
}

/// Opens the file for the results, which may lie in a folder that the campaign makes.
pub(super) fn open_output(path: &Path, findings: &Path) -> Result<Output, CommandError> {
    campaign::make_folder(findings)?;
    let output = Output::open(path)?;
    match campaign::own_files(findings).iter().any(|file| output.is(file)) {
        true => Err(CommandError::OutputOverState(path.display().to_string())),
        false => Ok(output),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_tells_what_is_usual() {
        assert_eq!((campaign::LENGTH, campaign::TIME), (14, Duration::from_secs(60)));
    }
}
