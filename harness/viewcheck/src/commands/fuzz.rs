//! `viewcheck fuzz`: a fuzzing campaign.

use super::campaigns::{Begun, Shared, default_folder, finish, refuse_empty};
use super::options::{number, size_in};
use super::{Carried, CommandError, Console, Exit, interrupted, spec};
use crate::campaign::{self, CampaignError, Options, StateError};
use crate::generate::Abilities;
use crate::processes::{Processes, duration};
use crate::report::escape::shell;
use crate::seeds::Seeds;
use crate::shard::Shard;
use engine::About;
use program::Program;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Run generated programs on two engines and keep every difference as a finding.
///
/// Each finding is confirmed, shrunk to a few operations, and kept as a folder with a case, a few lines of plain Python
/// and a record of the run. The same seed gives the same programs and the same findings.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    #[command(flatten)]
    shared: Shared,
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
    /// Folder for the findings and the state of the campaign [default: viewcheck/findings in cargo's target directory]
    #[arg(long, value_name = "DIR")]
    findings: Option<PathBuf>,
    /// Maximum number of operations in a program [default: 14; with --resume, that of the campaign]
    #[arg(long, value_name = "N", value_parser = size_in(campaign::LENGTHS))]
    length: Option<usize>,
    /// Print how often each operation succeeded or raised, counted over all programs instead of a sample
    #[arg(long)]
    stats: bool,
    /// Keep programs that show new behaviour, and run mutants of them. Begins with the cases of viewcheck and the findings in
    /// the folder
    #[arg(long)]
    guided: bool,
    /// Continue the campaign in the findings folder, or begin a new one there if there is none or it can't be continued: it is
    /// of another version of viewcheck or of an engine, has other settings, or its files are damaged. Findings and the
    /// programs that a guided campaign has kept stay
    #[arg(long, conflicts_with = "resume")]
    resume_or_begin: bool,
    #[command(flatten)]
    processes: Processes,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    refuse_empty(arguments.shard, arguments.programs)?;
    let findings = arguments.findings.clone().unwrap_or_else(|| default_folder("findings"));
    let resume = arguments.shared.resume || arguments.resume_or_begin;
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
    let shared = &arguments.shared;
    let names = shared.names(resume, findings)?;
    let Begun { engines, known, output } = shared.begin(&names, findings, &arguments.processes, console)?;
    let seeds = match arguments.guided && !resume {
        true => seeds(console.carried, findings, &engines),
        false => vec![],
    };
    let options = Options {
        engines: names,
        seed: arguments.seed,
        shard: arguments.shard,
        length: arguments.length,
        extent: None,
        level: shared.level,
        findings: findings.to_owned(),
        resume,
        programs: arguments.programs,
        time: arguments.time,
        jobs: shared.jobs(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_tells_what_is_usual() {
        assert_eq!((campaign::LENGTH, campaign::TIME), (14, Duration::from_secs(60)));
    }
}
