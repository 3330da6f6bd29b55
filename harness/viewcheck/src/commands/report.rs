//! `viewcheck report`: reports from stored results. It runs nothing.

use super::outputs::{self, Files, Outputs};
use super::{CommandError, Console, Exit, spec};
use crate::campaign;
use crate::output::Output;
use crate::report::changes::{self, Changes, Extent};
use crate::report::model::{self, Results};
use crate::report::{Format, Json, Markdown, campaigns, summary};
use cases::Suite;
use std::path::{Path, PathBuf};

/// Where `viewcheck check` stores its results.
const STORED: &str = "reports/local/results.json";
/// The folder of the published report, and its files.
const PUBLISHED: &str = "reports";
const PUBLISHED_FILES: [(&dyn Format, &str); 2] = [(&Markdown, "conformance.md"), (&Json, "results.json")];

/// Render reports from stored results, without running anything.
///
/// The results of several files are merged: their engines stand side by side, and parts of the cases that ran on one engine
/// are one run again. Results that do not fit are refused. The reports are byte for byte those that `viewcheck check`
/// writes. The exit code is 0 whatever the results say: it is `viewcheck check` that fails on a mismatch. Only with --compare
/// it is 1 if NEW has a regression, which is a case that passed in OLD and fails, or that crashes or hangs and did not, and 2
/// if NEW has none but is of a run that is not complete.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// Results stored by `viewcheck check` [default: reports/local/results.json]
    #[arg(value_name = "FILE")]
    results: Vec<PathBuf>,
    /// Write index.html, report.md, summary.md (short, for a pull request), badge.svg, badge.json and results.json into this
    /// folder, and matrix.md if several engines are tested or a tested engine differs
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Add a page about the fuzzing campaign in this folder of findings; may be repeated. Without results, the report is about
    /// campaigns only
    #[arg(long = "campaign", value_name = "DIR", conflicts_with_all = ["compare", "publish"])]
    campaigns: Vec<PathBuf>,
    #[command(flatten)]
    files: Files,
    /// Compare two files of results: list what is fixed, broken, new or removed in NEW. With --out, summary.md says the same
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"], conflicts_with_all = ["results", "json", "junit", "sarif", "write_known", "publish"])]
    compare: Vec<PathBuf>,
    /// Write the published report (reports/conformance.md and reports/results.json). The results must be of a complete
    /// run of spec on the reference and on an embedded Python with numpy
    #[arg(long, conflicts_with_all = ["json", "junit", "sarif", "write_known"])]
    publish: bool,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    if let [old, new] = &arguments.compare[..] {
        let outputs = Outputs::open(&arguments.files, arguments.out.clone())?;
        return compare(&whole(old)?, &whole(new)?, outputs, console);
    }
    let results = with_campaigns(&arguments.results, &arguments.campaigns)?;
    if arguments.publish {
        return publish(&results, arguments.out.as_deref().unwrap_or(Path::new(PUBLISHED)), console);
    }
    let outputs = Outputs::open(&arguments.files, arguments.out.clone())?;
    let is_taken = outputs.take_stdout();
    let mut text = String::new();
    if !results.is_of_campaigns() {
        text += &summary::render(&results, console.paint);
    }
    text.extend(results.campaigns.iter().map(campaigns::lines));
    text.extend(results.enumerations.iter().map(campaigns::together));
    console.tell(&text, is_taken)?;
    let written = outputs.write(&results, None, console)?;
    console.tell(&written, is_taken)?;
    Ok(Exit::Expected)
}

/// The results of all files, with the campaigns of these folders.
fn with_campaigns(paths: &[PathBuf], folders: &[PathBuf]) -> Result<Results, CommandError> {
    let mut added = vec![];
    for folder in folders {
        added.push(campaign::stored(folder)?);
    }
    let is_stored = !paths.is_empty() || folders.is_empty() || Path::new(STORED).exists();
    let mut results = if is_stored { stored(paths)? } else { Results::of_suite(&Suite::default()) };
    // A folder that is given twice, or that stored results know already, is one campaign.
    results.add_campaigns(added);
    Ok(results)
}

/// Tells what changed from older results to newer ones.
fn compare(old: &Results, new: &Results, outputs: Outputs, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    let engines: Vec<(&str, bool)> =
        new.engines.iter().map(|engine| (engine.name.as_str(), engine.is_tested())).collect();
    changes::comparable(old, &engines)?;
    let changes = Changes::between(old, new, Extent::All);
    console.tell(&summary::changes(&changes, console.paint), false)?;
    let written = outputs.write(new, Some(&changes), console)?;
    console.tell(&written, false)?;
    Ok(match changes.regressions() {
        // What is missing could be broken.
        0 if new.incomplete().is_some() || new.is_idle() || new.count_cases() == 0 => Exit::BadInput,
        0 => Exit::Expected,
        _ => Exit::Mismatch,
    })
}

/// The results of all files.
fn stored(paths: &[PathBuf]) -> Result<Results, CommandError> {
    let file = |path: &Path| -> Result<(String, Results), CommandError> {
        Ok((path.display().to_string(), model::read(path)?))
    };
    match paths {
        [] if !Path::new(STORED).exists() => Err(CommandError::NothingStored(STORED)),
        [] => Ok(model::read(Path::new(STORED))?),
        [first, others @ ..] => {
            let first = file(first)?;
            let others = others.iter().map(|path| file(path)).collect::<Result<_, _>>()?;
            Ok(model::merge(first, others)?)
        }
    }
}

/// Results that list every case, for comparison with others.
pub(super) fn whole(path: &Path) -> Result<Results, CommandError> {
    let results = model::read(path)?;
    model::unabridged(&path.display().to_string(), &results)?;
    Ok(results)
}

fn publish(results: &Results, folder: &Path, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    let mut suite = cases::load(&[PathBuf::from("spec")]);
    let known = spec::known(&mut suite, true, &[]);
    let published = model::publish(results, &suite, &known)?;
    outputs::make(folder)?;
    let mut opened = vec![];
    for (format, file) in PUBLISHED_FILES {
        opened.push((Output::open(&folder.join(file))?, outputs::rendered(format, &published, None)?));
    }
    let mut written = vec![];
    for (output, text) in opened {
        written.push(output.path().display().to_string());
        output.write(text, console.out)?;
    }
    console.tell(&format!("Written: {}\n", written.join(", ")), false)?;
    Ok(Exit::Expected)
}
