//! The files that results are written to. They are opened before a run, so that a bad path fails early.

use super::{CommandError, Console};
use crate::known::Draft;
use crate::output::Output;
use crate::report::model::Results;
use crate::report::{FORMATS, Format, Html, Json, Junit};
use std::path::{Path, PathBuf};

/// The files that a command line names.
#[derive(clap::Args, Debug, Default)]
pub(super) struct Files {
    /// Write the results to this file as JSON; `-` is standard output
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the results to this file as JUnit XML; `-` is standard output
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
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
        let named: [(&Option<PathBuf>, &'static dyn Format); 3] =
            [(&files.json, &Json), (&files.junit, &Junit), (&files.write_known, &Draft)];
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

    /// Writes all files and returns a message about them.
    pub(super) fn write(self, results: &Results, console: &mut Console<'_>) -> Result<String, CommandError> {
        let (mut written, is_kept) = (vec![], self.only_complete && !results.complete);
        for Sink { format, output, is_in_folder } in self.sinks {
            if is_in_folder && (is_kept || !is_told(format, results)) {
                continue;
            }
            let name = output.path().display().to_string();
            output.write(rendered(format, results)?, console.out)?;
            written.extend(is_in_folder.then_some(name));
        }
        Ok(match self.folder {
            None => String::new(),
            Some(folder) if !is_kept => {
                let page = Html.file().map(|file| folder.join(file).display().to_string());
                let page = page.filter(|page| written.contains(page));
                let open = page.map(|page| format!("Open {page} in a browser.\n")).unwrap_or_default();
                format!("Written: {}\n{open}", written.join(", "))
            }
            Some(folder) => {
                format!("No report was written to {}, because the run is not complete.\n", folder.display())
            }
        })
    }
}

/// Whether a format has something to say of results.
fn is_told(format: &dyn Format, results: &Results) -> bool {
    format.is_for(results) && !(results.is_of_campaigns() && format.needs_cases())
}

/// Makes a folder for reports.
pub(super) fn make(folder: &Path) -> Result<(), CommandError> {
    std::fs::create_dir_all(folder).map_err(|error| CommandError::Folder { path: folder.display().to_string(), error })
}

/// Results in a format.
pub(super) fn rendered(format: &dyn Format, results: &Results) -> Result<Vec<u8>, CommandError> {
    let mut text = vec![];
    match format.render(results, &mut text) {
        Ok(()) => Ok(text),
        Err(error) => Err(CommandError::Render { format: format.name(), error }),
    }
}
