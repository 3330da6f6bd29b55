//! `viewcheck check`: cases on engines.

use super::{CommandError, Console, Exit, TESTED, default_profile, engine_names, interrupted};
use crate::check::{Isolated, Launch, Opened, Panel, Run, Starting, check};
use crate::compare::Level;
use crate::output::Output;
use crate::report::json::{self, Detail};
use crate::report::{baseline, junit, label, markdown, summary};
use cases::{Case, Document, Suite};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::path::{Path, PathBuf};

/// The files of a report.
const MARKDOWN: &str = "conformance.md";
const JSON: &str = "conformance.json";

/// Run cases on engines, and tell every mismatch.
///
/// An engine is compared with what each case says and, where a case leaves something open, with the reference.
#[derive(clap::Args, Debug, Default)]
pub(crate) struct Arguments {
    /// Files of cases, or folders with them [default: spec]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// An engine to run them on, may be repeated [default: reference, embedded]
    #[arg(long = "engine", value_name = "ENGINE")]
    engines: Vec<String>,
    /// How strict to be about errors: any error will do, or its type, or its text must be the same too
    #[arg(long, value_enum, default_value_t, hide_possible_values = false)]
    level: Level,
    /// Only cases with this text in their id, section, claim or document
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Write conformance.md and conformance.json into this folder [default: reports/local, if there is a folder
    /// `reports` and everything is checked]
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Write the results as JSON, `-` for standard output
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the results as JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// A former --json FILE: tell what is fixed, broken, new or gone since
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
}

impl Arguments {
    /// What `viewcheck report` does: everything, with reports.
    pub(super) fn with_reports(folder: PathBuf) -> Arguments {
        Arguments { report: Some(folder), ..Arguments::default() }
    }

    /// Whether everything is checked, as strictly as can be.
    fn is_complete(&self) -> bool {
        self.paths.is_empty() && self.engines.is_empty() && self.filter.is_none() && self.level == Level::default()
    }

    /// The folder for reports, if any are to be written. By itself a check leaves alone what is committed.
    fn report_folder(&self) -> Option<PathBuf> {
        let default = || Path::new("reports").is_dir().then(|| PathBuf::from("reports/local"));
        self.report.clone().or_else(|| default().filter(|_| self.is_complete()))
    }
}

/// The files that are written at the end.
struct Outputs {
    json: Option<Output>,
    junit: Option<Output>,
    /// The folder, and the Markdown and JSON files in it.
    report: Option<(PathBuf, Output, Output)>,
}

impl Outputs {
    fn open(arguments: &Arguments) -> Result<Outputs, CommandError> {
        let open = |path: &Option<PathBuf>| path.as_deref().map(Output::open).transpose();
        let report = match arguments.report_folder() {
            None => None,
            Some(folder) => {
                std::fs::create_dir_all(&folder)
                    .map_err(|error| CommandError::Folder { path: folder.display().to_string(), error })?;
                let markdown = Output::open(&folder.join(MARKDOWN))?;
                let json = Output::open(&folder.join(JSON))?;
                Some((folder, markdown, json))
            }
        };
        let outputs = Outputs { json: open(&arguments.json)?, junit: open(&arguments.junit)?, report };
        outputs.differ()?;
        Ok(outputs)
    }

    /// Sees to it that no file is written twice.
    fn differ(&self) -> Result<(), CommandError> {
        let reports = self.report.iter().flat_map(|(_, markdown, json)| [markdown, json]);
        let all: Vec<&Output> = self.json.iter().chain(&self.junit).chain(reports).collect();
        let is_again = |(index, output): &(usize, &&Output)| all[..*index].iter().any(|other| other.is(output.path()));
        match all.iter().enumerate().find(is_again) {
            Some((_, output)) => Err(CommandError::OutputTwice(output.path().display().to_string())),
            None => Ok(()),
        }
    }

