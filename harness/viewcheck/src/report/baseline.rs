//! What changed since a former report.

use super::json::{Report, SCHEMA, Status};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Why a former report can't be used.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// The file can't be read.
    #[error("the baseline {path} can't be read: {error}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// It is not a report.
    #[error("{path}:{line}:{column}: the baseline is not a report that `--json` wrote: {message}", path = path.display())]
    NotAReport {
        /// The file.
        path: PathBuf,
        /// The line of the first thing that is wrong, counted from 1.
        line: usize,
        /// The column there, counted from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// It is a report of another format.
    #[error("the baseline {path} has schema {found}, this program knows {SCHEMA}", path = path.display())]
    OtherSchema {
        /// The file.
        path: PathBuf,
        /// The schema it names.
        found: u32,
    },
}

/// Reads a former report.
pub fn read(path: &Path) -> Result<Report, BaselineError> {
    let text =
        std::fs::read_to_string(path).map_err(|error| BaselineError::Unreadable { path: path.to_owned(), error })?;
    let report: Report = serde_json::from_str(&text).map_err(|error| BaselineError::NotAReport {
        path: path.to_owned(),
        line: error.line(),
        column: error.column(),
        message: error.to_string().split(" at line ").next().unwrap_or_default().to_owned(),
    })?;
    match report.schema {
        SCHEMA => Ok(report),
        found => Err(BaselineError::OtherSchema { path: path.to_owned(), found }),
    }
}

/// The results that changed, each as `case on engine`, in the order of the newer report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Passes now and did not before.
    pub fixed: Vec<String>,
    /// Passed, or was skipped, and does not now.
    pub broken: Vec<String>,
    /// Was not in the former report.
    pub new: Vec<String>,
    /// Was in the former report only.
    pub gone: Vec<String>,
}

/// What changed from one report to another.
pub fn changes(before: &Report, now: &Report) -> Changes {
    let mut changes = Changes::default();
    let mut former: BTreeMap<(&str, &str), Status> = statuses(before).collect();
    let name = |(case, engine): (&str, &str)| format!("{case} on {engine}");
    let bad = |status: Status| !matches!(status, Status::Pass | Status::Skip);
    for (key, status) in statuses(now) {
        match former.remove(&key) {
            None => changes.new.push(name(key)),
            Some(before) if bad(before) && status == Status::Pass => changes.fixed.push(name(key)),
            Some(before) if !bad(before) && bad(status) => changes.broken.push(name(key)),
            Some(_) => {}
        }
    }
    changes.gone = statuses(before).map(|(key, _)| key).filter(|key| former.contains_key(key)).map(name).collect();
    changes
}

fn statuses(report: &Report) -> impl Iterator<Item = ((&str, &str), Status)> {
    report.cases.iter().flat_map(|case| {
        case.results.iter().map(|(engine, result)| ((case.id.as_str(), engine.as_str()), result.status))
    })
}
