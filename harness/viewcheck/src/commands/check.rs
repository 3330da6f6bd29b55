//! `viewcheck check`: cases on engines.

use super::opening::{self, Opening, jobs};
use super::outputs::{Files, Outputs};
use super::{
    CommandError, Console, Exit, built_in, engine_names, interrupted, level_parser, like, report, signals, spec, system,
};
use crate::check::{EnginesUnderTest, Launch, Opened, Run, StartError, Starting, check};
use crate::compare::Level;
use crate::known;
use crate::processes::Processes;
use crate::report::changes::{self, Changes, Extent};
use crate::report::count;
use crate::report::escape::{terminal, visible};
use crate::report::model::{Results, Scope, Shards};
use crate::report::summary;
use crate::shard::Shard;
use crate::versions;
use cases::{Case, Document, Suite};
use engine::{Role, short_name};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::num::NonZero;
use std::path::PathBuf;

/// Run the cases on engines and report every mismatch.
///
/// Each engine is compared with the expectations of the case; a step without one must not raise. What a case does not speak
/// of, such as what every view is like after each step, is compared with the reference.
///
/// The exit code is 0 if everything is as expected, and 1 otherwise. With --baseline it is 1 only for regressions: for a
/// case that passed on an engine and does not any more, and for a crash or a hang where there was none.
#[derive(clap::Args, Debug, Default)]
pub(crate) struct Arguments {
    /// Files of cases, or folders that contain them [default: spec in a checkout of viewcheck, otherwise the cases that
    /// viewcheck carries]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Engine to run the cases on; may be repeated: `reference`, `reference@3.12`, `embedded`, a command as in
    /// `pypy=pypy3`, or `all` (everything that `viewcheck engines` lists, except Pythons older than 3.8). A command is
    /// split into words as in a shell, with quotes, but not run by a shell: instead of `X=1 COMMAND` write `env X=1
    /// COMMAND`, and instead of `~` the path [default: reference and embedded; `python=python3` for the latter if
    /// viewcheck was built without it]
    #[arg(long = "engine", value_name = "ENGINE")]
    engines: Vec<String>,
    /// The most engines that run at the same time [default: the number of processors; at most 256]
    #[arg(long, value_name = "N", value_parser = system::jobs)]
    jobs: Option<NonZero<usize>>,
    /// How much of an error must match: `value` (any error), `type` (its type) or `message` (its type and text) [default:
    /// `message` for CPython and the reference, `type` for other implementations, whose wordings are only counted]
    #[arg(long, value_parser = level_parser())]
    level: Option<Level>,
    /// Run only the cases whose id, section, claim or document contains this text
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Run only part I of N of the cases, so that N machines share a run, as in 2/4. `viewcheck report` with the results of
    /// all shards gives what one run of all cases gives
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Write index.html, report.md, summary.md (short, for a pull request), badge.svg, badge.json and results.json into this
    /// folder, and matrix.md if several engines are tested or a tested engine differs [default: reports/local when every case is checked in a checkout of viewcheck, otherwise none]
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    #[command(flatten)]
    processes: Processes,
    #[command(flatten)]
    files: Files,
    /// Compare with stored results (results.json, or a file written by --json): list what is fixed, broken, new or
    /// removed, and exit with 1 only for regressions. What failed before, new cases that fail, cases that could not be
    /// run before and fail, and known divergences that are gone are listed and are no regressions. The reference counts
    /// like other engines
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
}

impl Arguments {
    /// Whether every case is checked, here or in other shards.
    fn has_all_claims(&self) -> bool {
        self.filter.is_none() && self.paths.is_empty()
    }

    /// Whether every case is checked.
    fn has_all_cases(&self) -> bool {
        self.extent() == Extent::All
    }

    /// Which cases are checked.
    fn extent(&self) -> Extent {
        match (&self.filter, &self.paths[..]) {
            _ if self.shard.is_some_and(|shard| !shard.is_whole()) => Extent::Part,
            (Some(_), _) => Extent::Part,
            (None, []) => Extent::All,
            (None, _) => Extent::Files,
        }
    }

    /// Whether everything is checked, and each engine as strictly as is usual for it.
    fn is_complete(&self) -> bool {
        self.has_all_cases() && self.engines.is_empty() && self.level.is_none()
    }