    /// Whether standard output belongs to a machine.
    fn take_stdout(&self) -> bool {
        [&self.json, &self.junit].into_iter().flatten().any(Output::is_standard)
    }
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    let default = [PathBuf::from("spec")];
    let paths = if arguments.paths.is_empty() { &default[..] } else { &arguments.paths };
    let starting = start(arguments)?;
    let former = arguments.baseline.as_deref().map(baseline::read).transpose()?;
    let outputs = Outputs::open(arguments)?;
    let mut suite = cases::load(paths);
    for problem in &suite.problems {
        writeln!(console.err, "{}", problem.render(console.paint.color))?;
    }
    if let Some(text) = &arguments.filter {
        retain(&mut suite, text);
        if suite.documents.is_empty() && suite.problems.is_empty() {
            return Err(CommandError::NothingMatches(text.clone()));
        }
    }
    let mut panel = panel(&arguments.engines, starting, console)?;
    let run = run_suite(&suite, &mut panel, arguments.level, console.progress && !outputs.take_stdout());
    let mut text = summary::render(&suite, &run, console.paint);
    let report = json::report(&suite, &run, Detail::Full);
    if let Some(former) = &former {
        let mut changes = baseline::changes(former, &report);
        if !arguments.is_complete() {
            // What was left out on purpose is not gone.
            changes.gone.clear();
        }
        text += &summary::changes(&changes, console.paint);
    }
    let stopped = interrupted();
    if stopped {
        let all: usize = suite.documents.iter().map(|document| document.cases.len()).sum();
        text += &format!("Interrupted: {} of {} were run.\n", run.cases(), summary::count(all, "case"));
    }
    // What came of the run is told whatever becomes of the files.
    let is_taken = outputs.take_stdout();
    let told = console.tell(&text, is_taken);
    let written = write(outputs, &suite, &run, &report, stopped, console)?;
    told.and_then(|()| console.tell(&written, is_taken))?;
    Ok(exit(stopped, !suite.problems.is_empty(), &run))
}

/// Starts the engines that run in processes of their own, which get ready while the cases are read.
fn start(arguments: &Arguments) -> Result<Vec<Starting>, CommandError> {
    let names = engine_names(&arguments.engines)?;
    let compared = names.iter().any(|name| engine::is_reference(name));
    let program = child::this_program()?;
    let launch =
        |name: &&str| Launch { program: program.clone(), engine: (*name).to_owned(), compared, level: arguments.level };
    let isolated = names.iter().filter(|name| !engine::is_reference(name));
    Ok(isolated.map(|name| launch(name).start()).collect::<Result<_, _>>()?)
}

/// All engines, in order. The reference models the Python that is embedded, if that is among them.
fn panel(names: &[String], starting: Vec<Starting>, console: &mut Console<'_>) -> Result<Panel, CommandError> {
    let isolated: Vec<Isolated> = starting.into_iter().map(Starting::ready).collect::<Result<_, _>>()?;
    let mut like = default_profile();
    for engine in &isolated {
        if engine.about().name == TESTED {
            like = engine.about().profile;
        }
        if let Some(note) = engine.about().note() {
            writeln!(console.err, "note: {note}")?;
        }
    }
    let mut isolated = isolated.into_iter();
    let mut engines = vec![];
    for name in engine_names(names)? {
        engines.push(match engine::is_reference(name) {
            true => Opened::Here((console.open)(name, like)?),
            false => match isolated.next() {
                Some(engine) => Opened::Isolated(Box::new(engine)),
                None => continue,
            },
        });
    }
    Ok(Panel::of(engines))
}

/// How a run ends that was stopped or not, of cases that could all be read or not.
fn exit(stopped: bool, has_problems: bool, run: &Run) -> Exit {
    let exits = [(stopped, Exit::Interrupted), (has_problems, Exit::BadInput), (run.bad() > 0, Exit::Mismatch)];
    exits.into_iter().find(|(reached, _)| *reached).map_or(Exit::Expected, |(_, exit)| exit)
}

/// Keeps the cases with a text in their id, section, claim or document.
fn retain(suite: &mut Suite, text: &str) {
    suite.documents.retain_mut(|document| {
        let whole = label(document).contains(text);
        let wanted = |case: &Case| [&case.id, &case.section, &case.claim].iter().any(|field| field.contains(text));
        let Document { cases, .. } = document;
        cases.retain(|case| whole || wanted(case));
        !cases.is_empty()
    });
}

fn run_suite(suite: &Suite, panel: &mut Panel, level: Level, progress: bool) -> Run {
    let cases = suite.documents.iter().map(|document| document.cases.len() as u64).sum();
    let target = if progress { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(cases), target);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    let mut done = |case: &Case| {
        bar.set_message(case.id.clone());
        bar.inc(1);
    };
    let run = check(suite, panel, level, &mut done, &interrupted);
    bar.finish_and_clear();
    run
}

/// Writes all files; what there is to say about it.
fn write(
    outputs: Outputs,
    suite: &Suite,
    run: &Run,
    report: &json::Report,
    stopped: bool,
    console: &mut Console<'_>,
) -> Result<String, CommandError> {
    let mut text = String::new();
    if let Some(output) = outputs.json {
        output.write(&json::render(report), console.out)?;
    }
    if let Some(output) = outputs.junit {
        output.write(&junit::render(suite, run)?, console.out)?;
    }
    if let Some((folder, markdown, json)) = outputs.report {
        if stopped || !suite.problems.is_empty() {
            text += &format!("The reports in {} are not written: they would not be complete.\n", folder.display());
        } else {
            markdown.write(&markdown::render(suite, run), console.out)?;
            json.write(&json::render(&json::report(suite, run, Detail::Committed)), console.out)?;
            text += &format!("Written: {0}/{MARKDOWN}, {0}/{JSON}\n", folder.display());
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
