//! The files that results are written to. They are opened before a run, so that a bad path fails early.

use super::{CommandError, Console};
use crate::known::Draft;
use crate::output::Output;
use crate::report::changes::Changes;
use crate::report::escape::terminal;
use crate::report::model::Results;
use crate::report::{FORMATS, Format, Json, Junit, Sarif};
use std::path::{Path, PathBuf};
use std::thread::{self, ScopedJoinHandle};
use std::{io, panic};

/// The files that a command line names.
#[derive(clap::Args, Debug, Default)]
pub(super) struct Files {
    /// Write the results to this file as JSON; `-` is standard output
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the results to this file as JUnit XML; `-` is standard output
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write what differs to this file as SARIF 2.1.0, for code scanning; `-` is standard output
    #[arg(long, value_name = "FILE")]
    sarif: Option<PathBuf>,
    /// Write a draft of known divergences to this file, with an entry for each cause of mismatches that are not known yet;
    /// `-` is standard output
    #[arg(long, value_name = "FILE")]
    write_known: Option<PathBuf>,
}

/// A file that is open, and what is written to it.
struct Sink {
    format: &'static dyn Format,
    output: Output,
    is_in_folder: bool,
}

/// The files that are written at the end.
pub(super) struct Outputs {
    sinks: Vec<Sink>,
    folder: Option<PathBuf>,
    /// Whether the folder is left as it is if the results are not of a complete run.
    only_complete: bool,
}

impl Outputs {
    /// Opens the files that a command line names, and every file of a folder of reports.
    pub(super) fn open(files: &Files, folder: Option<PathBuf>) -> Result<Outputs, CommandError> {
        let mut outputs = Outputs { sinks: vec![], folder, only_complete: false };
        // First, because a file that is named may lie in it.
        outputs.folder.as_deref().map(make).transpose()?;
        let named: [(&Option<PathBuf>, &'static dyn Format); 4] =
            [(&files.json, &Json), (&files.junit, &Junit), (&files.sarif, &Sarif), (&files.write_known, &Draft)];
        for (path, format) in named {
            if let Some(path) = path {
                outputs.add(format, path, false)?;
            }
        }
        if let Some(folder) = outputs.folder.clone() {
            for format in FORMATS {
                if let Some(file) = format.file() {
                    outputs.add(format, &folder.join(file), true)?;
                }
            }
        }
        Ok(outputs)
    }

    /// Keeps a former report in the folder unless the results are of a complete run.
    pub(super) fn only_complete(self) -> Outputs {
        Outputs { only_complete: true, ..self }
    }

    /// Opens a file, unless it is to be written already.
    fn add(&mut self, format: &'static dyn Format, path: &Path, is_in_folder: bool) -> Result<(), CommandError> {
        let output = Output::open(path)?;
        let is_taken = |sink: &Sink| sink.output.is(path) || sink.output.is_standard() && output.is_standard();
        if self.sinks.iter().any(is_taken) {
            return Err(CommandError::OutputTwice(path.display().to_string()));
        }
        self.sinks.push(Sink { format, output, is_in_folder });
        Ok(())
    }

    /// Whether standard output belongs to a machine.
    pub(super) fn take_stdout(&self) -> bool {
        self.sinks.iter().any(|sink| sink.output.is_standard())
    }

    /// Writes all files, with what changed since former results if that is known, and returns a message about them.
    pub(super) fn write(
        self,
        results: &Results,
        changes: Option<&Changes<'_>>,
        console: &mut Console<'_>,
    ) -> Result<String, CommandError> {
        let (mut written, is_kept) = (vec![], self.only_complete && !results.complete);
        let mut failure = None;
        let mut sinks = self.sinks;
        sinks.retain(|sink| !sink.is_in_folder || !is_kept && is_told(sink.format, results));
        let formats: Vec<&'static dyn Format> = sinks.iter().map(|sink| sink.format).collect();
        for (Sink { output, is_in_folder, .. }, text) in sinks.into_iter().zip(all(&formats, results, changes)) {
            let name = output.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            // What can't be written takes nothing from the others.
            match text.and_then(|text| Ok(output.write(text, console.out)?)) {
                Ok(()) => written.extend(is_in_folder.then_some(name)),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        if let Some(failure) = failure {
            return Err(failure);
        }
        let Some(folder) = self.folder else { return Ok(String::new()) };
        let named = terminal(&folder.display().to_string());
        if is_kept {
            return Ok(format!("No report was written to {named}, because the run is not complete.\n"));
        }
        let open = written.iter().any(|name| name == PAGE).then(|| folder.join(PAGE).display().to_string());
        let open = open.map(|path| format!("Open {} in a browser.\n", terminal(&path))).unwrap_or_default();
        let left = FORMATS.iter().filter_map(|format| format.file());
        let left: Vec<&str> = left
            .filter(|file| !written.iter().any(|name| name == file))
            .filter(|file| folder.join(file).exists())
            .collect();
        let left = match &left[..] {
            [] => String::new(),
            left => format!("Left there from an earlier run, as this one has nothing for it: {}\n", left.join(", ")),
        };
        Ok(format!("Written to {named}: {}\n{left}{open}", written.join(", ")))
    }
}

/// Whether a format has something to say of results.
fn is_told(format: &dyn Format, results: &Results) -> bool {
    format.is_for(results) && !(results.is_of_campaigns() && format.needs_cases())
}

/// The file of a report to open first.
const PAGE: &str = "index.html";

/// Makes a folder for reports.
pub(super) fn make(folder: &Path) -> Result<(), CommandError> {
    std::fs::create_dir_all(folder).map_err(|error| CommandError::Folder { path: folder.display().to_string(), error })
}

/// Results in several formats, which are rendered at the same time as far as the system gives threads.
fn all(
    formats: &[&'static dyn Format],
    results: &Results,
    changes: Option<&Changes<'_>>,
) -> Vec<Result<Vec<u8>, CommandError>> {
    thread::scope(|scope| {
        let begin = |format: &&'static dyn Format| {
            let format = *format;
            child::new_thread()?.spawn_scoped(scope, move || rendered(format, results, changes))
        };
        let begun: Vec<_> = formats.iter().map(begin).collect();
        let end = |(begun, format): (io::Result<ScopedJoinHandle<'_, _>>, &&'static dyn Format)| match begun {
            Ok(handle) => handle.join().unwrap_or_else(|panic| panic::resume_unwind(panic)),
            Err(_) => rendered(*format, results, changes),
        };
        begun.into_iter().zip(formats).map(end).collect()
    })
}

/// Results in a format, with what changed since former ones.
pub(super) fn rendered(
    format: &dyn Format,
    results: &Results,
    changes: Option<&Changes<'_>>,
) -> Result<Vec<u8>, CommandError> {
    let mut text = vec![];
    let rendered = match changes {
        Some(changes) => format.render_since(results, changes, &mut text),
        None => format.render(results, &mut text),
    };
    match rendered {
        Ok(()) => Ok(text),
        Err(error) => Err(CommandError::Render { format: format.name(), error }),
    }
}