    /// The folder for reports, if any are to be written. By itself a check leaves alone what is committed.
    fn report_folder(&self) -> Option<PathBuf> {
        let default = || spec::is_checkout().then(|| PathBuf::from("reports/local"));
        self.report.clone().or_else(|| default().filter(|_| self.is_complete()))
    }
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    let starting = start(arguments, console)?;
    let former = arguments.baseline.as_deref().map(report::whole).transpose()?;
    let outputs = Outputs::open(&arguments.files, arguments.report_folder())?.only_complete();
    let mut suite = match &arguments.paths[..] {
        [] => spec::cases(console.carried),
        paths => cases::load(paths),
    };
    let known = spec::known(&mut suite, arguments.paths.is_empty(), console.carried);
    for problem in &suite.problems {
        writeln!(console.err, "{}", problem.render(console.paint.color))?;
    }
    if let Some(text) = &arguments.filter {
        retain(&mut suite, text);
        if suite.documents.is_empty() && suite.problems.is_empty() {
            return Err(CommandError::NothingMatches(text.clone()));
        }
    }
    let shards = arguments.shard.map(|shard| deal(&mut suite, shard)).transpose()?.flatten();
    let mut under_test = match under_test(arguments, starting, console) {
        Err(CommandError::Start(StartError::Stopped)) => return Ok(Exit::Interrupted),
        under_test => under_test?,
    };
    if let Some(former) = &former {
        let about = under_test.about();
        let engines: Vec<(&str, bool)> =
            about.iter().map(|about| (about.name.as_str(), about.role == Role::Tested)).collect();
        changes::comparable(former, &engines)?;
    }
    let progress = console.progress && !outputs.take_stdout();
    let run = signals::patiently(|| run_suite(&suite, &mut under_test, arguments.level, progress));
    let stopped = interrupted();
    let mut results = Results::of_run(&suite, &run, Scope { level: arguments.level, interrupted: stopped });
    known::apply(&mut results, &known);
    results.shards = shards;
    if arguments.has_all_claims() && results.complete {
        let unbroken = known::unbroken(&results, &known);
        match &mut results.shards {
            Some(shards) => shards.unbroken = unbroken,
            None => results.unbroken = unbroken,
        }
    }
    if results.complete {
        results.changes = versions::changes(&suite);
    }
    let since = former.as_ref().map(|former| Changes::between(former, &results, arguments.extent()));
    let text = match &since {
        Some(changes) => summary::render_since(&results, changes, console.paint),
        None => summary::render(&results, console.paint),
    };
    // What came of the run is told whatever becomes of the files.
    let is_taken = outputs.take_stdout();
    let told = console.tell(&text, is_taken);
    let written = outputs.write(&results, since.as_ref(), console)?;
    told.and_then(|()| console.tell(&written, is_taken))?;
    let failures = since.as_ref().map_or_else(|| results.bad(), Changes::regressions);
    Ok(exit(stopped, &results, failures))
}

/// An engine that gets ready while the cases are read.
enum Pending {
    /// Embedded, in a process of its own.
    Isolated(Box<Starting>),
    /// A command.
    Command(Opening),
}

/// The engines of a run: their names, in order, and those that are not the reference as far as they are started.
struct Engines {
    names: Vec<String>,
    pending: Vec<Pending>,
}

/// Starts the engines but for the reference.
fn start(arguments: &Arguments, console: &mut Console<'_>) -> Result<Engines, CommandError> {
    let mut names: Vec<(String, bool)> = vec![];
    for name in engine_names(&arguments.engines)? {
        if name != opening::ALL {
            names.push((name.to_owned(), false));
            continue;
        }
        let (found, notes) = opening::found();
        for note in notes {
            writeln!(console.err, "note: {note}")?;
        }
        let usual = built_in().map(|name| (name.to_owned(), false));
        let found = usual.chain(found.into_iter().map(|name| (name, true)));
        let is_named = |name: &str| arguments.engines.iter().any(|named| short_name(named) == short_name(name));
        names.extend(found.filter(|(name, _)| !is_named(name)));
    }
    let commands = names.iter().filter(|(name, _)| name.contains('=')).cloned().collect();
    arguments.processes.announce(names.iter().map(|(name, _)| name.as_str()), console.err)?;
    let mut commands = opening::open(commands, jobs(arguments.jobs), &arguments.processes.settings())?.into_iter();
    let mut pending = vec![];
    for (name, _) in names.iter().filter(|(name, _)| !engine::is_reference(name)) {
        let opening = if name.contains('=') { commands.next() } else { None };
        pending.push(match opening {
            Some(opening) => Pending::Command(opening),
            None => {
                let (engine, level, processes) = (name.clone(), arguments.level, arguments.processes.clone());
                let program = child::this_program().map_err(|error| opening::refused(name, error))?;
                Pending::Isolated(Box::new(Launch { program, engine, level, processes }.start()?))
            }
        });
    }
    Ok(Engines { names: names.into_iter().map(|(name, _)| name).collect(), pending })
}

/// All engines, in order. The reference models the Python that is tested, if that is only one.
fn under_test(
    arguments: &Arguments,
    engines: Engines,
    console: &mut Console<'_>,
) -> Result<EnginesUnderTest, CommandError> {
    let mut tested = vec![];
    for pending in engines.pending {
        tested.push(match pending {
            Pending::Isolated(starting) => Some(Opened::Isolated(Box::new(starting.ready(&interrupted)?))),
            Pending::Command(opening) => {
                let is_found = opening.is_found;
                let opened = opening.ready()?;
                let reason = match &opened {
                    Ok(engine) => engine.about().left_out(),
                    Err(error) => Some(error.to_string()),
                };
                match reason.filter(|_| is_found) {
                    Some(reason) => {
                        writeln!(console.err, "note: left out: {}", visible(&reason))?;
                        None
                    }
                    None => Some(Opened::Aside(opened?)),
                }
            }
        });
    }
    for note in tested.iter().flatten().filter_map(|engine| engine.about().note()) {
        writeln!(console.err, "note: {}", visible(&note))?;
    }
    let like = like(tested.iter().flatten().map(Opened::about));
    let (mut tested, mut opened) = (tested.into_iter(), vec![]);
    for name in &engines.names {
        match engine::is_reference(name) {
            true => opened.push(Opened::Here((console.open)(name, like, &arguments.processes.settings())?)),
            false => opened.extend(tested.next().flatten()),
        }
    }
    Ok(EnginesUnderTest::of(opened, jobs(arguments.jobs)))
}

/// How a run ends that was stopped or not, and in which so many results count as failures.
fn exit(stopped: bool, results: &Results, failures: usize) -> Exit {
    // A run that checked nothing must not look as if all were well.
    let exits = [
        (stopped, Exit::Interrupted),
        (results.problems > 0 || results.is_idle(), Exit::BadInput),
        (failures > 0, Exit::Mismatch),
    ];
    exits.into_iter().find(|(reached, _)| *reached).map_or(Exit::Expected, |(_, exit)| exit)
}

/// Keeps the cases with a text in their id, section, claim or document.
fn retain(suite: &mut Suite, text: &str) {
    suite.documents.retain_mut(|document| {
        let whole = document.document.as_ref().unwrap_or(&document.path).contains(text);
        let wanted = |case: &Case| [&case.id, &case.section, &case.claim].iter().any(|field| field.contains(text));
        let Document { cases, .. } = document;
        cases.retain(|case| whole || wanted(case));
        !cases.is_empty()
    });
}

/// Keeps the cases of a shard. Documents stay, so that all shards have the same.
fn deal(suite: &mut Suite, shard: Shard) -> Result<Option<Shards>, CommandError> {
    let cases = count_cases(suite);
    let mut places = 0..;
    for document in &mut suite.documents {
        document.cases.retain(|_| places.next().is_some_and(|place| shard.has_case(place)));
    }
    match count_cases(suite) {
        0 if cases > 0 => Err(CommandError::EmptyShard(shard, format!("there are only {}", count(cases, "case")))),
        _ => Ok(Shards::one(shard, cases)),
    }
}

fn count_cases(suite: &Suite) -> usize {
    suite.documents.iter().map(|document| document.cases.len()).sum()
}

fn run_suite(suite: &Suite, under_test: &mut EnginesUnderTest, level: Option<Level>, progress: bool) -> Run {
    let cases = count_cases(suite) as u64;
    let target = if progress { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(cases), target);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    let mut done = |case: &Case| {
        bar.set_message(terminal(&case.id));
        bar.inc(1);
    };
    let run = check(suite, under_test, level, &mut done, &interrupted);
    bar.finish_and_clear();
    run
}

#[cfg(test)]
mod tests;
